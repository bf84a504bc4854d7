"""Calendars as iCalendar (RFC 5545): CRLF, lines of at most 75 octets, escaped text, moments in UTC."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True)
class Event:
    """One event; `begins` and `ends` are both days (the end not included) or both moments.

    `uid` stays the same for as long as the event lives, `sequence` grows with every change that matters; `stamp` says
    when this version was written. `status` is CONFIRMED, TENTATIVE, CANCELLED or nothing.
    """

    uid: str
    summary: str
    begins: date
    ends: date
    stamp: datetime
    sequence: int = 0
    description: str = ""
    location: str = ""
    url: str = ""
    status: str = ""
    changed: datetime | None = None

    def lines(self) -> Iterable[str]:
        yield "BEGIN:VEVENT"
        yield f"UID:{self.uid}"
        yield f"DTSTAMP:{_utc(self.stamp)}"
        if self.changed:
            yield f"LAST-MODIFIED:{_utc(self.changed)}"
        yield f"SEQUENCE:{self.sequence}"
        yield f"DTSTART{_when(self.begins)}"
        yield f"DTEND{_when(self.ends)}"
        yield f"SUMMARY:{escaped(self.summary)}"
        if self.description:
            yield f"DESCRIPTION:{escaped(self.description)}"
        if self.location:
            yield f"LOCATION:{escaped(self.location)}"
        if self.url:
            yield f"URL:{self.url}"
        if self.status:
            yield f"STATUS:{self.status}"
        yield "END:VEVENT"


def calendar(name: str, events: Iterable[Event], *, product: str) -> bytes:
    """The file of a calendar called `name`, written by `product`."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//shangliang//{product}//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
    ]
    for event in events:
        lines += event.lines()
    lines.append("END:VCALENDAR")
    return "".join(folded(line) for line in lines).encode()


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\r", "").replace("\n", "\\n")


def folded(line: str) -> str:
    """Lines of at most 75 octets, never cut inside a character."""
    parts, size = [[]], 0
    for character in line:
        width = len(character.encode())
        if size + width > 74:
            parts.append([])
            size = 0
        parts[-1].append(character)
        size += width
    return "\r\n ".join("".join(part) for part in parts) + "\r\n"


def _when(value) -> str:
    return f":{_utc(value)}" if isinstance(value, datetime) else f";VALUE=DATE:{value:%Y%m%d}"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
