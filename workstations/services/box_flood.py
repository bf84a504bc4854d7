"""Too much at once into a box, without asking who: letters of a minute are counted in the cache, and nowhere else.

The cache is Django's default, the memory of each web process: a limit holds for each process, and nothing of it
reaches a disk. A key is a box, its value a number that ends with its minute.
"""

import secrets
import unicodedata
from enum import Enum

from django.core.cache import cache

MINUTE = 60  # seconds
FREE = 20  # letters a minute into one box that are taken without a question
MOST = 120  # above it the box is busy
LOOKS = 60  # receipt codes a minute at one box
ALL = 600  # letters and codes a minute in all boxes: each costs some ten milliseconds of the processor
DIGITS = "零一二三四五六七八九"


class Pressure(Enum):
    FREE = "free"
    ASK = "ask"
    BUSY = "busy"


def letter(box) -> Pressure:
    """Count one letter, and say how much there is."""
    number = _count(f"box:{box.pk}:letters")
    if number > MOST or _count("box:all") > ALL:
        return Pressure.BUSY
    return Pressure.ASK if number > FREE else Pressure.FREE


def now(box) -> Pressure:
    """How much there is, without counting."""
    return Pressure.ASK if cache.get(f"box:{box.pk}:letters", 0) >= FREE else Pressure.FREE


def may_look(box) -> bool:
    """Count one receipt code; False when there were too many."""
    return _count(f"box:{box.pk}:looks") <= LOOKS and _count("box:all") <= ALL


def _count(key) -> int:
    cache.add(key, 0, MINUTE)
    try:
        return cache.incr(key)
    except ValueError:  # its minute ended just now
        cache.set(key, 1, MINUTE)
        return 1


# --- the question --------------------------------------------------------------------------------------------------


def question() -> list[int]:
    return [secrets.randbelow(8) + 1, secrets.randbelow(8) + 1]


def in_words(asked: list[int]) -> str:
    return f"请写出{DIGITS[asked[0]]}加{DIGITS[asked[1]]}等于几"


def is_right(asked: list[int], answer: str) -> bool:
    """In digits of any width, or in Chinese."""
    total = sum(asked)
    plain = "".join(unicodedata.normalize("NFKC", answer).split()).rstrip("。.").replace("两", "二")
    return plain in {str(total), *_chinese(total)}


def _chinese(number) -> set[str]:
    if number < 10:
        return {DIGITS[number]}
    ones = DIGITS[number % 10] if number % 10 else ""
    return {f"十{ones}", f"一十{ones}"}
