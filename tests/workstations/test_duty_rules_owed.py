"""Who owes the tasks of a rule, and the meetings that a rule makes (row 52)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from config.milestones import clock
from members.models import BodyKind, Post
from tests.factories import members as make
from tests.factories import tasks as duty
from tests.factories import workstations as places
from tests.factories.tasks import AT
from workstations.models import Activity, Owed, Seat
from workstations.presets import duty as presets
from workstations.services import duty_cycles
from workstations.services import duty_rules as services


def shanghai(*parts):
    return datetime(*parts, tzinfo=ZoneInfo("Asia/Shanghai"))


def preset(cast, code):
    """A rule that holds since January, as the preset describes it."""
    rule = presets.make_rule(presets.rules()[code], cast.committee)
    rule.since = date(2026, 1, 1)
    return services.create(rule, by=cast.li, at=AT)


# --- who owes ----------------------------------------------------------------------------------------------------


def test_standing_members_only(cast):
    standing = make.member(make.user("standing"), cast.committee, is_standing=True)
    rule = duty.rule(cast.committee, owed_by=Owed.STANDING)
    assert [task.member_id for task in rule.tasks.all()] == [standing.pk]


def test_bodies_of_a_kind_their_leader_does_it(cast):
    """Row 56: 功能型党支部每半年向政协党组汇报."""
    branch = duty.body(cast.committee, "第一功能型支部", BodyKind.PARTY_ORGANISATION)
    headless = duty.body(cast.committee, "第二功能型支部", BodyKind.PARTY_ORGANISATION)
    duty.body(cast.committee, "提案委")
    duty.seat(branch, cast.wang_member, Post.PARTY_SECRETARY)
    rule = preset(cast, "branch-half")
    rows = rule.tasks.order_by("pk").values_list("body", "assignee", "period_label")
    assert list(rows) == [(branch.pk, cast.wang.pk, "2026年下半年"), (headless.pk, None, "2026年下半年")]


def test_the_highest_leader_of_a_body_does_it(cast):
    body = duty.body(cast.committee)
    (other,) = duty.people(cast.committee, 1)
    duty.seat(body, cast.wang_member, Post.CONVENER)
    duty.seat(body, other, Post.DIRECTOR)
    task = duty.rule(cast.committee, owed_by=Owed.BODIES, bodies=[body]).tasks.get()
    assert task.assignee == other.user


def test_members_of_bodies_once_each_with_those_of_a_sector(cast):
    first, second = duty.body(cast.committee, "甲"), duty.body(cast.committee, "乙")
    for body in (first, second):
        duty.seat(body, cast.wang_member)
    sector = make.sector(cast.committee, "教育界")
    teacher = make.member(make.user("teacher"), cast.committee, sector=sector)
    duty.people(cast.committee, 1)
    rule = duty.rule(cast.committee, owed_by=Owed.BODY_MEMBERS, bodies=[first, second, sector])
    assert set(rule.tasks.values_list("member", "body")) == {(cast.wang_member.pk, first.pk), (teacher.pk, sector.pk)}


def test_stations_their_keeper_does_it(cast):
    station = places.station(cast.committee)
    places.closed_station(cast.committee)
    places.post(station, cast.wang_member)
    task = duty.rule(cast.committee, owed_by=Owed.STATIONS).tasks.get()
    assert (task.station, task.assignee, task.member) == (station, cast.wang, None)


def test_quarterly_study_and_inspection_of_the_leading_group(cast):
    """Row 191: 领导小组每季度专题研究、每季度督查."""
    group = duty.body(cast.committee, "政协工作领导小组", BodyKind.LEADING_GROUP)
    duty.seat(group, cast.wang_member, Post.LEADER)
    for code in ("study-quarter", "inspect-quarter"):
        task = preset(cast, code).tasks.get()
        assert (task.assignee, task.period_label) == (cast.wang, "2026年第四季度")


# --- meetings (row 52) -------------------------------------------------------------------------------------------


@pytest.fixture
def council(cast):
    """A special committee with its head, two 专委 and six 普委."""
    body = duty.body(cast.committee)
    duty.seat(body, cast.wang_member, Post.DIRECTOR)
    everybody = duty.people(cast.committee, 8)
    for member in everybody[:2]:
        duty.seat(body, member, Post.CORE)
    for member in everybody[2:]:
        duty.seat(body, member, Post.MEMBER)
    return body


def test_the_core_meets_every_quarter(cast, council):
    rule = preset(cast, "core-quarter")
    task = rule.tasks.get()
    meeting = task.activity
    assert (meeting.state, meeting.kind, meeting.body) == ("draft", "committee_meeting", council)
    assert meeting.title == "提案委员会专委会议（2026年第四季度）"
    assert meeting.seats.filter(is_called=True, member__posts__post=Post.CORE).count() == meeting.seats.count() == 2
    assert task.assignee == cast.wang


def test_the_whole_committee_meets_twice_a_year(cast, council):
    assert preset(cast, "all-twice").tasks.get().activity.seats.count() == 9


def test_ordinary_members_take_turns_month_by_month(cast, council):
    """Three parts of six: in three months everybody was called once."""
    rule = preset(cast, "member-month")
    for at in (shanghai(2026, 12, 1, 9), shanghai(2027, 1, 1, 9)):
        clock.sweep(at)
    meetings = Activity.objects.filter(duty_tasks__rule=rule)
    assert [meeting.seats.count() for meeting in meetings] == [2, 2, 2]
    assert Seat.objects.filter(activity__in=meetings).values("member").distinct().count() == 6


def test_a_meeting_is_drafted_once(cast, council):
    rule = preset(cast, "core-quarter")
    duty_cycles.start(rule, at=AT)
    assert Activity.objects.count() == 1
