"""提案和办理: who finds which desks there, and what is said to wait for whom."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config import matters_desk, menu
from proposals.services import signing
from proposals.states import InformationState, ProposalState
from tests.factories import formal, information
from tests.factories import members as make

pytestmark = pytest.mark.django_db
HUB = reverse("matters-office")


def titles(user):
    return {row["title"]: row["badge"][1] for row in matters_desk.waiting(user, timezone.localdate())}


def desks(client):
    return {group["title"]: [label for label, *_ in group["desks"]] for group in client.get(HUB).context["desks"]}


@pytest.mark.parametrize("who", [None, "wang", "qian"])
def test_who_neither_reviews_nor_handles_has_no_such_page(cast, as_, who):
    client = as_(who and getattr(cast, who))
    assert client.get(HUB).status_code == (404 if who else 302)


def test_the_office_and_a_unit_find_their_own_desks(cast, as_):
    office, unit = desks(as_(cast.li)), desks(as_(cast.zhang))
    assert {"审查", "交办会", "遴选"} <= set(office["提案"])
    assert "本单位" not in office
    assert list(unit) == ["本单位"]
    assert {"交办件", "督办要求", "回头看", "单位考核"} <= set(unit["本单位"])


def test_every_desk_that_is_offered_opens(cast, as_):
    for person in (cast.li, cast.sun, cast.zhou, cast.zhang, cast.chen):
        client = as_(person)
        for group in client.get(HUB).context["desks"]:
            for label, url, _ in group["desks"]:
                assert client.get(url).status_code == 200, f"{person}: {label}"


def test_what_waits_is_told_to_who_can_do_it_and_to_nobody_else(cast):
    colleague = make.user("lin", "林委员")
    member = make.member(colleague, cast.committee)
    formal.proposal(cast, ProposalState.SUBMITTED)
    formal.proposal(cast, ProposalState.FILED)
    signing.invite(formal.proposal(cast), [member], by=cast.wang, at=formal.AT)
    formal.handed(cast, formal.proposal(cast, ProposalState.FILED))
    information.report(cast, InformationState.SUBMITTED)
    assert titles(cast.li) == {"提案等您审查": "1 件", "已立案等您交办": "1 件", "社情民意等您登记": "1 件"}
    assert titles(colleague) == {"提案请您签名": "1 件"}
    assert titles(cast.wang) == {"提案草稿和退回补充的": "1 件"}
    assert "提案等您单位联系提案人" in titles(cast.zhang)
    for stranger in (cast.zhao, cast.qian):
        assert titles(stranger) == {}


def test_it_costs_the_same_whatever_waits(cast, as_):
    def cost():
        client = as_(cast.li)
        client.get(HUB)
        with CaptureQueriesContext(connection) as asked:
            client.get(HUB)
        return len(asked)

    formal.proposal(cast, ProposalState.SUBMITTED)
    one = cost()
    for _ in range(2):
        formal.proposal(cast, ProposalState.SUBMITTED)
    assert cost() == one


def test_the_menu_leads_there(cast):
    here = [entry.label for entry in menu.entries(cast.li, None, HUB) if entry.current]
    assert here == ["提案和办理"]
    assert "提案和办理" not in [entry.label for entry in menu.entries(cast.wang, None, "/")]
