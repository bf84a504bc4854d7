"""Drawn stand-ins for photos: a street, a field, a notice board; nobody and no real place is on them."""

import io
import random

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

SIZE = (960, 640)
SKY, GROUND, ROAD, LINE, WALL, ROOF = "#cfe0ea", "#a9bd8f", "#8b8f94", "#f4f2ec", "#e4d8c5", "#8d5a4a"


def photo(name: str, rng: random.Random) -> ContentFile:
    """A street with houses, each time a little different."""
    picture = Image.new("RGB", SIZE, SKY)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 360, 960, 640), fill=GROUND)
    left = rng.randint(-60, 0)
    while left < 960:
        width, height = rng.randint(130, 220), rng.randint(110, 210)
        draw.rectangle((left, 360 - height, left + width, 362), fill=WALL)
        draw.polygon([(left - 12, 360 - height), (left + width / 2, 300 - height), (left + width + 12, 360 - height)],
                     fill=ROOF)  # fmt: skip
        for window in range(left + 22, left + width - 30, 52):
            draw.rectangle((window, 378 - height, window + 26, 412 - height), fill="#6f8a9b")
        left += width + rng.randint(30, 110)
    bend = rng.randint(-140, 140)
    draw.polygon([(430 + bend, 360), (530 + bend, 360), (820, 640), (140, 640)], fill=ROAD)
    for n in range(5):
        y, shift = 380 + n * 52, bend * (1 - n / 5)
        draw.line([(480 + shift, y), (480 + shift * 0.85, y + 26 + n * 3)], fill=LINE, width=4 + 2 * n)
    return _file(picture, name)


def notice_board(name: str) -> ContentFile:
    """A board with six sheets pinned to it."""
    picture = Image.new("RGB", SIZE, "#d9d4c8")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((90, 70, 870, 560), fill="#5d7a68", outline="#4a4238", width=16)
    for n in range(6):
        left, top = 140 + n % 3 * 240, 112 + n // 3 * 220
        draw.rectangle((left, top, left + 190, top + 180), fill=LINE)
        for line in range(6):
            end = left + (160 if line % 3 else 110)
            draw.line([(left + 20, top + 30 + line * 24), (end, top + 30 + line * 24)], fill="#9a968c", width=6)
    return _file(picture, name)


def _file(picture, name) -> ContentFile:
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=80)
    return ContentFile(content.getvalue(), name=name)
