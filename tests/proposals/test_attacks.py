"""Requests that no page sends: forged names, numbers beyond every row, days beyond the calendar, odd answers."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from config.refusals import Incomplete, Refusal, WrongState
from members.models import Body, BodyKind, OrganisationKind
from proposals import services
from proposals.models import (
    Delivery,
    HandingMeeting,
    Information,
    MicroLead,
    Proposal,
    Reply,
    ShowcaseEntry,
    TraceStep,
)
from proposals.services import deliveries, drafting, information_desk, showcase, traces
from proposals.states import AssignmentState, InformationState, MicroState, ProposalState, ProposerKind
from tests.factories import formal
from tests.factories import information as inform
from tests.factories import members as people
from tests.factories import proposals as make
from tests.factories.proposals import AT

pytestmark = pytest.mark.django_db
NEVER = ["9999-12-31", "2101-01-01", "0001-01-01"]
HUGE = str(10**30)


def refused(answer):
    said = answer.json()
    return answer.status_code, sorted(said.get("errors", said))


# --- forged names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [ProposerKind.MEMBER, ProposerKind.JOINT])
@pytest.mark.parametrize("name", ["organisation", "body"])
def test_a_members_own_proposal_bears_the_name_of_nobody_else(cast, as_, kind, name):
    """An organisation whose proposals are key would carry it into the choice by itself."""
    forged = {
        "organisation": people.organisation(cast.committee, "某党派支部", OrganisationKind.PARTY_GROUP),
        "body": Body.objects.create(committee=cast.other_committee, kind=BodyKind.SPECIAL_COMMITTEE, name="文史委"),
    }[name]
    sent = {"kind": kind, name: forged.pk, "title": "甲", "save": "1"}
    assert as_(cast.wang).post(reverse("proposal-edit", args=[uuid.uuid4()]), sent).status_code == 403
    with pytest.raises(PermissionDenied):
        drafting.keep_draft(uuid.uuid4(), committee=cast.committee, by=cast.wang, at=AT, kind=kind, **{name: forged})
    assert not Proposal.objects.exists()


def test_a_speaker_adds_no_body_to_the_organisation(cast):
    body = make.special(cast)
    given = {"committee": cast.committee, "by": cast.wang, "at": AT, "kind": ProposerKind.SPECIAL, "body": body}
    make.special(cast, director=cast.wang_member)
    assert drafting.keep_draft(uuid.uuid4(), **given).body == body
    with pytest.raises(PermissionDenied):
        drafting.keep_draft(uuid.uuid4(), organisation=cast.unit, **given)


# --- numbers beyond every row ------------------------------------------------------------------------------------


def test_a_field_that_no_database_counts_to_is_no_choice(cast, as_):
    sent = {"title": "甲", "fields": [HUGE], "save": "1"}
    assert as_(cast.wang).post(reverse("proposal-edit", args=[uuid.uuid4()]), sent).status_code == 400


@pytest.mark.parametrize(
    ("sent", "field"),
    [({"result": "reject", "grounds": [HUGE]}, "grounds"), ({"result": "merge", "lead_number": HUGE}, "lead_number")],
)
def test_a_review_names_what_there_is(cast, as_, sent, field):
    waiting = formal.proposal(cast, ProposalState.SUBMITTED)
    answer = as_(cast.li).post(reverse("proposal-review", args=[waiting.key]), sent)
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, [field])


def test_a_sphere_of_proposals_is_no_category_of_a_micro_proposal(cast, as_):
    sphere, api = formal.sphere(), as_(cast.wang)
    sent = {"title": "甲", "body": "乙", "category": sphere.pk, "submit": False}
    answer = api.post(
        "/api/v1/micro-proposals/", sent, content_type="application/json", headers={"Idempotency-Key": "12345678"}
    )
    assert refused(answer) == (400, ["category"])
    field = make.category()
    offered = {row["id"] for row in api.get("/api/v1/categories/").json()["results"]}
    assert offered & {field.pk, sphere.pk} == {field.pk}


# --- days beyond the calendar ------------------------------------------------------------------------------------


def five(cast, day):
    return {
        "unit": cast.unit.pk, "leader_name": "罗一鸣", "leader_post": "副局长", "handler": cast.zhang.pk,
        "due_on": day, "duty": "办", "quality": "好",
    }  # fmt: skip


@pytest.mark.parametrize("day", NEVER)
def test_nothing_is_handed_over_to_be_done_in_a_year_that_nobody_sees(cast, as_, day):
    agreed, filed, desk = make.micro(cast, MicroState.AGREED), formal.proposal(cast, ProposalState.FILED), as_(cast.li)
    answers = [
        desk.post(reverse("micro-assign", args=[agreed.key]), five(cast, day)),
        desk.post(reverse("proposal-assign", args=[filed.key]), {"role": "lead", **five(cast, day)}),
        desk.post(reverse("micro-lead", args=[agreed.key]), {"body": make.special(cast).pk, "due_on": day}),
    ]
    assert [(answer.status_code, "due_on" in answer.context["form"].errors) for answer in answers] == [(400, True)] * 3
    assert not MicroLead.objects.exists()


@pytest.mark.parametrize("name", ["held_on", "due_on", "opinion_due_on"])
@pytest.mark.parametrize("day", NEVER)
def test_a_meeting_hands_over_in_a_year_that_makes_sense(cast, as_, name, day):
    days = {"held_on": "2026-11-20", "due_on": "2027-02-20", "opinion_due_on": "2027-01-20", name: day}
    answer = as_(cast.li).post(reverse("handing-meeting-new"), {"name": "会", "duty": "办", "quality": "好", **days})
    assert (answer.status_code, HandingMeeting.objects.count()) == (400, 0)
    assert name in answer.context["form"].errors


@pytest.mark.parametrize("day", NEVER)
def test_a_promise_is_due_in_a_year_that_makes_sense(cast, as_, day):
    given = make.assignment(cast, AssignmentState.HANDLING)
    sent = {"text": "x", "grade": "B", "promise": "y", "promised_on": day, "publication": "full", "forward": "1"}
    answer = as_(cast.zhang).post(reverse("reply-edit", args=[given.pk]), sent)
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, ["promised_on"])


@pytest.mark.parametrize("day", ["0001-01-01", "1900-01-01"])
def test_nothing_happened_before_anybody_could_note_it(cast, as_, day):
    lead = make.micro(cast, MicroState.LED).leads.get()
    page = as_(cast.li).post(reverse("led-step", args=[lead.pk]), {"kind": "visit", "on": day, "words": "去了"})
    assert (page.status_code, lead.steps.exists()) == (400, False)
    built = {"tag": "build", "title": "装灯", "on": day}
    page = as_(cast.li).post(reverse("micro-result-new", args=[lead.micro.key]), built)
    assert (page.status_code, list(page.context["form"].errors)) == (400, ["on"])


# --- answers of odd shape ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answers",
    [5, True, {"0": "字"}, "字", [{"a": []}], [None], ["a\x00b"], None, [["字"]], ["长" * 3001], ["字"] * 21],
)
def test_answers_are_a_list_of_words(cast, as_, answers):
    given = formal.handed(cast, formal.proposal(cast, ProposalState.FILED))
    services.accept(given, by=cast.zhang, at=AT)
    sent = {"text": "x", "grade": "A", "publication": "full", "answers": answers}
    answer = as_(cast.zhang).post(f"/api/v1/assignments/{given.pk}/reply/", sent, content_type="application/json")
    assert refused(answer) == (400, ["answers"])
    assert not Reply.objects.exists()


# --- two at once -------------------------------------------------------------------------------------------------


def test_of_two_who_lay_a_report_beside_others_the_second_is_told(cast):
    one, other, mine = (inform.report(cast, InformationState.REGISTERED) for _ in range(3))
    yours = Information.objects.get(pk=mine.pk)
    information_desk.mark_same(mine, of=one, by=cast.li, at=AT)
    with pytest.raises(WrongState):
        information_desk.mark_same(yours, of=other, by=cast.li, at=AT)
    mine.refresh_from_db()
    assert mine.same_as == one


def test_an_adopted_delivery_is_not_struck_and_a_struck_one_not_adopted(cast):
    sent = inform.delivery(cast)
    stale = Delivery.objects.get(pk=sent.pk)
    deliveries.strike(sent, by=cast.li, at=AT)
    with pytest.raises(WrongState, match="撤销"):
        deliveries.adopt(stale, adopted_on=AT.date(), by=cast.li, at=AT)


def test_the_last_link_of_a_public_trace_stays_though_it_was_opened_meanwhile(cast):
    trace = inform.trace(cast, steps=1)
    step = TraceStep.objects.select_related("trace").get(trace=trace)
    traces.show(trace, public=True, by=cast.li, at=AT)
    with pytest.raises(Refusal, match="至少有一个环节"):
        traces.remove(step, by=cast.li, at=AT)


def test_a_stage_that_was_published_meanwhile_is_not_removed(cast):
    key = formal.proposal(cast, ProposalState.FILED, is_key=True)
    said = {"stage": "survey", "on": AT.date(), "title": "调研", "words": "实地调研"}
    entry = showcase.add_entry(showcase.begin(key, by=cast.li, at=AT), **said, by=cast.li, at=AT)
    stale = ShowcaseEntry.objects.get(pk=entry.pk)
    showcase.publish_entry(entry, shown=True, by=cast.li, at=AT)
    with pytest.raises(WrongState, match="先撤下"):
        showcase.remove_entry(stale, by=cast.li, at=AT)


# --- what everybody reads ----------------------------------------------------------------------------------------


def test_a_title_that_leads_to_a_person_is_not_submitted(cast):
    """However far a proposal is published, its title is read by all."""
    draft = formal.proposal(cast, title="请联系13812345678的提案")
    with pytest.raises(Incomplete) as refusal:
        drafting.submit(draft, by=cast.wang, at=AT)
    assert list(refusal.value.fields) == ["title"]
