"""Standards, inspections and money for tests; dates around 2026-11-20."""

import datetime
from decimal import Decimal
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from config.uploads.checks import clean_image
from members.models import User
from members.roles import Role
from tests.factories import members as people
from tests.factories import workstations as places
from workstations.models import FundKind, FundLine, InspectionKind, StandardItem
from workstations.presets import standards as presets
from workstations.services import funds, inspections, standards

ZONE = timezone.get_default_timezone()
AT = datetime.datetime(2026, 11, 20, 9, tzinfo=ZONE)
DAY = datetime.timedelta(days=1)


def photo(name="门口.jpg", colour="white"):
    """An upload; another colour is another photo."""
    out = BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def paper(name="发票.txt"):
    return SimpleUploadedFile(name, "标牌制作 1200 元".encode(), "text/plain")


def standard(committee, code="eight-haves", **fields):
    """A preset taken up; by fields or as it is."""
    row, items = presets.make(presets.standards()[code], committee)
    for name, value in fields.items():
        setattr(row, name, value)
    return standards.create(row, items, by=None, at=AT)


def plain(committee, *names, name="三有"):
    """A standard of bare items that need no photo."""
    row, _ = presets.make({"name": name, "items": []}, committee)
    return standards.create(row, [StandardItem(name=each) for each in names], by=None, at=AT)


def keeper(station, username="ma", name="马站长"):
    """A member who keeps the station."""
    user = people.user(username, name)
    places.post(station, people.member(user, station.committee))
    return user


def inspector(committee):
    """Somebody of the office who is nobody of the cast."""
    user = User.objects.filter(username=f"inspector{committee.pk}").first()
    if user is None:
        user = people.user(f"inspector{committee.pk}", "检查员")
        people.grant(user, Role.OFFICE_STAFF, committee)
    return user


def begun(station, standard, kind=InspectionKind.OFFICE, at=AT, by=None):
    """By the office's inspector, when nobody is named."""
    return inspections.begin(station, standard, kind, by=by or inspector(station.committee), at=at)


def answered(inspection, *missing, at=AT, by=None):
    """Every item but `missing` is there, with a photo where one is asked for."""
    for finding in inspection.findings.select_related("inspection__station__committee"):
        there = finding.name not in missing
        photos = [_checked()] if there and finding.needs_photo else []
        inspections.answer(finding, passed=there, photos=photos, by=by, at=at)
    return inspection


def _checked():
    return clean_image(photo())


def done(station, standard, *missing, kind=InspectionKind.OFFICE, at=AT, by=None, **given):
    """A finished inspection that found all but `missing`."""
    inspection = answered(begun(station, standard, kind, at, by), *missing, at=at, by=by)
    inspections.finish(inspection, by=by, at=at, **given)
    return inspection


def line(committee, kind=FundKind.GRANT, amount="10000", station=None, *, by=None, at=AT, **fields):
    """One amount; grants come from the county."""
    given = {"source": "区财政", "purpose": "站点工作经费", "on": datetime.date(2026, 3, 1), **fields}
    row = FundLine(committee=committee, station=station, kind=kind, amount=Decimal(amount), **given)
    funds.add(row, by=by, at=at)
    return row
