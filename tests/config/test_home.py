import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultation.states import ConsultationState, OutcomeState, PlanState
from members.models import BodyKind
from proposals import services
from proposals.states import AssignmentState, MicroState, Satisfaction
from tests.factories import activities, tasks
from tests.factories import consultation as talks
from tests.factories import members as make
from tests.factories import proposals as matters

NOW = matters.AT + datetime.timedelta(days=1)
EARLIER = datetime.datetime(2026, 11, 2, 10, tzinfo=timezone.get_default_timezone())


@pytest.fixture(autouse=True)
def _frozen():
    with time_machine.travel(NOW, tick=False):
        yield


def overdue(cast, **fields):
    given = {"due_on": datetime.date(2026, 11, 10), **fields}
    made = matters.assign(cast, matters.micro(cast, MicroState.AGREED, title="逾期的", at=EARLIER), at=EARLIER, **given)
    return services.accept(made, by=cast.zhang, at=EARLIER)


def promised(cast):
    """A B reply that the author accepted, whose promised day has come."""
    made = overdue(cast, due_on=datetime.date(2026, 12, 1))
    reply = matters.reply(cast, made, grade="B", at=EARLIER, promised_on=datetime.date(2026, 11, 15))
    services.send(reply, by=cast.chen, at=EARLIER)
    made.refresh_from_db()
    services.rate(made, satisfaction=Satisfaction.SATISFIED, by=cast.wang, at=EARLIER)


def to_sign(cast):
    matters.reply(cast, matters.assignment(cast, AssignmentState.HANDLING, title="待签发的"))


def asked(cast):
    made = matters.assignment(cast, AssignmentState.HANDLING, title="要延期的")
    services.ask_extension(made, until=datetime.date(2026, 12, 31), reason="等设备", by=cast.zhang, at=matters.AT)


def matters_everywhere(cast):
    for state in (MicroState.DRAFT, MicroState.RETURNED, MicroState.REVIEWING, MicroState.AGREED):
        matters.micro(cast, state, title=f"微建议{state.label}")
    for state in (AssignmentState.PENDING, AssignmentState.REPLIED):
        matters.assignment(cast, state, title=f"交办件{state.label}")
    for make_one in (overdue, promised, to_sign, asked):
        make_one(cast)


def talks_everywhere(cast):
    run = talks.consultation(cast, ConsultationState.RUNNING)
    talks.outcome(run, cast)
    talks.outcome(run, cast, OutcomeState.ROUTED)
    begins = NOW + datetime.timedelta(days=3)
    meeting = talks.session(run, cast, starts_at=begins, ends_at=begins + datetime.timedelta(hours=2))
    talks.four_parties(meeting, cast)


def shown(client):
    """(question, how many) of the page, to do first, then what is under way and near."""
    desk = client.get(reverse("home")).context["desk"]
    return [(question["title"], question["total"]) for question in [*desk.to_do, *desk.under_way, *desk.near]]


# --- visitors ----------------------------------------------------------------------------------------------------


def test_a_visitor_chooses_among_the_committees(client, cast):
    answer = client.get(reverse("home"))
    assert [place.slug for place in answer.context["committees"]] == ["yongxing", "jiahe"]
    for committee in (cast.committee, cast.other_committee):
        assert f'<a href="/c/{committee.slug}/">{committee.brand}</a>' in answer.text


def test_a_visitor_of_the_only_committee_is_led_to_its_page(client, db):
    make.committee(slug="jiahe")
    assert client.get(reverse("home")).url == "/c/jiahe/"


def test_an_empty_site_says_so(client, db):
    assert client.get(reverse("home")).text.count('<div class="empty">') == 1


def test_a_visitor_reads_what_is_talked_about_and_what_was_carried_out(client, cast):
    run = talks.consultation(cast, ConsultationState.RUNNING, title="农村公交")
    talks.consultation(cast, ConsultationState.RUNNING, title="内部的", is_public=False)
    talks.outcome(run, cast, OutcomeState.DONE, text="末班车延后", given=talks.class_b(cast))
    talks.outcome(run, cast, OutcomeState.DONE, text="只是解释过")
    context = client.get(reverse("home")).context
    assert [row["title"] for row in context["now"]] == ["农村公交"]
    assert [row["title"] for row in context["settled"]] == ["末班车延后"]
    assert {place.slug: place.talks for place in context["committees"]} == {"jiahe": 1, "yongxing": 0}


# --- what waits for whom -----------------------------------------------------------------------------------------


def test_a_member_finds_what_to_rate_to_finish_and_where_the_rest_stands(as_, cast):
    matters_everywhere(cast)
    talks_everywhere(cast)
    assert shown(as_(cast.wang)) == [
        ("等我评价的答复", 1),
        ("等我补正或提交的微建议", 2),
        ("我的微建议正在办理", 7),  # reviewing, agreed, pending, overdue, promised, to sign, asked
        ("近期的协商会议", 1),
    ]


def test_a_township_clerk_finds_the_tasks_and_activities_of_the_own_body(as_, cast):
    group = tasks.body(cast.committee, "珠泉镇履职小组", BodyKind.DUTY_GROUP)
    tasks.seat(group, cast.wang_member)
    clerk = tasks.clerk(cast.committee, group)
    empty = as_(clerk).get("/").content.decode()
    assert reverse("activity-new") in empty
    assert reverse("duty-office") in empty
    rule = tasks.rule(cast.committee, "报送线索", bodies=[group], by=clerk, at=NOW, owed_by="body_members")
    activity = activities.draft(cast, body=group)
    page = as_(clerk).get("/").content.decode()
    assert rule.get_absolute_url() in page
    assert "已提交 0 / 1" in page
    assert activity.get_absolute_url() in page
    assert "我负责的委员的任务" not in as_(cast.wang).get("/").content.decode()


def test_an_office_finds_what_it_has_not_spoken_on_and_the_plan_to_sign(as_, cast):
    matters_everywhere(cast)
    talks.plan(cast, PlanState.APPROVED, year=2027)
    reviewer = as_(cast.reviewers[0])
    assert shown(reviewer) == [("等本办联审的微建议", 1), ("等我会签的计划", 1)]
    matters.verdicts(cast, matters.MicroProposal.objects.get(state=MicroState.REVIEWING), "agree")
    assert shown(reviewer) == [("等我会签的计划", 1)]


def test_the_staff_find_what_to_assign_to_decide_to_class_and_what_is_overdue(as_, cast):
    matters_everywhere(cast)
    talks_everywhere(cast)
    talks.plan(cast, PlanState.DRAFTING, year=2027)
    assert shown(as_(cast.li)) == [
        ("等我交办的微建议", 1),
        ("等我审批和核实的交办件", 2),
        ("等我编制的计划", 1),
        ("等我办的协商成果", 2),
        ("已逾期的交办件", 1),
        ("近期的协商会议", 1),
    ]


def test_the_supervision_office_decides_and_sees_what_is_overdue(as_, cast):
    matters_everywhere(cast)
    assert shown(as_(cast.sun)) == [("等我审批和核实的交办件", 2), ("已逾期的交办件", 1)]


def test_a_unit_has_its_lights_and_its_leader_what_to_sign(as_, cast):
    matters_everywhere(cast)
    answer = as_(cast.chen).get(reverse("home"))
    lights = {light: [row.title for row in rows] for light, rows in answer.context["desk"].board.items()}
    assert lights == {"late": ["逾期的"], "soon": [], "ok": ["交办件待签收", "待签发的", "要延期的"]}
    assert shown(as_(cast.chen)) == [("等我签发的答复", 1), ("等我签收的交办件", 1)]
    assert shown(as_(cast.zhang)) == [("等我签收的交办件", 1)]
    assert answer.context["desk"].lead == "有 2 件事等您办理，本单位 1 件已逾期。"


def test_who_owes_an_outcomes_task_finds_it(as_, cast):
    run = talks.consultation(cast, ConsultationState.RUNNING)
    talks.outcome(run, cast, OutcomeState.ROUTED, given=talks.class_c(cast, responsible=cast.zhang))
    [question] = as_(cast.zhang).get(reverse("home")).context["desk"].to_do
    assert [row["url"] for row in question["rows"]] == [run.outcomes.get().tasks.get().get_absolute_url()]


def test_another_county_sees_nothing_of_it(as_, cast):
    matters_everywhere(cast)
    talks_everywhere(cast)
    assert shown(as_(cast.zhao)) == [("已逾期的交办件", 0)]
    assert shown(as_(cast.qian)) == [("我的微建议正在办理", 0)]


def test_who_has_two_faces_sees_both_on_one_page(as_, cast):
    make.member(cast.chen, cast.committee)
    to_sign(cast)
    answer = as_(cast.chen).get(reverse("home"))
    assert [question["title"] for question in answer.context["desk"].to_do] == ["等我签发的答复"]
    assert [label for label, *_ in answer.context["duty"]] == ["微建议", "参加协商", "荐题"]
    assert answer.text.count("本单位的交办件") == 1


def test_nothing_to_do_is_said(as_, cast):
    assert as_(cast.wang).get(reverse("home")).context["desk"].lead == "现在没有等您办理的事。"


# --- numbers -----------------------------------------------------------------------------------------------------


def test_the_chair_reads_the_county_in_six_ratios_with_their_sources(as_, cast):
    matters_everywhere(cast)
    matters.micro(cast, MicroState.WITHDRAWN)
    matters.micro(cast, MicroState.CLOSED)
    plan = talks.plan(cast, PlanState.ISSUED)
    run = talks.consultation(cast, ConsultationState.CONCLUDED, plan_item=talks.first_item(plan))
    talks.outcome(run, cast, OutcomeState.DONE)
    answer = as_(cast.zhou).get(reverse("home"))
    figures = {figure["label"]: (figure["done"], figure["total"]) for figure in answer.context["county"]}
    assert figures == {
        "微建议办结": (1, 10),  # neither the draft nor the withdrawn one
        "按期答复": (3, 4),  # one more is overdue
        "委员满意": (2, 2),
        "在办未逾期": (3, 4),
        "年度计划完成": (1, 1),
        "成果落实": (1, 2),
    }
    for figure in answer.context["county"]:
        assert as_(cast.zhou).get(figure["url"]).status_code == 200
    assert as_(cast.li).get(reverse("home")).context["county"] == []


def test_a_members_year_is_counted_from_what_happened(as_, cast):
    matters.micro(cast, MicroState.CLOSED)
    matters.micro(cast, MicroState.DRAFT)
    talks.topic(cast, by=cast.wang)
    run = talks.consultation(cast, ConsultationState.RUNNING)
    meeting = talks.session(run, cast)
    talks.four_parties(meeting, cast)
    talks.services.record_attendance(
        meeting, set(meeting.participants.values_list("pk", flat=True)), by=cast.li, at=NOW
    )
    duty = [text for _, text, _ in as_(cast.wang).get(reverse("home")).context["duty"]]
    assert duty == ["提交 1 件，办结 1 件", "到会 1 次，应到 1 次", "提出 1 个，采用 0 个"]


# --- cost --------------------------------------------------------------------------------------------------------

FACES = ["wang", "dang", "li", "sun", "zhou", "chen", "zhang"]


@pytest.fixture
def statements(as_, cast):
    cast.dang = cast.reviewers[0]
    make.member(cast.chen, cast.committee)  # two faces
    make.member(cast.zhou, cast.committee)

    def count():
        found = {}
        for name in FACES:
            client = as_(getattr(cast, name))
            client.get(reverse("home"))
            with CaptureQueriesContext(connection) as captured:
                client.get(reverse("home"))
            found[name] = len(captured)
        return found

    return count


def test_more_rows_cost_no_more_statements(cast, statements):
    matters_everywhere(cast)
    talks_everywhere(cast)
    once = statements()
    for _ in range(2):
        matters_everywhere(cast)
        talks_everywhere(cast)
    assert statements() == once
    assert {name: cost for name, cost in once.items() if cost > 22} == {}


def test_the_masthead_names_the_committee_and_what_is_unread(as_, cast):
    shown = as_(cast.wang).get("/notices/").text
    assert "<b>嘉事好商量</b>" in shown
    assert '<b class="count">' not in shown
