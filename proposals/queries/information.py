"""What became of a report, what is like it, who stands behind an issue, and what waits for whom."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone

from config.audit import log
from config.search import similar
from members.models import Committee
from members.roles import Permission
from proposals.models import Bulletin, Information, Instruction, Proposal
from proposals.states import BulletinState, InformationState

S = InformationState
UNSEEN = (S.DRAFT, S.WITHDRAWN)


def of(user):
    """What this person wrote, or what was entered in his or her name."""
    entered = Q(author__in=user.member_ids.values()) & ~Q(state=S.DRAFT)
    return Information.objects.filter(Q(drafter=user) | entered)


def reporter_of(information: Information) -> str:
    """In whose name it was reported; `author__user` is loaded."""
    if information.author_id:
        name = str(information.author)
        return f"{name}（{information.reporter}）" if information.reporter else name
    return information.reporter or ("群众" if information.word_id else "")


def reporters_of(bulletin: Bulletin) -> list[str]:
    """Everybody who stands behind an issue, each once, in the order of registration."""
    reports = bulletin.reports.select_related("author__user").order_by("year", "number", "pk")
    return list(dict.fromkeys(name for information in reports if (name := reporter_of(information))))


def alike(committee: Committee, text: str, *, but: Information, limit: int = 6) -> list[Information]:
    """Handed-in reports of the committee that say much the same, the nearest first."""
    found = similar.nearest(Information, text, scope=committee.pk, limit=limit + 1)
    rows = Information.objects.exclude(state__in=UNSEEN).select_related("author__user", "category").in_bulk(found)
    return [rows[pk] for pk in found if pk in rows and pk != but.pk][:limit]


# --- what waits --------------------------------------------------------------------------------------------------


def awaiting_register(user):
    """Submitted, to be numbered, sent back or shelved."""
    kept = user.committees_with(Permission.INFORMATION_EDIT)
    return Information.objects.filter(state=S.SUBMITTED, committee__in=kept)


def awaiting_signature(user):
    signed = user.committees_with(Permission.INFORMATION_SIGN)
    return Bulletin.objects.filter(state=BulletinState.TO_SIGN, committee__in=signed)


def awaiting_editor(user):
    """Issues under way: the editor's own first thing to go on with."""
    kept = user.committees_with(Permission.INFORMATION_EDIT)
    return Bulletin.objects.filter(state=BulletinState.EDITING, committee__in=kept)


def instructions_on(user, proposal: Proposal) -> list[tuple[Instruction, bool]]:
    """What leaders wrote on a proposal, the latest first, and whether `user` may read the words themselves.

    Who signed it learns the level, the day and what followed, as the author of a report does.
    """
    rows = list(Instruction.objects.filter(proposal=proposal).prefetch_related("steps"))
    quoted = Instruction.objects.visible_to(user).filter(proposal=proposal) if rows else rows
    readable = {row.pk for row in quoted}
    return [(row, row.pk in readable) for row in rows]


def awaiting_supplement(user):
    """What came back to the person who wrote it."""
    return Information.objects.filter(state=S.RETURNED, drafter=user)


# --- the course of one report ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Event:
    """One line of a course; `at` is a day, for that is all that is known of most of them."""

    at: date
    what: str
    who: str = ""
    note: str = ""
    tone: str = ""


def course(information: Information) -> list[Event]:
    """反映、登记、编期、报送、采用、批示、落实, newest first; who reads it may be its author, so no quoted words."""
    events = []
    if information.submitted_at:
        events.append(Event(timezone.localdate(information.submitted_at), "报送", reporter_of(information)))
    if information.number:
        events.append(Event(_registered_on(information), "登记", note=information.serial))
    if information.state in (S.RETURNED, S.UNUSED):
        day = timezone.localdate(information.updated_at)
        events.append(Event(day, information.get_state_display(), note=information.words, tone=information.tone))
    bulletin = information.bulletin
    if bulletin and bulletin.state == BulletinState.ISSUED:
        events += _after_issue(bulletin)
    return sorted(events, key=lambda event: event.at)[::-1]


def _registered_on(information):
    line = log.history(information).filter(verb__in=["information.register", "information.take_up"]).last()
    return timezone.localdate(line.at if line else information.submitted_at)


def _after_issue(bulletin):
    told = f"编入社情民意{bulletin.serial}"
    yield Event(timezone.localdate(bulletin.issued_at), told, note=f"报送范围：{bulletin.range}", tone="ok")
    for delivery in bulletin.deliveries.order_by("pk"):
        yield Event(delivery.sent_on, f"报送{delivery.receiver}", note=delivery.get_level_display())
        if delivery.adopted_on:
            yield Event(delivery.adopted_on, f"{delivery.receiver}采用", note=delivery.adopted_as, tone="ok")
    for instruction in Instruction.objects.filter(bulletin=bulletin).prefetch_related("steps").order_by("pk"):
        yield Event(instruction.on, f"{instruction.get_level_display()}领导批示", tone="ok")
        for step in instruction.steps.all():
            yield Event(step.on, "落实情况", step.who, step.words)


def steps(information: Information) -> list[dict]:
    """The bar above: 报送 → 登记 → 采编 → 签发报送 → 采用."""
    issued = information.state == S.ISSUED
    adopted = issued and any(delivery.adopted_on for delivery in information.bulletin.deliveries.all())
    done = [
        ("报送", information.submitted_at is not None and information.state != S.RETURNED),
        ("登记", information.number is not None),
        ("采编", information.state in (S.IN_ISSUE, S.ISSUED)),
        ("签发报送", issued),
        ("采用", adopted),
    ]
    reached = next((n for n, (_, is_done) in enumerate(done) if not is_done), len(done))
    names = {True: "done", False: "next"}
    return [{"name": name, "state": "now" if n == reached else names[n < reached]} for n, (name, _) in enumerate(done)]
