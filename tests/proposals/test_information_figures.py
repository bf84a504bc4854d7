"""Numbers of information: one denominator, the same span a year before, every number leading to its rows."""

import datetime
import io
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from members.models import DutyRecord
from proposals.models import Information
from proposals.queries import information_circular as circular
from proposals.queries import information_figures as figures
from proposals.services.information import Whose
from proposals.states import InformationState
from tests.factories import information as make
from tests.factories import reception
from workstations.states import WordState

pytestmark = pytest.mark.django_db
S = InformationState
ZONE = ZoneInfo("Asia/Shanghai")
TODAY = datetime.date(2026, 11, 22)
SPAN, EARLIER = (
    figures.span_of(2026, TODAY),
    figures.before(figures.span_of(2026, TODAY)),
)


def at(year, month, day, hour=10):
    return datetime.datetime(year, month, day, hour, tzinfo=ZONE)


@pytest.fixture
def reported(cast):
    """2026: two issued (one adopted in county and city, noticed by a leader), one waits, one draft, one withdrawn.
    2025: one issued and adopted within the span, one after it."""
    first = make.report(cast, S.ISSUED, title="一", at=at(2026, 3, 1))
    make.adopted(cast, first.bulletin, at=at(2026, 3, 5))
    make.adopted(cast, first.bulletin, level="city", receiver="市政协", at=at(2026, 3, 6))
    make.instruction(cast, first.bulletin, at=at(2026, 3, 7))
    make.report(cast, S.ISSUED, title="二", at=at(2026, 4, 1))
    make.report(cast, S.SUBMITTED, title="三", at=at(2026, 1, 1, 0), by=cast.li, whose=Whose(reporter="县工商联"))
    make.report(cast, S.DRAFT, title="四", at=at(2026, 5, 1))
    make.report(cast, S.WITHDRAWN, title="五", at=at(2026, 5, 1))
    old = make.report(cast, S.ISSUED, title="六", at=at(2025, 11, 22, 23))
    make.adopted(cast, old.bulletin, at=at(2025, 11, 23))
    make.report(cast, S.SUBMITTED, title="七", at=at(2025, 11, 23, 0))
    return cast


def test_spans_of_this_year_and_of_a_whole_one():
    assert str(SPAN) == "2026年1月1日至11月22日"
    assert (EARLIER.since, EARLIER.until) == (datetime.date(2025, 1, 1), datetime.date(2025, 11, 22))
    assert str(figures.span_of(2024, TODAY)) == "2024年"
    assert figures.before(figures.span_of(2028, datetime.date(2028, 2, 29))).until == datetime.date(2027, 2, 28)


def test_each_number_counts_the_reports_of_the_span(reported):
    now, then = (figures.counted(reported.committee, span) for span in (SPAN, EARLIER))
    assert (now.reported, now.used, now.adopted, now.instructed) == (3, 2, 1, 1)
    assert now.levels == {"county": 1, "city": 1, "province": 0, "nation": 0}
    assert (then.reported, then.used, then.adopted, then.instructed) == (1, 1, 1, 0)
    assert figures.papers_in(reported.committee, SPAN) == {"issues": 2, "instructions": 1}


def test_another_county_counts_nothing(reported):
    assert figures.counted(reported.other_committee, SPAN).reported == 0


def test_compared_with_the_year_before():
    changed = [
        figures.Change("报送", now, then, "", "").words for now, then in [(3, 1), (1, 3), (2, 2), (1, 0), (0, 0)]
    ]
    assert changed == ["增加 200%", "减少 66.7%", "持平", "上年同期没有", "都没有"]


def test_every_number_leads_to_as_many_rows(reported, as_):
    now, then = (figures.counted(reported.committee, span) for span in (SPAN, EARLIER))
    client = as_(reported.li)
    rows = figures.changes(now, then, base=reverse("information-desk"))
    assert len(rows) == 8
    for row in rows:
        assert len(client.get(row.url).context["rows"]) == row.now, row.label
        assert len(client.get(row.then_url).context["rows"]) == row.then, row.label
    bars = figures.by_category(reported.committee, SPAN, base=reverse("information-desk"))
    bars += figures.by_kind(reported.committee, SPAN, base=reverse("information-desk"))
    for bar in bars:
        assert len(client.get(bar["url"]).context["rows"]) == bar["value"], bar["label"]


def test_who_reported_is_of_three_kinds(reported):
    word = reception.word(reported, WordState.HANDED)
    make.report(reported, S.SUBMITTED, title="八", word=word, at=at(2026, 6, 1))
    kinds = figures.by_kind(reported.committee, SPAN, base="/")
    assert [(row["label"], row["value"]) for row in kinds] == [
        ("群众反映转来", 1), ("委员反映", 2), ("单位和个人反映", 1),
    ]  # fmt: skip


def test_years_reach_back_to_the_first_report(reported):
    assert figures.years_of(reported.committee, TODAY) == [2026, 2025]
    assert figures.years_of(reported.other_committee, TODAY) == [2026]


def test_the_page_says_numerator_denominator_and_scope(reported, as_, time_machine):
    time_machine.move_to(at(2026, 11, 22))
    page = as_(reported.zhou).get(reverse("information-figures")).content.decode()
    for told in ("2 / 3", "1 / 3", "2026年1月1日至11月22日", "2025年1月1日至11月22日", "增加 200%"):
        assert told in page
    earlier = as_(reported.li).get(reverse("information-figures"), {"year": "2025"}).content.decode()
    assert "2025年社情民意" in earlier
    assert as_(reported.li).get(reverse("information-figures"), {"year": "x9"}).status_code == 200


@pytest.mark.parametrize(("who", "status"), [("li", 200), ("zhou", 200), ("wang", 403), ("sun", 403), ("zhang", 403)])
def test_who_reads_the_numbers(cast, as_, who, status):
    for name in ("information-figures", "information-topics", "information-desk", "bulletin-list", "instruction-list"):
        assert as_(getattr(cast, who)).get(reverse(name)).status_code == status


def test_the_number_of_statements_does_not_grow(reported, as_, django_assert_max_num_queries):
    client = as_(reported.li)
    with django_assert_max_num_queries(18):
        client.get(reverse("information-figures"))


def test_the_circular_says_who_reported_how_much_and_what_came_of_it(reported):
    lines = circular.lines_of(reported.committee, SPAN, base="/x/")
    assert [(line.name, line.reported, line.used, line.levels, line.instructed) for line in lines] == [
        ("王委员", 2, 2, (1, 1, 0, 0), 1), ("县工商联", 1, 0, (0, 0, 0, 0), 0),
    ]  # fmt: skip
    assert sum(line.reported for line in lines) == figures.counted(reported.committee, SPAN).reported
    assert circular.lines_of(reported.other_committee, SPAN, base="/x/") == []


def test_the_circular_page_leads_to_its_rows_and_is_exported_whole(reported, as_, time_machine):
    time_machine.move_to(at(2026, 11, 22))
    client = as_(reported.li)
    page = client.get(reverse("information-circular"))
    line = page.context["page"].rows[0]
    assert len(client.get(line.url).context["rows"]) == line.reported == 2
    answer = client.get(reverse("information-circular-table"), {"year": 2026})
    book = load_workbook(io.BytesIO(b"".join(answer) if answer.streaming else answer.content)).active
    rows = list(book.iter_rows(values_only=True))
    assert tuple(circular.HEADER) in rows
    assert (rows[-2][0], *rows[-2][2:]) == ("王委员", 2, 2, 1, 1, 0, 0, 1)
    assert rows[-1][0] == "县工商联"
    for who, status in (("wang", 403), ("sun", 403), ("zhou", 200)):
        for name in ("information-circular", "information-circular-table"):
            assert as_(getattr(reported, who)).get(reverse(name)).status_code == status


def test_in_public_only_counts_and_few_are_not_told_apart(cast, as_, time_machine):
    time_machine.move_to(at(2026, 11, 22))
    for number in range(3):
        make.report(cast, S.SUBMITTED, title=f"内部标题{number}", at=at(2026, 3, 1))
    make.report(cast, S.SUBMITTED, title="没有领域", at=at(2026, 3, 1))
    rare = make.report(cast, S.SUBMITTED, title="少见的", at=at(2026, 3, 1))
    other = type(rare.category).objects.create(name="少见领域")
    Information.objects.filter(pk=rare.pk).update(category=other)
    page = as_(None).get(reverse("information-voices", args=[cast.committee.slug])).content.decode()
    assert reverse("words-public", args=[cast.committee.slug]) in page
    assert "交通出行" in page
    for kept in ("少见", "内部标题"):
        assert kept not in page
    assert DutyRecord.objects.exists()
