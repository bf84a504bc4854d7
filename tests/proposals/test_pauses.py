"""中止: the clock stands still with a reason; the due date moves by as many days; nobody is reminded meanwhile."""

import datetime
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from config.audit import log
from config.milestones import clock
from config.milestones.models import Milestone, MilestoneState
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from proposals import services as matters
from proposals.models import Assignment, Pause, Round
from proposals.queries.ladder import ladder
from proposals.services import pauses as services
from proposals.services.assignments import reopen
from proposals.services.extensions import latest_possible
from proposals.states import AssignmentRole, AssignmentState, ProposalState
from tests.factories import formal
from tests.factories import handing as make
from tests.factories import proposals as micros
from tests.factories.proposals import AT
from tests.proposals.test_returns import OPEN, put

TEN = AT + timedelta(days=10)


@pytest.fixture
def given(cast):
    micros.ladders()
    return formal.handed(cast, formal.proposal(cast, ProposalState.FILED))


def pause(cast, given, at=AT, by=None, reason="等待上级规划批复"):
    return services.pause(given, reason=reason, by=by or cast.sun, at=at)


@pytest.mark.parametrize("who", ["wang", "li", "zhang", "chen", "sun", "zhou", "zhao", "qian"])
def test_only_the_supervisors_pause_and_resume(cast, given, who):
    by = getattr(cast, who)
    if who in ("li", "sun"):
        pause(cast, given, by=by)
        services.resume(given, by=by, at=TEN)
    else:
        with pytest.raises(PermissionDenied):
            pause(cast, given, by=by)
        pause(cast, given)
        with pytest.raises(PermissionDenied):
            services.resume(given, by=by, at=TEN)


@pytest.mark.parametrize("state", AssignmentState)
def test_only_what_is_still_owed_is_paused(cast, given, state):
    put(given, state)
    if state in OPEN:
        pause(cast, given)
        assert Assignment.objects.get().paused_on == AT.date()
    else:
        with pytest.raises(WrongState):
            pause(cast, given)
        assert not Pause.objects.exists()


@pytest.mark.parametrize("state", AssignmentState)
def test_resuming_moves_the_date_of_what_is_still_owed_only(cast, given, state):
    pause(cast, given)
    put(given, state)
    services.resume(given, by=cast.sun, at=TEN)
    given.refresh_from_db()
    moved = timedelta(days=10) if state in OPEN else timedelta()
    assert (given.due_on, given.paused_on) == (datetime.date(2026, 12, 11) + moved, None)
    assert Pause.objects.get().until == TEN.date()


def test_a_reason_is_needed_and_it_is_paused_once(cast, given):
    with pytest.raises(Incomplete):
        pause(cast, given, reason=" ")
    stale = Assignment.objects.get()
    pause(cast, given)
    with pytest.raises(WrongState, match="已经中止"):
        pause(cast, stale)
    services.resume(given, by=cast.sun, at=TEN)
    with pytest.raises(WrongState, match="没有中止"):
        services.resume(given, by=cast.sun, at=TEN)
    assert Assignment.objects.get().due_on == datetime.date(2026, 12, 21)


def test_paused_it_is_neither_overdue_nor_reminded_of(cast, given):
    late = datetime.date(2027, 1, 30)
    assert given in Assignment.objects.overdue(late)
    pause(cast, given)
    assert given not in Assignment.objects.overdue(late)
    assert not Milestone.objects.of(given).pending().exists()
    clock.sweep(at=AT + timedelta(days=60))
    assert not Notice.objects.filter(kind="assignment-due").exists()
    assert set(Notice.objects.filter(kind="paused").values_list("recipient__username", flat=True)) == {
        "zhang", "chen", "wang",
    }  # fmt: skip


def test_resumed_it_is_due_later_and_says_why(cast, given):
    pause(cast, given)
    services.resume(given, by=cast.sun, at=TEN)
    given.refresh_from_db()
    assert given.due_on == datetime.date(2026, 12, 21)
    assert "中止 10 天，原期限 2026-12-11 顺延：等待上级规划批复" in given.due_why["rule"]
    assert (given.clock, given.contact_due_on) == (2, datetime.date(2026, 12, 21))
    assert Round.objects.get().due_on == given.due_on
    pending = Milestone.objects.of(given).pending()
    assert set(pending.filter(kind="assignment").values_list("round", flat=True)) == {2}
    assert pending.filter(kind="contact", due_at__date=given.contact_due_on).count() == 1
    assert given not in Assignment.objects.overdue(datetime.date(2026, 12, 20))
    assert [entry.verb for entry in log.history(given)[:2]] == ["assignment.resume", "assignment.pause"]


def test_resumed_on_the_same_day_it_is_reminded_of_again(cast, given):
    planned = Milestone.objects.of(given).pending().filter(kind="assignment").count()
    pause(cast, given)
    services.resume(given, by=cast.sun, at=AT)
    given.refresh_from_db()
    assert given.due_on == datetime.date(2026, 12, 11)
    assert Milestone.objects.of(given).pending().filter(kind="assignment").count() == planned


def test_more_time_granted_meanwhile_counts_on_top_and_reminds_nobody(cast, given):
    extension = matters.ask_extension(given, until=datetime.date(2026, 12, 31), reason="等批复", by=cast.zhang, at=AT)
    pause(cast, given)
    matters.grant_extension(extension, by=cast.sun, at=AT)
    assert not Milestone.objects.of(given).pending().filter(kind="assignment").exists()
    services.resume(given, by=cast.sun, at=TEN)
    given.refresh_from_db()
    assert given.due_on == datetime.date(2027, 1, 10)
    assert latest_possible(given) == datetime.date(2027, 5, 30)


def test_what_leaves_the_unit_or_begins_anew_is_paused_no_longer(cast, given):
    pause(cast, given)
    micros.to_state(cast, given, AssignmentState.RETURNED)
    given.refresh_from_db()
    assert given.paused_on is None
    assert Pause.objects.get().until == AT.date()

    again = formal.handed(cast, formal.proposal(cast, ProposalState.FILED))
    pause(cast, again)
    put(again, AssignmentState.REPLIED)
    reopen(again, reason="不满意", by=None, at=TEN)
    again.refresh_from_db()
    assert again.paused_on is None
    assert not Pause.objects.filter(until=None).exists()
    assert Milestone.objects.of(again).pending().exists()


def test_an_extended_case_is_not_overdue_and_a_co_unit_may_ask_too(cast, given):
    traffic = make.unit(cast)
    fields = {"unit": traffic, "handler": traffic.handler, "due_on": datetime.date(2026, 12, 1)}
    co = formal.handed(cast, given.proposal, role=AssignmentRole.CO, lead=given, **fields)
    extension = matters.ask_extension(co, until=datetime.date(2026, 12, 9), reason="等测算", by=traffic.handler, at=AT)
    matters.grant_extension(extension, by=cast.sun, at=AT)
    co.refresh_from_db()
    assert co.due_on == datetime.date(2026, 12, 9)
    assert co not in Assignment.objects.overdue(datetime.date(2026, 12, 9))
    assert co in Assignment.objects.overdue(datetime.date(2026, 12, 10))
    assert Milestone.objects.of(given).filter(kind="contact", state=MilestoneState.PENDING).exists()


def test_more_time_leaves_the_day_of_the_first_contact(cast, given):
    extension = matters.ask_extension(given, until=datetime.date(2026, 12, 31), reason="等批复", by=cast.zhang, at=AT)
    matters.grant_extension(extension, by=cast.sun, at=AT)
    assert Milestone.objects.of(given).pending().filter(kind="contact").count() == 1


# --- 提醒阶梯 ----------------------------------------------------------------------------------------------------


def test_the_ladder_says_who_was_told_and_who_will_be(cast, given):
    clock.sweep(at=datetime.datetime(2026, 12, 4, 10, tzinfo=AT.tzinfo))
    rungs = {rung.what: rung for rung in ladder(given)}
    assert rungs["到期前 15 天"].state == "未提醒"
    assert rungs["到期前 7 天"].state == "已办"
    assert rungs["到期前 7 天"].words == "已提醒张科长"
    assert rungs["到期前 3 天"].words == "将提醒承办人和单位负责人"
    assert rungs["逾期 7 天"].words == "将提醒单位，加上主席会议成员"
    assert [rung.at for rung in ladder(given)] == sorted(rung.at for rung in ladder(given))


def test_the_ladder_leaves_out_what_was_called_off(cast, given):
    planned = {rung.what for rung in ladder(given) if rung.state == "待提醒"}
    assert "到期前 7 天" in planned
    pause(cast, given)
    assert {rung.what for rung in ladder(given) if rung.state == "待提醒"} == set()
    services.resume(given, by=cast.sun, at=AT)
    again = [rung.what for rung in ladder(given) if rung.state == "待提醒"]
    assert sorted(again) == sorted(planned)


# --- pages -------------------------------------------------------------------------------------------------------


def test_a_case_is_paused_and_resumed_on_its_pages(cast, as_, given):
    with time_machine.travel(AT, tick=False):
        desk, here = as_(cast.sun), reverse("assignment-pause", args=[given.pk])
        assert desk.get(here).status_code == 200
        assert desk.post(here, {"reason": ""}).status_code == 400
        assert desk.post(here, {"reason": "等待批复"}).status_code == 302
        assert "现在不能中止" in desk.get(here).content.decode()
        for who, status in (("zhang", 403), ("wang", 403), ("zhao", 404)):
            assert as_(getattr(cast, who)).get(here).status_code == status
    with time_machine.travel(TEN, tick=False):
        desk = as_(cast.sun)
        there = reverse("assignment-resume", args=[given.pk])
        assert as_(cast.zhang).post(there).status_code == 403
        assert Assignment.objects.get().paused_on
        assert desk.get(there).status_code == 405
        assert desk.post(there).status_code == 302
    assert Assignment.objects.get().due_on == datetime.date(2026, 12, 21)
