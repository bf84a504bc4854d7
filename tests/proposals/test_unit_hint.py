"""单位建议: from the nearest past cases, with its reasons; put in by a button, never by itself."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from proposals.models import Assignment, Handing, Proposal
from proposals.queries.unit_hint import unit_hint
from proposals.states import ProposalState
from tests.factories import formal
from tests.factories import handing as make
from tests.factories.proposals import AT

TODAY = AT.date()


@pytest.fixture
def past(cast):
    """Two like cases with 县住建局, one with 县交通局, one that nothing has in common."""
    traffic = make.unit(cast)
    titles = [("关于优化城区公交线路的提案", cast.unit), ("关于优化公交站点线路的提案", cast.unit),
              ("关于优化农村公交班次的提案", traffic)]  # fmt: skip
    for title, unit in titles:
        made = formal.proposal(cast, ProposalState.FILED, title=title)
        Proposal.objects.filter(pk=made.pk).update(unit=unit, state=ProposalState.ASSIGNED)
    far = formal.proposal(
        cast,
        ProposalState.FILED,
        title="关于血吸虫病防治",
        situation="洲滩钉螺密布",
        analysis="药费不足",
        points=["灭螺"],
    )
    Proposal.objects.filter(pk=far.pk).update(unit=traffic, state=ProposalState.ASSIGNED)
    return far


def test_the_unit_of_most_like_cases_is_named_with_them(cast, past):
    made = formal.proposal(cast, ProposalState.FILED)
    hint = unit_hint(made, today=TODAY)
    assert (hint.unit, hint.led, len(hint.cases)) == (cast.unit, 2, 3)
    assert hint.words == "近 5 年 3 件相近提案中，2 件由县住建局主办"
    assert past not in hint.cases
    assert made not in hint.cases


def test_nothing_alike_gives_no_hint(cast):
    formal.proposal(cast, ProposalState.FILED, title="关于优化城区公交线路的提案")  # alike, with no unit
    assert unit_hint(formal.proposal(cast, ProposalState.FILED), today=TODAY) is None


def test_old_cases_and_units_that_are_gone_do_not_count(cast, past):
    made = formal.proposal(cast, ProposalState.FILED)
    type(cast.unit).objects.filter(pk=cast.unit.pk).update(is_active=False)
    assert unit_hint(made, today=TODAY).unit.name == "县交通局"
    assert unit_hint(made, today=datetime.date(2032, 1, 1)) is None


def test_cases_of_another_county_do_not_count(cast, past):
    for made in Proposal.objects.all():
        made.committee = cast.other_committee
        made.save()
    assert unit_hint(formal.proposal(cast, ProposalState.FILED), today=TODAY) is None


def test_it_is_shown_and_put_in_by_a_button_only(cast, as_, past):
    with time_machine.travel(AT, tick=False):
        held, made = make.meeting(cast), formal.proposal(cast, ProposalState.FILED)
        here = reverse("handing-proposal", args=[held.pk, made.key])
        page = as_(cast.li).get(here)
        assert "近 5 年 3 件相近提案中，2 件由县住建局主办" in page.content.decode()
        assert page.context["form"].initial["unit"] is None
        assert as_(cast.li).get(here, {"unit": cast.unit.pk}).context["form"].initial["unit"] == cast.unit.pk
        there = reverse("proposal-assign", args=[made.key])
        assert f"{there}?unit={cast.unit.pk}" in as_(cast.li).get(there).content.decode()
    assert not Handing.objects.exists()
    assert not Assignment.objects.exists()
