"""The standing cast, and what every test may ask for."""

import os
import shutil
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from playwright.sync_api import sync_playwright

from members.models import OrganisationKind
from members.roles import Role
from tests.factories import members as make
from tests.flush import lift_guard_while_flushing
from tests.world import world  # noqa: F401  (a fixture)

lift_guard_while_flushing()
REQUIRED = os.environ.get("REQUIRE_SERVICES") == "1"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def pytest_collection_modifyitems(items):
    """A browser on a busy machine gets another try; a page that is wrong is wrong every time."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=2))


def pytest_runtest_setup(item):
    """Skip what needs an absent service, saying why; with REQUIRE_SERVICES=1 that is a failure."""
    needs = {
        "postgresql": (connection.vendor == "postgresql", "needs PostgreSQL: set DATABASE_URL"),
        "redis": (bool(settings.REDIS_URL), "needs Redis: set REDIS_URL"),
        "browser": (CHROMIUM is not None, "needs Chromium: install it from the distribution"),
    }
    for service, (found, why) in needs.items():
        if item.get_closest_marker(service) and not found:
            (pytest.fail if REQUIRED else pytest.skip)(why)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """At the end PostgreSQL drops the test database only when nobody is left in it, not even a thread of the server."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            cursor.execute(f"SELECT pg_terminate_backend(pid) FROM ({others}) AS other")


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


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", "members.auth.OneTimeHasher"]


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture(autouse=True)
def _fresh_throttles():
    """No test spends the requests of another."""
    cache.clear()


@pytest.fixture
def cast(db):
    """One county with everybody who takes part in a matter, and a second county that must see nothing of it."""
    jiahe = make.committee(make.county("431024", "嘉禾县"), slug="jiahe", brand="嘉事好商量")
    offices = {
        kind: make.organisation(jiahe, f"县{kind.label}", kind)
        for kind in (OrganisationKind.PARTY_OFFICE, OrganisationKind.GOVERNMENT_OFFICE, OrganisationKind.CPPCC_OFFICE)
    }
    unit = make.organisation(jiahe, "县住建局", leader_name="罗一鸣", leader_post="副局长")
    people = SimpleNamespace(committee=jiahe, unit=unit, offices=list(offices.values()))
    people.wang = make.user("wang", "王委员")
    people.wang_member = make.member(people.wang, jiahe)
    people.li = make.user("li", "李主任", is_staff=True)
    make.grant(people.li, Role.OFFICE_STAFF, jiahe)
    people.zhang = make.user("zhang", "张科长")
    make.grant(people.zhang, Role.UNIT_HANDLER, unit)
    people.chen = make.user("chen", "陈局长")
    make.grant(people.chen, Role.UNIT_LEADER, unit)
    people.reviewers = []
    for name, office in zip(("dang", "zheng", "xie"), people.offices, strict=True):
        reviewer = make.user(name, f"{office.name}联审员")
        make.grant(reviewer, Role.OFFICE_REVIEWER, office)
        people.reviewers.append(reviewer)
    people.sun = make.user("sun", "孙督查", is_staff=True)
    make.grant(people.sun, Role.SUPERVISOR, jiahe)
    people.zhou = make.user("zhou", "周主席", is_staff=True)
    make.grant(people.zhou, Role.CHAIR, jiahe)

    yongxing = make.committee(make.county("431023", "永兴县"), slug="yongxing", brand="永事好商量")
    people.other_committee = yongxing
    people.other_unit = make.organisation(yongxing, "永兴县住建局")
    people.zhao = make.user("zhao", "外县的赵", is_staff=True)
    make.grant(people.zhao, Role.OFFICE_STAFF, yongxing)
    people.qian = make.user("qian", "外县的钱委员")
    people.qian_member = make.member(people.qian, yongxing)
    return people


@pytest.fixture
def as_(db):
    """`as_(user)` is a client signed in as that user; `as_(None)` a visitor."""

    def enter(user):
        fresh = Client()
        if user is not None:
            fresh.force_login(user, backend="members.auth.NameOrPhoneBackend")
        return fresh

    return enter
