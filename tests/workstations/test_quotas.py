"""Quotas: what was done of what is asked, counted from the facts, for members, bodies and stations; their pages."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied

from config.refusals import Incomplete
from members import sharing
from members.models import Post
from members.services import duty as ledger
from members.services.duty import Deed
from tests.factories import members as make
from tests.factories import tasks as duty
from tests.factories import workstations as places
from tests.factories.tasks import AT, WORDS
from workstations.models import Activity, Owed, Quota, QuotaLine, QuotaSubject
from workstations.presets import duty as presets
from workstations.queries import quotas as queries
from workstations.services import quotas as services
from workstations.services import tasks as doing

TODAY = date(2026, 11, 10)


def did(member, fact, on=date(2026, 3, 5), detail="", times=1, **fields):
    """So many facts of a member."""
    start = member.duty_records.count()
    deeds = [
        Deed(member.pk, on, fact, f"test:{member.pk}:{start + n}", "某事", detail=detail, **fields)
        for n in range(times)
    ]
    ledger.record(deeds, by=None, at=AT)


def held(committee, kind, on=date(2026, 5, 8), state="held", **where):
    starts = datetime(on.year, on.month, on.day, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    return Activity.objects.create(
        committee=committee, kind=kind, title=kind, starts_at=starts, ends_at=starts.replace(hour=11), state=state,
        created_at=AT, updated_at=AT, **where,
    )  # fmt: skip


def preset(committee, code):
    quota, lines = presets.make_quota(presets.quotas()[code], committee)
    return services.create(quota, lines, by=None, at=AT)


def cells(quota, subject, today=TODAY, year=2026):
    rows = queries.progress(quota, year, today=today).rows
    (row,) = [row for row in rows if row.subject == subject]
    return [(cell.done, cell.planned, cell.expected) for cell in row.cells]


# --- counting ----------------------------------------------------------------------------------------------------


def test_six_ones(cast):
    """Row 45: 六个一, one of each of six kinds in the year."""
    quota, wang = preset(cast.committee, "six-ones"), cast.wang_member
    assert cells(quota, wang) == [(0, 1, 0)] * 6
    for fact in ("information", "proposal_excellent", "activity", "unit_visited", "project", "report"):
        did(wang, fact)
    assert cells(quota, wang) == [(1, 1, 0)] * 6
    assert queries.progress(quota, 2026, today=TODAY).finished == 1


def test_four_ones_by_month_quarter_and_year(cast):
    """Row 194: 四个一; five in one month do not stand for five months."""
    quota, wang = preset(cast.committee, "four-ones"), cast.wang_member
    did(wang, "information", date(2026, 3, 5), times=5)
    did(wang, "information", date(2026, 4, 5))
    did(wang, "activity", date(2026, 4, 5), detail="survey", mark="present")
    did(wang, "activity", date(2026, 8, 5), detail="survey", mark="absent")
    did(wang, "speech", detail="standing")
    assert cells(quota, wang) == [(2, 12, 10), (1, 4, 3), (0, 1, 0), (0, 1, 0)]


def test_three_ones_of_the_members(cast):
    """Row 97: 三个一, either a proposal or an information counts."""
    quota, wang = preset(cast.committee, "three-ones-jinan"), cast.wang_member
    did(wang, "plenary", mark="present")
    did(wang, "information")
    did(wang, "proposal")
    assert [done for done, _, _ in cells(quota, wang)] == [1, 2, 0]


@pytest.mark.parametrize(("code", "expected"), [("three-ones-station", [1, 1, 1]), ("two-and-two", [2, 1])])
def test_what_a_station_did(cast, code, expected):
    station, other = places.station(cast.committee), places.station(cast.committee, "二站")
    for kind in ("visit", "survey", "talk", "study"):
        held(cast.committee, kind, station=station)
    held(cast.committee, "deliberation", station=other)
    held(cast.committee, "reading", station=station, state="open")
    if code == "two-and-two":
        held(cast.committee, "deliberation", station=station)
    assert [done for done, _, _ in cells(preset(cast.committee, code), station)] == expected


def test_what_a_body_did_activities_and_tasks(cast):
    body, other = duty.body(cast.committee), duty.body(cast.committee, "经济委")
    duty.seat(body, cast.wang_member, Post.DIRECTOR)
    held(cast.committee, "survey", body=body)
    held(cast.committee, "survey", body=other, state="draft")
    task = duty.rule(cast.committee, owed_by=Owed.BODIES, bodies=[body]).tasks.get()
    doing.hand_in(task, words=WORDS, by=cast.wang, at=AT)
    lines = [
        {"name": "调研", "facts": ["activity"], "details": ["survey"]},
        {"name": "报告", "facts": ["task"], "span": "quarter"},
    ]
    quota = duty.quota(cast.committee, "专委会", lines, subject=QuotaSubject.BODY, body_kind="special_committee")
    assert [done for done, _, _ in cells(quota, body)] == [1, 1]
    assert [done for done, _, _ in cells(quota, other)] == [0, 0]


def test_what_was_taken_back_counts_no_longer(cast):
    quota = duty.quota(cast.committee)
    did(cast.wang_member, "information")
    ledger.retract(f"test:{cast.wang_member.pk}:0", reason="登记错了", by=None, at=AT)
    assert cells(quota, cast.wang_member) == [(0, 1, 0)]


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 1, 1), 0),
        (date(2026, 6, 30), 5),
        (date(2026, 7, 15), 6),
        (date(2026, 12, 31), 11),
        (date(2027, 1, 1), 12),
    ],
)
def test_what_should_be_done_by_today(cast, today, expected):
    """The running period counts for the share of its days that are over: twelve in a year, six at half time."""
    quota = duty.quota(cast.committee, lines=[{"name": "信息", "facts": ["information"], "at_least": 12}])
    assert cells(quota, cast.wang_member, today)[0][2] == expected


def test_a_newcomer_owes_from_the_month_of_joining(cast):
    new = make.member(make.user("new"), cast.committee, since=date(2026, 9, 15))
    quota = duty.quota(cast.committee, lines=[{"name": "信息", "facts": ["information"], "span": "month"}])
    assert cells(quota, new) == [(0, 4, 2)]


def test_who_is_furthest_behind_stands_first(cast):
    ahead, between = duty.people(cast.committee, 2)
    quota = duty.quota(cast.committee, lines=[{"name": "信息", "facts": ["information"], "span": "month"}])
    for month in range(1, 12):
        did(ahead, "information", date(2026, month, 2))
    did(between, "information")
    progress = queries.progress(quota, 2026, today=TODAY)
    assert [row.subject for row in progress.rows] == [cast.wang_member, between, ahead]
    assert [row.behind for row in progress.rows] == [10, 9, 0]
    assert len(progress.behind) == 2


def test_statements_do_not_grow_with_the_people(cast, django_assert_num_queries):
    quota = preset(cast.committee, "four-ones")
    for more in (0, 20):
        for member in duty.people(cast.committee, more):
            did(member, "information")
        with django_assert_num_queries(4):  # lines, members, facts of the year, facts by month
            queries.progress(quota, 2026, today=TODAY)


def test_the_cards_of_one_member(cast, django_assert_num_queries):
    preset(cast.committee, "six-ones")
    preset(cast.committee, "four-ones")
    preset(cast.committee, "two-and-two")
    did(cast.wang_member, "information")
    with django_assert_num_queries(4):
        six, four = queries.quotas_of(cast.wang_member, TODAY)
    assert (six.name, four.name) == ("六个一", "四个一")
    first = six.cells[0]
    assert (first.line.name, first.done, first.planned) == ("反映一条社情民意信息", 1, 1)
    assert [cell.words for cell in four.cells][:2] == ["到今天应完成 10，还差 9", "到今天应完成 3，还差 3"]
    assert six.cells[5].how_url == "/my/tasks/"


def test_a_member_s_bars_are_drawn_with_words(cast):
    from django.template.loader import render_to_string

    preset(cast.committee, "six-ones")
    drawn = render_to_string("workstations/_quota_bars.html", {"quotas": queries.quotas_of(cast.wang_member, TODAY)})
    for words in ("六个一", "深入一个基层单位", "0 / 1", "全年还差 1"):
        assert words in drawn


# --- setting -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["wang", "zhou", "sun", "zhao"])
@pytest.mark.parametrize("verb", ["create", "edit"])
def test_only_the_office_sets_quotas(cast, who, verb):
    quota = duty.quota(cast.committee)
    lines = [QuotaLine(name="新项", facts=["micro"])]
    asked = Quota(committee=cast.committee, name="新") if verb == "create" else quota
    with pytest.raises(PermissionDenied):
        getattr(services, verb)(asked, lines, by=getattr(cast, who), at=AT)


@pytest.mark.parametrize("lines", [[], [QuotaLine(name="没有事实")]])
def test_a_quota_that_asks_nothing_is_refused_and_the_old_one_stays(cast, lines):
    quota = duty.quota(cast.committee)
    with pytest.raises(Incomplete):
        services.edit(quota, lines, by=cast.li, at=AT)
    assert quota.lines.get().name == "反映一条信息"


@pytest.mark.parametrize("code", presets.quotas())
def test_a_preset_is_copied_on_a_click(cast, as_, code):
    client, address = as_(cast.li), f"/office/quotas/new/?preset={code}"
    page = client.get(address).context
    said = {name: page["form"][name].value() for name in page["form"].fields}
    said |= {line[name].html_name: line[name].value() for line in page["rows"] for name in line.fields}
    said = {name: value for name, value in said.items() if value not in (None, "", False, [])}
    answer = client.post(address, {**said, "lines": page["rows"].count})
    quota = Quota.objects.get()
    assert answer.url == f"/office/quotas/{quota.pk}/"
    made, lines = presets.make_quota(presets.quotas()[code], cast.committee)
    given = presets.export_quota(quota)
    assert given["name"] == made.name
    assert [(line["name"], line["facts"], line["span"]) for line in given["lines"]] == [
        (line.name, line.facts, line.span) for line in lines
    ]


def test_a_line_without_facts_is_said_and_a_line_without_name_is_left_out(cast, as_):
    said = {"name": "三个一", "subject": "member", "is_active": "on", "lines": 2, "line1-name": "信息",
            "line1-at_least": 1, "line1-span": "year", "line2-name": "", "line2-at_least": "x"}  # fmt: skip
    client = as_(cast.li)
    page = client.post("/office/quotas/new/", said).content.decode()
    assert "记什么" in page
    assert 'value="三个一"' in page
    assert not Quota.objects.exists()
    client.post("/office/quotas/new/", {**said, "line1-facts": ["information", "proposal"]})
    assert Quota.objects.get().lines.get().facts == ["information", "proposal"]


def test_editing_counts_anew(cast, as_):
    quota = duty.quota(cast.committee)
    did(cast.wang_member, "micro")
    said = {"name": "新名", "subject": "member", "is_active": "on", "lines": 1, "line1-name": "微建议",
            "line1-at_least": 1, "line1-span": "year", "line1-facts": ["micro"]}  # fmt: skip
    as_(cast.li).post(f"/office/quotas/{quota.pk}/edit/", said)
    quota.refresh_from_db()
    assert (quota.name, cells(quota, cast.wang_member)[0][0]) == ("新名", 1)


# --- pages -------------------------------------------------------------------------------------------------------


def test_the_office_sees_who_is_behind_first_and_may_narrow(cast, as_):
    quota = duty.quota(cast.committee, lines=[{"name": "信息", "facts": ["information"], "span": "month"}])
    (other,) = duty.people(cast.committee, 1)
    client = as_(cast.li)
    assert "2 个今天落后" in client.get("/office/quotas/").content.decode()
    page = client.get(f"/office/quotas/{quota.pk}/?only=behind&q={other.user.name}").content.decode()
    assert other.user.name in page
    assert ">王委员<" not in page


@pytest.mark.parametrize(
    "query", ["?page=abc", "?page=99", "?year=1", "?year=abcd", "?body=x", "?body=99999", "?q=%00"]
)
def test_a_strange_address_is_no_error(cast, as_, query):
    quota = duty.quota(cast.committee)
    assert as_(cast.li).get(f"/office/quotas/{quota.pk}/?{query}").status_code == 200


def test_pages_of_thirty(cast, as_):
    quota = duty.quota(cast.committee)
    duty.people(cast.committee, 31)
    client, url = as_(cast.li), f"/office/quotas/{quota.pk}/"
    assert len(client.get(url).context["page"].rows) == 30
    assert len(client.get(f"{url}?page=2").context["page"].rows) == 2


@pytest.mark.parametrize("address", ["/office/quotas/", "/office/quotas/new/", "quota", "edit"])
@pytest.mark.parametrize(("who", "code"), [("wang", 403), ("zhou", 403), ("zhao", 404)])
def test_quotas_are_the_office_s(cast, as_, address, who, code):
    quota = duty.quota(cast.committee)
    where = {"quota": quota.get_absolute_url(), "edit": f"/office/quotas/{quota.pk}/edit/"}.get(address, address)
    expected = 200 if who == "zhao" and address == where else code
    assert as_(getattr(cast, who)).get(where).status_code == expected


def test_a_clerk_sees_how_the_own_people_stand(cast, as_):
    body = duty.body(cast.committee, "珠泉联络组")
    mine, other = duty.people(cast.committee, 2)
    duty.seat(body, mine)
    quota = duty.quota(cast.committee)
    clerk = duty.clerk(cast.committee, body)
    page = as_(clerk).get(quota.get_absolute_url()).content.decode()
    assert mine.user.name in page
    assert other.user.name not in page
    assert as_(clerk).get(f"/office/quotas/{quota.pk}/edit/").status_code == 403


# --- sharing -----------------------------------------------------------------------------------------------------


def test_a_quota_is_copied_to_another_committee_unused(cast):
    kind = sharing.of("quota")
    payload = kind.export(preset(cast.committee, "six-ones"))
    copy = kind.make(cast.other_committee, payload, by=cast.zhao, at=AT)
    assert (copy.committee, copy.is_active, copy.lines.count()) == (cast.other_committee, False, 6)
    assert kind.lines(payload)[0] == "反映一条社情民意信息：每年至少 1，按反映社情民意信息计"


def test_a_rule_is_copied_to_another_committee_and_asks_nobody_yet(cast):
    kind = sharing.of("duty-rule")
    rule = duty.rule(cast.committee, owed_by=Owed.BODIES, bodies=[duty.body(cast.committee)])
    assert list(kind.offered(cast.committee)) == [rule]
    payload = kind.export(rule)
    copy = kind.make(cast.other_committee, payload, by=cast.zhao, at=AT)
    assert (copy.committee, copy.is_active, copy.body_kind) == (cast.other_committee, False, "special_committee")
    assert not copy.tasks.exists()
    assert kind.lines(payload) == ["进网格月反馈（每月，每个机构（负责人办））"]
