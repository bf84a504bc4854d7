import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(settings):
    settings.ROOT_URLCONF = "tests.config.failing_urls"
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


@pytest.mark.parametrize(
    ("path", "status", "heading"),
    [
        ("/no-such-page/", 404, "没有找到这个页面"),
        ("/forbids/", 403, "您没有权限这样做"),
        ("/misreads/", 400, "这个请求看不明白"),
        ("/fails/", 500, "系统出了差错"),
    ],
)
def test_an_error_page_says_what_happened_and_who_helps(visitor, path, status, heading):
    answer = visitor.get(path)
    assert answer.status_code == status
    assert answer.text.count(f"<h1>{heading}</h1>") == 1
    assert "政协办公室" in answer.text


def test_a_refusal_gives_the_reason_of_the_rule(visitor):
    assert "<p>只有提交人可以撤回。</p>" in visitor.get("/forbids/", {"reason": "只有提交人可以撤回。"}).text


def test_a_reason_is_text_and_never_markup(visitor):
    assert "<script>" not in visitor.get("/forbids/", {"reason": "<script>"}).text


def test_a_failure_tells_nothing_of_its_inside(visitor):
    assert "secret" not in visitor.get("/fails/").text


def test_a_failure_page_needs_no_database(visitor, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert visitor.get("/fails/").status_code == 500


def test_a_stale_page_is_told_so(visitor):
    answer = visitor.post("/login/", {"username": "wang", "password": "x"})
    assert answer.status_code == 403
    assert "<h1>这个页面放得太久了</h1>" in answer.text
