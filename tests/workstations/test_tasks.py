"""One task: handing in, reading, sending back, excusing; the fact it leaves; who sees what."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from config.audit.models import AuditEntry
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from config.uploads import store
from config.uploads.models import Attachment
from members.models import BodyKind, DutyRecord, Post
from tests.factories import consultation as talks
from tests.factories import members as make
from tests.factories import tasks as duty
from tests.factories import workstations as places
from tests.factories.tasks import AT, WORDS
from workstations.models import DutyTask, Owed
from workstations.services import tasks as services
from workstations.states import TaskState

DO = {
    "hand_in": lambda task, by: services.hand_in(task, words=WORDS, by=by, at=AT),
    "read": lambda task, by: services.read(task, remark="很好", by=by, at=AT),
    "send_back": lambda task, by: services.send_back(task, reason="写具体些", by=by, at=AT),
    "excuse": lambda task, by: services.excuse(task, reason="住院", by=by, at=AT),
}
WHO = {"hand_in": "wang", "read": "li", "send_back": "li", "excuse": "li"}


def in_state(cast, state, **fields):
    task = duty.task(cast, **fields)
    done = {"done_at": AT} if state in (TaskState.DONE, TaskState.READ) else {}
    DutyTask.objects.filter(pk=task.pk).update(state=state, **done)
    task.refresh_from_db()
    return task


def standing(task):
    return DutyRecord.objects.standing().filter(key=f"task:{task.pk}")


# --- verbs and states --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", DO)
@pytest.mark.parametrize("state", TaskState)
def test_every_verb_in_every_state(cast, verb, state):
    task = in_state(cast, state)
    move = DutyTask.TRANSITIONS[verb]
    by = getattr(cast, WHO[verb])
    if state in move.sources:
        DO[verb](task, by)
        task.refresh_from_db()
        assert task.state == move.target
        assert AuditEntry.objects.filter(verb=f"dutytask.{verb}", target_id=str(task.pk)).count() == 1
    else:
        with pytest.raises(WrongState):
            DO[verb](task, by)
        task.refresh_from_db()
        assert task.state == state


@pytest.mark.parametrize("verb", DO)
@pytest.mark.parametrize("who", ["wang", "li", "zhou", "sun", "zhang", "zhao", "qian"])
def test_who_may_do_what(cast, verb, who):
    move = DutyTask.TRANSITIONS[verb]
    task = in_state(cast, sorted(move.sources)[0])
    by = getattr(cast, who)
    if who == WHO[verb]:
        DO[verb](task, by)
    else:
        with pytest.raises(PermissionDenied):
            DO[verb](task, by)


def test_nobody_reads_one_s_own_not_even_the_office(cast):
    member = make.member(cast.li, cast.committee)
    task = duty.done(cast, member=member)
    with pytest.raises(PermissionDenied):
        services.read(task, by=cast.li, at=AT)


# --- handing in --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "said", "at_fault"),
    [
        ({"shortest": 20}, {"words": "太短"}, "words"),
        ({}, {"words": "   "}, "words"),
        ({"asks_number": "走访户数"}, {"words": WORDS}, "number"),
    ],
)
def test_what_is_missing_is_said_at_its_field(cast, rule, said, at_fault):
    task = duty.task(cast, **rule)
    with pytest.raises(Incomplete) as refused:
        services.hand_in(task, **said, by=cast.wang, at=AT)
    assert list(refused.value.fields) == [at_fault]
    assert not standing(task).exists()


def test_the_fact_is_recorded_for_the_member_with_rule_and_kind(cast):
    task = duty.done(cast, fact="homework", detail="study")
    record = standing(task).get()
    assert (record.member, record.fact, record.detail, record.url) == (
        cast.wang_member, "homework", "study", task.get_absolute_url(),
    )  # fmt: skip


def test_handing_in_again_before_it_is_read_keeps_one_fact_and_the_first_time(cast):
    task = duty.done(cast)
    services.hand_in(task, words="改得更具体了，写了十户的情况。", by=cast.wang, at=AT + timedelta(days=1))
    assert (task.done_at, standing(task).count()) == (AT, 1)


def test_late_is_marked_not_refused(cast):
    task = duty.task(cast)
    services.hand_in(task, words=WORDS, by=cast.wang, at=AT + timedelta(days=30))
    assert task.is_late
    assert DutyTask.objects.handed_in_late().get() == task


def test_photos_are_kept_and_those_who_see_the_task_may_open_them(cast, as_):
    task = duty.task(cast)
    services.hand_in(task, words=WORDS, photos=[talks.photo()], by=cast.wang, at=AT)
    url = store.of(task).get().get_absolute_url()
    assert url in as_(cast.li).get(task.get_absolute_url()).content.decode()
    assert [as_(user).get(url).status_code for user in (cast.wang, cast.li, cast.zhou, None)] == [200, 200, 404, 404]


def test_too_many_files_take_the_handing_in_back(cast):
    task = duty.task(cast)
    with pytest.raises(WrongState, match="最多 9 个"):
        services.hand_in(task, words=WORDS, photos=[talks.photo() for _ in range(10)], by=cast.wang, at=AT)
    task.refresh_from_db()
    assert (task.state, Attachment.objects.count(), standing(task).count()) == ("open", 0, 0)


def test_what_a_body_owes_counts_for_its_leader(cast):
    body = duty.body(cast.committee, "第一支部", BodyKind.PARTY_ORGANISATION)
    duty.seat(body, cast.wang_member, Post.PARTY_SECRETARY)
    task = duty.rule(cast.committee, owed_by=Owed.BODIES, bodies=[body]).tasks.get()
    services.hand_in(task, words=WORDS, by=cast.wang, at=AT)
    assert standing(task).get().member == cast.wang_member


def test_what_a_station_owes_counts_for_its_keeper_if_a_member(cast):
    station, second = places.station(cast.committee), places.station(cast.committee, "二站")
    clerk = make.user("clerk")
    places.post(station, cast.wang_member)
    places.post(second, clerk)
    rule = duty.rule(cast.committee, owed_by=Owed.STATIONS)
    for task in rule.tasks.all():
        services.hand_in(task, words=WORDS, by=task.assignee, at=AT)
    assert list(DutyRecord.objects.standing().values_list("member", flat=True)) == [cast.wang_member.pk]


def test_a_body_without_a_head_is_done_by_who_looks_after_it(cast):
    body = duty.body(cast.committee, "联络组", BodyKind.LIAISON_GROUP)
    clerk = duty.clerk(cast.committee, body)
    task = duty.rule(cast.committee, owed_by=Owed.BODIES, bodies=[body]).tasks.get()
    services.hand_in(task, words=WORDS, by=clerk, at=AT)
    assert task.state == "done"
    assert not standing(task).exists()


# --- reading -----------------------------------------------------------------------------------------------------


def test_homework_is_set_handed_in_read_and_graded(cast):
    """Rows 19 and 109: 委员作业."""
    rule = duty.homework(cast.committee, detail="study", by=cast.li)
    task = rule.tasks.get()
    services.hand_in(task, words=WORDS, by=cast.wang, at=AT)
    with pytest.raises(Incomplete, match="评等"):
        services.read(task, by=cast.li, at=AT)
    services.read(task, grade="优秀", remark="有深度", by=cast.li, at=AT)
    assert (task.state, task.grade, task.read_by) == ("read", "优秀", cast.li)
    notice = Notice.objects.get(recipient=cast.wang, kind="duty-task-read")
    assert (notice.title, notice.body) == ("已批阅：学习心得（2026年11月30日前）", "评为优秀，有深度")
    assert standing(task).get().fact == "homework"


@pytest.mark.parametrize("grade", ["优秀", "良好", "一般"])
def test_the_three_grades(cast, grade):
    task = duty.done(cast, is_graded=True)
    services.read(task, grade=grade, by=cast.li, at=AT)
    assert DutyTask.objects.get(pk=task.pk).grade == grade


def test_sent_back_the_fact_is_taken_back_until_it_comes_again(cast):
    task = duty.done(cast)
    services.send_back(task, reason="写具体些", by=cast.li, at=AT)
    assert (task.state, task.remark, task.done_at, standing(task).count()) == ("open", "写具体些", None, 0)
    assert Notice.objects.get(recipient=cast.wang, kind="duty-task-back").body == "写具体些"
    services.hand_in(task, words="走访了十户，逐户写明情况。", by=cast.wang, at=AT + timedelta(days=1))
    assert (task.remark, standing(task).count()) == ("", 1)


@pytest.mark.parametrize("verb", ["send_back", "excuse"])
def test_a_reason_is_needed(cast, verb):
    task = in_state(cast, TaskState.DONE if verb == "send_back" else TaskState.OPEN)
    with pytest.raises(Incomplete) as refused:
        getattr(services, verb)(task, reason="  ", by=cast.li, at=AT)
    assert list(refused.value.fields) == ["reason"]


# --- who sees what -----------------------------------------------------------------------------------------------


def seen_by(user):
    return set(DutyTask.objects.visible_to(user).values_list("pk", flat=True))


def test_one_sees_the_own_the_office_all_others_nothing(cast):
    task = duty.task(cast)
    assert [seen_by(user) for user in (cast.wang, cast.li)] == [{task.pk}, {task.pk}]
    for user in (cast.zhou, cast.sun, cast.zhang, cast.zhao, cast.qian):
        assert seen_by(user) == set()


def test_a_task_of_a_party_organisation_is_told_to_those_who_run_it_only(cast):
    """Otherwise the clerk of a town would learn who is in the party."""
    town, branch = duty.body(cast.committee, "珠泉联络组"), duty.body(cast.committee, "机关支部", "party_organisation")
    for body in (town, branch):
        duty.seat(body, cast.wang_member)
    rule = duty.rule(cast.committee, owed_by=Owed.BODY_MEMBERS, bodies=[branch])
    town_clerk, own_clerk = duty.clerk(cast.committee, town), duty.clerk(cast.committee, branch, "branch", "支部秘书")
    task = rule.tasks.get()
    seen = [user for user in (town_clerk, own_clerk, cast.wang, cast.li) if task in DutyTask.objects.visible_to(user)]
    assert seen == [own_clerk, cast.wang, cast.li]


def test_nobody_reads_what_one_handed_in_for_a_body_without_a_head(cast):
    body = duty.body(cast.committee, "珠泉联络组")
    task = duty.rule(cast.committee, owed_by=Owed.BODIES, bodies=[body]).tasks.get()
    clerk = duty.clerk(cast.committee, body)
    services.hand_in(task, words=WORDS, by=clerk, at=AT)
    with pytest.raises(PermissionDenied):
        services.read(task, by=clerk, at=AT)
    services.read(task, by=cast.li, at=AT)


def test_a_clerk_and_a_leader_see_the_members_of_their_body_only(cast):
    """Row 25: 联络组管理辖区委员日常履职."""
    body, other = duty.body(cast.committee, "珠泉联络组"), duty.body(cast.committee, "塘村联络组")
    mine, elsewhere, leader = duty.people(cast.committee, 3)
    duty.seat(body, mine)
    duty.seat(other, elsewhere)
    duty.seat(body, leader, Post.LEADER)
    clerk = duty.clerk(cast.committee, body)
    rule = duty.rule(cast.committee)
    expected = set(rule.tasks.filter(member__in=[mine, leader]).values_list("pk", flat=True))
    assert seen_by(clerk) == seen_by(leader.user) == expected
    task = rule.tasks.get(member=mine)
    services.hand_in(task, words=WORDS, by=mine.user, at=AT)
    services.read(task, by=clerk, at=AT)
    with pytest.raises(PermissionDenied):
        services.excuse(rule.tasks.get(member=elsewhere), reason="x", by=clerk, at=AT)


@pytest.fixture
def minds(cast):
    """Row 131: 思想状况分析, handed in by the head of a body that has a clerk as well."""
    body = duty.body(cast.committee, "提案委")
    duty.seat(body, cast.wang_member, Post.DIRECTOR)
    (cast.deputy,) = duty.people(cast.committee, 1)
    duty.seat(body, cast.deputy, Post.CONVENER)
    cast.clerk = duty.clerk(cast.committee, body)
    rule = duty.rule(cast.committee, "思想状况分析", owed_by=Owed.BODIES, bodies=[body], is_restricted=True)
    task = rule.tasks.get()
    services.hand_in(task, words="思想总体稳定，机密内容甲乙丙丁。", by=cast.wang, at=AT)
    return task


def test_restricted_words_are_for_the_office_and_the_writer_alone(cast, minds, as_):
    page, api = minds.get_absolute_url(), f"/api/v1/duty-tasks/{minds.pk}/"
    assert [as_(user).get(page).status_code for user in (cast.wang, cast.li, cast.clerk, cast.deputy.user)] == [
        200, 200, 404, 404,
    ]  # fmt: skip
    for user in (cast.wang, cast.li):
        assert "机密内容" in as_(user).get(page).content.decode()
        assert "机密内容" not in as_(user).get(api).content.decode()
    assert not Notice.objects.filter(body__contains="机密").exists()
    assert not DutyRecord.objects.filter(title__contains="机密").exists()
    assert not AuditEntry.objects.filter(data__icontains="机密").exists()


def test_a_restricted_export_has_no_words(cast, minds, as_):
    from io import BytesIO

    from openpyxl import load_workbook

    answer = as_(cast.li).get(f"/office/tasks/{minds.rule_id}/tasks.xlsx")
    rows = list(load_workbook(BytesIO(answer.content)).active.values)
    assert "内容" not in rows[0]
    assert not any("机密" in str(cell) for row in rows for cell in row)
