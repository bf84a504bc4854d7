"""What else a proposal office keeps: appraisals of units, key ones in public, threads, micro-proposals that are led."""

import datetime
import random
import uuid

from django.utils import timezone

from config.demo import sized_texts
from config.demo.days import moment
from config.demo.sized_rows import BATCH, Rows, after
from config.demo.sized_world import World
from config.search import index
from config.workdays import count
from proposals.models import (
    Appraised,
    Information,
    Instruction,
    JointReview,
    LeadStepKind,
    MicroLead,
    MicroLeadStep,
    MicroProposal,
    MicroResult,
    Proposal,
    ResultTag,
    Showcase,
    ShowcaseComment,
    ShowcaseEntry,
    ShowcaseVote,
    Stage,
    Trace,
    TraceKind,
    TraceStep,
)
from proposals.services import appraisals as services
from proposals.states import (
    FILED,
    PUBLISHED,
    CommentState,
    MicroState,
    PublicationLevel,
    Satisfaction,
    Verdict,
)

S = Satisfaction
LEAST = 3
SAID = ("现在好走多了，谢谢。", "请公布完成时间。", "我们小区也有同样的问题。", "建议晚上也派人看看。")


def appraisals(world: World) -> None:
    """Of every year; those that are over were published in the January after."""
    for plenary in world.plenaries:
        over = moment(datetime.date(plenary.year + 1, 1, 15), 10)
        at = min(over, world.now)
        made = services.create(
            world.committee, year=plenary.year, of=Appraised.UNITS, least=LEAST, by=world.supervisor, at=at
        )
        if over <= world.now:
            services.publish(made, by=world.supervisor, at=at)


def showcases(world: World, dice: random.Random) -> None:
    """Key proposals that may be read by everybody, with votes and comments."""
    shown = Proposal.objects.filter(
        committee=world.committee, is_key=True, state__in=FILED, publication__in=PUBLISHED, unit__isnull=False
    ).order_by("pk")  # fmt: skip
    made = [Showcase(proposal=row, is_open=True, opened_at=after(row.filed_at, 20)) for row in shown]
    Showcase.objects.bulk_create(made, batch_size=BATCH)
    entries, votes, comments = [], [], []
    for one in made:
        filed = timezone.localdate(one.proposal.filed_at)
        told = [(Stage.FILED, filed, "提案立案"), (Stage.ASSIGNED, timezone.localdate(one.opened_at), "交承办单位办理")]
        if one.proposal.closed_at:
            told.append((Stage.EFFECT, timezone.localdate(one.proposal.closed_at), "答复已经落实"))
        entries += [
            ShowcaseEntry(
                showcase=one, stage=stage, on=on, title=title, words=f"《{one.proposal.title}》{title}。",
                published_at=one.opened_at, by=world.clerk,
            )
            for stage, on, title in told
        ]  # fmt: skip
        votes += [
            ShowcaseVote(
                showcase=one, voter=f"{dice.getrandbits(256):064x}", on=filed,
                satisfaction=dice.choices([S.SATISFIED, S.BASIC, S.UNSATISFIED], [70, 22, 8])[0],
            )
            for _ in range(dice.randrange(10, 60))
        ]  # fmt: skip
        comments += [_comment(world, dice, one) for _ in range(dice.randrange(6))]
    ShowcaseEntry.objects.bulk_create(entries, batch_size=BATCH)
    ShowcaseVote.objects.bulk_create(votes, batch_size=1000)
    ShowcaseComment.objects.bulk_create(comments, batch_size=BATCH)


def _comment(world, dice, showcase) -> ShowcaseComment:
    state = dice.choices([CommentState.SHOWN, CommentState.WAITING, CommentState.HIDDEN], [8, 1, 1])[0]
    row = ShowcaseComment(
        showcase=showcase, words=dice.choice(SAID), receipt=f"{dice.getrandbits(256):064x}", state=state,
        at=showcase.opened_at, why_hidden="与这件提案无关。" if state == CommentState.HIDDEN else "",
        moderated_by=None if state == CommentState.WAITING else world.clerk,
    )  # fmt: skip
    if state == CommentState.SHOWN and dice.random() < 0.5:
        row.answer, row.answered_at = "谢谢，已经转给负责的股室。", after(showcase.opened_at, 2)
        row.answered_by = world.handlers[showcase.proposal.unit_id]
    return row


def traces(world: World) -> None:
    """One thread for each instruction on an issue: report → instruction → survey → measure."""
    quoted = Instruction.objects.filter(committee=world.committee, bulletin__isnull=False)
    quoted = list(quoted.select_related("bulletin").order_by("pk"))
    first = {
        row.bulletin_id: row
        for row in Information.objects.filter(bulletin__in=[one.bulletin_id for one in quoted]).order_by("-pk")
    }
    made = [
        Trace(
            committee=world.committee, is_public=number % 3 == 0,
            title=f"{one.bulletin.year} 年第 {one.bulletin.number} 期：{one.bulletin.title}"[:64],
        )
        for number, one in enumerate(quoted)
    ]  # fmt: skip
    Trace.objects.bulk_create(made, batch_size=BATCH)
    steps = []
    for trace, one in zip(made, quoted, strict=True):
        issued = timezone.localdate(one.bulletin.issued_at)
        links = (
            (TraceKind.INFORMATION, issued, {"information": first[one.bulletin_id]}),
            (TraceKind.INSTRUCTION, one.on, {"instruction": one}),
            (TraceKind.SURVEY, min(one.on + datetime.timedelta(days=20), timezone.localdate(world.now)), {}),
        )  # fmt: skip
        steps += [
            TraceStep(trace=trace, kind=kind, on=on, title=TraceKind(kind).label, who="县政府办公室", **link)
            for kind, on, link in links
        ]
    TraceStep.objects.bulk_create(steps, batch_size=BATCH)


def micros(world: World, rows: Rows, dice: random.Random, size: int) -> None:
    """Micro-proposals that members and bodies lead: agreed, done, rated, published with what was built."""
    first = moment(world.plenaries[0].opens_on, 9)
    made, reviews, leads = [], [], []
    for at in sorted(first + (world.now - first) * dice.random() for _ in range(size)):
        said, author = sized_texts.text(dice, noun="微建议"), dice.choice(world.members)
        year = timezone.localtime(at).year
        one = MicroProposal(
            key=uuid.UUID(int=dice.getrandbits(128), version=4), committee=world.committee, author=author,
            number=rows.number("micro", year), year=year, title=said.title, body=said.situation + said.points[0],
            category=world.categories[said.matter.field], region=author.region, submitted_at=at,
        )  # fmt: skip
        made.append(one)
        agreed, done = after(at, 4), after(at, 25 + 30 * dice.random())
        due = count.Deadline(timezone.localdate(after(at, 7)), "联审 7 天", timezone.localdate(at))
        review = JointReview(micro=one, round=1, opened_at=at, due_on=due.due_on, due_why=due.as_json())
        reviews.append(review)
        if agreed > world.now:
            one.state = MicroState.REVIEWING
            continue
        review.result, review.settled_at, review.verdicts_given = Verdict.AGREE, agreed, 3
        leads.append(_led(world, dice, one, agreed, done))
    MicroProposal.objects.bulk_create(made, batch_size=BATCH)
    JointReview.objects.bulk_create(reviews, batch_size=BATCH)
    MicroLead.objects.bulk_create(leads, batch_size=BATCH)
    kept = [lead for lead in leads if lead.finished_at]
    MicroLeadStep.objects.bulk_create(
        [
            MicroLeadStep(
                lead=lead, kind=LeadStepKind.VISIT, on=timezone.localdate(lead.at), at=lead.at,
                words="到现场看了，同有关单位商量办法。", by=lead.member.user if lead.member else world.clerk,
            )
            for lead in kept
        ],
        batch_size=BATCH,
    )  # fmt: skip
    MicroResult.objects.bulk_create(
        [
            MicroResult(
                micro=lead.micro, tag=dice.choice(ResultTag.values), title="问题点位已经改好", on=timezone.localdate(
                    lead.finished_at
                ), before="群众多次反映", now="已经改好", by=world.clerk, at=lead.finished_at,
            )
            for lead in kept
            if dice.random() < 0.5
        ],
        batch_size=BATCH,
    )  # fmt: skip
    index.index_many(made)


def _led(world, dice, one, agreed, done) -> MicroLead:
    by_body = dice.random() < 0.4
    body, _ = dice.choice(world.bodies)
    due_on = timezone.localdate(after(agreed, 60))
    lead = MicroLead(
        micro=one, body=body if by_body else None, member=None if by_body else dice.choice(world.members),
        due_on=due_on, due_why=count.Deadline(due_on, "领办 60 天", timezone.localdate(agreed)).as_json(),
        by=world.staff, at=agreed,
    )  # fmt: skip
    one.state = MicroState.LED
    if done <= world.now:
        lead.result, lead.finished_at, lead.publication = "已经协调解决。", done, PublicationLevel.FULL
        lead.satisfaction, lead.rated_at = dice.choices([S.SATISFIED, S.BASIC], [9, 1])[0], done
        one.state, one.closed_at, one.publication = MicroState.CLOSED, done, PublicationLevel.FULL
    return lead
