"""From a topic to what became of it, all of it through the pages: plan, gates, signatures, issue, adjustment,
consultation, session, outcomes of all three classes, and the public page of it."""

import datetime
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from config.milestones import clock
from consultation import presets
from consultation.models import AnnualPlan, Consultation, Outcome, PlanItem, Procedure, QuotaFormula, Session, Topic
from consultation.states import PlanState
from tests.factories import consultation as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(cast, as_):
    """A clerk who posts to pages; what a page refuses fails the test with its errors."""
    presets.load()
    client = as_(cast.li)

    def post(name, *args, **data):
        answer = client.post(reverse(name, args=args), data)
        assert answer.status_code == 302, [form.errors for form in answer.context if hasattr(form, "errors")]
        return answer.url

    post.client = client
    return post


def _finish(office, run, today):
    """Finish every step in hand by its form, as far as the evidence that is there allows."""
    while step := run.steps.filter(state="pending", round=getattr(run, "gate_round", 1)).order_by("position").first():
        data = {"words": "按程序完成"}
        if step.is_gate:
            data |= {"verdict": "passed", "held_on": today}
        if step.evidence in ("file", "list", "notice"):
            data["files"] = make.paper("材料.txt")
        if step.evidence == "photo":
            data["files"] = make.photo()
        answer = office.client.post(reverse("step-finish", args=[step.pk]), data)
        if answer.status_code != 302:
            return step
    return None


def _issue(office, cast, as_, plan, number, today):
    for reviewer in cast.reviewers:
        as_(reviewer).post(reverse("plan-sign", args=[plan.pk]))
    office("plan-issue", plan.pk, number=number, issued_on=today)


def test_from_a_topic_to_what_became_of_it(cast, as_, office):
    today = timezone.localdate()
    year, visitor = today.year, as_(None)

    # a member suggests, staff choose
    data = {"key": uuid.uuid4(), "title": "校门口交通", "reason": "放学拥堵", "content_kind": "at_hand"}
    as_(cast.wang).post(reverse("topic-new"), data)
    topic = Topic.objects.get()
    office("topic-decide", topic.pk, select="1")

    # the plan: drafted, approved by its gates, signed by three, issued
    formula = QuotaFormula.objects.get(name="1124+N")
    office("plan-new", year=year, title="年度协商计划", foreword="已研究同意。", formula=formula.pk)
    plan = AnnualPlan.objects.get()
    item = {"form": "key_thematic", "month": today.month, "lead": "罗建国（副主席）", "result_kind": "minutes"}
    office("plan-item-new", plan.pk, topic=topic.pk, units=[cast.unit.pk], **item)
    gates = Procedure.objects.get(name="盘锦六步选题")
    office("plan-submit", plan.pk, procedure=gates.pk)
    plan.refresh_from_db()
    assert _finish(office, plan, today) is None
    _issue(office, cast, as_, plan, "嘉政协办发〔2026〕3号", today)
    shown = visitor.get(reverse("plan-public", args=["jiahe"])).context
    assert [row[0].title for row in shown["rows"]] == ["校门口交通"]
    assert [(f.label, f.done, f.total) for f in shown["figures"]][3] == ("重点履职活动", 0, 4)

    # an adjustment: proposed, approved, written in, signed and issued as version 2
    office("plan-adjust", plan.pk, reason="public_opinion", words="增加一项")
    adjustment = plan.adjustments.get()
    decision = {"meeting": "县委常委会会议", "decided_on": today, "approve": "1"}
    office("plan-adjust-decide", plan.pk, adjustment.pk, **decision)
    office("plan-adjust-apply", plan.pk, adjustment.pk)
    second = AnnualPlan.objects.get(version=2)
    office("plan-item-new", second.pk, title="农贸市场", **{**item, "form": "micro"})
    office("plan-settle", second.pk)
    _issue(office, cast, as_, second, "嘉政协办发〔2026〕9号", today)
    plan.refresh_from_db()
    assert plan.state == PlanState.SUPERSEDED
    assert len(visitor.get(reverse("plan-public", args=["jiahe"])).context["rows"]) == 2
    assert len(visitor.get(reverse("plan-public-version", args=["jiahe", year, 1])).context["rows"]) == 1

    # the consultation under 六步协商
    item = PlanItem.objects.get(plan=second, topic=topic)
    data = {
        "key": uuid.uuid4(),
        "title": "校门口交通协商",
        "form": "key_thematic",
        "channel": "on_site",
        "is_public": "on",
    }
    url = f"{reverse('consultation-new')}?item={item.pk}"
    assert office.client.post(url, data).status_code == 302
    run = Consultation.objects.get()
    office("consultation-start", run.pk, procedure=Procedure.objects.get(name="六步协商").pk)
    stopped = _finish(office, run, today)
    assert stopped.name == "协商议事"

    # the session: agenda inside, four parties, attendance, minutes
    begins = timezone.localtime() - datetime.timedelta(minutes=90)
    times = {"starts_at": f"{begins:%Y-%m-%dT%H:%M}", "ends_at": f"{timezone.localtime():%Y-%m-%dT%H:%M}"}
    office("session-new", run.pk, place="学校会议室", **times)
    session = Session.objects.get()
    assert session.agenda.count() == 4
    for category, people in [("member", "王委员"), ("invited", "周教授 师范学院"), ("public", "李家长\n何家长")]:
        office("session-invite", session.pk, category=category, people=people)
    page = office.client.get(reverse("session-detail", args=[session.pk]))
    assert page.context["missing"] == ["部门负责人"]
    office("session-invite", session.pk, category="department", people="罗局长 县住建局", organisation=cast.unit.pk)
    office("session-attendance", session.pk, present=[p.pk for p in session.participants.all()])
    office("session-minutes", session.pk, minutes="会议形成三点共识。", seen="0", publish="on")
    assert _finish(office, run, today).name == "成果转化"

    # outcomes of the three classes, routed by the sweep
    later, village = today + datetime.timedelta(days=30), make.village(cast)
    classes = [
        {"outcome_class": "A", "unit": cast.unit.pk, "handler": cast.zhang.pk, "due_on": later, "duty": "设护学岗",
         "quality": "开学前到位"},
        {"outcome_class": "B", "route": "village_committee", "village": village.pk, "responsible": cast.li.pk,
         "look_again_on": later},
        {"outcome_class": "C", "responsible": cast.li.pk, "look_again_on": later},
    ]  # fmt: skip
    for number, given in enumerate(classes, start=1):
        office("outcome-new", run.pk, key=uuid.uuid4(), text=f"成果{number}")
        office("outcome-classify", Outcome.objects.latest("pk").pk, seen="0", **given)
    clock.sweep(at=timezone.now() + datetime.timedelta(seconds=1))
    run.refresh_from_db()
    assert _finish(office, run, today) is None
    first, second, third = Outcome.objects.order_by("number")
    assert (first.assignment.unit, second.tasks.get().organisation) == (cast.unit, village)

    # B and C are settled on their pages; the public sees what became of it
    for outcome in (second, third):
        office("outcome-task-detail", outcome.tasks.get().pk, words="已办")
        office("outcome-look", outcome.pk, words="群众认可", settled="yes")
    shown = visitor.get(reverse("consultation-public", args=["jiahe", run.pk])).context
    assert [(stage["name"], stage["state"]) for stage in shown["stages"]] == [
        ("收集", "done"), ("商量", "done"), ("议定", "done"), ("落实", "now"),
    ]  # fmt: skip
    assert (shown["done"], len(shown["outcomes"])) == (2, 3)
    figures = visitor.get(reverse("plan-public", args=["jiahe"])).context["figures"]
    assert [(f.done, f.total) for f in figures][3] == (1, 4)
