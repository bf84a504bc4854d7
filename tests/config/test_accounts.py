from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.audit.models import AuditEntry
from tests.factories.members import PASSWORD, user


def sign_in(client, name, password=PASSWORD, **more):
    headers = more.pop("headers", {})
    return client.post(reverse("login"), {"username": name, "password": password, **more}, headers=headers)


def signed_in(client):
    return "_auth_user_id" in client.session


@pytest.fixture
def wang(db):
    return user("wang", "王委员", phone="13807350001")


@pytest.mark.parametrize("name", ["wang", "13807350001", " wang "])
def test_signs_in_by_name_or_phone(client, wang, name):
    answer = sign_in(client, name)
    assert (answer.status_code, answer.url) == (302, "/")
    assert client.session["_auth_user_id"] == str(wang.pk)
    assert [entry.verb for entry in AuditEntry.objects.all()] == ["account.login"]


def test_the_session_gets_a_new_key(client, wang):
    session = client.session
    session["visited"] = True
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = before = session.session_key
    sign_in(client, "wang")
    assert client.session.session_key != before


@pytest.mark.parametrize("name", ["wang", "nobody"])
def test_a_wrong_password_and_an_unknown_name_read_alike(client, wang, name):
    answer = sign_in(client, name, "wrong")
    assert answer.status_code == 200
    words = "用户名或手机号与密码不符。连续 5 次不符，将暂停登录半小时。"
    assert answer.context["form"].non_field_errors() == [words]
    assert not signed_in(client)


def test_a_failure_is_recorded_for_an_account_and_never_the_typed_name(client, wang):
    sign_in(client, "nobody", "wrong")
    sign_in(client, "wang", "wrong")
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor, entry.target_text) == ("account.login_failed", "访客", "王委员")


def test_five_failures_lock_for_half_an_hour(client, wang):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        answers = [sign_in(client, "wang", "wrong").status_code for _ in range(5)]
        assert answers == [200, 200, 200, 200, 429]
        locked = sign_in(client, "wang")
        assert locked.status_code == 429
        assert locked.text.count("<h1>暂停登录</h1>") == 1
        assert not signed_in(client)
        assert AuditEntry.objects.filter(verb="account.login_failed").count() == 5
        clock.shift(timedelta(minutes=31))
        assert sign_in(client, "wang").status_code == 302


def test_a_lock_is_for_one_account(client, wang):
    user("li")
    for _ in range(5):
        sign_in(client, "wang", "wrong")
    assert sign_in(client, "li").status_code == 302


def test_a_closed_account_does_not_sign_in(client, wang):
    wang.is_active = False
    wang.save()
    assert sign_in(client, "wang").status_code == 200
    assert not signed_in(client)


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/password/", "/password/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\\\\elsewhere.example/", "/"),
        ("a-page-that-no-view-is-called", "/"),
        ("logout", "/"),
        ("", "/"),
    ],
)
def test_next_stays_on_this_site(client, wang, wanted, led_to):
    assert sign_in(client, "wang", next=wanted).url == led_to
    assert client.get(reverse("login"), {"next": wanted}).url == led_to


def test_a_page_for_the_signed_in_asks_and_leads_back(client, wang):
    answer = client.get(reverse("password-change"))
    assert answer.url == f"{reverse('login')}?next={reverse('password-change')}"
    assert client.get(answer.url).context["next"] == reverse("password-change")


def test_signing_out_empties_the_browser(client, wang):
    client.force_login(wang)
    answer = client.post(reverse("logout"))
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (302, '"cache", "storage"')
    assert not signed_in(client)
    assert AuditEntry.objects.latest("pk").verb == "account.logout"
    assert client.get(reverse("logout")).status_code == 405


NEW = "another-good-phrase"


def change(client, new=NEW, old=PASSWORD):
    return client.post(reverse("password-change"), {"old_password": old, "new_password1": new, "new_password2": new})


def test_a_new_password_ends_every_other_session_and_token(client, wang):
    elsewhere = Client()
    client.force_login(wang)
    elsewhere.force_login(wang)
    wang.auth_token_set.create()
    assert change(client).status_code == 302
    assert client.get(reverse("password-change")).status_code == 200
    assert elsewhere.get(reverse("password-change")).status_code == 302
    assert wang.auth_token_set.count() == 0
    wang.refresh_from_db()
    assert wang.check_password(NEW)
    assert AuditEntry.objects.latest("pk").verb == "account.password"


@pytest.mark.parametrize(
    ("new", "old", "field"),
    [
        (PASSWORD, PASSWORD, "new_password1"),
        ("short", PASSWORD, "new_password2"),
        (NEW, "wrong", "old_password"),
        ("", PASSWORD, "new_password1"),
    ],
)
def test_a_bad_new_password_is_refused_at_its_field(client, wang, new, old, field):
    client.force_login(wang)
    answer = change(client, new, old)
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    wang.refresh_from_db()
    assert wang.check_password(PASSWORD)


def test_large_type_is_remembered_with_the_account(client, wang):
    client.force_login(wang)
    switch = reverse("large-type")
    assert client.post(switch, {"on": "1", "next": "/password/"}).url == "/password/"
    wang.refresh_from_db()
    assert wang.large_type
    assert '<html lang="zh-Hans" class="large">' in client.get("/password/").text
    client.post(switch, {"on": "0"})
    assert '<html lang="zh-Hans">' in client.get("/password/").text


def test_large_type_is_remembered_for_a_visitor(client, db):
    switch = reverse("large-type")
    client.post(switch, {"on": "1"})
    assert '<html lang="zh-Hans" class="large">' in client.get("/login/").text
    client.post(switch, {"on": "0"})
    assert '<html lang="zh-Hans">' in client.get("/login/").text


def test_name_and_phone_are_one_account_for_the_lockout(client, wang):
    for given in ("wang", "13807350001", "wang", "13807350001", "wang"):
        answer = sign_in(client, given, "wrong")
    assert answer.status_code == 429


def test_another_forwarded_address_does_not_help(client, wang):
    answers = [sign_in(client, "wang", "wrong", headers={"X-Forwarded-For": f"10.0.0.{n}"}) for n in range(5)]
    assert answers[-1].status_code == 429


@pytest.mark.parametrize("forged", ["", "10.9.9.9, ", "rubbish, "])
def test_behind_a_proxy_a_lock_is_for_the_address_that_the_proxy_saw(client, wang, settings, forged):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    for _ in range(5):
        sign_in(client, "wang", "wrong", headers={"X-Forwarded-For": f"{forged}198.51.100.7"})
    assert sign_in(client, "wang", headers={"X-Forwarded-For": "198.51.100.7"}).status_code == 429
    assert sign_in(client, "wang", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 302


def test_a_forwarded_address_that_is_none_is_not_counted_by(client, wang, settings):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    assert sign_in(client, "wang", "wrong", headers={"X-Forwarded-For": "x" * 500}).status_code == 200
