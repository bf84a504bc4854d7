"""月反馈: the month in one minute, told once and corrected for a while, as a fact; the reminder; the two ledgers."""

from datetime import date, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from openpyxl import load_workbook

from config.audit.models import AuditEntry
from config.milestones import clock
from config.milestones.models import Milestone, MilestoneState
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from config.uploads import store
from members.facts import Fact
from members.models import DutyRecord
from tests.factories import grids as make
from tests.factories.grids import AT, MONTH
from tests.factories.standards import photo
from workstations.gridbook import ledgers
from workstations.models import GridAct, GridLog
from workstations.services import grid_logs as services
from workstations.services import grid_moments

OCTOBER = date(2026, 10, 1)


def at(month, day, hour=10, year=2026):
    return datetime(year, month, day, hour, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def grid(cast):
    grid = make.grid(cast.committee)
    make.posting(cast.committee, cast.wang_member, grid)
    return grid


def standing():
    return list(DutyRecord.objects.standing().filter(fact=Fact.GRID))


# --- telling -----------------------------------------------------------------------------------------------------


def test_a_month_is_told_and_becomes_one_fact(cast, grid):
    log = make.log(cast.wang_member, regions=[grid], acts={"publicist": 2, "servant": 1, "fighter": 0}, words="很好")
    assert dict(log.acts.values_list("played", "times")) == {"publicist": 2, "servant": 1}
    assert [region.pk for region in log.regions.all()] == [grid.pk]
    (fact,) = standing()
    assert (fact.member, fact.on, fact.quantity) == (cast.wang_member, make.TODAY, 1)
    assert fact.title == "2026年11月进网格：宣传员 2 次、勤务员 1 次"
    assert fact.url == log.get_absolute_url()
    assert AuditEntry.objects.filter(verb="gridlog.tell").count() == 1


def test_a_double_click_is_one_log_and_one_fact(cast, grid):
    for _ in range(2):
        make.log(cast.wang_member, regions=[grid], photos=[photo()])
    assert (GridLog.objects.count(), GridAct.objects.count(), DutyRecord.objects.count()) == (1, 1, 1)
    assert store.of(GridLog.objects.get()).count() == 1


def test_a_correction_replaces_the_counts_and_makes_no_second_record(cast, grid):
    make.log(cast.wang_member, regions=[grid], acts={"publicist": 2})
    make.log(cast.wang_member, regions=[grid], acts={"liaison": 5}, at=at(11, 20))
    assert list(GridAct.objects.values_list("played", "times")) == [("liaison", 5)]
    assert (len(standing()), DutyRecord.objects.count()) == (1, 1)


def test_without_any_work_the_fact_is_taken_back_and_comes_again(cast, grid):
    make.log(cast.wang_member, regions=[grid])
    make.log(cast.wang_member, regions=[], acts={}, words="生病没有去")
    assert (standing(), GridLog.objects.count()) == ([], 1)
    make.log(cast.wang_member, regions=[grid], acts={"fighter": 1})
    assert len(standing()) == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"regions": []}, "regions"),
        ({"regions": ["431024101001"]}, "regions"),
        ({"acts": {}}, "acts"),
        ({"acts": {"publicist": 100}}, "acts"),
        ({"acts": {"publicist": -1}}, "acts"),
        ({"words": "字" * 1001}, "words"),
        ({"photos": 4}, "photos"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_kept(cast, grid, given, field):
    given = {"regions": [grid], **given}
    if "photos" in given:
        given["photos"] = [photo(f"{n}.jpg", colour) for n, colour in enumerate(("red", "blue", "white", "green"))]
    with pytest.raises(Incomplete) as refused:
        make.log(cast.wang_member, **given)
    assert field in refused.value.fields
    assert not GridLog.objects.exists()
    assert not standing()


def test_photos_may_be_dropped_again(cast, grid):
    log = make.log(cast.wang_member, regions=[grid], photos=[photo("a.jpg", "red"), photo("b.jpg", "blue")])
    first = store.of(log).first()
    make.log(cast.wang_member, regions=[grid], drop_photos=[str(first.pk)])
    assert store.of(log).count() == 1


@pytest.mark.parametrize("who", ["li", "qian", "zhang"])
def test_nobody_tells_for_another(cast, grid, who):
    with pytest.raises(PermissionDenied):
        services.save(cast.wang_member, MONTH, regions=[grid.pk], acts={"publicist": 1}, by=getattr(cast, who), at=AT)


def test_without_a_grid_there_is_nothing_to_tell(cast):
    with pytest.raises(WrongState):
        make.log(cast.wang_member, regions=[], words="没有网格")


# --- when --------------------------------------------------------------------------------------------------------


def test_a_month_to_come_is_refused(cast, grid):
    with pytest.raises(WrongState):
        make.log(cast.wang_member, date(2026, 12, 1), regions=[grid])


def test_the_last_month_may_be_told_until_the_tenth_workday(cast, grid):
    until = grid_moments.told_until(OCTOBER, cast.committee)
    assert until == date(2026, 11, 13)  # ten workdays from Monday the 2nd, as no holiday is known
    with pytest.raises(WrongState):
        make.log(cast.wang_member, OCTOBER, regions=[grid], at=at(11, 14))
    log = make.log(cast.wang_member, OCTOBER, regions=[grid], at=at(11, 13))
    (fact,) = standing()
    assert (log.month, fact.on) == (OCTOBER, date(2026, 10, 31))


def test_what_was_told_may_be_corrected_until_the_next_month_ends(cast, grid):
    make.log(cast.wang_member, OCTOBER, regions=[grid], at=at(10, 20))
    make.log(cast.wang_member, OCTOBER, regions=[grid], acts={"liaison": 1}, at=at(11, 30))
    with pytest.raises(WrongState):
        make.log(cast.wang_member, OCTOBER, regions=[grid], acts={"liaison": 2}, at=at(12, 1))
    assert GridAct.objects.get().times == 1


def test_a_grid_of_the_past_counts_for_the_months_in_which_it_was_served(cast, grid):
    cast.wang_member.grid_postings.update(until=date(2026, 11, 3))
    assert make.log(cast.wang_member, regions=[grid])
    with pytest.raises(WrongState):
        make.log(cast.wang_member, date(2026, 12, 1), regions=[grid], at=at(12, 5))


# --- the reminder ------------------------------------------------------------------------------------------------


def reminders():
    return Milestone.objects.filter(kind=grid_moments.KIND)


def told():
    return list(Notice.objects.filter(kind="grid-log").values_list("recipient__username", flat=True))


def test_who_has_not_told_is_reminded_on_the_25th_and_next_month_is_planned(cast, grid):
    feng = make.member(cast.committee)
    make.posting(cast.committee, feng, grid)
    assert [m.code for m in reminders().pending()] == ["2026-11"]
    make.log(feng, regions=[grid])
    clock.sweep(at(11, 25, 8))
    assert told() == []
    clock.sweep(at(11, 25))
    clock.sweep(at(11, 25, 11))
    assert told() == ["wang"]
    assert [m.code for m in reminders().pending()] == ["2026-12"]


def test_late_sweeps_catch_up_without_a_flood(cast, grid):
    clock.sweep(at(3, 2, year=2027))
    clock.sweep(at(3, 2, 11, year=2027))
    assert told() == []
    assert [m.code for m in reminders().pending()] == ["2027-03"]
    assert reminders().get(code="2026-11").state == MilestoneState.SKIPPED


def test_a_posting_after_the_25th_is_reminded_of_next_month(cast):
    make.posting(cast.committee, cast.wang_member, make.grid(cast.committee), at=at(11, 26))
    assert [m.code for m in reminders()] == ["2026-12"]


def test_the_day_is_a_parameter(cast):
    cast.committee.parameters.create(code="grid.remind_day", value="20")
    make.posting(cast.committee, cast.wang_member, make.grid(cast.committee))
    assert reminders().get().due_at == at(11, 20, 9)


# --- ledgers -----------------------------------------------------------------------------------------------------


def sheet(file):
    with file:
        return load_workbook(BytesIO(file.read())).active


def rows_of(file):
    return [list(row) for row in sheet(file).iter_rows(values_only=True)]


def test_the_basic_ledger_says_who_serves_and_lists_villages_served_as_a_whole(cast, grid):
    make.posting(cast.committee, cast.wang_member, make.village(cast.committee, 101))
    header, first, whole = rows_of(ledgers.basic_book(cast.committee, cast.committee.region, by=cast.li, at=AT))
    assert header == ledgers.BASIC
    assert first[:4] == [grid.pk, "第一网格", "珠泉镇金田", "基础网格"]
    assert first[-5:] == ["珠泉镇", "嘉禾县", "王委员", "经济界", "县级"]
    assert (whole[0], whole[1], whole[-3]) == (None, "（全村）", "王委员")
    town = make.village(cast.committee, 101).parent
    assert len(rows_of(ledgers.basic_book(cast.committee, town, by=cast.li, at=AT))) == 2
    assert AuditEntry.objects.filter(verb="grid.export").count() == 2


def test_no_cell_of_a_ledger_is_a_formula(cast, grid):
    make.log(cast.wang_member, regions=[grid], words="=1+1", photos=[photo()])
    logs = GridLog.objects.all()
    page = sheet(ledgers.work_book(cast.committee, logs, cast.committee.region, by=None, at=AT))
    cells = {cell.value: cell for row in page.iter_rows() for cell in row}
    assert cells["=1+1"].data_type == "s"
    (row,) = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
    assert row[:3] == ["2026-11", "王委员", "经济界"]
    assert row[5:11] == [2, 0, 0, 0, 0, 2]
    assert row[12] == 1
    lines = b"".join(ledgers.work_csv(cast.committee, logs, cast.committee.region, by=None, at=AT)).decode()
    assert "'=1+1" in lines


def test_ledgers_are_for_the_office(cast, grid):
    for who in (cast.wang, cast.zhao, cast.zhang):
        with pytest.raises(PermissionDenied):
            ledgers.basic_book(cast.committee, cast.committee.region, by=who, at=AT)


def test_logs_are_seen_by_their_member_and_the_office(cast, grid):
    make.log(cast.wang_member, regions=[grid])
    seen = {who: GridLog.objects.visible_to(getattr(cast, who)).exists() for who in ("wang", "li", "zhao", "zhang")}
    assert seen == {"wang": True, "li": True, "zhao": False, "zhang": False}
