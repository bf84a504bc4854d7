"""What of the led micro-proposals waits for whom."""

from members.roles import Permission
from proposals.models import MicroLead, MicroProposal
from proposals.states import MicroState, Satisfaction


def led_by(user):
    """Those that `user` leads, alone or with a body, and those of the desk's committees."""
    mine = MicroLead.objects.of(user).values("pk")
    desk = MicroLead.objects.filter(micro__committee__in=user.committees_with(Permission.MATTER_ASSIGN))
    return MicroLead.objects.filter(pk__in=mine) | desk


def awaiting_result(user):
    """Standing leads of the user's own whose result is not written yet, the first due first."""
    return MicroLead.objects.of(user).filter(finished_at__isnull=True).order_by("due_on", "pk")


def awaiting_rating(user):
    """Results that the user, as author, has to rate."""
    done = MicroLead.objects.standing().filter(finished_at__isnull=False, rated_at__isnull=True)
    return done.filter(micro__author__in=user.member_ids.values())


def unhappy(user):
    """Results that the author was not content with and that are still led: the desk has to decide."""
    return MicroLead.objects.standing().filter(
        satisfaction=Satisfaction.UNSATISFIED,
        micro__state=MicroState.LED,
        micro__committee__in=user.committees_with(Permission.MATTER_ASSIGN),
    )


def standing_of(micro: MicroProposal) -> MicroLead | None:
    """The lead that it has now."""
    rows = MicroLead.objects.standing().select_related("body", "member__user", "micro__committee", "micro__author")
    return rows.filter(micro=micro).first()
