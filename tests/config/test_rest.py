"""What every endpoint has in common, tried on all of them."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.throttling import AnonRateThrottle

from config.api import router
from config.audit.models import AuditEntry
from config.rest import docs
from consultation.states import ConsultationState, OutcomeState, PlanState, TopicState
from members.models import Committee
from members.models.users import User
from proposals.models import MicroProposal
from proposals.services import results
from proposals.states import AssignmentState, MicroState, ProposalState
from tests.factories import (
    activities,
    consultation,
    formal,
    grids,
    library,
    lists,
    proposals,
    reception,
    standards,
    workstations,
)
from tests.factories.members import PASSWORD
from workstations.services import words
from workstations.states import WordState

LISTS = [f"/api/v1/{prefix}/" for prefix, _, _ in router.registry]
PUBLIC = [
    "plans", "plan-items", "topics", "consultations", "outcomes", "committees", "regions", "workstations",
    "public-members", "regulations", "activities", "grids", "grid-postings", "inspections", "resources", "demands",
    "projects", "words", "proposals", "micro-results",
]  # fmt: skip
PRIVATE = [
    "micro-proposals", "categories", "assignments", "bodies", "members", "duty-tasks", "duty-records", "scores",
    "appraisals",
]  # fmt: skip
PHONE, EMAIL = "13807350077", "somebody@example.org"


@pytest.fixture
def filled(cast):
    """Something on every list, and a person behind everything whose phone and mail nobody may read."""
    User.objects.update(email=EMAIL)
    for number, user in enumerate(User.objects.order_by("pk")):
        User.objects.filter(pk=user.pk).update(phone=f"{PHONE[:-2]}{number:02}")
    consultation.topic(cast, TopicState.IN_PLAN)
    consultation.plan(cast, PlanState.APPROVED, year=2027, number="嘉政协办发〔2026〕8号")
    consultation.consultation(cast, ConsultationState.ARCHIVED)
    outcome = consultation.consultation(cast, ConsultationState.RUNNING, title="城区停车协商")
    consultation.outcome(outcome, cast, OutcomeState.ROUTED, given=consultation.class_a(cast))
    station = workstations.station(cast.committee)
    workstations.post(station, cast.wang_member)
    activities.published(cast, is_public=True)
    grids.posting(cast.committee, cast.wang_member, grids.grid(cast.committee))
    standards.done(station, standards.plain(cast.committee, "有标牌"))
    lists.resource(cast.wang_member)
    lists.project(cast)
    words.publish(reception.word(cast, WordState.ANSWERED), shown=True, by=cast.li, at=reception.AT)
    library.regulation(cast.committee)
    proposals.micro(cast, MicroState.REVIEWING)
    proposals.assignment(cast, AssignmentState.CLOSED, title="县城北路增设公交站")
    settled = MicroProposal.objects.public().get()
    results.add_result(settled, tag="build", title="公交站建好了", on=proposals.AT.date(), by=cast.li, at=proposals.AT)
    formal.proposal(cast, ProposalState.FILED, publication="full")
    return cast


def token_of(user, **lifetime):
    return {"HTTP_AUTHORIZATION": f"Token {AuthToken.objects.create(user, **lifetime)[1]}"}


def problem_of(answer):
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert (told["type"], told["status"]) == ("about:blank", answer.status_code)
    return told


# --- who may ask, and what for -----------------------------------------------------------------------------------


def test_every_list_is_public_or_private():
    assert sorted(LISTS) == sorted(f"/api/v1/{name}/" for name in PUBLIC + PRIVATE)


@pytest.mark.parametrize("name", PUBLIC)
def test_a_visitor_reads_what_is_public_and_writes_nothing(filled, client, name):
    answer = client.get(f"/api/v1/{name}/")
    assert answer.status_code == 200
    assert answer.json()["results"] != []
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert {part.strip() for part in answer.headers["Vary"].split(",")} == {"Authorization", "Cookie"}
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)(f"/api/v1/{name}/").status_code == 401


@pytest.mark.parametrize("name", PRIVATE)
def test_what_is_private_asks_a_visitor_to_sign_in(filled, client, as_, name):
    told = client.get(f"/api/v1/{name}/")
    assert problem_of(told)["detail"] == "请先登录，或带上有效的令牌。"
    assert (told.status_code, told.headers["WWW-Authenticate"]) == (401, "Token")
    answer = as_(filled.li).get(f"/api/v1/{name}/")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")


@pytest.mark.parametrize("name", PUBLIC)
def test_what_a_signed_in_person_reads_is_nobodys_to_keep(filled, as_, name):
    assert as_(filled.li).get(f"/api/v1/{name}/").headers["Cache-Control"] == "private, no-store"


PROBES = [
    "created_by__password__startswith",
    "author__user__password__startswith",
    "committee__role_grants__user__phone__startswith",
    "committee__name__startswith",
    "id__in",
    "_connector",
    "ordering",
    "format",
    "stat",
]


@pytest.mark.parametrize("address", LISTS)
def test_an_unknown_parameter_is_refused_and_tells_nothing(cast, as_, address):
    li = as_(cast.li)
    for probe in PROBES:
        told = [li.get(address, {probe: value}) for value in ("argon2", "zzz")]
        assert [answer.status_code for answer in told] == [400, 400]
        assert told[0].content == told[1].content
        assert problem_of(told[0])["errors"][probe][0].startswith("没有这个参数。可用的参数：")


def test_a_detail_has_no_parameters(cast, client):
    told = client.get("/api/v1/committees/jiahe/", {"fields": "all"})
    assert problem_of(told)["errors"] == {"fields": ["没有这个参数。这个地址没有参数。"]}


@pytest.mark.parametrize("address", LISTS)
def test_no_phone_and_no_mail_in_any_answer(filled, as_, address):
    for user in (filled.li, filled.zhang, filled.wang):
        body = as_(user).get(address).content.decode()
        for row in json.loads(body).get("results", []):
            one = row.get("id") or row.get("key") or row.get("slug") or row.get("code")
            body += as_(user).get(f"{address}{one}/").content.decode()
        assert EMAIL not in body
        assert PHONE[:-2] not in body


# --- answers that the asker has already --------------------------------------------------------------------------


@pytest.mark.parametrize("name", PUBLIC)
def test_an_unchanged_list_is_not_sent_again(filled, client, django_assert_max_num_queries, name):
    tag = client.get(f"/api/v1/{name}/").headers["ETag"]
    most = 6 if name == "proposals" else 2  # in whose name each is put stands in its signatures
    with django_assert_max_num_queries(most):
        again = client.get(f"/api/v1/{name}/", HTTP_IF_NONE_MATCH=tag)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert again.headers["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_a_change_of_a_related_row_is_a_change(cast, client):
    address = f"/api/v1/workstations/{workstations.station(cast.committee).pk}/"
    tag = client.get(address).headers["ETag"]
    Committee.objects.filter(pk=cast.committee.pk).update(slug="jiahe-county")
    assert client.get(address, HTTP_IF_NONE_MATCH=tag).status_code == 200


# --- pages -------------------------------------------------------------------------------------------------------


def test_pages_by_cursor_show_every_row_once(cast, client):
    seen, address = [], "/api/v1/regions/?page_size=4"
    while address:
        page = client.get(address).json()
        seen += [row["code"] for row in page["results"]]
        address = page["next"]
    assert len(seen) == 12
    assert seen == sorted(set(seen))


@pytest.mark.parametrize("size", ["0", "101", "-1", "x", "1e2", "²"])
def test_a_page_has_1_to_100_rows(cast, client, size):
    told = client.get("/api/v1/regions/", {"page_size": size})
    assert problem_of(told)["errors"] == {"page_size": ["请填 1 到 100 之间的整数。"]}


@pytest.mark.parametrize("cursor", ["x", "cD1hYmM=", "cD0lMDA=", "中文", "cj1x"])
def test_a_made_up_cursor_is_refused(cast, client, cursor):
    told = client.get("/api/v1/workstations/", {"cursor": cursor})
    assert told.status_code == 400
    assert list(problem_of(told)["errors"]) == ["cursor"]


# --- problems ----------------------------------------------------------------------------------------------------


def test_nothing_there_and_nothing_of_yours_read_alike(cast, as_, client):
    hidden = consultation.plan(cast).pk
    told = [problem_of(as_(cast.zhao).get(f"/api/v1/plans/{pk}/")) for pk in (hidden, 999_999, "abc", "9" * 30)]
    assert told == [told[0]] * 4
    assert told[0]["detail"] == "没有这项内容，或者您不能查看它。"
    assert problem_of(client.get("/api/v1/nowhere"))["status"] == 404
    assert problem_of(client.post("/api/v2/plans/"))["status"] == 404


def test_other_methods_formats_and_bodies(cast, as_):
    wang = as_(cast.wang)
    address = "/api/v1/micro-proposals/"
    told = wang.delete(address)
    assert (problem_of(told)["status"], told.headers["Allow"]) == (405, "GET, HEAD, POST")
    assert problem_of(wang.options(address))["status"] == 405
    assert problem_of(wang.get(address, HTTP_ACCEPT="text/html"))["status"] == 406
    key = {"HTTP_IDEMPOTENCY_KEY": "12345678"}
    assert problem_of(wang.post(address, {"title": "x"}, **key))["status"] == 415
    broken = wang.post(address, b"{", content_type="application/json", **key)
    assert (problem_of(broken)["status"], broken.json()["detail"]) == (400, "请求正文不是有效的 JSON。")
    big = wang.post(address, b'"' + b"x" * 3_000_000 + b'"', content_type="application/json", **key)
    assert problem_of(big)["status"] == 413


def test_an_error_of_ours_is_a_problem_too(cast, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("members.api.reference.Committees.get_queryset", fail)
    told = Client(raise_request_exception=False).get("/api/v1/committees/")
    assert problem_of(told)["detail"] == "服务器出了问题，已经记录下来，请稍后再试。"


def test_a_browser_session_needs_its_csrf_token(cast):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.wang, backend="members.auth.NameOrPhoneBackend")
    told = browser.post("/api/v1/micro-proposals/", {}, content_type="application/json")
    assert (told.status_code, problem_of(told)["detail"]) == (403, "请求没有带上有效的 CSRF 令牌，请刷新页面后再试。")


@pytest.fixture
def three_a_minute(monkeypatch):
    monkeypatch.setitem(AnonRateThrottle.THROTTLE_RATES, "anon", "3/min")


def test_too_many_requests_wait_and_another_name_does_not_help(cast, client, three_a_minute):
    told = [client.get("/api/v1/committees/", HTTP_X_FORWARDED_FOR=f"10.1.1.{n}") for n in range(5)]
    assert [answer.status_code for answer in told] == [200, 200, 200, 429, 429]
    seconds = int(told[-1].headers["Retry-After"])
    assert 1 <= seconds <= 61
    assert problem_of(told[-1])["detail"] == f"请求太频繁，请在 {seconds} 秒后再试。"


# --- tokens ------------------------------------------------------------------------------------------------------


def ask(client, name="wang", password=PASSWORD):
    return client.post("/api/v1/tokens/", {"username": name, "password": password}, content_type="application/json")


def test_a_token_opens_what_its_owner_may_read_until_it_is_revoked(cast, client):
    proposals.micro(cast)
    given = ask(client)
    assert given.status_code == 201
    key = {"HTTP_AUTHORIZATION": f"Token {given.json()['token']}"}
    assert len(client.get("/api/v1/micro-proposals/", **key).json()["results"]) == 1
    assert AuthToken.objects.get().digest != given.json()["token"]
    assert "sessionid" not in client.cookies
    assert client.delete("/api/v1/tokens/", **key).status_code == 204
    assert client.get("/api/v1/micro-proposals/", **key).status_code == 401
    assert [entry.verb for entry in AuditEntry.objects.filter(verb__startswith="account").order_by("pk")] == [
        "account.login",
        "account.logout",
    ]


def test_a_token_ends_with_its_time_its_owner_and_a_password_to_change(cast, client):
    spent = token_of(cast.wang, expiry=timedelta(seconds=-1))
    good = token_of(cast.wang)
    assert client.get("/api/v1/plans/", **spent).status_code == 401
    assert client.get("/api/v1/plans/", **good).status_code == 200
    User.objects.filter(pk=cast.wang.pk).update(must_change_password=True)
    assert client.get("/api/v1/plans/", **good).status_code == 401
    User.objects.filter(pk=cast.wang.pk).update(must_change_password=False, is_active=False)
    assert client.get("/api/v1/plans/", **good).status_code == 401


@pytest.mark.parametrize("header", ["Token", "Token a b", "Token \xff\xfe", "Token x"])
def test_a_broken_token_is_refused(cast, client, header):
    assert problem_of(client.get("/api/v1/plans/", HTTP_AUTHORIZATION=header))["status"] == 401


def test_a_wrong_password_and_an_unknown_name_read_alike(cast, client):
    told = [problem_of(ask(client, *pair)) for pair in (("wang", "wrong"), ("nobody", "wrong"))]
    assert told[0] == told[1]
    assert told[0]["status"] == 401


def test_five_failures_lock_the_api_as_they_lock_the_page(cast, client):
    told = [ask(client, password="wrong").status_code for _ in range(6)]
    assert told == [401, 401, 401, 401, 429, 429]
    locked = ask(client, password=PASSWORD)
    assert (locked.status_code, problem_of(locked)["detail"]) == (429, "登录失败次数过多，请半小时后再试。")
    assert ask(client, "li").status_code == 201


def test_no_token_before_the_first_password_is_changed(cast, client):
    User.objects.filter(pk=cast.wang.pk).update(must_change_password=True, password=make_password(PASSWORD))
    assert problem_of(ask(client))["status"] == 403
    assert AuthToken.objects.count() == 0


def test_credentials_are_two_and_nothing_else(cast, client):
    told = client.post("/api/v1/tokens/", {"username": "wang", "user": 1}, content_type="application/json")
    assert problem_of(told)["errors"] == {"user": ["没有这一项。"]}
    told = client.post("/api/v1/tokens/", {"username": "wang"}, content_type="application/json")
    assert problem_of(told)["errors"] == {"password": ["该字段是必填项。"]}


# --- description and reference -----------------------------------------------------------------------------------


def test_the_description_is_valid_and_without_warnings(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", file=str(tmp_path / "schema.yml"))


def test_the_description_is_served_as_json_and_names_no_host(db, client, django_assert_num_queries):
    docs._description.cache_clear()
    with django_assert_num_queries(0):
        answer = client.get("/api/v1/schema/")
    described = answer.json()
    assert described["openapi"] == "3.0.3"
    assert "http" not in answer.content.decode()
    assert set(LISTS) <= set(described["paths"])
    again = client.get("/api/v1/schema/", HTTP_IF_NONE_MATCH=answer.headers["ETag"])
    assert again.status_code == 304


def test_the_reference_names_no_host_and_runs_nothing_inline(db, client):
    page = client.get("/api/v1/docs/").content.decode()
    assert "//" not in page
    assert page.count("<script") == page.count("<script src=") == 2


@pytest.mark.browser
def test_the_reference_works_under_the_strict_policy_and_off_line(chromium, live_server):
    said, asked = [], []
    page = chromium.new_page()
    page.set_default_timeout(60_000)
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server.url}/api/v1/docs/")
    page.locator("#operations-年度协商计划-plans_list").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    page.locator(".live-responses-table .response-col_status", has_text="200").wait_for()
    page.wait_for_load_state("networkidle")
    page.close()
    assert said == []
    assert [url for url in asked if not url.startswith(live_server.url)] == []


def test_updated_since_leaves_out_what_is_older(filled, client):
    for name in ("plans", "plan-items", "topics", "consultations", "outcomes", "committees", "workstations"):
        later = (timezone.now() + timedelta(days=1)).isoformat()
        assert client.get(f"/api/v1/{name}/", {"updated_since": later}).json()["results"] == []
        assert client.get(f"/api/v1/{name}/", {"updated_since": "2026-01-01T00:00:00Z"}).json()["results"] != []
        for moment in ("yesterday", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"):
            told = client.get(f"/api/v1/{name}/", {"updated_since": moment})
            assert list(problem_of(told)["errors"]) == ["updated_since"]


@pytest.mark.parametrize(
    ("name", "parameter"), [("plan-items", "plan"), ("plan-items", "topic"), ("outcomes", "consultation")]
)
@pytest.mark.parametrize("number", ["0", "-1", "1.5", "NaN", "9223372036854775808", "9" * 31, "٣"])
def test_a_number_that_no_row_can_have_finds_nothing_and_breaks_nothing(filled, client, name, parameter, number):
    told = client.get(f"/api/v1/{name}/", {parameter: number})
    assert told.status_code == 400 or told.json()["results"] == []
