"""Words of the public, shifts, swaps and visits for tests; dates around Tuesday 2026-11-10."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from config.milestones import seed
from config.workdays import seed as days
from tests.factories import members as make
from tests.factories import tasks as duties
from tests.factories import workstations as places
from workstations.models import Channel, OpinionBox, PostKind, ReceptionShift, Word
from workstations.reminders.words import LADDER
from workstations.services import shifts, words
from workstations.states import WordState

TODAY = date(2026, 11, 10)
AT = datetime(2026, 11, 10, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
BODY = "村口路灯坏了三个月，晚上老人出门不方便。"


def station(cast, name="珠泉镇委员工作室", *, keeper=True, residents=True):
    """A station that `cast.keeper` (a clerk) keeps and at which 王委员 and two others serve."""
    made = places.station(cast.committee, name, telephone="0735-6600001")
    if keeper:
        cast.keeper = getattr(cast, "keeper", None) or make.user("keeper", "钟站长")
        places.post(made, cast.keeper)
    if residents:
        if not hasattr(cast, "colleagues"):
            cast.colleagues = duties.people(cast.committee, 2, "驻站委员")
        for member in (cast.wang_member, *cast.colleagues):
            places.post(made, member, PostKind.RESIDENT)
    return made


def word(cast, state=WordState.NEW, *, station=None, at=AT, body=BODY, **fields) -> Word:
    """A word in `state`, reached by the services; taken down at a desk by the office."""
    seed.load(words.KIND, LADDER)
    days.load()
    given = {"channel": Channel.DESK, "by": cast.li, **fields}
    made, _ = words.take_down(committee=cast.committee, station=station, body=body, at=at, **given)
    if state == WordState.HANDED:
        words.hand(made, member=cast.wang_member, by=cast.li, at=at)
    elif state == WordState.ANSWERED:
        words.answer(made, answer="已报供电所，本周修好。", by=cast.li, at=at)
    elif state == WordState.DECLINED:
        words.decline(made, reason="请向法院咨询。", by=cast.li, at=at)
    elif state in (WordState.CARRIED, WordState.SETTLED):
        words.carry(made, into="微建议", by=cast.li, at=at)
    if state == WordState.SETTLED:
        words.settle(made, note="微建议已办结", by=None, at=at)
    return Word.objects.get(pk=made.pk)


def box(cast, station=None, name="公告栏意见箱"):
    return OpinionBox.objects.create(committee=cast.committee, station=station, name=name)


def shift(cast, station, *, on=date(2026, 11, 18), member=None, at=AT, **fields) -> ReceptionShift:
    """One planned shift of 王委员, on a Wednesday."""
    given = {"first": on, "weeks": 1, "starts": time(9), "ends": time(11, 30), **fields}
    made = shifts.plan(station, members=[member or cast.wang_member], by=cast.li, at=at, **given)
    return made.shifts[0]
