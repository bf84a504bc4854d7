"""遴选: which proposals of a plenary become 重点提案 or 优秀提案, step by step, with words at each (domain 1.8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.refusals import Incomplete, WrongState
from config.saving import once
from members.facts import Fact
from proposals import rules
from proposals.models import Candidate, Plenary, Proposal, Selection, SelectionStep
from proposals.notices import review as notices
from proposals.services import filing_facts
from proposals.states import FILED, ProposalState, SelectionKind, SelectionStage

S = SelectionStage
ELIGIBLE = tuple(state for state in FILED if state != ProposalState.MERGED)
"""A merged proposal is represented by its lead case."""
BY_MEETING = (S.DELIBERATE, S.DECIDE)
"""Steps that a meeting takes."""


@dataclass(frozen=True)
class Judgement:
    """What a step says of one candidate; of a chosen key one also who leads it and who supervises it."""

    kept: bool
    words: str = ""
    led_by: str = ""
    supervised_by: str = ""


@transaction.atomic
def open_selection(plenary: Plenary, *, kind: str, by, at) -> Selection:
    """Begin to collect; key ones that come up by rule are there at once (row 133)."""
    rules.require("review_proposal", by, plenary)
    if kind not in SelectionKind.values:
        raise Incomplete("请选择遴选重点提案还是优秀提案。", {"kind": "请选择。"})
    made = Selection(committee=plenary.committee, kind=kind, plenary=plenary, stage=S.COLLECT, opened_at=at)
    with once(f"{plenary}的{SelectionKind(kind).label}遴选已经开始，请在列表里打开它。"):
        made.save(force_insert=True)
    log.record("selection.open", made, by=by, at=at, scope=made.scope, kind=kind, plenary=str(plenary))
    if kind == SelectionKind.KEY:
        ruled = Proposal.objects.filter(plenary=plenary, state__in=ELIGIBLE, organisation__proposals_are_key=True)
        for proposal in ruled.select_related("organisation").order_by("number"):
            _by_rule(made, proposal)
    return made


def put_up(proposal: Proposal) -> None:
    """立案: where key ones are being collected, one of an organisation whose proposals are key comes up by itself."""
    if proposal.organisation_id is None or not proposal.organisation.proposals_are_key:
        return
    collecting = Selection.objects.select_for_update().filter(
        plenary=proposal.plenary, kind=SelectionKind.KEY, stage=S.COLLECT
    )
    if selection := collecting.first():
        _by_rule(selection, proposal)


def _by_rule(selection, proposal):
    why = f"{proposal.organisation}的提案按规则列入重点提案遴选"
    Candidate.objects.get_or_create(selection=selection, proposal=proposal, defaults={"why": why, "is_automatic": True})


def _at(selection, stage, words):
    """The selection, locked, if it still stands at `stage`; WrongState otherwise."""
    found = Selection.objects.select_for_update().select_related("plenary").filter(pk=selection.pk).first()
    if found is None or found.stage != stage:
        where = found.get_stage_display() if found and found.stage else "已完成"
        raise WrongState(f"{words}，遴选现在是“{where}”，请刷新后再看。")
    return found


@transaction.atomic
def nominate(selection: Selection, proposal: Proposal | None, *, why: str, by, at) -> Candidate:
    """推荐 one of the same plenary while candidates are collected."""
    rules.require("review_proposal", by, selection)
    selection = _at(selection, S.COLLECT, "征集已经结束")
    if proposal is None or proposal.plenary_id != selection.plenary_id or proposal.state not in ELIGIBLE:
        words = f"请填写{selection.plenary}已立案提案的编号；已并案的，请推荐主案。"
        raise Incomplete(words, {"number": words})
    if not why.strip():
        raise Incomplete("请写明推荐理由。", {"why": "请写明推荐理由。"})
    made = Candidate(selection=selection, proposal=proposal, why=why.strip(), by=by)
    with once(f"第{proposal.number}号《{proposal}》已经在候选名单里。"):
        made.save(force_insert=True)
    log.record("selection.nominate", selection, by=by, at=at, scope=selection.scope, proposal=str(proposal))
    return made


@transaction.atomic
def finish_step(
    selection: Selection, *, stage: str, on: date | None, judgements: Mapping[int, Judgement], meeting: str = "",
    words: str = "", by, at,
) -> Selection:  # fmt: skip
    """The step under way is done: `judgements` says of every candidate (by pk) whether it goes on, and why.

    After the last step the kept ones are chosen; Incomplete names what is missing by `on`, `meeting`, `words`, and of a
    candidate by `words-<pk>`, `led_by-<pk>`, `supervised_by-<pk>`.
    """
    rules.require("review_proposal", by, selection)
    selection = _at(selection, stage, "这一步已经办完")
    left = list(selection.candidates.filter(dropped_at="").select_related("proposal__organisation"))
    judgements = {row.pk: judgements.get(row.pk, Judgement(kept=True)) for row in left}
    is_last = stage == selection.stages[-1]
    _check(selection, stage, on, meeting, judgements, is_last=is_last, today=timezone.localdate(at))
    for row in left:
        _settle(row, judgements[row.pk], stage, chosen=is_last)
    step = SelectionStep(
        selection=selection, stage=stage, on=on, meeting=meeting.strip(), words=words.strip(), by=by, at=at
    )
    with once("这一步刚刚已经办完，请刷新后再看。"):
        step.save(force_insert=True)
    selection.stage = "" if is_last else selection.stages[selection.stages.index(stage) + 1]
    selection.closed_at = at if is_last else None
    selection.save(update_fields=["stage", "closed_at"])
    kept = [row for row in left if judgements[row.pk].kept]
    log.record(
        "selection.step", selection, by=by, at=at, scope=selection.scope, stage=str(S(stage).label), kept=len(kept),
        dropped=len(left) - len(kept),
    )  # fmt: skip
    if is_last:
        _choose(selection, kept, step, by=by, at=at)
    return selection


def _check(selection, stage, on, meeting, judgements, *, is_last, today):
    missing = {}
    if on is None:
        missing["on"] = "请填写日期。"
    elif on > today:
        missing["on"] = "日期不能晚于今天。"
    elif on < timezone.localdate(selection.opened_at):
        missing["on"] = "日期不能早于遴选开始的那天。"
    if stage in BY_MEETING and not meeting.strip():
        missing["meeting"] = "请写明是哪次会议。"
    for pk, verdict in judgements.items():
        if not verdict.kept and not verdict.words.strip():
            missing[f"words-{pk}"] = "请写明为什么不再列入。"
        if verdict.kept and is_last and selection.kind == SelectionKind.KEY:
            if not verdict.led_by.strip():
                missing[f"led_by-{pk}"] = "请写明由哪位领导领办。"
            if not verdict.supervised_by.strip():
                missing[f"supervised_by-{pk}"] = "请写明由哪位领导督办。"
    if not any(verdict.kept for verdict in judgements.values()):
        raise Incomplete("候选提案至少要留下一件，才能办完这一步。", missing)
    if missing:
        raise Incomplete("还不能办完这一步：" + "".join(dict.fromkeys(missing.values())), missing)


def _settle(row, verdict, stage, *, chosen):
    row.words = verdict.words.strip()[:200] or row.words
    if not verdict.kept:
        row.dropped_at = stage
    elif chosen:
        row.is_chosen = True
        row.led_by, row.supervised_by = verdict.led_by.strip()[:64], verdict.supervised_by.strip()[:64]
    row.save()


CHOSEN = {
    SelectionKind.KEY: ("is_key", "proposal.made_key", Fact.PROPOSAL_KEY),
    SelectionKind.EXCELLENT: ("is_excellent", "proposal.made_excellent", Fact.PROPOSAL_EXCELLENT),
}


def _choose(selection, kept, step, *, by, at):
    column, verb, fact = CHOSEN[selection.kind]
    chosen = sorted((row.proposal for row in kept), key=lambda proposal: proposal.pk)
    Proposal.objects.filter(pk__in=[proposal.pk for proposal in chosen]).update(**{column: True}, updated_at=at)
    for proposal in chosen:
        log.record(verb, proposal, by=by, at=at, scope=proposal.scope, selection=str(selection), meeting=step.meeting)
    filing_facts.chosen(chosen, fact, by=by, at=at)
    for row in kept:
        words = f"{step.meeting}确定。" if step.meeting else ""
        if row.led_by:
            words += f"领办：{row.led_by}；督办：{row.supervised_by}。"
        notices.chosen(row, selection.get_kind_display(), words, at=at)
