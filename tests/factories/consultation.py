"""Topics, plans, consultations and outcomes in any state, reached by the services themselves."""

import datetime
import uuid

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from consultation import presets, services
from consultation.models import (
    AnnualPlan,
    Consultation,
    Outcome,
    PlanItem,
    Procedure,
    QuotaFormula,
    Topic,
)
from consultation.states import (
    Category,
    ConsultationState,
    ContentKind,
    GateVerdict,
    OutcomeState,
    PlanState,
    TopicSource,
    TopicState,
)
from consultation.steps import ON_FILE, Evidence, ProcedureKind, StepKind
from members.models import OrganisationKind
from tests.factories import members as make

AT = datetime.datetime(2026, 3, 10, 10, tzinfo=timezone.get_default_timezone())
TODAY = AT.date()


def procedure(name="六步协商", kind=ProcedureKind.CONSULTATION):
    if not Procedure.objects.exists():
        presets.load()
    return Procedure.objects.get(committee=None, kind=kind, name=name)


def formula(name="1124+N"):
    if not QuotaFormula.objects.exists():
        presets.load()
    return QuotaFormula.objects.get(committee=None, name=name)


def topic(cast, state=TopicState.COLLECTED, *, title="推进农村饮水安全", by=None, at=AT, **fields):
    given = {"reason": "多个村反映枯水期供水不足。", "content_kind": ContentKind.AT_HAND, "source": TopicSource.PUBLIC}
    by = by or cast.li
    made = services.suggest_topic(
        uuid.uuid4(), committee=cast.committee, title=title, by=by, at=at, **{**given, **fields}
    )
    if state in (TopicState.SELECTED, TopicState.IN_PLAN):
        services.select_topic(made, by=cast.li, at=at)
    elif state == TopicState.DECLINED:
        services.decline_topic(made, words="已有专题研究", by=cast.li, at=at)
    if state == TopicState.IN_PLAN:
        plan(cast, PlanState.ISSUED, topics=[made], at=at)
    return Topic.objects.get(pk=made.pk)


def item(plan, cast, *, title="推进农村饮水安全", at=AT, **fields):
    given = {"form": "thematic", "month": 6, "lead": "罗建国（副主席）", "participants": "委员、部门、村民代表"}
    return services.add_item(plan, title=title, by=cast.li, at=at, **{**given, **fields})


def plan(cast, state=PlanState.DRAFTING, *, year=2026, at=AT, topics=(), number="嘉政协办发〔2026〕3号"):
    """A plan with one item (one for each of `topics`) in `state`."""
    made = services.draft_plan(
        cast.committee, year=year, title=f"政协嘉禾县委员会{year}年度协商计划", formula=formula(), by=cast.li, at=at
    )
    for row in topics:
        item(made, cast, title=row.title, topic=row, at=at)
    if not topics:
        item(made, cast, at=at)
    if state == PlanState.DRAFTING:
        return made
    services.submit_plan(made, procedure=procedure("县级计划审批", ProcedureKind.PLAN), by=cast.li, at=at)
    if state == PlanState.APPROVING:
        return made
    walk_steps(made, cast, at=at)
    if state != PlanState.APPROVED:
        sign_and_issue(made, cast, number=number, at=at)
    if state in (PlanState.ADJUSTING, PlanState.SUPERSEDED):
        following = next_version(made, cast, at=at)
        if state == PlanState.ADJUSTING:
            return following
        services.settle_plan(following, by=cast.li, at=at)
        sign_and_issue(following, cast, number=number.replace("3号", "9号"), at=at)
    return AnnualPlan.objects.get(pk=made.pk)


def sign_and_issue(made, cast, *, number="嘉政协办发〔2026〕3号", at=AT):
    made.refresh_from_db()
    for reviewer in cast.reviewers:
        services.sign_plan(made, by=reviewer, at=at)
    return services.issue_plan(made, number=number, issued_on=at.date(), by=cast.li, at=at)


def adjustment(made, cast, *, approved=True, at=AT):
    asked = services.propose_adjustment(made, reason="deployment", words="按县委新部署增加一项议题", by=cast.li, at=at)
    if approved:
        services.approve_adjustment(asked, meeting="县委常委会会议", decided_on=at.date(), by=cast.li, at=at)
    return asked


def next_version(made, cast, *, at=AT):
    return services.open_next_version(adjustment(made, cast, at=at), by=cast.li, at=at)


def paper(name="纪要.txt", text="会议纪要正文"):
    return SimpleUploadedFile(name, text.encode(), content_type="text/plain")


def photo():
    from io import BytesIO

    from PIL import Image

    buffer = BytesIO()
    Image.new("RGB", (32, 24), "white").save(buffer, "JPEG")
    return SimpleUploadedFile("公示.jpg", buffer.getvalue(), content_type="image/jpeg")


def walk_steps(run, cast, *, until=None, at=AT):
    """Finish the steps of a run one by one, each with its evidence, up to (not including) one of kind `until`."""
    while (step := services.progress.current_step(run)) and step.kind != until:
        if step.kind == StepKind.SESSION and not run.sessions.exists():
            session(run, cast, at=at)
        if step.evidence == Evidence.MINUTES and step.consultation_id:
            record = run.sessions.first()
            if not record.minutes:
                minutes(record, cast, at=at)
        elif step.evidence in ON_FILE:
            file = photo() if step.evidence == Evidence.PHOTO else paper()
            services.add_evidence(step, file, by=cast.li, at=at)
        gate = {"verdict": GateVerdict.PASSED, "held_on": at.date()} if step.is_gate else {}
        services.finish_step(step, words="按程序完成", by=cast.li, at=at, **gate)
        run.refresh_from_db()
    return run


def consultation(cast, state=ConsultationState.PLANNED, *, title="农村饮水安全协商", at=AT, name="六步协商", **fields):
    given = {
        "form": "thematic",
        "place": "县政协会议室",
        "conveners": "罗建国（副主席）",
        "summary": "枯水期供水怎么保",
    }
    made = services.open_consultation(
        uuid.uuid4(), cast.committee, title=title, by=cast.li, at=at, **{**given, **fields}
    )
    if state == ConsultationState.PLANNED:
        return made
    if state == ConsultationState.CALLED_OFF:
        return services.call_off(made, words="并入全会讨论", by=cast.li, at=at)
    services.start(made, procedure=procedure(name), by=cast.li, at=at)
    if state == ConsultationState.RUNNING:
        return made
    walk_steps(made, cast, until=StepKind.CONVERT, at=at)
    done = outcome(made, cast, OutcomeState.ROUTED, at=at)
    walk_steps(made, cast, at=at)
    if state == ConsultationState.ARCHIVED:
        services.finish_task(done.tasks.get(), words="已入户解释", by=cast.li, at=at)
        services.look_again(done, words="群众理解", settled=True, by=cast.li, at=at)
        services.archive(made, by=cast.li, at=at)
    return Consultation.objects.get(pk=made.pk)


def session(of, cast, *, at=AT, **fields):
    begins = at - datetime.timedelta(hours=1)
    given = {"starts_at": begins, "ends_at": begins + datetime.timedelta(hours=2), "place": "县政协会议室"}
    return services.add_session(of, by=cast.li, at=at, **{**given, **fields})


def minutes(of, cast, *, text="会议形成三点共识。", publish=False, at=AT):
    return services.write_minutes(of, minutes=text, publish=publish, seen=of.minutes_version, by=cast.li, at=at)


def four_parties(of, cast, *, at=AT):
    for category, name in zip(Category, ["王委员", "周教授", "罗局长", "村民李某"], strict=True):
        services.invite(of, category=category, people=[(name, "")], by=cast.li, at=at)


def village(cast, name="金田居委会“两委”"):
    found = cast.committee.organisations.filter(name=name).first()
    return found or make.organisation(cast.committee, name, OrganisationKind.VILLAGE_COMMITTEE)


def class_a(cast, **fields):
    given = {
        "outcome_class": "A", "unit": cast.unit, "leader_name": "罗一鸣", "leader_post": "副局长",
        "handler": cast.zhang, "due_on": datetime.date(2026, 4, 20), "duty": "新建供水管网", "quality": "年内通水",
    }  # fmt: skip
    return {**given, **fields}


def class_b(cast, route="special_report", **fields):
    given = {"outcome_class": "B", "route": route, "responsible": cast.li, "look_again_on": datetime.date(2026, 6, 1)}
    if route == "village_committee":
        given["village"] = village(cast)
    return {**given, **fields}


def class_c(cast, **fields):
    given = {"outcome_class": "C", "responsible": cast.li, "look_again_on": datetime.date(2026, 6, 1)}
    return {**given, **fields}


def outcome(of, cast, state=OutcomeState.DRAFTED, *, text="延伸城区供水管网到英花村", given=None, at=AT):
    """An outcome of `of` in `state`; classed C unless `given` says otherwise."""
    made = services.add_outcome(uuid.uuid4(), of, text=text, by=cast.li, at=at)
    if state == OutcomeState.DRAFTED:
        return made
    services.classify(made, seen=0, by=cast.li, at=at, **(given or class_c(cast)))
    if state == OutcomeState.CLASSIFIED:
        return made
    services.route(made, by=None, at=at)
    if state == OutcomeState.DONE:
        services.finish_task(made.tasks.get(), words="已入户解释", by=cast.li, at=at)
        services.look_again(made, words="群众理解", settled=True, by=cast.li, at=at)
    return Outcome.objects.get(pk=made.pk)


def first_item(made) -> PlanItem:
    return made.items.standing().first()
