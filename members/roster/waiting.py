"""Between the dry run and the word: a checked roster waits as a file on the server, for a day at most."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from config import transitions
from config.refusals import WrongState
from config.uploads import store
from config.uploads.checks import Checked
from config.uploads.models import Kind
from members.models import Committee, RosterImport, User
from members.roster import sheets
from members.roster.check import Plan, check
from members.roster.load import Slip, load
from members.rules import people as rules
from members.states import RosterState

WAITS = timedelta(days=1)


def look(committee: Committee, file: Checked, *, by: User, at: datetime) -> Plan:
    """The dry run of a file."""
    rules.require("people", by, committee)
    file.seek(0)
    return check(sheets.read(file.read(), file.title), committee, by=by, today=timezone.localdate(at))


@transaction.atomic
def hand_in(plan: Plan, file: Checked, *, by: User, at: datetime) -> RosterImport:
    """待确认: keep the file of a loadable plan until it is loaded or dropped; the own earlier ones are dropped."""
    rules.require("people", by, plan.committee)
    if not plan.is_loadable:
        raise WrongState("还有没改正的地方，请改好后重新上传。")
    waiting = RosterImport.objects.filter(state=RosterState.WAITING)
    forgotten = waiting.filter(at__lt=at - WAITS) | waiting.filter(by=by, committee=plan.committee)
    for stale in forgotten:
        drop(stale, by=None, at=at)
    counts = plan.counts
    handed = RosterImport.objects.create(
        committee=plan.committee, name=file.title, by=by, at=at,
        **{verb: counts[verb] for verb in ("created", "updated", "skipped")},
    )  # fmt: skip
    store.attach(handed, file, by=by, at=at, purpose="roster", kind=Kind.DOCUMENT)
    return handed


def look_again(handed: RosterImport, *, at: datetime) -> Plan:
    """The dry run of a waiting roster as the world is now."""
    attachment = store.of(handed).first()
    if attachment is None:
        raise WrongState(f"“{handed}”{handed.get_state_display()}，请重新上传。")
    with attachment.file.open() as file:
        table = sheets.read(file.read(), attachment.name)
    return check(table, handed.committee, by=handed.by, today=timezone.localdate(at))


@transaction.atomic
def confirm(handed: RosterImport, digest: str, *, by: User, at: datetime) -> list[Slip]:
    """导入: load a waiting roster, once, if it still means what was seen (its `digest`); the slips are shown once."""
    rules.require("people", by, handed.committee)
    if handed.state != RosterState.WAITING:
        raise WrongState(f"“{handed}”{handed.get_state_display()}，不能再导入。一次性密码不再显示，可在账号里重置。")
    plan = look_again(handed, at=at)
    if plan.digest != digest:
        raise WrongState("您看过预检以后名单有了变动，什么都没有导入。请把下面的预检再看一遍。")
    counts = {verb: plan.counts[verb] for verb in ("created", "updated", "skipped")}
    transitions.take(handed, "load", by=by, at=at, settled_at=at, **counts)
    slips = load(plan, by=by, at=at)
    _forget_file(handed)
    return slips


@transaction.atomic
def drop(handed: RosterImport, *, by: User | None, at: datetime) -> None:
    """放弃: the file goes, nothing is loaded."""
    rules.require("people", by, handed.committee)
    transitions.take(handed, "drop", by=by, at=at, settled_at=at)
    _forget_file(handed)


def _forget_file(handed):
    for attachment in store.of(handed):
        store.remove(attachment)
