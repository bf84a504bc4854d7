"""承办单位考核: what each measure counts and does not, points and ranks, how it is set up and its indicators kept."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.refusals import Incomplete, WrongState
from proposals.models import Appraised, Assignment, Indicator, Measure, ReturnRequest, UnitAppraisal
from proposals.presets_appraisal import INDICATORS, MEANINGS, OFFERED
from proposals.queries import appraisal as queries
from proposals.queries.appraisal_facts import facts
from proposals.services import appraisals as services
from proposals.services.appraisals import Line
from proposals.states import AssignmentRole, RequestState, Satisfaction
from tests.factories import activities as doings
from tests.factories import letters as post
from tests.factories import members as people
from tests.factories import standards as looks
from tests.factories import supervision as make
from tests.factories import workstations as places
from tests.factories.supervision import AT, DAY, LATE
from workstations.models import ActivityKind
from workstations.services import inspections
from workstations.services import letters as letter_services
from workstations.states import ActivityState

pytestmark = pytest.mark.django_db
TODAY = LATE.date()
M = Measure
GOOD, SOSO = Satisfaction.SATISFIED, Satisfaction.BASIC


def figure(cast, measure, *, unit=None, today=TODAY, year=2026, of=Appraised.UNITS):
    """(numerator, denominator) of one measure for one unit."""
    things = facts(cast.committee, of, year, today)[measure].get((unit or cast.unit).pk, [])
    return sum(well for _, well in things), len(things)


def appraisal(cast, *, year=2026, of=Appraised.UNITS, least=1, at=LATE):
    return services.create(cast.committee, year=year, of=of, least=least, by=cast.sun, at=at)


# --- what the measures of units count ----------------------------------------------------------------------------


def test_on_time_is_by_the_first_reply_and_the_day_itself_counts(cast):
    early, on_the_day, late, silent, fresh = (make.handed(cast) for _ in range(5))
    due = datetime.datetime(2026, 12, 11, 23, tzinfo=timezone.get_default_timezone())
    make.answered(cast, early, at=AT)
    make.answered(cast, on_the_day, at=due)
    make.answered(cast, late, at=due + DAY)
    fresh.rounds.update(due_on=TODAY)
    assert figure(cast, M.ON_TIME) == (2, 4), "what is due today is not late yet"
    assert figure(cast, M.REPLIED) == (3, 4), "late ones too"
    Assignment.objects.filter(pk=silent.pk).update(paused_on=AT.date())
    assert figure(cast, M.ON_TIME) == (2, 3), "while it is paused the time does not run"
    assert figure(cast, M.REPLIED) == (3, 3)


def test_a_second_round_does_not_mend_the_first(cast):
    item = make.item(cast, make.I.REWORKED, case=make.followed_proposal(cast, at=AT))
    case = Assignment.objects.get(pk=item.assignment_id)
    assert figure(cast, M.ON_TIME) == (1, 1)
    case.rounds.filter(number=1).update(due_on=AT.date() - DAY)
    make.answered(cast, case, at=LATE)
    assert figure(cast, M.ON_TIME) == (0, 1)


@pytest.mark.parametrize(("contacted", "due", "expected"), [
    (AT, AT.date() + 15 * DAY, (1, 1)), (AT, AT.date(), (1, 1)), (AT + DAY, AT.date(), (0, 1)),
    (None, AT.date(), (0, 1)), (None, TODAY, (0, 0)), (None, None, (0, 0)),
])  # fmt: skip
def test_contacted_is_by_its_own_day(cast, contacted, due, expected):
    Assignment.objects.filter(pk=make.handed(cast).pk).update(contacted_at=contacted, contact_due_on=due)
    assert figure(cast, M.CONTACTED) == expected
    Assignment.objects.update(paused_on=AT.date())
    assert figure(cast, M.CONTACTED) == (expected if contacted else (0, 0)), "nobody is asked to while it is paused"


def test_attitude_and_result_are_the_first_signers_and_only_the_best_counts(cast):
    for result, attitude in ((GOOD, GOOD), (SOSO, GOOD), (GOOD, SOSO), (GOOD, "")):
        make.answered(cast, make.handed(cast), satisfaction=result, attitude=attitude)
    make.answered(cast, make.handed(cast))
    assert figure(cast, M.ATTITUDE) == (2, 3)
    assert figure(cast, M.RESULT) == (3, 4), "silence is never 满意"
    other = people.user("he", "何委员")
    case = make.answered(cast, make.handed(cast))
    case.rounds.get().reply.ratings.create(satisfaction=GOOD, attitude=GOOD, by=other, at=AT)
    assert figure(cast, M.RESULT) == (3, 4), "others who signed are not counted"


def test_a_promise_counts_in_the_year_it_falls_due(cast):
    case = make.followed_proposal(cast)
    assert figure(cast, M.B_KEPT) == (0, 0)
    then = datetime.date(2027, 3, 1)
    assert figure(cast, M.B_KEPT, year=2027, today=then - DAY) == (0, 0)
    assert figure(cast, M.B_KEPT, year=2027, today=then) == (0, 1)
    Assignment.objects.filter(pk=case.pk).update(state="closed", implemented_at=LATE, closed_at=LATE)
    assert figure(cast, M.B_KEPT, year=2027, today=then) == (1, 1)
    assert figure(cast, M.REPLIED, year=2027, today=then) == (0, 0), "it was handed over the year before"
    Assignment.objects.filter(pk=case.pk).update(round=2)
    assert figure(cast, M.B_KEPT, year=2027, today=then) == (0, 1), "kept only by handling it again"


@pytest.mark.parametrize("end", [make.I.VERIFIED, make.I.EXPLAINED, make.I.REWORKED])
def test_a_promise_is_kept_only_as_the_look_back_saw_it(cast, end):
    case = make.followed_proposal(cast)
    Assignment.objects.filter(pk=case.pk).update(state="closed", closed_at=LATE, settlement="面商同意")
    make.item(cast, end, case=case)
    kept = int(end == make.I.VERIFIED)
    assert figure(cast, M.B_KEPT, year=2027, today=datetime.date(2027, 3, 1)) == (kept, 1)


def test_returned_ones_count_only_for_returning(cast):
    asked, gone = make.handed(cast), make.handed(cast)
    ReturnRequest.objects.create(
        assignment=asked, reason="不属于本单位", asked_by=cast.zhang, asked_at=AT, state=RequestState.REFUSED,
        decided_by=cast.li, decided_at=AT,
    )  # fmt: skip
    Assignment.objects.filter(pk=gone.pk).update(state="returned", returned_at=AT, return_reason="不属于本单位")
    assert figure(cast, M.WRONGLY_RETURNED) == (1, 2)
    assert figure(cast, M.REPLIED) == (0, 1)


def test_co_units_and_other_committees_and_years_are_left_out(cast):
    case = make.handed(cast)
    assert figure(cast, M.REPLIED, year=2025) == (0, 0)
    assert facts(cast.other_committee, Appraised.UNITS, 2026, TODAY)[M.REPLIED] == {}
    Assignment.objects.filter(pk=case.pk).update(role=AssignmentRole.CO, lead=case)
    assert figure(cast, M.REPLIED) == (0, 0)


def test_the_year_ends_at_local_midnight(cast):
    eve = datetime.datetime(2026, 12, 31, 23, 59, tzinfo=timezone.get_default_timezone())
    case = make.handed(cast)
    Assignment.objects.filter(pk=case.pk).update(assigned_at=eve)
    assert figure(cast, M.REPLIED) == (0, 1)
    Assignment.objects.filter(pk=case.pk).update(assigned_at=eve + datetime.timedelta(minutes=1))
    assert figure(cast, M.REPLIED) == (0, 0)
    assert figure(cast, M.REPLIED, year=2027) == (0, 1)


# --- what the measures of towns count ----------------------------------------------------------------------------


@pytest.fixture
def town(cast):
    unit = post.town(cast.committee)
    unit.region = places.town(cast.committee)
    unit.save()
    return unit


def of_town(cast, town, measure):
    return figure(cast, measure, unit=town, of=Appraised.TOWNS)


@pytest.mark.parametrize(
    ("kind", "state", "counted"),
    [
        (ActivityKind.DELIBERATION, ActivityState.HELD, 1), (ActivityKind.TALK, ActivityState.HELD, 1),
        (ActivityKind.STUDY, ActivityState.HELD, 0), (ActivityKind.TALK, ActivityState.OPEN, 0),
    ],
)  # fmt: skip
def test_talks_are_stations_that_held_one(cast, town, kind, state, counted):
    station = places.station(cast.committee)
    places.station(cast.committee, "另一个站")
    places.station(cast.committee, "外镇的站", region=places.town(cast.committee, 101))
    places.closed_station(cast.committee)
    doings.in_state(cast, state, kind=kind, station=station)
    assert of_town(cast, town, M.TALKS) == (counted, 2)


def test_letters_are_those_answered_by_their_day(cast, town):
    answered, late, waiting, closed = (post.letter(town, by=cast.li, subject=f"来信 {number}") for number in range(4))
    letter_services.answer(answered, body="已办。", by=town.handler, at=post.AT + DAY)
    letter_services.answer(late, body="已办。", by=town.handler, at=post.AT + 20 * DAY)
    letter_services.read(closed, by=town.handler, at=post.AT)
    letter_services.close(closed, by=cast.li, at=post.AT)
    post.letter(town, by=town.handler, outgoing=False, subject="去信")
    assert of_town(cast, town, M.LETTERS) == (1, 3), f"{waiting} is late, the closed one needed no answer any more"
    assert figure(cast, M.LETTERS, unit=town, of=Appraised.TOWNS, today=post.AT.date()) == (1, 2)


def test_a_station_is_whole_when_it_was_looked_at_and_lacks_nothing(cast, town):
    whole, lacking, _ = (places.station(cast.committee, name) for name in ("甲站", "乙站", "丙站"))
    standard = looks.plain(cast.committee, "有场所", "有制度")
    for station, passed in ((whole, True), (lacking, False)):
        begun = looks.begun(station, standard)
        begun.findings.update(passed=passed)
        inspections.finish(begun, by=looks.inspector(cast.committee), at=AT)
    assert of_town(cast, town, M.STATION) == (1, 3)


# --- the cost ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("of", "cost"), [(Appraised.UNITS, 4), (Appraised.TOWNS, 5)])
def test_the_figures_cost_the_same_for_all_units(cast, town, of, cost):
    for number in range(3):
        unit = people.organisation(cast.committee, f"县{number}局")
        people.grant(cast.zhang, "unit_handler", unit)
        cast.zhang.__dict__.pop("_grants", None)
        make.handed(cast, unit=unit, handler=type(cast.zhang).objects.get(pk=cast.zhang.pk))
        post.letter(post.town(cast.committee, f"第{number}镇"), by=cast.li, subject=f"信 {number}")
        places.station(cast.committee, f"第{number}站")
        with CaptureQueriesContext(connection) as found:
            facts(cast.committee, of, 2026, TODAY)
        assert len(found) == cost


# --- points and ranks --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "numbers", "points"),
    [
        (M.REPLIED, (1, 3), "8.33"), (M.REPLIED, (2, 3), "16.67"), (M.REPLIED, (0, 3), "0.00"),
        (M.REPLIED, (0, 0), None), (M.WRONGLY_RETURNED, (0, 4), "25.00"), (M.WRONGLY_RETURNED, (1, 4), "18.75"),
    ],
)  # fmt: skip
def test_points_are_the_share_of_the_weight(measure, numbers, points):
    line = Indicator(measure=measure, weight=25)
    assert queries.points(line, *numbers) == (None if points is None else Decimal(points))


def test_ranks_are_shared_and_too_few_stand_apart(cast):
    made = appraisal(cast, least=2)
    services.keep_indicators(made, [Line("答复率", M.REPLIED, 100)], by=cast.sun, at=LATE)
    units = [cast.unit, *(people.organisation(cast.committee, f"县{name}局") for name in "甲乙丙丁")]
    for unit, replied, total in zip(units, (1, 2, 1, 1, 0), (2, 2, 2, 1, 0), strict=True):
        for number in range(total):
            case = make.handed(cast)
            Assignment.objects.filter(pk=case.pk).update(unit=unit)
            if number < replied:
                make.answered(cast, case)
    gone = [make.handed(cast, at=AT) for _ in range(3)]
    Assignment.objects.filter(pk__in=[case.pk for case in gone]).update(
        unit=units[4], state="returned", returned_at=AT, return_reason="不属于本单位"
    )
    table = queries.table(made, TODAY)
    assert [(row.organisation, row.rank, row.total) for row in table.ranked] == [
        (units[1], 1, Decimal("100.00")), (units[0], 2, Decimal("50.00")), (units[2], 2, Decimal("50.00")),
    ]  # fmt: skip
    assert [(row.organisation, row.rank) for row in table.unranked] == [(units[3], None), (units[4], None)]
    (whole,) = table.sums
    assert (whole.numerator, whole.denominator, whole.rate) == (5, 7, 71.4)
    assert [bar["value"] for bar in queries.bars(table)] == [100, 50, 50]
    assert [bar["value"] for bar in queries.bars(table, whole.indicator)] == [100.0, 50.0, 50.0]


def test_who_gave_everything_back_is_not_ranked(cast):
    for _ in range(3):
        case = make.handed(cast)
        Assignment.objects.filter(pk=case.pk).update(
            state="returned", returned_at=AT, return_reason="不属于本单位"
        )  # fmt: skip
    table = queries.table(appraisal(cast, least=1), TODAY)
    assert (table.ranked, [row.organisation for row in table.unranked]) == ([], [cast.unit])


def test_a_whole_row_by_hand(cast):
    """Two replied, one of them late; one rated 满意 of two; nothing promised, nothing refused: worked out on paper."""
    make.answered(cast, make.handed(cast), satisfaction=GOOD, attitude=GOOD)
    late = make.handed(cast)
    late.rounds.update(due_on=AT.date() - DAY)
    make.answered(cast, late, satisfaction=SOSO, attitude=GOOD)
    make.handed(cast)
    Assignment.objects.update(contact_due_on=AT.date())
    (row,) = queries.table(appraisal(cast), TODAY).ranked
    assert {cell.indicator.measure: (cell.numerator, cell.denominator, cell.points) for cell in row.cells} == {
        M.ON_TIME: (1, 3, Decimal("8.33")), M.REPLIED: (2, 3, Decimal("6.67")), M.CONTACTED: (3, 3, Decimal(15)),
        M.ATTITUDE: (2, 2, Decimal(10)), M.RESULT: (1, 2, Decimal(10)), M.B_KEPT: (0, 0, None),
        M.WRONGLY_RETURNED: (0, 3, Decimal(5)),
    }  # fmt: skip
    assert row.total == Decimal("64.71"), "55.00 of 85 points that could be counted"


def test_what_cannot_be_counted_weighs_nothing(cast):
    make.answered(cast, make.handed(cast))
    (row,) = queries.table(appraisal(cast), TODAY).ranked
    uncounted = {cell.indicator.measure for cell in row.cells if cell.points is None}
    assert uncounted == {M.ATTITUDE, M.RESULT, M.B_KEPT}
    assert row.total == Decimal("100.00")


# --- setting up --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("of", Appraised)
def test_presets_are_whole(of):
    assert sum(weight for *_, weight in INDICATORS[of]) == 100
    assert {measure for _, measure, _ in INDICATORS[of]} <= set(OFFERED[of])
    assert set(MEANINGS) == set(Measure)


def test_indicators_come_from_the_year_before(cast):
    first = appraisal(cast, year=2025)
    assert [one.name for one in first.indicators.all()] == [name for name, *_ in INDICATORS[Appraised.UNITS]]
    services.keep_indicators(first, [Line("答复", M.REPLIED, 100)], by=cast.sun, at=LATE)
    assert [one.name for one in appraisal(cast).indicators.all()] == ["答复"]
    assert appraisal(cast, of=Appraised.TOWNS).indicators.count() == 4


@pytest.mark.parametrize("fields", [{"year": 2027}, {"year": 1999}, {"least": 0}])
def test_a_wrong_year_or_least_is_refused(cast, fields):
    with pytest.raises(Incomplete) as refusal:
        appraisal(cast, **fields)
    assert set(refusal.value.fields) == set(fields)


def test_one_a_year(cast):
    appraisal(cast)
    with pytest.raises(WrongState, match="已经建立"):
        appraisal(cast)


@pytest.mark.parametrize("name", ["zhou", "zhang", "chen", "wang", "zhao"])
@pytest.mark.parametrize("deed", ["create", "keep", "score", "publish"])
def test_only_the_supervisors_appraise(cast, name, deed):
    made, by = appraisal(cast, of=Appraised.TOWNS), getattr(cast, name)
    line = made.indicators.get(measure=M.BY_HAND)
    deeds = {
        "create": lambda: services.create(cast.committee, year=2025, of="units", least=1, by=by, at=LATE),
        "keep": lambda: services.keep_indicators(made, [Line("站点", M.STATION, 100)], by=by, at=LATE),
        "score": lambda: services.score(line, cast.unit, points=Decimal(1), words="好", by=by, at=LATE),
        "publish": lambda: services.publish(made, by=by, at=LATE),
    }
    with pytest.raises(PermissionDenied):
        deeds[deed]()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "至少"), ([Line("甲", M.REPLIED, 99)], "99 分"), ([Line(" ", M.REPLIED, 100)], "名称"),
        ([Line("甲", M.REPLIED, 50), Line("甲", M.ON_TIME, 50)], "重复"), ([Line("甲", M.STATION, 100)], "测算"),
        ([Line("甲", M.REPLIED, 0), Line("乙", M.ON_TIME, 100)], "1 到 100"),
        ([Line(str(number), M.REPLIED, 5) for number in range(21)], "最多"),
    ],
)  # fmt: skip
def test_wrong_indicators_are_refused_in_words(cast, lines, said):
    made = appraisal(cast)
    with pytest.raises(Incomplete, match=said):
        services.keep_indicators(made, lines, by=cast.sun, at=LATE)
    assert made.indicators.count() == 7


def test_how_few_may_be_ranked_is_changed_while_it_is_a_draft(cast):
    made = appraisal(cast, least=3)
    lines = [Line(one.name, one.measure, one.weight, one.pk) for one in made.indicators.all()]
    for least in (0, 1001):
        with pytest.raises(Incomplete, match="1 到 1000"):
            services.keep_indicators(made, lines, least=least, by=cast.sun, at=LATE)
    services.keep_indicators(made, lines, least=1, by=cast.sun, at=LATE)
    assert UnitAppraisal.objects.get().least == 1
    services.keep_indicators(made, lines, by=cast.sun, at=LATE)
    assert UnitAppraisal.objects.get().least == 1


def test_indicators_may_change_names_and_places_and_go(cast):
    made = appraisal(cast)
    first, second = list(made.indicators.all())[:2]
    lines = [Line(first.name, second.measure, 60, second.pk), Line(second.name, first.measure, 40, first.pk)]
    services.keep_indicators(made, lines, by=cast.sun, at=LATE)
    assert [(one.pk, one.name) for one in made.indicators.all()] == [(second.pk, first.name), (first.pk, second.name)]
    with pytest.raises(WrongState, match="刷新"):
        services.keep_indicators(made, [Line("甲", M.REPLIED, 100, first.pk + 1000)], by=cast.sun, at=LATE)
