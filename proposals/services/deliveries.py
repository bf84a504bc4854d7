"""报送与采用: to whom an issue went, and where it was adopted; the duty facts of its authors follow."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.refusals import Incomplete, Refusal, WrongState
from config.saving import save
from proposals import rules
from proposals.models import Bulletin, Delivery
from proposals.notices import information as notices
from proposals.services import information_facts as facts
from proposals.services.information_days import require_past
from proposals.states import BulletinState


@transaction.atomic
def send(bulletin: Bulletin, *, level: str, receiver: str, sent_on: date, by, at) -> Delivery:
    """登记报送 to one receiver; each receiver once."""
    rules.require("edit_bulletin", by, bulletin)
    if bulletin.state != BulletinState.ISSUED:
        raise WrongState("签发之后才能登记报送。")
    require_past(sent_on, "sent_on", at=at, since=timezone.localdate(bulletin.issued_at), than="签发")
    delivery = Delivery(bulletin=bulletin, level=level, receiver=receiver.strip(), sent_on=sent_on, by=by)
    save(delivery, doubled=f"已经登记报送{delivery.receiver}。")
    _record("send", delivery, by=by, at=at, level=delivery.get_level_display())
    notices.delivered(delivery, at=at)
    return delivery


def _record(verb, delivery, *, by, at, **data):
    log.record(f"delivery.{verb}", delivery.bulletin, by=by, at=at, scope=delivery.scope,
               receiver=delivery.receiver, **data)  # fmt: skip


@transaction.atomic
def adopt(delivery: Delivery, *, adopted_on: date, adopted_as: str = "", by, at) -> Delivery:
    """登记采用: when, and as what; said again it corrects what was said before."""
    rules.require("edit_bulletin", by, delivery.bulletin)
    require_past(adopted_on, "adopted_on", at=at, since=delivery.sent_on, than="报送")
    adopted_as = adopted_as.strip()
    if len(adopted_as) > 200:
        raise Incomplete("采用情况最多 200 字。", {"adopted_as": "最多 200 字。"})
    others = Delivery.objects.filter(pk=delivery.pk).exclude(adopted_on=adopted_on, adopted_as=adopted_as)
    if not others.update(adopted_on=adopted_on, adopted_as=adopted_as):
        raise WrongState(f"{delivery.receiver}采用已经登记，或报送登记已经撤销，请刷新后再看。")
    delivery.adopted_on, delivery.adopted_as = adopted_on, adopted_as
    _record("adopt", delivery, by=by, at=at, on=f"{adopted_on:%Y-%m-%d}")
    facts.adoptions(delivery.bulletin, reason="采用登记已更正", by=by, at=at)
    notices.adopted(delivery, at=at)
    return delivery


@transaction.atomic
def unadopt(delivery: Delivery, *, words: str, by, at) -> Delivery:
    """撤销采用登记: entered by mistake; the facts are taken back by counter-entries."""
    rules.require("edit_bulletin", by, delivery.bulletin)
    words = _reason(words)
    standing = Delivery.objects.filter(pk=delivery.pk, adopted_on__isnull=False)
    if not standing.update(adopted_on=None, adopted_as=""):
        raise WrongState("还没有登记采用，或已经撤销。")
    delivery.adopted_on, delivery.adopted_as = None, ""
    _record("unadopt", delivery, by=by, at=at, words=words)
    facts.adoptions(delivery.bulletin, reason=f"采用登记有误：{words}", by=by, at=at)
    return delivery


@transaction.atomic
def strike(delivery: Delivery, *, by, at) -> None:
    """撤销报送登记: it was never sent there; one that was adopted stays until the adoption is taken back."""
    rules.require("edit_bulletin", by, delivery.bulletin)
    gone, _ = Delivery.objects.filter(pk=delivery.pk, adopted_on__isnull=True).delete()
    if not gone:
        raise Refusal("已登记采用的，请先撤销采用登记；已经撤销的，请刷新后再看。")
    _record("strike", delivery, by=by, at=at)


def _reason(words):
    words = words.strip()
    if not words:
        raise Incomplete("请写明为什么撤销。", {"words": "请写明原因，会记在操作留痕里。"})
    return words
