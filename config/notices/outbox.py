"""Tell people, once: a notice row in the same transaction as what it tells of, an e-mail after it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction

from config.notices.mail import deliver
from config.notices.models import Delivery, Notice

__all__ = ["Letter", "deliver", "gather", "mark_read", "send", "send_many", "unread_count"]


@dataclass(frozen=True)
class Letter:
    """What one or more people are to be told; `key` makes it once for each of them."""

    recipients: tuple[int, ...]
    kind: str
    title: str
    key: str
    body: str = ""
    url: str = ""
    scope: int | None = None

    def __post_init__(self):
        # Said here because SQLite's INSERT OR IGNORE passes over a broken constraint in silence.
        if not self.key:
            raise ValueError("a letter needs a key")
        if self.url and (not self.url.startswith("/") or self.url.startswith("//")):
            raise ValueError(f"a letter leads to a local address only, not to {self.url!r}")


def send(recipients: Iterable[int], *, kind, title, body="", url="", key, at, scope=None) -> int:
    """Put one notice into each inbox; who already has one under `key` gets none. Returns how many are new."""
    return send_many([Letter(tuple(filter(None, recipients)), kind, title, key, body, url, scope)], at=at)


@transaction.atomic
def send_many(letters: list[Letter], *, at) -> int:
    """The same for many letters, in as few statements as one letter needs. Returns how many notices are new."""
    had = set(Notice.objects.filter(key__in={letter.key for letter in letters}).values_list("key", "recipient"))
    fresh = {
        (letter.key, recipient): Notice(
            recipient_id=recipient, kind=letter.kind, title=letter.title[:200], body=letter.body, url=letter.url,
            key=letter.key, scope=letter.scope, created_at=at,
        )
        for letter in letters
        for recipient in letter.recipients
        if (letter.key, recipient) not in had
    }  # fmt: skip
    # One order for everybody: two senders of the same keys wait for each other instead of dying of a deadlock.
    Notice.objects.bulk_create([fresh[pair] for pair in sorted(fresh)], ignore_conflicts=True)
    if settings.EMAIL_HOST and fresh:
        _queue_mail(fresh.keys(), at)
    return len(fresh)


@transaction.atomic
def gather(letters: Mapping[int, list[Letter]], *, kind, key, title, at) -> int:
    """One notice per person under `key`, however often more comes: a lone letter stays itself, several become a list.

    `title` says {count}. Returns how many notices are new.
    """
    if not letters:
        return 0
    lone = [Letter((person,), kind, title, key, scope=first.scope) for person, (first, *_) in letters.items()]
    new = send_many(lone, at=at)
    notices = Notice.objects.filter(key=key, recipient__in=letters).order_by("pk")
    if connection.features.has_select_for_update:
        notices = notices.select_for_update()
    notices = list(notices)
    for notice in notices:
        added = letters[notice.recipient_id]
        lines = notice.body.splitlines() if notice.kind == kind else [notice.title]
        lines += [letter.title for letter in added]
        if len(lines) == 1:
            only = added[0]
            notice.kind, notice.title, notice.body, notice.url = only.kind, only.title, only.body, only.url
        else:
            notice.kind, notice.title, notice.url = kind, title.format(count=len(lines)), ""
            notice.body = "\n".join(lines)
        notice.read_at = None
    Notice.objects.bulk_update(notices, ["kind", "title", "body", "url", "read_at"], batch_size=200)
    return new


def _queue_mail(pairs, at):
    mailable = get_user_model().objects.filter(pk__in={recipient for _, recipient in pairs}, is_active=True)
    mailable = set(mailable.exclude(email="").values_list("pk", flat=True))
    notices = Notice.objects.filter(key__in={key for key, _ in pairs}, recipient__in=mailable)
    domain = urlsplit(settings.SITE_URL).hostname
    Delivery.objects.bulk_create(
        [
            Delivery(notice_id=pk, next_try_at=at, message_id=f"<notice-{pk}@{domain}>")
            for pk, key, recipient in notices.values_list("pk", "key", "recipient")
            if (key, recipient) in pairs
        ],
        ignore_conflicts=True,
    )


def unread_count(user) -> int:
    """How many notices wait for `user`; one query on a partial index."""
    return Notice.objects.visible_to(user).unread().count()


def mark_read(notices, *, at) -> int:
    """Count these as read from `at` on; what was read before stays as it was."""
    return notices.unread().update(read_at=at)
