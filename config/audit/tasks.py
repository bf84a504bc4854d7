from celery import shared_task


@shared_task(name="config.audit.tasks.seal")
def seal():
    """Every minute (config/celery.py): seal the entries that are old enough."""
    from django.utils import timezone

    from config.audit import sealing

    sealing.seal(timezone.now())
