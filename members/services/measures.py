"""考评结果运用: the ladder 提醒 → 约谈 → 诫勉 → 劝辞 (and praise) over consecutive years; people decide and talk."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.notices import outbox
from config.refusals import Incomplete, WrongState
from config.transitions import take
from members.models import Appraisal, AppraisalResult, LadderStep, Measure, MeasureKind, User
from members.rules import appraisal as rules
from members.states import AppraisalState, MeasureState

RUNGS = [MeasureKind.REMIND, MeasureKind.TALK, MeasureKind.WARN, MeasureKind.ADVISE_RESIGN]


@transaction.atomic
def propose_measures(appraisal: Appraisal, *, by: User | None, at: datetime) -> int:
    """提出结果运用: for each graded member praise, and the highest rung that is reached; asked twice it is one.

    Returns how many are new.
    """
    rules.require("propose", by, appraisal)
    if appraisal.state == AppraisalState.CLOSED:
        raise WrongState("已归档的年度考评不再提出新的结果运用。")
    made = _propose(appraisal, appraisal.results.graded())
    log.record("measure.propose", appraisal, by=by, at=at, scope=appraisal.committee_id, count=made)
    return made


def _propose(appraisal, results: Iterable[AppraisalResult]) -> int:
    Appraisal.objects.select_for_update().get(pk=appraisal.pk)  # of two who propose at once the second finds them
    fresh = _reached(appraisal, list(results.select_related("member").defer("lines")))
    had = set(Measure.objects.filter(result__appraisal=appraisal).values_list("result", "kind"))
    fresh = [measure for measure in fresh if (measure.result_id, measure.kind) not in had]
    Measure.objects.bulk_create(fresh, batch_size=500)
    return len(fresh)


def _reached(appraisal, results) -> list[Measure]:
    """What the ladder says about these results, not saved."""
    steps = list(appraisal.scheme.ladder.order_by("position", "pk"))
    earlier = _earlier(appraisal, {result.member.user_id for result in results})
    found = []
    for result in results:
        reached = {}
        for step in steps:
            running = _years_running(step, result, appraisal.year, earlier[result.member.user_id])
            best = reached.get(step.measure)
            if running >= step.years and (best is None or step.years > best[0].years):
                reached[step.measure] = step, running
        highest = next((rung for rung in reversed(RUNGS) if rung in reached), None)
        for kind in filter(reached.__contains__, (MeasureKind.PRAISE, highest)):
            step, running = reached[kind]
            found.append(
                Measure(
                    result=result,
                    kind=kind,
                    why=_why(step, result, running),
                    years_running=running,
                    speaker=step.speaker,
                )
            )
    return found


def _earlier(appraisal, users) -> dict[int, dict[int, tuple]]:
    """User → year → (grade, points) of the years before, of earlier terms too; who was excused has no such year."""
    found = defaultdict(dict)
    past = AppraisalResult.objects.graded().filter(
        appraisal__committee=appraisal.committee_id, appraisal__year__lt=appraisal.year, member__user__in=users
    )
    for user, year, *outcome in past.values_list("member__user", "appraisal__year", "grade", "points"):
        found[user][year] = outcome
    return found


def _years_running(step: LadderStep, result, year: int, earlier: dict[int, tuple]) -> int:
    """For how many years up to this one the step's condition holds without a gap."""
    if not _meets(step, result.grade, result.points):
        return 0
    running = 1
    while year - running in earlier and _meets(step, *earlier[year - running]):
        running += 1
    return running


def _meets(step, grade, points) -> bool:
    return grade in step.grades or (step.below is not None and points < step.below)


def _why(step, result, running) -> str:
    fact = f"等次为{result.grade}" if result.grade in step.grades else f"得分 {result.points} 低于 {step.below:g} 分"
    return f"连续 {running} 年{fact}" if running > 1 else f"本年度{fact}"


@transaction.atomic
def renew(result: AppraisalResult, *, by: User | None, at: datetime) -> None:
    """After a correction: what no longer follows from the result is waived, what follows now is proposed."""
    due = {measure.kind for measure in _reached(result.appraisal, [result])}
    for measure in result.measures.filter(state=MeasureState.PROPOSED):
        if measure.kind not in due:
            take(measure, "waive", by=by, at=at, note="申诉采纳后考评结果已更正，不再适用。")
    _propose(result.appraisal, AppraisalResult.objects.filter(pk=result.pk))


@transaction.atomic
def record_talk(measure: Measure, *, held_on: date, speaker: str, note: str, by: User | None, at: datetime) -> None:
    """登记谈话: when, by whom, what was said; the member is told and sees it from now on."""
    rules.require("apply", by, measure)
    problems = {
        name: words
        for name, missing, words in (
            ("held_on", held_on > timezone.localdate(at), "日期不能晚于今天。"),
            ("speaker", not speaker.strip(), "请填谈话人。"),
            ("note", not note.strip(), "请写下记录，委员会看到。"),
        )
        if missing
    }
    if problems:
        raise Incomplete("谈话登记还不完整。", problems)
    take(measure, "record", by=by, at=at, held_on=held_on, speaker=speaker.strip(), note=note.strip())
    result = measure.result
    outbox.send(
        [result.member.user_id], kind="measure",
        title=f"{result.appraisal.year} 年度考评：已登记{measure.get_kind_display()}",
        body=f"{held_on.month}月{held_on.day}日，{measure.speaker}。{measure.why}。", url=_member_url(result),
        key=f"measure:{measure.pk}", at=at, scope=measure.scope,
    )  # fmt: skip


@transaction.atomic
def waive(measure: Measure, *, reason: str, by: User | None, at: datetime) -> None:
    """不予采取, with the reason."""
    rules.require("apply", by, measure)
    if not reason.strip():
        raise Incomplete("请写明不采取的原因。", {"reason": "请写明不采取的原因。"})
    take(measure, "waive", by=by, at=at, note=reason.strip())


def _member_url(result) -> str:
    """The member's page of the year, as soon as there is one for the member."""
    return "" if result.appraisal.state == AppraisalState.FROZEN else result.get_absolute_url()
