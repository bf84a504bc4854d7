"""A real Chromium on the live site, as a phone or a desk; it fails the test on any script or policy error."""

import os
from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright

from tests.conftest import CHROMIUM
from tests.factories.members import PASSWORD

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session")
def chromium():
    # Playwright runs an event loop in this thread; Django must not take the test for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def enter(chromium, live_server):
    """`with enter("wang") as page:` signs in by the login page; `enter(None)` is a visitor."""
    complaints = []

    @contextmanager
    def session(username, *, device=PHONE, **options):
        context = chromium.new_context(base_url=live_server.url, locale="zh-CN", **device, **options)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if username:
            page.goto("/login/")
            page.fill("input[name=username]", username)
            page.fill("input[name=password]", PASSWORD)
            page.click("button.main")
            page.wait_for_url(lambda url: "/login/" not in url)
        yield page
        context.close()

    yield session
    expected = ("400 (Bad Request)", "403 (Forbidden)", "404 (Not Found)", "ERR_INTERNET_DISCONNECTED")
    assert [line for line in complaints if not any(words in line for words in expected)] == []


def fits(page):
    """Nothing is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
