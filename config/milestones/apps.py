from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from config.audit.labels import register_labels


class MilestonesConfig(AppConfig):
    name = "config.milestones"
    label = "milestones"
    verbose_name = "时限与提醒"

    def ready(self):
        """Each app tells in its `reminders.py` what is to happen at its milestones."""
        register_labels({"milestone.revive": "重试提醒"})
        autodiscover_modules("reminders")
