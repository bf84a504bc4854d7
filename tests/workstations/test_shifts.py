from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from config.audit.models import AuditEntry
from config.milestones import clock
from config.milestones.models import Milestone, MilestoneState
from config.notices.models import Notice
from config.refusals import Incomplete, Refusal, WrongState
from config.workdays.models import DayException
from members.facts import Fact
from members.models import DutyRecord
from tests.factories import reception as make
from tests.factories.reception import AT, TODAY
from workstations.models import ReceptionShift, ShiftSwap, StationPost, Visit, Word
from workstations.queries import calendar
from workstations.queries import reception as queries
from workstations.services import shifts as services
from workstations.services import visits
from workstations.states import SwapState

pytestmark = pytest.mark.django_db
WEDNESDAY = date(2026, 11, 11)
HOURS = {"starts": time(9), "ends": time(11, 30)}


@pytest.fixture
def station(cast):
    make.days.load()
    return make.station(cast)


def planned(cast, station, *, by=None, **fields):
    given = {"first": WEDNESDAY, "weeks": 3, **HOURS, "by": by or cast.keeper, "at": AT, **fields}
    return services.plan(station, **given)


def eve(shift):
    return datetime.combine(shift.on - timedelta(days=1), time(16, 1), AT.tzinfo)


# --- planning ----------------------------------------------------------------------------------------------------


def test_everybody_has_a_turn_and_is_told_once(cast, station):
    plan = planned(cast, station, weeks=6)
    assert [shift.on for shift in plan.shifts] == [WEDNESDAY + timedelta(weeks=n) for n in range(6)]
    turns = [shift.member_id for shift in plan.shifts]
    assert sorted(turns.count(member) for member in set(turns)) == [2, 2, 2]
    assert turns[:3] == turns[3:]
    assert Notice.objects.filter(kind="shift").count() == 3
    assert AuditEntry.objects.get(verb="station.roster").actor == "钟站长"


def test_who_had_fewer_shifts_this_year_comes_first(cast, station):
    for week in (1, 2):
        make.shift(cast, station, on=TODAY + timedelta(weeks=week))
    plan = planned(cast, station, weeks=4)
    assert [shift.member for shift in plan.shifts].count(cast.wang_member) == 0


def test_holidays_are_left_out_and_named(cast, station):
    DayException.objects.create(day=date(2026, 11, 18), is_workday=False, name="放假")
    plan = planned(cast, station, weeks=2)
    assert plan.skipped == [(date(2026, 11, 18), "放假")]
    assert [shift.on for shift in plan.shifts] == [WEDNESDAY]


def test_nobody_is_at_two_stations_at_once(cast, station):
    other = make.station(cast, "邻镇工作室")
    make.shift(cast, other, on=WEDNESDAY, starts=time(10), ends=time(12))
    plan = planned(cast, station, weeks=1, members=[cast.wang_member])
    assert plan.shifts == []
    assert plan.skipped[0][0] == WEDNESDAY
    afternoon = planned(cast, station, weeks=1, members=[cast.wang_member], starts=time(14), ends=time(16))
    assert len(afternoon.shifts) == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"first": TODAY - timedelta(days=1)}, "first"),
        ({"ends": time(9)}, "ends"),
        ({"weeks": 0}, "weeks"),
        ({"weeks": 27}, "weeks"),
        ({"members": "qian_member"}, "members"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_words(cast, station, fields, field):
    if "members" in fields:
        fields = {"members": [getattr(cast, fields["members"])]}
    with pytest.raises(Incomplete) as refusal:
        planned(cast, station, **fields)
    assert field in refusal.value.fields
    assert not ReceptionShift.objects.exists()


def test_a_closed_station_and_one_without_residents_have_no_roster(cast, station):
    empty = make.station(cast, "空站", residents=False)
    with pytest.raises(Incomplete, match="还没有驻站委员"):
        planned(cast, empty)
    type(station).objects.filter(pk=station.pk).update(is_open=False, closed_on=TODAY)
    with pytest.raises(Refusal, match="关闭"):
        planned(cast, station)


@pytest.mark.parametrize("who", ["wang", "zhang", "zhao", "qian"])
def test_only_the_stations_people_and_the_office_plan(cast, station, who):
    shift = make.shift(cast, station)
    by = getattr(cast, who)
    edit = {"on": shift.on, **HOURS, "member": cast.colleagues[0]}
    for deed in (
        lambda: planned(cast, station, by=by),
        lambda: services.edit(shift, **edit, by=by, at=AT),
        lambda: services.cancel(shift, reason="有事", by=by, at=AT),
        lambda: services.mark(shift, kept=True, by=by, at=AT),
    ):
        with pytest.raises(PermissionDenied):
            deed()


# --- changing ----------------------------------------------------------------------------------------------------


def test_a_moved_shift_is_reminded_of_on_its_new_eve(cast, station):
    shift = make.shift(cast, station)
    new = shift.on + timedelta(days=2)
    services.edit(shift, on=new, **HOURS, member=cast.wang_member, by=cast.keeper, at=AT)
    clock.sweep(eve(shift))
    assert not Notice.objects.filter(kind="shift-eve").exists()
    shift.refresh_from_db()
    clock.sweep(eve(shift))
    assert Notice.objects.get(kind="shift-eve").recipient == cast.wang
    states = set(Milestone.objects.filter(kind="shift").values_list("round", "state"))
    assert states == {(1, MilestoneState.CANCELLED), (2, MilestoneState.DONE)}


def test_another_member_both_are_told_and_an_open_swap_ends(cast, station):
    shift = make.shift(cast, station)
    swap = services.ask_swap(shift, asked=cast.colleagues[1], reason="出差", by=cast.wang, at=AT)
    services.edit(shift, on=shift.on, **HOURS, member=cast.colleagues[0], by=cast.keeper, at=AT)
    swap.refresh_from_db()
    assert swap.state == SwapState.WITHDRAWN
    titles = Notice.objects.filter(kind="shift", recipient=cast.wang).values_list("title", flat=True)
    assert any("改由" in title for title in titles)


def test_edits_that_do_not_fit_are_refused(cast, station):
    shift = make.shift(cast, station)
    other = make.shift(cast, station, on=shift.on + timedelta(weeks=1), member=cast.colleagues[0])
    same = {"starts": shift.starts, "ends": shift.ends, "by": cast.keeper, "at": AT}
    with pytest.raises(Incomplete, match="已有值班"):
        services.edit(shift, on=other.on, member=cast.colleagues[0], **same)
    with pytest.raises(Incomplete, match="驻站委员"):
        services.edit(shift, on=shift.on, member=cast.qian_member, **same)
    with pytest.raises(Incomplete, match="已经过去"):
        services.edit(shift, on=TODAY - timedelta(days=1), member=cast.wang_member, **same)
    with pytest.raises(WrongState, match="已经过去"):
        services.edit(shift, on=shift.on, member=cast.wang_member, **{**same, "at": AT + timedelta(days=30)})


def test_a_cancelled_shift_reminds_nobody_and_is_over(cast, station):
    shift = make.shift(cast, station)
    with pytest.raises(Incomplete):
        services.cancel(shift, reason=" ", by=cast.keeper, at=AT)
    services.cancel(shift, reason="站点装修", by=cast.keeper, at=AT)
    clock.sweep(eve(shift))
    assert not Notice.objects.filter(kind="shift-eve").exists()
    assert "站点装修" in Notice.objects.filter(kind="shift", recipient=cast.wang).latest("pk").body
    for deed in (
        lambda: services.cancel(shift, reason="再次", by=cast.keeper, at=AT),
        lambda: services.mark(shift, kept=True, by=cast.keeper, at=AT + timedelta(days=9)),
        lambda: services.ask_swap(shift, asked=cast.colleagues[0], reason="出差", by=cast.wang, at=AT),
    ):
        with pytest.raises(WrongState, match="已经取消"):
            deed()
    make.shift(cast, station)  # the day is free again


def test_a_shift_of_tomorrow_planned_in_the_evening_is_told_at_once_and_not_again(cast, station):
    make.shift(cast, station, on=WEDNESDAY, at=AT + timedelta(hours=8))
    assert not Milestone.objects.filter(kind="shift").exists()
    assert Notice.objects.filter(kind="shift", recipient=cast.wang).count() == 1


# --- who came ----------------------------------------------------------------------------------------------------


def standing():
    facts = DutyRecord.objects.standing().values_list("member__user__username", "fact", "on")
    return set(facts)


def test_who_came_has_a_fact_and_a_correction_takes_it_back(cast, station):
    shift = make.shift(cast, station)
    after = AT + timedelta(days=9)
    with pytest.raises(Refusal, match="还没到"):
        services.mark(shift, kept=True, by=cast.keeper, at=AT)
    services.mark(shift, kept=True, by=cast.keeper, at=after)
    services.mark(shift, kept=True, by=cast.keeper, at=after)
    assert standing() == {("wang", Fact.RECEPTION, shift.on)}
    services.mark(shift, kept=False, by=cast.keeper, at=after)
    assert standing() == set()
    services.mark(shift, kept=True, by=cast.keeper, at=after)
    assert standing() == {("wang", Fact.RECEPTION, shift.on)}
    assert AuditEntry.objects.filter(verb="receptionshift.mark").count() == 3


def test_nobody_marks_the_own_shift(cast, station):
    make.places.post(station, cast.wang_member)  # keeper as well
    shift = make.shift(cast, station)
    with pytest.raises(PermissionDenied):
        services.mark(shift, kept=True, by=cast.wang, at=AT + timedelta(days=9))


# --- swaps -------------------------------------------------------------------------------------------------------


def asked_swap(cast, station, state=SwapState.ASKED):
    swap = services.ask_swap(make.shift(cast, station), asked=cast.colleagues[0], reason="出差", by=cast.wang, at=AT)
    by = cast.wang if state == SwapState.WITHDRAWN else cast.colleagues[0].user
    verbs = {SwapState.TAKEN: "take", SwapState.REFUSED: "refuse", SwapState.WITHDRAWN: "withdraw"}
    if state in verbs:
        VERBS[verbs[state]](swap, by)
    return ShiftSwap.objects.select_related("shift__station", "giver__user", "asked__user").get(pk=swap.pk)


VERBS = {
    "take": lambda swap, by: services.take_swap(swap, by=by, at=AT),
    "refuse": lambda swap, by: services.refuse_swap(swap, by=by, at=AT),
    "withdraw": lambda swap, by: services.withdraw_swap(swap, by=by, at=AT),
}
LEADS = {"take": SwapState.TAKEN, "refuse": SwapState.REFUSED, "withdraw": SwapState.WITHDRAWN}


@pytest.mark.parametrize("state", list(SwapState))
@pytest.mark.parametrize("verb", list(VERBS))
def test_every_verb_in_every_state_of_a_swap(cast, station, state, verb):
    swap = asked_swap(cast, station, state)
    by = cast.wang if verb == "withdraw" else cast.colleagues[0].user
    holder = ReceptionShift.objects.get().member
    if state == SwapState.ASKED:
        VERBS[verb](swap, by)
        swap.refresh_from_db()
        assert swap.state == LEADS[verb]
        expected = cast.colleagues[0] if verb == "take" else cast.wang_member
        assert ReceptionShift.objects.get().member == expected
    else:
        with pytest.raises(WrongState):
            VERBS[verb](swap, by)
        assert ReceptionShift.objects.get().member == holder


@pytest.mark.parametrize("verb", list(VERBS))
@pytest.mark.parametrize("who", ["wang", "colleague", "bystander", "li", "zhao"])
def test_who_answers_a_swap(cast, station, verb, who):
    swap = asked_swap(cast, station)
    cast.colleague, cast.bystander = (member.user for member in cast.colleagues)
    may = who == ("wang" if verb == "withdraw" else "colleague")
    if may:
        VERBS[verb](swap, getattr(cast, who))
    else:
        with pytest.raises(PermissionDenied):
            VERBS[verb](swap, getattr(cast, who))


def test_after_a_swap_the_reminder_goes_to_the_colleague_and_so_does_the_fact(cast, station):
    shift = asked_swap(cast, station, SwapState.TAKEN).shift
    clock.sweep(eve(shift))
    assert Notice.objects.get(kind="shift-eve").recipient == cast.colleagues[0].user
    services.mark(shift, kept=True, by=cast.keeper, at=AT + timedelta(days=9))
    assert DutyRecord.objects.standing().get().member == cast.colleagues[0]
    feeds = {
        user: calendar.feed(user, site="https://x.cn", at=AT).decode() for user in (cast.wang, cast.colleagues[0].user)
    }
    assert {user: f"shift-{shift.pk}@" in feed for user, feed in feeds.items()} == {
        cast.wang: False,
        cast.colleagues[0].user: True,
    }


def test_a_cancelled_shift_stays_in_the_calendar_as_cancelled(cast, station):
    shift = make.shift(cast, station)
    assert "STATUS:CONFIRMED" in calendar.feed(cast.wang, site="https://x.cn", at=AT).decode()
    services.cancel(shift, reason="站点装修", by=cast.keeper, at=AT)
    feed = calendar.feed(cast.wang, site="https://x.cn", at=AT).decode()
    assert "STATUS:CANCELLED" in feed
    assert "SEQUENCE:1" in feed


def test_whom_one_cannot_ask(cast, station):
    shift = make.shift(cast, station)
    ask = {"reason": "出差", "by": cast.wang, "at": AT}
    for asked in (cast.wang_member, cast.qian_member):
        with pytest.raises(Incomplete, match="另一位驻站委员"):
            services.ask_swap(shift, asked=asked, **ask)
    with pytest.raises(Incomplete) as refusal:
        services.ask_swap(shift, asked=cast.colleagues[0], **{**ask, "reason": " "})
    assert "reason" in refusal.value.fields
    make.shift(cast, station, on=shift.on, member=cast.colleagues[0], starts=time(14), ends=time(16))
    with pytest.raises(Incomplete, match="已有值班"):
        services.ask_swap(shift, asked=cast.colleagues[0], **ask)
    services.ask_swap(shift, asked=cast.colleagues[1], **ask)
    with pytest.raises(WrongState, match="等他答复"):
        services.ask_swap(shift, asked=cast.colleagues[1], **ask)


def test_who_has_left_the_station_meanwhile_cannot_take_over(cast, station):
    swap = asked_swap(cast, station)
    StationPost.objects.filter(member=cast.colleagues[0]).update(
        until=TODAY - timedelta(days=400), since=date(2020, 1, 1)
    )
    with pytest.raises(WrongState, match="已有变动"):
        services.take_swap(swap, by=cast.colleagues[0].user, at=AT)


# --- visits ------------------------------------------------------------------------------------------------------


def logged(cast, station, **fields):
    given = {"people": 2, "matter": "问低保怎么办", "by": cast.keeper, "at": AT, **fields}
    return visits.log_visit(station, **given)


def test_a_visit_with_a_word_is_one_deed_with_a_receipt(cast, station):
    shift = make.shift(cast, station, on=TODAY)
    visit, code = logged(cast, station, body=make.BODY, speaker="老周", seed="sheet")
    again, same = logged(cast, station, body=make.BODY, seed="sheet")
    assert (again, same) == (visit, code)
    assert (visit.shift, visit.word.channel, visit.word.speaker) == (shift, "desk", "老周")
    assert Visit.objects.count() == Word.objects.count() == 1
    assert logged(cast, station)[1] == ""


def test_a_visit_that_is_refused_leaves_no_word(cast, station):
    with pytest.raises(Incomplete) as refusal:
        logged(cast, station, body="太短")
    assert "body" in refusal.value.fields
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"people": 0}, "people"),
        ({"people": 501}, "people"),
        ({"matter": " "}, "matter"),
        ({"matter": "找我打13800000001"}, "matter"),
        ({"on": TODAY + timedelta(days=1)}, "on"),
    ],
)
def test_what_cannot_be_logged(cast, station, fields, field):
    with pytest.raises(Incomplete) as refusal:
        logged(cast, station, body=make.BODY, **fields)
    assert field in refusal.value.fields
    assert not Word.objects.exists()


def test_who_logs_visits(cast, station):
    for who in ("li", "keeper"):
        logged(cast, station, by=getattr(cast, who))
    for who in ("wang", "zhang", "zhao", "qian"):
        with pytest.raises(PermissionDenied):
            logged(cast, station, by=getattr(cast, who))


def test_a_stations_year_adds_up(cast, station):
    logged(cast, station, body=make.BODY)
    logged(cast, station, people=3, on=TODAY - timedelta(days=1))
    figures = queries.figures(station, 2026, TODAY)
    assert (figures.visits, figures.people, figures.words) == (2, 5, 1)
    assert queries.figures(station, 2025, TODAY).people == 0
    assert queries.sums(station, [TODAY])[TODAY] == {"on": TODAY, "visits": 1, "people": 2, "words": 1}
