"""A small scheme with grades and ladder, frozen years, claims and reports; keyword arguments override."""

import datetime
import io
from decimal import Decimal
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook

from config.uploads.store import clean_document
from members.facts import Fact
from members.models import (
    Appraisal,
    AppraisalResult,
    Body,
    BodyKind,
    BodyReview,
    Dimension,
    DutyClaim,
    GradeBand,
    LadderStep,
    MeasureKind,
    Membership,
    Post,
    ScoreGroup,
    ScoreItem,
    ScoreRequirement,
    ScoreScheme,
)
from members.presets import appraisal as presets
from members.roles import Role
from members.services import appraisal as services
from members.services import claims, duty, reviews
from members.services import objections as objecting
from members.states import AppraisalState, SchemeState
from tests.factories import members as make

YEAR = 2025
OVER = timezone.make_aware(datetime.datetime(2026, 1, 5, 9, 0))  # noqa: DTZ001  (a Monday)
DAY = datetime.date(YEAR, 5, 20)


def evidence(name="签到册.txt"):
    return clean_document(SimpleUploadedFile(name, "签到册：王委员".encode()))


def upload(name="签到册.txt"):
    return SimpleUploadedFile(name, "签到册：王委员".encode(), content_type="text/plain")


def scheme(committee, year=YEAR, **fields):
    """20 points for each activity, 30 for a filed proposal; 优秀 from 90, 称职 from 60, 不称职; a ladder."""
    given = {"name": "小方案", "state": SchemeState.IN_FORCE, **fields}
    made = ScoreScheme.objects.create(committee=committee, year=year, **given)
    group = ScoreGroup.objects.create(scheme=made, position=1, name="履职", cap=100)
    ScoreItem.objects.create(group=group, position=1, name="活动", facts=[Fact.ACTIVITY], points=20)
    ScoreItem.objects.create(
        group=group, position=2, name="立案", facts=[Fact.PROPOSAL_FILED], points=30, dimension=Dimension.QUALITY
    )
    for position, (name, least, tone) in enumerate(
        [("优秀", 90, "ok"), ("称职", 60, "info"), ("不称职", None, "late")]
    ):
        GradeBand.objects.create(scheme=made, position=position, name=name, at_least=least, tone=tone)
    steps = [
        (["优秀"], None, 1, MeasureKind.PRAISE, ""), (["不称职"], None, 1, MeasureKind.TALK, "界别召集人"),
        (["不称职"], None, 2, MeasureKind.WARN, "主席会议"), ([], 40, 3, MeasureKind.ADVISE_RESIGN, "主席会议"),
    ]  # fmt: skip
    for position, (grades, below, years, kind, speaker) in enumerate(steps):
        LadderStep.objects.create(
            scheme=made, position=position, grades=grades, below=below, years=years, measure=kind, speaker=speaker
        )
    return made


def required(scheme, fact=Fact.PROPOSAL, *, holds_below=True, **fields):
    given = {"position": 1, "name": "提案一件", "facts": [fact], "holds_below": holds_below, **fields}
    return ScoreRequirement.objects.create(scheme=scheme, **given)


def did(member, *facts, year=YEAR, at=OVER):
    """Facts into the ledger, one day each."""
    deeds = [
        duty.Deed(
            member=member.pk,
            on=datetime.date(year, 5, number),
            fact=fact,
            key=f"test:{uuid4()}",
            title=f"{fact} {number}",
        )
        for number, fact in enumerate(facts, start=1)
    ]
    duty.record(deeds, by=None, at=at)
    return [deed.key for deed in deeds]


def frozen(cast, *, active=5, year=YEAR, at=OVER):
    """The year of `wang` with so many activities, frozen by the staff."""
    made = scheme(cast.committee, year)
    did(cast.wang_member, *[Fact.ACTIVITY] * active, year=year, at=at)
    return services.freeze(made, by=cast.li, at=at)


def published(cast, **given):
    appraisal = frozen(cast, **given)
    services.publish(appraisal, by=cast.li, at=given.get("at", OVER))
    return appraisal


def past(member, year, grade="不称职", points=50, **fields):
    """A year that was closed long ago."""
    old = ScoreScheme.objects.create(committee=member.committee, year=year, name=f"旧{year}", state=SchemeState.FROZEN)
    appraisal = Appraisal.objects.create(
        committee=member.committee, year=year, scheme=old, state=AppraisalState.CLOSED, frozen_at=OVER,
        published_at=OVER, objections_until=datetime.date(year + 1, 1, 20),
    )  # fmt: skip
    given = {"points": Decimal(points), "counted": Decimal(points), "quality": Decimal(0), "rank": 1, "of": 1, **fields}
    return AppraisalResult.objects.create(appraisal=appraisal, member=member, grade=grade, **given)


def result(appraisal, member):
    return appraisal.results.get(member=member)


def objection(cast, appraisal=None, words="五月的调研没有记入", at=OVER):
    appraisal = appraisal or published(cast)
    return objecting.object_(result(appraisal, cast.wang_member), words=words, by=cast.wang, at=at)


def told(member, fact=Fact.PROPOSAL_FILED, **fields):
    return claims.Told(**{"member": member, "on": DAY, "fact": fact, "title": "关于停车难的提案", **fields})


def claim(cast, *, by=None, member=None, at=OVER, **fields) -> DutyClaim:
    one = told(member or cast.wang_member, **fields)
    return claims.claim(one, files=[evidence()], key=uuid4(), by=by or cast.wang, at=at)


def confirmer(cast, username="he", name="何干事"):
    """A second person of the office who confirms."""
    user = make.user(username, name, is_staff=True)
    make.grant(user, Role.OFFICE_STAFF, cast.committee)
    return user


def table(rows):
    """An .xlsx with these rows, as a browser sends it."""
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return SimpleUploadedFile("名单.xlsx", out.getvalue())


# --- reports -----------------------------------------------------------------------------------------------------


def special_committee(committee, name="经济科技委", leader=None) -> Body:
    body = Body.objects.create(committee=committee, kind=BodyKind.SPECIAL_COMMITTEE, name=name)
    if leader:
        Membership.objects.create(body=body, member=leader, post=Post.DIRECTOR, since=make.SINCE)
    return body


REPORT_BY, RATE_UNTIL = datetime.date(2026, 1, 16), datetime.date(2026, 1, 30)


def review(cast, *, body=None, at=OVER) -> BodyReview:
    """A draft of the body that `wang` leads."""
    presets.load()
    body = body or special_committee(cast.committee, leader=cast.wang_member)
    reviews.open_year([body], YEAR, report_by=REPORT_BY, rate_until=RATE_UNTIL, by=cast.li, at=at)
    return BodyReview.objects.get(body=body, year=YEAR)


def submitted(cast, **given) -> BodyReview:
    made = review(cast, **given)
    reviews.keep_draft(made, report="一年来，组织协商六次。", by=cast.wang, at=OVER)
    reviews.submit(made, by=cast.wang, at=OVER)
    return made


def raters(cast, count=3):
    """So many standing members."""
    people = [make.user(f"standing{number}", f"常委{number}") for number in range(count)]
    for person in people:
        make.member(person, cast.committee, is_standing=True)
    return people
