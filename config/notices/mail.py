"""The second channel: a notice by e-mail, at least once, under one Message-ID."""

import logging
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPServerDisconnected

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import F
from django.utils import timezone

from config.notices.models import Delivery, DeliveryState

ATTEMPTS = 8
LEASE = timedelta(minutes=3)
BUDGET = 45  # seconds that one pass goes on for
UNREACHABLE_WAIT = timedelta(minutes=5)

logger = logging.getLogger(__name__)


@dataclass
class Post:
    """What one pass of delivering did, in numbers."""

    sent: int = 0
    failed: int = 0
    dead: int = 0
    unreachable: str = ""

    def as_json(self) -> dict:
        return asdict(self)


def deliver(at: datetime | None = None, limit: int = 200) -> Post:
    """Send what is due.

    A process killed between sending and writing it down repeats one mail, with the same Message-ID.
    """
    at, post, started = at or timezone.now(), Post(), time.monotonic()
    due = list(_free(at).order_by("next_try_at")[:limit].select_related("notice__recipient"))
    if not due:
        return post
    connection = get_connection()
    try:
        connection.open()
    except (OSError, SMTPException) as problem:
        # Nobody's fault but the mail server's: no attempt is counted, everything waits.
        post.unreachable = f"邮件服务器连接不上：{problem}"[:300]
        _free(at).update(next_try_at=at + UNREACHABLE_WAIT, reason=post.unreachable)
        logger.warning("mail server unreachable: %s", problem)
        return post
    try:
        for delivery in due:
            if time.monotonic() - started > BUDGET:
                break
            if not _lease(delivery, at):
                continue
            if delivery.attempts > ATTEMPTS:
                _postpone(delivery, "发送多次中断", at, post)
            else:
                _send(delivery, connection, at, post)
    finally:
        connection.close()
    return post


def _free(at):
    """Due and in nobody's hands; a lease that ran out belonged to a process that died."""
    return Delivery.objects.due(at).exclude(lease_until__gt=at)


def _lease(delivery, at) -> bool:
    """Take one delivery for this process; the attempt counts from here, so that a deadly one comes to an end."""
    taken = _free(at).filter(pk=delivery.pk).update(lease_until=at + LEASE, attempts=F("attempts") + 1)
    delivery.attempts += 1
    return bool(taken)


def _send(delivery, connection, at, post):
    notice = delivery.notice
    message = EmailMessage(
        subject=" ".join(notice.title.split()),
        body="\n\n".join(filter(None, [notice.title, notice.body, f"{settings.SITE_URL}{notice.get_absolute_url()}"])),
        to=[notice.recipient.email],
        headers={"Message-ID": delivery.message_id},
        connection=connection,
    )
    try:
        if not notice.recipient.email:
            raise ValueError("收件人没有登记电子邮箱")
        message.send()
    except (OSError, SMTPException, ValueError) as problem:
        _postpone(delivery, f"{type(problem).__name__}: {problem}"[:300], at, post)
        if isinstance(problem, SMTPServerDisconnected):
            connection.close()
            connection.open()
    else:
        _settle(delivery, state=DeliveryState.SENT, sent_at=timezone.now(), reason="")
        post.sent += 1


def _postpone(delivery, reason, at, post):
    if delivery.attempts >= ATTEMPTS:
        _settle(delivery, state=DeliveryState.DEAD, reason=reason)
        post.dead += 1
    else:
        wait = min(timedelta(minutes=2 ** (delivery.attempts - 1)), timedelta(hours=1))
        _settle(delivery, next_try_at=at + wait, reason=reason)
        post.failed += 1


def _settle(delivery, **changes):
    Delivery.objects.filter(pk=delivery.pk).update(lease_until=None, **changes)
