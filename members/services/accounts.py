"""What happens to accounts and grants; each verb checks, changes and leaves one line in the trail."""

import secrets
from datetime import datetime, timedelta

from axes.utils import reset as forget_failures
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.refusals import WrongState
from members.models import Body, Committee, Member, Organisation, RoleGrant, User
from members.rules import people as rules

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else on paper


def one_time_password() -> str:
    """Twelve characters in groups of four (59 bits): read out once, changed at the first sign-in."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


@transaction.atomic
def open_account(
    account: User,
    *,
    committee: Committee,
    role: str = "",
    organisation: Organisation | None = None,
    body: Body | None = None,
    sector: Body | None = None,
    by: User | None,
    at: datetime,
) -> str:
    """开户: save a new person as a member of `sector` or with a `role`; returns the password, which is kept nowhere."""
    rules.require("people", by, committee)
    password = one_time_password()
    account.set_password(password)
    account.must_change_password = True
    account.save()
    since = timezone.localdate(at)
    if role:
        held_for = {"organisation": organisation, "body": body}
        place = RoleGrant(user=account, role=role, committee=committee, since=since, **held_for)
    else:
        place = Member(user=account, committee=committee, term=committee.term, sector=sector, since=since)
    place.full_clean()
    place.save()
    log.record("account.open", account, by=by, at=at, scope=committee.pk, place=str(place))
    return password


@transaction.atomic
def reset_password(account: User, *, by: User | None, at: datetime) -> str:
    """重置密码: a new one-time password; every session and every API token of the person ends."""
    rules.require("account", by, account)
    password = one_time_password()
    account.set_password(password)
    account.must_change_password = True
    account.save(update_fields=["password", "must_change_password"])
    account.auth_token_set.all().delete()
    log.record("account.reset", account, by=by, at=at, scope=_scope(account))
    return password


@transaction.atomic
def unlock_account(account: User, *, by: User | None, at: datetime) -> None:
    """解除锁定: forget the failed sign-ins, whichever name they were tried with."""
    rules.require("account", by, account)
    forgotten = sum(forget_failures(username=name) for name in (account.username, account.phone) if name)
    if not forgotten:
        raise WrongState(f"{account}没有被锁定。")
    log.record("account.unlock", account, by=by, at=at, scope=_scope(account), failures=forgotten)


@transaction.atomic
def revoke_grant(grant: RoleGrant, *, by: User | None, at: datetime) -> None:
    """收回授权: from today on; the row stays as history. Nobody takes away the own one by mistake."""
    rules.require("people", by, grant.committee)
    if by is not None and grant.user_id == by.pk:
        raise PermissionDenied("own grant")
    yesterday = timezone.localdate(at) - timedelta(days=1)
    if not RoleGrant.objects.in_force(timezone.localdate(at)).filter(pk=grant.pk).update(until=yesterday):
        raise WrongState(f"{grant}这项授权已不在有效期内。")
    grant.until = yesterday
    log.record("grant.revoke", grant, by=by, at=at, scope=grant.committee_id)


def _scope(account) -> int | None:
    home = account.home_committee
    return home.pk if home else None
