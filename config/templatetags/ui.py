"""Template tags and filters of the design system; loaded in every template."""

import json
from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html

from config import menu
from config.notices import outbox
from config.workdays import count

register = template.Library()

SHAPES = {"ok": "●", "soon": "▲", "late": "■", "closed": "–", "info": "○"}
SOON = 3  # workdays left from which a due day is shown as near
WEEKDAYS = "一二三四五六日"


def _local_day(value) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


@register.inclusion_tag("components/masthead.html", takes_context=True)
def masthead(context):
    """Whose site this is, who I am, what I may do; `committee` in the context names the county."""
    request = context["request"]
    user = request.user
    committee = context.get("committee") or (user.home_committee if user.is_authenticated else None)
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "user": user,
        "committee": committee,
        "entries": menu.entries(user, committee, request.path),
        "unread": outbox.unread_count(user) if user.is_authenticated else 0,
        "large_type": context.get("large_type"),
    }


@register.filter
def chinese_date(value):
    """2026年11月21日（周六）"""
    if not value:
        return ""
    day = _local_day(value)
    return f"{day.year}年{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


@register.filter
def chinese_datetime(value):
    """2026年11月21日（周六） 15:30"""
    return f"{chinese_date(value)} {timezone.localtime(value):%H:%M}" if value else ""


@register.filter
def person(value):
    """A person by name; what nobody did, the system did."""
    return str(value) if value else "系统"


@register.simple_tag
def badge(tone, text):
    """A word with its shape and colour, never the colour alone."""
    tone = tone if tone in SHAPES else "info"
    return format_html(
        '<span class="badge {}"><span class="shape" aria-hidden="true">{}</span>{}</span>', tone, SHAPES[tone], text
    )


def due_line(day: date, today: date, workdays_until) -> tuple[str, str]:
    """Tone and words for a matter due on `day` that is still open."""
    if day < today:
        return "late", f"已逾期 {(today - day).days} 天"
    if day == today:
        return "soon", "今天到期"
    left = workdays_until(day)
    if not left:
        return "soon", f"还有 {(day - today).days} 天，都是休息日"
    return "soon" if left <= SOON else "ok", f"还有 {left} 个工作日"


@register.inclusion_tag("components/due.html", takes_context=True)
def due(context, day, done=False, why=None):
    """When something is due, how near that is, and on unfolding why it is that day (a Deadline as JSON)."""
    if not day:
        return {}
    day, today = _local_day(day), timezone.localdate()
    tone, words = ("closed", "已完成") if done else due_line(day, today, _workdays_from(today, context))
    year = "" if day.year == today.year else f"{day.year}年"
    return {
        "day": day,
        "tone": tone,
        "shape": SHAPES[tone],
        "words": words,
        "short_day": f"{'期限 ' if done else ''}{year}{day.month}月{day.day}日 周{WEEKDAYS[day.weekday()]}",
        "why": _reasons(why),
    }


def _workdays_from(today, context):
    """The counter of this page: made once, however many rows ask."""
    page = context.get("request")
    if not hasattr(page, "workdays_until"):
        counter = count.counting_from(today)
        if page is None:
            return counter
        page.workdays_until = counter
    return page.workdays_until


def _reasons(why) -> dict | None:
    """What the due line unfolds: rule, start, days skipped with their reason, warning."""
    if not why:
        return None
    why = json.loads(why) if isinstance(why, str) else why
    skipped = [(_day(day), reason) for day, reason in why.get("skipped") or []]
    return {"rule": why.get("rule"), "start": _day(why.get("start")), "skipped": skipped, "warning": why.get("warning")}


def _day(value) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


@register.filter
def percent(done, total):
    """`done` of `total` as 94.8; nothing of nothing is no number."""
    return f"{100 * done / total:.1f}".removesuffix(".0") if total else ""


@register.filter
def share(value, largest):
    """Length of a bar, 0 to 100, as SVG wants it."""
    return f"{max(0, min(100, 100 * value / largest)):.1f}" if largest else "0"


@register.filter
def largest(rows):
    """The largest `value` among the rows: the full length of a bar."""
    return max((row["value"] for row in rows), default=0)


@register.filter
def narrowed(form):
    """Whether a filter form asks for less than everything."""
    return any(form.data.get(form.add_prefix(name)) for name in form.fields)


@register.filter
def shape(tone):
    return SHAPES.get(tone, SHAPES["info"])


@register.filter
def points(value, how=""):
    """7.50 as 7.5; with “signed” +2 and −5."""
    if value is None:
        return ""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return f"+{text}" if how == "signed" and value > 0 else text.replace("-", "−")
