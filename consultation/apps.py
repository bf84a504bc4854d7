from django.apps import AppConfig


class ConsultationConfig(AppConfig):
    name = "consultation"
    verbose_name = "协商"

    def ready(self):
        from config.audit import log
        from consultation import labels, receivers, reminders  # noqa: F401  (the clock and the signals learn their handlers)

        log.register_labels(labels.VERBS)
