from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    name = "proposals"
    verbose_name = "提案与办理"

    def ready(self):
        from config.audit import log
        from proposals import labels, reminders  # noqa: F401  (the clock learns its handlers)

        log.register_labels(labels.VERBS)
