"""The clock: what is planned, what is due, who is told, and what happens when something goes wrong."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from config.audit.models import AuditEntry
from config.milestones import clock, heartbeat, seed
from config.milestones.clock import Done, Skip, Tell
from config.milestones.models import Heartbeat, Milestone, MilestoneRule, MilestoneState
from config.notices.models import Notice
from config.refusals import WrongState
from tests.factories.milestones import DUE, EARLY, KIND, LADDER, moment, plan, shanghai, states, tell

# --- planning ----------------------------------------------------------------------------------------------------


def test_plan_makes_one_row_per_rule_at_nine_in_shanghai(subject):
    assert plan(subject) == 8
    rows = Milestone.objects.order_by("due_at").values_list("code", "circle", "due_at")
    assert list(rows) == [
        ("T-15", "handler", shanghai(2026, 11, 16, 9)),
        ("T-7", "handler", shanghai(2026, 11, 24, 9)),
        ("T-3", "handler", shanghai(2026, 11, 28, 9)),
        ("T-1", "handler", shanghai(2026, 11, 30, 9)),
        ("T0", "leader", shanghai(2026, 12, 1, 9)),
        ("T+1", "leader", shanghai(2026, 12, 2, 9)),
        ("T+3", "leader", shanghai(2026, 12, 4, 9)),
        ("T+7", "leader", shanghai(2026, 12, 8, 9)),
    ]


def test_plan_keeps_what_is_past_already_with_its_reason(subject):
    plan(subject, at=shanghai(2026, 12, 1, 10))
    assert states() == dict.fromkeys(["T-15", "T-7", "T-3", "T-1", "T0"], "skipped") | dict.fromkeys(
        ["T+1", "T+3", "T+7"], "pending"
    )
    assert set(Milestone.objects.filter(state="skipped").values_list("reason", flat=True)) == {clock.PAST}


def test_the_same_plan_twice_is_one_plan(subject):
    plan(subject)
    assert (plan(subject), Milestone.objects.count()) == (0, 8)


def test_another_date_in_the_same_round_is_a_mistake(subject):
    plan(subject)
    with pytest.raises(ValueError, match="replan"):
        plan(subject, due_on=DUE + timedelta(days=30))


def test_a_cancelled_round_is_not_silently_planned_again(subject):
    plan(subject)
    clock.cancel(subject, reason="退回", at=EARLY)
    with pytest.raises(ValueError, match="replan"):
        plan(subject)


def test_replan_moves_the_due_date_and_may_remind_again(subject):
    plan(subject)
    later = DUE + timedelta(days=30)
    clock.replan(subject, kind=KIND, due_on=later, scope=subject.committee_id, reason="已延期", at=EARLY)
    assert set(Milestone.objects.values_list("round", "state", "reason")) == {
        (1, "cancelled", "已延期"),
        (2, "pending", ""),
    }
    assert Milestone.objects.get(round=2, code="T0").due_at == shanghai(2026, 12, 31, 9)


def test_rules_of_a_scope_replace_the_default_ones(subject, cast):
    MilestoneRule.objects.create(kind=KIND, scope=subject.committee_id, code="T-2", offset_days=-2, circle="handler")
    MilestoneRule.objects.create(
        kind=KIND, scope=subject.committee_id, code="T+9", offset_days=9, circle="leader", is_active=False
    )
    plan(subject)
    assert states() == {"T-2": "pending"}
    plan(cast.other_unit)
    assert Milestone.objects.of(cast.other_unit).count() == 8


def test_seed_is_idempotent_and_keeps_what_staff_changed(subject):
    MilestoneRule.objects.filter(code="T-15").update(is_active=False)
    assert seed.load(KIND, LADDER) == 8
    assert MilestoneRule.objects.get(code="T-15").is_active is False


def test_once_is_once(subject):
    first = moment(subject, "route", EARLY)
    again = moment(subject, "route", EARLY + timedelta(days=1))
    assert (first.pk, again.due_at) == (again.pk, EARLY)


def test_cancel_reaches_one_kind_or_all_and_only_this_subject(subject, cast):
    moment(subject, "a")
    clock.once(subject, kind="other", code="a", due_at=EARLY, scope=None)
    moment(cast.other_unit, "a")
    assert clock.cancel(subject, kind=KIND, reason="已办结", at=EARLY) == 1
    assert clock.cancel(subject, reason="已办结", at=EARLY) == 1
    assert Milestone.objects.pending().count() == 1


def test_a_subject_of_another_type_with_the_same_number_is_another_subject(subject, cast):
    twin = cast.committee
    twin.pk = subject.pk
    moment(subject, "a")
    clock.once(twin, kind=KIND, code="a", due_at=EARLY, scope=None)
    assert Milestone.objects.count() == 2
    assert clock.cancel(twin, reason="x", at=EARLY) == 1
    assert Milestone.objects.of(subject).pending().count() == 1


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "unknown"},
        {"state": "pending", "settled_at": EARLY},
        {"state": "done", "settled_at": None},
        {"state": "dead", "settled_at": EARLY, "reason": ""},
    ],
)
def test_the_database_refuses_nonsense(subject, broken):
    row = moment(subject, "a")
    with pytest.raises(IntegrityError), transaction.atomic():
        Milestone.objects.filter(pk=row.pk).update(**broken)


def test_the_database_refuses_a_second_row_of_the_same_moment(subject):
    row = moment(subject, "a")
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


# --- sweeping ----------------------------------------------------------------------------------------------------


def test_sweep_tells_once_and_settles(subject, cast, decide):
    decide(tell(cast.zhang))
    plan(subject)
    at = shanghai(2026, 11, 16, 9, 1)
    report = clock.sweep(at)
    assert (report.done, report.notices) == (1, 1)
    assert clock.sweep(at + timedelta(minutes=1)).done == 0
    assert list(Notice.objects.values_list("recipient__username", "title", "scope")) == [
        ("zhang", f"{subject.pk} T-15", subject.committee_id)
    ]
    row = Milestone.objects.get(code="T-15")
    assert (row.state, row.settled_at, row.attempts) == ("done", at, 1)


def test_nothing_is_told_before_its_time(subject, cast, decide):
    decide(tell(cast.zhang))
    plan(subject)
    assert clock.sweep(shanghai(2026, 11, 16, 8, 59)).done == 0


def test_who_has_done_it_is_not_reminded(subject, cast, decide):
    decide(lambda milestones, at: {m.pk: Skip("已办结，不必再提醒") for m in milestones})
    moment(subject, "a")
    clock.sweep(EARLY)
    row = Milestone.objects.get()
    assert (row.state, row.reason, Notice.objects.count()) == ("skipped", "已办结，不必再提醒", 0)


def test_a_reminder_that_reaches_nobody_says_so(subject, cast, decide):
    cast.zhang.is_active = False
    cast.zhang.save()
    decide(tell(cast.zhang))
    moment(subject, "a")
    clock.sweep(EARLY)
    assert Milestone.objects.values_list("state", "reason").get() == ("skipped", "没有可以通知的人")


def test_catching_up_tells_only_the_nearest_reminder(subject, cast, decide):
    decide(tell(cast.zhang))
    plan(subject)
    clock.sweep(shanghai(2026, 12, 2, 9, 30))
    assert states() == {
        "T-15": "skipped", "T-7": "skipped", "T-3": "skipped", "T-1": "skipped", "T0": "skipped", "T+1": "done",
        "T+3": "pending", "T+7": "pending",
    }  # fmt: skip
    assert set(Milestone.objects.filter(state="skipped").values_list("reason", flat=True)) == {"已被更近的一次提醒取代"}
    assert list(Notice.objects.values_list("title", flat=True)) == [f"{subject.pk} T+1"]


def test_the_nearest_reminder_wins_across_batches_too(subject, cast, decide):
    decide(tell(cast.zhang))
    plan(subject)
    report = clock.sweep(shanghai(2026, 12, 2, 9, 30), limit=2)
    assert (report.done, report.skipped) == (1, 5)


def test_single_moments_never_overtake_each_other(subject, cast, decide):
    decide(lambda milestones, at: {m.pk: Done() for m in milestones})
    moment(subject, "route", EARLY)
    moment(subject, "look-again", EARLY + timedelta(hours=1))
    clock.sweep(EARLY + timedelta(hours=2))
    assert states() == {"route": "done", "look-again": "done"}


def test_after_an_outage_one_digest_instead_of_a_flood(subject, cast, decide):
    decide(tell(cast.zhang))
    units = [subject, cast.other_unit, *cast.offices]
    for unit in units:
        moment(unit, "a")
    report = clock.sweep(EARLY + timedelta(days=2), limit=2)
    assert (report.done, report.notices) == (5, 1)
    digest = Notice.objects.get()
    assert digest.title == "提醒系统曾中断，以下 5 件事项的提醒一并补发"
    assert sorted(digest.body.splitlines()) == sorted(f"{unit.pk} a" for unit in units)


def test_a_lone_late_reminder_is_itself(subject, cast, decide):
    decide(lambda milestones, at: {m.pk: Tell([cast.zhang.pk], "test", "请办理", "内容", "/") for m in milestones})
    moment(subject, "a")
    clock.sweep(EARLY + timedelta(days=2))
    assert Notice.objects.values_list("kind", "title", "body", "url").get() == ("test", "请办理", "内容", "/")


def test_a_digest_that_grows_is_unread_again(subject, cast, decide):
    decide(tell(cast.zhang))
    moment(subject, "a")
    late = EARLY + timedelta(days=2)
    clock.sweep(late)
    Notice.objects.update(read_at=late)
    moment(subject, "b")
    clock.sweep(late)
    digest = Notice.objects.get()
    assert (digest.body.splitlines(), digest.read_at) == ([f"{subject.pk} a", f"{subject.pk} b"], None)


def test_a_day_late_is_not_yet_an_outage(subject, cast, decide):
    decide(tell(cast.zhang))
    moment(subject, "a")
    moment(cast.other_unit, "a")
    assert clock.sweep(EARLY + timedelta(hours=24)).notices == 2


def test_a_handler_is_asked_once_for_all(subject, cast, decide):
    sizes = []

    def count(milestones, at):
        sizes.append(len(milestones))
        return {m.pk: Done() for m in milestones}

    decide(count)
    for number in range(5):
        moment(subject, f"c{number}")
    clock.sweep(EARLY)
    assert sizes == [5]


def _statements(subject, cast, decide, number, django_assert_max_num_queries, name):
    for i in range(number):
        moment(subject, f"{name}{i}")
    decide(tell(cast.zhang, cast.chen))
    with django_assert_max_num_queries(100) as statements:
        clock.sweep(EARLY)
    return len(statements)


def test_a_batch_needs_as_many_statements_as_one(subject, cast, decide, django_assert_max_num_queries):
    clock.sweep(EARLY)  # the first heartbeat is an insert
    one = _statements(subject, cast, decide, 1, django_assert_max_num_queries, "one")
    many = _statements(subject, cast, decide, 50, django_assert_max_num_queries, "many")
    assert many == one


def test_an_idle_sweep_writes_nothing_but_its_heartbeat(db, django_assert_num_queries):
    clock.sweep(EARLY)
    with django_assert_num_queries(2):
        clock.sweep(EARLY)


# --- failures ----------------------------------------------------------------------------------------------------


def test_one_poisoned_milestone_does_not_block_the_others(subject, cast, decide):
    def explode(milestones, at):
        for m in milestones:
            Heartbeat.objects.create(name=f"effect {m.code}", at=at)
        if any(m.code == "poison" for m in milestones):
            raise RuntimeError("坏数据")
        return {m.pk: Done() for m in milestones}

    decide(explode)
    for code in ("a", "poison", "b"):
        moment(subject, code)
    report = clock.sweep(EARLY)
    assert (report.done, report.failed) == (2, 1)
    assert states() == {"a": "done", "b": "done", "poison": "pending"}
    effects = Heartbeat.objects.filter(name__startswith="effect").values_list("name", flat=True)
    assert sorted(effects) == ["effect a", "effect b"]


def test_a_notice_that_cannot_be_written_does_not_block_the_others(subject, cast, decide):
    def lead_away(milestones, at):
        urls = {"poison": "https://elsewhere.test/"}
        return {m.pk: Tell([cast.zhang.pk], "test", m.code, url=urls.get(m.code, "/")) for m in milestones}

    decide(lead_away)
    for code in ("a", "b", "poison", "c", "d"):
        moment(subject, code)
    report = clock.sweep(EARLY)
    assert (report.done, report.failed, report.notices) == (4, 1, 4)


def test_failures_wait_twice_as_long_each_time_and_end(subject, decide):
    decide(lambda milestones, at: {})
    row, at, waits = moment(subject, "a"), EARLY, []
    while row.state == MilestoneState.PENDING:
        clock.sweep(at)
        row.refresh_from_db()
        waits.append((row.next_try_at - at) // timedelta(minutes=1))
        at = max(at, row.next_try_at)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 0]
    assert (row.state, row.attempts, row.settled_at) == ("dead", 8, at)
    assert row.reason == "程序出错，TypeError：“test”的处理程序没有给出这个节点的结果"


def test_a_kind_without_a_handler_fails_visibly(subject):
    moment(subject, "a")
    assert clock.sweep(EARLY).failed == 1
    assert Milestone.objects.get().reason == "程序出错，LookupError：没有“test”的处理程序"


def test_revive_gives_all_attempts_anew_and_leaves_a_trace(subject, cast, decide):
    row = moment(subject, "a")
    Milestone.objects.update(state="dead", reason="坏数据", attempts=8, settled_at=EARLY)
    with pytest.raises(PermissionDenied):
        clock.revive(row, by=cast.zhou, at=EARLY)
    clock.revive(row, by=cast.li, at=EARLY)
    with pytest.raises(WrongState):
        clock.revive(row, by=cast.li, at=EARLY)
    assert [entry.label for entry in AuditEntry.objects.filter(verb="milestone.revive")] == ["重试提醒"]
    decide(tell(cast.zhang))
    assert clock.sweep(EARLY).done == 1


# --- the clock itself --------------------------------------------------------------------------------------------


def test_the_heartbeat_is_written_even_when_nothing_is_due(db):
    before = timezone.now()
    clock.sweep()
    assert before <= heartbeat.last_sweep().at <= timezone.now()


def test_a_clock_set_back_stops_the_sweep_and_keeps_the_old_heartbeat(subject, decide):
    decide(lambda milestones, at: {m.pk: Done() for m in milestones})
    moment(subject, "a", timezone.now())
    ahead = timezone.now() + timedelta(hours=1)
    Heartbeat.objects.create(name=heartbeat.SWEEP, at=ahead)
    assert clock.sweep().refused == "时钟比最近一次巡查还早，可能被调回"
    assert (heartbeat.last_sweep().at, states()) == (ahead, {"a": "pending"})
    tone, words = heartbeat.words(timezone.now())
    assert (tone, words.endswith("此后已停：时钟比最近一次巡查还早，可能被调回")) == ("late", True)


def test_clocks_that_differ_stop_the_sweep(subject, time_machine):
    time_machine.move_to(timezone.now() + timedelta(seconds=90))
    refused = clock.sweep().refused
    assert refused.startswith("应用与数据库的时钟相差")


def test_the_command_sweeps_and_can_be_told_to_trust_the_clock(subject, decide, capsys):
    decide(lambda milestones, at: {m.pk: Done() for m in milestones})
    moment(subject, "a")
    Heartbeat.objects.create(name=heartbeat.SWEEP, at=timezone.now() + timedelta(hours=1))
    with pytest.raises(CommandError, match="调回"):
        call_command("sweep_milestones")
    call_command("sweep_milestones", "--trust-clock")
    assert capsys.readouterr().out.startswith("已办 1，")


@pytest.mark.parametrize(
    ("ago", "tone", "ends"),
    [(timedelta(seconds=20), "ok", "正常"), (timedelta(minutes=7, seconds=5), "late", "已有 7 分钟没有巡查")],
)
def test_the_heartbeat_in_words(db, ago, tone, ends):
    now = timezone.now()
    Heartbeat.objects.create(name=heartbeat.SWEEP, at=now - ago)
    said = heartbeat.words(now)
    assert (said[0], said[1].startswith("最近一次巡查"), said[1].endswith(ends)) == (tone, True, True)


def test_what_is_due_is_found_by_its_index(subject):
    moment(subject, "a")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "milestone_due" in Milestone.objects.due(EARLY).order_by("next_try_at").explain()
