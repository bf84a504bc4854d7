"""The door of an anonymous box, as a browser meets it; and the pages of office and keepers."""

import logging
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from config import logs
from tests.factories import boxes as make
from tests.factories.boxes import AT, BODY, MORNING
from workstations.services import box_flood as flood
from workstations.services import boxes as services
from workstations.services import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


@pytest.fixture
def box(cast, clock):
    return make.kept(cast)


def put(client, box, clock, *, seconds=10, **fields):
    """Open the page, wait, put in."""
    token = make.token_of(client.get(box.get_absolute_url()))
    clock.shift(timedelta(seconds=seconds))
    return client.post(box.get_absolute_url(), {"body": BODY, "token": token, **fields})


# --- putting in -------------------------------------------------------------------------------------------------------


def test_a_letter_is_put_in_and_its_code_leads_to_it(client, box, clock):
    answer = put(client, box, clock, place="村口")
    assert answer.status_code == 200
    assert "明早送达" in answer.content.decode()
    progress = reverse("box-progress", args=[box.code])
    asked = client.post(progress, {"code": make.receipt_of(answer)})
    assert "2026年11月10日" in asked.content.decode()
    assert BODY not in asked.content.decode()
    services.deliver(box.committee, at=MORNING)
    asked = client.post(progress, {"code": make.receipt_of(answer).replace(" ", "")}).content.decode()
    assert BODY in asked
    assert "待处理" in asked


def test_the_answer_is_read_by_the_code(client, cast, box, clock):
    code = make.receipt_of(put(client, box, clock))
    services.deliver(box.committee, at=MORNING)
    words.answer(box.words.get(), answer="路灯下周修好。", by=cast.wang, at=MORNING)
    page = client.post(reverse("box-progress", args=[box.code]), {"code": code}).content.decode()
    assert "路灯下周修好。" in page
    assert "已答复" in page


def test_a_code_that_is_none_is_said_and_stays(client, box):
    answer = client.post(reverse("box-progress", args=[box.code]), {"code": "1111 2222 3333 4444"})
    assert answer.status_code == 400
    assert "没有找到这个查询码" in answer.content.decode()
    assert "1111 2222 3333 4444" in answer.content.decode()


@pytest.mark.parametrize("path", ["", "progress/"])
def test_who_is_signed_in_is_met_like_anybody(as_, cast, box, path):
    """Not even the page knows: no name, no menu, no login, and the very same bytes but for the chance in them."""
    pages = []
    for who in (None, cast.li):
        answer = as_(who).get(f"/box/{box.code}/{path}")
        text = answer.content.decode()
        assert not answer.cookies
        assert "csrfmiddlewaretoken" not in text
        assert "李主任" not in text
        assert "不读取登录状态" in text
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        if not path:
            text = text.replace(make.token_of(answer), "")
        pages.append(text)
    assert pages[0] == pages[1]


def test_nothing_is_asked_of_a_session_and_none_is_written(as_, cast, box, clock, django_assert_max_num_queries):
    client = as_(cast.li)
    before = dict(Session.objects.values_list("pk", "session_data"))
    clock.shift(timedelta(minutes=5))
    with django_assert_max_num_queries(12) as asked:
        answer = put(client, box, clock)
    assert make.receipt_of(answer)
    assert not [query["sql"] for query in asked if "session" in query["sql"] or "members_user" in query["sql"]]
    assert dict(Session.objects.values_list("pk", "session_data")) == before


def test_the_second_click_shows_the_same_code(client, box, clock):
    token = make.token_of(client.get(box.get_absolute_url()))
    clock.shift(timedelta(seconds=10))
    codes = {make.receipt_of(client.post(box.get_absolute_url(), {"body": BODY, "token": token})) for _ in range(2)}
    assert len(codes) == 1
    assert None not in codes


def test_another_letter_from_a_used_page_gets_a_fresh_one(client, box, clock):
    token = make.token_of(client.get(box.get_absolute_url()))
    clock.shift(timedelta(seconds=10))
    client.post(box.get_absolute_url(), {"body": BODY, "token": token})
    answer = client.post(box.get_absolute_url(), {"body": "第二封信说别的事", "token": token})
    assert answer.status_code == 400
    assert "第二封信说别的事" in answer.content.decode()
    clock.shift(timedelta(seconds=10))
    again = client.post(box.get_absolute_url(), {"body": "第二封信说别的事", "token": make.token_of(answer)})
    assert make.receipt_of(again)


@pytest.mark.parametrize(
    ("seconds", "said"), [(1, "过几秒钟"), (7 * 3600, "打开得太久")], ids=["at once", "after seven hours"]
)
def test_too_soon_and_too_late_keep_what_was_typed(client, box, clock, seconds, said):
    answer = put(client, box, clock, seconds=seconds, place="村口")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert said in page
    assert BODY in page
    assert "村口" in page
    clock.shift(timedelta(seconds=10))
    again = client.post(box.get_absolute_url(), {"body": BODY, "token": make.token_of(answer)})
    assert make.receipt_of(again)


@pytest.mark.parametrize("token", ["", "x", "eyJhIjoxfQ:1:x"])
def test_a_forged_page_is_none(client, box, token):
    answer = client.post(box.get_absolute_url(), {"body": BODY, "token": token})
    assert answer.status_code == 400
    assert BODY in answer.content.decode()
    assert make.lying(box) == {}


def test_a_page_of_one_box_opens_no_other(client, cast, box, clock):
    other = make.box(cast.committee, "另一个")
    token = make.token_of(client.get(box.get_absolute_url()))
    clock.shift(timedelta(seconds=10))
    assert client.post(other.get_absolute_url(), {"body": BODY, "token": token}).status_code == 400


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"body": ""}, "请写下您想说的事"),
        ({"body": "短"}, "至少 6 个字"),
        ({"body": "长" * 2001}, "2000"),
        ({"website": "http://spam"}, "请留空"),
    ],
)
def test_what_is_wrong_is_said_and_stays(client, box, clock, fields, said):
    answer = put(client, box, clock, place="金田村口", **fields)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert said in page
    assert "金田村口" in page
    assert make.lying(box) == {}


def test_a_telephone_number_is_warned_of_once(client, box, clock):
    body = "请修路，打 13912345678 找我。"
    answer = put(client, box, clock, body=body)
    assert answer.status_code == 400
    assert "遮住" in answer.content.decode()
    assert body in answer.content.decode()
    assert make.receipt_of(put(client, box, clock, body=body, agree="on"))
    assert "139" not in str(make.lying(box))
    assert "****" in str(make.lying(box))


def test_a_photo_that_is_too_large_is_refused_in_words_and_the_text_stays(client, box, clock):
    large = SimpleUploadedFile("大照片.jpg", b"\xff\xd8" + bytes(20 * 1024 * 1024), "image/jpeg")
    answer = put(client, box, clock, photos=large)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "超过了 8 MB" in page
    assert "照片要重新选" in page
    assert BODY in page


def test_photos_go_along(client, box, clock):
    assert make.receipt_of(put(client, box, clock, photos=[make.photo(), make.photo()]))
    ((letter,),) = [day.values() for day in make.lying(box).values()]
    assert len(letter["photos"]) == 2
    answer = put(client, box, clock, body="三张照片的一封信", photos=[make.photo() for _ in range(3)])
    assert "最多上传 2 张" in answer.content.decode()


# --- closed, gone, failing --------------------------------------------------------------------------------------------


def test_a_closed_box_leads_elsewhere_and_gives_back_what_was_typed(client, cast, box, clock):
    code = make.receipt_of(put(client, box, clock))
    services.close_box(box, reason="x", by=cast.li, at=AT)
    answer = client.get(box.get_absolute_url())
    assert answer.status_code == 410
    assert "当面反映" in answer.content.decode()
    assert BODY in client.post(box.get_absolute_url(), {"body": BODY}).content.decode()
    services.deliver(box.committee, at=MORNING)
    assert BODY in client.post(reverse("box-progress", args=[box.code]), {"code": code}).content.decode()


@pytest.mark.parametrize("path", ["/box/000000000000/", "/box/000000000000/progress/", "/box/x/y/z/"])
def test_no_such_box(as_, cast, path, caplog):
    client = as_(cast.li)
    with caplog.at_level(logging.DEBUG):
        answer = client.get(path)
    assert answer.status_code == 404
    assert not answer.cookies
    assert "李主任" not in answer.content.decode()
    assert caplog.records == []


def test_an_error_leaves_a_place_in_the_code_and_no_word_of_the_letter(box, clock, monkeypatch, caplog):
    def fail(*args, **fields):
        raise ValueError(f"row contains {fields['body']}")

    client = Client(raise_request_exception=False)
    monkeypatch.setattr("workstations.views.boxes.services.put_in", fail)
    with caplog.at_level(logging.DEBUG):
        answer = put(client, box, clock, HTTP_USER_AGENT="Phone of Wang")
    assert answer.status_code == 500
    (record,) = caplog.records
    assert "ValueError at" in record.getMessage()
    assert record.exc_info is None
    assert BODY not in str(record.__dict__)
    assert not hasattr(record, "request")


def test_access_logs_pass_over_the_boxes():
    quiet = logs.NobodysPages()
    of_gunicorn = {"h": "10.0.0.7", "r": "GET /box/abc/ HTTP/1.1", "U": "/box/abc/"}
    for args, kept in [
        ((of_gunicorn,), False), (({**of_gunicorn, "r": "GET / HTTP/1.1", "U": "/"},), True),
        (("POST /box/abc/ HTTP/1.1", "200", "7"), False), (("GET /c/jiahe/boxes/ HTTP/1.1", "200", "7"), True),
    ]:  # fmt: skip
        record = logging.LogRecord("x", logging.INFO, "", 0, "%s", args, None)
        assert quiet.filter(record) is kept
    logs.keep_quiet(), logs.keep_quiet()
    filters = logging.getLogger("gunicorn.access").filters
    assert [type(one) for one in filters] == [logs.NobodysPages]


# --- too much at once -------------------------------------------------------------------------------------------------


def test_above_the_limit_a_question_in_words_is_to_be_answered(client, box, clock, monkeypatch):
    monkeypatch.setattr(flood, "FREE", 0)
    monkeypatch.setattr(flood, "question", lambda: [3, 4])
    answer = put(client, box, clock)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "请写出三加四等于几" in page
    assert BODY in page
    assert make.lying(box) == {}
    clock.shift(timedelta(seconds=10))
    token = make.token_of(answer)
    wrong = client.post(box.get_absolute_url(), {"body": BODY, "token": token, "answer": "八"})
    assert "答案不对" in wrong.content.decode()
    clock.shift(timedelta(seconds=10))
    token = make.token_of(wrong)
    right = client.post(box.get_absolute_url(), {"body": BODY, "token": token, "answer": "７"})
    assert make.receipt_of(right)


def test_a_page_opened_before_the_flood_is_asked_as_well(client, box, clock, monkeypatch):
    token = make.token_of(client.get(box.get_absolute_url()))
    clock.shift(timedelta(seconds=10))
    monkeypatch.setattr(flood, "FREE", 0)
    answer = client.post(box.get_absolute_url(), {"body": BODY, "token": token})
    assert answer.status_code == 429
    assert "请写出" in answer.content.decode()
    assert BODY in answer.content.decode()


def test_a_busy_box_keeps_what_was_typed(client, box, clock, monkeypatch):
    monkeypatch.setattr(flood, "MOST", 0)
    answer = put(client, box, clock)
    assert answer.status_code == 429
    assert "信箱现在很忙" in answer.content.decode()
    assert BODY in answer.content.decode()


def test_a_box_that_is_held_too_long_keeps_what_was_typed(client, box, clock, monkeypatch):
    def held(*args, **fields):
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setattr("workstations.services.box_letters.lock", held)
    answer = put(client, box, clock)
    assert answer.status_code == 429
    assert "信箱现在很忙" in answer.content.decode()
    assert BODY in answer.content.decode()


def test_too_many_codes_are_not_looked_up(client, box, monkeypatch):
    monkeypatch.setattr(flood, "LOOKS", 0)
    answer = client.post(reverse("box-progress", args=[box.code]), {"code": "1111 2222 3333 4444"})
    assert answer.status_code == 429
    assert "1111 2222 3333 4444" in answer.content.decode()
