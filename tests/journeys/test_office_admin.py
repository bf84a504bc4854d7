"""The office's admin in a real browser: nothing that the content policy refuses, nothing wider than the phone."""

import pytest
from django.urls import reverse

from tests.factories import workstations as stations
from tests.journeys.conftest import DESK, PHONE, fits
from workstations.models import Workstation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("device", [PHONE, DESK], ids=["phone", "desk"])
def test_the_pages_of_the_admin_fit_and_break_no_policy(cast, enter, device):
    station = stations.station(cast.committee, "一个名字很长很长很长很长很长的乡镇委员工作室", host=cast.unit)
    stations.post(station, cast.wang_member)
    pages = [
        reverse("admin:index"),
        reverse("admin:workstations_workstation_changelist"),
        reverse("admin:workstations_workstation_change", args=[station.pk]),
        reverse("admin:workstations_workstation_history", args=[station.pk]),
        reverse("admin:members_user_add"),
        reverse("admin:members_committee_change", args=[cast.committee.pk]),
        reverse("admin:proposals_assignment_changelist"),
    ]
    with enter("li", device=device) as page:
        for address in pages:
            assert page.goto(address).status == 200
            assert fits(page), address


def test_a_station_is_changed_on_the_phone_with_search_and_calendar(cast, enter):
    station = stations.station(cast.committee)
    with enter("li") as page:
        page.goto(reverse("admin:workstations_workstation_change", args=[station.pk]))
        page.click(".field-host .select2-selection")
        page.fill(".select2-search__field", "住建")
        page.click(".select2-results__option >> text=县住建局")
        page.click(".field-plaque_on .datetimeshortcuts a >> nth=0")
        page.click("input[name=_save]")
        page.wait_for_selector(".messagelist .success")
    changed = Workstation.objects.get()
    assert changed.host == cast.unit
    assert changed.plaque_on is not None
