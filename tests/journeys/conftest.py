"""A real Chromium on the live site, as a phone or a desk; it fails the test on any script or policy error."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import TimeoutError, expect

from tests.factories.members import PASSWORD

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 900}}
FITS = """() => document.readyState === "complete" && document.documentElement !== null
  && document.documentElement.scrollWidth <= window.innerWidth"""
PATIENCE, FITS_WITHIN = 30_000, 15_000
"""Milliseconds until a page says what it shall, and until it is laid out, on a machine that has other things to do."""
expect.set_options(timeout=PATIENCE)


@pytest.fixture
def enter(chromium, live_server):
    """`with enter("wang") as page:` signs in by the login page; `enter(None)` is a visitor."""
    complaints = []

    @contextmanager
    def session(username, *, device=PHONE, **options):
        context = chromium.new_context(base_url=live_server.url, locale="zh-CN", **device, **options)
        try:
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            if username:
                page.goto("/login/")
                page.fill("input[name=username]", username)
                page.fill("input[name=password]", PASSWORD)
                page.click("button.main")
                page.wait_for_url(lambda url: "/login/" not in url)
            yield page
        finally:
            context.close()

    yield session
    expected = ("400 (Bad Request)", "403 (Forbidden)", "404 (Not Found)", "ERR_INTERNET_DISCONNECTED")
    assert [line for line in complaints if not any(words in line for words in expected)] == []


def fits(page):
    """Nothing is wider than the screen; waits for the document of a navigation that is still under way."""
    page.wait_for_load_state()
    try:
        page.wait_for_function(FITS, timeout=FITS_WITHIN, polling=100)
    except TimeoutError:
        return False
    return True
