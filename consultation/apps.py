from django.apps import AppConfig


class ConsultationConfig(AppConfig):
    name = "consultation"
    verbose_name = "协商"

    def ready(self):
        from config.audit import log
        from consultation import labels, receivers, reminders  # noqa: F401  (the clock and the signals learn their handlers)
        from consultation.micro import GROWTH
        from consultation.services import templates
        from consultation.threads import FOLLOW_UP
        from members import sharing
        from proposals import growths
        from workstations import threads

        log.register_labels(labels.VERBS)
        threads.register(FOLLOW_UP)
        growths.register(GROWTH)
        sharing.register(
            "procedure",
            label="协商规程",
            offered=templates.own_procedures,
            export=templates.export_procedure,
            make=templates.make_procedure,
            lines=templates.lines_of_procedure,
        )
