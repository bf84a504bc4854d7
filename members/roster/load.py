"""导入: write a plan without refusals, all in one transaction and in statements whose number hardly grows."""

import re
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils import timezone

from config.audit import log
from config.audit.log import Line
from config.refusals import Incomplete, WrongState
from config.search import index
from members.auth import OneTimeHasher
from members.models import ChangeKind, Committee, Member, MemberChange, Membership, User
from members.roster.check import FIELDS, Outcome, Plan
from members.roster.columns import Column
from members.rules import people as rules
from members.services.accounts import one_time_password

BATCH = 500
REASON = "花名册导入"
LOGGED = {Column.SECTOR: ChangeKind.SECTOR, Column.STANDING: ChangeKind.STANDING}


class Slip(NamedTuple):
    """One new account for handing over: shown once, kept nowhere."""

    name: str
    phone: str
    username: str
    password: str
    sector: str


@transaction.atomic
def load(plan: Plan, *, by: User | None, at: datetime) -> list[Slip]:
    """Write everything that `plan` says; returns the slips of the new accounts, in the order of the file."""
    rules.require("people", by, plan.committee)
    if not plan.is_loadable:
        raise Incomplete("还有没改正的地方，什么都没有导入。")
    Committee.objects.select_for_update().get(pk=plan.committee.pk)  # one roster of a committee at a time
    today, created, updated = timezone.localdate(at), plan.of("created"), plan.of("updated")
    try:
        slips = _open_accounts(plan, created, at)
        _seat_new(plan, created, today)
        _change(plan, updated, today=today, by=by, at=at)
    except IntegrityError as problem:
        raise WrongState("预检以后名单有了变动，什么都没有导入，请重新预检。") from problem
    _tell_trail(plan, created, updated, by=by, at=at)
    return slips


def _open_accounts(plan, created, at) -> list[Slip]:
    """New accounts with one-time passwords, hashed fast: each has 59 random bits and ends at the first sign-in."""
    fresh = [outcome for outcome in created if outcome.user is None]
    hasher, slips = OneTimeHasher(), []
    names = _user_names(plan.committee, len(fresh))
    for outcome, username in zip(fresh, names, strict=True):
        password, phone = one_time_password(), outcome.values[Column.PHONE]
        outcome.user = User(
            username=username, name=outcome.name, phone=phone, date_joined=at,
            password=hasher.encode(password, hasher.salt()),
        )  # fmt: skip
        slips.append(Slip(outcome.name, phone, username, password, str(outcome.values[Column.SECTOR])))
    User.objects.bulk_create([outcome.user for outcome in fresh], batch_size=BATCH)
    return slips


def _user_names(committee, count) -> list[str]:
    """jiahe-0001 and on, after the highest that exists; people sign in by phone, these names stay when it changes."""
    stem = f"{committee.slug}-"
    taken = User.objects.filter(username__startswith=stem).values_list("username", flat=True)
    numbers = (re.fullmatch(re.escape(stem) + r"(\d{4,8})", name, re.ASCII) for name in taken)
    last = max((int(found[1]) for found in numbers if found), default=0)
    return [f"{stem}{number:04}" for number in range(last + 1, last + count + 1)]


def _seat_new(plan, created, today):
    for outcome in created:
        fields = {name: outcome.values[column] for column, name in FIELDS.items() if column in outcome.values}
        fields.setdefault("since", today)
        outcome.made = Member(user=outcome.user, committee=plan.committee, term=plan.committee.term, **fields)
    members = Member.objects.bulk_create([outcome.made for outcome in created], batch_size=BATCH)
    kind = Member._meta.label_lower
    index.index_new(kind, ((str(row.pk), row.search_scope, row.search_document()) for row in members))
    _seat(
        (outcome.made, body, max(today, outcome.made.since))
        for outcome in created
        for body in outcome.values.get(Column.COMMITTEES, [])
    )


def _seat(seats):
    Membership.objects.bulk_create(
        [Membership(member=member, body=body, since=since) for member, body, since in seats], batch_size=BATCH
    )


def _change(plan, updated: list[Outcome], *, today, by, at):
    """Fields of members and phones of accounts in bulk, posts begun and ended, lines for the history."""
    history = []
    for outcome in updated:
        changed = {change.column: change for change in outcome.changes}
        for column, name in FIELDS.items():
            if column in changed:
                setattr(outcome.member, name, outcome.values[column])
        if Column.PHONE in changed:
            outcome.member.user.phone = outcome.values[Column.PHONE]
        history += [
            MemberChange(
                member=outcome.member, kind=LOGGED[column], since=today, reason=REASON, by=by, at=at,
                before=change.before[:64], after=change.after[:64],
            )
            for column, change in changed.items()
            if column in LOGGED
        ]  # fmt: skip
    members = [outcome.member for outcome in updated]
    Member.objects.bulk_update(members, list(FIELDS.values()), batch_size=BATCH)
    phones = [outcome.member.user for outcome in updated if _changes(outcome, Column.PHONE)]
    User.objects.bulk_update(phones, ["phone"], batch_size=BATCH)
    MemberChange.objects.bulk_create(history, batch_size=BATCH)
    index.index_many(members)
    _move_seats(plan, [outcome for outcome in updated if _changes(outcome, Column.COMMITTEES)], today)


def _changes(outcome, column) -> bool:
    return any(change.column is column for change in outcome.changes)


def _move_seats(plan, outcomes, today):
    """The special committees of the file are those the member sits in; the others end, as history."""
    ended, begun = [], []
    for outcome in outcomes:
        held = plan.known.seats[outcome.member.pk]
        wanted = {body.pk: body for body in outcome.values[Column.COMMITTEES]}
        ended += [post for body, posts in held.items() if body not in wanted for post in posts]
        begun += [(outcome.member, body, today) for pk, body in wanted.items() if pk not in held]
    for post in ended:
        post.until = today - timedelta(days=1)
        post.since = min(post.since, post.until)
    Membership.objects.bulk_update(ended, ["since", "until"], batch_size=BATCH)
    _seat(begun)


def _tell_trail(plan, created, updated, *, by, at):
    scope = plan.committee.pk
    log.record("people.import", plan.committee, by=by, at=at, scope=scope, **plan.counts)
    lines = [Line("member.join", outcome.made, by, at, scope, {"row": outcome.row}) for outcome in created]
    for outcome in updated:
        told = {str(change.column): [change.before, change.after] for change in outcome.changes}
        told.pop(Column.PARTY, None)  # personal data: that it changed is enough
        if _changes(outcome, Column.PARTY):
            told[str(Column.PARTY)] = "已更改"
        lines.append(Line("member.change", outcome.member, by, at, scope, {"row": outcome.row, "changes": told}))
    log.record_many(lines)
