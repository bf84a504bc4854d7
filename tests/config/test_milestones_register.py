"""提醒台账: what is to be told, what failed, and who may try again."""

import pytest

from config.milestones.models import Milestone, MilestoneState
from tests.factories.milestones import EARLY, moment, states, tell


def dead(subject):
    row = moment(subject, "a")
    Milestone.objects.filter(pk=row.pk).update(state="dead", reason="RuntimeError: 坏数据", settled_at=EARLY)
    return row


def test_the_register_shows_what_failed_to_its_own_staff_only(subject, cast, as_, decide):
    decide(tell(cast.zhang))
    row = dead(subject)
    address = f"/office/reminders/{row.pk}/revive/"
    page = as_(cast.li).get("/office/reminders/").content.decode()
    assert ("坏数据" in page, address in page, "县住建局" in page, "测试事项" in page) == (True, True, True, True)
    assert "坏数据" not in as_(cast.zhao).get("/office/reminders/").content.decode()
    assert as_(cast.zhao).post(address).status_code == 404
    assert as_(cast.wang).get("/office/reminders/").status_code == 403
    assert as_(None).get("/office/reminders/").status_code == 302
    assert states() == {"a": "dead"}


def test_the_chair_sees_but_cannot_retry(subject, cast, as_, decide):
    decide(tell(cast.zhang))
    row = dead(subject)
    address = f"/office/reminders/{row.pk}/revive/"
    assert address not in as_(cast.zhou).get("/office/reminders/").content.decode()
    assert as_(cast.zhou).post(address).status_code == 403


def test_retry_on_the_page(subject, cast, as_, decide):
    row = dead(subject)
    office = as_(cast.li)
    address = f"/office/reminders/{row.pk}/revive/"
    assert office.get(address).status_code == 405
    assert "已安排重试" in office.post(address, follow=True).content.decode()
    assert "已经有人重试" in office.post(address, follow=True).content.decode()
    assert states() == {"a": "pending"}


@pytest.mark.parametrize("state", [*MilestoneState.values, "mail", "nonsense"])
def test_every_tab_opens(subject, cast, as_, state):
    moment(subject, "a")
    assert as_(cast.li).get("/office/reminders/", {"state": state}).status_code == 200


def test_the_register_needs_as_many_statements_for_three_rows_as_for_one(
    subject, cast, as_, django_assert_max_num_queries
):
    office, counts = as_(cast.li), []
    office.get("/office/reminders/")
    for code in ("a", "b", "c"):
        moment(subject, code)
        if code != "b":
            with django_assert_max_num_queries(12) as statements:
                office.get("/office/reminders/?state=pending")
            counts.append(len(statements))
    assert counts[0] == counts[1]
