"""微协商 opened from a micro-proposal: the three offices, the unit, the author and some members sit down (row 5)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from config.audit import log
from config.privacy import require_plain
from config.refusals import Incomplete, WrongState
from consultation import notices, rules
from consultation.models import Consultation, Participant
from consultation.services.consultations import add_session, open_consultation
from consultation.states import Category, ConsultationForm, ConsultationState
from members.models import Member, Organisation, RoleGrant, User
from members.roles import Permission, roles_with
from proposals.models import MicroProposal
from proposals.queries.led import standing_of
from proposals.rules.proposals import SIGNS_FOR_BODY
from proposals.states import AssignmentState, MicroState

OPENS_FROM = (MicroState.REVIEWING, MicroState.AGREED, MicroState.ASSIGNED, MicroState.LED)
UNDER_WAY = (ConsultationState.PLANNED, ConsultationState.RUNNING)
MOST_FELLOWS, CHOSEN_FELLOWS = 60, 5


@dataclass(frozen=True)
class Guest:
    """Somebody who may be invited; `code` stands for the person in a form, `chosen` says whether ticked at first."""

    code: str
    name: str
    role: str
    user: int | None
    member: Member | None = None
    organisation: Organisation | None = None
    chosen: bool = True


@dataclass(frozen=True)
class Guests:
    """The four groups (row 5)."""

    offices: list[Guest]
    unit: list[Guest]
    author: list[Guest]
    fellows: list[Guest]

    @property
    def every(self) -> list[Guest]:
        return [*self.offices, *self.unit, *self.author, *self.fellows]


def unit_of(micro: MicroProposal) -> Organisation | None:
    """The unit that it is with now."""
    standing = micro.assignments.exclude(state=AssignmentState.RETURNED).select_related("unit").order_by("pk").first()
    return standing.unit if standing else None


def guests_for(micro: MicroProposal, unit: Organisation | None) -> Guests:
    """Who is invited as a rule; of `unit` whoever handles and signs there."""
    offices = micro.committee.organisations.three_offices().order_by("pk")
    reviewers = [guest for office in offices for guest in _people_of(office, Permission.MICRO_REVIEW)]
    handlers = _people_of(unit, Permission.MATTER_HANDLE) if unit else []
    return Guests(reviewers, handlers, [_guest(micro.author)], _fellows(micro))


def _people_of(organisation, permission):
    grants = RoleGrant.objects.in_force().filter(organisation=organisation, role__in=roles_with(permission))
    people = User.objects.filter(pk__in=grants.values("user"), is_active=True).order_by("name", "pk")
    return [
        Guest(f"u{user.pk}-{organisation.pk}", user.name, str(organisation), user.pk, organisation=organisation)
        for user in people
    ]


def _guest(member, *, chosen=True):
    return Guest(f"m{member.pk}", member.user.name, member.work_post, member.user_id, member=member, chosen=chosen)


def _fellows(micro):
    """Those of the body that leads it, or of the author's sector; the first few are ticked."""
    members = Member.objects.in_force().filter(committee=micro.committee).exclude(pk=micro.author_id)
    lead = standing_of(micro)
    if lead and lead.body_id:
        found = members.filter(posts__in=lead.body.posts.in_force()).distinct()
    elif lead:
        found = members.filter(pk=lead.member_id)
    else:
        found = members.filter(sector__isnull=False, sector=micro.author.sector_id)
    found = list(found.select_related("user").order_by("user__name", "pk")[:MOST_FELLOWS])
    if lead and lead.body_id:
        leading = set(lead.body.posts.in_force().filter(post__in=SIGNS_FOR_BODY).values_list("member", flat=True))
        found.sort(key=lambda member: member.pk not in leading)
    return [_guest(member, chosen=place < CHOSEN_FELLOWS) for place, member in enumerate(found)]


def is_under_way(micro: MicroProposal) -> bool:
    return micro.consultations.filter(state__in=UNDER_WAY).exists()


@transaction.atomic
def open_from_micro(
    key: UUID, micro: MicroProposal, *, title: str, summary: str, place: str, is_public: bool, starts_at: datetime,
    ends_at: datetime, guests: list[Guest], by, at: datetime,
) -> Consultation:  # fmt: skip
    """发起微协商 with its sitting and its guests; the same `key` again is the one that is there.

    Refused: a micro-proposal that is not under way, one about which is being consulted already, nobody invited,
    words for the public that lead to a person.
    """
    rules.require("open_consultation", by, micro.committee)
    # Locked: of two that are opened at the same moment the second sees the first, and a withdrawal too.
    micro.state = MicroProposal.objects.select_for_update().get(pk=micro.pk).state
    if there := Consultation.objects.filter(key=key, micro=micro).first():
        return there
    if micro.state not in OPENS_FROM:
        raise WrongState(f"“{micro.get_state_display()}”的微建议不能发起微协商。")
    if not guests:
        raise Incomplete("请至少邀请一个人。", {"offices": "请至少邀请一个人。"})
    if is_public:
        require_plain(title=title, summary=summary)
    if is_under_way(micro):
        raise WrongState("这件微建议已有一次微协商正在进行。")
    consultation = open_consultation(
        key, micro.committee, micro=micro, title=title, summary=summary, place=place, is_public=is_public,
        form=ConsultationForm.MICRO, by=by, at=at,
    )  # fmt: skip
    session = add_session(consultation, starts_at=starts_at, ends_at=ends_at, place=place, by=by, at=at)
    seats = [_seat(session, guest) for guest in {guest.code: guest for guest in guests}.values()]
    Participant.objects.bulk_create(seats, ignore_conflicts=True)  # namesakes in one office are told apart on the day
    log.record(
        "session.invite", session, by=by, at=at, scope=session.scope, category=Category.MEMBER, people=len(seats)
    )
    notices.invited(session, [guest.member for guest in guests if guest.member], at=at)
    others = {guest.user for guest in guests if guest.member is None}
    notices.invited_to_micro(session, micro, others, at=at)
    return consultation


def _seat(session, guest):
    category = Category.MEMBER if guest.member else Category.DEPARTMENT
    return Participant(
        session=session, category=category, name=guest.name, role=guest.role[:64], member=guest.member,
        organisation=guest.organisation,
    )  # fmt: skip
