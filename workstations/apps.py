from django.apps import AppConfig

from config.audit.labels import register_labels
from members.facts import register_details
from workstations.labels import VERBS


class WorkstationsConfig(AppConfig):
    name = "workstations"
    verbose_name = "委员工作室与履职活动"

    def ready(self):
        from workstations.models import ActivityKind

        register_labels(VERBS)
        register_details(dict(ActivityKind.choices))
