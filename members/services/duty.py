"""履职记录: the one door through which facts about members come in, told by the apps that saw them (model.md, law 4).

A deed has a key; told twice it is one record, told differently the old record is taken back and a new one stands.
Scores follow in the same transaction.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from members.facts import Share
from members.models import DutyRecord, Member
from members.services import scoring


@dataclass(frozen=True)
class Deed:
    """What one member did: `key` names the source (“activity:12”), `quantity` counts pieces or half-days."""

    member: int
    on: date
    fact: str
    key: str
    title: str
    detail: str = ""
    mark: str = ""
    share: str = Share.SOLE
    sharers: int = 0
    quantity: Decimal | int = 1
    url: str = ""


TOLD = ("on", "detail", "mark", "share", "sharers", "quantity")  # where these differ, it is told differently


@transaction.atomic
def record(deeds: Iterable[Deed], *, by, at) -> int:
    """Write what is new, correct what was told differently before; returns how many records were added."""
    told = {(deed.member, deed.fact, deed.key): deed for deed in deeds}
    committees = _hold({deed.member for deed in told.values()})
    before = _before({deed.key for deed in told.values()})
    wrong, fresh = [], []
    for place, deed in told.items():
        records = before[place]
        standing = next((record for record in records if record.is_standing), None)
        if standing and not _differs(standing, deed):
            continue
        wrong += [standing] if standing else []
        fresh.append(
            DutyRecord(
                committee_id=committees[deed.member], member_id=deed.member, year=deed.on.year, on=deed.on,
                fact=deed.fact, detail=deed.detail, mark=deed.mark, share=deed.share, sharers=deed.sharers,
                quantity=deed.quantity, title=deed.title[:120], url=deed.url, key=deed.key, version=len(records) + 1,
                by=by, at=at,
            )
        )  # fmt: skip
    _reverse(wrong, "按最新情况更正", by=by, at=at)
    DutyRecord.objects.bulk_create(fresh, batch_size=1000)
    _score([*wrong, *fresh], at=at)
    return len(fresh)


@transaction.atomic
def retract(key: str, *, reason: str, by, at, members: Iterable[int] | None = None, facts: Iterable[str] = ()) -> int:
    """Take back what stands under `key`, of these members or all, these facts or all; returns how many records."""
    found = DutyRecord.objects.standing().filter(key=key)
    if members is not None:
        found = found.filter(member__in=members)
    if facts:
        found = found.filter(fact__in=facts)
    _hold(set(found.values_list("member", flat=True)))
    found = list(found)
    _reverse(found, reason, by=by, at=at)
    _score(found, at=at)
    return len(found)


def _hold(members: set[int]) -> dict[int, int]:
    """Member → committee; the rows stay locked, so that a member's ledger has one writer at a time."""
    rows = Member.objects.filter(pk__in=members).order_by("pk").select_for_update(no_key=True)
    return dict(rows.values_list("pk", "committee_id"))


def _before(keys: set[str]) -> dict[tuple, list[DutyRecord]]:
    """What was told under these keys, by member, fact and key."""
    found = defaultdict(list)
    told = DutyRecord.objects.filter(key__in=keys, reverses__isnull=True).select_related("reversed_by")
    for record in told:
        found[record.member_id, record.fact, record.key].append(record)
    return found


def _differs(record: DutyRecord, deed: Deed) -> bool:
    return any(getattr(record, name) != getattr(deed, name) for name in TOLD)


def _reverse(records: list[DutyRecord], reason: str, *, by, at) -> None:
    """One counter-entry for each."""
    same = ("committee_id", "member_id", "year", "on", "fact", "detail", "mark", "share", "sharers", "quantity")
    DutyRecord.objects.bulk_create(
        [
            DutyRecord(
                **{name: getattr(record, name) for name in same}, title=record.title, url=record.url, key=record.key,
                version=record.version, reverses=record, reason=reason[:200], by=by, at=at,
            )
            for record in records
        ],
        batch_size=1000,
    )  # fmt: skip


def _score(records: Iterable[DutyRecord], *, at) -> None:
    """Let the ledger follow, once for each committee and year."""
    touched = defaultdict(set)
    for record in records:
        touched[record.committee_id, record.year].add(record.member_id)
    for (committee, year), members in touched.items():
        scoring.post(committee, year, members=members, at=at)
