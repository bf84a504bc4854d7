from django.apps import AppConfig

from config.audit.labels import register_labels
from members.facts import Fact, register_details
from workstations.labels import VERBS

TOLD_WITH_KIND = [
    Fact.ACTIVITY, Fact.TRAINING, Fact.CHARITY, Fact.COMMITTEE_MEETING, Fact.UNIT_VISITED, Fact.PROJECT, Fact.TASK,
    Fact.HOMEWORK,
]  # fmt: skip
"""Facts whose detail may be a kind of activity."""


class WorkstationsConfig(AppConfig):
    name = "workstations"
    verbose_name = "委员工作室与履职活动"

    def ready(self):
        from workstations import (
            reminders,  # noqa: F401  (its handlers register themselves)
            shared,
        )
        from workstations.models import ActivityKind

        register_labels(VERBS)
        shared.register()
        register_details(dict(ActivityKind.choices), TOLD_WITH_KIND)
