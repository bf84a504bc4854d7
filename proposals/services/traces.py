"""跟踪链: staff put together what one voice led to; the public reads it once it is opened (row 66)."""

from django.db import transaction

from config.audit import log
from config.privacy import require_plain
from config.refusals import Incomplete, Refusal, WrongState
from config.saving import save
from proposals import rules
from proposals.models import Trace, TraceStep
from proposals.services.information_days import require_past

TEXTS = ("title", "who", "words")
OWN = ("information", "proposal", "instruction")


@transaction.atomic
def begin(*, committee, title: str, by, at) -> Trace:
    trace = Trace(committee=committee, title=title.strip())
    rules.require("keep_trace", by, trace)
    save(trace, doubled="已有同名的跟踪链，请打开那一条继续。")
    log.record("trace.begin", trace, by=by, at=at, scope=trace.scope)
    return trace


@transaction.atomic
def rename(trace: Trace, *, title: str, by, at) -> Trace:
    rules.require("keep_trace", by, trace)
    trace.title = title.strip()
    held = Trace.objects.select_for_update().get(pk=trace.pk)
    trace.is_public = held.is_public  # who opened it meanwhile is not undone
    if held.is_public:
        require_plain(title=trace.title)
    save(trace, doubled="已有同名的跟踪链。")
    log.record("trace.edit", trace, by=by, at=at, scope=trace.scope)
    return trace


@transaction.atomic
def add(trace: Trace, *, by, at, **fields) -> TraceStep:
    """One link: kind, day, title, who, words, a page elsewhere, or a row of ours that this person may read."""
    rules.require("keep_trace", by, trace)
    held = Trace.objects.select_for_update().get(pk=trace.pk)
    step = TraceStep(trace=trace, **{k: v.strip() if isinstance(v, str) else v for k, v in fields.items()})
    require_past(step.on, at=at)
    for name in OWN:
        row = getattr(step, name)
        if row is not None and row.committee_id != trace.committee_id:
            raise Refusal("只能链接本会的信息、提案和批示。")
    if held.is_public:
        require_plain(**{name: getattr(step, name) for name in TEXTS})
    save(step, doubled="同样的环节已经登记。")
    log.record("trace.step", trace, by=by, at=at, scope=trace.scope, step=str(step))
    return step


@transaction.atomic
def remove(step: TraceStep, *, by, at) -> None:
    trace = step.trace
    rules.require("keep_trace", by, trace)
    held = Trace.objects.select_for_update().get(pk=trace.pk)  # of two that go at once the second sees the first
    if held.is_public and trace.steps.count() == 1:
        raise Refusal("公开的跟踪链至少有一个环节，请先停止公开。")
    log.record("trace.unstep", trace, by=by, at=at, scope=trace.scope, step=str(step))
    step.delete()


@transaction.atomic
def show(trace: Trace, *, public: bool, by, at) -> Trace:
    """公开 or 停止公开; nothing that reaches a person becomes public."""
    rules.require("keep_trace", by, trace)
    Trace.objects.select_for_update().get(pk=trace.pk)
    if public:
        _require_presentable(trace)
    if not Trace.objects.filter(pk=trace.pk, is_public=not public).update(is_public=public):
        raise WrongState("已经公开。" if public else "已经停止公开。")
    trace.is_public = public
    log.record("trace.open" if public else "trace.close", trace, by=by, at=at, scope=trace.scope)
    return trace


def _require_presentable(trace):
    steps = list(trace.steps.all())
    if not steps:
        raise Refusal("还没有环节，请先登记再公开。")
    try:
        require_plain(title=trace.title, words=" ".join(f"{step.title} {step.who} {step.words}" for step in steps))
    except Incomplete as found:
        raise Refusal("标题或环节里有电话、邮箱或证件号，请删去后再公开。") from found
