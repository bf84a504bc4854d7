"""What is said while a unit handles a proposal: to check, to send, opinions, refusals of a reply, the end of rating."""

from config.notices import outbox
from members.queries import holders
from members.roles import Permission
from proposals.states import AssignmentRole


def raters(assignment) -> set[int]:
    return {assignment.rater_id, *assignment.co_raters.values_list("pk", flat=True)} - {None}


def subject(assignment):
    """The page on which the people who rate find the matter."""
    return assignment.micro or assignment.proposal or assignment


def _tell(people, kind, assignment, title, body="", *, key, about=None, at):
    outbox.send(
        set(people), kind=kind, title=title, body=body, url=(about or assignment).get_absolute_url(),
        key=f"{kind}:{key}", at=at, scope=assignment.scope,
    )  # fmt: skip


def _what(assignment) -> str:
    return "会办意见" if assignment.role == AssignmentRole.CO else "答复"


def reply_to_check(reply, *, at):
    assignment = reply.round.assignment
    people = holders(Permission.MATTER_HANDLE, assignment.unit)
    others = people - {reply.drafted_by_id} or people
    title = f"请核稿{_what(assignment)}：{assignment.title}"
    _tell(others, "reply-to-check", assignment, title, key=f"{reply.pk}:{at:%Y%m%d%H%M%S%f}", at=at)


def reply_to_send(reply, *, at):
    assignment = reply.round.assignment
    title = f"{_what(assignment)}已签发，请送达：{assignment.title}"
    people = {assignment.handler_id, reply.drafted_by_id}
    _tell(people, "reply-to-send", assignment, title, key=f"{reply.pk}:{at:%Y%m%d%H%M%S%f}", at=at)


def opinion_given(assignment, *, at):
    """To the lead unit, on its own case."""
    lead = assignment.lead
    title = f"{assignment.unit}已报送会办意见：{assignment.title}"
    people = {lead.handler_id} | holders(Permission.MATTER_HANDLE, lead.unit)
    _tell(people, "opinion-given", assignment, title, key=f"{assignment.pk}", about=lead, at=at)


def waived(assignment, *, at):
    lead = assignment.lead
    title = f"{assignment.unit}免报会办意见：{assignment.title}"
    _tell({lead.handler_id}, "opinion-waived", assignment, title, assignment.waive_reason,
          key=f"{assignment.pk}:lead", about=lead, at=at)  # fmt: skip
    unit = holders(Permission.MATTER_HANDLE, assignment.unit)
    _tell(unit, "opinion-waived", assignment, title, assignment.waive_reason, key=f"{assignment.pk}:own", at=at)


def refused(assignment, rating, *, meets: bool, at):
    """One signer is not satisfied: the other ones hear of it, and of a meeting those who are to call it."""
    others = raters(assignment) - {rating.by_id}
    then = "将提请面商" if meets else "将重新办理并再次答复"
    title = f"{rating.by}对《{assignment.title}》的答复不满意，{then}"
    if not meets and rating.satisfaction != "unsatisfied":
        title = f"《{assignment.title}》的答复没有达到满意，{then}"
    _tell(others, "rating-refused", assignment, title, rating.words, key=f"{rating.pk}", about=subject(assignment),
          at=at)  # fmt: skip
    if meets:
        desk = holders(Permission.MATTER_SUPERVISE, assignment.committee)
        unit = holders(Permission.MATTER_HANDLE, assignment.unit)
        called = f"请组织面商：{assignment.title}"
        body = f"第 {assignment.round} 次答复后仍不满意：{rating.words}"
        _tell(desk | unit, "meeting-called", assignment, called, body, key=f"{rating.pk}", at=at)


def concluded(assignment, reason, silent, *, at):
    people = raters(assignment) | holders(Permission.MATTER_HANDLE, assignment.unit)
    body = f"{reason}\n没有评价的：{'、'.join(silent)}" if silent else reason
    title = f"评价已结束：{assignment.title}"
    _tell(people, "rating-concluded", assignment, title, body, key=f"{assignment.pk}:{assignment.round}",
          about=subject(assignment), at=at)  # fmt: skip
