"""What goes on beside the handling: information with its issues, selections, supervision of key ones, look-backs."""

import datetime
import random
import uuid
from collections import Counter, defaultdict

from django.db.models import F
from django.utils import timezone

from config.demo import sized_texts
from config.demo.days import moment
from config.demo.sized_rows import BATCH, Rows, after
from config.demo.sized_world import World
from config.milestones import clock
from config.search import index
from config.workdays import count
from proposals.models import (
    Assignment,
    Bulletin,
    Candidate,
    Delivery,
    Information,
    Instruction,
    InstructionStep,
    Level,
    LookBack,
    LookBackItem,
    Proposal,
    Selection,
    SelectionStep,
    SelfCheck,
    Supervision,
)
from proposals.queries import look_backs
from proposals.services import replies
from proposals.services.assignments import MILESTONES
from proposals.services.look_backs import KIND as LOOK_BACK
from proposals.states import (
    FILED,
    OPEN,
    STAGES,
    AssignmentRole,
    AssignmentState,
    BulletinState,
    InformationState,
    LookBackItemState,
    LookBackState,
    ProposalState,
    SelectionKind,
    SupervisionKind,
    SupervisionState,
)

I = InformationState  # noqa: E741
ENDS = ((I.ISSUED, 42), (I.UNUSED, 36), (I.REGISTERED, 14), (I.RETURNED, 4), (I.WITHDRAWN, 4))
SOME = (I.DRAFT, I.SUBMITTED, I.SUBMITTED, I.RETURNED, I.REGISTERED, I.REGISTERED)
"""What the last reports are, in any size."""
RECEIVERS = (
    ("县委办公室", Level.COUNTY),
    ("县政府办公室", Level.COUNTY),
    ("市政协研究室", Level.CITY),
    ("省政协", Level.PROVINCE),
)
KEY, EXCELLENT = 0.02, 0.05


# --- information ---------------------------------------------------------------------------------------------------


def information(world: World, rows: Rows, dice: random.Random, size: int) -> None:
    """Reports of five years, a third of them of what was turned away as a proposal where there was any."""
    first = moment(world.plenaries[0].collects_from, 9)
    moments = sorted(first + (world.now - first) * dice.random() for _ in range(max(0, size - len(SOME))))
    turned = list(
        Proposal.objects.filter(committee=world.committee, state=ProposalState.TURNED).order_by("submitted_at", "pk")
    )
    reports = [_report(world, rows, dice, at, None) for at in moments]
    recent = [after(world.now, -9 + n) for n in range(len(SOME))]
    reports += [_report(world, rows, dice, at, state) for at, state in zip(recent, SOME, strict=True)][:size]
    of = {signature.proposal_id: signature.member for row in turned for signature in row.signatures.all()[:1]}
    for row in turned:
        at = after(row.submitted_at, 13)
        report = Information(
            key=uuid.UUID(int=dice.getrandbits(128), version=4), committee=world.committee, author=of.get(row.pk),
            reporter="" if row.pk in of else str(row.body or row.organisation or row.drafter), drafter=row.drafter,
            title=row.title.replace("提案", "信息"), problem=row.situation, cause=row.analysis,
            suggestion="\n".join(row.points), proposal=row, state=I.REGISTERED, submitted_at=at,
        )  # fmt: skip
        _register(rows, report, at)
        reports.append(report)
    issues = _issues(world, rows, dice, [report for report in reports if report.state == I.ISSUED])
    Bulletin.objects.bulk_create(issues, batch_size=BATCH)
    rows.add(*sorted(reports, key=lambda report: report.submitted_at or world.now))
    rows.write()
    index.index_many(issues)
    _deliver(world, dice, issues)


def _report(world, rows, dice, at, state) -> Information:
    said, author = sized_texts.text(dice, noun="建议"), dice.choice(world.members)
    report = Information(
        key=uuid.UUID(int=dice.getrandbits(128), version=4), committee=world.committee, author=author,
        drafter=author.user, title=said.title, problem=said.situation, cause=said.analysis,
        suggestion="\n".join(said.points), category=world.categories[said.matter.field], region=author.region,
        state=state or dice.choices([name for name, _ in ENDS], [weight for _, weight in ENDS])[0],
        submitted_at=None if state == I.DRAFT else at,
    )  # fmt: skip
    if report.state == I.ISSUED and after(at, 20) > world.now:
        report.state = I.REGISTERED
    if report.state in (I.UNUSED, I.RETURNED):
        report.words = "同类信息已经报送，留存备查。" if report.state == I.UNUSED else "请补充具体数据。"
    if report.state in (I.REGISTERED, I.ISSUED, I.UNUSED):
        _register(rows, report, at)
    return report


def _register(rows, report, at):
    report.year = timezone.localtime(at).year
    report.number = rows.number("information", report.year)


def _issues(world, rows, dice, reports) -> list[Bulletin]:
    """One issue of one to three reports that came in together, some ten days later."""
    waiting, issues = sorted(reports, key=lambda report: report.submitted_at), []
    while waiting:
        lot = waiting[: dice.randrange(1, 4)]
        waiting = waiting[len(lot) :]
        at = min(after(lot[-1].submitted_at, 6 + 10 * dice.random()), world.now)
        year = timezone.localtime(at).year
        issue = Bulletin(
            committee=world.committee, year=year, number=rows.number("bulletin", year), title=lot[0].title,
            text="\n".join(f"{one.problem}{one.suggestion}" for one in lot)[:6000], range="县委、县政府，市政协研究室",
            state=BulletinState.ISSUED, editor=world.clerk, signer=world.chair, issued_at=at,
        )  # fmt: skip
        for one in lot:
            one.bulletin = issue
        issues.append(issue)
    return issues


def _deliver(world, dice, issues):
    sent, quoted = [], []
    for issue in issues:
        day = timezone.localdate(issue.issued_at)
        for receiver, level in dice.sample(RECEIVERS, dice.randrange(1, 4)):
            on = day + datetime.timedelta(days=dice.randrange(5, 40))
            adopted = dice.random() < 0.3 and on <= world.now.date()
            sent.append(
                Delivery(
                    bulletin=issue, level=level, receiver=receiver, sent_on=day, by=world.clerk,
                    adopted_on=on if adopted else None, adopted_as=f"{receiver}信息刊物采用" if adopted else "",
                )
            )  # fmt: skip
        if dice.random() < 0.1:
            quoted.append(
                Instruction(
                    committee=world.committee, bulletin=issue, leader_name="示例领导", leader_post="县长", on=day,
                    quote="请有关部门研究，一个月内提出办法。", by=world.clerk, at=issue.issued_at,
                )
            )  # fmt: skip
    Delivery.objects.bulk_create(sent, batch_size=BATCH)
    Instruction.objects.bulk_create(quoted, batch_size=BATCH)
    InstructionStep.objects.bulk_create(
        [
            InstructionStep(
                instruction=one, on=one.on, who="县政府办公室", words="已转有关部门办理。", by=world.clerk, at=one.at
            )
            for one in quoted
        ],
        batch_size=BATCH,
    )  # fmt: skip


# --- key and excellent ones ----------------------------------------------------------------------------------------


def selections(world: World, dice: random.Random) -> None:
    """Key ones of every plenary once it is over, excellent ones of those a year old; key ones are supervised."""
    for plenary in world.plenaries:
        filed = Proposal.objects.filter(plenary=plenary, state__in=FILED, lead=None).order_by("pk")
        pks = list(filed.values_list("pk", flat=True))
        begun = moment(plenary.closes_on, 10)
        _select(world, dice, plenary, SelectionKind.KEY, pks, KEY, after(begun, 20))
        if plenary != world.plenaries[-1]:
            _select(world, dice, plenary, SelectionKind.EXCELLENT, pks, EXCELLENT, after(begun, 330))
    key = Assignment.objects.filter(proposal__is_key=True, committee=world.committee, role=AssignmentRole.LEAD)
    key = key.exclude(state=AssignmentState.RETURNED).filter(assigned_at__lt=after(world.now, -30))
    actions = []
    for made in key.order_by("pk"):
        at, is_open = after(made.assigned_at, 28), made.state in OPEN
        actions.append(
            Supervision(
                assignment=made, kind=SupervisionKind.LEADER, on=timezone.localdate(at), led_by="县政协副主席",
                words="请按时间节点推进，并反馈进展。", answer_due_on=count.add(timezone.localdate(at), 10),
                by=world.clerk, at=at, state=SupervisionState.OPEN if is_open else SupervisionState.ANSWERED,
                answer="" if is_open else "已完成方案，正在组织实施。",
                answered_by=None if is_open else made.handler, answered_at=None if is_open else after(at, 8),
            )
        )  # fmt: skip
    Supervision.objects.bulk_create(actions, batch_size=BATCH)


def _select(world, dice, plenary, kind, pks, share, at):
    if at > world.now or not pks:
        return
    chosen = sorted(dice.sample(pks, max(1, round(len(pks) * share))))
    selection = Selection.objects.create(
        committee=world.committee, kind=kind, plenary=plenary, stage="", opened_at=at, closed_at=after(at, 20)
    )
    Candidate.objects.bulk_create(
        [
            Candidate(
                selection=selection, proposal_id=pk, why="问题具体，建议可行", by=world.clerk, is_chosen=True,
                led_by="副县长" if kind == SelectionKind.KEY else "",
                supervised_by="县政协副主席" if kind == SelectionKind.KEY else "",
            )
            for pk in chosen
        ],
        batch_size=BATCH,
    )  # fmt: skip
    SelectionStep.objects.bulk_create(
        [
            SelectionStep(
                selection=selection, stage=stage, on=timezone.localdate(after(at, n)), by=world.clerk, at=after(at, n)
            )
            for n, stage in enumerate(STAGES[kind])
        ]
    )  # fmt: skip
    mark = "is_key" if kind == SelectionKind.KEY else "is_excellent"
    Proposal.objects.filter(pk__in=chosen).update(**{mark: True})


# --- look-backs ----------------------------------------------------------------------------------------------------


def campaigns(world: World, dice: random.Random) -> None:
    """One that is over for the B of each former plenary that were kept, one that runs over all that are not."""
    done = defaultdict(list)
    kept = look_backs.graded_b(Assignment.objects.filter(committee=world.committee, implemented_at__isnull=False))
    for made in kept.select_related("proposal").order_by("pk"):
        done[made.proposal.plenary_id].append(made)
    for plenary in world.plenaries[:-1]:
        _campaign_over(world, dice, plenary, done[plenary.pk])
    open_ones = list(look_backs.to_look_back(world.committee))
    if not open_ones:
        return
    day = timezone.localdate(world.now)
    campaign = LookBack.objects.create(
        committee=world.committee, name=f"{day.year} 年 B 类提案回头看", check_due_on=count.add(day, 10),
        opened_at=after(world.now, -8), by=world.supervisor,
    )  # fmt: skip
    items = []
    for made in open_ones:
        item = LookBackItem(campaign=campaign, assignment=made, round_id=made.b_round)
        if dice.random() < 0.4:
            item.state, item.found = LookBackItemState.CHECKED, dice.choice(SelfCheck.values)
            item.check_words, item.checked_by = "已完成前期工作，正在实施。", world.handlers[made.unit_id]
            item.checked_at = after(world.now, -3)
        items.append(item)
    LookBackItem.objects.bulk_create(items, batch_size=BATCH)
    waiting = [item for item in items if item.state == LookBackItemState.WAITING]
    clock.plan_many(
        waiting, kind=LOOK_BACK, due_on=campaign.check_due_on, round=1, scope=world.committee.pk, at=world.now
    )


def _campaign_over(world, dice, plenary, rows):
    ended = [made for made in rows if made.implemented_at <= world.now]
    if not ended:
        return
    last = min(max(made.implemented_at for made in ended), world.now)
    campaign = LookBack.objects.create(
        committee=world.committee, name=f"{plenary}B 类提案回头看", plenary=plenary, state=LookBackState.CLOSED,
        check_due_on=timezone.localdate(last), opened_at=after(last, -60), closed_at=last, by=world.supervisor,
    )  # fmt: skip
    LookBackItem.objects.bulk_create(
        [
            LookBackItem(
                campaign=campaign, assignment=made, round_id=made.b_round, state=LookBackItemState.VERIFIED,
                found=SelfCheck.KEPT, check_words="已经兑现。", checked_by=world.handlers[made.unit_id],
                checked_at=made.implemented_at, words="现场核实，已兑现。", settled_at=made.implemented_at,
                has_leader=True, has_person=True, in_order=True, spot_words="抽查属实。",
                spotted_by=world.supervisor, spotted_at=made.implemented_at,
            )
            for made in ended
        ],
        batch_size=BATCH,
    )  # fmt: skip


# --- reminders and stamps ------------------------------------------------------------------------------------------


def reminders(world: World) -> None:
    """What is still owed is reminded of: due dates, ratings that are asked for, promises to be seen."""
    of = Assignment.objects.filter(committee=world.committee)
    due = defaultdict(list)
    for made in of.open().order_by("pk"):
        due[made.due_on, made.clock].append(made)
    for (due_on, turn), rows in sorted(due.items()):
        clock.plan_many(rows, kind=MILESTONES, due_on=due_on, round=turn, scope=world.committee.pk, at=world.now)
    for made in of.filter(state=AssignmentState.REPLIED).order_by("pk"):
        first = moment(replies.rating_due(made), 9)
        for days in replies.ASKED_AGAIN:
            at = first + datetime.timedelta(days=days)
            if at > world.now:
                code = f"ask-{days}" if days else "ask"
                clock.once(made, kind="rating", code=code, due_at=at, scope=world.committee.pk, round=made.round)
    followed = look_backs.graded_b(of.filter(state=AssignmentState.FOLLOWING)).order_by("pk")
    for made in followed:
        at = max(moment(made.promised_on, 9), after(world.now, 1))
        clock.once(made, kind="promise", code="verify", due_at=at, scope=world.committee.pk, round=made.round)


def stamps(world: World) -> None:
    """Rows were begun when they say, not when they were loaded."""
    of = {"committee": world.committee}
    Proposal.objects.filter(**of, submitted_at__isnull=False).update(
        created_at=F("submitted_at"), updated_at=F("submitted_at")
    )
    Proposal.objects.filter(**of, filed_at__isnull=False).update(updated_at=F("filed_at"))
    Proposal.objects.filter(**of, closed_at__isnull=False).update(updated_at=F("closed_at"))
    Information.objects.filter(**of, submitted_at__isnull=False).update(
        created_at=F("submitted_at"), updated_at=F("submitted_at")
    )


def counts(world: World) -> dict[str, int]:
    of = {"committee": world.committee}
    states = Counter(Proposal.objects.filter(**of).values_list("state", flat=True))
    return {
        "委员": len(world.members), "承办单位": len(world.units), "提案": sum(states.values()),
        "办理中": states[ProposalState.ASSIGNED], "已办结": states[ProposalState.CLOSED],
        "交办件": Assignment.objects.filter(**of).count(), "社情民意信息": Information.objects.filter(**of).count(),
        "专期": Bulletin.objects.filter(**of).count(),
    }  # fmt: skip
