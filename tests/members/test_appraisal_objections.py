"""申诉: once, inside the window, answered in time, and corrected only by two people."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from config.audit import log
from config.milestones import clock
from config.milestones.models import Milestone, MilestoneState
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from members.models import Measure, MeasureKind, Objection
from members.presets import appraisal as presets
from members.roles import Role
from members.services import measures, objections
from members.states import MeasureState, ObjectionState
from tests.factories import appraisal as make_year
from tests.factories import members as make

pytestmark = pytest.mark.django_db
OVER = make_year.OVER
CORRECTED = {"counted": Decimal(60), "quality": Decimal(30), "grade": "优秀", "reason": "签到册上有"}


def later(days):
    return OVER + datetime.timedelta(days=days)


def test_a_member_objects_once_and_the_staff_hears(cast):
    objection = make_year.objection(cast)
    assert objection.due_on == datetime.date(2026, 1, 19)
    assert Notice.objects.filter(recipient=cast.li, kind="objection").count() == 1
    with pytest.raises(WrongState, match="一年一次"):
        objections.object_(objection.result, words="再说一次", by=cast.wang, at=later(1))


@pytest.mark.parametrize(("days", "open_"), [(0, True), (14, True), (15, False)])
def test_the_window_closes_after_its_last_day(cast, days, open_):
    appraisal = make_year.published(cast)
    if open_:
        assert make_year.objection(cast, appraisal, at=later(days)).pk
    else:
        with pytest.raises(WrongState, match=r"2026年1月19日截止.*政协办"):
            make_year.objection(cast, appraisal, at=later(days))


def test_before_it_is_told_nobody_objects_and_empty_words_are_refused(cast):
    appraisal = make_year.frozen(cast)
    with pytest.raises(WrongState, match="反馈后"):
        make_year.objection(cast, appraisal)
    with pytest.raises(PermissionDenied):
        objections.object_(make_year.result(appraisal, cast.wang_member), words="替他", by=cast.qian, at=OVER)


def test_empty_words_are_refused(cast):
    with pytest.raises(Incomplete):
        make_year.objection(cast, words="  ")


def test_a_correction_needs_a_second_person(cast):
    objection, he = make_year.objection(cast), make_year.confirmer(cast)
    with pytest.raises(Incomplete, match="拟更正"):
        objections.uphold(objection, answer="同意", by=he, at=later(1))
    objections.correct(objection, **CORRECTED, by=cast.li, at=later(1))
    assert Notice.objects.filter(recipient=he, title__contains="请复核").exists()
    with pytest.raises(PermissionDenied):
        objections.uphold(objection, answer="同意", by=cast.li, at=later(1))
    objections.uphold(objection, answer="补记一次调研", by=he, at=later(2))
    result = objection.result
    result.refresh_from_db()
    assert (result.points, result.counted, result.quality, result.grade) == (90, 60, 30, "优秀")
    assert result.before["points"] == "100.00"
    assert result.before["reason"] == "签到册上有"
    assert [entry.verb for entry in log.history(objection)] == [
        "objection.uphold",
        "objection.correct",
        "objection.raise",
    ]
    assert Notice.objects.get(recipient=cast.wang, key__endswith="answered").title.endswith("已采纳")


def test_nobody_answers_the_own_objection(cast):
    objection = make_year.objection(cast)
    make.grant(cast.wang, Role.OFFICE_STAFF, cast.committee)
    for verb in (
        lambda: objections.correct(objection, **CORRECTED, by=cast.wang, at=OVER),
        lambda: objections.refuse(objection, answer="不", by=cast.wang, at=OVER),
    ):
        with pytest.raises(PermissionDenied):
            verb()


def test_the_database_asks_for_two_people_too(cast):
    objection = make_year.objection(cast)
    alone = {"corrected_by": cast.li, "answered_by": cast.li, "answer": "好", "state": ObjectionState.UPHELD}
    with pytest.raises(IntegrityError), transaction.atomic():
        Objection.objects.filter(pk=objection.pk).update(**alone)


def test_an_unknown_grade_or_no_reason_is_refused_in_words(cast):
    with pytest.raises(Incomplete) as refusal:
        objections.correct(
            make_year.objection(cast), **{**CORRECTED, "grade": "特优", "reason": ""}, by=cast.li, at=OVER
        )
    assert set(refusal.value.fields) == {"grade", "reason"}


@pytest.mark.parametrize("state", ObjectionState)
@pytest.mark.parametrize("verb", ["uphold", "refuse"])
def test_an_objection_is_answered_once(cast, state, verb):
    objection, he = make_year.objection(cast), make_year.confirmer(cast)
    objections.correct(objection, **CORRECTED, by=cast.li, at=OVER)
    if state != ObjectionState.RAISED:
        settle, by = (objections.uphold, he) if state == ObjectionState.UPHELD else (objections.refuse, cast.li)
        settle(objection, answer="已答复", by=by, at=OVER)
        with pytest.raises(WrongState):
            getattr(objections, verb)(objection, answer="再答", by=he, at=OVER)
    else:
        getattr(objections, verb)(objection, answer="答复", by=he, at=OVER)
        assert objection.state != state


def test_what_no_longer_follows_from_the_corrected_result_is_waived(cast):
    appraisal = make_year.published(cast, active=2)
    measures.propose_measures(appraisal, by=cast.li, at=OVER)
    objection = make_year.objection(cast, appraisal)
    objections.correct(objection, **CORRECTED, by=cast.li, at=OVER)
    objections.uphold(objection, answer="更正", by=make_year.confirmer(cast), at=OVER)
    kinds = dict(Measure.objects.values_list("kind", "state"))
    assert kinds == {MeasureKind.TALK: MeasureState.WAIVED, MeasureKind.PRAISE: MeasureState.PROPOSED}


def test_the_staff_is_reminded_until_it_is_answered(cast):
    presets.load()
    objection = make_year.objection(cast)
    due = Notice.objects.filter(kind="objection-due", recipient=cast.li)
    clock.sweep(later(12))  # 17 January, two days before: the milestone of three days before has come
    assert due.count() == 1
    clock.sweep(later(12))
    assert due.count() == 1
    clock.sweep(later(17))
    assert Notice.objects.filter(kind="objection-due", recipient=cast.zhou, title__contains="逾期 3 天").exists()
    objections.refuse(objection, answer="维持", by=cast.li, at=later(18))
    assert not Milestone.objects.filter(kind="objection", state=MilestoneState.PENDING).exists()


def test_who_has_answered_is_not_reminded(cast):
    presets.load()
    objection = make_year.objection(cast)
    objections.refuse(objection, answer="维持", by=cast.li, at=OVER)
    clock.sweep(later(17))
    assert not Notice.objects.filter(kind="objection-due").exists()
