"""Who sits in a body, from a day to a day: seated, unseated, and told of before an appointment runs out."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.refusals import Incomplete, Refusal, WrongState
from config.saving import save
from members.models import (
    GROUP_POSTS,
    MEMBERS_ONLY,
    POSTS,
    SINGLE_POSTS,
    Body,
    BodyKind,
    Bond,
    Member,
    Membership,
    Post,
    Region,
    User,
)
from members.rules import bodies as rules
from members.services.bodies import hold

EXPIRY = "body-seat-expiry"
FIRST_DAY = date(2000, 1, 1)


@transaction.atomic
def seat(
    body: Body,
    *,
    member: Member | None = None,
    person_name: str = "",
    person_title: str = "",
    standing: str = "",
    specialty: str = "",
    post: Post | str = Post.MEMBER,
    bond: Bond | str = "",
    since: date | None = None,
    until: date | None = None,
    regions: Iterable[Region] = (),
    by: User | None,
    at: datetime,
) -> Membership:
    """任职: seat a member, or somebody else by name, in `body` from `since` (today) to `until` (open).

    Refused: a second 主任 or 副主任 of a special committee, a second bond of a kind, who is no member where only
    members sit, a post that the kind does not know.
    """
    rules.require("seat", by, body)
    hold(body)
    row = Membership(
        body=body, member=member, person_name=person_name.strip(), person_title=person_title, standing=standing,
        specialty=specialty, post=post, bond=bond, since=since or timezone.localdate(at), until=until,
    )  # fmt: skip
    _check_person(row)
    _check_post(row)
    _check_bond(row)
    save(row)
    row.regions.set(regions)
    plan_expiry(body, {row.until} - {None}, at=at)
    who = {} if body.is_party else {"person": row.person}
    held = {"seat": row.pk, "post": row.get_post_display(), **who}
    log.record("body.seat", body, by=by, at=at, scope=body.committee_id, **held)
    return row


@transaction.atomic
def seat_many(
    body: Body, members: Iterable[Member], *, post: Post | str = Post.MEMBER, by: User | None, at: datetime
) -> list[Membership]:
    """All of them or none."""
    return [seat(body, member=member, post=post, by=by, at=at) for member in members]


@transaction.atomic
def unseat(row: Membership, *, on: date, by: User | None, at: datetime) -> None:
    """卸任: the seat ends with the day `on`; it stays in the history."""
    rules.require("unseat", by, row.body)
    if on < row.since:
        raise Incomplete("卸任日期不能早于任职日期。", {"until": "卸任日期不能早于任职日期。"})
    if not Membership.objects.filter(Q(until__isnull=True) | Q(until__gt=on), pk=row.pk).update(until=on):
        raise WrongState(f"{row.person}的{row.post_label}一职已经办理卸任。")
    row.until = on
    who = {} if row.body.is_party else {"person": row.person}
    held = {"seat": row.pk, "post": row.get_post_display(), "until": on, **who}
    log.record("body.unseat", row.body, by=by, at=at, scope=row.body.committee_id, **held)


def plan_expiry(body: Body, ends: Iterable[date], *, at: datetime) -> None:
    """One round of reminders for each day on which appointments of `body` end, however many they are."""
    for end in ends:
        clock.plan(body, kind=EXPIRY, due_on=end, round=round_of(end), scope=body.committee_id, at=at)


def round_of(end: date) -> int:
    """The round of reminders that belongs to an end: days since 2000."""
    return (end - FIRST_DAY).days


def end_of(round: int) -> date:
    return date.fromordinal(FIRST_DAY.toordinal() + round)


def overlapping(row: Membership):
    """Seats that stand at some time while `row` stands; on one day the old one may hand over to the new one."""
    held = Membership.objects.filter(Q(until__isnull=True) | Q(until__gt=row.since)).exclude(pk=row.pk)
    return held if row.until is None else held.filter(since__lt=row.until)


def _check_person(row):
    body, member = row.body, row.member
    if (member is None) == (not row.person_name):
        why = "请选择一位委员，或填写一位非委员的姓名，两者只填一项。"
        raise Incomplete(why, {"member": why})
    if member is None and body.kind in MEMBERS_ONLY:
        why = f"{body.get_kind_display()}只由本会委员组成，请从委员中选一位。"
        raise Incomplete(why, {"person_name": why})
    if member is not None and member.committee_id != body.committee_id:
        raise Incomplete("不是本会委员。", {"member": f"{member}不是本会委员。"})
    if member is not None and not _in_office(member, row.since):
        raise Incomplete("已不在任。", {"member": f"{member}在{row.since:%Y-%m-%d}不是在任委员。"})


def _in_office(member, on):
    return member.since <= on and (member.until is None or member.until >= on)


def _check_post(row):
    body = row.body
    if row.post not in POSTS.get(body.kind, GROUP_POSTS):
        why = f"{body.get_kind_display()}没有“{row.get_post_display()}”这一职务。"
        raise Incomplete(why, {"post": why})
    single = body.kind == BodyKind.SPECIAL_COMMITTEE and row.post in SINGLE_POSTS
    present = single and overlapping(row).filter(body=body, post=row.post).select_related("member__user").first()
    if present:
        why = (
            f"{body}现任{row.get_post_display()}是{present.person}。专委会设一名主任、一名副主任，"
            f"请先在机构页面上为{present.person}办理卸任，再任命新人。"
        )
        raise Incomplete(why, {"post": why})
    same = overlapping(row).filter(
        body=body, post=row.post, member=row.member, person_name=row.person_name, person_title=row.person_title
    )
    if same.exists():
        raise Refusal(f"{row.person}在{body}已有{row.post_label}一职。")


def _check_bond(row):
    if not row.bond:
        return
    if not row.body.is_party or row.member is None:
        why = "组织关系和活动支部只登记在党组织里，并且只登记委员。"
        raise Incomplete(why, {"bond": why})
    held = overlapping(row).filter(member=row.member, bond=row.bond).select_related("body").first()
    if held is not None:
        why = (
            f"{row.member}的{row.get_bond_display()}已在“{held.body}”。"
            "一名党员只有一个组织关系，另可参加一个活动支部；转移的请先在那里办理卸任。"
        )
        raise Incomplete(why, {"bond": why})
