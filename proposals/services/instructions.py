"""批示: quoted, dated, and what followed; kept inside."""

from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.refusals import Incomplete, Refusal
from config.saving import save
from config.workdays import count
from members.models import Committee
from proposals import rules
from proposals.models import Instruction, InstructionStep
from proposals.notices import information as notices
from proposals.services import information_facts as facts
from proposals.services.information_days import require_past
from proposals.states import FILED, BulletinState

KIND = "instruction"  # of its milestone: when to ask what followed


@transaction.atomic
def note(*, committee, by, at, **fields) -> Instruction:
    """登记批示, on an issue, a proposal or another paper; its authors hear of it."""
    instruction = Instruction(committee=committee, by=by, at=at, **_stripped(fields))
    rules.require("keep_instruction", by, instruction)
    _require_whole(instruction, at)
    Committee.objects.select_for_update(no_key=True).get(pk=committee.pk)  # of two clicks the second sees the first
    _require_new(instruction)
    save(instruction)
    log.record("instruction.note", instruction, by=by, at=at, scope=instruction.scope)
    facts.instructed(instruction, by=by, at=at)
    days = instruction.committee.parameter("instruction.workdays")
    moment = datetime.combine(count.add(timezone.localdate(at), days), time(9))
    clock.once(
        instruction, kind=KIND, code="ask", due_at=timezone.make_aware(moment), scope=instruction.scope
    )  # fmt: skip
    notices.instructed(instruction, at=at)
    return instruction


def _stripped(fields):
    return {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}


def _require_whole(instruction, at):
    if not (instruction.bulletin_id or instruction.proposal_id or instruction.about):
        words = "请写明批在哪份文件上。"
        raise Incomplete(words, {"about": words})
    for paper in (instruction.bulletin, instruction.proposal):
        if paper is not None and paper.committee_id != instruction.committee_id:
            raise Refusal("只能登记在本会的专期或提案上。")
    if instruction.bulletin_id and instruction.bulletin.state != BulletinState.ISSUED:
        raise Refusal("专期签发之后才会有批示。")
    if instruction.proposal_id and instruction.proposal.state not in FILED:
        raise Refusal("提案立案之后才能登记批示。")
    require_past(instruction.on, at=at)


def _require_new(instruction):
    same = Instruction.objects.filter(
        committee=instruction.committee, bulletin=instruction.bulletin, proposal=instruction.proposal,
        about=instruction.about, leader_name=instruction.leader_name, on=instruction.on, quote=instruction.quote,
    )  # fmt: skip
    if same.exists():
        raise Refusal("同样的批示已经登记。")


@transaction.atomic
def edit(instruction: Instruction, *, by, at, **fields) -> Instruction:
    """Correct what was typed; the facts follow."""
    rules.require("keep_instruction", by, instruction)
    for name, value in _stripped(fields).items():
        setattr(instruction, name, value)
    _require_whole(instruction, at)
    save(instruction)
    log.record("instruction.edit", instruction, by=by, at=at, scope=instruction.scope)
    facts.instructed(instruction, by=by, at=at)
    return instruction


@transaction.atomic
def follow(instruction: Instruction, *, on: date, who: str, words: str, by, at) -> InstructionStep:
    """登记落实: one thing that followed; the authors of the report read it."""
    rules.require("keep_instruction", by, instruction)
    require_past(on, at=at, since=instruction.on, than="批示")
    Instruction.objects.select_for_update().get(pk=instruction.pk)  # of two clicks the second sees the first
    step = InstructionStep(instruction=instruction, on=on, who=who.strip(), words=words.strip(), by=by, at=at)
    if instruction.steps.filter(on=on, who=step.who, words=step.words).exists():
        raise Refusal("同样的落实情况已经登记。")
    save(step)
    clock.cancel(instruction, kind=KIND, reason="已登记落实情况", at=at)
    log.record("instruction.step", instruction, by=by, at=at, scope=instruction.scope, on=f"{on:%Y-%m-%d}")
    notices.followed(step, at=at)
    return step


@transaction.atomic
def strike(instruction: Instruction, *, words: str, by, at) -> None:
    """撤销: noted by mistake; what the ledger heard of it is taken back."""
    rules.require("keep_instruction", by, instruction)
    if not words.strip():
        raise Incomplete("请写明为什么撤销。", {"words": "请写明原因，会记在操作留痕里。"})
    if instruction.traced.exists():
        raise Refusal("这条批示已列入跟踪链，请先从跟踪链删去。")
    log.record("instruction.strike", instruction, by=by, at=at, scope=instruction.scope, words=words.strip()[:300])
    clock.cancel(instruction, kind=KIND, reason="批示登记已撤销", at=at)
    facts.struck(instruction, reason=f"批示登记有误：{words.strip()}", by=by, at=at)
    instruction.steps.all().delete()
    instruction.delete()
