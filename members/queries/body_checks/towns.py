"""What stands in every town, and who keeps contact with it (rows 23, 86, 175, 176)."""

from django.urls import reverse

from members.models import BodyKind, Post
from members.queries.body_checks.base import Broken, Found, rule, to_look, to_open, to_seat
from members.queries.body_snapshot import Snapshot


@rule("履职小组和联络组人员齐备", why="组长和政协秘书都到位才算建成", of="履职小组和联络组")
def groups_complete(here: Snapshot) -> Found:
    groups = here.of(BodyKind.DUTY_GROUP, BodyKind.LIAISON_GROUP)

    def broken():
        for group in groups:
            if not here.posts(group, Post.LEADER, Post.DIRECTOR):
                yield to_seat(group, "没有组长", Post.LEADER.value)
            if not here.posts(group, Post.SECRETARY):
                yield to_seat(group, "没有政协秘书", Post.SECRETARY.value)

    return groups, broken()


@rule("分管同志是委员", why="乡镇（街道）党委副书记协商为政协委员，并分管这项工作", of="履职小组和联络组")
def group_leaders_are_members(here: Snapshot) -> Found:
    groups = here.of(BodyKind.DUTY_GROUP, BodyKind.LIAISON_GROUP)
    return groups, (
        to_look(group, f"{seat.name}不是委员")
        for group in groups
        for seat in here.posts(group, Post.LEADER, Post.DIRECTOR)
        if not seat.member
    )


@rule("乡镇（街道）联络机构全覆盖", why="每个乡镇（街道）有一个委员联络工作委员会或联络组", of="乡镇（街道）")
def liaison_everywhere(here: Snapshot) -> Found:
    there = {group.region_id for group in here.of(BodyKind.LIAISON_GROUP)}
    return here.towns, (
        to_open(
            town.name, "没有联络工作委员会或联络组", kind=BodyKind.LIAISON_GROUP.value, region=town.pk,
            name=f"{town}委员联络工作委员会",
        )
        for town in here.towns
        if town.pk not in there
    )  # fmt: skip


@rule(
    "主席会议成员、专委会联系乡镇（街道）",
    why="领导小组里每个乡镇（街道）有一位主席会议成员或专委会负责人联系",
    of="乡镇（街道）",
)
def towns_supervised(here: Snapshot) -> Found:
    groups = here.of(BodyKind.LEADING_GROUP)
    senior = {seat.member for body in here.of(BodyKind.CHAIR_MEETING) for seat in here.seats[body.pk]}
    for body in here.of(BodyKind.SPECIAL_COMMITTEE):
        senior |= {seat.member for seat in here.posts(body, Post.DIRECTOR, Post.DEPUTY)}
    kept = {
        town
        for group in groups
        for seat in here.seats[group.pk]
        if seat.member in senior
        for town in here.towns_of_seat[seat.pk]
    }
    if not groups:
        return [], iter(())
    return here.towns, (
        Broken(
            town.name, "领导小组里没有主席会议成员或专委会负责人联系", reverse("body-seat", args=[groups[0].pk]), "任职"
        )
        for town in here.towns
        if town.pk not in kept
    )
