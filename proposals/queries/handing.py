"""交办会 in reads: what is not handed over yet, what stands against each line, what waits at the desk."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Prefetch

from members.models import Organisation
from members.queries import holders_by
from members.roles import Permission, Scope
from proposals.models import Assignment, Handing, HandingMeeting, Proposal, ReturnRequest
from proposals.states import AssignmentRole, AssignmentState, HandingState, ProposalState, RequestState

TEXTS = ("situation", "analysis", "points", "public_summary")
LEAD, CO, SEPARATE = AssignmentRole.LEAD, AssignmentRole.CO, AssignmentRole.SEPARATE


@dataclass
class Plan:
    """One proposal of a meeting: its lines, and what stands against handing it over, of the whole and line by line."""

    proposal: Proposal
    lines: list[Handing]
    wrong: list[str] = field(default_factory=list)
    wrong_by_line: dict[int, list[str]] = field(default_factory=dict)
    handlers: dict[int, int] = field(default_factory=dict)

    @property
    def waiting(self) -> list[Handing]:
        return [line for line in self.lines if line.state != HandingState.DONE]

    @property
    def rows(self) -> list[tuple[Handing, list[str]]]:
        return [(line, self.wrong_by_line.get(line.pk, [])) for line in self.lines]

    @property
    def is_ready(self) -> bool:
        return not self.wrong and not any(self.wrong_by_line.values())

    def against(self, line: Handing) -> list[str]:
        return [*self.wrong, *self.wrong_by_line.get(line.pk, [])]


def awaiting_handing(user):
    """Filed, and with no unit yet; merged ones go with their lead case, those of old tables were handled elsewhere."""
    committees = user.committees_with(Permission.MATTER_ASSIGN)
    return Proposal.objects.filter(state=ProposalState.FILED, is_imported=False, committee__in=committees)


def awaiting_return(user):
    """Requests to take a proposal back that the desk has not answered."""
    committees = user.committees_with(Permission.MATTER_ASSIGN)
    return ReturnRequest.objects.filter(state=RequestState.ASKED, assignment__committee__in=committees)


def not_planned(meeting: HandingMeeting):
    """Filed proposals of the committee that stand in no line of this meeting; those of old tables never do."""
    there = Handing.objects.filter(meeting=meeting).values("proposal")
    filed = Proposal.objects.filter(committee=meeting.committee_id, state=ProposalState.FILED, is_imported=False)
    return filed.exclude(pk__in=there)


def plans_of(meeting: HandingMeeting, *, today, only: Proposal | None = None, to_list: bool = False) -> list[Plan]:
    """The meeting's proposals with their lines and what is wrong, in as many statements for one as for hundreds.

    `to_list` leaves out the texts and the assignments, and has one object of a unit for all of its lines.
    """
    if to_list:
        proposals = Proposal.objects.defer(*TEXTS).prefetch_related("plenary")
        lines = meeting.lines.prefetch_related("unit", Prefetch("proposal", proposals))
    else:
        lines = meeting.lines.select_related("unit", "proposal__plenary", "assignment")
    lines = list(lines.filter(proposal=only) if only else lines)
    by_proposal = defaultdict(list)
    for line in lines:
        line.meeting = meeting
        by_proposal[line.proposal].append(line)
    open_ones = [line for line in lines if line.state != HandingState.DONE]
    live = _live({line.proposal for line in open_ones})
    able = handlers_of(line.unit for line in open_ones)
    dates = wrong_dates(meeting, today)
    return [
        _checked(Plan(proposal, _in_order(group)), meeting, live[proposal.pk], able, dates)
        for proposal, group in by_proposal.items()
    ]


def _in_order(lines):
    order = [LEAD, SEPARATE, CO]
    return sorted(lines, key=lambda line: (order.index(line.role), line.pk))


def _live(proposals: Iterable[Proposal]) -> dict[int, list[Assignment]]:
    found = defaultdict(list)
    rows = Assignment.objects.filter(proposal__in=list(proposals)).exclude(state=AssignmentState.RETURNED)
    for row in rows.select_related("unit").order_by("pk"):
        found[row.proposal_id].append(row)
    return found


def live_of(proposal: Proposal) -> list[Assignment]:
    """The units that a proposal is with."""
    return _live([proposal])[proposal.pk]


def handlers_of(units: Iterable[Organisation]) -> dict[int, int]:
    """Unit id → the user who gets its matters: the usual handler, else somebody who may handle there."""
    units = {unit.pk: unit for unit in units}
    able = holders_by(Permission.MATTER_HANDLE, Scope.ORGANISATION, units)
    signers = holders_by(Permission.MATTER_SIGN, Scope.ORGANISATION, units)
    found = {}
    for pk, unit in units.items():
        people = able[pk]
        if unit.default_handler_id in people:
            found[pk] = unit.default_handler_id
        elif people:
            found[pk] = min(people - signers[pk] or people)
    return found


def wrong_dates(meeting: HandingMeeting, today) -> list[str]:
    wrong = []
    if meeting.due_on < today:
        wrong.append("答复期限已经过去，请先修改交办会的日期。")
    elif meeting.opinion_due_on < today:
        wrong.append("会办意见期限已经过去，请先修改交办会的日期。")
    return wrong


def _checked(plan, meeting, live, able, dates) -> Plan:
    waiting = plan.waiting
    if not waiting:
        return plan
    plan.handlers = able
    plan.wrong = dates + wrong_parts(plan.proposal, [line.role for line in waiting], live)
    for line in waiting:
        plan.wrong_by_line[line.pk] = wrong_unit(line.unit, meeting.committee_id, able, live)
    return plan


def wrong_parts(proposal: Proposal, roles: list[str], live: list[Assignment]) -> list[str]:
    """Whether the units that are to get a proposal, with those that have it, make a whole: in words, or nothing."""
    if proposal.state not in (ProposalState.FILED, ProposalState.ASSIGNED):
        return [f"提案现在是“{proposal.get_state_display()}”，不能交办。"]
    had = [assignment.role for assignment in live]
    together = roles + had
    leads, separate = together.count(LEAD), together.count(SEPARATE)
    if leads > 1:
        return ["主办单位只能有一个。"]
    if leads and separate:
        return ["主办和分办不能同时用：一家牵头的用主办、会办，各办各的用分办。"]
    if separate == 1:
        return ["分办至少要两个单位；只有一个的，请改为主办。"]
    if CO in roles and not leads:
        return ["会办要先有主办单位。"]
    if CO in roles and LEAD not in roles and not any(a.role == LEAD and a.is_open for a in live):
        return ["主办单位已经答复，不能再增加会办。"]
    return []


def wrong_unit(unit: Organisation, committee_id: int, able: dict[int, int], live: list[Assignment]) -> list[str]:
    """What stands against one unit, and who helps."""
    wrong = []
    if not unit.is_active or unit.committee_id != committee_id:
        wrong.append(f"{unit}已停用，请另选单位。")
    if unit.pk not in able:
        wrong.append(f"{unit}还没有承办人账号，请先在单位和授权里添加。")
    if not unit.leader_name or not unit.leader_post:
        wrong.append(f"{unit}没有登记分管领导和职务，请先在单位资料里补上。")
    if any(assignment.unit_id == unit.pk for assignment in live):
        wrong.append(f"这件提案已经交{unit}办理，不必再交。")
    return wrong
