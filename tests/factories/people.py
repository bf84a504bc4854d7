"""Rosters as files, members in number, and bodies for tests."""

import io
from datetime import date, datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook

from config.uploads.checks import clean_document
from members.models import Body, BodyKind, Membership, RoleGrant
from members.roles import Role
from members.roster import sheets, waiting
from members.roster.check import check
from members.roster.columns import Column
from members.services import people as services
from tests.factories import members as make

TODAY = date(2026, 11, 21)
AT = datetime(2026, 11, 21, 10, tzinfo=timezone.get_default_timezone())
HEADER = [column.value for column in Column]


def row(name="甲新", phone="13900000001", sector="经济界", **columns):
    """One row in the order of HEADER; other columns by their Chinese names."""
    given = {"姓名": name, "手机号": phone, "界别": sector, **columns}
    return [given.get(column, "") for column in HEADER]


def book(*rows, header=HEADER, change=None) -> bytes:
    """An .xlsx of `rows` under `header`; `change(sheet, book)` spoils it."""
    made = Workbook()
    sheet = made.active
    sheet.title = "花名册"
    sheet.append(list(header))
    for one in rows:
        sheet.append(list(one))
    if change:
        change(sheet, made)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def text(*rows, header=HEADER, encoding="utf-8") -> bytes:
    return "\n".join(",".join(map(str, one)) for one in (header, *rows)).encode(encoding)


def plan(cast, content, name="花名册.xlsx", by=None, today=TODAY):
    """The dry run."""
    return check(sheets.read(content, name), cast.committee, by=by or cast.li, today=today)


def handed_in(cast, *rows, by=None):
    """A checked roster that waits for the office's word."""
    content = book(*(rows or [row()]))
    file = clean_document(SimpleUploadedFile("花名册.xlsx", content))
    make.sector(cast.committee)
    checked = waiting.look(cast.committee, file, by=by or cast.li, at=AT)
    return waiting.hand_in(checked, file, by=by or cast.li, at=AT)


def leave(cast, days=5):
    """王委员 on leave from today."""
    today = timezone.localdate()
    return services.grant_leave(
        cast.wang_member, since=today, until=today + timedelta(days=days), reason="外出学习", by=cast.li, at=AT
    )


def special(committee, name="提案委员会"):
    return Body.objects.get_or_create(committee=committee, kind=BodyKind.SPECIAL_COMMITTEE, name=name)[0]


def duty_group(committee, name="珠泉镇委员履职小组", kind=BodyKind.DUTY_GROUP):
    return Body.objects.get_or_create(committee=committee, kind=kind, name=name)[0]


def seat(member, body, **fields):
    return Membership.objects.create(member=member, body=body, **{"since": make.SINCE, **fields})


def secretary(body, username="secretary", name="吴秘书"):
    """A town's secretary, who looks after the members of one body."""
    user = make.user(username, name)
    RoleGrant.objects.create(user=user, role=Role.TOWN_SECRETARY, committee=body.committee, body=body, since=make.SINCE)
    return user
