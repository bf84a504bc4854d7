"""全程公开: what the staff put on the public timeline of a key proposal, stage by stage (row 12)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.privacy import require_plain
from config.refusals import Incomplete, Refusal, WrongState
from config.saving import in_words, save
from proposals import rules
from proposals.models import MediaLink, Proposal, Showcase, ShowcaseEntry
from proposals.services.information_days import require_past
from proposals.states import FILED, PUBLISHED

MOST_LINKS = 6
DOUBLED = "同一环节、同一天已有同名的一条。"


@dataclass(frozen=True)
class Report:
    """One report of the media: who, under which title, where."""

    outlet: str
    title: str
    url: str


@transaction.atomic
def begin(proposal: Proposal, *, by, at: datetime) -> Showcase:
    """建立 the showcase of a key proposal; it is there once and is not public yet."""
    rules.require("keep_showcase", by, proposal)
    if not proposal.is_key or proposal.state not in FILED:
        raise Refusal("只有立案后确定为重点提案的，才做全程公开。")
    showcase, fresh = Showcase.objects.get_or_create(proposal=proposal)
    if fresh:
        log.record("showcase.begin", showcase, by=by, at=at, scope=showcase.scope)
    return showcase


@transaction.atomic
def open_showcase(showcase: Showcase, *, by, at: datetime) -> None:
    """对外公开, when the proposal itself may be read by everybody and one stage at least is ready."""
    rules.require("keep_showcase", by, showcase)
    proposal = showcase.proposal
    if not proposal.is_key or proposal.state not in FILED:
        raise Refusal("这件提案现在不是重点提案，不能对外公开。")
    if proposal.publication not in PUBLISHED:
        raise Refusal("这件提案定为不公开。请先在提案页上改为全文公开或摘要公开。")
    if not showcase.entries.filter(published_at__isnull=False).exists():
        raise Refusal("请先公开至少一个环节。")
    _turn(showcase, "showcase.open", by=by, at=at, is_open=True, opened_at=showcase.opened_at or at)


@transaction.atomic
def close_showcase(showcase: Showcase, *, by, at: datetime) -> None:
    """停止对外公开; entries, votes and comments stay."""
    rules.require("keep_showcase", by, showcase)
    _turn(showcase, "showcase.close", by=by, at=at, is_open=False)


@transaction.atomic
def take_votes(showcase: Showcase, *, takes: bool, by, at: datetime) -> None:
    """接受 or 不再接受 votes and comments."""
    rules.require("keep_showcase", by, showcase)
    _turn(showcase, "showcase.votes", by=by, at=at, takes_votes=takes)


def _turn(showcase, verb, *, by, at, **changes):
    """The first field decides whether anything changes; the same again writes no line."""
    first = next(iter(changes))
    if Showcase.objects.filter(pk=showcase.pk).exclude(**{first: changes[first]}).update(**changes):
        log.record(verb, showcase, by=by, at=at, scope=showcase.scope, **{first: changes[first]})
    showcase.refresh_from_db()


# --- stages ------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_entry(
    showcase: Showcase, *, stage: str, on: date, title: str, words: str, reports: Iterable[Report] = (), by,
    at: datetime,
) -> ShowcaseEntry:  # fmt: skip
    """登记环节; nobody reads it before it is published."""
    rules.require("keep_showcase", by, showcase)
    entry = ShowcaseEntry(showcase=showcase, by=by)
    _fill(entry, stage=stage, on=on, title=title, words=words, reports=reports, at=at)
    log.record("showcaseentry.add", entry, by=by, at=at, scope=entry.scope, title=entry.title)
    return entry


@transaction.atomic
def change_entry(
    entry: ShowcaseEntry, *, stage: str, on: date, title: str, words: str, reports: Iterable[Report] = (), by,
    at: datetime,
) -> ShowcaseEntry:  # fmt: skip
    """修改环节, published or not; its reports are written anew."""
    rules.require("keep_showcase", by, entry)
    _fill(entry, stage=stage, on=on, title=title, words=words, reports=reports, at=at)
    log.record("showcaseentry.change", entry, by=by, at=at, scope=entry.scope, title=entry.title)
    return entry


def _fill(entry, *, stage, on, title, words, reports, at):
    reports = list(reports)
    if on > timezone.localdate(at):
        raise Incomplete("日期不能晚于今天。", {"on": "日期不能晚于今天。"})
    require_past(on, at=at)
    if len(reports) > MOST_LINKS:
        raise Incomplete(f"媒体报道最多 {MOST_LINKS} 条。")
    require_plain(title=title, words=words)
    entry.stage, entry.on, entry.title, entry.words = stage, on, title.strip(), words.strip()
    save(entry, doubled=DOUBLED)
    entry.links.all().delete()
    rows = [MediaLink(entry=entry, outlet=one.outlet.strip(), title=one.title.strip(), url=one.url) for one in reports]
    for row in rows:
        require_plain(title=row.title, outlet=row.outlet)
        with in_words():
            row.full_clean()
    MediaLink.objects.bulk_create(rows)


@transaction.atomic
def publish_entry(entry: ShowcaseEntry, *, shown: bool, by, at: datetime) -> None:
    """公开 or 撤下 one stage."""
    rules.require("keep_showcase", by, entry)
    rows = ShowcaseEntry.objects.filter(pk=entry.pk, published_at__isnull=shown)
    if rows.update(published_at=at if shown else None):
        verb = "showcaseentry.publish" if shown else "showcaseentry.withdraw"
        log.record(verb, entry, by=by, at=at, scope=entry.scope, title=entry.title)
    entry.refresh_from_db()


@transaction.atomic
def remove_entry(entry: ShowcaseEntry, *, by, at: datetime) -> None:
    """删除 a stage that is not public."""
    rules.require("keep_showcase", by, entry)
    if not ShowcaseEntry.objects.filter(pk=entry.pk, published_at__isnull=True).delete()[0]:
        raise WrongState("已经公开的环节请先撤下；已经删除的，请刷新后再看。")
    log.record("showcaseentry.remove", entry.showcase, by=by, at=at, scope=entry.scope, title=entry.title)
