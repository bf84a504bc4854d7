"""What a forged request or an unlucky moment must not do."""

import datetime
import threading
import uuid

import pytest
from django.db import connection, transaction
from django.urls import reverse

from consultation import services
from consultation.models import Consultation, Outcome, Session
from consultation.states import ConsultationState
from tests.factories import consultation as make
from tests.factories.consultation import AT

pytestmark = pytest.mark.django_db
LATER = AT + datetime.timedelta(days=1)


@pytest.fixture
def held(cast):
    return make.session(make.consultation(cast, ConsultationState.RUNNING), cast)


@pytest.mark.parametrize("number", ["9" * 31, "9" * 5000, "²", "-1", "\x00"])
def test_attendance_overlooks_what_can_be_nobodys_number(cast, held, as_, number):
    answer = as_(cast.li).post(reverse("session-attendance", args=[held.pk]), {"present": number})
    assert answer.status_code == 302


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "9999-12-31T23:59", "0000-00-00T00:00", "99999-01-01T00:00"])
def test_a_sitting_lies_within_the_calendar(cast, held, as_, moment):
    form = {"starts_at": moment, "ends_at": "2026-12-01T11:00", "place": "会议室"}
    page = as_(cast.li).post(reverse("session-edit", args=[held.pk]), form)
    assert (page.status_code, Session.objects.get().starts_at) == (400, held.starts_at)


@pytest.mark.parametrize("unit", ["9" * 31, "9" * 5000, "x", "\x00"])
def test_a_unit_that_can_be_nobodys_is_no_valid_choice(cast, as_, unit):
    plan = make.plan(cast)
    item = make.first_item(plan)
    form = {"title": "改名", "form": item.form, "month": item.month, "lead": "某", "units": unit}
    page = as_(cast.li).post(reverse("plan-item-edit", args=[plan.pk, item.pk]), form)
    assert (page.status_code, "units" in page.context["form"].errors) == (400, True)


def test_changing_the_room_leaves_the_minutes_that_were_written_meanwhile(cast, held):
    stale = Session.objects.select_related("consultation").get(pk=held.pk)
    make.minutes(held, cast, text="三点共识", publish=True)
    seen = {name: getattr(stale, name) for name in ("starts_at", "ends_at", "remote_link", "live_link")}
    services.change_session(stale, **seen, place="三楼会议室", by=cast.li, at=LATER)
    now = Session.objects.get(pk=held.pk)
    assert (now.place, now.minutes, now.minutes_version) == ("三楼会议室", "三点共识", 1)
    assert now.minutes_published_at is not None


def test_changing_a_title_leaves_the_date_that_a_step_wrote_meanwhile(cast, held):
    stale = Consultation.objects.get(pk=held.consultation_id)
    Consultation.objects.filter(pk=stale.pk).update(held_on=datetime.date(2026, 11, 20))
    services.change_consultation(stale, title="改过的名称", by=cast.li, at=LATER)
    now = Consultation.objects.get(pk=stale.pk)
    assert (now.title, now.held_on) == ("改过的名称", datetime.date(2026, 11, 20))


# --- two clicks at the same moment (PostgreSQL lets both in) -----------------------------------------------------


def _twice(deed):
    """Do `deed`, and again from another thread before the first is committed; the rows that came back, by key."""
    rows = []

    def again():
        try:
            rows.append(deed())
        finally:
            connection.close()

    thread = threading.Thread(target=again)
    with transaction.atomic():
        rows.append(deed())
        thread.start()
        thread.join(0.5)  # it waits for the first
    thread.join(10)
    return {row.pk for row in rows}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_second_click_is_the_same_outcome(cast):
    run, key = make.consultation(cast, ConsultationState.RUNNING), uuid.uuid4()
    made = _twice(lambda: services.add_outcome(key, run, text="共识", by=cast.li, at=LATER))
    assert made == {Outcome.objects.get().pk}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_second_click_is_the_same_consultation(cast):
    key, said = uuid.uuid4(), {"title": "饮水", "form": "thematic"}
    made = _twice(lambda: services.open_consultation(key, cast.committee, by=cast.li, at=LATER, **said))
    assert made == {Consultation.objects.get().pk}
