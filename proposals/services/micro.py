"""What the author does with a micro-proposal."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from config.milestones import clock
from config.privacy import PLAIN, reaches_somebody
from config.refusals import Incomplete, WrongState
from config.transitions import take
from config.workdays import count
from members.models import Committee, next_number
from proposals import rules, threads
from proposals.models import JointReview, MicroProposal
from proposals.notices import matters as notices
from proposals.services import facts
from proposals.states import MICRO_MOVES
from workstations.models import Word


@transaction.atomic
def keep_draft(key: UUID, *, committee: Committee, by, word: Word | None = None, **fields) -> MicroProposal:
    """Save what was typed under `key`, as often as the page asks; the first save makes the draft.

    The draft keeps the `word` of the public that it was made from, if the author may take that up.
    """
    author = by.member_ids.get(committee.pk)
    if author is None:
        raise PermissionDenied("not a member of this committee")
    # Locked: a late autosave must not write the draft back over what was submitted meanwhile.
    micro, fresh = MicroProposal.objects.select_for_update().get_or_create(
        key=key, defaults={"committee": committee, "author_id": author}
    )
    if fresh and word and word.committee_id == committee.pk and threads.may_take_up(by, word):
        micro.word = word
    rules.require("submit", by, micro)
    if micro.state not in MICRO_MOVES["submit"].sources:
        raise WrongState(f"这件微建议已经是“{micro.get_state_display()}”，不能再修改。")
    for name, value in fields.items():
        setattr(micro, name, value)
    micro.save()
    return micro


@transaction.atomic
def submit(micro: MicroProposal, *, by, at) -> MicroProposal:
    """提交: number it (once), open a round of joint review, tell the three offices."""
    rules.require("submit", by, micro)
    if lacks := missing(micro):
        raise Incomplete("还有几项没有填好：" + "".join(lacks.values()), lacks)
    stamps, is_first = {"submitted_at": at}, micro.number is None
    if is_first:
        year = timezone.localtime(at).year
        stamps |= {"year": year, "number": next_number(micro.committee, "micro", year)}
    take(micro, "submit", by=by, at=at, **stamps)
    if is_first:
        facts.submitted(micro, by=by, at=at)
    threads.taken_up(micro, by=by, at=at)
    open_review(micro, at=at)
    return micro


def missing(micro: MicroProposal) -> dict[str, str]:
    """What still has to be filled in before it can be submitted, by field."""
    shortest = micro.committee.parameter("micro.min_length")
    lacks = {}
    if not micro.title.strip():
        lacks["title"] = "请写标题。"
    elif reaches_somebody(micro.title):
        lacks["title"] = PLAIN  # of what is published even in summary, the title is read by all
    if len(micro.body.strip()) < shortest:
        lacks["body"] = f"请把情况和建议写清楚，至少 {shortest} 个字。"
    if micro.category_id is None:
        lacks["category"] = "请选类别。"
    if micro.region_id is None:
        lacks["region"] = "请选地点。"
    return lacks


def open_review(micro: MicroProposal, *, at) -> JointReview:
    """Start the next round of 三办联审 with its own due date."""
    start = timezone.localdate(at)
    days = micro.committee.parameter("review.workdays")
    due = count.deadline(start, count.Limit(days, "workdays", f"三办联审 {days} 个工作日"))
    review = JointReview.objects.create(
        micro=micro,
        round=micro.reviews.count() + 1,
        opened_at=at,
        due_on=due.due_on,
        due_why=due.as_json(),
    )
    clock.plan(review, kind="joint-review", due_on=due.due_on, round=1, scope=micro.committee_id, at=at)
    notices.review_opened(review, at=at)
    return review


@transaction.atomic
def withdraw(micro: MicroProposal, *, by, at) -> MicroProposal:
    """撤回: the author takes it back before it is handed over."""
    rules.require("withdraw", by, micro)
    take(micro, "withdraw", by=by, at=at)
    for review in micro.reviews.filter(result=""):
        clock.cancel(review, reason="提交人已撤回", at=at)
    facts.withdrawn(micro, by=by, at=at)
    threads.came_to_nothing(micro, because="委员撤回了微建议", by=by, at=at)
    return micro
