"""Projects: suggested with reasons, started once, done step by step, confirmed by another, dropped; reminders."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from config.milestones import clock, seed
from config.milestones.models import Milestone, MilestoneState
from config.notices.models import Notice
from config.refusals import Incomplete, Refusal, WrongState
from members.facts import Fact
from members.models import DutyRecord
from tests.factories import lists as make
from tests.factories import members as people
from tests.factories import workstations as places
from tests.factories.lists import AT, LATER
from workstations.models import Demand, DemandKind, EffectKind, GridPosting, Project, ProjectEffect, ProjectTemplate
from workstations.presets import lists as presets
from workstations.queries import lists as queries
from workstations.queries import lists_match
from workstations.reminders.lists import LADDER
from workstations.services import lists as needs
from workstations.services import projects as services
from workstations.services.projects import Planned
from workstations.states import DemandState
from workstations.states import ProjectState as S

pytestmark = pytest.mark.django_db


def figure(number=36, source="村委会签收单"):
    return ProjectEffect(kind=EffectKind.HELPED, number=number, source=source)


# --- suggestions -------------------------------------------------------------------------------------------------


def test_suggestions_say_why_and_decide_nothing(cast):
    """Row 107: what can be given and what is needed, put together."""
    doctor = people.member(people.user("doc", "林医生"), cast.committee, specialties="中医、慢病管理")
    lawyer = people.member(people.user("law", "高律师"), cast.committee, specialties="合同审查")
    make.resource(lawyer, "免费法律咨询", field="法律", words="周末可以下村")
    need = make.demand(cast, kind=DemandKind.NEED, title="请人讲合同纠纷", field="法律", words="想要法律咨询")
    GridPosting.objects.create(committee=cast.committee, member=cast.wang_member, region=need.region)
    matches = lists_match.helpers(need)
    assert [match.subject for match in matches] == [lawyer, cast.wang_member]
    assert doctor not in [match.subject for match in matches]
    assert "同属“法律”" in matches[0].why
    assert "法律咨询" in matches[0].why
    assert "专长里有“合同”" in matches[0].why
    assert "手上没有在办的" in matches[0].why
    assert "进网格" in matches[1].why
    assert not Project.objects.exists()


def test_who_is_busy_comes_later_and_it_is_said(cast):
    one = people.member(people.user("m1", "甲委员"), cast.committee, specialties="法律咨询")
    two = people.member(people.user("m2", "乙委员"), cast.committee, specialties="法律咨询")
    for n in range(2):
        needs.claim(make.demand(cast, title=f"心愿{n}"), one, by=one.user, at=AT)
    need = make.demand(cast, kind=DemandKind.NEED, title="要法律咨询", field="")
    matches = lists_match.helpers(need)
    assert [match.subject for match in matches] == [two, one]
    assert "手上正在办 2 件" in matches[1].why


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("法律咨询、合同审查", "企业合同纠纷要法律咨询", ["法律咨询", "合同"]),
        ("委员服务", "需要委员服务", ["委员服务"]),
        ("服务", "需要服务", []),
        ("中医", "修路", []),
        ("", "修路", []),
    ],
)
def test_common_words(one, other, words):
    assert lists_match.common_words(one, other) == words


def test_which_needs_a_member_could_help_with(cast):
    cast.wang_member.specialties = "果树修剪"
    cast.wang_member.save()
    fits = make.demand(cast, kind=DemandKind.NEED, title="果树修剪没人教", field="农技")
    make.demand(cast, title="添课桌")
    make.demand(cast, DemandState.RAISED, title="果树修剪的第二件")
    found = lists_match.wanted_of(cast.wang_member)
    assert [(match.subject, "果树修剪" in match.why) for match in found] == [(fits, True)]


# --- start -------------------------------------------------------------------------------------------------------


def test_a_project_claims_the_need_and_copies_the_steps(cast):
    """Row 91: the steps are the county's own."""
    made = make.project(cast)
    assert made.demand.state == DemandState.CLAIMED
    assert list(made.steps.values_list("name", "due_on")) == [
        ("走访", date(2026, 11, 27)), ("协商", date(2026, 12, 4)), ("回访", None),
    ]  # fmt: skip
    ProjectTemplate.objects.update(steps=[{"name": "别的", "days": 1}])
    assert made.steps.count() == 3
    assert Notice.objects.filter(recipient=cast.wang, title__contains="请您领办").exists()


def test_a_need_has_one_project_at_a_time(cast):
    made = make.project(cast)
    other = people.member(people.user("m2", "林委员"), cast.committee)
    for leader in (other, cast.wang_member):
        with pytest.raises(WrongState):
            services.start(Demand.objects.get(pk=made.demand_id), leader=leader, by=cast.li, at=AT)
    with pytest.raises(Refusal, match="已经立项"):
        needs.give_back(Demand.objects.get(pk=made.demand_id), reason="不办了", by=cast.li, at=AT)
    services.drop(made, reason="上级已经立项", by=cast.li, at=AT)
    services.start(Demand.objects.get(pk=made.demand_id), leader=other, by=cast.li, at=AT)
    assert Project.objects.filter(state=S.RUNNING).count() == 1


def test_what_is_not_of_the_committee_is_refused(cast):
    need = make.demand(cast, kind=DemandKind.NEED)
    foreign = make.resource(cast.qian_member)
    for wrong in (
        {"leader": cast.qian_member},
        {"leader": cast.wang_member, "resources": [foreign]},
        {"leader": cast.wang_member, "template": make.template(cast.other_committee)},
    ):
        with pytest.raises(Incomplete):
            services.start(need, by=cast.li, at=AT, **wrong)
    for by in (cast.wang, cast.zhao, cast.zhang, cast.qian):
        with pytest.raises(PermissionDenied):
            services.start(need, leader=cast.wang_member, by=by, at=AT)


# --- steps -------------------------------------------------------------------------------------------------------


def test_a_step_is_done_once_and_steps_are_planned_anew(cast):
    made = make.project(cast)
    first, second, third = made.steps.all()
    services.do_step(first, on=AT.date(), words="看了现场", by=cast.wang, at=AT)
    with pytest.raises(WrongState):
        services.do_step(first, on=AT.date(), by=cast.wang, at=AT)
    with pytest.raises(Incomplete):
        services.do_step(second, on=AT.date() + timedelta(days=1), by=cast.wang, at=AT)
    swapped = [
        Planned("走访", pk=first.pk),
        Planned("回访", date(2026, 12, 1), second.pk),
        Planned("协商", None, third.pk),
    ]
    services.plan_steps(made, swapped, by=cast.wang, at=AT)
    assert list(made.steps.values_list("name", "done_on")) == [("走访", AT.date()), ("回访", None), ("协商", None)]
    with pytest.raises(Refusal, match="已经完成的步骤不能删去"):
        services.plan_steps(made, [Planned("只剩一步")], by=cast.wang, at=AT)
    with pytest.raises(Incomplete, match="不能重复"):
        services.plan_steps(made, [*swapped, Planned("协商")], by=cast.wang, at=AT)


def test_the_leader_is_reminded_of_a_step_then_who_keeps_it(cast):
    seed.load("project-step", LADDER)
    made = make.project(cast)
    first = made.steps.first()
    clock.sweep(AT + timedelta(days=8))
    told = Notice.objects.filter(kind="project-step-due")
    assert set(told.values_list("recipient__username", flat=True)) == {"wang"}
    clock.sweep(AT + timedelta(days=11))
    assert set(told.values_list("recipient__username", flat=True)) == {"wang", "li"}
    number = told.count()
    clock.sweep(AT + timedelta(days=11))
    assert told.count() == number
    services.do_step(first, on=AT.date(), by=cast.wang, at=AT)
    services.drop(made, reason="上级已经立项", by=cast.li, at=AT)
    assert not Milestone.objects.filter(kind="project-step", state=MilestoneState.PENDING).exists()


# --- the end -----------------------------------------------------------------------------------------------------

VERBS = {
    "report": lambda row, by: services.report(row, result="修好了。", effects=[figure()], by=by, at=LATER),
    "finish": lambda row, by: services.finish(row, result="修好了。", effects=[figure()], by=by, at=LATER),
    "drop": lambda row, by: services.drop(row, reason="上级已经立项", by=by, at=LATER),
    "plan": lambda row, by: services.plan_steps(row, [Planned("一步")], by=by, at=LATER),
}


@pytest.mark.parametrize("state", S.values)
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_in_every_state(cast, verb, state):
    made = make.project(cast, state)
    if state == S.RUNNING:
        VERBS[verb](made, cast.li)
    else:
        with pytest.raises(WrongState):
            VERBS[verb](made, cast.li)


@pytest.mark.parametrize(
    ("verb", "allowed"),
    [("report", {"wang", "li"}), ("finish", {"li"}), ("drop", {"li"}), ("plan", {"wang", "li"})],
)
def test_only_the_right_people(cast, verb, allowed):
    made = make.project(cast)
    for name in {"wang", "li", "zhou", "sun", "zhang", "zhao", "qian"} - allowed:
        with pytest.raises(PermissionDenied):
            VERBS[verb](made, getattr(cast, name))


def test_the_leader_reports_another_finishes_and_it_is_a_fact_once(cast):
    made = make.project(cast)
    services.report(made, result="机井修好了。", effects=[figure()], by=cast.wang, at=LATER)
    assert Notice.objects.filter(recipient=cast.li, title__contains="请核对办结").exists()
    assert not DutyRecord.objects.exists()
    services.finish(made, result="机井修好了。", effects=[figure(40)], by=cast.li, at=LATER)
    (record,) = DutyRecord.objects.all()
    assert (record.member, record.fact, record.key) == (cast.wang_member, Fact.PROJECT, f"project:{made.pk}")
    assert Demand.objects.get(pk=made.demand_id).state == DemandState.DONE
    assert [effect.number for effect in made.effects.all()] == [40]
    needs.thank(Demand.objects.get(pk=made.demand_id), words="谢谢您。", by=cast.li, at=LATER)
    assert DutyRecord.objects.count() == 1


def test_nobody_finishes_the_own_project(cast):
    own = people.member(cast.li, cast.committee)
    made = make.project(cast, leader=own)
    with pytest.raises(PermissionDenied):
        services.finish(made, result="好了。", effects=[], by=cast.li, at=LATER)


def test_a_figure_says_its_source_and_nothing_reveals_a_person(cast):
    made = make.project(cast)
    for effects, result in (([figure(source=" ")], "好了。"), ([figure(source="问13900000001")], "好了。"),
                            ([], "问13900000001")):  # fmt: skip
        with pytest.raises(Incomplete):
            services.finish(made, result=result, effects=effects, by=cast.li, at=LATER)
    made.refresh_from_db()
    assert made.state == S.RUNNING


def test_figures_count_what_is_public_with_its_scope(cast):
    """Row 159: so many wishes came true of all."""
    make.demand(cast, DemandState.DONE)
    make.demand(cast, title="添课桌")
    make.demand(cast, DemandState.RAISED, title="没有核实")
    make.project(cast, S.DONE, title="修机井")
    make.project(cast, S.DROPPED, title="修路灯")
    found = {figure.label: (figure.done, figure.total) for figure in queries.figures(cast.committee)}
    assert found == {
        "微心愿已实现": (1, 2), "其他需求已办成": (1, 2), "项目已完成": (1, 1), "能提供的资源": (0, None),
    }  # fmt: skip


@pytest.mark.parametrize("code", sorted(presets.templates()))
def test_presets_become_templates_of_the_county(cast, code):
    preset = presets.templates()[code]
    made = services.save_template(presets.make_template(preset, cast.committee), by=cast.li, at=AT)
    assert made.source
    with pytest.raises(Incomplete, match="同名"):
        services.save_template(presets.make_template(preset, cast.committee), by=cast.li, at=AT)
    with pytest.raises(PermissionDenied):
        services.save_template(made, by=cast.wang, at=AT)


def test_a_station_shows_its_needs(cast, as_):
    station = places.station(cast.committee)
    make.demand(cast, station=station)
    page = as_(None).get(station.get_absolute_url()).content.decode()
    assert "给村小添一套音响" in page
    assert "张某" not in page
