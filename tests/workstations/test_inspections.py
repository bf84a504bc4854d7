"""Inspections: begun, answered with photos, finished for good; who is told and reminded."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from config.milestones import clock
from config.milestones.models import Milestone
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from config.uploads import store
from config.uploads.checks import clean_image
from tests.factories import standards as make
from tests.factories import workstations as places
from tests.factories.standards import AT, DAY
from workstations.models import Finding, Inspection, InspectionKind
from workstations.presets import standards as presets
from workstations.queries import inspections as queries
from workstations.services import inspections as services
from workstations.services import standards
from workstations.services import stations as station_services
from workstations.states import InspectionState


@pytest.fixture
def scene(cast):
    presets.load()
    cast.station = places.station(cast.committee)
    cast.ma = make.keeper(cast.station)
    cast.eight = make.standard(cast.committee)
    cast.three = make.plain(cast.committee, "甲", "乙", "丙")
    return cast


def item(inspection, name):
    return inspection.findings.select_related("inspection__station__committee").get(name=name)


def notices(user):
    return [(notice.title, notice.body) for notice in Notice.objects.filter(recipient=user).order_by("pk")]


# --- beginning ---------------------------------------------------------------------------------------------------


def test_the_items_are_copied_and_one_begun_is_gone_on_with(scene):
    first = make.begun(scene.station, scene.eight, by=scene.li)
    assert [finding.name for finding in first.findings.all()][:2] == ["有标牌", "有场所"]
    assert make.begun(scene.station, scene.eight, by=scene.li) == first
    assert make.begun(scene.station, scene.eight, InspectionKind.SELF, by=scene.ma) != first


@pytest.mark.parametrize(
    ("who", "kind", "may"),
    [
        ("li", "office", True),
        ("li", "self", False),
        ("ma", "self", True),
        ("ma", "office", False),
        ("wang", "self", False),
        ("zhao", "office", False),
        ("zhou", "office", False),
    ],
)
def test_the_office_inspects_and_the_keeper_checks_the_own_station(scene, who, kind, may):
    person = getattr(scene, who)
    if may:
        assert make.begun(scene.station, scene.eight, kind, by=person).kind == kind
    else:
        with pytest.raises(PermissionDenied):
            make.begun(scene.station, scene.eight, kind, by=person)


def test_no_beginning_with_another_committee_s_standard_an_unused_one_or_a_closed_station(scene):
    foreign = make.standard(scene.other_committee)
    with pytest.raises(Incomplete, match="同一个政协"):
        make.begun(scene.station, foreign)
    scene.eight.is_active = False
    standards.edit(scene.eight, list(scene.eight.items.all()), by=scene.li, at=AT)
    with pytest.raises(WrongState, match="停用"):
        make.begun(scene.station, scene.eight)
    station_services.close_station(scene.station, reason="合并", by=scene.li, at=AT)
    scene.station.refresh_from_db()
    with pytest.raises(WrongState, match="已关闭"):
        make.begun(scene.station, scene.three)


# --- answering ---------------------------------------------------------------------------------------------------


def photo(**given):
    return clean_image(make.photo(**given))


def test_an_item_that_needs_a_photo_is_not_there_without_one(scene):
    """Evidence comes with the claim (row 154)."""
    one = item(make.begun(scene.station, scene.eight), "有标牌")
    with pytest.raises(Incomplete, match="须附照片"):
        services.answer(one, passed=True, by=None, at=AT)
    assert Finding.objects.get(pk=one.pk).passed is None
    services.answer(one, passed=True, photos=[photo()], by=None, at=AT)
    assert Finding.objects.get(pk=one.pk).passed is True
    with pytest.raises(Incomplete, match="须附照片"):
        services.answer(one, passed=True, removed=list(store.of(one)), by=None, at=AT)
    assert store.of(one).count() == 1


def test_a_photo_sent_twice_is_kept_once(scene):
    """A bad net repeats what had arrived."""
    one = item(make.begun(scene.station, scene.eight), "有标牌")
    for _ in range(2):
        services.answer(one, passed=True, photos=[photo(), photo()], by=None, at=AT)
    services.answer(one, passed=True, photos=[photo(colour="red")], by=None, at=AT)
    assert store.of(one).count() == 2


def test_a_photo_too_many_a_phone_number_and_long_words_are_refused(scene):
    one = item(make.begun(scene.station, scene.three), "甲")
    shots = [photo(colour=(25 * n, 0, 0)) for n in range(10)]
    with pytest.raises(Incomplete, match="最多 9 张"):
        services.answer(one, passed=True, photos=shots, by=None, at=AT)
    with pytest.raises(Incomplete, match="电话"):
        services.answer(one, passed=True, words="找老李 13812345678", by=None, at=AT)
    with pytest.raises(Incomplete):
        services.answer(one, passed=True, words="长" * 201, by=None, at=AT)
    assert not store.of(one).exists()


# --- every state and every verb ----------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [InspectionState.DONE, InspectionState.DROPPED])
@pytest.mark.parametrize("verb", ["answer", "finish", "drop"])
def test_what_is_finished_or_dropped_changes_no_more(scene, state, verb):
    row = make.answered(make.begun(scene.station, scene.three))
    if state == InspectionState.DONE:
        services.finish(row, by=None, at=AT)
    else:
        services.drop(row, by=None, at=AT)
    thing = item(row, "甲") if verb == "answer" else Inspection.objects.get(pk=row.pk)
    given = {"passed": False} if verb == "answer" else {}
    with pytest.raises(WrongState):
        getattr(services, verb)(thing, **given, by=None, at=AT)
    assert Inspection.objects.get(pk=row.pk).state == state
    assert item(row, "甲").passed is True


def test_who_comes_second_is_told(scene):
    row = make.answered(make.begun(scene.station, scene.three))
    late = Inspection.objects.get(pk=row.pk)
    services.finish(row, by=scene.li, at=AT)
    with pytest.raises(WrongState, match="已完成"):
        services.finish(late, by=scene.li, at=AT)
    assert Notice.objects.filter(kind="inspection.done", recipient=scene.ma).count() == 1


def test_it_is_not_finished_before_every_item_is_answered(scene):
    row = make.begun(scene.station, scene.three)
    services.answer(item(row, "甲"), passed=True, by=None, at=AT)
    with pytest.raises(Incomplete, match=r"还有 2 项.*乙、丙"):
        services.finish(row, by=None, at=AT)


@pytest.mark.parametrize("stars", [0, 6, -1])
def test_stars_are_one_to_five(scene, stars):
    row = make.answered(make.begun(scene.station, scene.three))
    with pytest.raises(Incomplete, match="一到五星"):
        services.finish(row, stars=stars, by=scene.li, at=AT)


@pytest.mark.parametrize("given", [{"stars": 5}, {"words": "补齐"}])
def test_stars_and_demands_are_the_office_s(scene, given):
    row = make.answered(make.begun(scene.station, scene.three, InspectionKind.SELF, by=scene.ma))
    with pytest.raises(Incomplete, match="政协办"):
        services.finish(row, **given, by=scene.ma, at=AT)


# --- telling and reminding ---------------------------------------------------------------------------------------


def test_the_keeper_hears_what_the_office_found_missing(scene):
    make.done(scene.station, scene.eight, "有经费", "有记录", by=scene.li, stars=3, words="月底前补齐。")
    ((title, body),) = notices(scene.ma)
    assert title == "珠泉镇委员工作室检查完成"
    assert body == "八有 6/8。还缺：有记录、有经费。请在 12 月 20 日前补齐并自查。整改要求：月底前补齐。"
    assert notices(scene.li) == []


def test_the_office_hears_of_a_self_check(scene):
    make.done(scene.station, scene.three, kind=InspectionKind.SELF, by=scene.ma)
    assert notices(scene.li) == [("珠泉镇委员工作室自查完成", "三有 3/3。")]
    assert notices(scene.ma) == []


def test_what_is_missing_is_asked_for_again_first_the_keeper_then_the_office(scene):
    make.done(scene.station, scene.three, "甲", by=scene.li)
    Notice.objects.all().delete()
    clock.sweep(AT + 24 * DAY)
    ((title, body),) = notices(scene.ma)
    assert title == "还有 6 天：珠泉镇委员工作室按“三有”补齐后自查"
    assert "还缺：甲" in body
    clock.sweep(AT + 30 * DAY)
    assert notices(scene.li) == []
    clock.sweep(AT + 33 * DAY)
    clock.sweep(AT + 34 * DAY)
    assert [title.split("：")[0] for title, _ in notices(scene.ma)] == ["还有 6 天", "今天到期", "已过期 3 天"]
    assert [title.split("：")[0] for title, _ in notices(scene.li)] == ["已过期 3 天"]


def test_a_new_inspection_ends_the_reminders_of_the_last(scene):
    make.done(scene.station, scene.three, "甲", by=scene.li)
    make.done(scene.station, scene.three, kind=InspectionKind.SELF, by=scene.ma, at=AT + 10 * DAY)
    Notice.objects.all().delete()
    clock.sweep(AT + 60 * DAY)
    assert not Notice.objects.filter(kind="inspection.recheck").exists()


def test_nothing_is_planned_where_nothing_is_missing(scene):
    make.done(scene.station, scene.three, by=scene.li)
    assert not Milestone.objects.filter(kind=services.RECHECK).exists()


def test_how_long_there_is_to_mend_is_the_committee_s_parameter(scene):
    from members.models import Parameter

    Parameter.objects.create(committee=scene.committee, code="inspection.recheck_days", value="10")
    row = make.done(scene.station, scene.three, "甲", by=scene.li)
    row = Inspection.objects.get(pk=row.pk)
    assert queries.mend_by(row) == row.on + timedelta(days=10)


def test_a_closed_station_is_reminded_of_nothing(scene):
    make.done(scene.station, scene.three, "甲", by=scene.li)
    station_services.close_station(scene.station, reason="合并", by=scene.li, at=AT)
    clock.sweep(AT + 60 * DAY)
    assert not Notice.objects.filter(kind="inspection.recheck").exists()


def test_where_nobody_keeps_the_station_the_office_is_reminded_at_once(scene):
    alone = places.station(scene.committee, "无人站")
    make.done(alone, scene.three, "甲", by=scene.li)
    clock.sweep(AT + 24 * DAY)
    assert Notice.objects.filter(kind="inspection.recheck", recipient=scene.li).count() == 1


# --- what counts -------------------------------------------------------------------------------------------------


def test_the_latest_result_counts_in_whatever_version_and_way(scene):
    make.done(scene.station, scene.three, "甲", "乙", by=scene.li, stars=2)
    make.done(scene.station, scene.three, "甲", kind=InspectionKind.SELF, by=scene.ma, at=AT + DAY)
    make.done(scene.station, scene.eight, by=scene.li)
    results = {result.inspection.standard.name: result for result in queries.results_of(scene.station)}
    assert results["三有"].words == "三有 2/3，还缺：甲"
    assert results["三有"].stars == "★★☆☆☆"
    assert results["八有"].words == "八有 8/8"


def test_stations_with_most_missing_come_first_then_those_never_looked_at(scene, django_assert_num_queries):
    good, never = places.station(scene.committee, "好站"), places.station(scene.committee, "新站")
    one = places.station(scene.committee, "缺一站")
    make.done(scene.station, scene.eight, "有经费", "有记录")
    make.done(good, scene.eight)
    make.done(one, scene.eight, "有经费")
    with django_assert_num_queries(4):
        standing = queries.standing(scene.eight)
    assert [row.station for row in standing.rows] == [scene.station, one, never, good]
    assert (standing.complete, standing.looked_at, standing.never) == (1, 3, 1)
    tiles = {tile["label"]: tile["value"] for tile in standing.tiles}
    assert (tiles["有经费"], tiles["有记录"], tiles["有标牌"]) == ("1/3", "2/3", "3/3")
    assert next(iter(tiles)) == "有标牌"


def test_a_standard_for_one_kind_asks_only_that_kind(scene):
    six = make.standard(scene.committee, "six-haves")
    room = places.station(scene.committee, "议事室", kind="deliberation_room")
    assert [row.station for row in queries.standing(six).rows] == [room]


def test_promotion_meetings_and_trainings_are_counted_with_who_came(scene):
    """Row 177: 推进会 4 次，培训 4 期 516 人次."""
    from tests.factories import activities

    activities.held(scene, kind="training", there=[scene.wang_member])
    activities.held(scene, kind="training", title="第二期", there=[scene.wang_member])
    activities.held(scene, kind="promotion", title="推进会")
    activities.published(scene, kind="promotion", title="还没开的推进会")
    found = queries.meetings(scene.committee, 2026)
    assert [(row.kind, row.held, row.people) for row in found] == [("推进会", 1, 0), ("培训", 2, 2)]
