"""From decisions to rows: what a batch of claimed milestones does, all of it in the sweep's transaction."""

import logging
from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from config.milestones.models import Milestone, MilestoneState
from config.milestones.registry import HANDLERS, Done, Skip, Tell
from config.notices import outbox

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


class Batch:
    """The milestones that one transaction of a sweep holds."""

    def __init__(self, milestones: list[Milestone], at):
        self.at = at
        self.superseded = [milestone for milestone in milestones if milestone.superseded]
        self.current = [milestone for milestone in milestones if not milestone.superseded]
        self.failures: dict[int, str] = {}

    def settle(self, report: Report) -> None:
        """Decide, tell, and write the outcome of each milestone into its row."""
        decisions = self._decide()
        tells = self._reachable(decisions)
        report.notices += self._tell(tells)
        done, skipped = defaultdict(list), defaultdict(list)
        skipped[SUPERSEDED] = [milestone.pk for milestone in self.superseded]
        for pk, decision in decisions.items():
            match decision:
                case Tell():
                    if pk in tells:
                        done[""].append(pk)
                    else:
                        skipped[NOBODY].append(pk)
                case Done(note):
                    done[note].append(pk)
                case Skip(reason):
                    skipped[reason].append(pk)
        report.done += self._close(MilestoneState.DONE, done)
        report.skipped += self._close(MilestoneState.SKIPPED, skipped)
        self._postpone(report)

    # --- deciding ------------------------------------------------------------------------------------------------

    def _decide(self) -> dict[int, Tell | Skip | Done]:
        """Ask each kind's handler once for all its milestones; where that fails, one by one."""
        by_kind, decisions = defaultdict(list), {}
        for milestone in self.current:
            by_kind[milestone.kind].append(milestone)
        for kind, milestones in by_kind.items():
            try:
                decisions |= self._ask(kind, milestones)
            except Exception:
                logger.exception("handler of %s failed for %d milestones; trying one by one", kind, len(milestones))
                for milestone in milestones:
                    try:
                        decisions |= self._ask(kind, [milestone])
                    except Exception as failure:
                        self.failures[milestone.pk] = f"{type(failure).__name__}: {failure}"[:300]
        return decisions

    @transaction.atomic
    def _ask(self, kind, milestones):
        if kind not in HANDLERS:
            raise LookupError(f"没有“{kind}”的处理程序")
        answers = HANDLERS[kind].decide(milestones, self.at)
        missing = [
            milestone for milestone in milestones if not isinstance(answers.get(milestone.pk), Tell | Skip | Done)
        ]
        if missing:
            raise TypeError(f"“{kind}”的处理程序没有给出 {len(missing)} 个节点的结果")
        return {milestone.pk: answers[milestone.pk] for milestone in milestones}

    # --- telling -------------------------------------------------------------------------------------------------

    def _reachable(self, decisions) -> dict[int, tuple[Tell, list[int]]]:
        """The tells that reach somebody, each with the accounts that are in use."""
        tells = {pk: decision for pk, decision in decisions.items() if isinstance(decision, Tell)}
        named = {recipient for tell in tells.values() for recipient in tell.recipients}
        if not named:
            return {}
        users = get_user_model().objects.filter(pk__in=named, is_active=True)
        active = set(users.values_list("pk", flat=True))
        reached = {pk: (tell, sorted(active.intersection(tell.recipients))) for pk, tell in tells.items()}
        return {pk: pair for pk, pair in reached.items() if pair[1]}

    def _tell(self, tells) -> int:
        """Write the notices. After an outage, whoever several late ones concern gets one digest instead."""
        milestones = {milestone.pk: milestone for milestone in self.current}
        prompt, late = [], defaultdict(list)
        for pk, (tell, recipients) in tells.items():
            milestone = milestones[pk]
            if milestone.due_at >= self.at - LATE:
                prompt.append(self._letter(milestone, tell, recipients))
            else:
                for recipient in recipients:
                    late[recipient].append((milestone, tell))
        return outbox.send_many(prompt, at=self.at) + self._digest(late)

    def _letter(self, milestone, tell, recipients):
        return outbox.Letter(
            tuple(recipients), tell.kind, tell.title, f"milestone:{milestone.pk}", tell.body, tell.url, milestone.scope
        )

    def _digest(self, late) -> int:
        """One notice per person and day of catching up, however many sweeps and batches it takes."""
        day = timezone.localdate(self.at)
        return outbox.gather(
            {
                recipient: [self._letter(milestone, tell, [recipient]) for milestone, tell in pairs]
                for recipient, pairs in late.items()
            },
            kind=DIGEST,
            key=f"milestone:late:{day:%Y%m%d}",
            title="提醒系统曾中断,以下 {count} 件事项的提醒一并补发",
            at=self.at,
        )

    # --- settling ------------------------------------------------------------------------------------------------

    def _close(self, state, by_reason) -> int:
        return sum(
            Milestone.objects.filter(pk__in=pks).update(
                state=state, reason=reason[:300], settled_at=self.at, attempts=F("attempts") + 1
            )
            for reason, pks in by_reason.items()
            if pks
        )

    def _postpone(self, report: Report) -> None:
        """Failed ones come again after 1, 2, 4 … minutes, an hour at most; the eighth failure is the last."""
        for milestone in self.current:
            if milestone.pk not in self.failures:
                continue
            attempts, changes = milestone.attempts + 1, {"reason": self.failures[milestone.pk]}
            if attempts >= ATTEMPTS:
                changes |= {"state": MilestoneState.DEAD, "settled_at": self.at}
                report.dead += 1
            else:
                wait = min(timedelta(minutes=2 ** (attempts - 1)), timedelta(hours=1))
                changes |= {"next_try_at": self.at + wait}
                report.failed += 1
            Milestone.objects.filter(pk=milestone.pk).update(attempts=attempts, **changes)
