"""提案导入: a table of earlier years is looked at, waits for the word of who handed it in, and is loaded whole."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from config import transitions
from config.audit import log
from config.refusals import Incomplete, WrongState
from config.saving import once
from config.uploads import store
from config.uploads.checks import Checked
from config.uploads.models import Kind
from members.models import Committee, User
from proposals import rules
from proposals.models import ProposalImport
from proposals.sheets.checking import check
from proposals.sheets.columns import read
from proposals.sheets.outcomes import Plan
from proposals.sheets.writing import load
from proposals.states import ImportState

WAITS = timedelta(days=1)
CHANGED = "您看过预检以后情况有了变动，什么都没有导入。请把下面的预检再看一遍。"


def look(committee: Committee, file: Checked, *, by: User | None, at: datetime) -> Plan:
    """The dry run of a file."""
    rules.require("import_proposals", by, committee)
    file.seek(0)
    return check(read(file.read(), file.title), committee, today=timezone.localdate(at))


@transaction.atomic
def hand_in(plan: Plan, file: Checked, *, by: User, at: datetime) -> ProposalImport:
    """待确认: keep the file of a loadable plan until it is loaded or dropped; the own earlier ones are dropped."""
    rules.require("import_proposals", by, plan.committee)
    if not plan.is_loadable:
        raise WrongState("还有没改正的地方，请改好后重新上传。")
    waiting = ProposalImport.objects.filter(committee=plan.committee, state=ImportState.WAITING)
    for stale in waiting.filter(at__lt=at - WAITS) | waiting.filter(by=by):
        drop(stale, by=None, at=at)
    counts = {verb: plan.counts[verb] for verb in ("created", "updated", "skipped")}
    handed = ProposalImport.objects.create(committee=plan.committee, name=file.title, by=by, at=at, **counts)
    try:
        store.attach(handed, file, by=by, at=at, purpose="table", kind=Kind.DOCUMENT)
    except ValidationError as problem:
        raise Incomplete("".join(problem.messages), {"file": "".join(problem.messages)}) from problem
    return handed


def look_again(handed: ProposalImport, *, at: datetime) -> Plan:
    """The dry run of a waiting table as the world is now."""
    attachment = store.of(handed).first()
    if attachment is None:
        raise WrongState(f"“{handed}”{handed.get_state_display()}，请重新上传。")
    with attachment.file.open() as file:
        table = read(file.read(), attachment.name)
    return check(table, handed.committee, today=timezone.localdate(at))


@transaction.atomic
def confirm(handed: ProposalImport, digest: str, *, by: User, at: datetime) -> Plan:
    """导入: load a waiting table, once, if it still means what was seen (its `digest`)."""
    rules.require("import_proposals", by, handed.committee)
    if handed.state != ImportState.WAITING:
        raise WrongState(f"“{handed}”{handed.get_state_display()}，不能再导入。")
    plan = look_again(handed, at=at)
    if plan.digest != digest or not plan.is_loadable:
        raise WrongState(CHANGED)
    counts = {verb: plan.counts[verb] for verb in ("created", "updated", "skipped")}
    transitions.take(handed, "load", by=by, at=at, settled_at=at, **counts)
    with once(CHANGED):
        load(plan, at=at)
    log.record("proposal.import", plan.committee, by=by, at=at, scope=plan.committee.pk, name=handed.name, **counts)
    _forget_file(handed)
    return plan


@transaction.atomic
def drop(handed: ProposalImport, *, by: User | None, at: datetime) -> None:
    """放弃: the file goes, nothing is loaded."""
    rules.require("import_proposals", by, handed.committee)
    transitions.take(handed, "drop", by=by, at=at, settled_at=at)
    _forget_file(handed)


def _forget_file(handed):
    for attachment in store.of(handed):
        store.remove(attachment)
