"""What strangers try at the doors of words, boxes, visits and lists: nothing more is told than is meant for them."""

import io
import os
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from config.audit.models import AuditEntry
from config.notices.models import Notice
from config.uploads import store
from tests.factories import boxes
from tests.factories import lists as needs
from tests.factories import reception as make
from workstations.models import Visit
from workstations.services import boxes as delivery
from workstations.services import visits
from workstations.services import words as services

pytestmark = pytest.mark.django_db


def test_a_letter_of_a_box_is_told_at_its_own_page_and_at_no_page_that_counts_addresses(cast):
    with time_machine.travel(boxes.AT, tick=False):
        box = boxes.kept(cast)
        code = boxes.put(box)
    delivery.deliver(cast.committee, at=boxes.MORNING)
    answer = Client().post(reverse("word-progress", args=[cast.committee.slug]), {"code": code})
    assert answer.status_code == 400
    assert boxes.BODY not in answer.content.decode()
    assert reverse("box-list", args=[cast.committee.slug]) in answer.content.decode()
    assert boxes.BODY in Client().post(reverse("box-progress", args=[box.code]), {"code": code}).content.decode()


def noisy_photo(megabytes):
    """A JPEG larger than what Django keeps in memory by itself."""
    side = 1700
    out = io.BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(side * side * 3)).save(out, "JPEG", quality=95)
    content = out.getvalue()
    assert megabytes * 1024 * 1024 < len(content) < 8 * 1024 * 1024
    return SimpleUploadedFile("照片.jpg", content, "image/jpeg")


def test_a_photo_for_a_box_is_on_no_disk_for_a_moment(cast, monkeypatch):
    def fail(*args, **fields):
        raise AssertionError("a temporary file has a time of its own")

    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", fail)
    with time_machine.travel(boxes.AT, tick=False) as clock:
        box = boxes.kept(cast)
        token = boxes.token_of(Client().get(box.get_absolute_url()))
        clock.shift(timedelta(seconds=10))
        given = {"body": boxes.BODY, "token": token, "photos": noisy_photo(2.5)}
        answer = Client().post(box.get_absolute_url(), given)
    assert boxes.receipt_of(answer)
    ((letter,),) = [day.values() for day in boxes.lying(box).values()]
    assert len(letter["photos"]) == 1


def test_many_files_at_a_box_fill_no_memory_and_are_refused_in_words(cast):
    with time_machine.travel(boxes.AT, tick=False) as clock:
        box = boxes.kept(cast)
        token = boxes.token_of(Client().get(box.get_absolute_url()))
        clock.shift(timedelta(seconds=10))
        many = [SimpleUploadedFile(f"{n}.jpg", b"\xff\xd8" + bytes(1000), "image/jpeg") for n in range(9)]
        answer = Client().post(box.get_absolute_url(), {"body": boxes.BODY, "token": token, "photos": many})
    assert answer.status_code == 400
    assert "最多上传 2 张照片，您选了 9 张" in answer.content.decode()


def test_a_covered_number_is_found_by_no_search(cast):
    word = make.word(cast, body=f"{make.BODY}电话13900000001", place="村口，找13900000002")
    assert make.BODY in word.search_document()
    assert "1390000000" not in word.search_document()


def test_neither_trail_nor_notice_repeats_the_number_of_a_person(cast):
    station = make.station(cast)
    word = make.word(cast, station=station, body=f"找13900000001问，{make.BODY}")
    services.forget(word, by=None, at=make.AT)
    told = [*AuditEntry.objects.values_list("target_text", flat=True), *Notice.objects.values_list("title", flat=True)]
    assert any("找****问" in text for text in told)
    assert not any("1390000" in text for text in told)


def test_photos_of_what_nobody_has_confirmed_are_not_public(cast):
    running = needs.project(cast)
    photo = SimpleUploadedFile("照片.jpg", boxes.photo().getvalue(), "image/jpeg")
    attachment = store.attach(running, photo, by=cast.wang, at=needs.AT, purpose="done")
    address = reverse("file", args=[attachment.pk])

    def seen_by():
        people = {"visitor": None, "wang": cast.wang, "li": cast.li, "zhao": cast.zhao}
        found = set()
        for name, user in people.items():
            client = Client()
            if user:
                client.force_login(user)
            if client.get(address).status_code == 200:
                found.add(name)
        return found

    assert seen_by() == {"wang", "li"}
    needs.projects.finish(running, result="机井修好了，三个组通了水。", effects=[], by=cast.li, at=needs.LATER)
    assert seen_by() == {"visitor", "wang", "li", "zhao"}


def test_a_second_click_is_no_second_visit(cast):
    station = make.station(cast)
    told = {"people": 3, "matter": "问低保", "by": cast.keeper}
    first, _ = visits.log_visit(station, **told, at=make.AT)
    again, _ = visits.log_visit(station, **told, at=make.AT + timedelta(seconds=2))
    assert again == first
    visits.log_visit(station, **told, at=make.AT + timedelta(minutes=5))
    visits.log_visit(station, **{**told, "matter": "问社保"}, at=make.AT + timedelta(minutes=5))
    assert Visit.objects.count() == 3
