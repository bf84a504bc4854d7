"""Where is my matter? One matter's story, newest first, as a parcel tracker tells it."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from proposals.models import Assignment, Extension, JointReview, MicroProposal
from proposals.states import ExtensionState, PublicationLevel, ReplyState, Verdict


@dataclass(frozen=True)
class Event:
    at: datetime
    who: str
    what: str
    note: str = ""
    files: list = field(default_factory=list)


def of_micro(micro: MicroProposal, reviews: list[JointReview], *, in_public: bool) -> list[Event]:
    """The public hears what was done and answered, not what the offices said to each other."""
    if not micro.submitted_at:
        return []
    events = [Event(micro.submitted_at, str(micro.author), "提交微建议", micro.serial)]
    for review in reviews:
        if not in_public:
            events += [
                Event(v.at, str(v.office), f"联审意见：{v.get_verdict_display()}", v.words)
                for v in review.verdicts.all()
            ]
        if review.settled_at:
            said = {Verdict.AGREE: "三办联审通过", Verdict.SUPPLEMENT: "联审退回补正", Verdict.DISAGREE: "联审未采纳"}
            events.append(Event(review.settled_at, "三办", said[review.result]))
    for assignment in micro.assignments.select_related("unit", "handler"):
        if not (in_public and assignment.returned_at):
            events += _of_assignment(assignment, in_public=in_public)
    return _newest_first(events)


def of_assignment(assignment: Assignment, *, in_public: bool = False) -> list[Event]:
    return _newest_first(_of_assignment(assignment, in_public=in_public))


def _of_assignment(assignment, *, in_public):
    """In the order they are told; `_newest_first` reads it once, or events of the same moment change places."""
    unit = str(assignment.unit)
    extensions = [] if in_public else list(assignment.extensions.select_related("decided_by"))
    rounds = list(assignment.rounds.select_related("reply__rating__by", "reply__signed_by"))
    due = "" if in_public else _first_due(assignment, rounds, extensions)
    events = [Event(assignment.assigned_at, "政协办", f"交{unit}办理", due)]
    if assignment.accepted_at:
        events.append(Event(assignment.accepted_at, unit, "签收"))
    if assignment.returned_at:
        events.append(Event(assignment.returned_at, unit, "退回改办", assignment.return_reason))
    kept_inside = False  # an earlier reply was not to be published, nor what was said of it
    for present in rounds:
        if present.number > 1:
            reason = "" if kept_inside else present.reason
            events.append(Event(present.opened_at, unit, f"开始第 {present.number} 轮办理", reason))
        reply = getattr(present, "reply", None)
        if reply is None or reply.state != ReplyState.SENT:
            continue
        kept_inside = in_public and reply.publication == PublicationLevel.NONE
        promise = "" if kept_inside else reply.promise
        events.append(Event(reply.sent_at, unit, f"答复({reply.grade}类)", promise))
        if rating := getattr(reply, "rating", None):
            words = "" if kept_inside else rating.words
            events.append(Event(rating.at, str(rating.by), f"评价：{rating.get_satisfaction_display()}", words))
    events += [_of_extension(extension) for extension in extensions]
    if assignment.closed_at:
        events.append(Event(assignment.closed_at, "", "办结"))
    return events


def _first_due(assignment, rounds, extensions):
    """The date as it was given then; a granted extension tells its own."""
    day = rounds[0].due_on if rounds else assignment.due_on
    later = rounds[1].opened_at if len(rounds) > 1 else None
    moved = [
        extension
        for extension in extensions
        if extension.state == ExtensionState.GRANTED and (later is None or extension.decided_at <= later)
    ]
    if moved:
        day = min(moved, key=lambda extension: extension.decided_at).previously
    return f"期限 {day.month}月{day.day}日"


def _newest_first(events):
    """Of two events at the same moment the one told later is the newer."""
    return sorted(events, key=lambda event: event.at)[::-1]


def _of_extension(extension: Extension) -> Event:
    until = f"延至 {extension.until.month}月{extension.until.day}日：{extension.reason}"
    if extension.state == ExtensionState.ASKED:
        return Event(extension.asked_at, str(extension.assignment.unit), "申请延期", until)
    decided = "同意延期" if extension.state == ExtensionState.GRANTED else "不同意延期"
    return Event(extension.decided_at, str(extension.decided_by), decided, extension.words or until)


def steps_of(micro: MicroProposal, reviews: list[JointReview], assignment: Assignment | None) -> list[dict]:
    """The bar above the story: 提交 → 三办联审 → 交办 → 答复 → 评价 → 办结, with what is done and what is next."""
    done = [
        ("提交", micro.submitted_at),
        ("三办联审", assignment.assigned_at if assignment else _agreed_at(reviews)),
        ("交办签收", assignment and assignment.accepted_at),
        ("答复", assignment and assignment.replied_at),
        ("评价", assignment and assignment.satisfied_at),
        ("办结", micro.closed_at),
    ]
    reached = 0
    while reached < len(done) and done[reached][1]:
        reached += 1
    return [
        {
            "name": name,
            "state": "done" if i < reached else "now" if i == reached else "next",
            "when": _day(at) if at and i < reached else "",
        }
        for i, (name, at) in enumerate(done)
    ]


def _day(at):
    local = timezone.localtime(at)
    return f"{local.month}月{local.day}日"


def _agreed_at(reviews):
    return next((review.settled_at for review in reversed(reviews) if review.result == Verdict.AGREE), None)
