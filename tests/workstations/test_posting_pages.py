"""Pages of 派驻方案: plan in one form, look, correct, enact, hand round the list."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from tests.factories import members as make
from tests.factories import postings as rows
from workstations.models import GridPosting, PlannedPosting, PlanTarget, PostingPlan, SeatReach
from workstations.services import posting_plans as services
from workstations.states import PostingPlanState


@pytest.fixture
def county(cast):
    rows.town(cast.committee, 102)
    rows.grid(cast.committee, "431024102201", 1, field="学校")
    cast.people = rows.people(cast.committee, ["431024102000", "431024102202", None], specialties="教育")
    return cast


@pytest.fixture
def planned(county):
    county.plan = services.open_plan(rows.plan(county.committee), by=county.li, at=timezone.now())
    services.begin(county.plan, by=county.li, at=timezone.now())
    return county


def read(client, name, *args, **query):
    return client.get(reverse(name, args=args), query).content.decode()


def test_the_office_plans_in_one_form_and_lands_on_the_result(county, as_):
    li = as_(county.li)
    assert "还没有方案" in read(li, "posting-plan-list")
    given = {"name": "进网格方案", "target": PlanTarget.GRID}
    done = li.post(reverse("posting-plan-new"), given, follow=True)
    words = done.content.decode()
    assert done.redirect_chain[-1][0] == PostingPlan.objects.get().get_absolute_url()
    assert "已测算好，还没有实施" in words
    assert "5 / 5" in words
    assert "专长 教育 对口 学校网格" in words
    assert "进网格方案" in read(li, "posting-plan-list")


def test_bad_input_is_said_in_words_and_nothing_is_lost(county, as_):
    wrong = as_(county.li).post(reverse("posting-plan-new"), {"name": "名" * 70, "target": "moon"})
    words = wrong.content.decode()
    assert "名" * 70 in words
    assert "errorlist" in words or "错误" in words or 'aria-invalid="true"' in words
    assert not PostingPlan.objects.exists()


@pytest.mark.parametrize("name", ["posting-plan", "posting-plan-export", "posting-plan-add", "posting-plan-enact"])
def test_a_plan_is_for_its_own_office_alone(planned, as_, name):
    address = reverse(name, args=[planned.plan.pk])
    assert as_(planned.li).get(address).status_code == 200
    assert as_(planned.zhao).get(address).status_code == 404
    assert as_(planned.wang).get(address).status_code == 403
    assert as_(None).get(address).status_code == 302


@pytest.mark.parametrize("name", ["posting-plan-start", "posting-plan-enact", "posting-plan-drop"])
def test_nobody_else_acts_on_a_plan(planned, as_, name):
    address = reverse(name, args=[planned.plan.pk])
    for who in (planned.wang, planned.sun, planned.zhao, planned.zhang, None):
        as_(who).post(address)
    planned.plan.refresh_from_db()
    assert (planned.plan.state, planned.plan.runs) == (PostingPlanState.READY, 1)


def test_a_seat_of_another_plan_is_not_found(planned, as_):
    other = services.open_plan(rows.plan(planned.committee, "另一个"), by=planned.li, at=timezone.now())
    seat = planned.plan.seats.first()
    assert as_(planned.li).get(reverse("posting-plan-seat", args=[other.pk, seat.pk])).status_code == 404


def test_the_seats_are_narrowed_to_a_member_a_town_and_what_to_look_at_twice(planned, as_):
    li, plan = as_(planned.li), planned.plan

    def shown(**query):
        return read(li, "posting-plan", plan.pk, **query).count('data-label="依据"')

    name = str(planned.people[0])
    assert shown() == 5
    assert shown(q=name) == plan.seats.filter(member=planned.people[0]).count()
    assert shown(town="431024102") == 3
    assert shown(only="by_hand") == 0
    far = plan.seats.filter(reach__in=[SeatReach.COUNTY, SeatReach.BEYOND, SeatReach.UNKNOWN])
    assert shown(only="far") == far.count()
    assert shown(only="unknown") == plan.seats.filter(reach=SeatReach.UNKNOWN).count()
    assert shown(town="999", county="nothing", only="moon") == 5


def test_a_hand_change_on_the_page_and_its_release(planned, as_):
    seat = planned.plan.seats.exclude(member=planned.people[0]).first()
    address = reverse("posting-plan-seat", args=[planned.plan.pk, seat.pk])
    li, name = as_(planned.li), str(planned.people[0])
    assert "改派" in li.get(address).content.decode()
    page = li.post(address, {"member": name, "reason": "包片"}, follow=True).content.decode()
    assert "手工指定：包片" in page
    seat.refresh_from_db()
    assert (seat.member, seat.by_hand) == (planned.people[0], True)
    page = li.post(reverse("posting-plan-release", args=[planned.plan.pk, seat.pk]), follow=True).content.decode()
    assert "不再固定给" in page
    again = li.post(reverse("posting-plan-release", args=[planned.plan.pk, seat.pk]), follow=True).content.decode()
    assert "不必解除" in again


def test_somebody_unknown_and_somebody_twice_are_said_at_the_field_and_what_was_typed_stays(planned, as_):
    seat = planned.plan.seats.first()
    address, li = reverse("posting-plan-seat", args=[planned.plan.pk, seat.pk]), as_(planned.li)
    page = li.post(address, {"member": "张三三", "reason": "我的理由"}).content.decode()
    assert "没有叫“张三三”的委员可以列入这个方案" in page
    assert "我的理由" in page
    for sector in ("教育界", "农业界"):
        place = make.sector(planned.committee, sector)
        make.member(make.user(f"twin-{place.pk}", "李同名"), planned.committee, sector=place)
    assert "李同名（教育界）、李同名（农业界）" in li.post(address, {"member": "李同名"}).content.decode()
    li.post(address, {"member": "李同名（农业界）"})
    seat.refresh_from_db()
    assert seat.member.sector.name == "农业界"


def test_a_seat_is_added_by_name_or_code_and_doubts_are_said(planned, as_):
    address, li = reverse("posting-plan-add", args=[planned.plan.pk]), as_(planned.li)
    taken = set(planned.plan.seats.filter(region="431024102202").values_list("member", flat=True))
    member = next(person for person in planned.people if person.pk not in taken)
    assert "431024102202" in read(li, "posting-plan-add", planned.plan.pk, region="431024102202")
    page = li.post(address, {"region": "月亮村", "member": str(member)}).content.decode()
    assert "没有找到“月亮村”" in page
    place = make.region("431024100202", "第102镇2村", 5, make.region("431024100000"))
    page = li.post(address, {"region": "第102镇2村", "member": str(member)}).content.decode()
    assert "有几个“第102镇2村”" in page
    assert "（431024102202）" in page
    place.delete()
    li.post(address, {"region": "431024102202", "member": str(member)})
    assert PlannedPosting.objects.filter(region="431024102202", member=member, by_hand=True).exists()


def test_enacting_says_first_what_it_comes_to_and_then_does_it_once(planned, as_):
    address, li = reverse("posting-plan-enact", args=[planned.plan.pk]), as_(planned.li)
    words = li.get(address).content.decode()
    assert "新的派驻" in words
    assert "<b>5</b>" in words
    page = li.post(address, follow=True).content.decode()
    assert "本会派驻新增 5 个" in page
    assert GridPosting.objects.count() == 5
    assert "不能实施" in li.post(address, follow=True).content.decode()
    assert li.get(address).status_code == 302
    assert GridPosting.objects.count() == 5


def test_planning_anew_and_dropping_from_the_page(planned, as_):
    li, pk = as_(planned.li), planned.plan.pk
    li.post(reverse("posting-plan-start", args=[pk]))
    planned.plan.refresh_from_db()
    assert (planned.plan.state, planned.plan.runs) == (PostingPlanState.READY, 2)
    assert "方案已作废" in li.post(reverse("posting-plan-drop", args=[pk]), follow=True).content.decode()
    assert "不能作废" in li.post(reverse("posting-plan-drop", args=[pk]), follow=True).content.decode()


def test_a_plan_that_runs_or_failed_says_so(planned, as_):
    li, plan = as_(planned.li), planned.plan
    services.start(plan, by=planned.li, at=timezone.now())
    PostingPlan.objects.filter(pk=plan.pk).update(report=plan.report | {"progress": [3, 18]})
    words = read(li, "posting-plan", plan.pk)
    assert "已算好 3 / 18" in words
    assert 'hx-trigger="every 3s"' in words
    services.fail(plan, run=plan.runs, words=services.LOST, at=timezone.now())
    assert services.LOST in read(li, "posting-plan", plan.pk)
    fresh = services.open_plan(rows.plan(planned.committee, "空的"), by=planned.li, at=timezone.now())
    assert "还没有测算" in read(li, "posting-plan", fresh.pk)


def test_the_list_of_seats_goes_round_as_a_workbook(planned, as_):
    answer = as_(planned.li).get(reverse("posting-plan-export", args=[planned.plan.pk]))
    (sheet,) = load_workbook(BytesIO(answer.content)).worksheets
    found = list(sheet.iter_rows(values_only=True))
    assert found[0][:5] == ("县（市、区）", "乡镇（街道）", "网格或村", "区划代码", "委员")
    assert len(found) == 6
    assert {row[3] for row in found[1:]} == set(planned.plan.seats.values_list("region", flat=True))
    assert found[1][0] == "嘉禾县"


def test_pages_take_as_many_statements_for_many_rows_as_for_one(planned, as_):
    def statements(name, *args):
        client = as_(planned.li)
        client.get(reverse(name, args=args))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(reverse(name, args=args))
        return len(asked)

    page, listed = statements("posting-plan", planned.plan.pk), statements("posting-plan-list")
    rows.town(planned.committee, 103, villages=4)
    rows.people(planned.committee, ["431024103000", None, None])
    services.begin(planned.plan, by=planned.li, at=timezone.now())
    for number in range(3):
        services.open_plan(rows.plan(planned.committee, f"第{number}个"), by=planned.li, at=timezone.now())
    assert statements("posting-plan", planned.plan.pk) == page <= 14
    assert statements("posting-plan-list") == listed <= 14
