"""Letters into one box at once, and two deliveries at once: none is lost, none comes twice (PostgreSQL; ADR 0004)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from config.uploads.checks import clean_image
from tests.factories import boxes as make
from tests.factories.boxes import AT, MORNING
from workstations.models import BoxPhotos, Word
from workstations.services import boxes as services
from workstations.services import words

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
LETTERS, THREADS = 16, 4


def at_once(jobs):
    def run(job):
        try:
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as crowd:
        return list(crowd.map(run, jobs))


def test_every_receipt_that_was_given_leads_to_one_word(cast):
    box = make.box(cast.committee)
    photo = clean_image(make.photo(size=(40, 30)))

    def put(number):
        photos = [photo] if number % 4 == 0 else []
        return make.put(box, f"第 {number} 件要说的事情", seed=f"s{number % LETTERS}", photos=photos)

    codes = at_once([lambda number=number: put(number % LETTERS) for number in range(2 * LETTERS)])
    assert len(set(codes)) == LETTERS == len(make.lying(box)["2026-11-10"])
    assert len(BoxPhotos.objects.get().pictures) == LETTERS // 4
    late = [lambda: services.deliver(cast.committee, at=MORNING)] * 2
    more = [lambda: make.put(box, "今天的一封信件", seed="new", at=AT + timedelta(days=1))]
    first, second, _ = at_once([*late, *more])
    assert sorted([first, second]) == [0, LETTERS]
    assert set(Word.objects.values_list("receipt", flat=True)) == {words.digest_of(code) for code in codes}
    assert list(make.lying(box)) == ["2026-11-11"]
    assert BoxPhotos.objects.get().pictures == {}
