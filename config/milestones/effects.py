"""From decisions to rows: what claimed milestones do, all of it in the sweep's transaction."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from config.milestones.models import Milestone, MilestoneState
from config.milestones.registry import HANDLERS, Done, Skip, Tell
from config.notices import outbox
from config.refusals import Refusal

SUPERSEDED = "已被更近的一次提醒取代"
NOBODY = "没有可以通知的人"
ATTEMPTS = 8
LATE = timedelta(hours=24)
DIGEST = "reminder.digest"

logger = logging.getLogger(__name__)


@dataclass
class Report:
    """What a sweep did, in numbers."""

    done: int = 0
    skipped: int = 0
    failed: int = 0
    dead: int = 0
    notices: int = 0
    refused: str = ""
    seconds: float = 0

    def as_json(self) -> dict:
        return asdict(self)


def settle(milestones: list[Milestone], at: datetime, report: Report) -> None:
    """Decide, tell, and write the outcome of each claimed milestone into its row."""
    by_kind = defaultdict(list)
    for milestone in milestones:
        if not milestone.superseded:
            by_kind[milestone.kind].append(milestone)
    overtaken = [milestone.pk for milestone in milestones if milestone.superseded]
    report.skipped += _close(MilestoneState.SKIPPED, {SUPERSEDED: overtaken}, at)
    for kind, same in by_kind.items():
        _settle_kind(kind, same, at, report)


def _settle_kind(kind, milestones, at, report):
    """All of one kind together; where that fails, in halves, until what is at fault stands alone."""
    try:
        done, skipped, notices = _attempt(kind, milestones, at)
    except Exception as failure:
        if len(milestones) == 1:
            logger.warning("milestone %s of kind %s failed: %r", milestones[0].pk, kind, failure)
            _postpone(milestones[0], failure, at, report)
            return
        middle = len(milestones) // 2
        _settle_kind(kind, milestones[:middle], at, report)
        _settle_kind(kind, milestones[middle:], at, report)
    else:
        report.done += done
        report.skipped += skipped
        report.notices += notices


@transaction.atomic
def _attempt(kind, milestones, at) -> tuple[int, int, int]:
    """Ask the handler, write notices and outcomes; an exception takes all of it back, the handler's work too."""
    tells, done, skipped = {}, defaultdict(list), defaultdict(list)
    for milestone, decision in _decisions(kind, milestones, at):
        match decision:
            case Tell():
                tells[milestone] = decision
            case Skip(reason):
                skipped[reason].append(milestone.pk)
            case Done(note):
                done[note].append(milestone.pk)
    letters = _letters(tells)
    for milestone in tells:
        if milestone in letters:
            done[""].append(milestone.pk)
        else:
            skipped[NOBODY].append(milestone.pk)
    notices = _tell(letters, at)
    return _close(MilestoneState.DONE, done, at), _close(MilestoneState.SKIPPED, skipped, at), notices


def _decisions(kind, milestones, at):
    if kind not in HANDLERS:
        raise LookupError(f"没有“{kind}”的处理程序")
    answers = HANDLERS[kind].decide(milestones, at)
    for milestone in milestones:
        answer = answers.get(milestone.pk)
        if not isinstance(answer, Tell | Skip | Done):
            raise TypeError(f"“{kind}”的处理程序没有给出这个节点的结果")
        yield milestone, answer


def _letters(tells) -> dict[Milestone, outbox.Letter]:
    """What each tell says to those of its recipients whose accounts are in use; none where there is nobody."""
    named = {recipient for tell in tells.values() for recipient in tell.recipients}
    in_use = set(get_user_model().objects.filter(pk__in=named, is_active=True).values_list("pk", flat=True))
    return {
        milestone: outbox.Letter(
            tuple(in_use.intersection(tell.recipients)), tell.kind, tell.title, f"milestone:{milestone.pk}",
            tell.body, tell.url, milestone.scope,
        )
        for milestone, tell in tells.items()
        if in_use.intersection(tell.recipients)
    }  # fmt: skip


def _tell(letters, at) -> int:
    """Write the notices. What comes more than a day late, after an outage, is one digest for each person."""
    prompt, late = [], defaultdict(list)
    for milestone, letter in letters.items():
        if milestone.due_at >= at - LATE:
            prompt.append(letter)
        else:
            for recipient in letter.recipients:
                late[recipient].append(letter)
    return outbox.send_many(prompt, at=at) + outbox.gather(
        late,
        kind=DIGEST,
        key=f"milestone:late:{timezone.localdate(at):%Y%m%d}",
        title="提醒系统曾中断，以下 {count} 件事项的提醒一并补发",
        at=at,
    )


def _close(state, by_reason: dict[str, Iterable[int]], at) -> int:
    return sum(
        Milestone.objects.filter(pk__in=pks).update(
            state=state, reason=reason[:300], settled_at=at, attempts=F("attempts") + 1
        )
        for reason, pks in by_reason.items()
        if pks
    )


def _postpone(milestone, failure, at, report):
    """Again after 1, 2, 4 … minutes, an hour at most; the eighth failure is the last."""
    attempts = milestone.attempts + 1
    reason = str(failure) if isinstance(failure, Refusal) else f"程序出错，{type(failure).__name__}：{failure}"
    changes = {"attempts": attempts, "reason": reason[:300]}
    if attempts >= ATTEMPTS:
        changes |= {"state": MilestoneState.DEAD, "settled_at": at}
        report.dead += 1
    else:
        changes["next_try_at"] = at + min(timedelta(minutes=2 ** (attempts - 1)), timedelta(hours=1))
        report.failed += 1
    Milestone.objects.filter(pk=milestone.pk).update(**changes)
