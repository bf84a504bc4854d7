"""Where is my matter? One matter's story, newest first, as a parcel tracker tells it."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone

from config.privacy import masked
from proposals.models import (
    Assignment,
    Extension,
    JointReview,
    MicroLead,
    MicroProposal,
    Proposal,
    ProposalReview,
    Round,
)
from proposals.states import FILED, PublicationLevel, ReplyState, RequestState, Verdict


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
            events += _of_assignment(assignment, in_public=in_public, whole=micro.publication == PublicationLevel.FULL)
    for lead in micro.leads.select_related("body", "member__user", "micro").prefetch_related("steps").order_by("pk"):
        if not (in_public and lead.ended_at):
            events += _of_lead(lead, in_public=in_public)
    return _newest_first(_covered(events) if in_public else events)


def _covered(events):
    """What people wrote without thinking of the public, with numbers that reach somebody covered."""
    return [replace(event, note=masked(event.note)) for event in events]


def _of_lead(lead, *, in_public):
    """The public hears that something was done, and the result as far as it was published."""
    leader, kept_inside = lead.leader, in_public and lead.publication != PublicationLevel.FULL
    due = "" if in_public else f"期限 {lead.due_on.month}月{lead.due_on.day}日"
    events = [Event(lead.at, "政协办", f"由{leader}领办", due)]
    for step in lead.steps.all():
        what = f"{step.get_kind_display()}（{step.on.month}月{step.on.day}日）"
        events.append(Event(step.at, leader, what, "" if in_public else step.words))
    if lead.finished_at:
        events.append(Event(lead.finished_at, leader, "写明领办结果", "" if kept_inside else lead.result))
    if lead.rated_at:
        words = "" if kept_inside else lead.rating_words
        author = str(lead.micro.author)
        events.append(Event(lead.rated_at, author, f"评价：{lead.get_satisfaction_display()}", words))
    if lead.ended_at:
        events.append(Event(lead.ended_at, "政协办", "收回领办", lead.end_reason))
    return events


def of_assignment(assignment: Assignment, *, in_public: bool = False) -> list[Event]:
    return _newest_first(_of_assignment(assignment, in_public=in_public))


def load(assignments: list[Assignment]) -> None:
    """Rounds with replies, ratings of those sent, extensions, for all at once; what is loaded already is left alone."""
    prefetch_related_objects(
        assignments,
        Prefetch("rounds", Round.objects.select_related("reply__signed_by").order_by("number")),
        Prefetch("extensions", Extension.objects.select_related("decided_by")),
    )
    replies = [one.reply for assignment in assignments for one in assignment.rounds.all() if hasattr(one, "reply")]
    prefetch_related_objects([reply for reply in replies if reply.state == ReplyState.SENT], "ratings__by")


def _of_assignment(assignment, *, in_public, whole=True):
    """In the order they are told; `_newest_first` reads it once, or events of the same moment change places.

    Of a matter that is not published `whole`, or a reply that is not, the public reads what was done and no words.
    """
    load([assignment])
    unit = str(assignment.unit)
    extensions = [] if in_public else list(assignment.extensions.all())
    rounds = list(assignment.rounds.all())
    due = "" if in_public else _first_due(assignment, rounds, extensions)
    events = [Event(assignment.assigned_at, "政协办", f"交{unit}办理", due)]
    if assignment.accepted_at:
        events.append(Event(assignment.accepted_at, unit, "签收"))
    if assignment.returned_at:
        events.append(Event(assignment.returned_at, unit, "退回改办", assignment.return_reason))
    kept_inside = False  # the earlier reply was not published whole, nor is what was said of it
    for present in rounds:
        if present.number > 1:
            reason = "" if kept_inside else present.reason
            events.append(Event(present.opened_at, unit, f"开始第 {present.number} 轮办理", reason))
        reply = getattr(present, "reply", None)
        if reply is None or reply.state != ReplyState.SENT:
            continue
        kept_inside = in_public and not (whole and reply.publication == PublicationLevel.FULL)
        promise = "" if kept_inside else reply.promise
        said = f"答复({reply.grade}类)" if reply.grade else "报送会办意见"
        events.append(Event(reply.sent_at, unit, said, promise))
        for rating in reply.ratings.all():
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
        if extension.state == RequestState.GRANTED and (later is None or extension.decided_at <= later)
    ]
    if moved:
        day = min(moved, key=lambda extension: extension.decided_at).previously
    return f"期限 {day.month}月{day.day}日"


def _newest_first(events):
    """Of two events at the same moment the one told later is the newer."""
    return sorted(events, key=lambda event: event.at)[::-1]


def _of_extension(extension: Extension) -> Event:
    until = f"延至 {extension.until.month}月{extension.until.day}日：{extension.reason}"
    if extension.state == RequestState.ASKED:
        return Event(extension.asked_at, str(extension.assignment.unit), "申请延期", until)
    decided = "同意延期" if extension.state == RequestState.GRANTED else "不同意延期"
    return Event(extension.decided_at, str(extension.decided_by), decided, extension.words or until)


def steps_of(
    micro: MicroProposal, reviews: list[JointReview], assignment: Assignment | None, lead: MicroLead | None = None
) -> list[dict]:
    """The bar above the story: 提交 → 三办联审 → 交办 → 答复 → 评价 → 办结, with what is done and what is next.

    Where it is led: 提交 → 三办联审 → 领办 → 写明结果 → 评价 → 办结.
    """
    begun = assignment.assigned_at if assignment else lead.at if lead else _agreed_at(reviews)
    done = [("提交", micro.submitted_at), ("三办联审", begun)]
    if lead:
        done += [("领办", lead.at), ("写明结果", lead.finished_at), ("评价", lead.rated_at)]
    else:
        done += [
            ("交办签收", assignment and assignment.accepted_at),
            ("答复", assignment and assignment.replied_at),
            ("评价", assignment and assignment.satisfied_at),
        ]
    done.append(("办结", micro.closed_at))
    return _bar(done)


def _bar(done: list[tuple]) -> list[dict]:
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


# --- 提案 --------------------------------------------------------------------------------------------------------


def of_proposal(
    proposal: Proposal, reviews: list[ProposalReview], assignments: list[Assignment], again: list, *, proposer: str,
    in_public: bool,
) -> list[Event]:  # fmt: skip
    """From the first submission to 办结; `again` are the moments of later submissions, `proposer` as the page says.

    The public hears from 立案 on what was done and answered, not what the office said, nor of what went back.
    """
    if not proposal.submitted_at:
        return []
    events = [Event(proposal.submitted_at, proposer, "提交提案", proposal.get_timing_display())]
    if not in_public:
        events += [Event(at, proposer, "补充后再次提交") for at in again]
        events += [Event(one.at, "政协", f"审查：{one.get_result_display()}", _said(one)) for one in reviews]
    if proposal.filed_at and (in_public or not reviews):
        events.append(Event(proposal.filed_at, "政协", "立案", proposal.serial))
    load(assignments)
    for assignment in assignments:
        if not (in_public and (assignment.returned_at or assignment.is_co)):
            events += _of_assignment(
                assignment, in_public=in_public, whole=proposal.publication == PublicationLevel.FULL
            )
    if proposal.closed_at and len(assignments) > 1:
        events.append(Event(proposal.closed_at, "", "全部办结"))
    return _newest_first(_covered(events) if in_public else events)


def _said(review):
    grounds = "；".join(str(ground) for ground in review.grounds.all())
    return "\n".join(filter(None, [grounds, review.words]))


def steps_of_proposal(proposal: Proposal, assignments: list[Assignment]) -> list[dict]:
    """提交 → 审查 → 交办 → 办理 → 答复 → 评价 → 办结; of several units a step is done when the last one did it."""
    answering = [one for one in assignments if not one.returned_at and not one.is_co]

    def last(name):
        moments = [getattr(one, name) for one in answering]
        return max(moments) if moments and all(moments) else None

    filed_at = proposal.filed_at if proposal.state in FILED else None
    return _bar(
        [
            ("提交", proposal.submitted_at),
            ("审查", filed_at),
            ("交办", min((one.assigned_at for one in answering), default=None)),
            ("办理", last("accepted_at")),
            ("答复", last("replied_at")),
            ("评价", last("satisfied_at")),
            ("办结", proposal.closed_at),
        ]
    )
