"""Facts of duty that micro-proposals leave, once and in the same transaction (model.md, law 4)."""

import pytest
from django.urls import reverse

from members.facts import Fact
from members.models import DutyRecord
from proposals import services
from proposals.models import MicroProposal
from proposals.services import facts
from proposals.states import AssignmentState, MicroState, Verdict
from tests.factories import proposals as make
from tests.factories.proposals import AT

pytestmark = pytest.mark.django_db


def standing(micro):
    found = DutyRecord.objects.standing().filter(key=f"micro:{micro.pk}").order_by("pk")
    return [(record.member_id, record.fact, record.detail) for record in found]


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (MicroState.DRAFT, []),
        (MicroState.REVIEWING, [(Fact.MICRO, "")]),
        (MicroState.RETURNED, [(Fact.MICRO, "")]),
        (MicroState.DECLINED, [(Fact.MICRO, "")]),
        (MicroState.WITHDRAWN, []),
        (MicroState.AGREED, [(Fact.MICRO, "")]),
        (MicroState.ASSIGNED, [(Fact.MICRO, ""), (Fact.MICRO_ADOPTED, "")]),
        (MicroState.CLOSED, [(Fact.MICRO, ""), (Fact.MICRO_ADOPTED, ""), (Fact.MICRO_DONE, "satisfied")]),
    ],
)
def test_every_state_leaves_its_facts(cast, state, told):
    micro = make.micro(cast, state)
    assert standing(micro) == [(cast.wang_member.pk, *fact) for fact in told]


def test_submitted_again_after_supplementing_is_one_record(cast):
    micro = make.micro(cast, MicroState.RETURNED)
    services.submit(micro, by=cast.wang, at=AT)
    make.verdicts(cast, micro, Verdict.AGREE)
    assert DutyRecord.objects.filter(key=f"micro:{micro.pk}").count() == 1


def test_given_back_by_the_unit_it_is_not_handed_over_and_then_it_is_again(cast):
    given = make.assignment(cast, AssignmentState.RETURNED)
    micro = MicroProposal.objects.get(pk=given.micro_id)
    assert [fact for _, fact, _ in standing(micro)] == [Fact.MICRO]
    make.assign(cast, micro)
    assert [fact for _, fact, _ in standing(micro)] == [Fact.MICRO, Fact.MICRO_ADOPTED]


@pytest.mark.parametrize("kept", [True, False])
def test_a_promise_verified_as_kept_is_the_authors_fact(cast, kept):
    following = make.assignment(cast, AssignmentState.FOLLOWING)
    services.verify(following, kept=kept, words="现场看过", by=cast.sun, at=AT)
    told = [fact for _, fact, _ in standing(following.micro)]
    assert (Fact.COMMITMENT_KEPT in told, Fact.MICRO_DONE in told) == (kept, kept)


def test_the_member_sees_where_a_fact_comes_from(cast, as_):
    micro = make.micro(cast, MicroState.REVIEWING)
    record = DutyRecord.objects.get(key=f"micro:{micro.pk}")
    assert record.url == reverse("micro-detail", args=[micro.key])
    assert as_(cast.wang).get(record.url).status_code == 200


def test_what_fails_leaves_neither_deed_nor_fact(cast, monkeypatch):
    micro = make.micro(cast)

    def fail(*args, **kwargs):
        raise RuntimeError("the ledger is shut")

    monkeypatch.setattr(facts.duty, "record", fail)
    with pytest.raises(RuntimeError):
        services.submit(micro, by=cast.wang, at=AT)
    micro.refresh_from_db()
    assert (micro.state, micro.number) == (MicroState.DRAFT, None)
    assert not DutyRecord.objects.exists()
    monkeypatch.undo()
    monkeypatch.setattr(services.micro, "open_review", fail)
    with pytest.raises(RuntimeError):
        services.submit(micro, by=cast.wang, at=AT)
    assert not DutyRecord.objects.exists()
