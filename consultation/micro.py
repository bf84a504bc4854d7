"""What a micro-proposal becomes here: a small consultation of the people whom it concerns (row 5)."""

from django.urls import reverse
from django.utils import timezone

from consultation.models import Consultation, Session
from consultation.services.micro import OPENS_FROM, is_under_way
from members.roles import Permission
from proposals.growths import Action, Grown, Growth
from proposals.models import MicroProposal
from proposals.states import MicroKind, MicroState

NOUN = "微协商"


def offer(user, micro: MicroProposal) -> Action | None:
    """For the staff who run consultations; the thing to do now where the author asked for it."""
    if micro.state not in OPENS_FROM or micro.committee_id not in user.committees_with(Permission.CONSULTATION_MANAGE):
        return None
    if is_under_way(micro):
        return None
    asked = micro.kind == MicroKind.CONSULTATION and micro.state == MicroState.AGREED
    is_first = asked and not micro.consultations.exists()
    return Action("发起微协商", reverse("consultation-from-micro", args=[micro.key]), main=is_first)


def follow(user, micro: MicroProposal) -> list[Grown]:
    """Who follows the matter hears that it is consulted about; opened by who was invited, and in public by all."""
    rows = list(micro.consultations.select_related("committee").order_by("pk"))
    if not rows:
        return []
    if not MicroProposal.objects.followed_by(user).filter(pk=micro.pk).exists():
        rows = [row for row in rows if row.is_shown]
    return [_grown(row, _url(user, row)) for row in rows]


def _grown(row, url):
    day = row.held_on or timezone.localdate(row.created_at)
    return Grown(day, NOUN, row.title, row.tone, row.get_state_display(), url)


def _url(user, row: Consultation) -> str:
    if user.is_authenticated and row.committee_id in user.committees_with(Permission.OFFICE_WORK):
        return row.get_absolute_url()
    if row.is_shown:
        return row.public_url
    invited = Session.objects.visible_to(user).filter(consultation=row).order_by("pk").first()
    return invited.get_absolute_url() if invited else ""


GROWTH = Growth("consultation", offer, follow)
