from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    name = "proposals"
    verbose_name = "提案与办理"

    def ready(self):
        from config.audit import log
        from members.facts import Fact, register_details
        from proposals import labels, reminders  # noqa: F401  (the clock learns its handlers)
        from proposals.states import Satisfaction
        from proposals.threads import FOLLOW_UP
        from proposals.threads_information import FOLLOW_UP as INTO_INFORMATION
        from workstations import threads

        log.register_labels(labels.VERBS)
        threads.register(FOLLOW_UP)
        threads.register(INTO_INFORMATION)
        register_details(dict(Satisfaction.choices), [Fact.MICRO_DONE])
