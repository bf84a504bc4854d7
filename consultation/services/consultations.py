"""协商活动: opened from a plan item or a topic, started under a procedure, held in sessions."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from config.audit import log
from config.refusals import Incomplete, Refusal, WrongState
from config.transitions import take
from consultation import notices, rules
from consultation.models import (
    AgendaItem,
    Consultation,
    ConsultationInvolvement,
    Participant,
    PlanItem,
    Procedure,
    Session,
)
from consultation.services import facts, progress
from consultation.states import Category, ConsultationState, OutcomeState, PlanState
from consultation.steps import ProcedureKind, StepKind
from members.models import Committee, Member
from workstations.models import Part


@transaction.atomic
def open_consultation(
    key: UUID, committee: Committee, *, plan_item: PlanItem | None = None, by, at, **fields
) -> Consultation:
    """建立 from an item of the plan in force, or from a topic alone; the same `key` is one consultation."""
    rules.require("open_consultation", by, committee)
    if there := Consultation.objects.filter(key=key, committee=committee).first():
        return there
    year = timezone.localdate(at).year
    if plan_item is not None:
        if plan_item.plan.state != PlanState.ISSUED or plan_item.dropped_at:
            raise WrongState("只能从已印发、现行有效的计划启动协商，请打开最新版计划。")
        year = plan_item.plan.year
    try:
        with transaction.atomic():
            consultation = Consultation.objects.create(
                key=key, committee=committee, year=year, plan_item=plan_item, created_at=at, created_by=by,
                updated_at=at, **fields,
            )  # fmt: skip
    except IntegrityError:
        if twin := Consultation.objects.filter(key=key, committee=committee).first():
            return twin
        raise WrongState("这项议题已有一次协商正在进行。") from None
    if plan_item is not None:
        ConsultationInvolvement.objects.bulk_create(
            ConsultationInvolvement(consultation=consultation, organisation=unit, part=Part.TAKE_PART)
            for unit in plan_item.units.order_by("pk")
        )
    log.record("consultation.open", consultation, by=by, at=at, scope=consultation.scope)
    return consultation


@transaction.atomic
def change_consultation(consultation: Consultation, *, by, at, **fields) -> Consultation:
    """Change what is said of it, as long as it is not over."""
    rules.require("run_consultation", by, consultation)
    _hold(consultation, at=at)
    for name, value in fields.items():
        setattr(consultation, name, value)
    consultation.save(update_fields=list(fields))  # a date of the meeting that a step wrote meanwhile stays
    consultation.outcomes.update(updated_at=at)  # they are shown and hidden with it
    log.record("consultation.change", consultation, by=by, at=at, scope=consultation.scope)
    return consultation


def _hold(consultation, *, at):
    """Keep the consultation from being concluded or called off while this transaction changes it."""
    open_ = [ConsultationState.PLANNED, ConsultationState.RUNNING]
    held = Consultation.objects.filter(pk=consultation.pk, state__in=open_).update(updated_at=at)
    consultation.refresh_from_db(fields=["state", "updated_at"])
    if not held:
        raise WrongState(f"“{consultation.get_state_display()}”的协商活动不能修改。")


@transaction.atomic
def start(consultation: Consultation, *, procedure: Procedure, by, at) -> Consultation:
    """启动: the steps are copied, so that later edits of the procedure never touch a running consultation."""
    rules.require("run_consultation", by, consultation)
    if procedure.kind != ProcedureKind.CONSULTATION or not procedure.steps.exists():
        raise Incomplete("请选择一个协商规程。", {"procedure": "请选择一个协商规程。"})
    take(
        consultation,
        "start",
        by=by,
        at=at,
        procedure_name=procedure.name,
        updated_at=at,
        data={"procedure": procedure.name},
    )
    progress.copy_steps(consultation, procedure, at=at)
    return consultation


@transaction.atomic
def call_off(consultation: Consultation, *, words: str, by, at) -> Consultation:
    """取消, with the reason; what was done stays on record."""
    rules.require("run_consultation", by, consultation)
    if not words.strip():
        raise Incomplete("请写明取消的原因。", {"words": "请写明取消的原因。"})
    take(consultation, "call_off", by=by, at=at, called_off_because=words.strip(), updated_at=at)
    return consultation


@transaction.atomic
def archive(consultation: Consultation, *, by, at) -> Consultation:
    """归档 when every outcome has been settled."""
    rules.require("run_consultation", by, consultation)
    if waiting := consultation.outcomes.exclude(state=OutcomeState.DONE).count():
        raise Refusal(f"还有 {waiting} 项成果没有落实，暂不能归档。")
    take(consultation, "archive", by=by, at=at, updated_at=at)
    return consultation


# --- sessions ----------------------------------------------------------------------------------------------------


@transaction.atomic
def add_session(consultation: Consultation, *, by, at, **fields) -> Session:
    """登记会议; it begins with the agenda of the procedure's meeting step."""
    rules.require("run_consultation", by, consultation)
    _hold(consultation, at=at)
    session = Session(consultation=consultation, updated_at=at)
    _fill_session(session, fields)
    step = progress.steps_of(consultation).filter(kind=StepKind.SESSION).first()
    points = [(kind, title) for kind, title in step.agenda] if step else []
    AgendaItem.objects.bulk_create(
        AgendaItem(session=session, position=position, kind=kind, title=title)
        for position, (kind, title) in enumerate(points, start=1)
    )
    log.record("session.add", session, by=by, at=at, scope=session.scope, starts_at=session.starts_at)
    return session


@transaction.atomic
def change_session(session: Session, *, by, at, **fields) -> Session:
    """Change time, place and links."""
    rules.require("run_consultation", by, session)
    _hold(session.consultation, at=at)
    session.updated_at = at
    _fill_session(session, fields)
    facts.attendance(session, by=by, at=at)  # the day may be another one
    log.record("session.change", session, by=by, at=at, scope=session.scope, starts_at=session.starts_at)
    return session


def _fill_session(session, fields):
    for name, value in fields.items():
        setattr(session, name, value)
    consultation, wrong = session.consultation, {}
    if consultation.plan_item_id and timezone.localdate(session.starts_at).year != consultation.year:
        wrong["starts_at"] = (
            f"这项协商列在 {consultation.year} 年计划内，会议须在 {consultation.year} 年召开；要跨年请先调整计划。"
        )
    if session.ends_at <= session.starts_at:
        wrong["ends_at"] = "结束时间须晚于开始时间。"
    if wrong:
        raise Incomplete(" ".join(wrong.values()), wrong)
    try:
        with transaction.atomic():
            # What is said of the sitting and no more: the minutes may have been written meanwhile.
            session.save(update_fields=[*fields, "updated_at"] if session.pk else None)
    except IntegrityError:
        raise Incomplete("这个时间已经登记了一次会议。", {"starts_at": "这个时间已经登记了一次会议。"}) from None


@transaction.atomic
def set_agenda(session: Session, points: list[dict], *, by, at) -> None:
    """The whole agenda anew: each point's kind, title and speaker, in order."""
    rules.require("run_consultation", by, session)
    _hold(session.consultation, at=at)
    session.agenda.all().delete()
    AgendaItem.objects.bulk_create(
        AgendaItem(session=session, position=position, **point) for position, point in enumerate(points, start=1)
    )
    log.record("session.agenda", session, by=by, at=at, scope=session.scope, points=[p["title"] for p in points])


@transaction.atomic
def invite(session: Session, *, category: str, people: list[tuple[str, str]], organisation=None, by, at) -> int:
    """Add people (name, post) in one category; a name that one member of the committee bears is that member.

    Returns how many are new; who is on the list already stays as is.
    """
    rules.require("run_consultation", by, session)
    _hold(session.consultation, at=at)
    members = _members_by_name(session, {name for name, _ in people}) if category == Category.MEMBER else {}
    there = set(session.participants.filter(category=category).values_list("name", "role"))
    seated = set(session.participants.filter(member__isnull=False).values_list("member", flat=True))
    fresh = []
    for name, role in dict.fromkeys(people):
        member = members.get(name)
        role = role or (member.work_post if member else "")
        if (name, role) in there or (member and member.pk in seated):
            continue
        there.add((name, role))
        fresh.append(
            Participant(
                session=session, category=category, name=name, role=role, member=member, organisation=organisation
            )
        )
        if member:
            seated.add(member.pk)
    Participant.objects.bulk_create(fresh)
    log.record("session.invite", session, by=by, at=at, scope=session.scope, category=category, people=len(fresh))
    notices.invited(session, [person.member for person in fresh if person.member], at=at)
    return len(fresh)


def _members_by_name(session, names):
    """Members whose name is theirs alone; namesakes are not guessed."""
    found = {}
    committee = session.consultation.committee_id
    rows = Member.objects.in_force().filter(committee=committee, user__name__in=names).select_related("user")
    for member in rows:
        found.setdefault(member.user.name, []).append(member)
    return {name: members[0] for name, members in found.items() if len(members) == 1}


@transaction.atomic
def uninvite(participant: Participant, *, by, at) -> None:
    """Take somebody off the list before the session is over."""
    session = participant.session
    rules.require("run_consultation", by, session)
    _hold(session.consultation, at=at)
    if participant.member_id:
        facts.uninvited(session, participant.member_id, by=by, at=at)
    participant.delete()
    log.record("session.uninvite", session, by=by, at=at, scope=session.scope, name=participant.name)


@transaction.atomic
def record_attendance(session: Session, present: set[int], *, by, at) -> None:
    """登记到会: `present` are participant ids; everybody else on the list was absent."""
    rules.require("run_consultation", by, session)
    if session.starts_at > at:
        raise Refusal("会议还没有开始，不能登记到会。")
    session.participants.filter(pk__in=present).update(attended=True)
    session.participants.exclude(pk__in=present).update(attended=False)
    facts.attendance(session, by=by, at=at)
    log.record("session.attendance", session, by=by, at=at, scope=session.scope, present=len(present))


@transaction.atomic
def write_minutes(session: Session, *, minutes: str, publish: bool, seen: int, by, at) -> Session:
    """写纪要, and publish it or not; refused when somebody wrote since version `seen` was read."""
    rules.require("run_consultation", by, session)
    if publish and not minutes.strip():
        raise Incomplete("公开前请先填写纪要。", {"minutes": "公开前请先填写纪要。"})
    if session.starts_at > at:
        raise Refusal("会议还没有开始，不能写纪要。")
    published = (session.minutes_published_at or at) if publish else None
    mine = Session.objects.filter(pk=session.pk, minutes_version=seen)
    if not mine.update(
        minutes=minutes.strip(), minutes_published_at=published, minutes_version=F("minutes_version") + 1, updated_at=at
    ):
        raise WrongState("纪要刚被别人修改过。您填写的内容还在，请另开一页核对后再保存。")
    session.refresh_from_db()
    log.record("session.minutes", session, by=by, at=at, scope=session.scope, published=publish)
    return session


def missing_categories(session: Session) -> list[str]:
    """Which of the four parties nobody stands for yet, in words."""
    there = set(session.participants.values_list("category", flat=True))
    return [label for value, label in Category.choices if value not in there]
