"""Pages of the appraisal of units: who opens which, what is told, what stays typed, what it costs."""

from io import BytesIO

import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from proposals.models import Appraised, Assignment, Measure, UnitAppraisal
from proposals.services import appraisals
from proposals.states import AppraisalState
from tests.factories import letters as post
from tests.factories import members as people
from tests.factories import supervision as make
from tests.factories import workstations as places
from tests.factories.supervision import AT, LATE
from tests.proposals.test_supervision_pages import MOST_STATEMENTS, cost, one_main, page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(LATE, tick=False):
        yield


@pytest.fixture
def appraisal(cast):
    make.answered(cast, make.handed(cast))
    return appraisals.create(cast.committee, year=2026, of=Appraised.UNITS, least=1, by=cast.sun, at=AT)


def test_a_new_appraisal_and_its_indicators(cast, as_):
    browser = as_(cast.sun)
    assert "还没有考核" in page(browser, "unit-appraisal-list")
    one_main(page(browser, "unit-appraisal-new"))
    given = {"year": 2026, "of": "units", "least": 2}
    assert browser.post(reverse("unit-appraisal-new"), {**given, "year": 2030}).status_code == 400
    made = browser.post(reverse("unit-appraisal-new"), given)
    appraisal = UnitAppraisal.objects.get()
    assert made.url == appraisal.get_absolute_url()
    assert "已经建立" in browser.post(reverse("unit-appraisal-new"), given).content.decode()

    address = reverse("unit-appraisal-indicators", args=[appraisal.pk])
    one_main(page(browser, "unit-appraisal-indicators", appraisal.pk))
    typed = {
        "lines-TOTAL_FORMS": 3, "lines-INITIAL_FORMS": 0, "lines-0-name": "答复率", "lines-0-measure": "replied",
        "lines-0-weight": 60, "lines-1-name": "按期率", "lines-1-measure": "on_time", "lines-1-weight": 30,
        "lines-2-name": "", "least": 2,
    }  # fmt: skip
    refused = browser.post(address, typed)
    assert refused.status_code == 400
    assert "现在是 90 分" in refused.content.decode()
    assert 'value="按期率"' in refused.content.decode()
    unmeasured = browser.post(address, {**typed, "lines-1-measure": ""})
    assert "请选择怎样测算" in unmeasured.content.decode()
    assert browser.post(address, {**typed, "lines-1-weight": 40}).url == appraisal.get_absolute_url()
    assert [one.name for one in appraisal.indicators.all()] == ["答复率", "按期率"]
    assert browser.post(address, {}).status_code == 400


def test_the_table_ranks_and_opens_every_figure(cast, as_, appraisal):
    few = people.organisation(cast.committee, "县水利局")
    browser = as_(cast.sun)
    html = page(browser, "unit-appraisal", appraisal.pk)
    assert "不参加排名" in html
    assert str(few) in html
    assert "来源：" in html
    one_main(html)
    line = appraisal.indicators.get(measure=Measure.REPLIED)
    address = reverse("unit-appraisal-cases", args=[appraisal.pk, line.pk, cast.unit.pk])
    assert address in html
    title = Assignment.objects.get().title
    for query, listed in (("", True), ("?only=1", True), ("?only=0", False), ("?only=7", True)):
        assert (
            title in page(browser, "unit-appraisal-cases", appraisal.pk, line.pk, cast.unit.pk, query=query)
        ) == listed
    before = cost(browser, "unit-appraisal", appraisal.pk)
    for number in range(2):
        make.handed(cast)
        people.organisation(cast.committee, f"县{number}局")
    assert cost(browser, "unit-appraisal", appraisal.pk) == before <= MOST_STATEMENTS
    assert cost(browser, "unit-appraisal-cases", appraisal.pk, line.pk, cast.unit.pk) <= MOST_STATEMENTS


def test_a_unit_reads_its_own_and_only_when_published(cast, as_, appraisal):
    other = people.organisation(cast.committee, "县水利局")
    line = appraisal.indicators.get(measure=Measure.REPLIED)
    zhang = as_(cast.zhang)
    page(zhang, "unit-appraisal", appraisal.pk, status=404)
    sun = as_(cast.sun)
    sun.post(reverse("unit-appraisal-publish", args=[appraisal.pk]))
    assert UnitAppraisal.objects.get().state == AppraisalState.PUBLISHED
    assert "已发布" in sun.post(reverse("unit-appraisal-publish", args=[appraisal.pk]), follow=True).content.decode()
    html = page(zhang, "unit-appraisal", appraisal.pk)
    assert str(cast.unit) in html
    assert str(other) not in html
    assert "共 1 个单位参加排名" in html
    page(zhang, "unit-appraisal-cases", appraisal.pk, line.pk, cast.unit.pk)
    page(zhang, "unit-appraisal-cases", appraisal.pk, line.pk, other.pk, status=404)
    sheet = zhang.get(reverse("unit-appraisal-export", args=[appraisal.pk])).content
    assert [row[1] for row in load_workbook(BytesIO(sheet))["考核"].values][2:] == [cast.unit.name]


def test_a_published_figure_opens_as_it_was(cast, as_, appraisal):
    line = appraisal.indicators.get(measure=Measure.WRONGLY_RETURNED)
    as_(cast.sun).post(reverse("unit-appraisal-publish", args=[appraisal.pk]))
    make.handed(cast)
    for user in (cast.sun, cast.zhang):
        html = page(as_(user), "unit-appraisal-cases", appraisal.pk, line.pk, cast.unit.pk)
        assert "0 / 1" in html
        assert "全部 1 件" in html
        assert "以后的变化不再影响得分" in html


def test_units_are_compared_by_total_and_by_each_indicator(cast, as_, appraisal):
    other = people.organisation(cast.committee, "县水利局")
    Assignment.objects.filter(pk=make.handed(cast).pk).update(unit=other, due_on=AT.date())
    other_case = Assignment.objects.get(unit=other)
    other_case.rounds.update(due_on=AT.date())
    browser, replied = as_(cast.sun), appraisal.indicators.get(measure=Measure.REPLIED)
    html = page(browser, "unit-appraisal", appraisal.pk)
    assert "各单位总分（百分制）" in html
    assert "合计" in html
    html = page(browser, "unit-appraisal", appraisal.pk, query=f"?by={replied.pk}")
    assert "100.0%" in html
    assert "0.0%" in html
    promised = appraisal.indicators.get(measure=Measure.B_KEPT)
    assert "这一项现在没有可计的事项" in page(browser, "unit-appraisal", appraisal.pk, query=f"?by={promised.pk}")
    assert "各单位总分" in page(browser, "unit-appraisal", appraisal.pk, query="?by=x")


def test_publishing_before_the_year_is_over_is_said(cast, as_, appraisal):
    assert "2026 年还没有过完" in page(as_(cast.sun), "unit-appraisal", appraisal.pk)
    with time_machine.travel(LATE.replace(year=2027), tick=False):
        assert "还没有过完" not in page(as_(cast.sun), "unit-appraisal", appraisal.pk)


def test_how_few_are_ranked_is_changed_with_the_indicators(cast, as_, appraisal):
    browser, address = as_(cast.sun), reverse("unit-appraisal-indicators", args=[appraisal.pk])
    typed = {
        "lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 0, "lines-0-name": "答复率", "lines-0-measure": "replied",
        "lines-0-weight": 100,
    }  # fmt: skip
    refused = browser.post(address, {**typed, "least": 0})
    assert refused.status_code == 400
    assert 'value="答复率"' in refused.content.decode()
    assert browser.post(address, {**typed, "least": 5}).url == appraisal.get_absolute_url()
    assert UnitAppraisal.objects.get().least == 5
    assert "也不到 5 件" in page(browser, "unit-appraisal", appraisal.pk)


def test_members_and_visitors_have_no_list(cast, as_, appraisal):
    page(as_(cast.wang), "unit-appraisal-list", status=403)
    for name, args in {"unit-appraisal-list": [], "unit-appraisal": [appraisal.pk]}.items():
        assert as_(None).get(reverse(name, args=args)).status_code == 302
    assert "还没有发布的考核" in page(as_(cast.zhang), "unit-appraisal-list")
    assert appraisal.get_absolute_url() not in page(as_(cast.zhao), "unit-appraisal-list")
    as_(cast.sun).post(reverse("unit-appraisal-publish", args=[appraisal.pk]))
    assert appraisal.get_absolute_url() in page(as_(cast.zhang), "unit-appraisal-list")


@pytest.mark.parametrize(
    "name", ["unit-appraisal-indicators", "unit-appraisal-publish", "unit-appraisal-new", "unit-appraisal-score"]
)
@pytest.mark.parametrize(("who", "status"), [("zhou", 403), ("zhang", 404), ("wang", 404), ("zhao", 404)])
def test_only_the_supervisors_change_an_appraisal(cast, as_, appraisal, name, who, status):
    line = appraisal.indicators.first()
    args = {"unit-appraisal-new": [], "unit-appraisal-score": [appraisal.pk, line.pk, cast.unit.pk]}
    address = reverse(name, args=args.get(name, [appraisal.pk]))
    if name == "unit-appraisal-new":
        status = 400 if who == "zhao" else 403  # 外县的赵 sets up that of another county
    assert as_(getattr(cast, who)).post(address).status_code == status
    assert UnitAppraisal.objects.get().state == AppraisalState.DRAFT


def test_towns_are_scored_by_hand_and_open_as_stations_and_letters(cast, as_):
    town = post.town(cast.committee)
    town.region = places.town(cast.committee)
    town.save()
    station, letter = places.station(cast.committee), post.letter(town, by=cast.li)
    made = appraisals.create(cast.committee, year=2026, of=Appraised.TOWNS, least=1, by=cast.sun, at=LATE)
    browser = as_(cast.sun)
    assert "还有 1 处没有人工评分" in page(browser, "unit-appraisal", made.pk)
    hand = made.indicators.get(measure=Measure.BY_HAND)
    address = reverse("unit-appraisal-score", args=[made.pk, hand.pk, town.pk])
    one_main(page(browser, "unit-appraisal-score", made.pk, hand.pk, town.pk))
    assert browser.post(address, {"points": 99, "words": "好"}).status_code == 400
    assert browser.post(address, {"points": "18.5", "words": "有品牌。"}).url == made.get_absolute_url()
    assert "18.50 分" in page(browser, "unit-appraisal", made.pk)
    for measure, thing in ((Measure.TALKS, station), (Measure.LETTERS, letter)):
        line = made.indicators.get(measure=measure)
        html = page(browser, "unit-appraisal-cases", made.pk, line.pk, town.pk)
        assert thing.get_absolute_url() in html
        page(browser, "unit-appraisal-score", made.pk, line.pk, town.pk, status=404)
    page(browser, "unit-appraisal-cases", made.pk, hand.pk, town.pk, status=404)
    browser.post(reverse("unit-appraisal-publish", args=[made.pk]))
    html = page(as_(town.handler), "unit-appraisal", made.pk)
    assert "有品牌。" in html
    page(as_(cast.zhang), "unit-appraisal", made.pk, status=404)
