"""来访登记: how many came and why; what they said becomes a word in the same transaction (rows 69, 101)."""

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.privacy import reaches_somebody
from config.refusals import Incomplete, Refusal
from workstations.models import Channel, ReceptionShift, Visit, Word, Workstation
from workstations.rules import reception as rules
from workstations.rules import stations
from workstations.services import words

MOST_PEOPLE = 500
SAME_WITHIN = timedelta(minutes=1)


@transaction.atomic
def log_visit(
    station: Workstation, *, people: int, matter: str, on: date | None = None, body: str = "", speaker: str = "",
    contact: str = "", seed: str = "", by, at: datetime,
) -> tuple[Visit, str]:  # fmt: skip
    """登记一次来访; returns it with the receipt code of what was said, empty where nothing was.

    Earlier days are entered by who plans at the station. The same `seed` again is the visit that is there already;
    where nothing was said, so is the same visit by the same person within a minute.
    """
    rules.require("log", by, station)
    today = timezone.localdate(at)
    on = on or today
    matter = matter.strip()
    _check(station, on, people, matter, today)
    if on != today and by is not None and not stations.can_edit(by, station):
        raise PermissionDenied("补登以前的来访由站长和政协办办理。")
    word, code = None, ""
    if body.strip():
        word, code = words.take_down(
            committee=station.committee, station=station, channel=Channel.DESK, body=body, speaker=speaker,
            contact=contact, seed=seed, by=by, at=at,
        )  # fmt: skip
        Word.objects.select_for_update().get(pk=word.pk)  # of two clicks the second finds the visit of the first
        if there := Visit.objects.filter(word=word).first():
            return there, code
    elif there := _same(station, on, people, matter, by, at):
        return there, ""
    visit = Visit.objects.create(
        station=station, shift=_shift(station, on), on=on, people=people, matter=matter, word=word, by=by, at=at
    )
    log.record("visit.log", visit, by=by, at=at, scope=visit.scope, people=people)
    return visit, code


def _same(station, on, people, matter, by, at) -> Visit | None:
    """The visit that the same person has just logged in the same words: a second click is no second visit."""
    Workstation.objects.select_for_update().get(pk=station.pk)  # of two clicks the second sees the first one's
    same = Visit.objects.filter(station=station, on=on, people=people, matter=matter, by=by, word__isnull=True)
    return same.filter(at__gt=at - SAME_WITHIN, at__lte=at).first()


def _check(station, on, people, matter, today):
    if not station.is_open:
        raise Refusal("这个站点已经关闭，不能再登记来访。")
    wrong = {}
    if on > today:
        wrong["on"] = "还没到这一天，只能登记今天和以前的来访。"
    if not 1 <= people <= MOST_PEOPLE:
        wrong["people"] = f"请填 1 到 {MOST_PEOPLE} 人。"
    if not matter:
        wrong["matter"] = "请写来访事由，几个字就可以。"
    elif reaches_somebody(matter):
        wrong["matter"] = "事由里不要写电话；联系方式写在下面一栏。"
    if wrong:
        raise Incomplete(" ".join(wrong.values()), wrong)


def _shift(station, on) -> ReceptionShift | None:
    """The one shift of that day; of several nobody knows which received them."""
    shifts = list(ReceptionShift.objects.standing().filter(station=station, on=on)[:2])
    return shifts[0] if len(shifts) == 1 else None
