"""Facts, schemes and score lines for tests; every function gives a valid row, keyword arguments override."""

import datetime
import itertools
from decimal import Decimal

from members.facts import Fact, Share
from members.models import (
    DutyRecord,
    GradeBand,
    LadderStep,
    MeasureKind,
    ScoreGroup,
    ScoreItem,
    ScoreRequirement,
    ScoreScheme,
    ScoreTotal,
)
from members.presets import schemes as presets
from members.scoring import Told
from members.services import duty, scoring

YEAR = 2026
AT = datetime.datetime(YEAR, 11, 21, 1, 30, tzinfo=datetime.UTC)
_numbers = itertools.count(1)


def told(fact, *, on=None, **given):
    """One fact as the engine takes it."""
    number = next(_numbers)
    values = {
        "id": number, "on": on or datetime.date(YEAR, 3, 1), "detail": "", "mark": "", "share": Share.SOLE,
        "sharers": 0, "quantity": Decimal(1), "key": f"deed:{number}", **given,
    }  # fmt: skip
    return Told(fact=fact, **values)


def deed(member, fact=Fact.ACTIVITY, **given):
    number = next(_numbers)
    values = {"on": datetime.date(YEAR, 3, 1), "key": f"activity:{number}", "title": f"活动 {number}", **given}
    return duty.Deed(member=member.pk, fact=fact, **values)


def record(member, fact=Fact.ACTIVITY, **given):
    """Tell one deed; gives its key."""
    one = deed(member, fact, **given)
    duty.record([one], by=None, at=AT)
    return one.key


def preset(name):
    if not ScoreScheme.objects.presets().exists():
        presets.load()
    return ScoreScheme.objects.presets().get(name__startswith=name)


def scheme(committee, name="桐城", year=YEAR, *, enacted=True):
    """A copy of a preset for the committee, in force unless told otherwise."""
    copy = scoring.copy_preset(preset(name), committee, year, by=None, at=AT)
    if enacted:
        scoring.enact(copy, by=None, at=AT)
    return copy


def small(committee, year=YEAR, *, enacted=False, **item):
    """A scheme of one group and one item: 2 points for each activity, from 6 on 优秀."""
    made = ScoreScheme.objects.create(committee=committee, year=year, name="小方案")
    group = ScoreGroup.objects.create(scheme=made, position=1, name="活动")
    given = {"facts": [Fact.ACTIVITY], "points": Decimal(2), "name": "参加活动", "position": 1, **item}
    ScoreItem.objects.create(group=group, **given)
    GradeBand.objects.create(scheme=made, position=1, name="优秀", at_least=Decimal(6), tone="ok")
    GradeBand.objects.create(scheme=made, position=2, name="合格")
    if enacted:
        scoring.enact(made, by=None, at=AT)
    return made


def full(committee, year=YEAR):
    """A draft with a row of every kind."""
    made = small(committee, year)
    first = {"scheme": made, "position": 1}
    ScoreRequirement.objects.create(**first, name="参加一次活动", facts=[Fact.ACTIVITY], holds_below=True)
    LadderStep.objects.create(**first, grades=["合格"], measure=MeasureKind.REMIND, speaker="界别召集人")
    return made


def told_record(member, **given):
    """A record that stands, as a row."""
    return DutyRecord.objects.get(key=record(member, **given))


def total(scheme, member, points=2, **given):
    """Points kept for a member, as the ledger keeps them."""
    values = {"points": points, "counted": points, "at": AT, **given}
    return ScoreTotal.objects.create(scheme=scheme, member=member, **values)
