"""督办: what may be begun on which matter, by whom; letters; answers; reminders; the board."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from config.audit import log
from config.milestones import clock
from config.milestones.models import Milestone, MilestoneState
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from proposals import presets
from proposals.documents.supervision import dunning_letter
from proposals.models import Assignment, Supervision
from proposals.queries import supervision as queries
from proposals.services import supervision as services
from proposals.states import AssignmentState, ReplyGrade, SupervisionKind, SupervisionState
from tests.factories import members as people
from tests.factories import proposals as matters
from tests.factories import supervision as make
from tests.factories.supervision import AT, DAY, LATE

pytestmark = pytest.mark.django_db
A, K = AssignmentState, SupervisionKind
TODAY = LATE.date()


def begin(cast, case, kind, **fields):
    given = {"words": "请加快办理。", "on": LATE.date(), "by": cast.sun, "at": LATE}
    if kind == K.LEADER:
        given["led_by"] = "李副主席"
    if kind == K.JOINT:
        given["participants"] = "督查室"
    if kind == K.APPRAISAL:
        given |= {"satisfied": 8, "basic": 2, "unsatisfied": 0}
    return services.open_supervision(case, kind=kind, **{**given, **fields})


# --- 督 ----------------------------------------------------------------------------------------------------------

DUNNED = {A.PENDING, A.HANDLING}


@pytest.mark.parametrize("kind", K)
@pytest.mark.parametrize("state", [state for state in A if state != A.MEETING])
def test_each_kind_on_a_matter_in_each_state(cast, kind, state):
    case = matters.assignment(cast, state)
    refused = (
        state == A.RETURNED
        or (kind == K.DUNNING and state not in DUNNED)
        or (state == A.CLOSED and kind != K.APPRAISAL)
    )
    if refused:
        with pytest.raises(WrongState):
            begin(cast, case, kind)
        assert not Supervision.objects.exists()
    else:
        made = begin(cast, case, kind)
        assert (made.state, made.assignment_id) == (SupervisionState.OPEN, case.pk)


@pytest.mark.parametrize(
    ("name", "may"),
    [("sun", True), ("li", True), ("zhou", False), ("wang", False), ("zhang", False), ("chen", False), ("zhao", False)],
)
def test_only_the_committees_supervisors_begin(cast, name, may):
    case = make.late_case(cast)
    if may:
        begin(cast, case, K.VISIT, by=getattr(cast, name))
    else:
        with pytest.raises(PermissionDenied):
            begin(cast, case, K.VISIT, by=getattr(cast, name))
    assert Supervision.objects.count() == may


@pytest.mark.parametrize(
    ("kind", "fields", "named"),
    [
        (K.VISIT, {"words": " "}, {"words"}),
        (K.VISIT, {"on": None}, {"on"}),
        (K.VISIT, {"on": LATE.date() + datetime.timedelta(days=400)}, {"on"}),
        (K.LEADER, {"led_by": ""}, {"led_by"}),
        (K.JOINT, {"participants": " "}, {"participants"}),
        (K.APPRAISAL, {"satisfied": None}, {"satisfied"}),
        (K.APPRAISAL, {"satisfied": 0, "basic": 0, "unsatisfied": 0}, {"satisfied"}),
        (K.APPRAISAL, {"on": LATE.date() + DAY}, {"on"}),
        (K.VISIT, {"satisfied": 3}, {"satisfied"}),
        (K.VISIT, {"words": "长" * 1001}, {"words"}),
        ("party", {}, {"kind"}),
    ],
)
def test_what_is_missing_is_named(cast, kind, fields, named):
    with pytest.raises(Incomplete) as refusal:
        begin(cast, make.late_case(cast), kind, **fields)
    assert set(refusal.value.fields) == named
    assert not Supervision.objects.exists()


def test_the_unit_is_told_once_and_has_ten_workdays(cast):
    made = make.action(cast)
    assert made.answer_due_on == datetime.date(2027, 1, 1), "ten workdays; no holidays are loaded"
    told = Notice.objects.filter(kind="supervised")
    assert set(told.values_list("recipient", flat=True)) == {cast.zhang.pk, cast.chen.pk}
    assert told.first().url == made.get_absolute_url()
    assert log.history(made).get().label == "发起督办"


def test_a_second_click_makes_no_second_action(cast):
    case = make.late_case(cast)
    begin(cast, case, K.VISIT)
    with pytest.raises(WrongState, match="已经登记过"):
        begin(cast, case, K.VISIT)
    begin(cast, case, K.VISIT, on=LATE.date() - DAY)
    assert Supervision.objects.count() == 2


# --- 催办函 ------------------------------------------------------------------------------------------------------


def test_letters_are_numbered_by_committee_and_year(cast):
    first = begin(cast, make.late_case(cast), K.DUNNING, words="")
    second = begin(cast, make.late_case(cast, title="东街修路"), K.DUNNING)
    assert [first.serial, second.serial] == ["催办〔2026〕1号", "催办〔2026〕2号"]
    assert "已逾期 9 天" in first.words
    assert "2026年12月11日" in first.words
    assert second.words == "请加快办理。"
    with pytest.raises(IntegrityError), transaction.atomic():
        Supervision.objects.filter(pk=first.pk).update(number=None)


def test_no_letter_before_the_day_is_over_or_while_paused(cast):
    case = make.late_case(cast)
    with pytest.raises(WrongState, match="还没有逾期"):
        begin(cast, case, K.DUNNING, at=AT)
    Assignment.objects.filter(pk=case.pk).update(due_on=LATE.date())
    with pytest.raises(WrongState, match="还没有逾期"):
        begin(cast, case, K.DUNNING)
    Assignment.objects.filter(pk=case.pk).update(due_on=AT.date(), paused_on=AT.date())
    with pytest.raises(WrongState, match="中止"):
        begin(cast, case, K.DUNNING)
    assert not Supervision.objects.exists()


def test_one_open_letter_a_case_and_another_after_the_answer(cast):
    case = make.late_case(cast)
    letter = begin(cast, case, K.DUNNING)
    with pytest.raises(WrongState, match="催办〔2026〕1号还没有反馈"):
        begin(cast, case, K.DUNNING, at=LATE + DAY)
    services.answer(letter, words="下周答复。", by=cast.zhang, at=LATE + DAY)
    assert begin(cast, case, K.DUNNING, at=LATE + 2 * DAY).number == 2


def test_many_at_once_names_each_refusal_and_wastes_no_number(cast):
    late, other = make.late_case(cast), make.late_case(cast, title="东街修路")
    answered = matters.assignment(cast, A.REPLIED, title="北街通水")
    done = services.dun([late, answered, other], by=cast.sun, at=LATE)
    assert [letter.number for letter in done.letters] == [1, 2]
    assert [(case.pk, "不用催办" in why) for case, why in done.refused] == [(answered.pk, True)]
    again = services.dun([late, other], by=cast.sun, at=LATE)
    assert (len(again.letters), len(again.refused)) == (0, 2)
    assert Supervision.objects.count() == 2


@pytest.mark.parametrize("number", [0, services.MOST_AT_ONCE + 1])
def test_none_and_too_many_at_once_are_refused(cast, number):
    with pytest.raises(Incomplete):
        services.dun([Assignment()] * number, by=cast.sun, at=LATE)


def test_the_letter_is_a_word_document(cast):
    letter = begin(cast, make.late_case(cast), K.DUNNING)
    assert dunning_letter(letter)[:2] == b"PK"


# --- 复 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["zhang", "chen"])
def test_the_unit_answers_and_the_supervisors_hear(cast, name):
    made = make.action(cast)
    services.answer(made, words="已开工。", by=getattr(cast, name), at=LATE + DAY)
    made.refresh_from_db()
    assert (made.state, made.answer, made.answered_by) == (SupervisionState.ANSWERED, "已开工。", getattr(cast, name))
    told = set(Notice.objects.filter(kind="supervision-answered").values_list("recipient", flat=True))
    assert told == {cast.sun.pk, cast.li.pk}


@pytest.mark.parametrize("name", ["sun", "li", "zhou", "wang", "zhao"])
def test_nobody_else_answers(cast, name):
    made = make.action(cast)
    with pytest.raises(PermissionDenied):
        services.answer(made, words="已开工。", by=getattr(cast, name), at=LATE)


def test_an_answer_is_given_once_and_says_something(cast):
    made = make.action(cast)
    for words in (" ", "长" * 1001):
        with pytest.raises(Incomplete):
            services.answer(made, words=words, by=cast.zhang, at=LATE)
    services.answer(made, words="已开工。", by=cast.zhang, at=LATE)
    with pytest.raises(WrongState):
        services.answer(Supervision.objects.get(pk=made.pk), words="又一次", by=cast.zhang, at=LATE)
    assert Supervision.objects.get(pk=made.pk).answer == "已开工。"


# --- 提醒 --------------------------------------------------------------------------------------------------------


def told(kind):
    return list(Notice.objects.filter(kind=kind).values_list("recipient", flat=True))


def test_the_ladder_goes_up_and_a_second_sweep_tells_nobody(cast):
    made = make.action(cast)
    due = made.answer_due_on
    moment = LATE.replace(year=due.year, month=due.month, day=due.day) - 3 * DAY
    clock.sweep(moment)
    assert told("supervision-due") == [cast.zhang.pk]
    clock.sweep(moment)
    assert told("supervision-due") == [cast.zhang.pk]
    clock.sweep(moment + 4 * DAY)
    assert {cast.sun.pk, cast.li.pk, cast.chen.pk} <= set(told("supervision-due"))


def test_an_answer_calls_the_reminders_off(cast):
    made = make.action(cast, state=SupervisionState.ANSWERED)
    assert not Milestone.objects.of(made).pending().exists()
    clock.sweep(LATE + 60 * DAY)
    assert told("supervision-due") == []


def test_a_unit_that_gave_the_matter_back_is_not_reminded(cast):
    made = make.action(cast)
    Assignment.objects.filter(pk=made.assignment_id).update(
        state=A.RETURNED, returned_at=LATE, return_reason="不属于本单位"
    )
    clock.sweep(LATE + 60 * DAY)
    assert told("supervision-due") == []
    assert Milestone.objects.of(made).filter(state=MilestoneState.SKIPPED, reason="已退回，不必反馈").exists()


@pytest.mark.parametrize(("kind", "told_of"), [(SupervisionKind.DUNNING, False), (SupervisionKind.LEADER, True)])
def test_who_has_replied_is_dunned_no_more(cast, kind, told_of):
    made = make.action(cast, kind=kind)
    Assignment.objects.filter(pk=made.assignment_id).update(state=A.REPLIED, replied_at=LATE)
    clock.sweep(LATE + 60 * DAY)
    assert bool(told("supervision-due")) is told_of


# --- 督办台 ------------------------------------------------------------------------------------------------------


def columns(cast, user=None, today=TODAY, **options):
    user = user or cast.sun
    board = queries.board(user, queries.of_committees(user), today, **options)
    return [[row.pk for row in column.rows] for column in (board.handed, board.supervised, board.answered)]


def test_a_case_moves_through_the_three_columns(cast):
    presets.load()
    case = make.late_case(cast)
    assert columns(cast, today=AT.date()) == [[], [], []]
    assert columns(cast, today=datetime.date(2026, 12, 4)) == [[case.pk], [], []]
    made = make.action(cast, case)
    assert columns(cast) == [[], [made.pk], []]
    services.answer(made, words="已开工。", by=cast.zhang, at=LATE)
    assert columns(cast) == [[case.pk], [], [made.pk]], "late still: it is handed over and supervised by nobody"
    assert queries.unsupervised(cast.sun, LATE.date()).get().acted == 1
    matters.services.send(matters.reply(cast, case, grade=ReplyGrade.A, at=LATE), by=cast.chen, at=LATE)
    assert columns(cast) == [[], [], [made.pk]]


def test_the_board_is_for_the_own_committee_and_by_unit(cast):
    made = make.action(cast)
    other = people.organisation(cast.committee, "县水利局")
    assert columns(cast, cast.zhao) == columns(cast, cast.zhang) == [[], [], []]
    assert columns(cast, cast.zhou) == [[], [made.pk], []]
    late = make.late_case(cast, title="东街修路")
    assert columns(cast, unit=other)[0] == []
    assert columns(cast, unit=cast.unit)[0] == [late.pk]


def test_a_paused_case_waits_for_nobody(cast):
    case = make.late_case(cast)
    Assignment.objects.filter(pk=case.pk).update(paused_on=AT.date())
    assert columns(cast)[0] == []


def test_columns_are_capped_and_cost_three_statements(cast, monkeypatch):
    monkeypatch.setattr(queries, "SHOWN", 2)
    user = cast.sun
    for number in range(3):
        make.late_case(cast, title=f"修路 {number}")
    columns(cast)
    with CaptureQueriesContext(
        connection,
    ) as found:
        board = queries.board(user, queries.of_committees(user), LATE.date())
        assert [str(row.unit) + str(row.handler) for row in board.handed.rows]
    assert (len(found), len(board.handed.rows), board.handed.total) == (3, 2, "2 件以上")


def test_what_waits_for_the_unit(cast):
    made = make.action(cast)
    assert list(queries.awaiting_answer(cast.zhang)) == [made]
    assert not queries.awaiting_answer(cast.sun).exists()


def test_the_context_of_a_case(cast):
    made = make.action(cast)
    unit, sun = queries.of_case(made.assignment, cast.zhang), queries.of_case(made.assignment, cast.sun)
    assert unit == {"supervisions": [made], "may_answer_supervision": True, "may_supervise": False}
    assert sun == {"supervisions": [made], "may_answer_supervision": False, "may_supervise": True}
