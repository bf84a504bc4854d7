"""月度主题 and 日历订阅: what a month is about, and a person's secret address for calendar programs."""

import hashlib
import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from config.audit import log
from config.refusals import Incomplete
from workstations.models import CalendarFeed, CalendarTheme
from workstations.rules import calendar as rules


@transaction.atomic
def set_theme(theme: CalendarTheme, *, by, at: datetime) -> CalendarTheme:
    """Say what a month of the committee or of a station is about; an empty theme takes it away."""
    rules.require(by, theme)
    if theme.station and theme.station.committee_id != theme.committee_id:
        raise Incomplete("站点须属于同一个政协委员会。", {"station": "站点须属于同一个政协委员会。"})
    place = {"committee": theme.committee, "station": theme.station, "year": theme.year, "month": theme.month}
    named = str(theme.station or theme.committee)
    if not theme.theme:
        CalendarTheme.objects.filter(**place).delete()
    else:
        try:
            theme.clean_fields()
        except ValidationError as problem:
            raise Incomplete("".join(problem.messages), {name: "".join(words) for name, words in problem}) from problem
        theme, _ = CalendarTheme.objects.update_or_create(**place, defaults={"theme": theme.theme})
    month = f"{theme.year}年{theme.month}月"
    log.record("calendar.theme", None, by=by, at=at, scope=theme.scope, of=named, month=month, theme=theme.theme)
    return theme


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def renew_feed(user, *, at: datetime) -> str:
    """A new secret token, told once; the old address is dead from now on."""
    token = secrets.token_urlsafe(32)
    CalendarFeed.objects.update_or_create(user=user, defaults={"digest": digest_of(token), "created_at": at})
    log.record("calendar.renew_feed", None, by=user, at=at, scope=None)
    return token


@transaction.atomic
def revoke_feed(user, *, at: datetime) -> None:
    """The address is dead; nothing takes its place."""
    if CalendarFeed.objects.filter(user=user).delete()[0]:
        log.record("calendar.revoke_feed", None, by=user, at=at, scope=None)
