"""Regulations and practices for tests."""

import datetime

from django.utils import timezone

from members.models import Practice, PracticeKind, Regulation
from members.services import library as services

AT = datetime.datetime(2026, 11, 20, 10, tzinfo=timezone.get_default_timezone())


def regulation(committee, title="委员履职考核办法", **fields):
    given = {
        "issuer": "县政协",
        "issued_on": datetime.date(2024, 5, 1),
        "tags": "履职、考核",
        "text": "第一条　为了履职。",
    }
    return services.add_regulation(Regulation(committee=committee, title=title, **{**given, **fields}), by=None, at=AT)


def practice(committee, title="六步协商", *, attached=None, **fields):
    given = {"kind": PracticeKind.CONSULTATION, "summary": "六步走，步步有据", "is_shared": True}
    row = Practice(committee=committee, title=title, **{**given, **fields})
    return services.add_practice(row, attached=attached, by=None, at=AT)
