"""The year's snapshot: points, ranks and grades as they were; told, objected to, closed."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from config.audit import log
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from members.facts import Fact, Mark
from members.models import (
    AppraisalResult,
    ChangeKind,
    GradeBand,
    Measure,
    MeasureKind,
    MemberChange,
    ScoreRequirement,
    ScoreScheme,
    ScoreTotal,
)
from members.queries import appraisal as queries
from members.queries import scoring as scores_of
from members.scoring.rules import of as rules_of
from members.services import appraisal as services
from members.services import duty, measures
from members.services import objections as objecting
from members.states import AppraisalState, MeasureState, SchemeState
from tests.factories import appraisal as make_year
from tests.factories import members as make

pytestmark = pytest.mark.django_db
OVER, YEAR = make_year.OVER, make_year.YEAR


def later(days):
    return OVER + datetime.timedelta(days=days)


def other_member(cast, username="wu", **fields):
    return make.member(make.user(username, f"{username}委员"), cast.committee, **fields)


# --- grading, without a database -----------------------------------------------------------------------------------


def grade(bands, points, rank, of, *, held=False):
    """The grade of who stands at `rank` of so many people, with or without what must be done."""
    must = ScoreRequirement(name="参加全会", facts=["plenary"], at_least=1, holds_below=True)
    rules = rules_of(ScoreScheme(), [], [must], bands)
    scores = {0: Decimal(points)}
    scores |= {other: Decimal(points + 1 if other < rank else points - 1) for other in range(1, of)}
    return scores_of.graded(rules, scores, dict.fromkeys(scores, (0 if held else 1,)))[0].name


def test_ties_share_a_rank_and_the_next_is_counted_behind_them():
    points = {1: Decimal(80), 2: Decimal(90), 3: Decimal(80), 4: Decimal(70)}
    assert scores_of.places(points) == {2: 1, 1: 2, 3: 2, 4: 4}


@pytest.mark.parametrize(
    ("points", "rank", "held", "name"),
    [(95, 1, False, "优秀"), (95, 3, False, "称职"), (95, 1, True, "称职"), (60, 2, False, "称职"),
     (59, 9, False, "不称职")],
)  # fmt: skip
def test_a_grade_asks_points_and_place_and_what_must_be_done(points, rank, held, name):
    bands = [
        GradeBand(name="优秀", at_least=90, best_percent=20),
        GradeBand(name="称职", at_least=60),
        GradeBand(name="不称职", at_least=0),
    ]
    assert grade(bands, points, rank, 10, held=held) == name


def test_a_share_of_people_is_rounded_down_and_the_last_grade_is_for_the_rest():
    bands = [GradeBand(name="优秀", best_percent=15), GradeBand(name="一般", at_least=60)]
    assert [grade(bands, 10, rank, 30) for rank in (4, 5)] == ["优秀", "一般"]


# --- freezing ------------------------------------------------------------------------------------------------------


def test_the_year_is_frozen_with_points_rank_grade_and_lines(cast):
    wu, idle = other_member(cast), other_member(cast, "idle")
    scheme = make_year.scheme(cast.committee)
    make_year.did(cast.wang_member, *[Fact.ACTIVITY] * 3, Fact.PROPOSAL_FILED)
    make_year.did(wu, *[Fact.ACTIVITY] * 3, Fact.PROPOSAL_FILED)
    appraisal = services.freeze(scheme, by=cast.li, at=OVER)
    first, second, last = (make_year.result(appraisal, one) for one in (cast.wang_member, wu, idle))
    assert (first.points, first.counted, first.quality, first.rank, first.of) == (90, 60, 30, 1, 3)
    assert (second.rank, first.grade, first.tone) == (1, "优秀", "ok")
    assert (last.rank, last.points, last.grade) == (3, 0, "不称职")
    assert sum(Decimal(line["points"]) for line in first.lines) == first.points
    assert {line["title"] for line in first.lines} >= {"activity 1", "proposal_filed 4"}
    scheme.refresh_from_db()
    assert (scheme.state, appraisal.state) == (SchemeState.FROZEN, AppraisalState.FROZEN)
    assert log.history(appraisal).get().verb == "appraisal.freeze"


def test_what_was_taken_back_before_is_not_among_the_lines(cast):
    scheme = make_year.scheme(cast.committee)
    kept, gone = make_year.did(cast.wang_member, Fact.ACTIVITY, Fact.ACTIVITY)
    duty.retract(gone, reason="没有参加", by=cast.li, at=OVER)
    result = make_year.result(services.freeze(scheme, by=cast.li, at=OVER), cast.wang_member)
    assert [line["title"] for line in result.lines] == ["activity 1"]
    assert result.points == 20
    assert kept


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"since": datetime.date(YEAR, 10, 2)}, "任职不足一个季度"),
        ({"until": datetime.date(YEAR, 6, 30)}, "不再担任委员"),
    ],
)
def test_who_came_late_or_left_is_not_graded_and_the_reason_is_kept(cast, fields, words):
    member = other_member(cast, **fields)
    result = make_year.result(make_year.frozen(cast), member)
    assert words in result.excused
    assert (result.grade, result.rank, result.of) == ("", None, 1)


@pytest.mark.parametrize(
    ("since", "until", "is_excused"),
    [("01-01", None, True), ("01-01", "12-31", True), ("02-01", None, False), ("01-01", "11-30", False)],
)
def test_only_a_leave_of_the_whole_year_excuses(cast, since, until, is_excused):
    MemberChange.objects.create(
        member=cast.wang_member, kind=ChangeKind.ON_LEAVE, since=f"{YEAR}-{since}", until=until and f"{YEAR}-{until}",
        reason="出国进修", at=OVER,
    )  # fmt: skip
    assert bool(make_year.result(make_year.frozen(cast), cast.wang_member).excused) is is_excused


def test_who_was_never_in_force_that_year_is_not_in_it(cast):
    other_member(cast, since=datetime.date(YEAR + 1, 1, 1))
    other_member(cast, "old", until=datetime.date(YEAR - 1, 12, 31))
    assert list(make_year.frozen(cast).results.values_list("member", flat=True)) == [cast.wang_member.pk]


def test_what_must_be_done_and_was_not_holds_the_grade_down(cast):
    scheme = make_year.scheme(cast.committee)
    make_year.required(scheme)
    make_year.did(cast.wang_member, *[Fact.ACTIVITY] * 5)
    result = make_year.result(services.freeze(scheme, by=cast.li, at=OVER), cast.wang_member)
    assert (result.points, result.grade) == (100, "称职")
    assert result.lacking == [{"name": "提案一件", "done": 0, "at_least": 1}]


def test_a_place_with_three_grades_has_its_three_grades(cast):
    good, fair = other_member(cast, "good"), other_member(cast, "fair")
    scheme = make_year.scheme(cast.committee)
    scheme.bands.all().delete()
    for position, (name, least) in enumerate([("优秀", 80), ("良好", 40), ("一般", None)]):
        GradeBand.objects.create(scheme=scheme, position=position, name=name, at_least=least)
    make_year.did(cast.wang_member, *[Fact.ACTIVITY] * 4)
    make_year.did(good, *[Fact.ACTIVITY] * 2)
    appraisal = services.freeze(scheme, by=cast.li, at=OVER)
    grades = [make_year.result(appraisal, member).grade for member in (cast.wang_member, good, fair)]
    assert grades == ["优秀", "良好", "一般"]
    assert [(row["label"], row["value"]) for row in queries.distribution(appraisal)] == [
        ("优秀", 1), ("良好", 1), ("一般", 1)
    ]  # fmt: skip


def test_before_the_year_is_over_a_reason_is_asked_for(cast):
    scheme, early = make_year.scheme(cast.committee), OVER - datetime.timedelta(days=30)
    with pytest.raises(Incomplete, match="还没有过完"):
        services.freeze(scheme, by=cast.li, at=early)
    assert services.freeze(scheme, reason="换届提前考核", by=cast.li, at=early).note == "换届提前考核"


def test_without_grades_nothing_is_frozen(cast):
    scheme = make_year.scheme(cast.committee)
    scheme.bands.all().delete()
    with pytest.raises(Incomplete, match="等次"):
        services.freeze(scheme, by=cast.li, at=OVER)


@pytest.mark.parametrize("state", [SchemeState.DRAFT, SchemeState.FROZEN, SchemeState.RETIRED])
def test_only_a_scheme_in_force_is_frozen(cast, state):
    with pytest.raises(WrongState):
        services.freeze(make_year.scheme(cast.committee, state=state), by=cast.li, at=OVER)


@pytest.mark.parametrize("who", ["wang", "zhou", "sun", "zhao", "qian"])
def test_only_those_who_manage_duty_freeze(cast, who):
    with pytest.raises(PermissionDenied):
        services.freeze(make_year.scheme(cast.committee), by=getattr(cast, who), at=OVER)


def test_what_is_corrected_later_does_not_change_the_snapshot(cast):
    scheme = make_year.scheme(cast.committee)
    (key,) = make_year.did(cast.wang_member, Fact.ACTIVITY)
    appraisal = services.freeze(scheme, by=cast.li, at=OVER)
    assert duty.retract(key, reason="没有参加", by=cast.li, at=later(1)) == 1
    assert make_year.result(appraisal, cast.wang_member).points == 20
    assert ScoreTotal.objects.get(scheme=scheme, member=cast.wang_member).points == 20
    assert not cast.wang_member.duty_records.standing().exists()


# --- the ladder ----------------------------------------------------------------------------------------------------


def propose(cast, appraisal):
    measures.propose_measures(appraisal, by=cast.li, at=OVER)
    return list(Measure.objects.filter(result__appraisal=appraisal).values_list("kind", "years_running", "speaker"))


@pytest.mark.parametrize(
    ("active", "before", "expected"),
    [
        (5, [], [(MeasureKind.PRAISE, 1, "")]),
        (3, [], []),
        (2, [], [(MeasureKind.TALK, 1, "界别召集人")]),
        (2, [(1, "不称职", 45)], [(MeasureKind.WARN, 2, "主席会议")]),
        (2, [(2, "不称职", 45)], [(MeasureKind.TALK, 1, "界别召集人")]),
        (1, [(1, "不称职", 30), (2, "不称职", 39)], [(MeasureKind.ADVISE_RESIGN, 3, "主席会议")]),
        (1, [(1, "不称职", 30), (2, "称职", 70)], [(MeasureKind.WARN, 2, "主席会议")]),
    ],
)
def test_the_ladder_climbs_over_consecutive_years(cast, active, before, expected):
    for ago, grade, points in before:
        make_year.past(cast.wang_member, YEAR - ago, grade, points)
    assert propose(cast, make_year.frozen(cast, active=active)) == expected


def test_years_of_an_earlier_term_count_and_excused_ones_do_not(cast):
    old = make.member(cast.wang, cast.committee, term=10, until=datetime.date(YEAR - 1, 12, 31))
    make_year.past(old, YEAR - 1)
    assert propose(cast, make_year.frozen(cast, active=2)) == [(MeasureKind.WARN, 2, "主席会议")]
    AppraisalResult.objects.filter(member=old).update(excused="全年请假")
    appraisal = make_year.frozen(cast, active=2, year=YEAR + 1, at=later(370))
    assert propose(cast, appraisal)[0][1] == 2  # this year and the last one


def test_proposed_twice_is_proposed_once(cast):
    appraisal = make_year.frozen(cast, active=2)
    assert propose(cast, appraisal) == propose(cast, appraisal)
    assert Measure.objects.count() == 1


def test_a_talk_is_recorded_with_date_speaker_and_note_and_the_member_hears(cast):
    appraisal = make_year.frozen(cast, active=2)
    propose(cast, appraisal)
    measure = Measure.objects.get()
    held = datetime.date(2026, 1, 5)
    measures.record_talk(measure, held_on=held, speaker="张召集人", note="说明了原因", by=cast.li, at=OVER)
    measure.refresh_from_db()
    assert (measure.state, measure.held_on, measure.speaker) == (MeasureState.DONE, held, "张召集人")
    assert "约谈" in Notice.objects.get(recipient=cast.wang, kind="measure").title
    assert Measure.objects.visible_to(cast.wang).get() == measure


@pytest.mark.parametrize(
    ("given", "field"),
    [({"held_on": datetime.date(2026, 1, 6)}, "held_on"), ({"speaker": " "}, "speaker"), ({"note": ""}, "note")],
)
def test_an_incomplete_talk_names_what_is_missing(cast, given, field):
    propose(cast, make_year.frozen(cast, active=2))
    whole = {"held_on": datetime.date(2026, 1, 5), "speaker": "张召集人", "note": "谈了"}
    with pytest.raises(Incomplete) as refusal:
        measures.record_talk(Measure.objects.get(), **{**whole, **given}, by=cast.li, at=OVER)
    assert list(refusal.value.fields) == [field]


@pytest.mark.parametrize("state", MeasureState)
@pytest.mark.parametrize("verb", ["record", "waive"])
def test_a_measure_is_settled_once(cast, state, verb):
    propose(cast, make_year.frozen(cast, active=2))
    Measure.objects.update(state=state, held_on=datetime.date(2026, 1, 5))
    measure, given = Measure.objects.get(), {"by": cast.li, "at": OVER}

    def settle():
        if verb == "waive":
            measures.waive(measure, reason="因病", **given)
        else:
            measures.record_talk(measure, held_on=datetime.date(2026, 1, 5), speaker="张", note="谈了", **given)

    if state == MeasureState.PROPOSED:
        settle()
        assert measure.state != state
    else:
        with pytest.raises(WrongState):
            settle()


# --- telling, objecting, closing -------------------------------------------------------------------------------------


def test_each_member_is_told_the_own_result_and_the_window_opens(cast):
    wu = other_member(cast)
    appraisal = make_year.published(cast)
    assert appraisal.objections_until == datetime.date(2026, 1, 19)  # ten workdays after 5 January
    titles = dict(Notice.objects.filter(kind="appraisal").values_list("recipient", "title"))
    assert "优秀" in titles[cast.wang.pk]
    assert "不称职" in titles[wu.user_id]
    assert AppraisalResult.objects.visible_to(cast.wang).get().member == cast.wang_member


def test_before_it_is_told_the_member_sees_nothing(cast):
    make_year.frozen(cast)
    assert not AppraisalResult.objects.visible_to(cast.wang).exists()


@pytest.mark.parametrize("state", AppraisalState)
@pytest.mark.parametrize("verb", ["publish", "close"])
def test_moves_of_an_appraisal(cast, state, verb):
    appraisal = make_year.published(cast)
    type(appraisal).objects.update(state=state)
    appraisal.refresh_from_db()
    allowed = {"publish": AppraisalState.FROZEN, "close": AppraisalState.PUBLISHED}[verb]
    if state == allowed:
        getattr(services, verb)(appraisal, by=cast.li, at=later(30))
        assert appraisal.state != state
    else:
        with pytest.raises(WrongState):
            getattr(services, verb)(appraisal, by=cast.li, at=later(30))


def test_it_is_closed_after_the_window_and_when_all_are_answered(cast):
    appraisal = make_year.published(cast)
    with pytest.raises(WrongState, match="才截止"):
        services.close(appraisal, by=cast.li, at=later(14))
    objection = make_year.objection(cast, appraisal)
    with pytest.raises(WrongState, match="1 件申诉"):
        services.close(appraisal, by=cast.li, at=later(15))
    objecting.refuse(objection, answer="签到册上没有", by=cast.li, at=later(15))
    services.close(appraisal, by=cast.li, at=later(15))
    assert appraisal.state == AppraisalState.CLOSED


def test_absences_are_hinted_at_and_nothing_more(cast):
    appraisal = make_year.frozen(cast)
    deeds = [
        duty.Deed(
            member=cast.wang_member.pk, on=datetime.date(YEAR, month, 3), fact=Fact.STANDING, key=f"standing:{month}",
            title="常委会会议", mark=Mark.ABSENT,
        )
        for month in (2, 4, 6)
    ]  # fmt: skip
    duty.record(deeds[:2], by=None, at=OVER)
    assert queries.absence_hints(appraisal) == []
    duty.record(deeds, by=None, at=OVER)
    (hint,) = queries.absence_hints(appraisal)
    assert hint.member == cast.wang_member
    assert "本年 3 次" in hint.words
    assert not Measure.objects.filter(kind=MeasureKind.ADVISE_RESIGN).exists()
