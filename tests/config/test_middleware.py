import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from tests.factories.members import user

PAGE = "/notices/"


@pytest.fixture
def wang(client, db):
    wang = user("wang")
    client.force_login(wang)
    return wang


def policy(answer):
    return re.sub(r"'nonce-[\w-]{22}'", "'nonce'", answer.headers["Content-Security-Policy"])


STRICT = (
    "default-src 'self'; script-src 'self' 'nonce'; style-src 'self' 'nonce'; img-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@pytest.mark.parametrize(("path", "status"), [("/login/", 200), ("/no-such-page/", 404), ("/fails/", 500)])
def test_every_answer_carries_the_headers(client, db, settings, path, status):
    settings.ROOT_URLCONF = "tests.config.failing_urls"
    client.raise_request_exception = False
    answer = client.get(path)
    assert answer.status_code == status
    assert policy(answer) == STRICT
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Permissions-Policy"] == "geolocation=(), microphone=(), payment=()"


def test_each_answer_has_its_own_nonce(client, db):
    one, other = (client.get("/login/").headers["Content-Security-Policy"] for _ in range(2))
    assert one != other


def test_pages_of_a_person_are_not_kept_by_the_browser(client, wang):
    assert client.get(PAGE).headers["Cache-Control"] == "no-store, private"
    assert "Cache-Control" not in Client().get("/").headers


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def test_an_idle_session_ends_and_leads_back(client, wang, clock, settings):
    assert client.get(PAGE).status_code == 200
    clock.shift(timedelta(seconds=settings.SESSION_IDLE_SECONDS + 1))
    answer = client.get(PAGE, {"before": "7"})
    assert answer.url == "/login/?idle=1&next=%2Fnotices%2F%3Fbefore%3D7"
    page = client.get(answer.url)
    assert page.context["idle_minutes"] == 30
    assert page.context["next"] == "/notices/?before=7"


def test_use_keeps_a_session_alive(client, wang, clock, settings):
    for _ in range(3):
        clock.shift(timedelta(seconds=settings.SESSION_IDLE_SECONDS - 1))
        assert client.get(PAGE).status_code == 200


def test_no_session_outlives_half_a_day(client, wang, clock, settings):
    client.get(PAGE)
    for _ in range(25):
        clock.shift(timedelta(minutes=29))
        answer = client.get(PAGE)
    assert answer.status_code == 302


def test_use_is_noted_once_a_minute(client, wang, clock):
    client.get(PAGE)
    first = client.session["last_seen"]
    clock.shift(timedelta(seconds=59))
    client.get(PAGE)
    assert client.session["last_seen"] == first
    clock.shift(timedelta(seconds=1))
    client.get(PAGE)
    assert client.session["last_seen"] == first + 60


@pytest.mark.parametrize(
    ("referrer", "back"),
    [("http://testserver/micro/new/?a=1", "%2Fmicro%2Fnew%2F%3Fa%3D1"), ("http://elsewhere/x", "%2F"), ("", "%2F")],
)
def test_an_idle_post_leads_back_to_the_page_of_its_form(client, wang, clock, settings, referrer, back):
    client.get(PAGE)
    clock.shift(timedelta(seconds=settings.SESSION_IDLE_SECONDS + 1))
    answer = client.post("/notices/read/", headers={"Referer": referrer})
    assert answer.url == f"/login/?idle=1&next={back}"


def test_a_program_and_htmx_are_told_in_their_own_way(client, wang, clock, settings):
    wang.must_change_password = True
    wang.save()
    told = client.get("/api/v1/plans/")
    assert (told.status_code, told.headers["Content-Type"]) == (403, "application/problem+json")
    assert told.json()["detail"] == "请先登录网站修改初始密码。"
    part = client.get(PAGE, headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Redirect"]) == (204, "/password/")


def test_the_first_password_is_changed_before_anything_else(client, wang):
    wang.must_change_password = True
    wang.save()
    assert client.get(PAGE).url == "/password/"
    assert client.get("/").url == "/password/"
    assert client.get("/password/").status_code == 200
    assert client.post("/large-type/", {"on": "1"}).url == "/"
    answer = client.post(
        "/password/",
        {"old_password": "shangliang-2026", "new_password1": "own-good-phrase", "new_password2": "own-good-phrase"},
    )
    assert answer.url == "/"
    assert client.get(PAGE).status_code == 200
