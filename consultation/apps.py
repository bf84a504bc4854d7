from django.apps import AppConfig


class ConsultationConfig(AppConfig):
    name = "consultation"
    verbose_name = "协商"

    def ready(self):
        from config.audit import log
        from consultation import labels, receivers, reminders  # noqa: F401  (the clock and the signals learn their handlers)
        from consultation.services import templates
        from members import sharing

        log.register_labels(labels.VERBS)
        sharing.register(
            "procedure",
            label="协商规程",
            offered=templates.own_procedures,
            export=templates.export_procedure,
            make=templates.make_procedure,
            lines=templates.lines_of_procedure,
        )
