from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class MilestonesConfig(AppConfig):
    name = "config.milestones"
    label = "milestones"
    verbose_name = "时限与提醒"

    def ready(self):
        """Each app tells in its `reminders.py` what is to happen at its milestones."""
        autodiscover_modules("reminders")
