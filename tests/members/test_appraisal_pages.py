"""Pages of the appraisal: the staff's year, a member's own years, the documents, the API."""

import datetime
import io

import pytest
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook

from members.facts import Fact
from members.models import Appraisal, AppraisalResult, Measure, Objection
from members.services import appraisal as services
from members.services import measures
from members.states import AppraisalState, MeasureState, ObjectionState
from tests.factories import appraisal as make_year
from tests.factories import members as make

pytestmark = pytest.mark.django_db
OVER, YEAR = make_year.OVER, make_year.YEAR


@pytest.fixture(autouse=True)
def in_the_window(monkeypatch):
    """The pages' clock stands in the window for objections."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: OVER + datetime.timedelta(days=1))


def text_of(document: bytes) -> str:
    opened = Document(io.BytesIO(document))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in opened.paragraphs), *cells])


# --- the staff -----------------------------------------------------------------------------------------------------


def test_the_staff_freezes_proposes_publishes_by_page(cast, as_):
    scheme, client = make_year.scheme(cast.committee), as_(cast.li)
    make_year.did(cast.wang_member, Fact.ACTIVITY)
    assert reverse("appraisal-freeze", args=[scheme.pk]) in client.get(reverse("appraisal-list")).content.decode()
    answer = client.post(reverse("appraisal-freeze", args=[scheme.pk]))
    appraisal = Appraisal.objects.get()
    assert answer.url == appraisal.get_absolute_url()
    page = client.post(reverse("appraisal-propose", args=[appraisal.pk]), follow=True).content.decode()
    assert "新提出 1 件" in page
    assert "约谈：王委员" in page
    assert "1 位委员" in client.get(reverse("appraisal-publish", args=[appraisal.pk])).content.decode()
    client.post(reverse("appraisal-publish", args=[appraisal.pk]))
    appraisal.refresh_from_db()
    assert appraisal.state == AppraisalState.PUBLISHED


def test_an_early_freeze_asks_for_the_reason_and_keeps_the_page(cast, as_):
    scheme, client = make_year.scheme(cast.committee, year=2026), as_(cast.li)
    url = reverse("appraisal-freeze", args=[scheme.pk])
    assert "还没有过完" in client.post(url, {"reason": ""}).content.decode()
    assert not Appraisal.objects.exists()
    client.post(url, {"reason": "换届"})
    assert Appraisal.objects.get().note == "换届"


def test_the_year_is_filtered_by_grade_words_and_sector(cast, as_):
    make.member(make.user("wu", "吴委员"), cast.committee, sector=make.sector(cast.committee, "教育界"))
    appraisal = make_year.frozen(cast)
    client, url = as_(cast.li), appraisal.get_absolute_url()
    assert "王委员" in client.get(url, {"grade": "优秀"}).content.decode()
    assert "王委员</a></th>" not in client.get(url, {"grade": "不称职"}).content.decode()
    assert "吴委员</a></th>" in client.get(url, {"q": "吴委员"}).content.decode()
    sector = make.sector(cast.committee, "教育界")
    assert "王委员</a></th>" not in client.get(url, {"sector": sector.pk}).content.decode()
    assert "没有符合条件的委员" in client.get(url, {"grade": "-"}).content.decode()


def test_ranks_stand_in_order_and_the_bars_count(cast, as_):
    for number in range(2):
        make.member(make.user(f"w{number}", f"吴{number}"), cast.committee)
    appraisal = make_year.frozen(cast)
    page = as_(cast.li).get(appraisal.get_absolute_url())
    assert [result.rank for result in page.context["page"]] == [1, 2, 2]
    counts = [(row["label"], row["value"]) for row in page.context["distribution"]]
    assert counts == [("优秀", 1), ("称职", 0), ("不称职", 2)]


def test_the_table_has_numbers_dates_and_no_formula(cast, as_):
    make.member(make.user("evil", "=1+1"), cast.committee)
    appraisal = make_year.published(cast)
    content = as_(cast.li).get(reverse("appraisal-table", args=[appraisal.pk])).content
    sheet = load_workbook(io.BytesIO(content)).active
    header, *rows = sheet.values
    first = dict(zip(header, rows[0], strict=True))
    assert (first["委员"], first["得分"], first["名次"]) == ("王委员", 100, 1)
    assert first["定格日期"].date() == datetime.date(2026, 1, 5)
    assert (rows[1][0], sheet["A3"].data_type) == ("=1+1", "s")


@pytest.mark.parametrize("who", ["wang", "zhou", "sun"])
def test_ranking_is_for_staff_only(cast, as_, who):
    appraisal = make_year.published(cast)
    assert as_(getattr(cast, who)).get(appraisal.get_absolute_url()).status_code in (403, 404)
    assert as_(getattr(cast, who)).get(reverse("appraisal-table", args=[appraisal.pk])).status_code in (403, 404)


def test_a_talk_is_recorded_on_the_phone_or_waived(cast, as_):
    make.member(make.user("wu", "吴委员"), cast.committee)
    appraisal = make_year.frozen(cast, active=2)
    measures.propose_measures(appraisal, by=cast.li, at=OVER)
    first, second = Measure.objects.order_by("pk")
    client = as_(cast.li)
    page = client.get(first.get_absolute_url()).content.decode()
    assert "界别召集人" in page
    assert "本年度等次为不称职" in page
    bad = client.post(first.get_absolute_url(), {"held_on": "2027-01-01", "speaker": "张", "note": "谈话内容"})
    assert "不能晚于今天" in bad.content.decode()
    assert "谈话内容" in bad.content.decode()
    client.post(first.get_absolute_url(), {"held_on": "2026-01-06", "speaker": "张", "note": "谈话内容"})
    client.post(second.get_absolute_url() + "?waive=1", {"reason": "病休"})
    assert list(Measure.objects.order_by("pk").values_list("state", flat=True)) == [
        MeasureState.DONE,
        MeasureState.WAIVED,
    ]
    assert "没有符合条件的" in client.get(reverse("measure-list")).content.decode()


def test_two_people_correct_a_result_by_page(cast, as_):
    objection, he = make_year.objection(cast), make_year.confirmer(cast)
    url, first, second = objection.get_absolute_url(), as_(cast.li), as_(he)
    given = {"counted": "60", "quality": "30", "grade": "优秀", "reason": "签到册上有"}
    refused = first.post(url + "?do=correct", {**given, "reason": ""}).content.decode()
    assert "拟更正" in refused
    assert 'value="60"' in refused
    first.post(url + "?do=correct", given)
    assert "确认更正并答复" not in first.get(url).content.decode()
    seen = second.get(url).context["uphold_form"]["seen"].value()
    first.post(url + "?do=correct", {**given, "quality": "35"})
    page = second.post(url + "?do=uphold", {"answer": "补记一次", "seen": seen}).content.decode()
    assert "刚刚改过" in page
    assert "补记一次" in page
    again = second.get(url).context["uphold_form"]["seen"].value()
    second.post(url + "?do=uphold", {"answer": "补记一次", "seen": again})
    assert Objection.objects.get().state == ObjectionState.UPHELD
    page = as_(cast.wang).get(objection.result.get_absolute_url()).content.decode()
    assert "申诉后已更正" in page
    assert "补记一次" in page


# --- the member ----------------------------------------------------------------------------------------------------


def test_a_member_sees_every_line_and_objects(cast, as_):
    scheme = make_year.scheme(cast.committee)
    make_year.required(scheme)
    make_year.did(cast.wang_member, Fact.ACTIVITY)
    appraisal = services.freeze(scheme, by=cast.li, at=OVER)
    client, result = as_(cast.wang), make_year.result(appraisal, cast.wang_member)
    assert "还没有反馈给您" in client.get(reverse("my-appraisals")).content.decode()
    assert client.get(result.get_absolute_url()).status_code == 404
    services.publish(appraisal, by=cast.li, at=OVER)
    assert f"{YEAR} 年度" in client.get(reverse("my-appraisals")).content.decode()
    page = client.get(result.get_absolute_url()).content.decode()
    for words in ("activity 1", "提案一件", "至少 1 次", "/ 1", "为什么是这一天", "提交申诉"):
        assert words in page
    client.post(result.get_absolute_url(), {"words": "少记了一次"})
    page = client.get(result.get_absolute_url()).content.decode()
    assert "待答复" in page
    assert "少记了一次" in page
    assert "提交申诉" not in page


def test_after_the_window_the_page_says_until_when_and_who_helps(cast, as_, monkeypatch):
    appraisal = make_year.published(cast)
    monkeypatch.setattr("django.utils.timezone.now", lambda: OVER + datetime.timedelta(days=20))
    result = make_year.result(appraisal, cast.wang_member)
    client = as_(cast.wang)
    page = client.get(result.get_absolute_url()).content.decode()
    assert "2026年1月19日" in page
    assert "请联系政协办" in page
    assert "提交申诉" not in page
    late = client.post(result.get_absolute_url(), {"words": "来晚了"}).content.decode()
    assert "不能再提出申诉" in late
    assert not Objection.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("wang", 200), ("li", 200), ("qian", 404), ("zhao", 404), ("zhou", 404)])
def test_who_sees_a_result(cast, as_, who, status):
    result = make_year.result(make_year.published(cast), cast.wang_member)
    assert as_(getattr(cast, who)).get(result.get_absolute_url()).status_code == status


def test_the_archive_of_all_years_masks_the_phone(cast, as_):
    cast.wang.phone = "13812345678"
    cast.wang.save()
    old = make.member(cast.wang, cast.committee, term=10, until=datetime.date(2024, 12, 31))
    make_year.past(old, YEAR - 1, "称职", 70)
    make_year.special_committee(cast.committee, leader=cast.wang_member)
    make_year.published(cast)
    for client, url in (
        (as_(cast.wang), reverse("duty-archive")),
        (as_(cast.li), reverse("people-archive", args=[cast.wang_member.pk])),
    ):
        text = text_of(client.get(url).content)
        for words in (
            "履职档案",
            "138****5678",
            "经济科技委",
            "2025 年",
            "等次：优秀",
            "2024 年",
            "等次：称职",
            "第10届",
        ):
            assert words in text, words
        assert "13812345678" not in text


@pytest.mark.parametrize("who", ["wang", "zhou", "zhao", "qian"])
def test_the_archive_of_others_is_for_those_who_look_after_them(cast, as_, who):
    assert as_(getattr(cast, who)).get(reverse("people-archive", args=[cast.wang_member.pk])).status_code == 404


def test_who_is_no_member_has_no_archive(cast, as_):
    assert as_(cast.zhou).get(reverse("duty-archive")).status_code == 404


# --- how much is asked ---------------------------------------------------------------------------------------------


def test_pages_ask_a_bounded_number_of_statements(cast, as_, django_assert_max_num_queries):
    appraisal = make_year.published(cast, active=2)
    measures.propose_measures(appraisal, by=cast.li, at=OVER)
    objection = make_year.objection(cast, appraisal)
    result = make_year.result(appraisal, cast.wang_member)
    staff, member = as_(cast.li), as_(cast.wang)
    places = [
        (staff, reverse("appraisal-list")), (staff, objection.get_absolute_url()), (staff, reverse("measure-list")),
        (staff, Measure.objects.get().get_absolute_url()), (member, result.get_absolute_url()),
        (member, reverse("my-appraisals")),
    ]  # fmt: skip
    for client, url in places:
        client.get(url)
        with django_assert_max_num_queries(14):
            assert client.get(url).status_code == 200


def test_one_member_or_three_ask_the_same(cast, as_, django_assert_max_num_queries):
    appraisal, client = make_year.frozen(cast, active=2), as_(cast.li)
    client.get(appraisal.get_absolute_url())
    with django_assert_max_num_queries(16) as one:
        client.get(appraisal.get_absolute_url())
    for number in range(2):
        member = make.member(make.user(f"w{number}", f"吴{number}"), cast.committee)
        AppraisalResult.objects.create(
            appraisal=appraisal, member=member, points=1, counted=1, quality=0, rank=2, of=3, grade="不称职"
        )
    with django_assert_max_num_queries(len(one)):
        client.get(appraisal.get_absolute_url())


# --- the API -------------------------------------------------------------------------------------------------------


def test_the_api_gives_own_results_and_all_to_those_who_manage(cast, as_):
    make.member(make.user("wu", "吴委员"), cast.committee)
    appraisal = make_year.published(cast)
    mine = as_(cast.wang).get("/api/v1/appraisals/").json()["results"]
    assert [(row["member"], row["grade"]) for row in mine] == [("王委员", "优秀")]
    assert len(as_(cast.li).get("/api/v1/appraisals/", {"year": YEAR}).json()["results"]) == 2
    assert as_(cast.zhao).get("/api/v1/appraisals/").json()["results"] == []
    one = as_(cast.wang).get(f"/api/v1/appraisals/{make_year.result(appraisal, cast.wang_member).pk}/").json()
    assert len(one["lines"]) == 5
