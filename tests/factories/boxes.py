"""Anonymous boxes for tests, and letters in them."""

import io
import re
from datetime import datetime
from zoneinfo import ZoneInfo

from PIL import Image

from tests.factories import workstations as places
from workstations.models import BoxBundle, OpinionBox
from workstations.services import box_letters as letters
from workstations.services import boxes as services

AT = datetime(2026, 11, 10, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
MORNING = datetime(2026, 11, 11, 6, 0, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
BODY = "村口的路灯坏了三个月，晚上老人出门不方便。"


def box(committee, name="金田村意见箱", *, at=AT, **fields) -> OpinionBox:
    return services.open_box(OpinionBox(committee=committee, name=name, **fields), by=None, at=at)


def kept(cast, name="珠泉镇意见箱"):
    """A box of a station that member 王 keeps."""
    station = places.station(cast.committee)
    places.post(station, cast.wang_member)
    return box(cast.committee, name, station=station)


def put(box, body=BODY, *, seed="seed", at=AT, **fields) -> str:
    return letters.put_in(box, body=body, seed=seed, at=at, **fields)


def lying(box) -> dict:
    """Day → digest → letter."""
    return BoxBundle.objects.get(box=box).letters


def photo(name="IMG_20261110_093015.jpg", size=(640, 480)):
    """A JPEG as a phone makes it, with a time and a camera in its EXIF."""
    picture, out = Image.new("RGB", size, "teal"), io.BytesIO()
    exif = picture.getexif()
    exif[0x0132], exif[0x010F] = "2026:11:10 09:30:15", "Phone-Of-Wang"
    picture.save(out, "JPEG", exif=exif)
    out.seek(0)
    out.name, out.size = name, len(out.getvalue())
    return out


def token_of(answer) -> str:
    """The form's hidden part, as it stands on the page."""
    return re.search(r'name="token" value="([^"]+)"', answer.content.decode())[1]


def receipt_of(answer) -> str | None:
    found = re.search(r"\d{4} \d{4} \d{4} \d{4}", answer.content.decode())
    return found[0] if found else None
