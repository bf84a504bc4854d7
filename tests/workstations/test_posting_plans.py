"""派驻方案: worked out, changed by hand, worked out anew around it, enacted, handed down (rows 36, 135)."""

import datetime

import pytest

from config.audit import log
from config.milestones import clock
from config.notices.models import Notice
from config.refusals import Incomplete, Refusal, WrongState
from members.models import Region, RegionLevel
from tests.factories import postings as rows
from tests.factories.postings import AT
from workstations import posting, tasks
from workstations.models import PlanTarget, PostingPlan, SeatReach
from workstations.queries import grid_coverage
from workstations.services import posting_enact, posting_seats
from workstations.services import posting_plans as services
from workstations.states import PostingPlanState

LATER = AT + datetime.timedelta(minutes=2)


@pytest.fixture
def county(cast):
    return rows.furnish(cast)


# --- worked out ----------------------------------------------------------------------------------------------------


def test_a_plan_covers_every_grid_and_every_village_without_grids(county):
    plan = rows.ready(county)
    assert plan.state == PostingPlanState.READY
    assert (plan.report["targets"], plan.report["covered"], plan.seats.count()) == (9, 9, 9)
    assert plan.report["members"] == plan.report["seated"] == 5
    codes = set(plan.seats.values_list("region", flat=True))
    assert {"431024102201001", "431024103201001", "431024102202"} <= codes
    assert "431024102201" not in codes
    (told,) = plan.report["counties"]
    assert (told["least"], told["most"]) == (1, 2)
    assert plan.report["names"][told["code"]] == "嘉禾县"


def test_a_plan_and_the_coverage_count_the_same_places(cast, county):
    Region.objects.filter(pk="431024103201001").update(valid_to=datetime.date(2026, 1, 1))
    whole = grid_coverage.matrix(cast.committee, cast.committee.region, AT.date()).whole
    assert rows.ready(county).report["targets"] == whole.targets == 9


def test_a_plan_to_villages_leaves_the_grids_aside(county):
    plan = rows.ready(county, target=PlanTarget.VILLAGE)
    assert set(plan.seats.values_list("region__level", flat=True)) == {RegionLevel.VILLAGE}
    assert plan.report["covered"] == 8


def test_every_seat_says_why_and_how_far(county):
    plan = rows.ready(county)
    seats = {seat.region_id: seat for seat in plan.seats.all()}
    assert seats["431024103201001"].why == "专长 教育 对口 学校网格"
    assert seats["431024102202"].why == "本村居住"
    assert seats["431024102202"].reach == SeatReach.VILLAGE
    assert all(seat.why for seat in seats.values())
    assert plan.report["homeless_count"] == 2  # 王委员 and the one without a home


def test_those_who_left_and_those_of_the_next_county_have_no_part(county):
    gone = county.people[0]
    gone.until = AT.date() - datetime.timedelta(days=1)
    gone.save()
    plan = rows.ready(county)
    members = set(plan.seats.values_list("member", flat=True))
    assert gone.pk not in members
    assert county.qian_member.pk not in members


def test_divisions_that_were_retired_are_no_targets(county):
    Region.objects.filter(pk="431024103203").update(valid_to=AT.date())
    plan = rows.ready(county)
    assert plan.report["targets"] == 8


def test_a_county_without_villages_says_that_there_is_nothing_to_serve(county):
    Region.objects.filter(level__gte=RegionLevel.VILLAGE).update(valid_to=AT.date())
    plan = rows.ready(county)
    assert (plan.state, plan.report["seats"], plan.report["idle_count"]) == (PostingPlanState.READY, 0, 5)
    with pytest.raises(Refusal, match="没有派驻"):
        posting_enact.enact(plan, by=county.li, at=LATER)
    plan.refresh_from_db()
    assert plan.state == PostingPlanState.READY


def test_a_name_is_needed_in_words(county):
    with pytest.raises(Incomplete) as refused:
        rows.opened(county, name="")
    assert "name" in refused.value.fields


# --- runs ----------------------------------------------------------------------------------------------------------


def test_a_large_plan_is_left_to_the_worker_who_tells_when_it_is_done(county, monkeypatch):
    monkeypatch.setattr(services, "AT_ONCE", 3)
    plan = rows.opened(county)
    services.begin(plan, by=county.li, at=AT)
    assert plan.state == PostingPlanState.RUNNING
    tasks.work_out_postings()
    tasks.work_out_postings()  # a message that comes twice
    plan.refresh_from_db()
    assert (plan.state, plan.seats.count()) == (PostingPlanState.READY, 9)
    assert Notice.objects.filter(recipient=county.li, kind="posting-plan").count() == 1
    assert log.history(plan).filter(verb="postingplan.finish").count() == 1


def test_a_run_is_taken_up_by_one_worker_only(county, monkeypatch):
    monkeypatch.setattr(services, "AT_ONCE", 3)
    plan = rows.opened(county)
    services.begin(plan, by=county.li, at=AT)
    second = PostingPlan.objects.get(pk=plan.pk)
    planned = posting.plan

    def meanwhile(*args, **kwargs):
        assert not services.work_out(second, run=1, at=AT)
        return planned(*args, **kwargs)

    monkeypatch.setattr(posting, "plan", meanwhile)
    assert services.work_out_waiting(AT) == 1


def test_a_worker_that_is_away_does_not_lose_the_run(county, monkeypatch):
    monkeypatch.setattr(services, "AT_ONCE", 3)
    plan = rows.opened(county)
    services.begin(plan, by=county.li, at=AT)
    clock.sweep(AT + services.PATIENCE + datetime.timedelta(seconds=1))
    plan.refresh_from_db()
    assert (plan.state, plan.problem) == (PostingPlanState.FAILED, services.LOST)
    assert Notice.objects.get(recipient=county.li, kind="posting-plan").body == services.LOST
    services.begin(plan, by=county.li, at=LATER)
    assert plan.state == PostingPlanState.RUNNING


def test_the_watch_leaves_a_plan_alone_that_is_done_or_runs_anew(county):
    plan = rows.ready(county)
    services.start(plan, by=county.li, at=AT + services.PATIENCE)
    clock.sweep(AT + services.PATIENCE + datetime.timedelta(seconds=1))
    plan.refresh_from_db()
    assert (plan.state, plan.runs) == (PostingPlanState.RUNNING, 2)


def test_an_answer_that_comes_after_its_time_changes_nothing(county):
    plan = rows.opened(county)
    services.start(plan, by=county.li, at=AT)
    late = PostingPlan.objects.get(pk=plan.pk)
    services.fail(plan, run=1, words=services.LOST, at=LATER)
    services.start(plan, by=county.li, at=LATER)
    assert not services.work_out(late, run=1, at=LATER)
    plan.refresh_from_db()
    assert (plan.state, plan.runs, plan.seats.count()) == (PostingPlanState.RUNNING, 2, 0)
    assert not services.fail(plan, run=1, words=services.LOST, at=LATER)


def test_a_fault_of_the_planner_is_said_and_keeps_the_hands(county, monkeypatch):
    plan = rows.ready(county)
    seat = plan.seats.first()
    posting_seats.move(seat, county.people[3], by=county.li, at=LATER)

    def broken(*args, **kwargs):
        raise posting.Unsolved("no answer in time")

    monkeypatch.setattr(posting, "plan", broken)
    services.begin(plan, by=county.li, at=LATER)
    plan.refresh_from_db()
    assert (plan.state, plan.problem) == (PostingPlanState.FAILED, services.BROKEN)
    assert plan.seats.filter(by_hand=True).count() == 1


def test_the_page_that_waits_hears_how_far_it_is(county, monkeypatch):
    plan = rows.opened(county)
    services.start(plan, by=county.li, at=AT)
    monkeypatch.setattr(services.time, "monotonic", iter(range(0, 100, 5)).__next__)
    services._teller(plan, 1)(3, 18)
    plan.refresh_from_db()
    assert plan.report["progress"] == [3, 18]


# --- hands ---------------------------------------------------------------------------------------------------------


def test_a_hand_change_stays_when_the_plan_is_worked_out_anew(county):
    plan = rows.ready(county)
    seat = plan.seats.exclude(member=county.people[0]).first()
    posting_seats.move(seat, county.people[0], reason="包片领导", by=county.li, at=LATER)
    services.begin(plan, by=county.li, at=LATER)
    kept = plan.seats.get(region=seat.region)
    assert (kept.member, kept.why, kept.by_hand) == (county.people[0], "手工指定：包片领导", True)
    assert (plan.report["by_hand"], plan.report["covered"]) == (1, 9)


def test_the_figures_follow_a_change_at_once(county):
    plan = rows.ready(county)
    before = dict(plan.report)
    seat = plan.seats.get(region="431024102202")
    posting_seats.move(seat, county.people[3], by=county.li, at=LATER)
    plan.refresh_from_db()
    assert plan.report["by_hand"] == 1
    assert plan.report["reach"]["1"] == before["reach"]["1"] - 1
    assert plan.report["targets"] == before["targets"]


def test_a_seat_is_added_at_a_target_nobody_serves(county):
    plan = rows.ready(county)
    plan.seats.filter(region="431024103203").delete()
    plan.report["uncovered"] = [{"code": "431024103203", "why": "无人可派"}]
    plan.save()
    village = Region.objects.get(pk="431024103203")
    posting_seats.add(plan, county.people[0], village, by=county.li, at=LATER)
    plan.refresh_from_db()
    assert (plan.report["uncovered"], plan.report["covered"]) == ([], 9)
    assert plan.seats.get(region=village).why == "手工指定"
    with pytest.raises(Incomplete, match="已经派驻到"):
        posting_seats.add(plan, county.people[0], village, by=county.li, at=LATER)


def test_a_released_seat_is_planned_anew(county):
    plan = rows.ready(county)
    seat = plan.seats.get(region="431024102202")
    posting_seats.move(seat, county.people[3], by=county.li, at=LATER)
    posting_seats.release(seat, by=county.li, at=LATER)
    with pytest.raises(WrongState, match="不是手工指定"):
        posting_seats.release(seat, by=county.li, at=LATER)
    services.begin(plan, by=county.li, at=LATER)
    assert plan.seats.get(region="431024102202").member == county.people[1]
    assert plan.report["by_hand"] == 0


def test_hands_are_refused_in_words(county):
    plan = rows.ready(county)
    seat = plan.seats.first()
    with pytest.raises(Incomplete, match="不能列入这个方案"):
        posting_seats.move(seat, county.qian_member, by=county.li, at=LATER)
    with pytest.raises(Incomplete, match="不在本方案的派驻范围内"):
        posting_seats.add(plan, county.people[0], Region.objects.get(pk="431023100001"), by=county.li, at=LATER)
    with pytest.raises(Incomplete, match="不在本方案的派驻范围内"):  # this village has grids
        posting_seats.add(plan, county.people[0], Region.objects.get(pk="431024102201"), by=county.li, at=LATER)
    with pytest.raises(Incomplete, match="已经派驻到"):
        posting_seats.add(plan, seat.member, seat.region, by=county.li, at=LATER)
    other = plan.seats.exclude(member=seat.member).first()
    posting_seats.add(plan, seat.member, other.region, by=county.li, at=LATER)
    with pytest.raises(Incomplete, match="已经派驻到"):
        posting_seats.move(other, seat.member, by=county.li, at=LATER)


def test_of_two_who_move_one_seat_the_second_is_told(county):
    plan = rows.ready(county)
    seat = plan.seats.select_related("member").first()
    seen = plan.seats.select_related("member").get(pk=seat.pk)
    others = [person for person in county.people if person.pk != seat.member_id]
    posting_seats.move(seat, others[0], by=county.li, at=LATER)
    with pytest.raises(WrongState, match="已由他人调整"):
        posting_seats.move(seen, others[1], by=county.li, at=LATER)


def test_a_hand_set_seat_of_somebody_who_left_is_dropped_by_name(county):
    plan = rows.ready(county)
    seat = plan.seats.exclude(member=county.people[0]).first()
    posting_seats.move(seat, county.people[0], by=county.li, at=LATER)
    county.people[0].until = AT.date() - datetime.timedelta(days=1)
    county.people[0].save()
    with pytest.raises(Refusal, match="不再在任"):
        posting_enact.enact(plan, by=county.li, at=LATER)
    plan.refresh_from_db()
    services.begin(plan, by=county.li, at=LATER)
    assert len(plan.report["dropped"]) == 1
    assert str(county.people[0]) in plan.report["dropped"][0]
    assert plan.report["covered"] == 9
