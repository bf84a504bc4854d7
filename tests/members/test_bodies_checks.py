"""Every rule about bodies: what breaks it, what keeps it, and where it is mended."""

import datetime

import pytest
from django.urls import reverse

from members.models import BodyKind, Bond, OrganisationKind, Party, PartyLevel, Post, Region, Standing
from members.presets import bodies as presets
from members.queries import body_checks
from members.services import bodies as services
from tests.factories import bodies as make
from tests.factories import members as people
from tests.factories.bodies import AT, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def check(cast):
    """`check(code)` is the result of one rule as the office sees it: None where there is nothing to look at."""

    def look(code):
        here = body_checks.Snapshot(cast.committee, cast.li, TODAY)
        (found,) = body_checks.checks(here, only=code)
        return [(row.title, row.wrong) for row in found.broken] if found.total else None

    return look


def town(number=100):
    return Region.objects.get(code=f"431024{number}000")


def test_one_director_one_deputy_and_members(cast, check):
    assert check("one_one_n") is None
    body = make.body(cast.committee)
    assert check("one_one_n") == [
        ("提案委员会", "没有主任"), ("提案委员会", "没有副主任"), ("提案委员会", "没有兼职委员")
    ]  # fmt: skip
    director, deputy = make.members(cast.committee, 2)
    make.seat(body, director, Post.DIRECTOR)
    make.seat(body, deputy, Post.DEPUTY)
    assert check("one_one_n") == [("提案委员会", "没有兼职委员")]
    make.seat(body, cast.wang_member)
    assert check("one_one_n") == []


def test_every_sector_and_every_member_is_taken_in_by_a_committee_or_the_office(cast, check):
    body = make.body(cast.committee)
    other = people.sector(cast.committee, "教育界")
    make.members(cast.committee, 1, sector=other)
    assert check("sectors_taken") == [("经济界", "没有归口任何专委会"), ("教育界", "没有归口任何专委会")]
    assert {title for title, _ in check("members_covered")} == {"王委员", "委员0"}
    services.set_intake(body, sectors=[people.sector(cast.committee)], regions=[], by=cast.li, at=AT)
    assert check("members_covered") == [("委员0", "教育界，没有编入任何专委会")]
    office = make.body(cast.committee, BodyKind.OFFICE, "办公室")
    services.set_intake(office, sectors=[other], regions=[], by=cast.li, at=AT)
    assert (check("sectors_taken"), check("members_covered")) == ([], [])
    services.close_body(office, reason="合并", by=cast.li, at=AT)
    assert check("members_covered") == [("委员0", "教育界，没有编入任何专委会")]


def test_members_may_be_taken_in_by_region(cast, check):
    body = make.body(cast.committee)
    cast.wang_member.region = town()
    cast.wang_member.save()
    services.set_intake(body, sectors=[], regions=[town(101)], by=cast.li, at=AT)
    assert check("members_covered") == [("王委员", "经济界，没有编入任何专委会")]
    services.set_intake(body, sectors=[], regions=[town()], by=cast.li, at=AT)
    assert (check("sectors_taken"), check("members_covered")) == ([], [])


def test_a_duty_group_is_complete_with_leader_and_secretary_and_its_leader_is_a_member(cast, check):
    group = make.body(cast.committee, BodyKind.DUTY_GROUP, "珠泉镇委员履职小组")
    assert check("groups_complete") == [(group.name, "没有组长"), (group.name, "没有政协秘书")]
    make.seat(group, "李副书记", Post.LEADER)
    make.seat(group, "小周", Post.SECRETARY)
    assert check("groups_complete") == []
    assert check("group_leaders_are_members") == [(group.name, "李副书记不是委员")]
    other = make.body(cast.committee, BodyKind.DUTY_GROUP, "塘村镇委员履职小组")
    make.seat(other, cast.wang_member, Post.LEADER)
    assert check("group_leaders_are_members") == [(group.name, "李副书记不是委员")]


def test_every_town_has_its_liaison_committee(cast, check, as_):
    make.body(cast.committee, BodyKind.LIAISON_GROUP, "珠泉联络工作委员会", region=town())
    assert check("liaison_everywhere") == [("塘村镇", "没有联络工作委员会或联络组")]
    page = as_(cast.li).get(reverse("body-checks"), {"rule": "liaison_everywhere"})
    ((_, broken),) = page.context["checks"]
    form = as_(cast.li).get(broken[0].url).content.decode()
    assert "塘村镇委员联络工作委员会" in form
    assert '<option value="431024101000" selected' in form
    assert '<option value="liaison_group" selected' in form


def test_party_levels_stand_in_order(cast, check):
    top = make.body(cast.committee, BodyKind.PARTY_ORGANISATION, "党组", party_level=PartyLevel.LEADING_GROUP)
    low = make.body(
        cast.committee, BodyKind.PARTY_ORGANISATION, "小组", party_level=PartyLevel.MEMBER_GROUP, parent=top
    )
    assert check("party_levels") == []
    make.body(cast.committee, BodyKind.PARTY_ORGANISATION, "支部", party_level=PartyLevel.FUNCTIONAL_BRANCH, parent=low)
    make.body(cast.committee, BodyKind.PARTY_ORGANISATION, "孤支部", party_level=PartyLevel.FUNCTIONAL_BRANCH)
    assert check("party_levels") == [
        ("支部", "功能型党支部设在小组（党员委员活动小组）之下"),
        ("孤支部", "功能型党支部没有上级党组织"),
    ]


def test_the_two_full_coverages_of_party_work(cast, check):
    host, other = make.body(cast.committee), make.body(cast.committee, name="经济委员会")
    branch = make.body(
        cast.committee, BodyKind.PARTY_ORGANISATION, "提案委支部", party_level=PartyLevel.FUNCTIONAL_BRANCH, host=host
    )
    assert check("branch_everywhere") == [(other.name, "没有功能型党支部")]
    first, second = make.members(cast.committee, 2, party=Party.CPC)
    make.seat(branch, first, bond=Bond.AFFILIATION)
    make.seat(branch, second, bond=Bond.ACTIVITY)
    assert check("party_members_affiliated") == [("委员1", "没有登记组织关系")]
    make.seat(branch, second, Post.LEADER, bond=Bond.AFFILIATION)
    assert check("party_members_affiliated") == []


def test_committees_and_branches_have_a_feature(cast, check):
    make.body(cast.committee, feature="一委一题")
    make.body(cast.committee, BodyKind.PARTY_ORGANISATION, "支部", party_level=PartyLevel.FUNCTIONAL_BRANCH)
    assert check("features") == [("支部", "没有填写特色")]


def test_councils_have_rules_roster_and_all_sorts_of_people(cast, check):
    council = make.body(cast.committee, BodyKind.DELIBERATION_COUNCIL, "羌山议事堂")
    assert check("councils_ready") == [(council.name, "没有议事规则"), (council.name, "没有成员")]
    council.rules_text = "一事一议"
    services.change_body(council, changed=["rules_text"], by=cast.li, at=AT)
    make.seat(council, "甲", standing=Standing.NOTABLE)
    make.seat(council, "乙")
    assert check("councils_ready") == []
    assert check("councils_represent") == [(council.name, "没有委员、群众代表"), (council.name, "1 人没有写明身份")]
    make.seat(council, cast.wang_member)
    make.seat(council, "丙", standing=Standing.PUBLIC)
    assert check("councils_represent") == [(council.name, "1 人没有写明身份")]


def test_appointments_that_run_out_within_sixty_days_or_did(cast, check):
    pool = make.body(cast.committee, BodyKind.EXPERT_POOL, "协商人才库")
    for name, days in (("甲", 60), ("乙", 61), ("丙", 0)):
        make.seat(pool, name, until=TODAY + datetime.timedelta(days=days))
    early = AT - datetime.timedelta(days=300)
    for name in ("丁", "戊"):
        make.seat(pool, name, until=TODAY - datetime.timedelta(days=5), at=early)
    make.seat(pool, "戊")
    assert check("appointments_run_out") == [
        (pool.name, "丁 1 人的聘期已届满"), (pool.name, "甲、丙 2 人的聘期在 60 天内届满")
    ]  # fmt: skip


def test_zones_units_and_councils_have_somebody_responsible(cast, check):
    host = make.body(cast.committee)
    zone = make.body(cast.committee, BodyKind.ZONE, "第一片区")
    unit = make.body(cast.committee, BodyKind.WORK_UNIT, "珠泉单元", parent=zone)
    assert check("zones_led") == [
        ("珠泉单元", "协商工作单元没有负责人"), ("珠泉单元", "下面没有协商议事会"),
        ("第一片区", "片区没有负责人"), ("第一片区", "没有指导的专委会"),
    ]  # fmt: skip
    council = make.body(cast.committee, BodyKind.DELIBERATION_COUNCIL, "珠泉议事会", parent=unit, region=town())
    village = Region.objects.get(code="431024100001")
    small = make.body(cast.committee, BodyKind.DELIBERATION_COUNCIL, "金田议事会", parent=unit, region=village)
    for body in (zone, unit, council, small):
        make.seat(body, cast.wang_member, Post.LEADER)
    zone.host = host
    services.change_body(zone, changed=["host"], by=cast.li, at=AT)
    assert check("zones_led") == []
    figures = body_checks.figures(body_checks.Snapshot(cast.committee, cast.li, TODAY))
    assert {row["label"]: row["done"] for row in figures} == {
        "片区": 1, "协商工作单元": 1, "协商议事会": "1+1", "人才库": 0, "议事会成员": 2
    }  # fmt: skip


def test_supervision_teams_are_led_by_a_party_and_look_at_a_street(cast, check):
    team = make.body(cast.committee, BodyKind.SUPERVISION_TEAM, "民革委派监督小组")
    assert check("supervision_assigned") == [
        (team.name, "没有牵头的党派"), (team.name, "没有对接的街道或单位"), (team.name, "没有成员")
    ]  # fmt: skip
    party = people.organisation(cast.committee, "民革支部", OrganisationKind.PARTY_GROUP)
    street = people.organisation(cast.committee, "珠泉街道", OrganisationKind.TOWN)
    services.change_body(team, changed=[], organisations=[party, street], by=cast.li, at=AT)
    make.seat(team, cast.wang_member, Post.LEADER)
    assert check("supervision_assigned") == []


def test_task_forces_and_service_teams(cast, check):
    force = make.body(cast.committee, BodyKind.TASK_FORCE, "古城保护专班")
    team = make.body(cast.committee, BodyKind.SERVICE_TEAM, "法律援助工作队")
    assert check("task_forces_led") == [(force.name, "没有组长"), (force.name, "没有顾问")]
    assert check("service_teams") == [(team.name, "没有写明专长"), (team.name, "没有队员")]
    make.seat(force, cast.wang_member, Post.LEADER)
    make.seat(force, "某处长", Post.ADVISER)
    make.seat(team, cast.wang_member)
    team.feature = "法律援助"
    services.change_body(team, changed=["feature"], by=cast.li, at=AT)
    assert (check("task_forces_led"), check("service_teams")) == ([], [])


def test_every_town_is_kept_in_contact_by_the_chair_meeting_or_a_special_committee(cast, check):
    group = make.body(cast.committee, BodyKind.LEADING_GROUP, "“有事来协商”工作领导小组")
    chairs = make.body(cast.committee, BodyKind.CHAIR_MEETING, "主席会议")
    (vice,) = make.members(cast.committee, 1)
    make.seat(chairs, vice, Post.VICE_CHAIR)
    make.seat(group, cast.wang_member, regions=[town()])
    make.seat(group, vice, Post.LEADER, regions=[town(101)])
    assert check("towns_supervised") == [("珠泉镇", "领导小组里没有主席会议成员或专委会负责人联系")]
    special = make.body(cast.committee)
    make.seat(special, cast.wang_member, Post.DIRECTOR)
    assert check("towns_supervised") == []


def test_the_leading_group_has_a_budget_and_nobody_spends_more(cast, check):
    group = make.body(cast.committee, BodyKind.LEADING_GROUP, "领导小组")
    assert check("budgets_kept") == [("领导小组", "没有登记 2026 年的预算")]
    services.set_budget(group, year=2026, granted=400_000, spent=400_001, by=cast.li, at=AT)
    assert check("budgets_kept") == [("领导小组", "已支出 400001.00 元，超过预算 400000.00 元")]
    services.set_budget(group, year=2026, granted=400_000, spent=120_000, by=cast.li, at=AT)
    assert check("budgets_kept") == []


def test_the_page_shows_every_rule_and_each_way_to_mend_leads_somewhere(cast, as_):
    make.body(cast.committee)
    for key in presets.sets():
        presets.apply_set(cast.committee, key, by=cast.li, at=AT)
    li = as_(cast.li)
    page = li.get(reverse("body-checks"))
    found = page.context["checks"]
    assert len(found) == len(body_checks.base.RULES)
    for check, broken in found:
        assert check.title in page.content.decode()
        for row in broken[:2]:
            assert li.get(row.url).status_code == 200, row
    assert li.get(reverse("body-checks"), {"rule": "no_such"}).status_code == 404
