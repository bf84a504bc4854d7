"""全员入委: the plan itself, hand changes, putting into force (rows 17, 41, 50, 51; acceptance 3)."""

import datetime
from collections import Counter
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied

from config.audit.models import AuditEntry
from config.notices.models import Notice
from config.refusals import Incomplete, Refusal, WrongState
from members.models import Body, BodyKind, Grouping, GroupingKey, Intake, Member, Membership, Party, Post
from members.roster.load import load
from members.services import grouping as services
from members.states import GROUPING_MOVES, GroupingState
from tests.factories import grouping as rosters
from tests.factories import members as make
from tests.factories import people

AT = datetime.datetime(2026, 11, 20, 10, tzinfo=datetime.UTC)
LATER = AT + datetime.timedelta(hours=1)
TODAY = datetime.date(2026, 11, 20)


@pytest.fixture
def small(cast):
    """60 members beside 王委员, six sectors, three special committees."""
    cast.units = rosters.units(cast.committee, 3)
    rosters.roster(cast.committee, 60, 6)
    return cast


def planned(cast, **fields):
    draft = rosters.draft(cast.committee, cast.units, **{"fewest": 2, "most": 4, **fields})
    return services.open_grouping(draft, bodies=cast.units, by=cast.li, at=AT)


def whole_sectors(grouping):
    """Sector → the committees its members are in."""
    found = {}
    for sector, body in grouping.seats.values_list("member__sector", "body"):
        found.setdefault(sector, set()).add(body)
    return found


# --- acceptance: generated rosters of real size --------------------------------------------------------------------


def test_baoding_597_members_of_28_sectors_go_into_9_committees_of_3_to_5_mixed_groups(cast):
    units = rosters.units(cast.committee)
    rosters.roster(cast.committee, 596, 28)  # with 王委员 597
    grouping = services.open_grouping(rosters.draft(cast.committee, units), bodies=units, by=cast.li, at=AT)
    told = grouping.report
    assert (told["total"], told["seated"], told["uncovered"]) == (597, 597, [])
    assert grouping.seats.count() == grouping.seats.values("member").distinct().count() == 597
    assert all(3 <= len(unit["groups"]) <= 5 for unit in told["units"])
    assert told["group_spread_inside"] <= 1
    assert told["group_spread"] <= 1
    assert told["party_within"]
    assert told["party_off"] <= 10
    assert all(len(bodies) == 1 for bodies in whole_sectors(grouping).values())
    assert told["seconds"] <= 8.5
    counted = Counter(grouping.seats.values_list("body", "group"))
    assert sorted(counted.values()) == sorted(g["size"] for unit in told["units"] for g in unit["groups"])


def test_panjin_1098_members_by_place_and_sector(cast):
    """Members of a county go with their county, the others with their sector; nobody is left out (row 50)."""
    units = rosters.units(cast.committee, 8)
    towns = [make.region(f"431024{n}000", f"第{n}镇", 4, cast.committee.region) for n in range(200, 210)]
    rosters.roster(cast.committee, 1097, 30, regions=[*towns, None])
    draft = rosters.draft(cast.committee, units, by_key=GroupingKey.REGION)
    grouping = services.open_grouping(draft, bodies=units, by=cast.li, at=AT)
    assert (grouping.report["seated"], grouping.report["uncovered"]) == (1098, [])
    assert grouping.report["group_spread_inside"] <= 1
    by_town = {}
    for town, body in grouping.seats.filter(member__region__isnull=False).values_list("member__region", "body"):
        by_town.setdefault(town, set()).add(body)
    assert len(by_town) == 10
    assert all(len(bodies) == 1 for bodies in by_town.values())


def test_free_planning_gives_committees_within_one_of_each_other(small):
    grouping = planned(small, by_key=GroupingKey.FREE)
    assert grouping.report["unit_spread"] <= 1
    assert grouping.report["group_spread_inside"] <= 1
    assert grouping.report["best_of_units"]


@pytest.mark.parametrize(("size", "sectors", "count"), [(597, 28, 9), (1098, 30, 8)])
def test_a_roster_that_was_imported_is_seated_whole(cast, size, sectors, count):
    """From the file that people send to every member in a group, 保定 and 盘锦 in size."""
    units = rosters.units(cast.committee, count)
    Member.objects.filter(pk=cast.wang_member.pk).update(until=datetime.date(2026, 1, 1))
    read = people.plan(cast, people.text(*rosters.file_rows(cast.committee, size, sectors)), "花名册.csv")
    assert len(load(read, by=cast.li, at=AT)) == size
    next_day = AT + datetime.timedelta(days=1)
    grouping = services.open_grouping(rosters.draft(cast.committee, units), bodies=units, by=cast.li, at=next_day)
    assert grouping.report["seated"] == grouping.report["total"] == size
    assert grouping.report["uncovered"] == []
    assert grouping.report["group_spread_inside"] <= 1
    assert grouping.report["party_within"]
    assert all(len(bodies) == 1 for bodies in whole_sectors(grouping).values())


# --- what is asked and what comes back -----------------------------------------------------------------------------


def test_the_same_question_has_the_same_answer(small):
    first, second = planned(small), planned(small)
    rows = ("member", "body", "group", "why")
    assert list(first.seats.values_list(*rows)) == list(second.seats.values_list(*rows))


def test_every_seat_says_why(small):
    grouping = planned(small)
    for seat in grouping.seats.select_related("member__sector", "body"):
        assert seat.why.startswith(f"{seat.member.sector}整体划入{seat.body}；第 {seat.group} 组")


def test_a_standing_intake_is_kept(small):
    sector = Body.objects.get(kind=BodyKind.SECTOR, name="第3界")
    Intake.objects.create(body=small.units[2], sector=sector, since=make.SINCE)
    grouping = planned(small)
    assert whole_sectors(grouping)[sector.pk] == {small.units[2].pk}
    assert "第3界归口农业农村委" in grouping.seats.filter(member__sector=sector).first().why


def test_who_is_taken_in_by_a_committee_outside_the_plan_is_named_with_the_reason(small):
    sector = Body.objects.get(kind=BodyKind.SECTOR, name="第3界")
    Intake.objects.create(body=small.units[2], sector=sector, since=make.SINCE)
    grouping = services.open_grouping(
        rosters.draft(small.committee, small.units), bodies=small.units[:2], by=small.li, at=AT
    )
    left = grouping.report["uncovered"]
    assert len(left) == Member.objects.filter(sector=sector).count() > 0
    assert {row["why"] for row in left} == {"第3界归口的专委会不在本方案之内"}
    fresh = planned(small, keeps_intakes=False)
    assert fresh.report["uncovered"] == []


def test_who_has_left_is_not_seated(small):
    gone = Member.objects.filter(sector__name="第3界").first()
    Member.objects.filter(pk=gone.pk).update(until=datetime.date(2026, 11, 1))
    assert not planned(small).seats.filter(member=gone).exists()


def test_one_large_sector_is_said_to_limit_the_evenness(small):
    big = Body.objects.get(kind=BodyKind.SECTOR, name="第1界")
    Member.objects.filter(committee=small.committee).exclude(sector__name__in=["第2界", "第3界"]).update(sector=big)
    told = planned(small).report
    assert told["unit_spread"] > 1
    assert told["seated"] == 61
    assert told["best_of_units"]


def test_parties_are_spread_evenly_over_the_groups(small):
    grouping = planned(small)
    for unit in grouping.report["units"]:
        assert max(g["party"] for g in unit["groups"]) - min(g["party"] for g in unit["groups"]) <= 1


@pytest.mark.parametrize("wrong", ["none", "sector", "other"])
def test_only_special_committees_of_ones_own_are_planned_for(small, wrong):
    bodies = {
        "none": [], "sector": [make.sector(small.committee)], "other": rosters.units(small.other_committee, 1),
    }[wrong]  # fmt: skip
    with pytest.raises(Incomplete):
        services.open_grouping(rosters.draft(small.committee, []), bodies=bodies, by=small.li, at=AT)
    assert not Grouping.objects.exists()


def test_more_groups_at_least_than_at_most_is_refused(small):
    with pytest.raises(Incomplete, match="“至多”不能小于“至少”"):
        planned(small, fewest=5, most=3)


def test_an_empty_register_is_refused_in_words(cast):
    units = rosters.units(cast.other_committee, 2)
    Member.objects.filter(committee=cast.other_committee).update(until=datetime.date(2026, 1, 1))
    with pytest.raises(Refusal, match="没有可以编入的委员"):
        services.open_grouping(rosters.draft(cast.other_committee, units), bodies=units, by=cast.zhao, at=AT)


# --- hand changes --------------------------------------------------------------------------------------------------


def test_a_hand_change_stays_through_every_new_planning(small):
    grouping = planned(small)
    seat = grouping.seats.select_related("member", "body").first()
    other = 1 if seat.group != 1 else 2
    services.move(grouping, seat.member, body=seat.body, group=other, reason="担任召集人", by=small.li, at=LATER)
    services.replan(grouping, by=small.li, at=LATER + datetime.timedelta(hours=1))
    kept = grouping.seats.get(member=seat.member)
    assert (kept.body, kept.group, kept.is_fixed, kept.why) == (seat.body, other, True, "手工指定：担任召集人")
    assert grouping.report["group_spread_inside"] <= 1
    assert AuditEntry.objects.filter(verb="grouping.move").get().data["reason"] == "担任召集人"


def test_a_sector_is_not_split_but_moves_as_a_whole(small):
    grouping = planned(small)
    seat = grouping.seats.select_related("member__sector", "body").first()
    elsewhere = next(unit for unit in small.units if unit != seat.body)
    wish = {"body": elsewhere, "group": 1, "reason": "主席会议意见", "by": small.li, "at": LATER}
    with pytest.raises(Incomplete, match=r"不能单独从.*调到.*整个界别一起调整"):
        services.move(grouping, seat.member, **wish)
    services.move(grouping, seat.member, **wish, whole=True)
    assert whole_sectors(grouping)[seat.member.sector_id] == {elsewhere.pk}


def test_two_wishes_for_one_sector_are_told_apart_in_words(small):
    grouping = planned(small)
    first, second = grouping.seats.filter(member__sector__name="第1界").select_related("member__user", "body")[:2]
    services.move(grouping, first.member, body=first.body, group=1, reason="甲", by=small.li, at=LATER)
    elsewhere = next(unit for unit in small.units if unit != first.body)
    wish = {"body": elsewhere, "group": 1, "reason": "乙", "whole": True, "by": small.li, "at": LATER}
    before = list(grouping.seats.values_list("member", "body", "group"))
    with pytest.raises(Refusal, match=r"第1界整体划入一个专委会，但委员.*、委员"):
        services.move(grouping, second.member, **wish)
    assert list(grouping.seats.values_list("member", "body", "group")) == before


def test_a_wish_against_a_standing_intake_is_refused(small):
    sector = Body.objects.get(kind=BodyKind.SECTOR, name="第3界")
    Intake.objects.create(body=small.units[2], sector=sector, since=make.SINCE)
    grouping = planned(small)
    member = Member.objects.filter(sector=sector).first()
    with pytest.raises(Refusal, match="第3界现归口农业农村委"):
        services.move(
            grouping, member, body=small.units[0], group=1, reason="试", whole=True, by=small.li, at=LATER
        )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("reason", "  ", "写明调整的理由"), ("group", 5, "至多 4 个组"), ("group", 0, "至多 4 个组")],
)
def test_a_hand_change_that_cannot_be_is_refused_in_words(small, field, value, words):
    grouping = planned(small)
    seat = grouping.seats.select_related("member", "body").first()
    wish = {"body": seat.body, "group": 1, "reason": "理由", field: value}
    with pytest.raises(Incomplete, match=words) as refused:
        services.move(grouping, seat.member, **wish, by=small.li, at=LATER)
    assert field in refused.value.fields


def test_in_a_free_plan_one_member_moves_alone_and_the_others_make_room(small):
    grouping = planned(small, by_key=GroupingKey.FREE)
    seat = grouping.seats.select_related("member", "body").first()
    elsewhere = next(unit for unit in small.units if unit != seat.body)
    services.move(grouping, seat.member, body=elsewhere, group=1, reason="专长对口", by=small.li, at=LATER)
    assert grouping.seats.get(member=seat.member).body == elsewhere
    services.replan(grouping, by=small.li, at=LATER)
    assert grouping.seats.get(member=seat.member).body == elsewhere
    assert grouping.report["unit_spread"] <= 1


def test_a_released_seat_is_planned_again(small):
    grouping = planned(small)
    seat = grouping.seats.select_related("member", "body").first()
    services.move(grouping, seat.member, body=seat.body, group=1, reason="试", by=small.li, at=LATER)
    services.release(grouping, seat.member, by=small.li, at=LATER)
    services.replan(grouping, by=small.li, at=LATER)
    assert not grouping.seats.filter(is_fixed=True).exists()
    with pytest.raises(WrongState, match="没有手工指定"):
        services.release(grouping, seat.member, by=small.li, at=LATER)


def test_the_slower_of_two_planners_is_told(small):
    grouping = planned(small)
    stale = Grouping.objects.get(pk=grouping.pk)
    services.replan(grouping, by=small.li, at=LATER)
    with pytest.raises(WrongState, match="已由他人修改"):
        services.replan(stale, by=small.li, at=LATER + datetime.timedelta(minutes=1))


def test_a_plan_that_was_changed_meanwhile_is_not_applied(small):
    grouping = planned(small)
    stale = Grouping.objects.get(pk=grouping.pk)
    services.replan(grouping, by=small.li, at=LATER)
    with pytest.raises(WrongState, match="已由他人修改"):
        services.apply(stale, by=small.li, at=LATER + datetime.timedelta(minutes=1))
    assert not Body.objects.filter(kind=BodyKind.ACTIVITY_GROUP).exists()


# --- into force ----------------------------------------------------------------------------------------------------


def test_applying_makes_groups_posts_and_intakes_and_tells_everybody(small, django_assert_max_num_queries):
    grouping = planned(small)
    with django_assert_max_num_queries(40):
        services.apply(grouping, by=small.li, at=LATER)
    groups = Body.objects.filter(kind=BodyKind.ACTIVITY_GROUP)
    assert groups.count() == sum(len(unit["groups"]) for unit in grouping.report["units"])
    assert groups.filter(parent=small.units[2], name="农业农村委第一活动小组").exists()
    for seat in grouping.seats.all():
        held = Membership.objects.in_force(TODAY).filter(member=seat.member, post=Post.MEMBER)
        assert set(held.values_list("body__kind", "body__position")) == {
            (BodyKind.SPECIAL_COMMITTEE, Body.objects.get(pk=seat.body_id).position),
            (BodyKind.ACTIVITY_GROUP, seat.group),
        }
    taken = Intake.objects.in_force(TODAY)
    assert {(row.sector_id, row.body_id) for row in taken} == {
        (sector, body) for sector, (body,) in whole_sectors(grouping).items()
    }
    seat = grouping.seats.get(member=small.wang_member)
    notice = Notice.objects.get(recipient=small.wang, kind="grouping")
    assert notice.title == f"您编入{seat.body}（第 {seat.group} 组）"
    assert Notice.objects.filter(kind="grouping").count() == 61
    assert AuditEntry.objects.get(verb="grouping.apply").data["seated"] == 61


def test_applying_again_closes_what_was_before_and_keeps_who_stays(small):
    director = grouping_director = make.member(make.user("director", "委主任"), small.committee)
    Membership.objects.create(body=small.units[0], member=director, post=Post.DIRECTOR, since=make.SINCE)
    services.apply(planned(small), by=small.li, at=AT)
    grouping = planned(small, by_key=GroupingKey.FREE, keeps_intakes=False)
    next_day = AT + datetime.timedelta(days=1)
    services.apply(grouping, by=small.li, at=next_day)
    on = TODAY + datetime.timedelta(days=1)
    posts = Membership.objects.in_force(on).filter(post=Post.MEMBER)
    assert Counter(posts.values_list("member")).most_common(1)[0][1] == 2
    for member, body, number in grouping.seats.values_list("member", "body", "group"):
        assert Membership.objects.in_force(on).filter(member=member, body=body).count() == 1
        assert posts.filter(member=member, body__parent=body, body__position=number).exists()
    assert Membership.objects.in_force(on).filter(member=grouping_director, post=Post.DIRECTOR).exists()
    assert Membership.objects.filter(until=TODAY).exists()


def test_who_joined_after_the_planning_stops_it_in_words(small):
    grouping = planned(small)
    make.member(make.user("late", "新委员"), small.committee)
    with pytest.raises(Refusal, match="新任 1 人，离任 0 人"):
        services.apply(grouping, by=small.li, at=LATER)
    grouping.refresh_from_db()
    assert grouping.state == GroupingState.DRAFT
    assert not Membership.objects.exists()


VERBS = {
    "replan": lambda row, by: services.replan(row, by=by, at=LATER),
    "move": lambda row, by: services.move(
        row, row.seats.first().member, body=row.seats.first().body, group=1, reason="试", by=by, at=LATER
    ),
    "release": lambda row, by: services.release(row, row.seats.first().member, by=by, at=LATER),
    "apply": lambda row, by: services.apply(row, by=by, at=LATER),
    "discard": lambda row, by: services.discard(row, by=by, at=LATER),
}


@pytest.mark.parametrize(("verb", "state"), list(product(VERBS, GroupingState.values)))
def test_every_verb_in_every_state(small, verb, state):
    grouping = planned(small)
    grouping.seats.filter(pk=grouping.seats.first().pk).update(is_fixed=True)
    Grouping.objects.filter(pk=grouping.pk).update(state=state)
    grouping.refresh_from_db()
    if state == GroupingState.DRAFT:
        VERBS[verb](grouping, small.li)
        move = GROUPING_MOVES.get(verb)
        assert Grouping.objects.get(pk=grouping.pk).state == (move.target if move else state)
    else:
        with pytest.raises(WrongState):
            VERBS[verb](grouping, small.li)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("who", ["wang", "zhou", "sun", "zhao"])
def test_only_who_manages_people_plans(small, verb, who):
    grouping = planned(small)
    with pytest.raises(PermissionDenied):
        VERBS[verb](grouping, getattr(small, who))


def test_nobody_else_sees_a_plan(small):
    planned(small)
    assert Grouping.objects.visible_to(small.li).count() == 1
    for who in (small.wang, small.zhou, small.sun, small.zhao, small.qian):
        assert not Grouping.objects.visible_to(who).exists()


def test_party_members_are_those_of_the_communist_party(small):
    grouping = planned(small)
    party = Member.objects.filter(committee=small.committee, party=Party.CPC).count()
    assert sum(unit["party"] for unit in grouping.report["units"]) == party
