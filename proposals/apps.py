from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    name = "proposals"
    verbose_name = "提案与办理"

    def ready(self):
        from config.audit import log
        from members.facts import Fact, register_details
        from proposals import labels, reminders  # noqa: F401  (the clock learns its handlers)
        from proposals.states import Satisfaction

        log.register_labels(labels.VERBS)
        register_details(dict(Satisfaction.choices), [Fact.MICRO_DONE])
