"""实施全员入委方案: from the seats of a plan to groups, posts and 归口, all in one transaction and in bulk."""

from collections import defaultdict
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from config.notices import outbox
from config.refusals import Refusal, WrongState
from config.transitions import take
from members.models import Body, BodyKind, Grouping, GroupingKey, Intake, Member, Membership, Post
from members.queries import grouping as queries

__all__ = ["apply", "group_name", "take"]

DIGITS = "零一二三四五六七八九十"


def group_name(body: Body, number: int) -> str:
    """农业农村委第一活动小组."""
    tens, ones = divmod(number, 10)
    words = DIGITS[number] if number <= 10 else f"{DIGITS[tens] if tens > 1 else ''}十{DIGITS[ones] if ones else ''}"
    return f"{body.name}第{words}活动小组"


@transaction.atomic
def apply(grouping: Grouping, *, by, at) -> Grouping:
    """Close what the members held before, open what is planned; who stays or leads there keeps that one post."""
    today = timezone.localdate(at)
    take(grouping, "apply", by=by, at=at, data={"seated": grouping.seats.count()})
    if not Grouping.objects.filter(pk=grouping.pk, at=grouping.at).exists():
        raise WrongState("这个方案刚刚已由他人修改，请看过新的方案再实施。")
    seats = list(grouping.seats.values_list("member", "member__user", "body", "group"))
    _require_current(grouping, seats, today)
    groups = _groups(grouping, seats)
    stayed = _close(grouping, seats, today) | set(queries.leading_posts(grouping).values_list("member", "body"))
    Membership.objects.bulk_create(
        [
            Membership(body_id=body, member_id=member, post=Post.MEMBER, since=today)
            for member, _, unit, number in seats
            for body in (unit, groups[unit, number].pk)
            if (member, body) not in stayed
        ],
        batch_size=1000,
    )
    if grouping.by_key != GroupingKey.FREE:
        _take_in(grouping, today)
    _tell(grouping, seats, groups, at)
    return grouping


def _require_current(grouping, seats, today):
    """Somebody who joined or left since the planning would be forgotten, or be seated after the end."""
    there = set(Member.objects.filter(committee=grouping.committee).in_force(today).values_list("pk", flat=True))
    left = {member for member, *_ in seats} - there
    uncovered = {row["member"] for row in grouping.report["uncovered"]}
    joined = there - {member for member, *_ in seats} - uncovered
    if left or joined:
        raise Refusal(f"编制方案以后，委员有变动（新任 {len(joined)} 人，离任 {len(left)} 人）。请先重新编排，再实施。")


def _groups(grouping, seats) -> dict[tuple[int, int], Body]:
    """The groups below each committee: those of the same name serve on, others are made, empty ones are closed."""
    units = {body.pk: body for body in grouping.bodies.all()}
    wanted = sorted({(unit, number) for _, _, unit, number in seats})
    names = {(unit, number): group_name(units[unit], number) for unit, number in wanted}
    kind = {"committee": grouping.committee, "kind": BodyKind.ACTIVITY_GROUP}
    there = {body.name: body for body in Body.objects.filter(**kind, name__in=names.values())}
    Body.objects.bulk_create(
        [
            Body(**kind, name=names[place], parent=units[place[0]], position=place[1])
            for place in wanted
            if names[place] not in there
        ]
    )
    Body.objects.filter(**kind, name__in=names.values()).update(is_active=True)
    for unit, body in units.items():
        serving = [names[place] for place in wanted if place[0] == unit]
        planned = Body.objects.filter(**kind, parent=body, name__startswith=f"{body.name}第")
        planned.exclude(name__in=serving).update(is_active=False)
    made = {body.name: body for body in Body.objects.filter(**kind, name__in=names.values())}
    return {place: made[names[place]] for place in wanted}


def _close(grouping, seats, today) -> set[tuple[int, int]]:
    """End the ordinary posts that the plan does not keep, and all posts in activity groups; returns those kept."""
    planned = {(member, unit) for member, _, unit, _ in seats}
    held = queries.ordinary_posts(grouping).filter(member__in=grouping.seats.values("member"))
    kept, ended = set(), []
    for pk, member, body in held.values_list("pk", "member", "body"):
        if (member, body) in planned:
            kept.add((member, body))
        else:
            ended.append(pk)
    in_groups = Membership.objects.filter(
        body__committee=grouping.committee, body__kind=BodyKind.ACTIVITY_GROUP, until__isnull=True,
        member__in=grouping.seats.values("member"),
    )  # fmt: skip
    ended += in_groups.values_list("pk", flat=True)
    for start in range(0, len(ended), 1000):
        _end(Membership.objects.filter(pk__in=ended[start : start + 1000]), today)
    return kept


def _end(rows, today):
    """With yesterday, so that no day has both; what began today ends today."""
    rows.filter(since__gte=today).update(until=F("since"))
    rows.filter(since__lt=today, until__isnull=True).update(until=today - timedelta(days=1))


def _take_in(grouping, today):
    """归口 as planned; those that the plan did not keep end."""
    planned = {(key["kind"], key["id"]): row["unit"] for row in grouping.report["units"] for key in row["keys"]}
    there, ended = set(), []
    rows = Intake.objects.filter(body__committee=grouping.committee, until__isnull=True)
    for pk, sector, region, body in rows.values_list("pk", "sector_id", "region_id", "body_id"):
        place = ("sector", sector) if sector else ("region", region)
        if planned.get(place) == body:
            there.add(place)
        elif place in planned and not grouping.keeps_intakes:
            ended.append(pk)
    _end(Intake.objects.filter(pk__in=ended), today)
    Intake.objects.bulk_create(
        [
            Intake(body_id=unit, since=today, **{f"{kind}_id": id})
            for (kind, id), unit in planned.items()
            if (kind, id) not in there
        ]
    )


def _tell(grouping, seats, groups, at):
    """One letter for each group; nobody gets two."""
    people = defaultdict(list)
    for _, user, unit, number in seats:
        people[unit, number].append(user)
    units = {body.pk: body.name for body in grouping.bodies.all()}
    letters = [
        outbox.Letter(
            tuple(users), "grouping", f"您编入{units[unit]}（第 {number} 组）", f"grouping:{grouping.pk}",
            f"按照《{grouping.name}》，您编入{groups[unit, number]}，同组共 {len(users)} 人。有疑问请联系政协办。",
            scope=grouping.committee_id,
        )
        for (unit, number), users in sorted(people.items())
    ]  # fmt: skip
    outbox.send_many(letters, at=at)
