"""Pages of schemes and points, as staff, members and strangers meet them."""

import datetime
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from members.facts import Fact, Mark
from members.models import Body, BodyKind, Membership, ScoreGroup, ScoreItem, ScoreLine, ScoreScheme
from members.services import duty, scoring
from members.states import SchemeState
from tests.factories import members as people
from tests.factories import scoring as make
from tests.factories.scoring import AT, YEAR


def page(client, name, *args, **query):
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.fixture
def li(cast, as_):
    return as_(cast.li)


@pytest.fixture
def four(cast):
    return [cast.wang_member, *(people.member(people.user(f"m{n}", f"委员{n}"), cast.committee) for n in range(3))]


# --- schemes --------------------------------------------------------------------------------------------------------


def test_a_preset_becomes_the_years_scheme_in_three_clicks(cast, li):
    """Row 20: the scoring rules of a place are rows that staff copy, edit and enact."""
    preset = make.preset("桐城")
    assert "复制这个范本" in page(li, "score-scheme-list")
    new = page(li, "score-scheme-new", origin=preset.pk)
    assert f'<option value="{preset.pk}" selected>范本：桐城市2019</option>' in new
    answer = li.post(reverse("score-scheme-new"), {"year": YEAR, "origin": preset.pk, "name": "履职考评方案"})
    scheme = ScoreScheme.objects.get(committee=cast.committee)
    assert (answer.url, scheme.name) == (scheme.get_absolute_url(), "履职考评方案")
    make.record(cast.wang_member)
    assert "启用" in page(li, "score-scheme-enact", scheme.pk)
    li.post(reverse("score-scheme-enact", args=[scheme.pk]))
    scheme.refresh_from_db()
    assert scheme.state == SchemeState.IN_FORCE
    assert ScoreLine.objects.get().points == 2


def test_a_scheme_reads_like_the_printed_table(cast, li):
    """Row 152: the document that the indicator rests on is named."""
    shown = page(li, "score-scheme", make.scheme(cast.committee, "桐城").pk)
    for words in (
        "依据：政协桐城市委员会委员履职考核办法（2019）",
        "最高 50 分",
        "−5 分",
        "只适用于常务委员",
        "第一署名人得 50%；其余联名人均分剩余部分；参与者不计",
        "60 分以上",
        "看 2026 年积分",
    ):
        assert words in shown


def test_consultation_attendance_counts(cast):
    """Row 20: who took part in a consultation gets points without anybody typing them."""
    make.scheme(cast.committee, "桐城")
    make.record(cast.wang_member, Fact.CONSULTATION, mark=Mark.PRESENT, title="停车难专题协商会")
    assert ScoreLine.objects.get().record.title == "停车难专题协商会"


def test_three_grades_can_be_chosen(cast, li):
    """Row 40: 优秀、良好、一般."""
    shown = page(li, "score-scheme", make.scheme(cast.committee, "唐山").pk)
    assert all(words in shown for words in ("优秀", "良好", "一般", "85 分以上", "连续 2 年低于 40 分", "劝辞"))


@pytest.mark.parametrize("kind", ["group", "item", "requirement", "band", "ladder"])
def test_rows_are_added_changed_and_dropped(cast, li, kind):
    scheme = make.full(cast.committee)
    above = scheme.groups.get() if kind == "item" else scheme
    given = {
        "group": {"name": "提案", "base": 0, "sum": "all"},
        "item": {"name": "调研", "points": "3", "facts": ["activity"], "details": ["survey"], "nature": "base",
                 "dimension": "count", "applies_to": "all", "first_percent": 100, "joint_percent": 100,
                 "writer_percent": 100, "participant_percent": 100, "skip_first": 0},
        "requirement": {"name": "一件提案", "facts": ["proposal"], "at_least": 1},
        "band": {"name": "良好", "at_least": "4", "tone": "info"},
        "ladder": {"grades": ["合格"], "years": 2, "measure": "talk", "speaker": "市政协"},
    }[kind]  # fmt: skip
    rows = {"ladder": scheme.ladder, "item": getattr(above, "items", None)}.get(kind) or getattr(scheme, f"{kind}s")
    answer = li.post(reverse(f"score-{kind}-new", args=[above.pk]), given)
    assert answer.url == scheme.get_absolute_url(), answer.context["form"].errors
    row = rows.last()
    assert row.position == rows.count() > 1
    words = "speaker" if kind == "ladder" else "name"
    assert page(li, f"score-{kind}-edit", row.pk)
    li.post(reverse(f"score-{kind}-edit", args=[row.pk]), {**given, words: "改过的"})
    row.refresh_from_db()
    assert getattr(row, words) == "改过的"
    assert "从方案中删去" in page(li, f"score-{kind}-drop", row.pk)
    li.post(reverse(f"score-{kind}-drop", args=[row.pk]))
    assert not rows.filter(pk=row.pk).exists()


def test_bad_input_is_told_and_what_was_typed_stays(cast, li):
    item = ScoreItem.objects.get(group__scheme=make.full(cast.committee))
    given = {"name": "很特别的名字", "points": "3", "nature": "deduction", "facts": ["speech"], "details": ["survey"]}
    answer = li.post(reverse("score-item-edit", args=[item.pk]), given)
    shown = answer.content.decode()
    assert "很特别的名字" in shown
    assert "扣分请写负数" in shown
    assert "所选事项没有这些类别：专题调研" in shown


def test_details_offered_fit_the_facts_chosen(cast, li):
    item = ScoreItem.objects.get(group__scheme=make.full(cast.committee))
    item.facts = [Fact.SPEECH]
    item.save()
    shown = page(li, "score-item-edit", item.pk)
    assert 'name="details" value="consultation"' in shown
    assert 'name="details" value="survey"' not in shown


def test_a_frozen_scheme_refuses_and_keeps_what_was_typed(cast, li):
    scheme = make.full(cast.committee)
    scoring.enact(scheme, by=None, at=AT)
    scoring.freeze(scheme, by=None, at=AT)
    answer = li.post(reverse("score-group-new", args=[scheme.pk]), {"name": "晚来的大项", "base": 0, "sum": "all"})
    shown = answer.content.decode()
    assert "已定格，不能再改" in shown
    assert "晚来的大项" in shown
    assert not ScoreGroup.objects.filter(name="晚来的大项").exists()


def test_an_edit_in_force_is_in_the_ledger_at_once(cast, li):
    make.record(cast.wang_member)
    scheme = make.small(cast.committee, enacted=True)
    band, group = scheme.bands.first(), scheme.groups.get()
    li.post(reverse("score-band-edit", args=[band.pk]), {"name": "优等", "at_least": "1", "tone": "ok"})
    li.post(reverse("score-group-edit", args=[group.pk]), {"name": "活动", "base": 5, "sum": "all"})
    assert scheme.totals.get().points == 7
    assert "优等" in page(li, "score-ranks")


def test_a_preview_shows_the_year_and_writes_nothing(cast, four, li):
    make.small(cast.committee, YEAR - 1, enacted=True)
    for number, member in enumerate(four):
        for _ in range(number):
            make.record(member, on=datetime.date(YEAR - 1, 6, 1))
    draft = make.small(cast.committee, points=Decimal(5))
    before = ScoreLine.objects.count()
    shown = page(li, "score-scheme-preview", draft.pk)
    assert "如果 2025 年按这个方案计分" in shown
    assert "用 2025 年 6 条履职记录、4 位委员试算" in shown
    assert "+9" in shown
    assert "不能比较前后" in page(li, "score-scheme-preview", draft.pk, year=YEAR)
    assert li.get(reverse("score-scheme-preview", args=[draft.pk]), {"year": "0000"}).status_code == 200
    assert ScoreLine.objects.count() == before


# --- points ---------------------------------------------------------------------------------------------------------


def test_ranks_show_both_dimensions_and_grades(cast, four, li):
    """Row 22: 做了多少 and 做得怎么样 stand side by side."""
    make.scheme(cast.committee, "桐城")
    make.record(four[1], Fact.INFORMATION)
    make.record(four[1], Fact.INFORMATION_ADOPTED)
    shown = page(li, "score-ranks")
    assert "做得怎么样" in shown
    assert shown.index("委员0") < shown.index("王委员")
    assert "不合格" in shown


def test_ranks_are_narrowed_and_keep_the_place_in_the_whole(cast, four, li):
    make.small(cast.committee, enacted=True)
    make.record(four[2])
    other = people.sector(cast.committee, "教育界")
    four[0].sector = other
    four[0].save()
    shown = page(li, "score-ranks", sector=other.pk)
    assert "王委员" in shown
    assert "委员1" not in shown
    assert 'data-label="第">2<' in shown
    assert "没有符合条件的委员" in page(li, "score-ranks", q="不存在的人")


def test_ranks_come_in_pages(cast, four, li, monkeypatch):
    monkeypatch.setattr("members.views.scoring.PER_PAGE", 3)
    make.small(cast.committee, enacted=True)
    first = page(li, "score-ranks")
    assert "本页 3 人，共 4 人" in first
    assert "?after=3" in first
    second = page(li, "score-ranks", after=3)
    assert "本页 1 人，共 4 人" in second
    assert "?after=0" in second


def test_the_table_for_the_office_program(cast, four, li):
    make.small(cast.committee, enacted=True)
    four[1].user.name = "=1+1"
    four[1].user.save()
    make.record(four[1])
    answer = li.get(reverse("score-ranks-table"))
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows())
    assert rows[0][0].value.startswith("2026 年小方案（依据：未填写），导出时间 20")
    assert [cell.value for cell in rows[2]][:2] == [1, "=1+1"]
    assert (rows[2][1].data_type, rows[2][4].value) == ("s", 2)
    assert len(rows) == 6


def test_without_a_scheme_the_page_says_what_to_do(cast, li):
    assert "选一个方案" in page(li, "score-ranks")
    assert "还没有启用考评方案" in page(li, "score-ledger", cast.wang_member.pk)


def test_the_ledger_shows_every_line_and_the_card(cast, li, as_):
    make.scheme(cast.committee, "桐城")
    key = make.record(cast.wang_member, title="关于停车的调研", url="/activities/1/")
    make.record(cast.wang_member, title="视察")
    duty.retract(key, reason="登记错了人", by=None, at=AT)
    for client in (li, as_(cast.wang)):
        shown = page(client, "score-ledger", cast.wang_member.pk)
        assert "更正" in shown
        assert '<a href="/activities/1/">关于停车的调研</a>' in shown
        assert "再得 58 分，达到“合格”的 60 分。" in shown
        assert "本会第 1 名，共 1 人" in shown


def test_recomputing_says_that_ledger_and_facts_agree(cast, li):
    make.scheme(cast.committee, "济南")
    answer = li.post(reverse("score-recompute"), {"year": YEAR}, follow=True)
    assert "台账与履职记录完全一致" in answer.content.decode()
    people.member(people.user("late", "新来的"), cast.committee)
    answer = li.post(reverse("score-recompute"), {"year": YEAR}, follow=True)
    assert "补记了 1 行更正" in answer.content.decode()


def test_duty_groups_are_compared(cast, four, li):
    """Row 178: average score of each duty group."""
    make.small(cast.committee, enacted=True)
    group = Body.objects.create(committee=cast.committee, kind=BodyKind.DUTY_GROUP, name="第一履职小组")
    for member in four:
        Membership.objects.create(body=group, member=member, since=people.SINCE)
        make.record(member)
    shown = page(li, "score-groups")
    assert "第一履职小组" in shown
    assert 'data-label="平均分">2<' in shown


# --- who may --------------------------------------------------------------------------------------------------------

OFFICE = ["score-scheme-list", "score-scheme-new", "score-ranks", "score-ranks-table", "score-groups"]


@pytest.mark.parametrize("name", OFFICE)
@pytest.mark.parametrize("who", ["wang", "zhang", "sun", "zhou", "qian"])
def test_office_pages_are_for_those_who_manage_duty(cast, as_, name, who):
    assert as_(getattr(cast, who)).get(reverse(name)).status_code == 403


def test_another_countys_rows_are_not_found(cast, as_):
    scheme = make.full(cast.committee)
    make.small(cast.other_committee, enacted=True)
    zhao = as_(cast.zhao)
    names = ["score-scheme", "score-scheme-edit", "score-scheme-preview", "score-scheme-enact", "score-group-new"]
    assert {zhao.get(reverse(name, args=[scheme.pk])).status_code for name in names} == {404}
    item = ScoreItem.objects.get(group__scheme=scheme)
    assert {zhao.post(reverse(f"score-item-{verb}", args=[item.pk])).status_code for verb in ("edit", "drop")} == {404}
    assert zhao.get(reverse("score-ledger", args=[cast.wang_member.pk])).status_code == 404
    assert "王委员" not in page(zhao, "score-ranks")


def test_a_member_sees_nobody_elses_ledger(cast, four, as_):
    make.small(cast.committee, enacted=True)
    assert as_(cast.wang).get(reverse("score-ledger", args=[four[1].pk])).status_code == 404


def test_a_preset_has_no_forms(cast, li):
    preset = make.preset("桐城")
    assert "复制这个范本" in page(li, "score-scheme", preset.pk)
    assert li.get(reverse("score-scheme-edit", args=[preset.pk])).status_code == 404


# --- API ------------------------------------------------------------------------------------------------------------


def test_the_api_gives_ones_own_and_those_looked_after(cast, four, as_):
    make.small(cast.committee, enacted=True)
    for member in four[:2]:
        make.record(member, title="调研")

    def names(user, resource):
        return {row["person"] for row in as_(user).get(f"/api/v1/{resource}/").json()["results"]}

    assert names(cast.wang, "duty-records") == {"王委员"}
    assert names(cast.li, "duty-records") == {"王委员", "委员0"}
    assert names(cast.zhao, "duty-records") == set()
    assert names(cast.wang, "scores") == {"王委员"}
    assert len(names(cast.li, "scores")) == 4
    found = as_(cast.li).get("/api/v1/scores/", {"year": YEAR, "member": cast.wang_member.pk}).json()["results"]
    assert [(row["points"], row["scheme"]) for row in found] == [(2, "小方案")]


# --- statements -----------------------------------------------------------------------------------------------------


def test_pages_cost_the_same_for_one_and_for_three(cast, four, li):
    scheme = make.scheme(cast.committee, "济南")
    page(li, "score-ranks")
    spent = []
    for member in four:
        make.record(member, Fact.CHARITY, mark=Mark.PRESENT)
        make.record(cast.wang_member, Fact.PROPOSAL_EXCELLENT)
        with CaptureQueriesContext(connection) as seen:
            page(li, "score-ranks")
        with CaptureQueriesContext(connection) as ledger:
            page(li, "score-ledger", cast.wang_member.pk)
        with CaptureQueriesContext(connection) as table:
            page(li, "score-scheme", scheme.pk)
        spent.append((len(seen), len(ledger), len(table)))
    assert len(set(spent)) == 1
    assert spent[0] <= (20, 18, 13)
