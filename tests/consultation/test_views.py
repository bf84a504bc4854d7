"""Every page by everybody: who gets it, what it shows, what a refused form keeps."""

import datetime
import uuid

import pytest
from django.urls import reverse

from config.refusals import WrongState
from consultation import services
from consultation.models import AnnualPlan, Consultation, Outcome, OutcomeTask, PlanItem, Session, Topic
from consultation.states import ConsultationState, OutcomeState, PlanState, TopicState
from members.models import OrganisationKind
from tests.factories import consultation as make
from tests.factories import members as people
from tests.factories.consultation import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(cast):
    """One of everything, in the states that pages show."""
    plan = make.plan(cast, PlanState.ISSUED)
    item = make.first_item(plan)
    run = make.consultation(cast, ConsultationState.RUNNING, plan_item=item)
    session = make.session(run, cast)
    make.four_parties(session, cast)
    outcome = make.outcome(run, cast, OutcomeState.ROUTED)
    draft = make.plan(cast, year=2027)
    return {
        "topic": make.topic(cast),
        "plan": plan,
        "draft": draft,
        "item": make.first_item(draft),
        "consultation": run,
        "session": session,
        "outcome": outcome,
        "drafted": make.outcome(run, cast),
        "task": outcome.tasks.get(),
        "slug": cast.committee.slug,
    }


OFFICE_PAGES = {
    "topic-list": (),
    "topic-detail": ("topic",),
    "plan-list": (),
    "plan-new": (),
    "plan-detail": ("plan",),
    "plan-edit": ("draft",),
    "plan-item-new": ("draft",),
    "plan-item-edit": ("draft", "item"),
    "consultation-list": (),
    "consultation-new": (),
    "consultation-detail": ("consultation",),
    "consultation-edit": ("consultation",),
    "session-new": ("consultation",),
    "session-detail": ("session",),
    "session-edit": ("session",),
    "session-agenda": ("session",),
    "session-minutes": ("session",),
    "outcome-list": (),
    "outcome-detail": ("outcome",),
    "outcome-classify": ("drafted",),
    "outcome-task-list": (),
    "outcome-task-detail": ("task",),
    "topic-new": (),
}
# Public rows that another county reads as everybody does.
READ_BY_ALL = {"session-detail", "outcome-detail"}
PUBLIC_PAGES = ["plan-public", "consultation-public-list"]


def _address(name, rows):
    return reverse(name, args=[rows[key].pk for key in OFFICE_PAGES[name]])


@pytest.mark.parametrize("name", OFFICE_PAGES)
def test_office_pages_open_for_staff_and_not_for_others(cast, rows, as_, name):
    url = _address(name, rows)
    assert as_(cast.li).get(url).status_code == 200
    stranger = as_(None).get(url)
    assert (stranger.status_code, stranger.url) == (302, f"/login/?next={url}")
    if OFFICE_PAGES[name] and name not in READ_BY_ALL:
        assert as_(cast.zhao).get(url).status_code == 404
        assert as_(cast.wang).get(url).status_code == 404
    elif name not in READ_BY_ALL | {"topic-new", "outcome-task-list"}:
        assert as_(cast.wang).get(url).status_code == 403


def test_lists_of_the_office_hold_no_row_of_another_county(cast, rows, as_):
    client = as_(cast.zhao)
    for name in ("topic-list", "plan-list", "consultation-list", "outcome-list", "outcome-task-list"):
        assert client.get(reverse(name)).context["page"].rows == []


DEEDS = {
    "topic-decide": (("topic",), {"select": "1"}),
    "plan-edit": (("draft",), {"title": "改名", "foreword": "", "formula": ""}),
    "plan-item-new": (
        ("draft",),
        {"title": "新", "form": "micro", "month": "3", "lead": "某", "result_kind": "minutes"},
    ),
    "plan-item-move": (("draft", "item"), {"to": "up"}),
    "plan-item-drop": (("draft", "item"), {}),
    "plan-submit": (("draft",), {"procedure": "1"}),
    "plan-settle": (("draft",), {}),
    "plan-sign": (("plan",), {}),
    "plan-reopen": (("plan",), {"words": "改"}),
    "plan-issue": (("plan",), {"number": "1", "issued_on": "2026-03-10"}),
    "plan-adjust": (("plan",), {"reason": "other", "words": "改"}),
    "consultation-edit": (("consultation",), {"title": "改名"}),
    "consultation-start": (("consultation",), {"procedure": "1"}),
    "consultation-call-off": (("consultation",), {"words": "改"}),
    "consultation-archive": (("consultation",), {}),
    "session-new": (("consultation",), {"starts_at": "2026-04-01T09:00", "ends_at": "2026-04-01T11:00"}),
    "session-edit": (("session",), {"starts_at": "2026-04-01T09:00", "ends_at": "2026-04-01T11:00"}),
    "session-agenda": (("session",), {"form-TOTAL_FORMS": "0", "form-INITIAL_FORMS": "0"}),
    "session-invite": (("session",), {"category": "public", "people": "某甲"}),
    "session-attendance": (("session",), {}),
    "session-minutes": (("session",), {"minutes": "改", "seen": "0"}),
    "outcome-new": (("consultation",), {"key": str(uuid.uuid4()), "text": "改"}),
    "outcome-classify": (("drafted",), {"outcome_class": "C", "seen": "0"}),
    "outcome-route": (("drafted",), {}),
    "outcome-take-back": (("outcome",), {"words": "改"}),
    "outcome-look": (("outcome",), {"words": "改", "settled": "no", "next_on": "2027-01-01"}),
    "outcome-task-detail": (("task",), {"words": "改"}),
}


@pytest.mark.parametrize("name", DEEDS)
def test_another_county_and_members_change_nothing(cast, rows, as_, name):
    keys, data = DEEDS[name]
    url = reverse(name, args=[rows[key].pk for key in keys])
    before = _snapshot()
    for user, allowed in ((cast.zhao, {404, 403}), (cast.wang, {404, 403}), (None, {302})):
        assert as_(user).post(url, data).status_code in allowed
    assert _snapshot() == before


def _snapshot():
    models = (Topic, AnnualPlan, PlanItem, Consultation, Session, Outcome, OutcomeTask)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_step_of_another_county_is_not_there(cast, rows, as_):
    step = services.progress.current_step(rows["consultation"])
    for name in ("step-finish", "step-skip"):
        assert as_(cast.zhao).post(reverse(name, args=[step.pk]), {"words": "改"}).status_code == 404
        assert as_(cast.wang).post(reverse(name, args=[step.pk]), {"words": "改"}).status_code == 404


# --- what the public sees ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [s for s in PlanState.values if s not in ("issued", "superseded")])
def test_public_plan_page_shows_no_draft(cast, as_, state):
    plan = make.plan(cast, state)
    page = as_(None).get(reverse("plan-public", args=["jiahe"]))
    shown = page.context["plan"]
    assert (shown and shown.state) == (PlanState.ISSUED if state == PlanState.ADJUSTING else None)
    for name in ("plan-public-version", "plan-docx", "plan-csv"):
        assert as_(cast.li).get(reverse(name, args=["jiahe", 2026, plan.version])).status_code == 404


def test_versions_by_number_and_the_current_one(cast, as_):
    make.plan(cast, PlanState.SUPERSEDED)
    client = as_(None)
    current = client.get(reverse("plan-public", args=["jiahe"])).context["plan"]
    older = client.get(reverse("plan-public-version", args=["jiahe", 2026, 1])).context
    assert (current.version, older["plan"].version, older["following"].version) == (2, 1, 2)
    assert client.get(reverse("plan-public-year", args=["jiahe", 2025])).status_code == 404
    assert client.get(reverse("plan-public-version", args=["jiahe", 2026, 3])).status_code == 404


def test_plan_goes_out_as_document_table_and_calendar(cast, as_):
    make.plan(cast, PlanState.ISSUED)
    client = as_(None)
    document = client.get(reverse("plan-docx", args=["jiahe", 2026, 1]))
    assert document.content[:2] == b"PK"
    table = client.get(reverse("plan-csv", args=["jiahe", 2026, 1])).content.decode("utf-8-sig").splitlines()
    assert table[1].split(",")[:4] == ["1", "推进农村饮水安全", "专题协商会", "6月"]
    calendar = client.get(reverse("plan-ics", args=["jiahe", 2026])).content.decode()
    assert "DTSTART;VALUE=DATE:20260601\r\nDTEND;VALUE=DATE:20260701\r\n" in calendar


@pytest.mark.parametrize("state", ConsultationState.values)
@pytest.mark.parametrize("is_public", [True, False])
def test_public_consultation_only_when_under_way_and_open(cast, as_, state, is_public):
    run = make.consultation(cast, state, is_public=is_public)
    shown = is_public and state in ("running", "concluded", "archived")
    url = reverse("consultation-public", args=["jiahe", run.pk])
    assert as_(None).get(url).status_code == (200 if shown else 404)
    assert as_(cast.li).get(url).status_code == (200 if shown else 404)
    listed = as_(None).get(reverse("consultation-public-list", args=["jiahe"])).context["page"].rows
    assert listed == ([run] if shown else [])
    assert as_(None).get(reverse("consultation-public", args=["yongxing", run.pk])).status_code == 404


def test_public_page_shows_routed_outcomes_published_minutes_and_no_names(cast, as_):
    run = make.consultation(cast, ConsultationState.RUNNING)
    session = make.session(run, cast)
    services.invite(session, category="public", people=[("村民李某某", "")], by=cast.li, at=AT)
    make.minutes(session, cast, text="内部讨论的纪要")
    make.outcome(run, cast, OutcomeState.CLASSIFIED, text="还没有转办的成果")
    make.outcome(run, cast, OutcomeState.ROUTED, text="已经转办的成果")
    url = reverse("consultation-public", args=["jiahe", run.pk])
    page = as_(None).get(url)
    body = page.content.decode()
    assert [o.text for o in page.context["outcomes"]] == ["已经转办的成果"]
    assert "内部讨论的纪要" not in body
    assert "村民李某某" not in body
    session.refresh_from_db()
    make.minutes(session, cast, text="可以公开的纪要", publish=True)
    assert "可以公开的纪要" in as_(None).get(url).content.decode()


def test_invited_member_reads_a_closed_consultation_and_others_do_not(cast, as_):
    run = make.consultation(cast, ConsultationState.RUNNING, is_public=False)
    session = make.session(run, cast, remote_link="https://meeting.example.cn/1")
    url = reverse("session-detail", args=[session.pk])
    assert as_(cast.wang).get(url).status_code == 404
    services.invite(session, category="member", people=[("王委员", "")], by=cast.li, at=AT)
    page = as_(cast.wang).get(url)
    assert (page.status_code, page.context["inside"]) == (200, False)
    assert "meeting.example.cn" in page.content.decode()
    assert as_(cast.qian).get(url).status_code == 404


def test_link_to_join_is_not_for_strangers_of_a_public_consultation(cast, as_):
    run = make.consultation(cast, ConsultationState.RUNNING)
    session = make.session(run, cast, remote_link="https://meeting.example.cn/1")
    page = as_(cast.qian).get(reverse("session-detail", args=[session.pk]))
    assert (page.status_code, "meeting.example.cn" in page.content.decode()) == (200, False)


# --- what a refused form keeps -----------------------------------------------------------------------------------


def test_item_of_another_county_is_no_valid_choice(cast, rows, as_):
    foreign = people.organisation(cast.other_committee, "永兴县水利局")
    topic = Topic.objects.create(
        committee=cast.other_committee, title="外县议题", reason="外县", source="public", content_kind="at_hand",
        state=TopicState.SELECTED, created_at=AT, updated_at=AT, created_by=cast.zhao,
    )  # fmt: skip
    url = reverse("plan-item-new", args=[rows["draft"].pk])
    data = {
        "title": "水价改革", "form": "thematic", "month": "5", "lead": "某副主席", "result_kind": "minutes",
        "topic": topic.pk, "units": [foreign.pk],
    }  # fmt: skip
    page = as_(cast.li).post(url, data)
    assert page.status_code == 400
    assert set(page.context["form"].errors) == {"topic", "units"}
    assert page.context["form"]["title"].value() == "水价改革"


def test_date_outside_the_year_is_said_at_the_field(cast, rows, as_):
    url = reverse("plan-item-new", args=[rows["draft"].pk])
    data = {
        "title": "水价改革", "form": "thematic", "month": "5", "lead": "某副主席", "result_kind": "minutes",
        "planned_on": "2026-05-01",
    }  # fmt: skip
    page = as_(cast.li).post(url, data)
    assert (page.status_code, page.context["form"].errors["planned_on"]) == (400, ["日期须在 2027 年内。"])


def test_b_without_a_route_is_said_at_the_field_and_all_typed_is_kept(cast, rows, as_):
    url = reverse("outcome-classify", args=[rows["drafted"].pk])
    data = {"outcome_class": "B", "seen": "0", "responsible": cast.li.pk, "look_again_on": "2099-01-01"}
    page = as_(cast.li).post(url, data)
    form = page.context["form"]
    assert page.status_code == 400
    assert list(form.errors) == ["route"]
    assert form["look_again_on"].value() == "2099-01-01"


def test_unit_knows_its_leader_and_handler(cast, rows, as_):
    cast.unit.default_handler = cast.zhang
    cast.unit.save()
    url = reverse("outcome-classify", args=[rows["drafted"].pk])
    data = {
        "outcome_class": "A", "seen": "0", "unit": cast.unit.pk, "due_on": "2099-01-01", "duty": "修管网",
        "quality": "通水",
    }  # fmt: skip
    assert as_(cast.li).post(url, data).status_code == 302
    outcome = Outcome.objects.get(pk=rows["drafted"].pk)
    assert (outcome.leader_name, outcome.leader_post, outcome.handler) == ("罗一鸣", "副局长", cast.zhang)


def test_step_without_evidence_says_what_is_missing_and_keeps_uploads(cast, as_):
    run = make.consultation(cast, ConsultationState.RUNNING)
    step = services.progress.current_step(run)
    url, client = reverse("step-finish", args=[step.pk]), as_(cast.li)
    refused = client.post(url, {"words": "已收集"})
    assert refused.status_code == 400
    assert refused.context["step_form"].errors["files"] == ["还缺：名单或清单。"]
    assert refused.context["step_form"]["words"].value() == "已收集"
    assert client.post(url, {"upload": "1", "files": make.paper("清单.txt")}).status_code == 302
    assert client.post(url, {"words": "已收集"}).status_code == 302
    assert services.progress.current_step(run).kind == "decide"


def test_wrong_type_of_file_is_said_and_nothing_stored(cast, as_):
    run = make.walk_steps(make.consultation(cast, ConsultationState.RUNNING), cast, until="publish")
    step = services.progress.current_step(run)
    page = as_(cast.li).post(reverse("step-finish", args=[step.pk]), {"files": make.paper("公示.jpg")})
    assert page.status_code == 400
    assert list(page.context["step_form"].errors) == ["files"]
    assert services.progress.current_step(run) == step


def test_second_click_is_one_consultation_and_one_outcome(cast, as_):
    client, key = as_(cast.li), str(uuid.uuid4())
    data = {"key": key, "title": "院坝协商", "form": "micro", "channel": "on_site", "is_public": "on"}
    first, second = (client.post(reverse("consultation-new"), data) for _ in range(2))
    assert first.url == second.url
    assert Consultation.objects.count() == 1
    run = make.consultation(cast, ConsultationState.RUNNING)
    for _ in range(2):
        client.post(reverse("outcome-new", args=[run.pk]), {"key": key, "text": "修路"})
    assert run.outcomes.count() == 1


def test_script_in_a_title_is_shown_as_text(cast, as_):
    make.topic(cast, title="<script>alert(1)</script>")
    body = as_(cast.li).get(reverse("topic-list")).content.decode()
    assert "<script>alert(1)" not in body
    assert "&lt;script&gt;alert(1)" in body


def test_agenda_is_saved_in_the_order_given(cast, rows, as_):
    session = rows["session"]
    data = {"form-TOTAL_FORMS": "3", "form-INITIAL_FORMS": "1"}
    for number, (title, order) in enumerate([("通报", "2"), ("发言", "1"), ("", "")]):
        data |= {f"form-{number}-title": title, f"form-{number}-kind": "speech", f"form-{number}-ORDER": order}
    assert as_(cast.li).post(reverse("session-agenda", args=[session.pk]), data).status_code == 302
    assert list(session.agenda.order_by("position").values_list("title", flat=True)) == ["发言", "通报"]


def test_attendance_counts_only_those_of_the_session(cast, rows, as_):
    session = rows["session"]
    first = session.participants.first()
    as_(cast.li).post(reverse("session-attendance", args=[session.pk]), {"present": [first.pk, 999999]})
    assert list(session.participants.filter(attended=True)) == [first]
    assert session.participants.filter(attended=False).count() == 3


def test_too_long_a_name_names_its_line(cast, rows, as_):
    people_typed = "李某 村民代表\n" + "长" * 40
    page = as_(cast.li).post(
        reverse("session-invite", args=[rows["session"].pk]), {"category": "public", "people": people_typed}
    )
    assert page.status_code == 400
    assert page.context["invite_form"].errors["people"] == ["第 2 行太长：姓名最多 32 字，单位职务最多 64 字。"]
    assert page.context["invite_form"]["people"].value() == people_typed


def test_three_offices_sign_on_the_page_and_the_plan_is_issued(cast, as_):
    plan = make.plan(cast, PlanState.APPROVED)
    for reviewer in cast.reviewers:
        client = as_(reviewer)
        assert client.get(reverse("plan-list")).context["to_sign"].get() == plan
        assert client.get(reverse("plan-detail", args=[plan.pk])).context["my_office"] is not None
        client.post(reverse("plan-sign", args=[plan.pk]))
        assert not client.get(reverse("plan-list")).context["to_sign"].exists()
    office = as_(cast.li)
    assert office.post(reverse("plan-issue", args=[plan.pk]), {"number": "", "issued_on": ""}).status_code == 400
    data = {"number": "嘉政协办发〔2026〕3号", "issued_on": "2026-03-10"}
    assert office.post(reverse("plan-issue", args=[plan.pk]), data).status_code == 302
    assert AnnualPlan.objects.get(pk=plan.pk).seal == "已印发 嘉政协办发〔2026〕3号"


def test_member_suggests_and_follows_own_topic(cast, as_):
    client = as_(cast.wang)
    data = {"key": str(uuid.uuid4()), "title": "校门口交通", "reason": "上学放学拥堵", "content_kind": "at_hand"}
    made = client.post(reverse("topic-new"), data)
    assert client.get(made.url).status_code == 200
    assert [t.title for t in client.get(reverse("topic-mine")).context["page"]] == ["校门口交通"]
    assert as_(cast.qian).get(made.url).status_code == 404


def test_responsible_handler_of_a_unit_finishes_the_task(cast, as_):
    run = make.consultation(cast, ConsultationState.RUNNING)
    outcome = make.outcome(run, cast, OutcomeState.ROUTED, given=make.class_c(cast, responsible=cast.zhang))
    task, client = outcome.tasks.get(), as_(cast.zhang)
    assert client.get(reverse("outcome-task-list")).context["page"].rows == [task]
    assert client.post(reverse("outcome-task-detail", args=[task.pk]), {"words": "已逐户说明"}).status_code == 302
    with pytest.raises(WrongState):
        services.finish_task(task, words="再来一次", by=cast.li, at=AT)
    data = {"words": "群众理解", "settled": "yes"}
    assert client.post(reverse("outcome-look", args=[outcome.pk]), data).status_code == 302
    assert Outcome.objects.get(pk=outcome.pk).state == OutcomeState.DONE


# --- counts ------------------------------------------------------------------------------------------------------


def _more(cast, number):
    at = AT + datetime.timedelta(minutes=number)
    make.topic(cast, title=f"议题{number}", by=cast.wang, at=at)
    run = make.consultation(cast, ConsultationState.RUNNING, title=f"协商{number}", at=at)
    make.session(run, cast, at=at)
    make.outcome(run, cast, OutcomeState.ROUTED, given=make.class_b(cast, "village_committee"), at=at)
    make.plan(cast, year=2026 + number, at=at)


@pytest.mark.parametrize(
    ("name", "args", "who"),
    [
        ("topic-list", [], "li"),
        ("topic-mine", [], "wang"),
        ("plan-list", [], "li"),
        ("consultation-list", [], "li"),
        ("outcome-list", [], "li"),
        ("outcome-task-list", [], "li"),
        ("consultation-public-list", ["jiahe"], None),
    ],
)
def test_lists_with_one_and_three_rows_need_the_same_queries(cast, as_, django_assert_num_queries, name, args, who):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    url, client = reverse(name, args=args), as_(who and getattr(cast, who))
    _more(cast, 0)
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        assert len(client.get(url).context["page"]) == 1
    _more(cast, 1)
    _more(cast, 2)
    with django_assert_num_queries(len(one)):
        assert len(client.get(url).context["page"]) == 3
    assert len(one) <= 14


def test_plan_pages_with_one_and_three_items_need_the_same_queries(cast, as_, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    small = make.plan(cast, PlanState.ISSUED)
    topics = [make.topic(cast, TopicState.SELECTED, title=f"议题{n}") for n in range(3)]
    large = make.plan(cast, PlanState.ISSUED, year=2027, topics=topics, number="嘉〔2027〕1号")
    unit = people.organisation(cast.committee, "县水利局", OrganisationKind.HANDLING_UNIT)
    for item in PlanItem.objects.all():
        item.units.add(unit)
        make.consultation(cast, ConsultationState.RUNNING, plan_item=item)
    for who, pages in (
        (cast.li, [reverse("plan-detail", args=[plan.pk]) for plan in (small, large)]),
        (None, [reverse("plan-public-year", args=["jiahe", year]) for year in (2026, 2027)]),
    ):
        client = as_(who)
        client.get(pages[0])
        with CaptureQueriesContext(connection) as one:
            client.get(pages[0])
        with django_assert_num_queries(len(one)):
            client.get(pages[1])


def test_a_member_who_is_not_in_the_roster_is_named(cast, rows, as_):
    data = {"category": "member", "people": "王委员\n查无此人"}
    address = reverse("session-invite", args=[rows["session"].pk])
    page = as_(cast.li).post(address, data, follow=True).content.decode()
    assert "没有找到（或有同名的）：查无此人。" in page
