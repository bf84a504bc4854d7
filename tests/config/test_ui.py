from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from config import menu
from config.paging import keyset
from config.templatetags import ui
from config.workdays.count import Limit, deadline
from config.workdays.models import DayException

MONDAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def monday(db):
    with time_machine.travel(datetime(2026, 11, 23, 9, 0, tzinfo=timezone.get_default_timezone()), tick=False):
        yield


def draw(source, **context):
    return " ".join(Template(source).render(Context(context)).split())


def words_of(drawn):
    return "".join(part.split(">")[-1] for part in drawn.split("<"))


@pytest.mark.parametrize(
    ("days", "tone", "text"),
    [
        (-2, "late", "■已逾期 2 天（11月21日 周六）"),
        (0, "soon", "▲今天到期（11月23日 周一）"),
        (3, "soon", "▲还有 3 个工作日（11月26日 周四）"),
        (4, "ok", "●还有 4 个工作日（11月27日 周五）"),
        (8, "ok", "●还有 6 个工作日（12月1日 周二）"),
        (40, "ok", "●还有 29 个工作日（2027年1月2日 周六）"),
    ],
)
def test_the_due_line_says_how_near_the_day_is(days, tone, text):
    drawn = draw("{% due day %}", day=MONDAY + timedelta(days=days))
    assert drawn.startswith(f'<span class="due {tone}">')
    assert words_of(drawn) == text


def test_a_day_after_rest_days_only_is_near():
    DayException.objects.bulk_create([DayException(day=MONDAY + timedelta(days=1), name="假日")])
    assert ui.due_line(MONDAY + timedelta(days=1), MONDAY, lambda day: 0) == ("soon", "还有 1 天，都是休息日")


def test_what_is_done_is_not_late():
    drawn = draw("{% due day done=True %}", day=MONDAY - timedelta(days=9))
    assert drawn.startswith('<span class="due closed">')
    assert words_of(drawn) == "–已完成（期限 11月14日 周六）"


def test_no_day_draws_nothing():
    assert draw("{% due day %}", day=None) == ""


def test_the_due_line_unfolds_its_reasons():
    why = deadline(MONDAY, Limit(5, "workdays", "退回改办时限 5 个工作日")).as_json()
    drawn = draw("{% due day why=why %}", day=date(2026, 11, 30), why=why)
    assert "<summary>为什么是这一天</summary>" in drawn
    assert "<dd>退回改办时限 5 个工作日</dd>" in drawn
    assert "<dd>2026年11月23日（周一）</dd>" in drawn
    assert "<dd>11月28日 周六、11月29日 周日</dd>" in drawn
    assert f"<dd>{why['warning']}</dd>" in drawn


def test_a_page_of_due_lines_reads_the_calendar_once(django_assert_num_queries):
    days = [MONDAY + timedelta(days=n) for n in range(-3, 50)]
    with django_assert_num_queries(1):
        draw("{% for day in days %}{% due day %}{% endfor %}", days=days, request=RequestFactory().get("/"))


@pytest.mark.parametrize(
    ("tone", "drawn"),
    [
        ("ok", '<span class="badge ok"><span class="shape" aria-hidden="true">●</span>&lt;b&gt;</span>'),
        ("late", '<span class="badge late"><span class="shape" aria-hidden="true">■</span>&lt;b&gt;</span>'),
        ("", '<span class="badge info"><span class="shape" aria-hidden="true">○</span>&lt;b&gt;</span>'),
    ],
)
def test_a_badge_has_a_word_and_a_shape(tone, drawn):
    assert draw("{% badge tone text %}", tone=tone, text="<b>") == drawn


def test_dates_are_written_in_chinese():
    assert ui.chinese_date(date(2026, 11, 21)) == "2026年11月21日（周六）"
    assert ui.chinese_date(None) == ui.chinese_datetime(None) == ""


def test_a_moment_is_told_in_local_time():
    late = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
    assert ui.chinese_datetime(late) == "2026年11月21日（周六） 00:30"
    assert ui.chinese_date(late) == "2026年11月21日（周六）"


def test_what_nobody_did_the_system_did():
    assert (ui.person("李主任"), ui.person(None)) == ("李主任", "系统")


@pytest.mark.parametrize(
    ("done", "total", "percent"), [(73, 77, "94.8"), (41, 41, "100"), (0, 4, "0"), (0, 0, ""), (3, None, "")]
)
def test_a_ratio_of_nothing_is_no_number(done, total, percent):
    assert ui.percent(done, total) == percent


@pytest.mark.parametrize(("value", "full", "length"), [(19, 38, "50.0"), (0, 0, "0"), (9, 4, "100.0")])
def test_a_bar_is_never_longer_than_full(value, full, length):
    assert ui.share(value, full) == length


def test_a_figure_shows_its_numerator_and_denominator():
    figure = '{% include "components/figure.html" with label="答复率" done=73 total=77 what="交办件" %}'
    assert '<b>94.8<small>%</small></b> <span class="soft">73 / 77</span>' in draw(figure)


# --- pages of a list ---


@pytest.fixture
def regions(db):
    """Seven rows under the number they are listed by."""
    return [DayException.objects.create(day=MONDAY + timedelta(days=n), name=f"{n}") for n in range(1, 8)]


def page(address="/"):
    return keyset(DayException.objects.all(), RequestFactory().get(address), per_page=3)


def names(shown):
    return [row.name for row in shown]


def test_pages_lead_to_the_last_and_back(regions):
    first = page("/?q=x")
    second = page(first.next_url)
    third = page(second.next_url)
    assert [names(first), names(second), names(third)] == [["7", "6", "5"], ["4", "3", "2"], ["1"]]
    assert (first.previous_url, third.next_url) == ("", "")
    assert names(page(third.previous_url)) == names(second)
    assert names(page(second.previous_url)) == names(first)
    assert second.next_url == f"?q=x&before={second.rows[-1].pk}"


def test_new_rows_do_not_move_a_page(regions):
    second = page(page().next_url)
    DayException.objects.create(day=MONDAY + timedelta(days=9), name="new")
    assert names(page(page().next_url)) != names(second)
    assert names(page(f"?before={regions[4].pk}")) == names(second)


@pytest.mark.parametrize("nonsense", ["x", "-1", "", "9" * 30, "٣"])
def test_a_key_that_is_none_shows_the_first_page(regions, nonsense):
    assert names(page(f"/?before={nonsense}")) == ["7", "6", "5"]


def test_a_page_costs_one_query_and_counts_nothing(regions, django_assert_num_queries):
    with django_assert_num_queries(1) as queries:
        shown = page()
    assert shown.total_text == "本页 3 条"
    assert "COUNT" not in queries.captured_queries[0]["sql"]


def test_a_single_page_says_how_many(db):
    DayException.objects.create(day=MONDAY, name="one")
    assert page().total_text == "共 1 条"


def test_past_the_end_leads_back(regions):
    beyond = page(f"/?before={regions[0].pk}")
    assert (beyond.rows, beyond.previous_url) == ([], "?")


# --- menu ---


def labels(user, path="/"):
    return [entry.label for entry in menu.entries(user, None, path)]


def test_the_menu_offers_what_the_person_may_do(cast, client):
    visitor = client.get("/login/").wsgi_request.user
    assert "写微建议" not in labels(visitor)
    assert "写微建议" in labels(cast.wang)
    assert "写微建议" not in labels(cast.zhang)
    assert "交办" in labels(cast.li)
    assert "交办" not in labels(cast.wang)
    assert [menu.faces(person) for person in (visitor, cast.wang, cast.zhang, cast.li)] == [
        ["visitor"],
        ["member"],
        ["unit"],
        ["office"],
    ]


def test_the_menu_marks_where_one_is(cast):
    here = [entry.label for entry in menu.entries(cast.li, None, "/notices/") if entry.current]
    assert here == []
    assert [entry.label for entry in menu.entries(cast.li, None, "/") if entry.current] == ["首页"]
    below = [entry.label for entry in menu.entries(cast.sun, None, "/office/reminders/") if entry.current]
    assert below == ["提醒台账"]


# --- forms ---


class Words(forms.Form):
    title = forms.CharField(label="标题", max_length=20, help_text="一句话")
    kind = forms.ChoiceField(label="类别", choices=[("a", "甲")], widget=forms.RadioSelect)
    note = forms.CharField(label="备注", required=False)
    open = forms.BooleanField(label="同意公开")


def test_a_refused_form_names_each_field_twice():
    drawn = draw('{% include "components/form.html" with submit="提交" %}', form=Words({}))
    for name, label, words in [
        ("title", "标题", "请填写。"),
        ("kind", "类别", "请选择。"),
        ("open", "同意公开", "请勾选。"),
    ]:
        assert drawn.count(f'<a href="#id_{name}">{label}：{words}</a>') == 1
        assert drawn.count(f'id="id_{name}_error"') == 1
    assert drawn.count("<fieldset aria-describedby=") == 1


class Draft(Words):
    needed_to_submit = ("note",)


def test_what_a_draft_may_still_lack_is_not_called_optional():
    assert draw('{% include "components/form.html" with submit="提交" %}', form=Draft()).count("选填") == 0


def test_a_fresh_form_marks_what_is_optional():
    drawn = draw('{% include "components/form.html" with submit="提交" %}', form=Words())
    assert drawn.count("选填") == 1
    assert '<input type="text" name="title" maxlength="20" required aria-describedby="id_title_helptext"' in drawn
    assert 'id="id_title_helptext">一句话</div>' in drawn
    assert drawn.count('<button class="main">提交</button>') == 1


# --- blocks of a home page ---


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ({"rows": [{"title": "甲"}]}, "1 件"),
        ({"rows": [{"title": "甲"}], "total": 7, "more": "/all/"}, "7 件"),
        ({"rows": [{"title": "甲"}], "unit": "个"}, "1 个"),
        ({"rows": [{"title": "甲"}], "more": "/all/"}, ""),
        ({"rows": []}, ""),
    ],
)
def test_a_block_counts_all_its_rows_or_none(question, count):
    drawn = draw('{% include "components/questions.html" %}', questions=[{"title": "等我办理", **question}])
    heading = drawn[drawn.index("<h2>") : drawn.index("</h2>")]
    assert heading == (f'<h2>等我办理 <span class="soft">{count}</span>' if count else "<h2>等我办理")


def test_a_filter_form_knows_whether_it_narrows():
    assert [ui.narrowed(Words(data)) for data in ({}, {"title": ""}, {"title": "灯"})] == [False, False, True]
