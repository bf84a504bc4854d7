"""Rules of recurring duty: who owes what for a period, generated once; reminders; ending; who may set them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied

from config.audit.models import AuditEntry
from config.milestones import clock
from config.milestones.models import Milestone
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from members.facts import Fact
from members.models import ChangeKind, Member, MemberChange, Post
from tests.factories import members as make
from tests.factories import tasks as duty
from tests.factories.tasks import AT
from workstations.models import Cycle, DutyRule, DutyTask, Makes, Owed, Shift
from workstations.presets import duty as presets
from workstations.services import duty_cycles
from workstations.services import duty_rules as services
from workstations.services import tasks as doing


def shanghai(*parts):
    return datetime(*parts, tzinfo=ZoneInfo("Asia/Shanghai"))


def on_leave(member, since=date(2026, 11, 1), until=date(2026, 11, 30)):
    return MemberChange.objects.create(
        member=member, kind=ChangeKind.ON_LEAVE, since=since, until=until, reason="出国", at=AT
    )


def preset(cast, code):
    """A rule that holds since January, as the preset describes it."""
    rule = presets.make_rule(presets.rules()[code], cast.committee)
    rule.since = date(2026, 1, 1)
    return services.create(rule, by=cast.li, at=AT)


# --- generating --------------------------------------------------------------------------------------------------


def test_a_new_rule_asks_every_member_in_force_at_once(cast):
    duty.people(cast.committee, 2)
    gone = make.member(make.user("gone"), cast.committee, until=date(2026, 10, 31))
    rule = duty.rule(cast.committee, day=25)
    tasks = rule.tasks.all()
    assert len(tasks) == 3
    assert gone.pk not in {task.member_id for task in tasks}
    assert {(task.period, task.period_label, task.due_on) for task in tasks} == {
        ("2026-11", "2026年11月", date(2026, 11, 25))
    }
    assert tasks[0].due_why["rule"] == "每月25日"


def test_generated_twice_late_or_by_two_is_generated_once(cast):
    duty.people(cast.committee, 2)
    rule = duty.rule(cast.committee)
    for at in (AT, AT + timedelta(days=3)):
        assert duty_cycles.start(rule, at=at) == 0
    assert rule.tasks.count() == 3
    assert Milestone.objects.filter(kind="duty-task").count() == 3 * 4
    assert Notice.objects.filter(kind="duty-task-new").count() == 3


def test_who_joins_during_the_period_is_asked_too_and_nobody_else_again(cast):
    rule = duty.rule(cast.committee)
    make.member(make.user("late"), cast.committee)
    assert duty_cycles.start(rule, at=AT) == 1
    assert rule.tasks.count() == 2


def test_the_clock_turns_the_period(cast):
    rule = duty.rule(cast.committee)
    clock.sweep(shanghai(2026, 12, 1, 0, 2))
    assert sorted(rule.tasks.values_list("period", flat=True)) == ["2026-11", "2026-12"]
    rule.refresh_from_db()
    assert rule.last_period == "2026-12"
    clock.sweep(shanghai(2026, 12, 1, 0, 3))
    assert rule.tasks.count() == 2


def test_missed_periods_are_not_made_up_for(cast):
    rule = duty.rule(cast.committee)
    clock.sweep(shanghai(2027, 3, 5, 9))
    assert sorted(rule.tasks.values_list("period", flat=True)) == ["2026-11", "2027-03"]
    clock.sweep(shanghai(2027, 4, 1, 9))
    assert rule.tasks.filter(period="2027-04").exists()


def test_a_period_whose_due_day_is_over_waits_for_the_next(cast):
    rule = duty.rule(cast.committee, day=5)
    assert rule.tasks.count() == 0
    clock.sweep(shanghai(2026, 12, 1, 0, 2))
    assert rule.tasks.get().due_on == date(2026, 12, 5)


def test_a_rule_of_the_future_begins_on_its_day(cast):
    rule = duty.rule(cast.committee, since=date(2026, 11, 20))
    assert rule.tasks.count() == 0
    clock.sweep(shanghai(2026, 11, 20, 0, 2))
    assert rule.tasks.get().period == "2026-11"


@pytest.mark.parametrize(
    ("cycle", "first", "then"), [("odd_months", "2026-11", "2027-01"), ("even_months", None, "2026-12")]
)
def test_odd_and_even_months_take_turns(cast, cycle, first, then):
    """Row 204: 双月 15 日征求意见,单月 15 日现场协商; on a rest day it moves as configured."""
    rule = duty.rule(cast.committee, cycle=cycle, day=15, shift=Shift.NEXT)
    assert [task.period for task in rule.tasks.all()] == ([first] if first else [])
    if first:
        task = rule.tasks.get()
        assert (task.due_on, task.due_why["skipped"]) == (date(2026, 11, 16), [["2026-11-15", "休息日"]])
    clock.sweep(shanghai(*map(int, then.split("-")), 1, 9))
    assert rule.tasks.filter(period=then).exists()


def test_month_quarter_half_and_year_make_the_four_of_the_grid(cast):
    """Row 39: 月反馈、季服务、半年分析、年度评价, as the presets set them."""
    seen = {}
    for code in ("grid-month", "grid-quarter", "grid-half", "grid-year"):
        rule = preset(cast, code)
        seen[rule.name] = rule.tasks.get().period_label
    assert seen == {
        "进网格月反馈": "2026年11月", "进网格季服务": "2026年第四季度", "进网格半年分析": "2026年下半年",
        "进网格年度评价": "2026年",
    }  # fmt: skip


def test_on_leave_is_excused_from_the_start(cast):
    on_leave(cast.wang_member)
    task = duty.rule(cast.committee).tasks.get()
    assert (task.state, task.remark) == ("excused", "请假期间免做")
    assert not Milestone.objects.filter(kind="duty-task").exists()


# --- reminding ---------------------------------------------------------------------------------------------------


@pytest.fixture
def owing(cast):
    """One member of a body with a leader, due on the 20th."""
    cast.body = duty.body(cast.committee)
    duty.seat(cast.body, cast.wang_member)
    (cast.leader,) = duty.people(cast.committee, 1, "主任")
    duty.seat(cast.body, cast.leader, Post.DIRECTOR)
    rule = duty.rule(cast.committee, day=20, owed_by=Owed.BODY_MEMBERS, bodies=[cast.body])
    doing.excuse(rule.tasks.get(member=cast.leader), reason="主持工作", by=None, at=AT)
    return rule.tasks.get(member=cast.wang_member)


def told():
    return list(Notice.objects.filter(kind="duty-task-due").order_by("pk").values_list("recipient__name", "title"))


def test_the_ladder_climbs_from_the_owner_to_the_leader(cast, owing):
    for day in (17, 20, 23, 27):
        clock.sweep(shanghai(2026, 11, day, 9, 1))
    name = "进网格月反馈（2026年11月）"
    leader = cast.leader.user.name
    assert sorted(told()) == sorted(
        [
            ("王委员", f"还有 3 天到期：{name}"),
            ("王委员", f"今天到期：{name}"),
            ("王委员", f"已逾期 3 天：{name}"),
            (leader, f"已逾期 3 天：{name}"),
            ("王委员", f"已逾期 7 天：{name}"),
            (leader, f"已逾期 7 天：{name}"),
        ]
    )


def test_without_a_leader_the_office_hears_of_it(cast):
    duty.rule(cast.committee, day=20)
    clock.sweep(shanghai(2026, 11, 23, 9, 1))
    assert {name for name, _ in told()} == {"王委员", "李主任"}


def test_who_has_done_it_is_not_reminded(cast, owing):
    doing.hand_in(owing, words=duty.WORDS, by=cast.wang, at=AT)
    clock.sweep(shanghai(2026, 11, 17, 9, 1))
    assert told() == []
    assert Milestone.objects.of(owing).get(code="T-3").reason == "已提交，不必提醒"


@pytest.mark.parametrize("why", ["left", "leave"])
def test_who_left_or_is_on_leave_is_excused_and_not_reminded(cast, owing, why):
    if why == "left":
        Member.objects.filter(pk=cast.wang_member.pk).update(until=date(2026, 11, 12))
    else:
        on_leave(cast.wang_member)
    clock.sweep(shanghai(2026, 11, 17, 9, 1))
    owing.refresh_from_db()
    assert told() == []
    assert (owing.state, owing.remark) == ("excused", "已不再担任委员" if why == "left" else "请假期间免做")


def test_what_is_open_after_the_grace_is_missed_and_may_still_come(cast, owing):
    clock.sweep(shanghai(2026, 12, 4, 9))
    owing.refresh_from_db()
    assert owing.state == "open"
    clock.sweep(shanghai(2026, 12, 5, 9))
    owing.refresh_from_db()
    assert owing.state == "missed"
    assert AuditEntry.objects.filter(verb="dutytask.miss", target_id=str(owing.pk)).exists()
    doing.hand_in(owing, words=duty.WORDS, by=cast.wang, at=shanghai(2026, 12, 6, 9))
    assert (owing.state, owing.is_late) == ("done", True)


def test_reminding_now_is_one_notice_a_day_and_not_for_those_who_are_done(cast):
    (other,) = duty.people(cast.committee, 1)
    rule = duty.rule(cast.committee)
    doing.hand_in(rule.tasks.get(member=other), words=duty.WORDS, by=other.user, at=AT)
    assert services.remind(rule, by=cast.li, at=AT) == 1
    assert services.remind(rule, by=cast.li, at=AT + timedelta(hours=2)) == 0
    assert services.remind(rule, by=cast.li, at=AT + timedelta(days=1)) == 1
    assert set(Notice.objects.filter(kind="duty-task-now").values_list("recipient__name", flat=True)) == {"王委员"}


# --- changing and ending -----------------------------------------------------------------------------------------


def test_ending_stops_what_is_to_come_and_excuses_if_asked(cast):
    rule = duty.rule(cast.committee)
    assert services.end(rule, reason="改用新办法", excuse_open=True, by=cast.li, at=AT) == 1
    clock.sweep(shanghai(2026, 12, 1, 9))
    assert [task.state for task in rule.tasks.all()] == ["excused"]
    assert Milestone.objects.get(kind="duty-cycle").reason == "任务已停用"
    assert not Notice.objects.filter(kind="duty-task-due").exists()


def test_what_is_open_stays_when_the_rule_ends_otherwise(cast):
    rule = duty.rule(cast.committee)
    assert services.end(rule, reason="改用新办法", by=cast.li, at=AT) == 0
    assert rule.tasks.get().state == "open"


@pytest.mark.parametrize("when", [shanghai(2026, 11, 25, 9), shanghai(2027, 2, 10, 9)])
def test_taken_up_again_it_runs_on(cast, when):
    rule = duty.rule(cast.committee)
    services.end(rule, reason="暂停", by=cast.li, at=AT)
    clock.sweep(when)
    services.resume(rule, by=cast.li, at=when)
    assert rule.tasks.filter(period=f"{when:%Y-%m}").exists()
    clock.sweep(shanghai(2027, 3, 1, 9))
    assert rule.tasks.filter(period="2027-03").exists()


@pytest.mark.parametrize(("verb", "active"), [("end", False), ("resume", True)])
def test_a_verb_in_the_wrong_state_is_refused(cast, verb, active):
    rule = duty.rule(cast.committee)
    if not active:
        services.end(rule, reason="停", by=cast.li, at=AT)
    more = {"reason": "停"} if verb == "end" else {}
    with pytest.raises(WrongState):
        getattr(services, verb)(rule, by=cast.li, at=AT, **more)


def test_what_is_done_once_is_not_taken_up_again(cast):
    rule = duty.homework(cast.committee)
    services.end(rule, reason="停", by=cast.li, at=AT)
    with pytest.raises(WrongState, match="另外布置"):
        services.resume(rule, by=cast.li, at=AT)


def test_an_edit_keeps_what_was_generated_and_holds_from_the_next_period(cast):
    rule = duty.rule(cast.committee)
    rule.name, rule.day = "新名称", 20
    services.edit(rule, changed=["name", "day"], bodies=[], members=[], by=cast.li, at=AT)
    clock.sweep(shanghai(2026, 12, 1, 9))
    rows = rule.tasks.order_by("period").values_list("title", "due_on")
    assert list(rows) == [("进网格月反馈", date(2026, 11, 30)), ("新名称", date(2026, 12, 20))]


@pytest.mark.parametrize(
    ("fields", "at_fault"),
    [
        ({"cycle": "weekly", "day": 9}, "day"),
        ({"cycle": "once", "due_on": date(2026, 11, 1)}, "due_on"),
        ({"owed_by": "bodies"}, "body_kind"),
        ({"makes": "meeting"}, "owed_by"),
        ({"day": 32}, "day"),
        ({"name": ""}, "name"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(cast, fields, at_fault):
    with pytest.raises(Incomplete) as refused:
        duty.rule(cast.committee, **{"name": "任务", **fields})
    assert at_fault in refused.value.fields
    assert not DutyRule.objects.exists()


# --- who may set -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["wang", "zhou", "sun", "zhang", "zhao", "qian"])
@pytest.mark.parametrize("verb", ["create", "edit", "end", "resume", "remind"])
def test_only_the_office_sets_duty_for_everybody(cast, who, verb):
    user = getattr(cast, who)
    rule = duty.rule(cast.committee)
    deeds = {
        "create": lambda: duty.rule(cast.committee, "另一项", by=user),
        "edit": lambda: services.edit(rule, changed=[], bodies=[], members=[], by=user, at=AT),
        "end": lambda: services.end(rule, reason="停", by=user, at=AT),
        "resume": lambda: services.resume(rule, by=user, at=AT),
        "remind": lambda: services.remind(rule, by=user, at=AT),
    }
    with pytest.raises(PermissionDenied):
        deeds[verb]()


def test_a_clerk_sets_and_ends_duty_of_the_own_body_only(cast):
    """Row 25: 联络组管理辖区委员日常履职."""
    body, other = duty.body(cast.committee, "珠泉联络组"), duty.body(cast.committee, "塘村联络组")
    duty.seat(body, cast.wang_member)
    clerk = duty.clerk(cast.committee, body)
    rule = duty.rule(cast.committee, owed_by=Owed.BODY_MEMBERS, bodies=[body], by=clerk)
    assert rule.tasks.get().member == cast.wang_member
    for bodies in ([other], [body, other], []):
        with pytest.raises(PermissionDenied):
            duty.rule(cast.committee, "别处", owed_by=Owed.BODY_MEMBERS, body_kind="sector", bodies=bodies, by=clerk)
    with pytest.raises(PermissionDenied):
        duty.rule(cast.committee, "保密", owed_by=Owed.BODIES, bodies=[body], is_restricted=True, by=clerk)
    services.end(rule, reason="办完了", by=clerk, at=AT)


@pytest.mark.parametrize("fields", [{"fact": Fact.HONOUR}, {"makes": Makes.MEETING, "activity_kind": "plenary"}])
def test_a_clerk_s_task_is_recorded_as_a_task_only(cast, fields):
    """What counts more takes a claim and a second person."""
    body = duty.body(cast.committee, "珠泉联络组")
    duty.seat(body, cast.wang_member)
    clerk = duty.clerk(cast.committee, body)
    with pytest.raises(PermissionDenied):
        duty.rule(cast.committee, owed_by=Owed.BODIES, bodies=[body], by=clerk, **fields)
    duty.rule(cast.committee, owed_by=Owed.BODIES, bodies=[body], by=cast.li, **fields)


def test_a_rule_of_meetings_is_a_rule_of_bodies():
    for preset_ in presets.rules().values():
        made = presets.make_rule(preset_, committee=None)
        assert made.makes == Makes.TASK or made.owed_by == Owed.BODIES


@pytest.mark.parametrize("code", presets.rules())
def test_every_preset_can_be_set_and_names_its_source(cast, code):
    preset_ = presets.rules()[code]
    assert preset_["source"]
    rule = preset(cast, code)
    assert presets.export_rule(rule)["name"] == preset_["name"]
    assert presets.make_rule(presets.export_rule(rule), cast.other_committee).cycle == rule.cycle


def test_a_thousand_need_as_many_statements_as_three(cast, django_assert_max_num_queries):
    duty.people(cast.committee, 2)
    counts = []
    for name, more in (("一", 0), ("二", 30)):
        duty.people(cast.committee, more)
        with django_assert_max_num_queries(80) as statements:
            duty.rule(cast.committee, name, by=cast.li)
        counts.append(len(statements))
    assert counts[1] <= counts[0]
    assert DutyTask.objects.count() == 3 + 33


def test_what_runs_once_has_one_period(cast):
    rule = duty.homework(cast.committee)
    clock.sweep(shanghai(2026, 11, 12, 9))
    assert rule.cycle == Cycle.ONCE
    assert rule.tasks.get().due_on == date(2026, 11, 30)
