from django.apps import AppConfig

from config.audit.labels import register_labels
from workstations.labels import VERBS


class WorkstationsConfig(AppConfig):
    name = "workstations"
    verbose_name = "委员工作室"

    def ready(self):
        register_labels(VERBS)
