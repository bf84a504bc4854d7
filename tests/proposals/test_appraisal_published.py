"""承办单位考核: scores by hand, what publishing freezes, who sees it, how a figure opens, the table for the county."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.contrib.auth.models import AnonymousUser
from openpyxl import load_workbook

from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from members.models import OrganisationKind
from proposals.documents.appraisals import appraisal_book
from proposals.models import Appraised, Assignment, Indicator, Measure, UnitAppraisal, UnitScore
from proposals.queries import appraisal as queries
from proposals.services import appraisals as services
from proposals.services.appraisals import Line
from proposals.states import AppraisalState
from tests.factories import letters as post
from tests.factories import members as people
from tests.factories import supervision as make
from tests.factories import workstations as places
from tests.factories.supervision import DAY, LATE

pytestmark = pytest.mark.django_db
TODAY = LATE.date()
M = Measure


def appraisal(cast, *, of=Appraised.UNITS, least=1):
    return services.create(cast.committee, year=2026, of=of, least=least, by=cast.sun, at=LATE)


@pytest.fixture
def town(cast):
    unit = post.town(cast.committee)
    unit.region = places.town(cast.committee)
    unit.save()
    return unit


# --- by hand -----------------------------------------------------------------------------------------------------


def test_a_score_by_hand_says_why_and_may_be_given_anew(cast, town):
    line = appraisal(cast, of=Appraised.TOWNS).indicators.get(measure=M.BY_HAND)
    for points, words, named in (
        (Decimal(21), "好", "points"), (Decimal(-1), "好", "points"), (None, "好", "points"),
        (Decimal(5), " ", "words"), (Decimal(5), "长" * 201, "words"),
    ):  # fmt: skip
        with pytest.raises(Incomplete) as refusal:
            services.score(line, town, points=points, words=words, by=cast.sun, at=LATE)
        assert set(refusal.value.fields) == {named}
    for points in ("15.5", "18"):
        services.score(line, town, points=Decimal(points), words="有品牌。", by=cast.sun, at=LATE)
    assert UnitScore.objects.get().points == 18


def test_what_is_counted_is_not_scored_by_hand(cast, town):
    line = appraisal(cast, of=Appraised.TOWNS).indicators.get(measure=M.TALKS)
    with pytest.raises(WrongState):
        services.score(line, town, points=Decimal(1), words="好", by=cast.sun, at=LATE)
    hand = Indicator.objects.get(measure=M.BY_HAND)
    for stranger in (cast.other_unit, cast.unit):
        with pytest.raises(Incomplete, match="请选择本会的乡镇街道"):
            services.score(hand, stranger, points=Decimal(1), words="好", by=cast.sun, at=LATE)


def test_a_changed_weight_asks_for_the_score_again(cast, town):
    made = appraisal(cast, of=Appraised.TOWNS)
    line = made.indicators.get(measure=M.BY_HAND)
    services.score(line, town, points=Decimal(18), words="有品牌。", by=cast.sun, at=LATE)
    kept = [Line("特色", M.BY_HAND, 20, line.pk), Line("站点", M.STATION, 80)]
    services.keep_indicators(made, kept, by=cast.sun, at=LATE)
    assert UnitScore.objects.count() == 1
    services.keep_indicators(made, [Line("特色", M.BY_HAND, 100, line.pk)], by=cast.sun, at=LATE)
    assert UnitScore.objects.count() == 0


# --- publishing --------------------------------------------------------------------------------------------------


def test_published_scores_stand_whatever_happens_after(cast):
    case = make.handed(cast)
    made = appraisal(cast)
    services.publish(made, by=cast.sun, at=LATE)
    before = queries.table(made, TODAY)
    make.answered(cast, case, at=LATE)
    after = queries.table(UnitAppraisal.objects.get(), TODAY)
    assert [(row.organisation, row.total, row.rank) for row in after.rows] == [
        (row.organisation, row.total, row.rank) for row in before.rows
    ]
    assert after.rows[0].cells[0].denominator == 1
    told = Notice.objects.filter(kind="unit-appraised")
    assert set(told.values_list("recipient", flat=True)) == {cast.zhang.pk, cast.chen.pk}


def test_publishing_waits_for_every_score_by_hand(cast, town):
    made = appraisal(cast, of=Appraised.TOWNS)
    with pytest.raises(Incomplete, match="珠泉镇（工作特色）"):
        services.publish(made, by=cast.sun, at=LATE)
    line = made.indicators.get(measure=M.BY_HAND)
    services.score(line, town, points=Decimal(18), words="有品牌。", by=cast.sun, at=LATE)
    services.publish(made, by=cast.sun, at=LATE)
    assert UnitScore.objects.count() == 4


def test_nobody_to_appraise_is_not_published(cast):
    with pytest.raises(Incomplete, match="没有可以考核"):
        services.publish(appraisal(cast, of=Appraised.TOWNS), by=cast.sun, at=LATE)


@pytest.mark.parametrize("deed", ["keep", "score", "publish"])
def test_nothing_changes_after_publishing(cast, town, deed):
    made = appraisal(cast, of=Appraised.TOWNS)
    line = made.indicators.get(measure=M.BY_HAND)
    services.score(line, town, points=Decimal(18), words="有品牌。", by=cast.sun, at=LATE)
    services.publish(made, by=cast.sun, at=LATE)
    deeds = {
        "keep": lambda: services.keep_indicators(made, [Line("站点", M.STATION, 100)], by=cast.sun, at=LATE),
        "score": lambda: services.score(line, town, points=Decimal(1), words="好", by=cast.sun, at=LATE),
        "publish": lambda: services.publish(UnitAppraisal.objects.get(), by=cast.sun, at=LATE),
    }
    with pytest.raises(WrongState, match="已经发布"):
        deeds[deed]()
    assert UnitScore.objects.count() == 4
    assert made.state == AppraisalState.PUBLISHED


def test_who_sees_which_appraisal(cast):
    made = appraisal(cast)
    for published in (False, True):
        if published:
            services.publish(made, by=cast.sun, at=LATE)
        for name, sees in {"sun": 1, "zhou": 1, "zhang": published, "wang": 0, "zhao": 0, "qian": 0}.items():
            assert UnitAppraisal.objects.visible_to(getattr(cast, name)).count() == sees, (name, published)
    assert not UnitAppraisal.objects.visible_to(AnonymousUser()).exists()


def test_a_unit_does_not_see_the_appraisal_of_towns(cast, town):
    made = appraisal(cast, of=Appraised.TOWNS)
    line = made.indicators.get(measure=M.BY_HAND)
    services.score(line, town, points=Decimal(18), words="有品牌。", by=cast.sun, at=LATE)
    services.publish(made, by=cast.sun, at=LATE)
    assert list(UnitAppraisal.objects.visible_to(town.handler)) == [made]
    assert not UnitAppraisal.objects.visible_to(cast.zhang).exists()


# --- opening a figure --------------------------------------------------------------------------------------------


def test_a_figure_opens_as_the_cases_it_counts(cast):
    done, missing = make.answered(cast, make.handed(cast)), make.handed(cast)
    made = appraisal(cast)
    line = made.indicators.get(measure=M.REPLIED)
    assert queries.things(line, cast.unit, TODAY) == [(done.pk, True), (missing.pk, False)]
    assert queries.named(line, [done.pk]) == {done.pk: done}
    services.publish(made, by=cast.sun, at=LATE)
    make.answered(cast, missing)
    make.answered(cast, make.handed(cast))
    line = UnitAppraisal.objects.get().indicators.get(measure=M.REPLIED)
    assert queries.things(line, cast.unit, TODAY) == [(done.pk, True), (missing.pk, False)], "as it was published"
    assert queries.things(line, cast.other_unit, TODAY) == []


def test_figures_of_towns_open_as_stations_and_letters(cast, town):
    station, letter = places.station(cast.committee), post.letter(town, by=cast.li)
    made = appraisal(cast, of=Appraised.TOWNS)
    for measure, thing in ((M.TALKS, station), (M.STATION, station), (M.LETTERS, letter)):
        line = made.indicators.get(measure=measure)
        ((number, well),) = queries.things(line, town, TODAY)
        assert (queries.named(line, [number])[number], well) == (thing, False)


def test_the_table_for_the_county_has_numbers_and_definitions(cast):
    make.answered(cast, make.handed(cast))
    people.organisation(cast.committee, "=县水利局")
    made = appraisal(cast)
    book = load_workbook(BytesIO(appraisal_book(made, queries.table(made, TODAY), TODAY)))
    above, header, first, second = book["考核"].values
    assert "测算中，数字截至 2026年12月20日" in above[0]
    assert (first[0], first[1], first[2]) == (1, "县住建局", 100)
    assert (second[0], second[1], second[2]) == ("不排名", "=县水利局", None)
    assert header[3:7] == ("按期答复率分子", "按期答复率分母", "按期答复率百分比", "按期答复率得分（25）")
    assert first[3:7] == (1, 1, 100, 25)
    assert book["口径"].max_row == 8


def test_the_table_of_towns_says_why_a_score_was_given_and_when_it_was_published(cast, town):
    made = appraisal(cast, of=Appraised.TOWNS)
    line = made.indicators.get(measure=M.BY_HAND)
    services.score(line, town, points=Decimal("18.5"), words="有品牌。", by=cast.sun, at=LATE)
    services.publish(made, by=cast.sun, at=LATE)
    book = load_workbook(BytesIO(appraisal_book(made, queries.table(made, TODAY + 9 * DAY), TODAY + 9 * DAY)))
    above, header, row = book["考核"].values
    assert "已发布，数字截至 2026年12月20日" in above[0]
    assert (header[-2:], row[-2:]) == (("工作特色依据", "工作特色得分（20）"), ("有品牌。", 18.5))


def test_organisations_are_units_in_use_and_who_had_a_case(cast):
    make.handed(cast)
    people.organisation(cast.committee, "撤并的局", is_active=False)
    village = people.organisation(cast.committee, "塘村镇", OrganisationKind.TOWN)
    rows = queries.table(appraisal(cast), TODAY).rows
    assert [row.organisation for row in rows] == [cast.unit]
    Assignment.objects.update(unit=village)
    assert {row.organisation for row in queries.table(UnitAppraisal.objects.get(), TODAY).rows} == {cast.unit, village}
