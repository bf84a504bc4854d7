"""News from the proposals app that outcomes wait for."""

from django.dispatch import receiver

from consultation.services import outcomes
from proposals import signals


@receiver(signals.assignment_closed)
def settle_outcome(sender, assignment, by, at, **kwargs):
    outcomes.assignment_closed(assignment, by=by, at=at)


@receiver(signals.assignment_returned)
def take_outcome_back(sender, assignment, by, at, **kwargs):
    outcomes.assignment_returned(assignment, by=by, at=at)
