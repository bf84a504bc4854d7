"""A letter into an anonymous box: nothing is known of who writes it, nothing kept of when (row 202, ADR 0016)."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import OperationalError, transaction
from django.utils import timezone

from config.privacy import masked
from config.refusals import Incomplete, Refusal
from config.search.words import normalise
from config.uploads.checks import Checked
from workstations.models import BoxBundle, BoxPhotos, Channel, OpinionBox, Word
from workstations.services import words
from workstations.services.boxes import lock

SHORTEST, LONGEST = words.SHORTEST, 2000  # characters of a letter
MOST_PHOTOS = 2  # with a letter
PHOTOS_WAITING = 20  # in one box until the next morning; each is about half a megabyte in one row
USED = "这一页刚才已经投过一封信。"
SAME = "今天这个意见箱里已经有一封文字完全相同的信，不用再投；如果还有别的要说，请补充后再投。"
BUSY = "信箱现在很忙，这封信还没有投进去。请过一两分钟再点“投入意见箱”。"


class UsedPage(Refusal):
    """Another letter was put in from the same page; a fresh page will take this one."""


@dataclass(frozen=True)
class Found:
    """What a receipt leads to: a letter that still lies in the box (`word` is None), or the word it became."""

    day: date
    word: Word | None = None


def put_in(box: OpinionBox, *, body: str, place: str = "", photos: Sequence[Checked] = (), seed: str, at: datetime):
    """投信; returns the receipt code, which is kept nowhere. Numbers that lead to a person are covered first.

    `seed` is of the page it was written on: the same letter from the same page again gives the same code, so that a
    second click or a lost answer costs nothing. Refused, with nothing kept: too short, the very same text again
    within the day, a closed, full or busy box, a page that was used for another letter (`UsedPage`).
    """
    body, place = masked(body.strip()), masked(place.strip())
    if len(body) < SHORTEST:
        raise Incomplete("请把事情写清楚。", {"body": f"请把事情写清楚，至少 {SHORTEST} 个字。"})
    code, digest = words.new_receipt(seed)  # slow, and therefore before the box is held
    most = box.committee.parameter("box.daily")
    try:
        _lay(box, digest, {"body": body, "place": place}, photos, most=most, at=at)
    except OperationalError as wait:  # the lock was not to be had in time; nothing was kept
        raise Refusal(BUSY) from wait
    return code


@transaction.atomic
def _lay(box, digest, letter, photos, *, most, at):
    """Into the bundle of today, while nobody else holds it; laid already, it lies once."""
    bundle = lock(BoxBundle.objects.filter(box=box)).get()
    if not OpinionBox.objects.filter(pk=box.pk, is_open=True).exists():
        raise Refusal("这个意见箱已经关闭。")
    today = bundle.letters.setdefault(timezone.localdate(at).isoformat(), {})
    if known := today.get(digest):
        if {name: known[name] for name in letter} != letter:
            raise UsedPage(USED)
        return
    if any(digest in day for day in bundle.letters.values()) or Word.objects.filter(receipt=digest).exists():
        raise UsedPage(USED)
    if len(today) >= most:
        raise Refusal("今天这个意见箱已经装满了，请明天再来，或到就近的站点当面反映。")
    same = normalise(letter["body"])
    if any(normalise(one["body"]) == same for one in today.values()):
        raise Incomplete(SAME, {"body": SAME})
    today[digest] = {**letter, "photos": _keep(box, photos)}
    bundle.letters = {day: dict(sorted(lying.items())) for day, lying in sorted(bundle.letters.items())}
    bundle.save(update_fields=["letters"])


def _keep(box, photos) -> list[str]:
    """Lay the photos beside the letters; their names are chance."""
    if not photos:
        return []
    waiting = lock(BoxPhotos.objects.filter(box=box)).get()
    if len(waiting.pictures) + len(photos) > PHOTOS_WAITING:
        told = "今天这个意见箱里的照片已经放满了，请去掉照片、只投文字，或明天再来。"
        raise Incomplete(told, {"photos": told})
    names = []
    for photo in photos:
        photo.seek(0)
        names.append(secrets.token_hex(16))
        waiting.pictures[names[-1]] = base64.b64encode(photo.read()).decode()
    waiting.pictures = dict(sorted(waiting.pictures.items()))
    waiting.save(update_fields=["pictures"])
    return names


def find(box: OpinionBox, code: str) -> Found | None:
    """The letter of a receipt code, as people type it; asking leaves nothing behind."""
    digest = words.digest_of(code)
    if not digest:
        return None
    word = Word.objects.filter(committee=box.committee_id, channel=Channel.BOX, receipt=digest).first()
    if word:
        return Found(word.received_on, word)
    letters = BoxBundle.objects.values_list("letters", flat=True).get(box=box)
    return next((Found(date.fromisoformat(day)) for day, lying in letters.items() if digest in lying), None)
