"""Periods: every day lies in one, they follow each other without a gap, and a due day is where it should be."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstations import cycles
from workstations.cycles import Cycle, Shift

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
TURNING = [cycle for cycle in Cycle if cycle != Cycle.ONCE]
WHOLE = [cycle for cycle in TURNING if cycle not in (Cycle.ODD_MONTHS, Cycle.EVEN_MONTHS)]
CYCLES = st.sampled_from(TURNING)


def weekday(day):
    return day.weekday() < 5


@given(cycle=CYCLES, day=DAYS)
def test_a_period_holds_the_day_it_is_asked_for(cycle, day):
    period = cycles.period_of(cycle, day)
    if period is None:
        assert cycle in (Cycle.ODD_MONTHS, Cycle.EVEN_MONTHS)
    else:
        assert period.first <= day <= period.last
        assert cycles.period_of(cycle, period.first) == cycles.period_of(cycle, period.last) == period


@given(cycle=CYCLES, day=DAYS)
def test_the_next_period_is_the_first_that_begins_later(cycle, day):
    following = cycles.next_period(cycle, day)
    assert following.first > day
    between = following.first - timedelta(days=1)
    running = cycles.period_of(cycle, between)
    assert running is None or running.first <= day


@given(cycle=st.sampled_from(WHOLE), day=DAYS)
def test_periods_leave_no_gap_and_are_counted_through(cycle, day):
    period, following = cycles.period_of(cycle, day), cycles.next_period(cycle, day)
    assert following.first == period.last + timedelta(days=1)
    assert following.number == period.number + 1
    assert following.key != period.key
    assert following.label != period.label


@given(cycle=st.sampled_from([Cycle.ODD_MONTHS, Cycle.EVEN_MONTHS]), day=DAYS)
def test_every_other_month_is_counted_through_as_well(cycle, day):
    first = cycles.next_period(cycle, day)
    second = cycles.next_period(cycle, first.last)
    assert second.number == first.number + 1
    assert first.first.month % 2 == second.first.month % 2 == (1 if cycle == Cycle.ODD_MONTHS else 0)


@given(cycle=CYCLES, day=DAYS, number=st.integers(1, 31), shift=st.sampled_from(Shift))
def test_a_due_day_never_lies_before_its_period(cycle, day, number, shift):
    period = cycles.next_period(cycle, day)
    due = cycles.due(cycle, period, number, shift, weekday)
    assert due.on >= period.first
    assert period.first <= due.meant <= period.last
    assert (due.on == due.meant) == (due.skipped == [])
    if shift != Shift.KEEP:
        assert weekday(due.on)
        assert not any(weekday(skipped) for skipped in due.skipped)


@given(day=DAYS, number=st.integers(1, 31))
def test_a_month_without_that_day_ends_on_its_last(day, number):
    period = cycles.period_of(Cycle.MONTHLY, day)
    due = cycles.due(Cycle.MONTHLY, period, number, Shift.KEEP, weekday)
    assert due.on.day == min(number, monthrange(day.year, day.month)[1])


@pytest.mark.parametrize(
    ("cycle", "key", "label", "first", "last"),
    [
        (Cycle.WEEKLY, "2026-W47", "2026年第47周", date(2026, 11, 16), date(2026, 11, 22)),
        (Cycle.MONTHLY, "2026-11", "2026年11月", date(2026, 11, 1), date(2026, 11, 30)),
        (Cycle.ODD_MONTHS, "2026-11", "2026年11月", date(2026, 11, 1), date(2026, 11, 30)),
        (Cycle.QUARTERLY, "2026-Q4", "2026年第四季度", date(2026, 10, 1), date(2026, 12, 31)),
        (Cycle.HALF_YEARLY, "2026-H2", "2026年下半年", date(2026, 7, 1), date(2026, 12, 31)),
        (Cycle.YEARLY, "2026", "2026年", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_is_called_as_people_call_it(cycle, key, label, first, last):
    period = cycles.period_of(cycle, date(2026, 11, 21))
    assert (period.key, period.label, period.first, period.last) == (key, label, first, last)


def test_an_odd_month_is_no_period_of_even_ones():
    assert cycles.period_of(Cycle.EVEN_MONTHS, date(2026, 11, 21)) is None
    assert cycles.next_period(Cycle.EVEN_MONTHS, date(2026, 11, 21)).key == "2026-12"
    assert cycles.next_period(Cycle.EVEN_MONTHS, date(2026, 12, 1)).key == "2027-02"


def test_a_week_at_the_turn_of_the_year_belongs_to_the_year_of_its_thursday():
    assert cycles.period_of(Cycle.WEEKLY, date(2027, 1, 2)).label == "2026年第53周"


@pytest.mark.parametrize(
    ("month", "day", "expected"),
    [(2, 31, date(2026, 2, 28)), (2, 29, date(2026, 2, 28)), (4, 31, date(2026, 4, 30)), (2, None, date(2026, 2, 28))],
)
def test_short_months(month, day, expected):
    period = cycles.period_of(Cycle.MONTHLY, date(2026, month, 3))
    assert cycles.due(Cycle.MONTHLY, period, day, Shift.KEEP, weekday).on == expected


def test_a_leap_year_has_its_day():
    period = cycles.period_of(Cycle.MONTHLY, date(2028, 2, 3))
    assert cycles.due(Cycle.MONTHLY, period, 29, Shift.KEEP, weekday).on == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("shift", "expected"),
    [(Shift.KEEP, date(2026, 11, 15)), (Shift.NEXT, date(2026, 11, 16)), (Shift.PREVIOUS, date(2026, 11, 13))],
)
def test_the_fifteenth_on_a_sunday_may_be_shifted(shift, expected):
    """Row 204: 单月 15 日, and what happens when it is a rest day."""
    period = cycles.period_of(Cycle.ODD_MONTHS, date(2026, 11, 1))
    assert cycles.due(Cycle.ODD_MONTHS, period, 15, shift, weekday).on == expected


def test_a_shift_backwards_out_of_the_period_goes_forward():
    period = cycles.period_of(Cycle.MONTHLY, date(2026, 11, 3))  # the first is a Sunday
    due = cycles.due(Cycle.MONTHLY, period, 1, Shift.PREVIOUS, weekday)
    assert (due.on, due.skipped) == (date(2026, 11, 2), [date(2026, 11, 1)])


def test_what_is_done_once_has_one_period():
    period = cycles.once(date(2026, 11, 1), date(2026, 11, 30))
    assert (period.key, period.label, period.last) == ("once", "2026年11月30日前", date(2026, 11, 30))
    assert cycles.due(Cycle.ONCE, period, 5, Shift.KEEP, weekday).on == date(2026, 11, 30)
    with pytest.raises(ValueError, match="once"):
        cycles.period_of(Cycle.ONCE, date(2026, 11, 1))


@pytest.mark.parametrize(
    ("cycle", "day", "words"),
    [
        (Cycle.WEEKLY, 5, "每周五"),
        (Cycle.WEEKLY, None, "每周最后一天"),
        (Cycle.MONTHLY, 15, "每月15日"),
        (Cycle.ODD_MONTHS, 15, "单月15日"),
        (Cycle.QUARTERLY, 10, "每季度末月10日"),
        (Cycle.YEARLY, None, "每年最后一天"),
    ],
)
def test_the_due_day_of_every_period_in_words(cycle, day, words):
    assert cycles.words(cycle, day) == words
