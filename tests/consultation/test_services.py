"""Every state against every verb, and what each verb refuses."""

import datetime
import uuid

import pytest
from django.core.exceptions import PermissionDenied

from config.audit import log
from config.notices.models import Notice
from config.refusals import Incomplete, Refusal, WrongState
from consultation import services, states
from consultation.models import (
    AnnualPlan,
    Consultation,
    Outcome,
    PlanAdjustment,
    PlanItem,
    ProcedureStep,
    Step,
    Topic,
)
from consultation.states import (
    ConsultationState,
    GateVerdict,
    OutcomeState,
    PlanState,
    StepState,
    TopicState,
)
from tests.factories import consultation as make
from tests.factories.consultation import AT, TODAY

pytestmark = pytest.mark.django_db
LATER = AT + datetime.timedelta(days=1)


# --- topics ------------------------------------------------------------------------------------------------------

TOPIC_VERBS = {
    "select": lambda t, c: services.select_topic(t, by=c.li, at=LATER),
    "decline": lambda t, c: services.decline_topic(t, words="条件不成熟", by=c.li, at=LATER),
}


@pytest.mark.parametrize("verb", TOPIC_VERBS)
@pytest.mark.parametrize("state", TopicState.values)
def test_topic_moves(cast, state, verb):
    topic, move = make.topic(cast, state), states.TOPIC_MOVES[verb]
    if state in move.sources:
        TOPIC_VERBS[verb](topic, cast)
        assert Topic.objects.get(pk=topic.pk).state == move.target
    else:
        with pytest.raises(WrongState):
            TOPIC_VERBS[verb](topic, cast)
        assert Topic.objects.get(pk=topic.pk).state == state


def test_member_suggests_only_in_the_own_name(cast):
    topic = make.topic(cast, by=cast.wang, source="public", suggested_by_name="别人")
    assert (topic.source, topic.suggested_by, topic.suggested_by_name) == ("member", cast.wang_member, "")


def test_same_key_is_one_topic(cast):
    key = uuid.uuid4()
    given = {"title": "饮水", "reason": "缺水", "content_kind": "at_hand", "source": "public"}
    pair = [services.suggest_topic(key, committee=cast.committee, by=cast.li, at=AT, **given) for _ in range(2)]
    assert pair[0] == pair[1]
    assert Topic.objects.count() == 1
    assert log.history(pair[0]).count() == 1


def test_stranger_suggests_nothing(cast):
    with pytest.raises(PermissionDenied):
        make.topic(cast, by=cast.zhao)


def test_declined_topic_says_why_to_its_member(cast):
    topic = make.topic(cast, by=cast.wang)
    with pytest.raises(Incomplete):
        services.decline_topic(topic, words=" ", by=cast.li, at=AT)
    services.decline_topic(topic, words="已有专题研究", by=cast.li, at=AT)
    assert Notice.objects.get(recipient=cast.wang).body == "已有专题研究"


# --- plans -------------------------------------------------------------------------------------------------------


def _finish_gate(plan, cast):
    step = services.progress.current_step(plan) or Step.objects.filter(plan=plan).first() or Step(plan=plan)
    services.finish_step(step, verdict="passed", held_on=TODAY, by=cast.li, at=LATER)


PLAN_VERBS = {
    "submit": lambda p, c: services.submit_plan(p, procedure=make.procedure("县级计划审批", "plan"), by=c.li, at=LATER),
    "settle": lambda p, c: services.settle_plan(p, by=c.li, at=LATER),
    "reopen": lambda p, c: services.reopen_plan(p, words="月份有误", by=c.li, at=LATER),
    "issue": lambda p, c: make.sign_and_issue(p, c, number="嘉政协办发〔2026〕30号", at=LATER),
}


@pytest.mark.parametrize("verb", PLAN_VERBS)
@pytest.mark.parametrize("state", PlanState.values)
def test_plan_moves(cast, state, verb):
    plan, move = make.plan(cast, state), states.PLAN_MOVES[verb]
    if state in move.sources:
        PLAN_VERBS[verb](plan, cast)
        assert AnnualPlan.objects.get(pk=plan.pk).state == move.target
    else:
        with pytest.raises(WrongState):
            PLAN_VERBS[verb](plan, cast)
        assert AnnualPlan.objects.get(pk=plan.pk).state == state


@pytest.mark.parametrize("state", PlanState.values)
def test_items_change_only_in_a_plan_in_preparation(cast, state):
    plan = make.plan(cast, state)
    item = make.first_item(plan)
    deeds = [
        lambda: make.item(plan, cast, title="新增议题"),
        lambda: services.change_item(
            item, seen_at=PlanItem.objects.get(pk=item.pk).updated_at, title="改名", by=cast.li, at=LATER
        ),
        lambda: services.move_item(item, up=True, by=cast.li, at=LATER),
        lambda: services.drop_item(item, by=cast.li, at=LATER),
    ]
    for deed in deeds:
        if state in states.EDITABLE_PLANS:
            deed()
        else:
            with pytest.raises(WrongState):
                deed()


def test_one_plan_of_a_year_under_way(cast):
    make.plan(cast)
    with pytest.raises(WrongState):
        make.plan(cast)
    assert AnnualPlan.objects.count() == 1


def test_date_outside_the_year_or_month(cast):
    plan = make.plan(cast)
    with pytest.raises(Incomplete) as refused:
        make.item(plan, cast, title="跨年", month=12, planned_on=datetime.date(2027, 12, 1))
    assert refused.value.fields == {"planned_on": "日期须在 2026 年内。"}
    with pytest.raises(Incomplete) as refused:
        make.item(plan, cast, title="跨月", month=5, planned_on=datetime.date(2026, 6, 1))
    assert refused.value.fields == {"planned_on": "日期不在 5 月，请改日期或月份。"}
    assert plan.items.count() == 1


def test_only_selected_topics_and_each_title_once(cast):
    plan = make.plan(cast)
    with pytest.raises(Incomplete) as refused:
        make.item(plan, cast, title="未选定", topic=make.topic(cast))
    assert list(refused.value.fields) == ["topic"]
    with pytest.raises(Incomplete) as refused:
        make.item(plan, cast)
    assert list(refused.value.fields) == ["title"]


def test_stale_item_loses(cast):
    plan = make.plan(cast)
    item = make.first_item(plan)
    seen, stale = item.updated_at, make.first_item(plan)
    services.change_item(item, seen_at=seen, title="先改的", by=cast.li, at=LATER)
    with pytest.raises(WrongState):
        services.change_item(stale, seen_at=seen, title="后改的", by=cast.li, at=LATER)
    assert make.first_item(plan).title == "先改的"


def test_items_move_and_drop(cast):
    plan = make.plan(cast)
    second = make.item(plan, cast, title="第二项")
    services.move_item(second, up=True, by=cast.li, at=LATER)
    assert [i.title for i in plan.items.standing()] == ["第二项", "推进农村饮水安全"]
    services.drop_item(second, by=cast.li, at=LATER)
    assert [i.title for i in plan.items.standing()] == ["推进农村饮水安全"]
    with pytest.raises(WrongState):
        services.drop_item(second, by=cast.li, at=LATER)


def test_empty_plan_is_not_submitted(cast):
    plan = make.plan(cast)
    services.drop_item(make.first_item(plan), by=cast.li, at=AT)
    with pytest.raises(Incomplete):
        PLAN_VERBS["submit"](plan, cast)


def test_gates_pass_in_order_and_approve(cast):
    plan = make.plan(cast, PlanState.APPROVING)
    first, second = services.progress.steps_of(plan)[:2]
    with pytest.raises(WrongState, match="请先完成“征求意见”"):
        services.finish_step(second, verdict="passed", held_on=TODAY, by=cast.li, at=AT)
    with pytest.raises(Incomplete, match="缺：文件"):
        services.finish_step(first, by=cast.li, at=AT)
    make.walk_steps(plan, cast)
    assert plan.state == PlanState.APPROVED
    assert list(plan.steps.values_list("state", flat=True)) == [StepState.DONE] * 4


def test_gate_wants_verdict_and_date(cast):
    plan = make.walk_steps(make.plan(cast, PlanState.APPROVING), cast, until="approve")
    gate = services.progress.current_step(plan)
    with pytest.raises(Incomplete) as refused:
        services.finish_step(gate, by=cast.li, at=AT)
    assert set(refused.value.fields) == {"verdict", "held_on"}
    with pytest.raises(Incomplete) as refused:
        services.finish_step(gate, verdict="returned", held_on=TODAY, by=cast.li, at=AT)
    assert set(refused.value.fields) == {"words"}


def test_returned_gate_sends_the_plan_back_and_the_next_round_is_new(cast):
    plan = make.walk_steps(make.plan(cast, PlanState.APPROVING), cast, until="approve")
    gate, later = services.progress.steps_of(plan)[1:3]
    services.finish_step(gate, verdict=GateVerdict.RETURNED, words="议题太多", held_on=TODAY, by=cast.li, at=AT)
    plan.refresh_from_db()
    assert plan.state == PlanState.DRAFTING
    with pytest.raises(WrongState):
        services.finish_step(later, verdict="passed", held_on=TODAY, by=cast.li, at=AT)
    PLAN_VERBS["submit"](plan, cast)
    assert services.progress.current_step(plan).name == "征求意见"
    assert plan.steps.count() == 8


def test_procedure_edited_later_leaves_the_run_alone(cast):
    plan = make.plan(cast, PlanState.APPROVING)
    ProcedureStep.objects.update(name="改过的名称")
    assert services.progress.current_step(plan).name == "征求意见"


def test_three_signatures_each_by_its_own_office(cast):
    plan = make.plan(cast, PlanState.APPROVED)
    with pytest.raises(PermissionDenied):
        services.sign_plan(plan, by=cast.li, at=AT)
    for number, reviewer in enumerate(cast.reviewers, start=1):
        with pytest.raises(Refusal, match="还缺会签"):
            services.issue_plan(plan, number="嘉〔2026〕1号", issued_on=TODAY, by=cast.li, at=AT)
        services.sign_plan(plan, by=reviewer, at=AT)
        with pytest.raises(WrongState, match="会签"):
            services.sign_plan(plan, by=reviewer, at=AT)
        assert plan.signatures.count() == number
    services.issue_plan(plan, number="嘉〔2026〕1号", issued_on=TODAY, by=cast.li, at=AT)
    assert plan.issuers.count() == 3


def test_issue_wants_number_and_possible_date(cast):
    plan = make.plan(cast, PlanState.APPROVED)
    for reviewer in cast.reviewers:
        services.sign_plan(plan, by=reviewer, at=AT)
    for issued_on in (None, TODAY + datetime.timedelta(days=1), datetime.date(2024, 12, 1)):
        with pytest.raises(Incomplete) as refused:
            services.issue_plan(plan, number=" ", issued_on=issued_on, by=cast.li, at=AT)
        assert set(refused.value.fields) == {"number", "issued_on"}


def test_reopened_plan_needs_all_signatures_anew(cast):
    plan = make.plan(cast, PlanState.APPROVED)
    services.sign_plan(plan, by=cast.reviewers[0], at=AT)
    services.reopen_plan(plan, words="月份有误", by=cast.reviewers[1], at=AT)
    assert plan.state == PlanState.DRAFTING
    assert len(services.issue.unsigned_offices(plan)) == 3


def test_issue_puts_topics_in_the_plan_and_supersedes(cast):
    kept, freed = make.topic(cast, TopicState.SELECTED), make.topic(cast, TopicState.SELECTED, title="乡村道路")
    plan = make.plan(cast, PlanState.ISSUED, topics=[kept, freed])
    assert set(Topic.objects.values_list("state", flat=True)) == {TopicState.IN_PLAN}
    following = make.next_version(plan, cast)
    services.drop_item(following.items.get(topic=freed), by=cast.li, at=AT)
    services.settle_plan(following, by=cast.li, at=AT)
    make.sign_and_issue(following, cast, number="嘉〔2026〕9号")
    plan.refresh_from_db()
    freed.refresh_from_db()
    assert (plan.state, following.state, following.version) == (PlanState.SUPERSEDED, PlanState.ISSUED, 2)
    assert freed.state == TopicState.SELECTED
    assert following.items.get(topic=kept).lineage == plan.items.get(topic=kept).lineage


def test_number_is_used_once(cast):
    make.plan(cast, PlanState.ISSUED)
    plan = make.plan(cast, PlanState.APPROVED, year=2027)
    with pytest.raises(Incomplete) as refused:
        make.sign_and_issue(plan, cast)
    assert refused.value.fields == {"number": "这个文号已经用过。"}


@pytest.mark.parametrize("verb", ["approve", "refuse", "apply"])
@pytest.mark.parametrize("state", ["proposed", "approved", "refused", "applied"])
def test_adjustment_moves(cast, state, verb):
    plan = make.plan(cast, PlanState.ISSUED)
    given = {"meeting": "县委常委会会议", "decided_on": TODAY, "by": cast.li, "at": AT}
    deeds = {
        "approve": lambda row: services.approve_adjustment(row, **given),
        "refuse": lambda row: services.refuse_adjustment(row, **given),
        "apply": lambda row: services.open_next_version(row, by=cast.li, at=AT),
    }
    asked = make.adjustment(plan, cast, approved=False)
    for step in {"approved": ["approve"], "refused": ["refuse"], "applied": ["approve", "apply"]}.get(state, []):
        deeds[step](asked)
    move = states.ADJUSTMENT_MOVES[verb]
    if state in move.sources:
        deeds[verb](asked)
        assert PlanAdjustment.objects.get().state == move.target
    else:
        with pytest.raises(WrongState):
            deeds[verb](asked)
        assert PlanAdjustment.objects.get().state == state


def test_adjustment_without_approval_makes_no_version(cast):
    asked = make.adjustment(make.plan(cast, PlanState.ISSUED), cast, approved=False)
    with pytest.raises(WrongState, match="“待审批”的计划调整不能形成新版"):
        services.open_next_version(asked, by=cast.li, at=AT)
    assert AnnualPlan.objects.count() == 1


def test_adjustment_names_the_meeting_and_one_at_a_time(cast):
    plan = make.plan(cast, PlanState.ISSUED)
    asked = make.adjustment(plan, cast, approved=False)
    with pytest.raises(Incomplete) as refused:
        services.approve_adjustment(asked, meeting="", decided_on=None, by=cast.li, at=AT)
    assert set(refused.value.fields) == {"meeting", "decided_on"}
    with pytest.raises(WrongState):
        make.adjustment(plan, cast)


# --- consultations -----------------------------------------------------------------------------------------------

CONSULTATION_VERBS = {
    "start": lambda r, c: services.start(r, procedure=make.procedure(), by=c.li, at=LATER),
    "archive": lambda r, c: services.archive(r, by=c.li, at=LATER),
    "call_off": lambda r, c: services.call_off(r, words="并入全会", by=c.li, at=LATER),
}


@pytest.mark.parametrize("verb", CONSULTATION_VERBS)
@pytest.mark.parametrize("state", ConsultationState.values)
def test_consultation_moves(cast, state, verb):
    run, move = make.consultation(cast, state), states.CONSULTATION_MOVES[verb]
    Outcome.objects.filter(consultation=run, state=OutcomeState.ROUTED).update(state=OutcomeState.DONE, done_at=AT)
    if state in move.sources:
        CONSULTATION_VERBS[verb](run, cast)
        assert Consultation.objects.get(pk=run.pk).state == move.target
    else:
        with pytest.raises(WrongState):
            CONSULTATION_VERBS[verb](run, cast)
        assert Consultation.objects.get(pk=run.pk).state == state


def test_stale_copy_loses_and_is_told_who(cast):
    run = make.consultation(cast)
    stale = Consultation.objects.get(pk=run.pk)
    CONSULTATION_VERBS["start"](run, cast)
    with pytest.raises(WrongState, match="李主任已于"):
        CONSULTATION_VERBS["start"](stale, cast)
    assert log.history(run).filter(verb="consultation.start").count() == 1
    assert run.steps.count() == 6


def test_only_from_an_item_in_force_and_one_at_a_time(cast):
    plan = make.plan(cast, PlanState.ISSUED)
    item = make.first_item(plan)
    run = make.consultation(cast, plan_item=item)
    assert run.year == 2026
    with pytest.raises(WrongState):
        make.consultation(cast, plan_item=item)
    draft = make.next_version(plan, cast)
    with pytest.raises(WrongState):
        make.consultation(cast, plan_item=make.first_item(draft))


def test_session_of_a_plan_item_lies_in_the_year(cast):
    run = make.consultation(cast, plan_item=make.first_item(make.plan(cast, PlanState.ISSUED)))
    with pytest.raises(Incomplete) as refused:
        make.session(run, cast, at=datetime.datetime(2027, 1, 5, 10, tzinfo=AT.tzinfo))
    assert list(refused.value.fields) == ["starts_at"]


def test_evidence_is_asked_for_step_by_step(cast):
    run = make.consultation(cast, ConsultationState.RUNNING)
    collect = services.progress.current_step(run)
    with pytest.raises(Incomplete, match="“收集议题”还不能完成，缺：名单或清单"):
        services.finish_step(collect, by=cast.li, at=AT)
    make.walk_steps(run, cast, until="session")
    meeting = services.progress.current_step(run)
    with pytest.raises(Incomplete, match="已经召开的会议"):
        services.finish_step(meeting, by=cast.li, at=AT)
    session = make.session(run, cast)
    with pytest.raises(Incomplete, match="缺：协商纪要"):
        services.finish_step(meeting, by=cast.li, at=AT)
    make.minutes(session, cast)
    services.finish_step(meeting, by=cast.li, at=AT)
    assert Consultation.objects.get(pk=run.pk).held_on == TODAY


def test_conversion_waits_for_every_outcome(cast):
    run = make.walk_steps(make.consultation(cast, ConsultationState.RUNNING), cast, until="convert")
    convert = services.progress.current_step(run)
    with pytest.raises(Incomplete, match="请先登记成果"):
        services.finish_step(convert, by=cast.li, at=AT)
    made = make.outcome(run, cast, OutcomeState.CLASSIFIED)
    with pytest.raises(Incomplete, match="还有 1 项成果没有分类转办"):
        services.finish_step(convert, by=cast.li, at=AT)
    services.route(made, by=None, at=AT)
    services.finish_step(convert, by=cast.li, at=AT)
    assert Consultation.objects.get(pk=run.pk).state == ConsultationState.CONCLUDED


def test_skip_only_where_allowed_and_with_a_reason(cast):
    run = make.consultation(cast, ConsultationState.RUNNING)
    with pytest.raises(Refusal, match="必经环节"):
        services.skip_step(services.progress.current_step(run), words="不需要", by=cast.li, at=AT)
    make.walk_steps(run, cast, until="survey")
    survey = services.progress.current_step(run)
    with pytest.raises(Incomplete):
        services.skip_step(survey, words=" ", by=cast.li, at=AT)
    services.skip_step(survey, words="已有现成调研", by=cast.li, at=AT)
    assert services.progress.current_step(run).kind == "session"


@pytest.mark.parametrize("state", StepState.values)
@pytest.mark.parametrize("verb", ["finish", "skip"])
def test_step_moves(cast, state, verb):
    run = make.walk_steps(make.consultation(cast, ConsultationState.RUNNING), cast, until="survey")
    step = services.progress.current_step(run)
    services.add_evidence(step, make.paper(), by=cast.li, at=AT)
    stale = Step.objects.get(pk=step.pk)
    deeds = {
        "finish": lambda row: services.finish_step(row, by=cast.li, at=AT),
        "skip": lambda row: services.skip_step(row, words="已有现成调研", by=cast.li, at=AT),
    }
    if state != StepState.PENDING:
        deeds["finish" if state == StepState.DONE else "skip"](step)
        with pytest.raises(WrongState, match="李主任已于"):
            deeds[verb](stale)
    else:
        deeds[verb](stale)
    assert Step.objects.get(pk=step.pk).finished_by == cast.li


def test_session_begins_with_the_nested_agenda(cast):
    session = make.session(make.consultation(cast, ConsultationState.RUNNING), cast)
    assert list(session.agenda.values_list("title", flat=True)) == ["提出问题", "回应关切", "协商互动", "达成共识"]


def test_four_parties_and_members_by_name(cast):
    session = make.session(make.consultation(cast, ConsultationState.RUNNING), cast)
    assert services.consultations.missing_categories(session) == ["政协委员", "特邀代表人士", "部门负责人", "群众代表"]
    make.four_parties(session, cast)
    assert services.consultations.missing_categories(session) == []
    assert session.participants.get(category="member").member == cast.wang_member
    assert services.invite(session, category="member", people=[("王委员", "")], by=cast.li, at=LATER) == 0
    assert Notice.objects.filter(recipient=cast.wang, kind="session-invited").count() == 1


def test_minutes_written_meanwhile_are_not_lost(cast):
    session = make.session(make.consultation(cast, ConsultationState.RUNNING), cast)
    make.minutes(session, cast, text="第一稿")
    with pytest.raises(WrongState):
        services.write_minutes(session, minutes="旧页面", publish=False, seen=0, by=cast.li, at=AT)
    session.refresh_from_db()
    assert session.minutes == "第一稿"


def test_other_county_moves_nothing(cast):
    run = make.consultation(cast, ConsultationState.RUNNING)
    plan = make.plan(cast)
    with pytest.raises(PermissionDenied):
        services.call_off(run, words="捣乱", by=cast.zhao, at=AT)
    with pytest.raises(PermissionDenied):
        services.finish_step(services.progress.current_step(run), by=cast.zhao, at=AT)
    with pytest.raises(PermissionDenied):
        services.drop_item(make.first_item(plan), by=cast.zhao, at=AT)
    with pytest.raises(PermissionDenied):
        services.add_outcome(uuid.uuid4(), run, text="捣乱", by=cast.zhao, at=AT)
