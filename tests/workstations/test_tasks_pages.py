"""Pages of tasks: one's own on the phone, reading, the office's overview, setting; and the API."""

from io import BytesIO

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from config.notices.models import Notice
from members.models import Post
from tests.factories import consultation as talks
from tests.factories import tasks as duty
from tests.factories import workstations as places
from workstations.models import DutyRule, DutyTask, Owed
from workstations.presets import duty as presets
from workstations.services import tasks as services

WORDS = duty.WORDS


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def rule(cast, now, today):
    return duty.rule(cast.committee, at=now, since=today, cycle="once", due_on=today, instructions="写三件事")


def content(answer):
    return answer.content.decode()


# --- one's own ---------------------------------------------------------------------------------------------------


def test_a_member_finds_reads_and_hands_in_the_task(cast, rule, as_):
    client = as_(cast.wang)
    task = rule.tasks.get()
    assert task.title in content(client.get("/my/tasks/"))
    page = content(client.get(task.get_absolute_url()))
    for words in ("写三件事", "今天到期", "为什么是这一天", "至少 10 个字"):
        assert words in page
    answer = client.post(task.get_absolute_url(), {"words": WORDS, "photos": [talks.photo()]}, follow=True)
    assert "已提交" in content(answer)
    assert WORDS in content(answer)


def test_what_is_too_short_stays_in_the_form(cast, rule, as_):
    answer = as_(cast.wang).post(rule.tasks.get().get_absolute_url(), {"words": "太短了"})
    assert "至少写 10 个字，现在是 3 个" in content(answer)
    assert "太短了" in content(answer)
    assert rule.tasks.get().state == "open"


def test_a_file_that_is_none_is_named_and_nothing_typed_is_lost(cast, rule, as_):
    broken = BytesIO(b"not a picture")
    broken.name = "photo.jpg"
    answer = as_(cast.wang).post(rule.tasks.get().get_absolute_url(), {"words": WORDS, "photos": [broken]})
    assert WORDS in content(answer)
    assert rule.tasks.get().state == "open"


@pytest.mark.parametrize(("who", "code"), [("wang", 200), ("li", 200), ("zhou", 404), ("zhao", 404), ("qian", 404)])
def test_who_opens_a_task(cast, rule, as_, who, code):
    assert as_(getattr(cast, who)).get(rule.tasks.get().get_absolute_url()).status_code == code


def test_a_settled_task_is_not_handed_in_again(cast, rule, as_, now):
    task = rule.tasks.get()
    services.excuse(task, reason="住院", by=cast.li, at=now)
    answer = as_(cast.wang).post(task.get_absolute_url(), {"words": WORDS})
    assert "“免做”的周期任务不能提交" in content(answer)


# --- reading -----------------------------------------------------------------------------------------------------


def test_the_office_reads_one_after_the_other(cast, now, today, as_):
    """Row 19: graded homework, and the overview of who has not handed in."""
    first, second, third = duty.people(cast.committee, 3)
    rule = duty.homework(cast.committee, at=now, since=today, due_on=today)
    tasks = [rule.tasks.get(member=member) for member in (first, second)]
    for task in tasks:
        services.hand_in(task, words=WORDS, by=task.assignee, at=now)
    client = as_(cast.li)
    page = content(client.get(rule.get_absolute_url()))
    assert "逐份批阅" in page
    missing = content(client.get(f"{rule.get_absolute_url()}?stands=open"))
    assert third.user.name in missing
    assert f">{first.user.name}<" not in missing
    answer = client.post(f"/office/tasks/read/{tasks[0].pk}/", {"grade": "优秀", "remark": "好"})
    assert answer.url == f"/office/tasks/read/{tasks[1].pk}/"
    assert client.post(answer.url, {"grade": "一般"}).url == rule.get_absolute_url()
    assert "优秀" in content(client.get(rule.get_absolute_url()))


def test_a_grade_is_asked_for_in_words(cast, now, as_):
    task = duty.done(cast, is_graded=True)
    answer = as_(cast.li).post(f"/office/tasks/read/{task.pk}/", {"remark": "写得好"})
    assert "评等" in content(answer)
    assert "写得好" in content(answer)


@pytest.mark.parametrize(("door", "state"), [("back", "open"), ("excuse", "excused")])
def test_sending_back_and_excusing_ask_for_a_reason(cast, as_, door, state):
    task = duty.done(cast) if door == "back" else duty.task(cast)
    client, url = as_(cast.li), f"/office/tasks/read/{task.pk}/{door}/"
    assert "这个字段是必填项" in content(client.post(url, {"reason": ""})) or task.state != state
    client.post(url, {"reason": "请补充"})
    task.refresh_from_db()
    assert (task.state, task.remark) == (state, "请补充")


@pytest.mark.parametrize("door", ["", "back/", "excuse/"])
@pytest.mark.parametrize(("who", "code"), [("wang", 403), ("zhou", 404), ("zhao", 404)])
def test_reading_is_not_for_others(cast, as_, door, who, code):
    task = duty.done(cast)
    assert as_(getattr(cast, who)).get(f"/office/tasks/read/{task.pk}/{door}").status_code == code


# --- the office --------------------------------------------------------------------------------------------------


def test_the_overview_shows_done_of_owed_and_presets_to_copy(cast, rule, as_):
    page = content(as_(cast.li).get("/office/tasks/"))
    assert "0 / 1" in page
    assert "?preset=core-quarter" in page


@pytest.mark.parametrize("address", ["/office/tasks/", "/office/tasks/new/", "/office/tasks/homework/"])
@pytest.mark.parametrize("who", ["wang", "zhou", "sun"])
def test_the_office_s_pages_are_the_office_s(cast, as_, address, who):
    assert as_(getattr(cast, who)).get(address).status_code == 403


def test_a_rule_of_another_county_is_not_there(cast, rule, as_):
    assert as_(cast.zhao).get(rule.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("code", presets.rules())
def test_a_preset_is_copied_on_a_click_and_set(cast, as_, code):
    client, preset = as_(cast.li), presets.rules()[code]
    form = client.get(f"/office/tasks/new/?preset={code}").context["form"]
    said = {name: form[name].value() for name in form.fields}
    said = {name: value for name, value in said.items() if value not in (None, "", False)}
    answer = client.post(f"/office/tasks/new/?preset={code}", said)
    rule = DutyRule.objects.get()
    assert answer.url == rule.get_absolute_url()
    assert presets.export_rule(rule) == presets.export_rule(presets.make_rule(preset, cast.committee))


def test_homework_for_chosen_members(cast, as_, today):
    """Row 109: 委员作业, to all or to those named."""
    first, _ = duty.people(cast.committee, 2)
    said = {
        "name": "调研报告", "due_on": today.isoformat(), "shortest": 50, "detail": "charity",
        "names": f"{first.user.name}、{cast.wang.name}",
    }  # fmt: skip
    as_(cast.li).post("/office/tasks/homework/", said)
    rule = DutyRule.objects.get()
    assert set(rule.tasks.values_list("member", flat=True)) == {first.pk, cast.wang_member.pk}
    assert (rule.fact, rule.detail, rule.is_graded) == ("homework", "charity", True)


@pytest.mark.parametrize(("names", "said"), [("查无此人", "没有找到：查无此人"), ("同名", "有同名的委员：同名")])
def test_names_that_mean_nobody_or_two_are_said(cast, as_, today, names, said):
    for number, member in enumerate(duty.people(cast.committee, 2), start=1):
        member.user.name, member.number = "同名", f"000{number}"
        member.user.save()
        member.save()
    asked = {"name": "作业", "due_on": today.isoformat(), "shortest": 10, "names": names}
    answer = as_(cast.li).post("/office/tasks/homework/", asked)
    assert said in content(answer)
    as_(cast.li).post("/office/tasks/homework/", {**asked, "names": "同名（0002）"})
    assert DutyTask.objects.get().member.number == "0002"


def test_bad_input_of_a_rule_is_said_and_kept(cast, as_, today):
    said = {"name": "月报", "cycle": "weekly", "day": 9, "shift": "keep", "owed_by": "members", "shortest": 10,
            "fact": "task", "makes": "task", "rotation": 1, "since": today.isoformat()}  # fmt: skip
    answer = as_(cast.li).post("/office/tasks/new/", said)
    assert "1（周一）到 7（周日）" in content(answer)
    assert 'value="月报"' in content(answer)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_out_of_any_calendar_is_said(cast, as_, day):
    page = as_(cast.li).post("/office/tasks/homework/", {"name": "读书", "due_on": day, "shortest": 10})
    assert "请核对年份" in page.content.decode()


def test_a_strange_period_in_the_address_of_the_table_is_no_error(cast, rule, as_):
    assert as_(cast.li).get(f"/office/tasks/{rule.pk}/tasks.xlsx", {"period": "\0"}).status_code == 200


def test_editing_ending_and_taking_up_again(cast, rule, as_, now, today):
    monthly = duty.rule(cast.committee, "月报", at=now, since=today)
    client, url = as_(cast.li), monthly.get_absolute_url()
    form = client.get(f"{url}edit/").context["form"]
    said = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", False)}
    client.post(f"{url}edit/", {**said, "name": "新月报"})
    monthly.refresh_from_db()
    assert monthly.name == "新月报"
    client.post(f"{url}end/", {"reason": "改办法"})
    monthly.refresh_from_db()
    assert not monthly.is_active
    client.post(f"{url}resume/")
    monthly.refresh_from_db()
    assert monthly.is_active


def test_reminding_now_says_how_many(cast, rule, as_):
    client = as_(cast.li)
    for said in ("已提醒 1 人", "今天已经提醒过"):
        assert said in content(client.post(f"{rule.get_absolute_url()}remind/", follow=True))
    assert Notice.objects.filter(kind="duty-task-now").count() == 1


def test_the_table_for_excel_has_everybody_and_no_formula(cast, rule, as_, now):
    task = rule.tasks.get()
    services.hand_in(task, words="=HYPERLINK(1) 本月走访十户群众", by=cast.wang, at=now)
    answer = as_(cast.li).get(f"{rule.get_absolute_url()}tasks.xlsx")
    sheet = load_workbook(BytesIO(answer.content)).active
    head, row = list(sheet.values)
    said = dict(zip(head, row, strict=True))
    assert (said["对象"], said["状态"], said["内容"]) == ("王委员", "已提交", "=HYPERLINK(1) 本月走访十户群众")
    assert sheet.cell(2, head.index("内容") + 1).data_type == "s"


def test_a_weekly_collection_keeps_a_register_with_the_sum(cast, as_):
    """Row 198: 每周线下收题, the number and the words, over the weeks."""
    station = places.station(cast.committee)
    places.post(station, cast.wang_member)
    preset = presets.make_rule(presets.rules()["topics-week"], cast.committee)
    fields = {**presets.export_rule(preset)}
    rule = duty.rule(cast.committee, fields.pop("name"), **fields)
    for week, number in ((0, 7), (1, 5)):
        at = duty.AT + timezone.timedelta(days=7 * week)
        if week:
            from config.milestones import clock

            clock.sweep(at)
        task = rule.tasks.order_by("-pk").first()
        services.hand_in(task, words="收到停车、路灯、水质等议题。", number=number, by=cast.wang, at=at)
    page = content(as_(cast.li).get(rule.get_absolute_url()))
    assert "各期合计 <b>12</b>" in page
    assert "2026年第46周" in page
    assert "2026年第47周" in page


def test_a_clerk_sees_own_people_only(cast, as_, now, today):
    """Row 25."""
    body = duty.body(cast.committee, "珠泉联络组")
    mine, other = duty.people(cast.committee, 2)
    duty.seat(body, mine)
    clerk = duty.clerk(cast.committee, body)
    rule = duty.rule(cast.committee, at=now, since=today, cycle="once", due_on=today)
    page = content(as_(clerk).get(rule.get_absolute_url()))
    assert mine.user.name in page
    assert f">{other.user.name}<" not in page
    assert "0 / 1" in content(as_(clerk).get("/office/tasks/"))
    answer = as_(clerk).post(
        "/office/tasks/homework/",
        {"name": "本组作业", "due_on": today.isoformat(), "shortest": 10, "bodies": [body.pk]},
    )
    made = DutyRule.objects.get(name="本组作业")
    assert answer.url == made.get_absolute_url()
    assert made.tasks.get().member == mine
    assert as_(clerk).get(f"/office/tasks/{rule.pk}/edit/").status_code == 403


def test_a_leader_may_open_the_pages_of_the_own_body(cast, as_):
    body = duty.body(cast.committee)
    duty.seat(body, cast.wang_member, Post.DIRECTOR)
    duty.rule(cast.committee, owed_by=Owed.BODIES, bodies=[body])
    assert as_(cast.wang).get("/office/tasks/").status_code == 200


# --- how many statements -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/office/tasks/", "/my/tasks/", "rule", "task", "read"])
def test_statements_do_not_grow_with_the_rows(cast, as_, address, now, django_assert_max_num_queries):
    counts = []
    for more in (1, 4):
        duty.people(cast.committee, more)
        made = duty.rule(cast.committee, f"任务{more}", at=now)
        for n in range(more):
            duty.rule(cast.committee, f"又{more}{n}", at=now)
        task = made.tasks.get(member=cast.wang_member)
        services.hand_in(task, words=WORDS, by=cast.wang, at=now)
        where = {"rule": made.get_absolute_url(), "task": task.get_absolute_url(),
                 "read": f"/office/tasks/read/{task.pk}/"}.get(address, address)  # fmt: skip
        client = as_(cast.wang if address in ("/my/tasks/", "task") else cast.li)
        with django_assert_max_num_queries(60) as statements:
            assert client.get(where).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[1] <= 14, [s["sql"] for s in statements]


# --- the API -----------------------------------------------------------------------------------------------------


def test_the_api_gives_own_and_managed_ones(cast, rule, as_, now):
    task = rule.tasks.get()
    services.hand_in(task, words=WORDS, by=cast.wang, at=now)
    for user in (cast.wang, cast.li):
        rows = as_(user).get("/api/v1/duty-tasks/").json()["results"]
        assert [(row["id"], row["state"], row["member"]) for row in rows] == [(task.pk, "done", "王委员")]
        assert as_(user).get(f"/api/v1/duty-tasks/{task.pk}/").json()["words"] == WORDS
    assert as_(cast.zhao).get(f"/api/v1/duty-tasks/{task.pk}/").status_code == 404
    assert as_(None).get("/api/v1/duty-tasks/").status_code in (401, 403)
