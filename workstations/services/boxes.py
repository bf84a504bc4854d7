"""意见箱: set up, closed, opened again by the office; delivery of what lies in it, each morning (row 202, ADR 0016)."""

import base64
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.refusals import Incomplete, WrongState
from config.saving import save
from config.uploads import store
from config.uploads.checks import Checked
from members.models import Committee
from workstations.models import BoxBundle, BoxPhotos, OpinionBox
from workstations.rules import boxes as rules
from workstations.services import words

KIND = "box"  # of its milestones
DOUBLED = "同名的意见箱刚刚已经设置，请刷新后再看。"
DELIVERED_AT = time(6)  # o'clock, of the day before


@transaction.atomic
def open_box(box: OpinionBox, *, by, at: datetime) -> OpinionBox:
    """设置意见箱: the box, and everything that a letter will be written into, so that no letter makes a new row."""
    rules.require("open", by, box)
    save(box, doubled=DOUBLED)
    BoxBundle.objects.create(box=box)
    BoxPhotos.objects.create(box=box)
    plan_delivery(box.committee, at=at)
    log.record("box.open", box, by=by, at=at, scope=box.scope)
    return box


@transaction.atomic
def edit_box(box: OpinionBox, *, changed: list[str], by, at: datetime) -> None:
    """修改: save what a form has put on `box`; `changed` names the fields."""
    rules.require("edit", by, box)
    if changed:
        labels = [str(OpinionBox._meta.get_field(name).verbose_name) for name in changed]
        save(box, doubled=DOUBLED, update_fields=changed)
        log.record("box.edit", box, by=by, at=at, scope=box.scope, fields=labels)


@transaction.atomic
def close_box(box: OpinionBox, *, reason: str, by, at: datetime) -> None:
    """关闭: nothing more goes in; what lies in it is delivered, receipts go on working."""
    rules.require("close", by, box)
    if not reason.strip():
        raise Incomplete("请写明关闭的原因。", {"reason": "请写明关闭的原因。"})
    today = timezone.localdate(at)
    if not OpinionBox.objects.filter(pk=box.pk, is_open=True).update(is_open=False, closed_on=today):
        raise WrongState(f"“{box}”已经关闭。")
    box.is_open, box.closed_on = False, today
    log.record("box.close", box, by=by, at=at, scope=box.scope, reason=reason.strip())


@transaction.atomic
def reopen_box(box: OpinionBox, *, by, at: datetime) -> None:
    """重新开放, under the same address: posters that still hang work again."""
    rules.require("reopen", by, box)
    if not OpinionBox.objects.filter(pk=box.pk, is_open=False).update(is_open=True, closed_on=None):
        raise WrongState(f"“{box}”已经开放。")
    box.is_open, box.closed_on = True, None
    plan_delivery(box.committee, at=at)
    log.record("box.reopen", box, by=by, at=at, scope=box.scope)


def plan_delivery(committee: Committee, *, at: datetime) -> None:
    """The next morning's delivery of a committee, planned whether or not a letter comes: planning it because one
    came would tell when."""
    day = timezone.localdate(at)
    if timezone.localtime(at).time() >= DELIVERED_AT:
        day += timedelta(days=1)
    moment = timezone.make_aware(datetime.combine(day, DELIVERED_AT))
    clock.once(committee, kind=KIND, code=f"{day:%Y%m%d}", due_at=moment, scope=committee.pk)


@transaction.atomic
def deliver(committee: Committee, *, at: datetime) -> int:
    """送信: letters of all days before today become words, in the order of their digests; returns how many.

    May run late, twice, or at once with another: a letter leaves the bundle in the transaction that makes its word.
    """
    today = timezone.localdate(at).isoformat()
    slips, photos = [], {}
    bundles = lock(BoxBundle.objects.filter(box__committee=committee))
    for bundle in bundles.select_related("box__committee", "box__station__region").order_by("pk"):
        over = {day: bundle.letters.pop(day) for day in sorted(bundle.letters) if day < today}
        if over:
            came, named = _slips(bundle.box, over)
            slips += came
            photos |= _take_photos(bundle.box, named)
            bundle.save(update_fields=["letters"])
            for day, letters in over.items():
                log.record("box.deliver", bundle.box, by=None, at=at, scope=committee.pk, day=day, number=len(letters))
    made = words.deliver(slips, at=at)
    for word in made:
        midnight = timezone.make_aware(datetime.combine(word.received_on, time.min))
        for photo in photos.get(word.receipt, ()):
            store.attach(word, photo, by=None, at=midnight)
    if OpinionBox.objects.filter(committee=committee, is_open=True).exists() or _waiting(committee):
        plan_delivery(committee, at=at)
    return len(made)


def _slips(box, over) -> tuple[list[words.Slip], dict[str, list[str]]]:
    """What the letters of some days become, and the names of each one's photos."""
    slips, named = [], {}
    for day, letters in over.items():
        for digest, letter in sorted(letters.items()):
            slips.append(words.Slip(box, date.fromisoformat(day), letter["body"], letter["place"], digest))
            if letter["photos"]:
                named[digest] = letter["photos"]
    return slips, named


def _take_photos(box, named) -> dict[str, list[Checked]]:
    """Take the photos of these letters out of the box: receipt digest → what was cleaned when it came in."""
    if not named:
        return {}
    waiting = lock(BoxPhotos.objects.filter(box=box)).get()
    found = {
        digest: [
            Checked(
                base64.b64decode(waiting.pictures.pop(name)), title=f"照片{number}.jpg", suffix=".jpg",
                content_type="image/jpeg",
            )
            for number, name in enumerate(names, start=1)
        ]
        for digest, names in named.items()
    }  # fmt: skip
    waiting.save(update_fields=["pictures"])
    return found


def _waiting(committee) -> bool:
    return BoxBundle.objects.filter(box__committee=committee).exclude(letters={}).exists()


def lock(rows):
    """Held until the transaction ends; SQLite, which has one writer at a time anyway, leaves it out (ADR 0004)."""
    return rows.select_for_update(of=("self",))
