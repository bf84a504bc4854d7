"""Visitors without an account: what they may not write, how often they may, and the code by which they look again."""

import secrets
from datetime import datetime

from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from config.privacy import reaches_somebody
from config.refusals import Incomplete
from members.models import VisitCount

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else on paper
SHORTEST = 6  # characters of what is said


def plain_words(words: str, reaching: str) -> str:
    """`words` stripped; Incomplete when they say too little, or (in the words `reaching`) reach somebody."""
    words = words.strip()
    wrong = ""
    if len(words) < SHORTEST:
        wrong = f"请把事情写清楚，至少 {SHORTEST} 个字。"
    elif reaches_somebody(words):
        wrong = reaching
    if wrong:
        raise Incomplete(wrong, {"words": wrong})
    return words


def new_code() -> str:
    """Twelve letters for a receipt; kept nowhere, only its digest is."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


def digest(code: str, salt: str) -> str:
    """What a row keeps of a code, however it is typed."""
    plain = "".join(letter for letter in code.lower() if letter in LETTERS)
    return salted_hmac(salt, plain, algorithm="sha256").hexdigest()[:32]


def count(purpose: str, address: str, *, at: datetime, most: int) -> bool:
    """One more of today's; False when `most` are there already. Other days' counts go with it."""
    day = timezone.localdate(at)
    VisitCount.objects.filter(purpose=purpose, day__lt=day).delete()
    seen = salted_hmac(f"visit {day}", address, algorithm="sha256").hexdigest()[:40]
    today, _ = VisitCount.objects.get_or_create(purpose=purpose, day=day, digest=seen)
    return bool(VisitCount.objects.filter(pk=today.pk, number__lt=most).update(number=F("number") + 1))
