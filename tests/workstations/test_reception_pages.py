import io
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from tests.factories import reception as make
from tests.factories.reception import BODY
from tests.workstations.test_words_pages import NUMBER, SECRET, code_of, stamp
from workstations.models import ReceptionShift, ShiftSwap, Visit, Word
from workstations.services import shifts, visits

pytestmark = pytest.mark.django_db


@pytest.fixture
def station(cast):
    make.days.load()
    return make.station(cast)


@pytest.fixture
def soon(cast, station):
    """王委员's shift in a week, planned now."""
    now = timezone.now()
    return make.shift(cast, station, on=timezone.localdate(now) + timedelta(days=7), at=now)


def url(name, *args):
    return reverse(name, args=args)


def test_the_public_page_of_a_station_says_who_is_on_duty_next(cast, as_, station, soon):
    text = as_(None).get(station.get_absolute_url()).content.decode()
    assert "王委员委员" in text
    assert "值班表" not in text
    assert "值班表" in as_(cast.keeper).get(station.get_absolute_url()).content.decode()
    shifts.cancel(soon, reason="装修", by=cast.keeper, at=timezone.now())
    assert "王委员委员" not in as_(None).get(station.get_absolute_url()).content.decode()


def test_a_keeper_plans_some_weeks_and_reads_what_was_left_out(cast, as_, station):
    client = as_(cast.keeper)
    given = {"first": timezone.localdate().isoformat(), "weeks": 2, "starts": "09:00", "ends": "11:30"}
    bad = client.post(url("roster-plan", station.pk), {**given, "ends": "08:00"})
    assert bad.status_code == 400
    assert "结束要晚于开始" in bad.content.decode()
    assert 'value="2"' in bad.content.decode()
    made = client.post(url("roster-plan", station.pk), given, follow=True).content.decode()
    assert "次值班" in made
    assert ReceptionShift.objects.count() >= 1


@pytest.mark.parametrize("number", [1, 3])
def test_rosters_cost_the_same_however_long(cast, as_, station, number, django_assert_max_num_queries):
    now = timezone.now()
    for week in range(number):
        shift = make.shift(cast, station, on=timezone.localdate(now) + timedelta(weeks=week + 1), at=now)
        shifts.ask_swap(shift, asked=cast.colleagues[0], reason="出差", by=cast.wang, at=now)
        past = now - timedelta(weeks=week + 2)
        make.shift(cast, station, on=timezone.localdate(past), at=past)
        visits.log_visit(station, people=2, matter="问低保", body=BODY, by=cast.keeper, at=past)
    for who, name, args in (
        ("keeper", "station-roster", [station.pk]),
        ("keeper", "visit-list", [station.pk]),
        ("wang", "shift-mine", []),
        (None, "station-detail", [station.pk]),
    ):
        client = as_(who and getattr(cast, who))
        with django_assert_max_num_queries(24):
            assert client.get(url(name, *args)).status_code == 200


def test_a_keeper_moves_and_cancels_from_the_page(cast, as_, station, soon):
    client = as_(cast.keeper)
    given = {"on": soon.on.isoformat(), "starts": "14:00", "ends": "16:00", "member": cast.colleagues[0].pk}
    assert client.post(url("shift-edit", soon.pk), {**given, "on": "2020-01-01"}).status_code == 400
    assert client.post(url("shift-edit", soon.pk), given).status_code == 302
    soon.refresh_from_db()
    assert soon.member == cast.colleagues[0]
    assert client.post(url("shift-cancel", soon.pk), {"reason": ""}).status_code == 400
    assert client.post(url("shift-cancel", soon.pk), {"reason": "装修"}).status_code == 302
    assert "已经取消" in client.post(url("shift-cancel", soon.pk), {"reason": "装修"}, follow=True).content.decode()


@pytest.mark.parametrize("who", ["wang", "zhang", "zhao", "qian"])
def test_others_find_no_shift_to_change(cast, as_, station, soon, who):
    client = as_(getattr(cast, who))
    for name in ("shift-edit", "shift-cancel"):
        assert client.get(url(name, soon.pk)).status_code == 404
    assert client.post(url("shift-mark", soon.pk), {"kept": "1"}).status_code == 404
    assert client.get(url("roster-plan", station.pk)).status_code == 404
    assert client.get(url("swap-ask", soon.pk)).status_code == (200 if who == "wang" else 404)


def test_who_came_is_marked_and_corrected_from_the_page(cast, as_, station):
    now = timezone.now()
    shift = make.shift(cast, station, on=timezone.localdate(now), at=now)
    client = as_(cast.keeper)
    for given, kept in (("1", True), ("0", False)):
        client.post(url("shift-mark", shift.pk), {"kept": given})
        shift.refresh_from_db()
        assert shift.kept is kept


def test_a_swap_from_question_to_answer(cast, as_, station, soon):
    client, colleague = as_(cast.wang), as_(cast.colleagues[0].user)
    assert client.post(url("swap-ask", soon.pk), {"asked": cast.qian_member.pk, "reason": "出差"}).status_code == 400
    client.post(url("swap-ask", soon.pk), {"asked": cast.colleagues[0].pk, "reason": "出差"})
    swap = ShiftSwap.objects.get()
    assert "已请" in client.get(url("shift-mine")).content.decode()
    assert "请我代班" in colleague.get(url("shift-mine")).content.decode()
    assert as_(cast.zhao).post(url("swap-take", swap.pk)).status_code == 404
    assert as_(cast.colleagues[1].user).post(url("swap-take", swap.pk)).status_code == 404
    assert client.post(url("swap-take", swap.pk)).status_code == 403
    assert colleague.get(url("swap-take", swap.pk)).status_code == 405
    assert "由您值班" in colleague.post(url("swap-take", swap.pk), follow=True).content.decode()
    assert "不能" in colleague.post(url("swap-refuse", swap.pk), follow=True).content.decode()
    soon.refresh_from_db()
    assert soon.member == cast.colleagues[0]
    assert "已请" not in client.get(url("shift-mine")).content.decode()


def test_a_visit_in_two_fields_and_one_with_a_slip(cast, as_, station):
    client = as_(cast.keeper)
    given = {"people": "2", "matter": "问低保怎么办", "on": timezone.localdate().isoformat(), "stamp": stamp(age=0)}
    assert "已登记" in client.post(url("visit-new", station.pk), given).content.decode()
    told = {**given, "body": BODY, "speaker": SECRET, "contact": NUMBER}
    slip = client.post(url("visit-new", station.pk), told)
    assert re.fullmatch(r"[\d ]{19}", code_of(slip))
    assert SECRET not in slip.content.decode()
    assert Visit.objects.filter(word=Word.objects.get()).count() == 1
    bad = client.post(url("visit-new", station.pk), {**told, "people": "0", "stamp": stamp("other")})
    assert bad.status_code == 400
    assert BODY in bad.content.decode()


def test_the_log_adds_up_by_day_and_its_table_names_nobody_who_spoke(cast, as_, station):
    now = timezone.now()
    visits.log_visit(
        station, people=3, matter="=1+1", body=BODY, speaker=SECRET, contact=NUMBER, by=cast.keeper, at=now
    )
    visits.log_visit(station, people=2, matter="问路", by=cast.keeper, at=now)
    client = as_(cast.keeper)
    assert "2 次 5 人，反映 1 件" in client.get(url("visit-list", station.pk)).content.decode()
    table = client.get(url("visit-list", station.pk) + "?as=xlsx")
    sheet = load_workbook(io.BytesIO(table.content)).active
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    assert [row[1:3] for row in rows] == [(3, "=1+1"), (2, "问路")]
    assert SECRET not in str(rows)
    assert NUMBER not in str(rows)
    assert sheet["C3"].data_type == "s"


def test_the_member_on_duty_logs_visits_today_but_reads_no_log(cast, as_, station):
    now = timezone.now()
    make.shift(cast, station, on=timezone.localdate(now), at=now)
    client = as_(cast.wang)
    assert client.get(url("visit-new", station.pk)).status_code == 200
    given = {"people": "1", "matter": "问路", "stamp": stamp(), "on": "2020-01-01"}
    assert client.post(url("visit-new", station.pk), given).status_code == 200
    assert Visit.objects.get().on == timezone.localdate(now)
    assert client.get(url("visit-list", station.pk)).status_code == 404
