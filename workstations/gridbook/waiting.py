"""Between the dry run and the word: a checked table waits on the server, for a day at most.

A workbook takes seconds to be read; what waits is the same rows as CSV, which take none.
"""

from datetime import datetime, timedelta
from pathlib import PurePath

from django.db import transaction
from django.utils import timezone

from config import transitions
from config.refusals import WrongState
from config.uploads import store
from config.uploads.checks import Checked
from config.uploads.models import Kind
from members.models import Committee, User
from workstations.gridbook import grids, postings
from workstations.gridbook.columns import as_csv, read
from workstations.gridbook.outcomes import Plan
from workstations.models import GridImport, ImportOf
from workstations.rules import grids as rules
from workstations.states import ImportState

WAITS = timedelta(days=1)


def look(committee: Committee, of: str, file: Checked, *, by: User, at: datetime) -> Plan:
    """The dry run of a file."""
    rules.require(by, committee)
    file.seek(0)
    return _check(file.read(), file.title, committee, of, at)


def _check(content, name, committee, of, at) -> Plan:
    table = read(content, name, of)
    if of == ImportOf.GRIDS:
        plan = grids.check(table, committee)
    else:
        plan = postings.check(table, committee, today=timezone.localdate(at))
    plan.content = as_csv(table) if plan.is_loadable else b""
    return plan


@transaction.atomic
def hand_in(plan: Plan, of: str, file: Checked, *, by: User, at: datetime) -> GridImport:
    """待确认: keep the file of a loadable plan until it is loaded or dropped; the own earlier ones are dropped."""
    rules.require(by, plan.committee)
    if not plan.is_loadable:
        raise WrongState("还有没改正的地方，请改好后重新上传。")
    waiting = GridImport.objects.filter(committee=plan.committee, state=ImportState.WAITING)
    for stale in waiting.filter(at__lt=at - WAITS) | waiting.filter(by=by, of=of):
        drop(stale, by=None, at=at)
    counts = plan.counts
    handed = GridImport.objects.create(
        committee=plan.committee, of=of, name=file.title, notes=plan.notes, by=by, at=at,
        **{verb: counts[verb] for verb in ("created", "updated", "skipped")},
    )  # fmt: skip
    kept = Checked(plan.content, title=f"{PurePath(file.title).stem}.csv", suffix=".csv", content_type="text/csv")
    store.attach(handed, kept, by=by, at=at, purpose="table", kind=Kind.DOCUMENT)
    return handed


def look_again(handed: GridImport, *, at: datetime) -> Plan:
    """The dry run of a waiting table as the world is now."""
    attachment = store.of(handed).first()
    if attachment is None:
        raise WrongState(f"“{handed}”{handed.get_state_display()}，请重新上传。")
    with attachment.file.open() as file:
        return _check(file.read(), attachment.name, handed.committee, handed.of, at)


@transaction.atomic
def confirm(handed: GridImport, digest: str, *, by: User, at: datetime) -> Plan:
    """导入: load a waiting table, once, if it still means what was seen (its `digest`)."""
    rules.require(by, handed.committee)
    if handed.state != ImportState.WAITING:
        raise WrongState(f"“{handed}”{handed.get_state_display()}，不能再导入。")
    plan = look_again(handed, at=at)
    if plan.digest != digest:
        raise WrongState("您看过预检以后情况有了变动，什么都没有导入。请把下面的预检再看一遍。")
    counts = {verb: plan.counts[verb] for verb in ("created", "updated", "skipped")}
    transitions.take(handed, "load", by=by, at=at, settled_at=at, **counts)
    (grids if handed.of == ImportOf.GRIDS else postings).load(plan, by=by, at=at)
    _forget_file(handed)
    return plan


@transaction.atomic
def drop(handed: GridImport, *, by: User | None, at: datetime) -> None:
    """放弃: the file goes, nothing is loaded."""
    rules.require(by, handed.committee)
    transitions.take(handed, "drop", by=by, at=at, settled_at=at)
    _forget_file(handed)


def _forget_file(handed):
    for attachment in store.of(handed):
        store.remove(attachment)
