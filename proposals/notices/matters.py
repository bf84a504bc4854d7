"""What is said to whom when something happens to a matter; one function a notice."""

from config.notices import outbox
from members.models import THREE_OFFICES
from members.queries import holders, holders_by
from members.roles import Permission, Scope
from proposals.states import Verdict


def _tell(recipients, kind, thing, title, body="", *, about=None, at):
    """One notice each; the key makes a second telling of the same thing no telling at all."""
    target = about or thing
    outbox.send(
        set(recipients),
        kind=kind,
        title=title,
        body=body,
        url=target.get_absolute_url(),
        key=f"{kind}:{thing._meta.model_name}:{thing.pk}:{getattr(thing, 'clock', 1)}",
        at=at,
        scope=target.scope,
    )


def review_opened(review, *, at):
    micro = review.micro
    offices = micro.committee.organisations.filter(kind__in=THREE_OFFICES).values_list("pk", flat=True)
    people = set().union(*holders_by(Permission.MICRO_REVIEW, Scope.ORGANISATION, offices).values())
    _tell(people, "review-opened", review, f"请联审：{micro.title}", micro.serial, about=micro, at=at)


def review_settled(micro, result, *, at):
    author = [micro.author.user_id]
    said = {
        Verdict.AGREE: f"三办已同意您的微建议《{micro.title}》，正在确定承办单位",
        Verdict.SUPPLEMENT: f"请补正您的微建议《{micro.title}》",
        Verdict.DISAGREE: f"您的微建议《{micro.title}》未被采纳",
    }[result]
    words = ";".join(f"{v.office}:{v.words}" for v in micro.reviews.latest("round").verdicts.all() if v.words)
    review = micro.reviews.latest("round")
    _tell(author, "review-settled", review, said, words, about=micro, at=at)
    if result == Verdict.AGREE:
        desk = holders(Permission.MATTER_ASSIGN, micro.committee)
        _tell(desk, "to-assign", review, f"待交办：{micro.title}", micro.serial, about=micro, at=at)


def assigned(assignment, *, at):
    unit = holders(Permission.MATTER_HANDLE, assignment.unit)
    due = f"{assignment.due_on.month}月{assignment.due_on.day}日"
    _tell(unit, "assigned", assignment, f"新交办件：{assignment.title}", f"请签收，{due}前办结。", at=at)
    if assignment.micro_id:
        author = [assignment.micro.author.user_id]
        title = f"您的微建议《{assignment.micro.title}》已交{assignment.unit}办理"
        _tell(author, "micro-assigned", assignment, title, f"{due}前答复您。", about=assignment.micro, at=at)


def returned(assignment, *, at):
    desk = holders(Permission.MATTER_ASSIGN, assignment.committee)
    title = f"{assignment.unit}退回：{assignment.title}"
    _tell(desk, "returned", assignment, title, assignment.return_reason, about=assignment.micro, at=at)


def reply_to_sign(reply, *, at):
    assignment = reply.round.assignment
    leaders = holders(Permission.MATTER_SIGN, assignment.unit)
    outbox.send(
        leaders,
        kind="reply-to-sign",
        title=f"请签发答复：{assignment.title}",
        url=assignment.get_absolute_url(),
        key=f"reply-to-sign:{reply.pk}:{at:%Y%m%d%H%M%S%f}",
        at=at,
        scope=assignment.scope,
    )


def reply_sent_back(reply, words, *, at):
    assignment = reply.round.assignment
    outbox.send(
        {reply.drafted_by_id, assignment.handler_id},
        kind="reply-sent-back",
        title=f"答复稿退回修改：{assignment.title}",
        body=words,
        url=assignment.get_absolute_url(),
        key=f"reply-sent-back:{reply.pk}:{at:%Y%m%d%H%M%S%f}",
        at=at,
        scope=assignment.scope,
    )


def replied(assignment, *, at):
    title = f"{assignment.unit}已答复《{assignment.title}》，请您评价"
    people = _raters(assignment)
    _tell(people, f"replied-{assignment.round}", assignment, title, about=subject(assignment), at=at)


def _raters(assignment) -> set[int]:
    return {assignment.rater_id, *assignment.co_raters.values_list("pk", flat=True)} - {None}


def rated(assignment, rating, *, at):
    title = f"{rating.by}评价为“{rating.get_satisfaction_display()}”：{assignment.title}"
    unit = holders(Permission.MATTER_HANDLE, assignment.unit)
    _tell(unit, f"rated-{assignment.round}", rating, title, rating.words, about=assignment, at=at)


def reworked(assignment, reason, *, at):
    due = f"{assignment.due_on.month}月{assignment.due_on.day}日"
    people = holders(Permission.MATTER_HANDLE, assignment.unit) | holders(
        Permission.MATTER_SUPERVISE, assignment.committee
    )
    title = f"重新办理(第 {assignment.round} 轮):{assignment.title}"
    _tell(people, "rework", assignment, title, f"{due}前再次答复。理由：{reason}", at=at)


def verified(assignment, kept, words, *, at):
    people = holders(Permission.MATTER_HANDLE, assignment.unit) | _raters(assignment)
    title = f"{'承诺已兑现' if kept else '承诺未兑现'}:{assignment.title}"
    _tell(people, f"verified-{assignment.round}", assignment, title, words, at=at)


def extension_asked(extension, *, at):
    assignment = extension.assignment
    people = holders(Permission.MATTER_SUPERVISE, assignment.committee)
    title = f"{assignment.unit}申请延期：{assignment.title}"
    _tell(people, "extension-asked", extension, title, extension.reason, about=assignment, at=at)


def extension_decided(extension, *, at):
    assignment = extension.assignment
    people = holders(Permission.MATTER_HANDLE, assignment.unit)
    title = f"延期申请{extension.get_state_display()}:{assignment.title}"
    _tell(people, "extension-decided", extension, title, extension.words, about=assignment, at=at)


def subject(assignment):
    """The page on which the person who rates finds the matter."""
    return assignment.micro or assignment.proposal or assignment


def recipients_by_circle(assignments) -> dict[int, dict[str, set[int]]]:
    """Assignment id → circle → user ids, each circle wider than the one before; a handful of queries for many rows."""
    units = {a.unit_id for a in assignments}
    committees = {a.committee_id for a in assignments}
    leaders = holders_by(Permission.MATTER_SIGN, Scope.ORGANISATION, units)
    supervisors = holders_by(Permission.MATTER_SUPERVISE, Scope.COMMITTEE, committees)
    chairs = holders_by(Permission.TOP_REMINDER, Scope.COMMITTEE, committees)
    found = {}
    for a in assignments:
        handler = {a.handler_id}
        leader = handler | leaders[a.unit_id]
        supervisor = leader | supervisors[a.committee_id]
        chair = supervisor | chairs[a.committee_id]
        found[a.pk] = {"handler": handler, "leader": leader, "supervisor": supervisor, "chair": chair}
    return found
