"""群众反映: taken down with a receipt code that is kept nowhere, dealt with, answered (rows 69, 101, 115, 202)."""

import hashlib
import secrets
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from config.audit import log
from config.milestones import clock
from config.notices import outbox
from config.privacy import reaches_somebody
from config.refusals import Incomplete, Refusal
from config.search import index
from config.transitions import take
from config.uploads import store
from config.workdays import count
from members.models import Committee, Member, Region
from members.queries import holders
from members.roles import Permission
from members.services.profiles import count_visit
from workstations import threads
from workstations.models import Channel, OpinionBox, Workstation
from workstations.models.stations import StationPost
from workstations.models.words import Word, new_key
from workstations.rules import words as rules
from workstations.states import WORD_MOVES, WordState

KIND, FORGET = "word", "word-contact"  # of its milestones
DIGITS = 16
SHORTEST = 6  # characters of a word
MOST_PHOTOS = 3
LOOKS_A_DAY = 30  # receipt codes that one address may try in a day
FORGOTTEN_AT = time(3)  # o'clock, when who spoke is cleared
NOT_PUBLIC = "答复群众凭查询码能看到，公开后人人都能看到，请不要写电话、邮箱和身份证号；可以写站点名称和开放时间。"


# --- the receipt -------------------------------------------------------------------------------------------------


def new_receipt(seed: str = "") -> tuple[str, str]:
    """(code of 16 digits in groups of four, its digest); the same `seed` of a form gives the same code again."""
    if seed:
        number = int(salted_hmac("word-receipt", seed, algorithm="sha256").hexdigest(), 16) % 10**DIGITS
    else:
        number = secrets.randbelow(10**DIGITS)
    plain = f"{number:0{DIGITS}}"
    return " ".join(plain[at : at + 4] for at in range(0, DIGITS, 4)), digest_of(plain)


def digest_of(typed: str) -> str:
    """64 hexadecimal digits for a code as people type it: blanks, dashes and full-width digits do not matter.

    Slow, and keyed by the server's secret: a stolen table cannot be tried through. Empty for what is no code.
    """
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", typed) if sign.isascii() and sign.isdigit())
    if len(plain) != DIGITS:
        return ""
    key = salted_hmac("workstations.words", "receipt", algorithm="sha256").digest()
    return hashlib.scrypt(plain.encode(), salt=key, n=2**12, r=8, p=1, dklen=32).hex()


@transaction.atomic
def look_up(code: str, *, committee: Committee, address: str, at: datetime) -> Word | None:
    """The word of a receipt code at `committee`, or None; Refusal after too many tries in a day.

    Here the address is counted, so a letter of an anonymous box is not told here: its own page asks nobody who comes.
    """
    if not count_visit("word-receipt", address, at=at, most=LOOKS_A_DAY):
        raise Refusal("今天查询的次数太多了，请明天再查，或到就近的站点请工作人员帮忙。")
    digest = digest_of(code)
    found = Word.objects.filter(committee=committee, receipt=digest) if digest else Word.objects.none()
    return found.exclude(channel=Channel.BOX).select_related("station", "committee").first()


# --- taking down -------------------------------------------------------------------------------------------------


@transaction.atomic
def take_down(
    *, committee: Committee, channel: str, body: str, place: str = "", station: Workstation | None = None,
    region: Region | None = None, speaker: str = "", contact: str = "", photos: Iterable = (), seed: str = "",
    by, address: str = "", at: datetime,
) -> tuple[Word, str]:  # fmt: skip
    """记录群众反映; returns the word and its receipt code, which is kept nowhere.

    `by=None` is somebody of the public on a page, counted by `address`. The same `seed` again gives the word that
    is there already, with its code. Refused: too short, a closed or foreign station, too many from one address.
    """
    rules.require_take_down(by, committee, station, channel)
    body, place, speaker, contact = body.strip(), place.strip(), speaker.strip(), contact.strip()
    if len(body) < SHORTEST:
        raise Incomplete("请把事情写清楚。", {"body": f"请把事情写清楚，至少 {SHORTEST} 个字。"})
    _check_places(committee, station, region)
    code, digest = new_receipt(seed)
    if there := Word.objects.filter(receipt=digest).first():
        return there, code
    # Counting holds the row of this address: of two clicks the second sees what the first one wrote.
    if by is None and not count_visit(KIND, address, at=at, most=committee.parameter("words.daily")):
        raise Refusal("今天从您这里提交的已经够多了，请明天再来，或到就近的站点当面反映。")
    today = timezone.localdate(at)
    due = _due(committee, today)
    word, fresh = Word.objects.get_or_create(
        receipt=digest,
        defaults={
            "key": new_key(today), "committee": committee, "station": station, "channel": channel,
            "received_on": today, "body": body, "place": place,
            "region": region or (station.region if station else None), "speaker": speaker, "contact": contact,
            "taken_by": by, "due_on": due.due_on, "due_why": due.as_json(),
        },
    )  # fmt: skip
    if fresh:
        for photo in list(photos)[:MOST_PHOTOS]:
            store.attach(word, photo, by=by, at=at)
        log.record("word.take_down", word, by=by, at=at, scope=word.scope, channel=word.get_channel_display())
        clock.plan(word, kind=KIND, due_on=word.due_on, round=1, scope=word.scope, at=at)
        told = dealers(word) - {by and by.pk}
        title = f"新的群众反映（{word.get_channel_display()}）：{word}"
        _tell(word, told, "new", title, word.place, at=at)
    return word, code


def _check_places(committee, station, region):
    if station is not None and (station.committee_id != committee.pk or not station.is_open):
        raise Refusal("这个站点已经关闭或不属于本会，请另选一个站点。")
    if region is not None and not committee.region.contains(region.pk):
        raise Incomplete("请选本地的乡镇或村。", {"region": "请选本地的乡镇或村。"})


def _due(committee, day) -> count.Deadline:
    days = committee.parameter("words.workdays")
    return count.deadline(day, count.Limit(days, "workdays", f"收到群众反映之日起 {days} 个工作日"))


@dataclass(frozen=True)
class Slip:
    """One word out of an anonymous box, as it is delivered; `box` is loaded with its committee and station."""

    box: OpinionBox
    day: date
    body: str
    place: str
    digest: str  # of the receipt, by `new_receipt` or `digest_of`


@transaction.atomic
def deliver(slips: Iterable[Slip], *, at: datetime) -> list[Word]:
    """Make words of what lay in anonymous boxes, in the order given, which the caller has shuffled.

    A receipt that is a word already is passed over, so that delivering twice is delivering once. No line of the
    trail and no time is written for any of them; the words are returned, loaded, in that order.
    """
    slips = list(slips)
    there = set(Word.objects.filter(receipt__in=[slip.digest for slip in slips]).values_list("receipt", flat=True))
    dues, words = {}, []
    for slip in slips:
        if slip.digest in there:
            continue
        there.add(slip.digest)
        committee, station = slip.box.committee, slip.box.station
        due = dues.setdefault((committee.pk, slip.day), None) or _due(committee, slip.day)
        dues[committee.pk, slip.day] = due
        words.append(
            Word(
                key=new_key(slip.day), committee=committee, station=station, box=slip.box, channel=Channel.BOX,
                received_on=slip.day, body=slip.body, place=slip.place, region=station.region if station else None,
                receipt=slip.digest, due_on=due.due_on, due_why=due.as_json(),
            )
        )  # fmt: skip
    Word.objects.bulk_create(words)
    index.index_many(words)
    for (committee, day), due in dues.items():
        planned = [word for word in words if (word.committee_id, word.received_on) == (committee, day)]
        clock.plan_many(planned, kind=KIND, due_on=due.due_on, round=1, scope=committee, at=at)
    _tell_of_boxes(words, at=at)
    return words


def _tell_of_boxes(words, *, at):
    number = Counter((word.box_id, word.received_on) for word in words)
    first = {(word.box_id, word.received_on): word for word in words}
    for (box, day), word in first.items():
        outbox.send(
            dealers(word), kind=KIND, title=f"意见箱“{word.box}”收到 {number[box, day]} 件反映",
            body=f"{day.month}月{day.day}日投入，请在期限内答复或转办。", url=reverse("word-desk"),
            key=f"word-box:{box}:{day}", at=at, scope=word.committee_id,
        )  # fmt: skip


def dealers(word: Word) -> set[int]:
    """Users who deal with a word: who keeps its station, else the office."""
    keepers = StationPost.objects.in_force().keepers().filter(station=word.station_id) if word.station_id else []
    people = {user for pair in (keepers.values_list("user", "member__user") if keepers else []) for user in pair}
    return people - {None} or holders(Permission.STATION_MANAGE, word.committee)


def _tell(word, people, what, title, body, *, at):
    outbox.send(
        people, kind=KIND, title=title, body=body, url=word.get_absolute_url(), key=f"word:{word.pk}:{what}", at=at,
        scope=word.scope,
    )  # fmt: skip


# --- dealing with it ---------------------------------------------------------------------------------------------


@transaction.atomic
def hand(word: Word, *, member: Member, by, at: datetime) -> None:
    """交给驻站委员: a member in force of the committee, or one who serves at the word's station."""
    rules.require("hand", by, word)
    if not rules.may_be_handed(member, word):
        words = "只能交给本站的驻站委员，没有站点的交给本会在任委员。"
        raise Incomplete(words, {"member": words})
    take(word, "hand", by=by, at=at, member=member, data={"member": str(member)})
    if member.user_id:
        title = f"交给您的群众反映：{word}"
        _tell(word, [member.user_id], f"handed:{member.pk}", title, "请了解情况后答复，或写成微建议、议题。", at=at)


@transaction.atomic
def answer(word: Word, *, answer: str, publish: bool = False, by, at: datetime) -> None:
    """答复: read by the code; with `publish` also by everybody, in the list of answered words."""
    rules.require("answer", by, word)
    if publish:
        rules.require("publish", by, word)
    text = _public(answer, "answer", "请写答复。")
    take(word, "answer", by=by, at=at, answer=text, is_published=publish, settled_on=timezone.localdate(at))
    _done(word, "已答复", at=at)


@transaction.atomic
def decline(word: Word, *, reason: str, by, at: datetime) -> None:
    """不予受理, with the reason that is read by the code."""
    rules.require("decline", by, word)
    text = _public(reason, "reason", "请写明原因，反映人凭查询码能看到。")
    take(word, "decline", by=by, at=at, answer=text, settled_on=timezone.localdate(at))
    _done(word, "不予受理", at=at)


@transaction.atomic
def publish(word: Word, *, shown: bool, by, at: datetime) -> None:
    """公开答复, or 撤下."""
    rules.require("publish", by, word)
    if word.state != WordState.ANSWERED:
        raise Refusal("答复之后才能公开。")
    if Word.objects.filter(pk=word.pk, state=word.state).exclude(is_published=shown).update(is_published=shown):
        word.is_published = shown
        log.record("word.publish" if shown else "word.unpublish", word, by=by, at=at, scope=word.scope)


@transaction.atomic
def carry(word: Word, *, into: str, by, at: datetime) -> bool:
    """转办: something above has taken it up, `into` says what (“微建议”). False where it is settled or carried."""
    if word.state not in WORD_MOVES["carry"].sources:
        return False
    take(word, "carry", by=by, at=at, note=f"已转为{into}", data={"into": into})
    clock.cancel(word, kind=KIND, reason=f"已转为{into}", at=at)
    return True


@transaction.atomic
def bring_back(word: Word, *, note: str, by, at: datetime) -> bool:
    """收回: what it was carried into came to nothing; it has to be dealt with anew, within a new period.

    False where something else that grew out of it is still under way, or it is not carried.
    """
    if word.state not in WORD_MOVES["bring_back"].sources or threads.is_held(word):
        return False
    due = _due(word.committee, timezone.localdate(at))
    note = note[:200]
    take(
        word, "bring_back", by=by, at=at, note=note, member=None, due_on=due.due_on, due_why=due.as_json(),
        data={"note": note},
    )  # fmt: skip
    clock.replan(word, kind=KIND, due_on=due.due_on, scope=word.scope, reason="收回重办", at=at)
    _tell(word, dealers(word), f"back:{due.due_on}", f"要重新处理的群众反映：{word}", note, at=at)
    return True


@transaction.atomic
def settle(word: Word, *, note: str, by, at: datetime) -> bool:
    """办结: what it was carried into is done. False where it is not carried."""
    if word.state not in WORD_MOVES["settle"].sources or threads.is_held(word):
        return False
    take(word, "settle", by=by, at=at, note=note[:200], settled_on=timezone.localdate(at), data={"note": note[:200]})
    _done(word, "已办结", at=at)
    return True


@transaction.atomic
def forget(word: Word, *, by, at: datetime) -> bool:
    """清除反映人和联系方式; False when there is nothing to clear."""
    if by is not None:
        rules.require("forget", by, word)
    if word.is_anonymous:
        return False
    Word.objects.filter(pk=word.pk).update(speaker="", contact="")
    word.speaker = word.contact = ""
    clock.cancel(word, kind=FORGET, reason="已清除", at=at)
    log.record("word.forget", word, by=by, at=at, scope=word.scope)
    return True


def _public(text, field, lacking) -> str:
    text = text.strip()
    if not text:
        raise Incomplete(lacking, {field: lacking})
    if reaches_somebody(text):
        raise Incomplete(NOT_PUBLIC, {field: NOT_PUBLIC})
    return text


def _done(word, reason, *, at):
    """No more reminders; who spoke is forgotten after the days the committee keeps that."""
    clock.cancel(word, kind=KIND, reason=reason, at=at)
    if not word.is_anonymous:
        last = word.settled_on + timedelta(days=word.committee.parameter("words.contact_days"))
        moment = timezone.make_aware(datetime.combine(last + timedelta(days=1), FORGOTTEN_AT))
        clock.once(word, kind=FORGET, code="clear", due_at=moment, scope=word.scope)
