"""Money of stations: entered with documents, struck with a reason, summed by year; who reads it."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from config.uploads import store
from members.roles import Role
from tests.factories import activities
from tests.factories import members as people
from tests.factories import standards as make
from tests.factories import workstations as places
from tests.factories.standards import AT
from workstations.models import FundKind, FundLine
from workstations.queries import funds as queries
from workstations.services import funds as services

YEAR = 2026


@pytest.fixture
def scene(cast):
    cast.station = places.station(cast.committee)
    cast.ma = make.keeper(cast.station)
    cast.auditor = people.user("shen", "审计员")
    people.grant(cast.auditor, Role.AUDITOR, cast.committee)
    return cast


def text(answer):
    return answer.content.decode()


def receipt():
    return SimpleUploadedFile("收据.txt", "文印店 300 元".encode(), "text/plain")


def said(**fields):
    given = {"kind": "spent", "amount": "1200.50", "on": "2026-03-05", "source": "文印店", "purpose": "标牌制作"}
    return {**given, **fields}


# --- summing -----------------------------------------------------------------------------------------------------


def test_the_balance_is_what_came_in_less_what_was_spent(scene):
    """Row 192: 30,000 a year; row 190: what a station raised."""
    make.line(scene.committee, FundKind.BUDGET, "30000", scene.station)
    make.line(scene.committee, FundKind.GRANT, "20000", scene.station)
    make.line(scene.committee, FundKind.RAISED, "5000", scene.station, source="爱心企业")
    make.line(scene.committee, FundKind.SPENT, "1200.50", scene.station)
    make.line(scene.committee, FundKind.SPENT, "99", scene.station, on=date(2025, 12, 31))
    sums = queries.sums(FundLine.objects.filter(station=scene.station).of_year(YEAR))
    assert (sums.budget, sums.received, sums.spent, sums.balance) == (
        30000,
        25000,
        Decimal("1200.50"),
        Decimal("23799.5"),
    )
    assert sums.said["balance"] == "23,799.50"
    assert queries.raised_by(scene.station, YEAR) == 5000
    assert queries.raised_by(scene.station, 2025) == 0


def test_struck_lines_count_nowhere(scene):
    wrong = make.line(scene.committee, FundKind.GRANT, "20000", scene.station)
    services.strike(wrong, reason="重复登记", by=scene.li, at=AT)
    assert queries.sums(FundLine.objects.all()).granted == 0
    assert queries.by_station(FundLine.objects.all(), YEAR) == []
    assert queries.by_source(FundLine.objects.all(), FundKind.GRANT) == []


def test_the_least_balance_comes_first_and_grants_say_where_from(scene, django_assert_num_queries):
    """Row 165: 以镇街为主、区上奖补."""
    rich = places.station(scene.committee, "富站")
    make.line(scene.committee, FundKind.GRANT, "20000", rich, source="珠泉镇")
    make.line(scene.committee, FundKind.GRANT, "3000", scene.station, source="区财政奖补")
    make.line(scene.committee, FundKind.SPENT, "4000", scene.station)
    make.line(scene.committee, FundKind.GRANT, "500")
    with django_assert_num_queries(2):
        ledgers = queries.by_station(FundLine.objects.all(), YEAR)
    assert [(ledger.name, ledger.sums.balance) for ledger in ledgers] == [
        ("珠泉镇委员工作室", -1000), ("全会（不分站点）", 500), ("富站", 20000),
    ]  # fmt: skip
    assert queries.by_source(FundLine.objects.all(), FundKind.GRANT) == [
        {"label": "珠泉镇", "value": 20000}, {"label": "区财政奖补", "value": 3000}, {"label": "区财政", "value": 500},
    ]  # fmt: skip


# --- entering ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("-5", "金额要大于零"),
        ("0", "金额要大于零"),
        ("0.00", "金额要大于零"),
        ("很多", "请填数字"),
        ("3万", "请填数字"),
        ("NaN", "请填数字"),
        ("Infinity", "请填数字"),
        ("1.005", "两位小数"),
        ("99999999999", "金额太大"),
        ("1e30", "金额太大"),
        ("", "请填金额"),
    ],
)
def test_a_nonsense_amount_is_refused_in_words_and_what_was_typed_stays(scene, as_, amount, words):
    page = as_(scene.li).post("/office/funds/add/", said(amount=amount, station=scene.station.pk))
    assert page.status_code == 400
    assert words in text(page)
    assert "标牌制作" in text(page)
    assert not FundLine.objects.exists()


@pytest.mark.parametrize(("typed", "amount"), [("1,200.50", "1200.50"), ("1200元", "1200"), ("￥ 300", "300")])
def test_amounts_are_read_as_people_write_them(scene, as_, typed, amount):
    as_(scene.li).post("/office/funds/add/", said(amount=typed, station=scene.station.pk))
    assert FundLine.objects.get().amount == Decimal(amount)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"on": "2099-01-01"}, "日期不能晚于今天"),
        ({"on": "1800-01-01"}, "请核对年份"),
        ({"on": "昨天"}, "日期"),
        ({"kind": "grant", "source": ""}, "从哪里来"),
        ({"purpose": ""}, "用途"),
        ({"kind": "gift"}, "类别"),
    ],
)
def test_what_else_is_wrong_is_said(scene, as_, changed, words):
    page = as_(scene.li).post("/office/funds/add/", said(**changed))
    assert page.status_code == 400
    assert words in text(page)
    assert not FundLine.objects.exists()


def test_a_budget_may_be_for_next_year(scene):
    assert make.line(scene.committee, FundKind.BUDGET, "30000", scene.station, on=date(2027, 1, 1)).pk


def test_a_station_or_activity_of_others_is_refused(scene, as_):
    foreign = places.station(scene.other_committee, "外县站")
    page = as_(scene.li).post("/office/funds/add/", said(station=foreign.pk))
    assert page.status_code == 400
    other = places.station(scene.committee, "二站")
    talk = activities.draft(scene, station=other)
    line = FundLine(committee=scene.committee, station=scene.station, activity=talk, kind="spent",
                    amount=Decimal(5), on=date(2026, 3, 1), purpose="茶水")  # fmt: skip
    with pytest.raises(Incomplete, match="不在所选的站点"):
        services.add(line, by=scene.li, at=AT)


def test_an_activity_brings_its_station(scene):
    talk = activities.draft(scene, station=scene.station)
    line = make.line(scene.committee, FundKind.SPENT, "88", activity=talk)
    assert line.station == scene.station


def test_a_second_click_enters_nothing(scene):
    make.line(scene.committee, FundKind.SPENT, "88", scene.station, by=scene.li)
    with pytest.raises(WrongState, match="同样的一笔"):
        make.line(scene.committee, FundKind.SPENT, "88", scene.station, by=scene.li)
    assert FundLine.objects.count() == 1
    make.line(scene.committee, FundKind.SPENT, "88", scene.station, by=scene.li, purpose="另一笔")


def test_documents_are_kept_and_read_by_those_who_read_the_line(scene, as_):
    as_(scene.li).post("/office/funds/add/", said(station=scene.station.pk, photos=make.photo(), documents=receipt()))
    files = list(store.of(FundLine.objects.get()))
    assert len(files) == 2
    for person, code in ((scene.ma, 200), (scene.auditor, 200), (scene.wang, 404), (scene.zhao, 404), (None, 404)):
        assert as_(person).get(files[0].get_absolute_url()).status_code == code


# --- keepers -----------------------------------------------------------------------------------------------------


def test_a_keeper_enters_what_the_station_spent_with_the_receipt(scene, as_):
    client, address = as_(scene.ma), f"/stations/{scene.station.pk}/funds/add/"
    page = client.post(address, said())
    assert page.status_code == 400
    assert "请附上发票或收据" in text(page)
    answer = client.post(address, said(kind="grant", photos=make.photo()))
    line = FundLine.objects.get()
    assert answer.url == line.get_absolute_url()
    assert (line.kind, line.station, line.by) == (FundKind.SPENT, scene.station, scene.ma)


@pytest.mark.parametrize("kind", ["budget", "grant", "raised"])
def test_a_keeper_enters_nothing_else_and_nothing_elsewhere(scene, kind):
    with pytest.raises(PermissionDenied):
        make.line(scene.committee, kind, "5", scene.station, by=scene.ma)
    with pytest.raises(PermissionDenied):
        make.line(scene.committee, "spent", "5", places.station(scene.committee, "二站"), by=scene.ma)


@pytest.mark.parametrize("who", ["wang", "zhou", "zhao", "auditor"])
def test_others_enter_nothing(scene, who):
    with pytest.raises(PermissionDenied):
        make.line(scene.committee, "spent", "5", scene.station, by=getattr(scene, who))


# --- overspending ------------------------------------------------------------------------------------------------


def test_overspending_is_warned_of_and_entered_and_the_office_hears_once(scene, as_):
    make.line(scene.committee, FundKind.BUDGET, "500", scene.station)
    make.line(scene.committee, FundKind.GRANT, "1000", scene.station)
    client, address = as_(scene.ma), f"/stations/{scene.station.pk}/funds/add/"
    fine = client.post(address, said(amount="400", photos=make.photo()), follow=True)
    assert "超过" not in text(fine)
    page = text(client.post(address, said(amount="800", photos=make.photo()), follow=True))
    assert "2026 年支出 1,200 元，超过到账的 1,000 元" in page
    assert "支出超过年度预算 500 元，超出 700 元" in page
    client.post(address, said(amount="5", photos=make.photo()))
    assert FundLine.objects.filter(kind="spent").count() == 3
    assert Notice.objects.filter(recipient=scene.li, kind="fund.over").count() == 1
    assert "超出 205 元" in text(client.get(f"/stations/{scene.station.pk}/funds/2026/"))


# --- striking ----------------------------------------------------------------------------------------------------


def test_a_line_is_struck_with_a_reason_once(scene):
    line = make.line(scene.committee, station=scene.station)
    for empty in ("", "   "):
        with pytest.raises(Incomplete, match="原因"):
            services.strike(line, reason=empty, by=scene.li, at=AT)
    services.strike(line, reason="金额录错", by=scene.li, at=AT)
    with pytest.raises(WrongState, match="已经作废"):
        services.strike(line, reason="再来", by=scene.li, at=AT)
    assert FundLine.objects.get().struck_why == "金额录错"


def test_a_keeper_strikes_the_own_line_only(scene, as_):
    granted = make.line(scene.committee, station=scene.station, by=scene.li)
    as_(scene.ma).post(f"/stations/{scene.station.pk}/funds/add/", said(photos=make.photo()))
    own = FundLine.objects.get(kind="spent")
    assert as_(scene.ma).post(f"/funds/{granted.pk}/strike/", {"reason": "不对"}).status_code == 403
    assert as_(scene.ma).post(f"/funds/{own.pk}/strike/", {"reason": ""}).status_code == 400
    assert as_(scene.ma).post(f"/funds/{own.pk}/strike/", {"reason": "发票重了"}).url == own.get_absolute_url()
    assert "发票重了" in text(as_(scene.li).get(own.get_absolute_url()))


@pytest.mark.parametrize("who", ["auditor", "wang", "zhou", "zhao"])
def test_others_strike_nothing(scene, who):
    line = make.line(scene.committee, station=scene.station)
    with pytest.raises(PermissionDenied):
        services.strike(line, reason="不对", by=getattr(scene, who), at=AT)


# --- pages -------------------------------------------------------------------------------------------------------

PAGES = {
    "overview": "/office/funds/",
    "lines": "/office/funds/lines/",
    "table": "/office/funds/table/",
    "add": "/office/funds/add/",
    "station": "/stations/{station}/funds/2026/",
    "line": "/funds/{line}/",
    "whole": "/funds/{whole}/",
    "strike": "/funds/{line}/strike/",
    "activity": "/office/funds/activities/{activity}/",
}


@pytest.mark.parametrize(
    ("who", "codes"),
    [
        ("li", {name: 200 for name in PAGES}),
        ("auditor", {"add": 403, "strike": 403, "activity": 200}),
        ("ma", {"overview": 403, "lines": 403, "table": 403, "add": 403, "whole": 404, "strike": 403, "activity": 200}),
        ("wang", {"line": 404, "whole": 404, "strike": 404, "*": 403}),
        ("zhou", {"line": 404, "whole": 404, "strike": 404, "*": 403}),
        ("zhao", {"overview": 200, "lines": 200, "table": 200, "add": 200, "station": 403, "activity": 403, "*": 404}),
        (None, {"*": 302}),
    ],
)
def test_money_stays_inside(scene, as_, who, codes):
    talk = activities.published(scene, station=scene.station)
    line = make.line(scene.committee, station=scene.station, activity=talk)
    whole = make.line(scene.committee, purpose="全会的")
    client = as_(getattr(scene, who) if who else None)
    keys = {"station": scene.station.pk, "line": line.pk, "whole": whole.pk, "activity": talk.pk}
    found = {name: client.get(address.format(**keys)).status_code for name, address in PAGES.items()}
    assert found == {name: codes.get(name, codes.get("*", 200)) for name in PAGES}


def test_the_year_of_the_office(scene, as_):
    make.line(scene.committee, FundKind.BUDGET, "30000", scene.station)
    make.line(scene.committee, FundKind.GRANT, "3000", scene.station, source="区财政奖补")
    make.line(scene.committee, FundKind.SPENT, "4000", scene.station)
    make.line(scene.other_committee, FundKind.GRANT, "777")
    page = text(as_(scene.li).get("/office/funds/?year=2026"))
    for words in ("区财政奖补", "−1,000", "超支", "4000 / 30000"):
        assert words in page
    assert "777" not in page
    assert "还没有登记经费" in text(as_(scene.li).get("/office/funds/?year=2024"))
    for query in ("year=x", "year=99999", "year=0000"):
        assert as_(scene.li).get(f"/office/funds/?{query}").status_code == 200
    assert as_(scene.li).get(f"/stations/{scene.station.pk}/funds/1800/").status_code == 404


def test_lines_are_narrowed(scene, as_):
    make.line(scene.committee, FundKind.SPENT, "4000", scene.station, purpose="桌椅")
    make.line(scene.committee, FundKind.GRANT, "3000", purpose="全会拨款", on=date(2025, 5, 1))
    client = as_(scene.auditor)
    for query, shown, hidden in (
        ("kind=spent", "桌椅", "全会拨款"),
        (f"station={scene.station.pk}", "桌椅", "全会拨款"),
        ("year=2025", "全会拨款", "桌椅"),
    ):
        page = text(client.get(f"/office/funds/lines/?{query}"))
        assert shown in page
        assert hidden not in page
    assert client.get("/office/funds/lines/?year=x&station=abc").status_code == 200


def test_the_table_has_the_sums_and_every_line(scene, as_):
    make.line(scene.committee, FundKind.GRANT, "3000", scene.station)
    services.strike(make.line(scene.committee, FundKind.SPENT, "9", scene.station), reason="录错", by=None, at=AT)
    book = load_workbook(BytesIO(b"".join(as_(scene.li).get("/office/funds/table/?year=2026"))))
    assert [cell.value for cell in book["各站"][3]] == ["珠泉镇委员工作室", 0, 3000, 0, 0, 3000]
    assert [row[2].value for row in book["明细"].iter_rows(min_row=2)] == [3000, 9]
    assert book["明细"][3][9].value == "录错"


@pytest.mark.parametrize("address", ["/office/funds/?year=2026", "/office/funds/lines/", "station"])
def test_pages_cost_the_same_with_one_and_three(scene, as_, address, django_assert_max_num_queries):
    client = as_(scene.li)
    where = f"/stations/{scene.station.pk}/funds/2026/" if address == "station" else address
    for n in range(3):
        make.line(scene.committee, FundKind.SPENT, f"{n + 1}", places.station(scene.committee, f"{n}站"))
        make.line(scene.committee, FundKind.GRANT, f"{n + 1}", scene.station, purpose=f"{n}")
        with django_assert_max_num_queries(18):
            assert client.get(where).status_code == 200


def test_the_admin_is_for_reading(scene, as_):
    make.line(scene.committee, station=scene.station)
    assert "站点工作经费" in text(as_(scene.li).get("/admin/workstations/fundline/"))
    assert as_(scene.li).get("/admin/workstations/fundline/add/").status_code == 403
