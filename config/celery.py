"""The Celery application and the only schedule there is: what runs by itself, and when.

The database remembers, the broker only wakes (ADR 0003): every task is an idempotent sweep over rows, so a lost,
late or doubled message changes nothing but the minute in which a thing happens.
"""

import os
import warnings
from pathlib import Path

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import worker_ready
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("shangliang")


def _filesystem_broker() -> dict:
    """Kombu's file broker in one folder; it may lose messages, which nothing depends on."""
    folder = Path(settings.DATA_DIR) / "broker"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "broker_url": "filesystem://localhost//",
        "broker_transport": "config.broker:Transport",
        "broker_transport_options": {
            "data_folder_in": str(folder),
            "data_folder_out": str(folder),
            "control_folder": str(folder / "control"),
            "polling_interval": 0.5,
        },
    }


def _redis_broker() -> dict:
    return {"broker_url": settings.REDIS_URL, "broker_transport_options": {"visibility_timeout": 600}}


app.conf.update(
    **(_redis_broker() if settings.REDIS_URL else _filesystem_broker()),
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_time_limit=120,
    task_soft_time_limit=90,
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    worker_soft_shutdown_timeout=10,
    worker_enable_soft_shutdown_on_idle=True,
    worker_max_tasks_per_child=500,
    worker_hijack_root_logger=False,
    broker_connection_max_retries=None,
    broker_connection_retry_on_startup=True,
    timezone=settings.TIME_ZONE,
    enable_utc=True,
    beat_schedule_filename=str(Path(settings.DATA_DIR) / "beat-schedule"),
    beat_schedule={
        "sweep-milestones": {
            "task": "config.milestones.tasks.sweep",
            "schedule": 30,
            "options": {"expires": 55},
        },
        "work-out-postings": {
            "task": "workstations.tasks.work_out_postings",
            "schedule": 15,
            "options": {"expires": 14},
        },
        "deliver-notices": {
            "task": "config.notices.tasks.deliver",
            "schedule": 60,
            "options": {"expires": 55},
        },
        "seal-audit": {
            "task": "config.audit.tasks.seal",
            "schedule": 60,
            "options": {"expires": 55},
        },
    },
)
app.autodiscover_tasks()

# Celery warns of root because of pickled messages; only JSON is accepted here.
warnings.filterwarnings("ignore", "You're running the worker with superuser privileges", SecurityWarning)


@worker_ready.connect
def catch_up(sender, **kwargs):
    """A worker that has just started does not wait for the next tick."""
    sender.app.send_task("config.milestones.tasks.sweep", expires=55)
