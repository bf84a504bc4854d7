"""Counting days: dates checked by hand against the State Council's notice for 2026, and what holds for all dates."""

import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from config.workdays import count, seed
from config.workdays.count import Deadline, Limit
from config.workdays.models import CalendarYear, DayException, Source

pytestmark = pytest.mark.django_db
DAYS = some.dates(datetime.date(2015, 2, 1), datetime.date(2028, 9, 30))
AGAIN_AND_AGAIN = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


def day(text):
    """ "2-16" of 2026, or a full date."""
    parts = [int(part) for part in text.split("-")]
    return datetime.date(*([2026] * (3 - len(parts))), *parts)


@pytest.fixture
def calendar(db):
    seed.load()


# 2026: 春节 off 15–23 February, at work on Saturday 14 and Saturday 28; 国庆 off 1–7 October, at work on
# Sunday 20 September and Saturday 10 October; 中秋 off Friday 25 September; 元旦 at work on Sunday 4 January.
@pytest.mark.parametrize(
    ("text", "works"),
    [
        ("2-13", True), ("2-14", True), ("2-15", False), ("2-16", False), ("2-20", False), ("2-22", False),
        ("2-23", False), ("2-24", True), ("2-28", True), ("3-1", False), ("3-2", True),
        ("9-19", False), ("9-20", True), ("9-24", True), ("9-25", False), ("9-26", False), ("9-28", True),
        ("9-30", True), ("10-1", False), ("10-5", False), ("10-7", False), ("10-8", True), ("10-10", True),
        ("10-11", False), ("1-2", False), ("1-4", True), ("5-5", False), ("5-9", True), ("6-19", False),
    ],
)  # fmt: skip
def test_rest_days_and_workdays_of_2026(calendar, text, works):
    assert count.is_workday(day(text)) is works


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2-12", 1, "2-13"), ("2-13", 1, "2-14"), ("2-14", 1, "2-24"), ("2-16", 1, "2-24"), ("2-13", 5, "2-27"),
        ("2-13", 6, "2-28"), ("2-13", 7, "3-2"), ("2-9", 15, "3-6"), ("2-24", -1, "2-14"), ("2-20", -2, "2-13"),
        ("9-18", 1, "9-20"), ("9-18", 5, "9-24"), ("9-18", 6, "9-28"), ("9-30", 1, "10-8"), ("9-30", 3, "10-10"),
        ("9-30", 4, "10-12"), ("9-25", 10, "10-15"), ("10-12", -1, "10-10"), ("10-8", -1, "9-30"),
        ("2025-12-31", 1, "2026-1-4"), ("2025-12-31", 2, "2026-1-5"), ("4-30", 1, "5-6"), ("4-30", 4, "5-9"),
        ("2-16", 0, "2-16"),
    ],
)  # fmt: skip
def test_the_nth_workday(calendar, start, n, end):
    assert count.add(day(start), n) == day(end)
    assert count.between(day(start), day(end)) == n


def test_a_page_full_of_starts_is_one_query(calendar, django_assert_num_queries):
    starts = [day("2026-1-20") + datetime.timedelta(days=7 * n) for n in range(40)]
    alone = [count.add(start, 10) for start in starts]
    with django_assert_num_queries(1):
        last_day = count.adding_from(starts[0])
        assert [last_day(start, 10) for start in starts] == alone


@given(start=DAYS, n=some.integers(-260, 260).filter(bool))
@AGAIN_AND_AGAIN
def test_add_and_between_are_inverse_and_end_on_a_workday(calendar, start, n):
    end = count.add(start, n)
    assert count.is_workday(end)
    assert count.between(start, end) == n


@given(start=DAYS, later=some.integers(0, 60), n=some.integers(1, 130), more=some.integers(0, 20))
@AGAIN_AND_AGAIN
def test_a_later_start_or_a_longer_period_never_ends_earlier(calendar, start, later, n, more):
    assert count.add(start, n) <= count.add(start + datetime.timedelta(days=later), n + more)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("1-31", 1, "2-28"), ("2024-1-31", 1, "2024-2-29"), ("1-31", 3, "4-30"), ("2-28", 1, "3-28"),
        ("11-30", 3, "2027-2-28"), ("12-15", 1, "2027-1-15"), ("3-31", -1, "2-28"), ("5-9", 12, "2027-5-9"),
    ],
)  # fmt: skip
def test_months_go_by_the_calendar(start, months, end):
    assert count.add_months(day(start), months) == day(end)


# --- deadlines -------------------------------------------------------------------------------------------------------


def test_a_deadline_in_workdays_names_the_days_it_skipped(calendar, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = count.deadline(day("2-13"), Limit(2, "workdays", "2个工作日内签收"))
    assert found == Deadline(
        due_on=day("2-24"),
        rule="2个工作日内签收",
        start=day("2-13"),
        skipped=[
            (day("2-15"), "周日"), (day("2-16"), "农历除夕"), (day("2-17"), "春节"), (day("2-18"), "春节"),
            (day("2-19"), "春节"), (day("2-20"), "休息日（由 2026-02-14 调休）"), (day("2-21"), "周六"),
            (day("2-22"), "周日"), (day("2-23"), "休息日（由 2026-02-28 调休）"),
        ],
    )  # fmt: skip
    assert Deadline.from_json(found.as_json()) == found


def test_the_earliest_wins_and_the_others_are_named(calendar):
    months, days = Limit(3, "months", "3个月内答复"), Limit(10, "days", "10日内答复")
    found = count.deadline(day("2-9"), months, days, fixed=day("2-18"))
    assert (found.due_on, found.skipped, found.warning) == (day("2-18"), [], "")
    assert found.rule == ("已定截止日期（另：10日内答复为2026年2月19日，3个月内答复为2026年5月9日；以先到者为准）")


@pytest.mark.parametrize(("limit", "due"), [(Limit(1, "months", "1个月"), "5-2"), (Limit(29, "days", "29日"), "5-1")])
def test_months_and_days_may_end_on_a_rest_day(calendar, limit, due):
    found = count.deadline(day("4-2"), limit)
    assert (found.due_on, found.skipped) == (day(due), [])


def test_a_year_that_is_not_announced_carries_a_warning(calendar):
    limit = Limit(10, "workdays", "10个工作日")
    warning = "2027年的放假调休安排尚未公布，先按周末和法定节日推算，公布后可能有变化。"
    assert count.deadline(day("12-14"), limit).warning == ""
    assert count.deadline(day("12-24"), limit).warning == warning
    assert count.deadline(day("12-24"), limit, fixed=day("12-28")).warning == ""
    assert count.deadline(day("12-24"), Limit(1, "months", "1个月")).warning == ""


def test_without_any_calendar_weekends_are_rest_days_and_the_reader_is_warned(db):
    found = count.deadline(datetime.date(2098, 12, 24), Limit(10, "workdays", "10个工作日"))
    assert found.due_on == datetime.date(2099, 1, 7)
    assert found.warning.startswith("2098、2099年的")


def test_a_walk_beyond_the_first_reading_reads_on(db):
    """Half a year off in a row: further than the first query looks."""
    first = datetime.date(2026, 7, 1)
    DayException.objects.bulk_create(
        DayException(day=first + datetime.timedelta(days=n), name="停工") for n in range(200)
    )
    assert count.add(first, 1) == datetime.date(2027, 1, 18)


@pytest.mark.parametrize(("n", "unit"), [(0, "days"), (-1, "workdays"), (1, "weeks")])
def test_a_limit_is_a_period(n, unit):
    with pytest.raises(ValueError, match="not a period"):
        Limit(n, unit, "")


def test_a_deadline_needs_a_reason(db):
    with pytest.raises(ValueError, match="needs a limit"):
        count.deadline(day("2-9"))


# --- the rows --------------------------------------------------------------------------------------------------------


def test_seeding_twice_changes_nothing(db):
    assert seed.load() > 300
    assert seed.load() == 0
    complete = CalendarYear.objects.filter(is_complete=True).order_by("year").values_list("year", flat=True)
    assert list(complete) == list(range(2015, 2027))
    assert CalendarYear.objects.count() == len(seed.YEARS)


def test_seeding_renews_its_own_rows_and_leaves_those_of_staff(calendar):
    edited = DayException.objects.get(day=day("2-14"))
    edited.is_workday, edited.name = False, "本县放假"
    edited.save()
    added = DayException.objects.create(day=day("3-8"), is_workday=True, name="加班")
    DayException.objects.filter(day=day("2-17")).update(name="旧名")
    DayException.objects.bulk_create([DayException(day=day("7-7"), name="旧假日", source=Source.LIBRARY)])
    assert seed.load() == 2
    rows = dict(DayException.objects.filter(day__year=2026).values_list("day", "name"))
    assert (rows[edited.day], rows[added.day], rows[day("2-17")]) == ("本县放假", "加班", "春节")
    assert day("7-7") not in rows


def test_a_year_that_staff_took_over_is_theirs(calendar):
    year = CalendarYear.objects.get(year=2027)
    year.is_complete = True
    year.save()
    DayException.objects.filter(day__year=2027).delete()
    assert seed.load() == 0
    year.refresh_from_db()
    assert (year.is_complete, year.source) == (True, Source.STAFF)
    assert not DayException.objects.filter(day__year=2027).exists()
