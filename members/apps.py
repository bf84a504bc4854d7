from django.apps import AppConfig

from config.audit.labels import register_labels
from members.labels import VERBS


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = "委员与机构"

    def ready(self):
        from members import reminders, shared  # noqa: F401  (reminders register their handlers)

        register_labels(VERBS)
        shared.register()
