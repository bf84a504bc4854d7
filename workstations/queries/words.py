"""What became of words, in public words; and how many came by which channel, each with its source."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q
from django.utils import timezone

from config.audit import log
from members.models import Committee
from workstations import threads
from workstations.models import Channel, Word, Workstation
from workstations.states import WordState
from workstations.threads import Step

TRAIL = {"word.hand": "已交驻站委员了解情况", "word.carry": "已转办", "word.bring_back": "收回重新处理"}
"""Deeds on a word that who spoke may know of, by their verb in the trail."""
SETTLED = [WordState.ANSWERED, WordState.DECLINED, WordState.SETTLED]


def course(word: Word) -> list[Step]:
    """Everything that happened to `word`, oldest first, as who spoke may read it: nobody is named."""
    steps = [Step(word.received_on, "已收到", f"渠道：{word.get_channel_display()}", "ok")]
    done = log.history(word).filter(verb__in=TRAIL).order_by("id")
    grown = threads.steps([word])[word.pk]
    told = [Step(timezone.localdate(line.at), _words(line)) for line in done]
    steps += sorted([*told, *grown], key=lambda step: step.on)
    if word.state in SETTLED:
        steps.append(Step(word.settled_on, word.get_state_display(), word.answer, word.tone))
    return steps


def _words(line) -> str:
    into = line.data.get("into")
    return f"已转为{into}" if line.verb == "word.carry" and into else TRAIL[line.verb]


# --- figures -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Punctual:
    """及时答复: of the words received in a span whose day has come, those settled by their due day."""

    done: int
    total: int


def punctual(words, today: date) -> Punctual:
    """Over a queryset of words: answered or declined in time, of those settled or overdue; carried ones apart."""
    own = words.filter(state__in=[WordState.NEW, WordState.HANDED, WordState.ANSWERED, WordState.DECLINED])
    found = own.order_by().aggregate(
        done=Count("pk", filter=Q(settled_on__lte=F("due_on"))),
        total=Count("pk", filter=Q(settled_on__isnull=False) | Q(due_on__lt=today)),
    )
    return Punctual(**found)


def by_channel(words) -> list[dict]:
    """Bars: every channel with its number, also those by which nothing came (row 101)."""
    number = dict(words.order_by().values_list("channel").annotate(Count("pk")))
    return [{"label": label, "value": number.get(value, 0)} for value, label in Channel.choices]


def by_state(words) -> list[dict]:
    number = dict(words.order_by().values_list("state").annotate(Count("pk")))
    return [{"label": label, "value": number.get(value, 0)} for value, label in WordState.choices]


def of_year(words, year: int):
    """Those received in `year`."""
    return words.filter(received_on__range=(date(year, 1, 1), date(year, 12, 31)))


def by_station(committee: Committee, year: int, today: date) -> list[dict]:
    """Per open station: words, still open, late; the most first. Words without a station stand last."""
    rows = (
        of_year(Word.objects.filter(committee=committee), year)
        .order_by()
        .values("station")
        .annotate(
            words=Count("pk"),
            open=Count("pk", filter=Q(settled_on__isnull=True)),
            late=Count("pk", filter=Q(state__in=[WordState.NEW, WordState.HANDED], due_on__lt=today)),
        )
    )
    found = {row["station"]: row for row in rows}
    none = {"words": 0, "open": 0, "late": 0}
    told = [
        {"station": station, **{name: found.get(station.pk, none)[name] for name in none}}
        for station in Workstation.objects.open().filter(committee=committee).order_by("pk")
    ]
    told.sort(key=lambda row: -row["words"])
    return [*told, {"station": None, **{name: found.get(None, none)[name] for name in none}}]


def unread(user) -> Iterable[Word]:
    """Words that wait for `user`, who deals with them or was handed them; those due first."""
    waiting = Q(pk__in=Word.objects.run_by(user).filter(state=WordState.NEW).values("pk"))
    handed = Q(member__user=user, state=WordState.HANDED)
    return Word.objects.filter(waiting | handed).select_related("station").order_by("due_on", "pk")
