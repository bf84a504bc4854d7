from django.apps import AppConfig

from config.audit.labels import register_labels
from members.labels import VERBS


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = "委员与机构"

    def ready(self):
        register_labels(VERBS)
