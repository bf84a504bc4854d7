"""Councils, pools of people, zones and units (rows 168, 169, 182, 188, 208)."""

from collections import Counter
from datetime import timedelta

from django.urls import reverse

from members.models import BodyKind, Standing
from members.queries.bodies import MEMBERS
from members.queries.body_checks.base import Broken, Found, rule, to_edit, to_look, to_open, to_seat
from members.queries.body_snapshot import Snapshot

RUNS_OUT_WITHIN = 60  # days before the end of an appointment


@rule("协商议事会有规则有名册", why="议事会有议事规则，有成员名册", of="协商议事会")
def councils_ready(here: Snapshot) -> Found:
    councils = here.of(BodyKind.DELIBERATION_COUNCIL)

    def broken():
        for council in councils:
            if not council.rules_text:
                yield to_edit(council, "没有议事规则")
            if not here.seats[council.pk]:
                yield Broken(council.name, "没有成员", reverse("body-import", args=[council.pk]), "导入名单")

    return councils, broken()


@rule(
    "议事会成员有代表性",
    why="委员、党代表、人大代表、乡贤、企业、群众都能参加；至少有委员和群众代表，每人写明身份",
    of="有成员的协商议事会",
)
def councils_represent(here: Snapshot) -> Found:
    councils = [body for body in here.of(BodyKind.DELIBERATION_COUNCIL) if here.seats[body.pk]]

    def broken():
        for council in councils:
            counts = Counter(MEMBERS if seat.member else seat.standing for seat in here.seats[council.pk])
            lacking = [words for key, words in ((MEMBERS, "委员"), (Standing.PUBLIC, "群众代表")) if not counts[key]]
            if lacking:
                yield to_seat(council, f"没有{'、'.join(lacking)}")
            if counts[""]:
                yield to_look(council, f"{counts['']} 人没有写明身份")

    return councils, broken()


@rule("聘期", why=f"人才库和议事会人员的聘期在 {RUNS_OUT_WITHIN} 天内届满或已经届满的，续聘或卸任", of="有聘期的人员")
def appointments_run_out(here: Snapshot) -> Found:
    bodies = here.of(BodyKind.EXPERT_POOL, BodyKind.DELIBERATION_COUNCIL)
    soon = here.today + timedelta(days=RUNS_OUT_WITHIN)
    seats, broken = [], []
    for body in bodies:
        present = {seat.member or seat.name for seat in here.seats[body.pk]}
        over = [seat for seat in here.ended[body.pk] if (seat.member or seat.name) not in present]
        seats += [seat for seat in (*here.seats[body.pk], *over) if seat.until]
        over = [seat for seat in over if seat.until >= here.today - timedelta(days=RUNS_OUT_WITHIN)]
        near = [seat for seat in here.seats[body.pk] if seat.until and seat.until <= soon]
        for words, people in (("已届满", over), (f"在 {RUNS_OUT_WITHIN} 天内届满", near)):
            if people:
                names = "、".join(seat.name for seat in people[:3]) + ("等" if len(people) > 3 else "")
                url = reverse("body-roster", args=[body.pk])
                broken.append(Broken(body.name, f"{names} {len(people)} 人的聘期{words}", url, "看名册"))
    return seats, iter(broken)


@rule(
    "片区—工作单元—议事会有负责人",
    why="每一层都有负责人；片区由一个专委会指导；工作单元下设议事会",
    of="片区、工作单元和议事会",
)
def zones_led(here: Snapshot) -> Found:
    bodies = here.of(BodyKind.ZONE, BodyKind.WORK_UNIT, BodyKind.DELIBERATION_COUNCIL)

    def broken():
        for body in bodies:
            below = {child.kind for child in here.children[body.pk]}
            if not here.leaders(body):
                yield to_seat(body, f"{body.get_kind_display()}没有负责人")
            if body.kind == BodyKind.ZONE and not body.host_id:
                yield to_edit(body, "没有指导的专委会")
            if body.kind == BodyKind.WORK_UNIT and BodyKind.DELIBERATION_COUNCIL not in below:
                yield to_open(
                    body.name, "下面没有协商议事会", kind=BodyKind.DELIBERATION_COUNCIL.value, parent=body.pk,
                    **({"region": body.region_id} if body.region_id else {}),
                )  # fmt: skip

    return bodies, broken()
