"""交办会: units are proposed for filed proposals, checked in words, and all are handed over by one deed."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.refusals import Incomplete, Refusal, WrongState
from config.saving import save
from members.models import Committee, User
from proposals import rules
from proposals.models import Assignment, Handing, HandingMeeting, Proposal
from proposals.queries import handing as queries
from proposals.services.assignments import open_assignment, usual_deadline
from proposals.services.cases import raters_of
from proposals.services.information_days import outside
from proposals.services.merging import join_case
from proposals.states import AssignmentRole, HandingState, ProposalState

MEETING_FIELDS = ("plenary", "name", "held_on", "place", "due_on", "opinion_due_on", "duty", "quality")
CO_DUTY = "就提案中涉及本单位职责的内容研究办理，按期向主办单位报送书面会办意见。"
CO_QUALITY = "意见具体明确，能够支持主办单位逐条答复。"
WHY_NOT = 300


@dataclass(frozen=True)
class Result:
    """How many lines were handed over now, and how many were not."""

    done: int
    refused: int


def parameter_of(role: str) -> str:
    return "opinion.months" if role == AssignmentRole.CO else "proposal.months"


def usual_dates(committee: Committee, start) -> tuple:
    """When a reply and when an opinion are due of what is handed over on `start`."""
    return tuple(
        usual_deadline(committee, parameter=parameter_of(role), start=start).due_on
        for role in (AssignmentRole.LEAD, AssignmentRole.CO)
    )


@transaction.atomic
def keep_meeting(meeting: HandingMeeting, *, by, at) -> HandingMeeting:
    """筹备 a meeting, or put right its dates; what was handed over keeps the dates it got."""
    rules.require("plan_handing", by, meeting)
    wrong = {}
    if meeting.due_on is not None and meeting.held_on is not None and meeting.due_on <= meeting.held_on:
        wrong["due_on"] = "答复期限要晚于交办会的日期。"
    if None not in (meeting.opinion_due_on, meeting.due_on) and meeting.opinion_due_on > meeting.due_on:
        wrong["opinion_due_on"] = "会办意见期限不能晚于答复期限。"
    for name in ("held_on", "due_on", "opinion_due_on"):
        day = getattr(meeting, name)
        if day is not None and (why_not := outside(day)):
            wrong[name] = why_not
    if wrong:
        raise Incomplete("".join(wrong.values()), wrong)
    fresh = meeting.pk is None
    if fresh:
        meeting.by = by
    save(
        meeting,
        doubled="这一天已有同名的交办会，请刷新后再看。",
        **({} if fresh else {"update_fields": MEETING_FIELDS}),
    )
    log.record("handingmeeting.keep", meeting, by=by, at=at, scope=meeting.scope, due_on=meeting.due_on)
    return meeting


@transaction.atomic
def plan_line(meeting: HandingMeeting, proposal: Proposal, *, unit, role, by, at) -> Handing:
    """拟定 a unit for a proposal; whether all its units make a whole is checked when it is handed over."""
    rules.require("plan_handing", by, meeting)
    if proposal.committee_id != meeting.committee_id:
        raise WrongState("这件提案不属于本会。")
    if proposal.state not in (ProposalState.FILED, ProposalState.ASSIGNED):
        raise WrongState(f"“{proposal.get_state_display()}”的提案不能列入交办会。")
    if proposal.is_imported:
        raise WrongState("这是历年导入的提案，不列入交办会；确要办理的，请在提案页上单独交办。")
    _locked(meeting)
    lines = meeting.lines.filter(proposal=proposal)
    if lines.filter(state=HandingState.DONE, role=role).exists() and role == AssignmentRole.LEAD:
        raise WrongState("这次会上已经交给主办单位；退回后要换单位的，请在提案页上单独交办。")
    if lines.filter(unit=unit).exists():
        raise Incomplete(f"{unit}已经列上了。", {"unit": f"{unit}已经列上了，请另选单位。"})
    if role == AssignmentRole.LEAD and lines.filter(role=AssignmentRole.LEAD).exists():
        raise Incomplete("主办单位只能有一个。", {"role": "已经有主办单位；要换，请先去掉原来的。"})
    line = Handing(meeting=meeting, proposal=proposal, unit=unit, role=role)
    save(line, doubled="这个单位刚刚已经列上，请刷新后再看。")
    log.record(
        "handingmeeting.plan", meeting, by=by, at=at, scope=meeting.scope, proposal=str(proposal), unit=str(unit),
        role=line.get_role_display(),
    )  # fmt: skip
    return line


@transaction.atomic
def drop_line(line: Handing, *, by, at) -> None:
    """取消 a line that is not handed over."""
    meeting = line.meeting
    rules.require("plan_handing", by, meeting)
    _locked(meeting)
    gone, _ = Handing.objects.filter(pk=line.pk).exclude(state=HandingState.DONE).delete()
    if not gone:
        raise WrongState("这一项已经交办，或已经取消，请刷新后再看。")
    log.record(
        "handingmeeting.drop", meeting, by=by, at=at, scope=meeting.scope, proposal=str(line.proposal),
        unit=str(line.unit),
    )  # fmt: skip


@transaction.atomic
def hand_over(meeting: HandingMeeting, *, by, at) -> Result:
    """交办 every line that still waits, each for itself: what is refused keeps the reason, the others go.

    Run again it tries only what was refused or added since; at the same moment twice, the second finds nothing to do.
    """
    rules.require("plan_handing", by, meeting)
    meeting = _locked(meeting)
    plans = queries.plans_of(meeting, today=timezone.localdate(at))
    people = User.objects.in_bulk({pk for plan in plans for pk in plan.handlers.values()})
    done = refused = 0
    for plan in plans:
        for line in plan.waiting:
            why_not = _hand_line(meeting, plan, line, people, by=by, at=at)
            done, refused = done + (not why_not), refused + bool(why_not)
    if not done and not refused:
        raise WrongState("没有等待交办的提案：都已经交办，或者还没有拟定承办单位。")
    if done and meeting.done_at is None:
        meeting.done_at = at
        meeting.save(update_fields=["done_at"])
    log.record("handingmeeting.hand_over", meeting, by=by, at=at, scope=meeting.scope, done=done, refused=refused)
    return Result(done, refused)


def _locked(meeting) -> HandingMeeting:
    """The meeting as it stands; who plans or hands over there waits for who does it already."""
    rows = HandingMeeting.objects.select_for_update(of=("self",)).select_related("committee")
    return rows.get(pk=meeting.pk)


def _hand_line(meeting, plan, line, people, *, by, at) -> str:
    """Hand over one line in a savepoint of its own; why it was not, or nothing."""
    why_not = "".join(plan.against(line))
    if not why_not:
        try:
            with transaction.atomic():
                line.assignment = _open_line(meeting, plan, line, people, by=by, at=at)
        except Refusal as refusal:
            why_not = str(refusal)
            plan.proposal.refresh_from_db()  # what the savepoint took back stands in memory still
    line.state = HandingState.REFUSED if why_not else HandingState.DONE
    line.why_not = why_not[:WHY_NOT]
    line.save(update_fields=["state", "why_not", "assignment"])
    return why_not


def _open_line(meeting, plan, line, people, *, by, at) -> Assignment:
    is_co = line.role == AssignmentRole.CO
    return _open(
        plan.proposal, role=line.role, unit=line.unit, leader_name=line.unit.leader_name,
        leader_post=line.unit.leader_post, handler=people[plan.handlers[line.unit_id]],
        due_on=meeting.opinion_due_on if is_co else meeting.due_on, duty=CO_DUTY if is_co else meeting.duty,
        quality=CO_QUALITY if is_co else meeting.quality, by=by, at=at,
    )  # fmt: skip


def _open(proposal, *, role, by, at, **fixings) -> Assignment:
    """One unit's assignment, and those of what is merged into the case, which the same unit answers one by one."""
    is_co = role == AssignmentRole.CO
    raters = [] if is_co else raters_of(proposal)
    opened = open_assignment(
        committee=proposal.committee, proposal=proposal, role=role, lead=lead_of(proposal) if is_co else None,
        title=proposal.title, text=text_of(proposal), rater=raters[0] if raters else None, co_raters=raters[1:],
        parameter=parameter_of(role), by=by, at=at, **fixings,
    )  # fmt: skip
    if not is_co:
        for merged in proposal.merged.filter(state=ProposalState.MERGED).order_by("pk"):
            join_case(merged, opened, by=by, at=at)
    return opened


def lead_of(proposal: Proposal) -> Assignment:
    """The lead unit's assignment that is at work; WrongState where a co-unit would have nobody to give its opinion."""
    found = proposal.assignments.open().filter(role=AssignmentRole.LEAD).first()
    if found is None:
        raise WrongState("主办单位没有交办成功，会办不能单独交办。")
    return found


def text_of(proposal: Proposal) -> str:
    points = [f"{number}. {point}" for number, point in enumerate(proposal.points, start=1)]
    return "\n".join(filter(None, [proposal.situation, proposal.analysis, *points])) or proposal.title


@transaction.atomic
def hand_one(proposal: Proposal, *, role, unit, by, at, **fixings) -> Assignment:
    """交办 one proposal to one unit outside a meeting: the lead, a co-unit beside it, or one of several separate."""
    rules.require("assign_proposal", by, proposal)
    live = queries.live_of(proposal)
    roles = [role] * 2 if role == AssignmentRole.SEPARATE else [role]  # of separate ones the next follows on its own
    if wrong := queries.wrong_parts(proposal, roles, live):
        raise Incomplete("".join(wrong), {"role": "".join(wrong)})
    if any(assignment.unit_id == unit.pk for assignment in live):
        raise Incomplete(f"已经交{unit}办理。", {"unit": f"这件提案已经交{unit}办理，请另选单位。"})
    if role == AssignmentRole.CO and fixings["due_on"] and fixings["due_on"] > lead_of(proposal).due_on:
        raise Incomplete("会办意见要在主办答复之前。", {"due_on": "会办意见的期限不能晚于主办单位的答复期限。"})
    return _open(proposal, role=role, unit=unit, by=by, at=at, **fixings)
