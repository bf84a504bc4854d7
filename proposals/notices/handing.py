"""What is said when a proposal is handed over, asked back, given to another unit, coordinated, or stands still."""

from config.notices import outbox
from members.queries import holders
from members.roles import Permission
from proposals.states import RequestState


def _tell(recipients, what, assignment, title, body="", *, thing=None, about=None, at):
    """One notice each; `thing` is the row that makes it once, by default the assignment itself."""
    row, target = thing or assignment, about or assignment
    outbox.send(
        set(recipients), kind=what, title=title, body=body, url=target.get_absolute_url(),
        key=f"{what}:{row._meta.model_name}:{row.pk}", at=at, scope=assignment.scope,
    )  # fmt: skip


def _unit(assignment) -> set[int]:
    return {assignment.handler_id} | holders(Permission.MATTER_HANDLE, assignment.unit)


def _raters(assignment) -> set[int]:
    return {assignment.rater_id, *assignment.co_raters.values_list("pk", flat=True)} - {None}


def _day(day) -> str:
    return f"{day.month}月{day.day}日"


def handed(assignment, *, at):
    """A proposal: to the unit with its part, and to who signed, by which unit and until when."""
    part, due = assignment.get_role_display(), _day(assignment.due_on)
    wanted = f"请签收，{due}前向主办单位报送会办意见。" if assignment.is_co else f"请签收，{due}前答复提案者。"
    _tell(_unit(assignment), "assigned", assignment, f"新交办的提案（{part}）：{assignment.title}", wanted, at=at)
    if not assignment.is_co:
        title = f"您的提案《{assignment.title}》已交{assignment.unit}{part}"
        words = f"{due}前答复您。"
        _tell(_raters(assignment), "proposal-handed", assignment, title, words, about=assignment.proposal, at=at)


def return_asked(asked, *, at):
    assignment = asked.assignment
    desk = holders(Permission.MATTER_ASSIGN, assignment.committee)
    title = f"{assignment.unit}申请退回：{assignment.title}"
    _tell(desk, "return-asked", assignment, title, asked.reason, thing=asked, about=asked, at=at)


def return_decided(asked, *, at):
    assignment = asked.assignment
    title = f"退回申请{asked.get_state_display()}：{assignment.title}"
    refused = asked.state == RequestState.REFUSED
    then = "请继续办理；仍有不同意见的，可以请交办部门开协调会。" if refused else "交办部门会另行确定承办单位。"
    _tell(_unit(assignment), "return-decided", assignment, title, f"{asked.words}\n{then}".strip(), thing=asked, at=at)


def taken_away(assignment, *, to, reason, at):
    title = f"已改由{to}办理：{assignment.title}"
    _tell(_unit(assignment), "taken-away", assignment, title, reason, at=at)


def coordinated(meeting, *, at):
    """Everybody who takes part in the case: the unit, its co-units, and of a rating who rated."""
    assignment = meeting.assignment
    people = _unit(assignment)
    for joined in assignment.joined.open().select_related("unit"):
        people |= _unit(joined)
    title = f"协调会已有结果（{meeting.get_about_display()}）：{assignment.title}"
    _tell(people, "coordinated", assignment, title, meeting.decision, thing=meeting, at=at)


def settled(meeting, *, again: bool, at):
    """To who signed: what the talk about their rating came to."""
    assignment = meeting.assignment
    title = f"面商{'后重新办理' if again else '已办结'}：{assignment.title}"
    target = assignment.micro or assignment.proposal or assignment
    _tell(_raters(assignment), "settled", assignment, title, meeting.decision, thing=meeting, about=target, at=at)


def paused(pause, *, at):
    assignment = pause.assignment
    people = _unit(assignment) | _raters(assignment)
    title = f"办理中止：{assignment.title}"
    words = f"自{_day(pause.since)}起不计时限，也不提醒。理由：{pause.reason}"
    _tell(people, "paused", assignment, title, words, thing=pause, at=at)


def resumed(pause, *, days: int, at):
    assignment = pause.assignment
    people = _unit(assignment) | _raters(assignment)
    words = f"中止 {days} 天，期限顺延到{_day(assignment.due_on)}。"
    _tell(people, "resumed", assignment, f"恢复办理：{assignment.title}", words, thing=pause, at=at)
