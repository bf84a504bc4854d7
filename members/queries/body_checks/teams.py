"""Supervision teams, task forces, service teams, and what they may spend (rows 83, 138, 175, 201)."""

from django.urls import reverse

from members.models import BodyKind, OrganisationKind, Post
from members.queries.body_checks.base import Broken, Found, rule, to_edit, to_seat
from members.queries.body_snapshot import Snapshot


@rule("监督小组有对接、有牵头党派", why="每个委派民主监督小组由一个党派牵头，对接一个街道或单位", of="监督小组")
def supervision_assigned(here: Snapshot) -> Found:
    teams = here.of(BodyKind.SUPERVISION_TEAM)

    def broken():
        for team in teams:
            units = here.units[team.pk]
            if not any(unit.kind == OrganisationKind.PARTY_GROUP for unit in units):
                yield to_edit(team, "没有牵头的党派")
            if all(unit.kind == OrganisationKind.PARTY_GROUP for unit in units):
                yield to_edit(team, "没有对接的街道或单位")
            if not here.seats[team.pk]:
                yield Broken(team.name, "没有成员", reverse("body-match", args=[team.pk]), "按专长选人")

    return teams, broken()


@rule("工作专班有组长有顾问", why="分管副主席任组长，聘请顾问组成智囊团", of="工作专班")
def task_forces_led(here: Snapshot) -> Found:
    teams = here.of(BodyKind.TASK_FORCE)

    def broken():
        for team in teams:
            for post in (Post.LEADER, Post.ADVISER):
                if not here.posts(team, post):
                    yield to_seat(team, f"没有{post.label}", post.value)

    return teams, broken()


@rule("特色工作队有专长有队员", why="每支工作队写明专长，有队员名单", of="特色工作队")
def service_teams(here: Snapshot) -> Found:
    teams = here.of(BodyKind.SERVICE_TEAM)

    def broken():
        for team in teams:
            if not team.feature:
                yield to_edit(team, "没有写明专长")
            if not here.seats[team.pk]:
                yield to_seat(team, "没有队员")

    return teams, broken()


@rule("工作经费", why="领导小组的工作经费列入当年预算，支出不超过预算", of="领导小组和有预算的机构")
def budgets_kept(here: Snapshot) -> Found:
    bodies = [body for body in here.bodies if body.kind == BodyKind.LEADING_GROUP or body.pk in here.budgets]

    def broken():
        for body in bodies:
            row = here.budgets.get(body.pk)
            if row is None:
                wrong = f"没有登记 {here.today.year} 年的预算"
            elif row.spent > row.granted:
                wrong = f"已支出 {row.spent} 元，超过预算 {row.granted} 元"
            else:
                continue
            yield Broken(body.name, wrong, reverse("body-budget", args=[body.pk]), "登记经费")

    return bodies, broken()
