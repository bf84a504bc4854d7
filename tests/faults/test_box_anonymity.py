"""200 letters of people who are signed in, at known minutes, from known addresses; then everything that is kept goes to
the linker (tests/faults/linker.py): it finds no name and no minute, and guesses no better than chance.

“No better than chance” is p > 1e-6 for the best of all orders tried (times their number), and less than 6 standard
deviations of rank correlation: chance itself fails this test once in a million runs, an ordered list always.
"""

import logging
import random
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from config.milestones import clock as milestones
from config.uploads.models import Attachment
from tests.factories import boxes as make
from tests.factories import members as people
from tests.faults import linker
from tests.faults.linker import Sent
from workstations.models import Word

DAYS, BOXES, LETTERS, CITIZENS = 5, 4, 10, 20  # letters: in one box on one day
CHANCE, DEVIATIONS = 1e-6, 6
FIRST = datetime(2026, 11, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
SEED = 20261122


class Logs(logging.Handler):
    """Everything that any logger says, with all that hangs on it."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.said = []

    def emit(self, record):
        self.said.append(repr({**record.__dict__, "message": record.getMessage(), "exc_info": str(record.exc_info)}))


@pytest.fixture
def logs():
    handler, root = Logs(), logging.getLogger()
    loggers = [root, *(logging.getLogger(name) for name in list(root.manager.loggerDict))]
    levels = [(one, one.level, one.disabled) for one in loggers]
    for one in loggers:
        one.setLevel(logging.DEBUG)
        one.disabled = False
    root.addHandler(handler)
    yield handler.said
    root.removeHandler(handler)
    for one, level, disabled in levels:
        one.setLevel(level)
        one.disabled = disabled


class Citizen:
    """Somebody with an account who is signed in, with a browser and an address of the own."""

    def __init__(self, number):
        self.user = people.user(f"citizen{number:02}x", f"群众甲{number:02}")
        self.client = Client(
            REMOTE_ADDR=f"10.77.{number}.9", HTTP_X_FORWARDED_FOR=f"172.31.{number}.8, 10.0.0.1",
            HTTP_X_REAL_IP=f"172.31.{number}.8", HTTP_USER_AGENT=f"Browser-{number:02}x",
            HTTP_ACCEPT_LANGUAGE=f"x-{number:02}x", HTTP_REFERER=f"http://testserver/from-{number:02}x/",
        )  # fmt: skip
        self.client.force_login(self.user, backend="members.auth.NameOrPhoneBackend")
        self.client.cookies["csrftoken"] = f"csrf{number:02}x" + "a" * 24
        self.who = (
            self.user.username, self.user.name, f"10.77.{number}.9", f"172.31.{number}.8", f"Browser-{number:02}x",
            f"from-{number:02}x", f"x-{number:02}x", f"csrf{number:02}x", self.client.session.session_key,
        )  # fmt: skip


def put(citizen, box, clock, at, body, photos) -> str:
    clock.move_to(at - timedelta(seconds=20))
    token = make.token_of(citizen.client.get(box.get_absolute_url()))
    clock.move_to(at)
    given = {"body": body, "place": "", "token": token}
    answer = citizen.client.post(box.get_absolute_url(), given | ({"photos": [make.photo()]} if photos else {}))
    assert make.receipt_of(answer)
    assert "Set-Cookie" not in answer.headers
    assert not answer.cookies
    return make.receipt_of(answer)


def a_day(day, boxes, citizens, clock, chance) -> tuple[list[Sent], list[str]]:
    """Letters into all boxes, at minutes of chance and in turns; those of the first box carry a photo."""
    minutes = sorted(chance.sample(range(8 * 60, 20 * 60), len(boxes) * LETTERS))
    targets = [box for box in boxes for _ in range(LETTERS)]
    chance.shuffle(targets)
    turns, sent, receipts = dict.fromkeys(boxes, 0), [], []
    for minute, box in zip(minutes, targets, strict=True):
        citizen, at = chance.choice(citizens), day + timedelta(minutes=minute, seconds=chance.randrange(60))
        body = f"letter {''.join(chance.choices('abcdefgh', k=16))} " + "y" * chance.randrange(200)
        receipts.append(put(citizen, box, clock, at, body, photos=box == boxes[0]))
        sent.append(Sent((box.code, f"{day:%Y-%m-%d}"), turns[box], at, body, citizen.who))
        turns[box] += 1
    return sent, receipts


def shown_files(folder):
    """Stored files in the order of their numbers, each with the words of the letter that it came with."""
    bodies = {str(word.pk): word.body for word in Word.objects.all()}
    told = {}
    for attachment in Attachment.objects.all():
        for file in (attachment.file, attachment.small):
            told[Path(file.name).name] = bodies[attachment.target_id]
    return [(told[name], number) for number, _, name, _ in linker.files(folder)]


@pytest.mark.django_db
def test_nobody_is_found_behind_a_letter(cast, logs, settings):
    chance = random.Random(SEED)
    boxes = [make.box(cast.committee, f"意见箱{number}", at=FIRST) for number in range(BOXES)]
    with time_machine.travel(FIRST, tick=False) as clock:
        citizens = [Citizen(number) for number in range(CITIZENS)]
        before, sent, receipts = linker.tables(), [], []
        logs.clear()
        for number in range(DAYS):
            day = FIRST + timedelta(days=number)
            today, codes = a_day(day, boxes, citizens, clock, chance)
            sent, receipts = sent + today, receipts + codes
            if number == DAYS - 1:  # a copy is made in the evening, before the delivery
                _finds_nothing(before, today, sent, logs, settings.MEDIA_ROOT)
            clock.move_to(day + timedelta(days=1, hours=6, minutes=1))
            milestones.sweep(clock_now())
    assert Word.objects.count() == len(sent) == DAYS * BOXES * LETTERS
    assert Attachment.objects.count() == DAYS * LETTERS
    dump = _finds_nothing(before, sent, sent, logs, settings.MEDIA_ROOT)
    by_number = linker.best_guess({"files": shown_files(settings.MEDIA_ROOT)}, sent)
    _is_chance(by_number)
    assert not [code for code in receipts if code in repr(dump) or code.replace(" ", "") in repr(dump)]


def clock_now():
    return datetime.now(ZoneInfo("Asia/Shanghai"))


def _finds_nothing(before, guessed, sent, logs, folder):
    """The same for a copy made at any time: no name, no minute, no order. Returns what was looked through."""
    rows = linker.changed(before, linker.tables())
    kept = {"rows": rows, "files": linker.files(folder), "logs": logs, "cache": linker.remembered()}
    assert any(letter.body in repr(rows) for letter in guessed), "the dump must hold the letters"
    assert linker.named(kept, sent) == []
    # The cache knows when a box's last minute of letters ended; that is gone a minute later, and no letter is in it.
    assert linker.told_times({**kept, "cache": []}, sent) == []
    assert not any(letter.body in repr(kept["cache"]) for letter in sent)
    assert not {"django_session", "axes_accessattempt", "axes_accesslog", "knox_authtoken"} & set(rows)
    guess = linker.best_guess(linker.orders(rows), guessed)
    print(f"{len(guessed)} letters, best of {guess['tried']} orders: {guess}")
    assert guess["tried"] > 10
    _is_chance(guess)
    return kept


def _is_chance(guess):
    assert guess["p"] > CHANCE, guess
    assert guess["deviations"] < DEVIATIONS, guess


# --- the linker itself ------------------------------------------------------------------------------------------------


def naive(count=80):
    """What a simpler box would keep: a row for each letter, in their order."""
    chance = random.Random(SEED)
    sent = [
        Sent(
            ("a", f"day{number // 10}"), number % 10, FIRST + timedelta(hours=number, minutes=7),
            f"letter {number:04}x",
            (f"10.1.1.{number}x",),
        )
        for number in range(count)
    ]  # fmt: skip
    return sent, chance


def test_the_linker_reads_an_ordered_list():
    sent, _ = naive()
    guess = linker.best_guess(linker.orders({"rows": [(str(n), one.body) for n, one in enumerate(sent)]}), sent)
    assert guess["p"] < CHANCE
    assert guess["deviations"] > DEVIATIONS
    assert guess["hits"] == len(sent)


def test_the_linker_reads_an_order_that_only_a_key_keeps():
    sent, chance = naive()
    rows = [(str(number), one.body) for number, one in enumerate(sent)]
    chance.shuffle(rows)
    assert linker.best_guess({"rows": rows}, sent)["p"] > CHANCE
    assert linker.best_guess(linker.orders({"rows": rows}), sent)["p"] < CHANCE


def test_the_linker_reads_names_and_minutes():
    sent, _ = naive()
    assert linker.named([("10.1.1.7x", "…")], sent) == ["10.1.1.7x"]
    told = f"{sent[3].at:%Y-%m-%d %H:%M:%S}"
    assert linker.told_times({"logs": [f"POST {told}"]}, sent) == [told]
    assert linker.told_times({"rows": [("2026-11-09 00:00:00", "2026-11-09")]}, sent) == []
