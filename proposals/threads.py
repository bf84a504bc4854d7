"""What a word of the public becomes here: a member's micro-proposal, and how it went, in public words (row 101)."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from config.privacy import masked
from proposals.models import Assignment, MicroLead, MicroProposal, Reply
from proposals.states import AssignmentState, MicroState, PublicationLevel
from workstations.models import Word
from workstations.rules import words as rules
from workstations.services import words as services
from workstations.states import WORD_MOVES
from workstations.threads import Action, FollowUp, Step

INTO = "微建议"
UNSEEN = (MicroState.DRAFT, MicroState.WITHDRAWN)
"""Of these the public reads nothing."""
OVER = (*UNSEEN, MicroState.DECLINED, MicroState.CLOSED)
PUBLISHED = (PublicationLevel.FULL, PublicationLevel.SUMMARY)


def may_take_up(user, word: Word) -> bool:
    """A member of the committee who deals with the word, or was handed it, while it is open."""
    if word.state not in WORD_MOVES["carry"].sources or word.committee_id not in user.member_ids:
        return False
    return rules.can_answer(user, word)


def offer(user, word: Word) -> Action | None:
    """A draft filled in from the word; one begun already is gone on with."""
    if not may_take_up(user, word):
        return None
    begun = MicroProposal.objects.by(user).filter(word=word, state=MicroState.DRAFT).first()
    if begun:
        return Action("接着写微建议", reverse("micro-edit", args=[begun.key]))
    return Action("转为微建议", f"{reverse('micro-new')}?committee={word.committee_id}&word={word.pk}")


def begin(word: Word | None) -> dict:
    """What the form of a micro-proposal begins with: units and the public read it, so numbers are covered."""
    if word is None:
        return {}
    begun = f"群众反映：{masked(word.body)}"
    if word.place:
        begun += f"\n地点：{masked(word.place)}"
    return {"body": f"{begun}\n\n建议："[:3000], "region": word.region}


def holds(word: Word) -> bool:
    return MicroProposal.objects.filter(word=word).exclude(state__in=OVER).exists()


def follow(words: Iterable[Word]) -> dict[int, list[Step]]:
    """What became of each; the unit by name, its reply only as far as it was published. Nobody's name, no draft."""
    handed = Assignment.objects.exclude(state=AssignmentState.RETURNED).select_related("unit").order_by("pk")
    led = MicroLead.objects.filter(ended_at__isnull=True).select_related("body").order_by("pk")
    micros = (
        MicroProposal.objects.filter(word__in=words)
        .exclude(state__in=UNSEEN)
        .order_by("pk")
        .prefetch_related("reviews", Prefetch("assignments", handed), Prefetch("leads", led))
    )
    micros = list(micros)
    replies = defaultdict(list)
    sent = Reply.objects.sent().filter(round__assignment__micro__in=micros).select_related("round").order_by("pk")
    for reply in sent if micros else []:
        replies[reply.round.assignment_id].append(reply)
    steps = defaultdict(list)
    for micro in micros:
        steps[micro.word_id] += _steps(micro, replies)
    return dict(steps)


def _steps(micro, replies):
    is_public = micro.state == MicroState.CLOSED and micro.publication in PUBLISHED
    url = micro.get_absolute_url() if is_public else ""
    steps = [Step(timezone.localdate(micro.submitted_at), "委员写成微建议，已提交", url=url)]
    settled = [review for review in micro.reviews.all() if review.settled_at]
    if micro.state == MicroState.DECLINED and settled:
        steps.append(Step(timezone.localdate(settled[-1].settled_at), "微建议未被采纳", tone="closed"))
    for lead in micro.leads.all():
        by = lead.body or "委员"
        steps.append(Step(timezone.localdate(lead.at), f"由{by}领办"))
        if lead.finished_at:
            words = lead.result if PublicationLevel.FULL == lead.publication == micro.publication and is_public else ""
            steps.append(Step(timezone.localdate(lead.finished_at), "已写明领办结果", words, "ok"))
    for assignment in micro.assignments.all():
        steps.append(Step(timezone.localdate(assignment.assigned_at), f"交{assignment.unit}办理"))
        steps += [_reply(micro, assignment, reply, is_public) for reply in replies[assignment.pk]]
    if micro.state == MicroState.CLOSED:
        steps.append(Step(timezone.localdate(micro.closed_at), "微建议已办结", tone="ok", url=url))
    return steps


def _reply(micro, assignment, reply, is_public):
    label, words = f"{assignment.unit}已答复", ""
    if is_public and reply.publication in PUBLISHED:
        label = f"{label}：{reply.get_grade_display()}"
        words = masked(reply.text) if PublicationLevel.FULL == reply.publication == micro.publication else ""
    return Step(timezone.localdate(reply.sent_at), label, words, "ok")


FOLLOW_UP = FollowUp("micro", offer, follow, holds)


# --- news to the word --------------------------------------------------------------------------------------------


def taken_up(micro: MicroProposal, *, by, at) -> None:
    """Submitted: the word is carried, where it is still open."""
    if micro.word_id:
        services.carry(micro.word, into=INTO, by=by, at=at)


def came_to_nothing(micro: MicroProposal, *, because: str, by, at) -> None:
    """Withdrawn or declined: the word has to be dealt with anew."""
    if micro.word_id:
        services.bring_back(micro.word, note=because, by=by, at=at)


def finished(micro: MicroProposal, *, by, at) -> None:
    if micro.word_id:
        services.settle(micro.word, note="微建议已办结", by=by, at=at)
