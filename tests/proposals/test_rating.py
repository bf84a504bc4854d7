"""Every signer rates once; one refusal opens a round, later a meeting; silence is never 满意."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from config.audit.models import AuditEntry
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from config.uploads import store
from members.models import Parameter
from proposals import services
from proposals.models import Assignment, Proposal, Rating
from proposals.queries import matters as queries
from proposals.reminders.matters import ask_for_ratings
from proposals.states import AssignmentState, ProposalState
from tests.factories import formal
from tests.factories import members as people
from tests.factories import proposals as make
from tests.factories.proposals import AT

pytestmark = pytest.mark.django_db
S = AssignmentState
LATE = AT + datetime.timedelta(days=30)


@pytest.fixture
def signed(cast):
    """A reply to a proposal of three signers."""
    co = []
    for name, title in (("qin", "秦委员"), ("han", "韩委员")):
        setattr(cast, name, people.user(name, title))
        co.append(people.member(getattr(cast, name), cast.committee))
    made = formal.handed(cast, formal.proposal(cast, ProposalState.FILED, co=co))
    return make.to_state(cast, made, S.REPLIED)


def rate(made, by, satisfaction="satisfied", *, at=AT, **fields):
    rating = services.rate(made, satisfaction=satisfaction, attitude="satisfied", by=by, at=at, **fields)
    made.refresh_from_db()
    return rating


def scan():
    return SimpleUploadedFile("征询意见表.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")


def test_it_closes_when_every_signer_accepted_and_not_before(cast, signed):
    rate(signed, cast.wang)
    rate(signed, cast.qin, "basic")
    assert signed.state == S.REPLIED
    rate(signed, cast.han)
    assert signed.state == S.CLOSED
    proposal = Proposal.objects.get()
    assert (proposal.state, proposal.satisfaction) == (ProposalState.CLOSED, "satisfied")


def test_a_b_reply_is_followed_to_its_promise(cast):
    made = make.to_state(cast, formal.handed(cast, formal.proposal(cast, ProposalState.FILED)), S.FOLLOWING)
    services.verify(made, kept=True, words="看过", by=cast.sun, at=AT)
    assert Assignment.objects.get().state == S.CLOSED


def test_one_refusal_opens_a_round_and_the_others_hear_of_it(cast, signed):
    rate(signed, cast.wang)
    rate(signed, cast.qin, "unsatisfied", words="班次没有加")
    assert (signed.state, signed.round) == (S.HANDLING, 2)
    told = set(Notice.objects.filter(kind="rating-refused").values_list("recipient", flat=True))
    assert told == {cast.wang.pk, cast.han.pk}
    with pytest.raises(WrongState):
        rate(signed, cast.han)


def test_a_refusal_of_the_second_reply_calls_a_meeting(cast, signed):
    rate(signed, cast.qin, "unsatisfied", words="班次没有加")
    services.send(make.reply(cast, signed), by=cast.zhang, at=AT)
    signed.refresh_from_db()
    rate(signed, cast.han, "unsatisfied", words="还是没有加")
    assert (signed.state, signed.round) == (S.MEETING, 2)
    assert Notice.objects.filter(kind="meeting-called", recipient=cast.sun).count() == 1
    assert Proposal.objects.get().state == ProposalState.ASSIGNED


def test_how_many_rounds_come_before_a_meeting_is_a_parameter(cast, signed):
    Parameter.objects.create(committee=cast.committee, code="rework.meeting_after", value="3")
    for _ in range(2):
        rate(signed, cast.qin, "unsatisfied", words="没有加")
        services.send(make.reply(cast, signed), by=cast.zhang, at=AT)
        signed.refresh_from_db()
    assert (signed.state, signed.round) == (S.REPLIED, 3)
    rate(signed, cast.qin, "unsatisfied", words="没有加")
    assert signed.state == S.MEETING


def test_nobody_rates_twice(cast, signed):
    rate(signed, cast.wang)
    with pytest.raises(WrongState, match="您已经评价过了"):
        rate(signed, cast.wang, "basic")
    assert Rating.objects.count() == 1


@pytest.mark.parametrize("who", ["li", "zhang", "chen", "sun", "zhou", "qian", "zhao"])
def test_who_did_not_sign_does_not_rate(cast, signed, who):
    with pytest.raises(PermissionDenied):
        rate(signed, getattr(cast, who))
    assert Rating.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "missing"),
    [({"satisfaction": "unsatisfied"}, {"words"}), ({"satisfaction": "perhaps"}, {"satisfaction"}),
     ({"satisfaction": "basic", "attitude": "nice"}, {"attitude"})],
)  # fmt: skip
def test_an_incomplete_rating_is_refused(cast, signed, fields, missing):
    with pytest.raises(Incomplete) as refused:
        services.rate(signed, by=cast.wang, at=AT, **fields)
    assert set(refused.value.fields) == missing


# --- on paper ----------------------------------------------------------------------------------------------------


def test_a_paper_sheet_counts_with_its_scan_and_who_entered_it(cast, signed):
    rating = services.enter_paper(signed, signer=cast.qin, satisfaction="basic", scan=scan(), by=cast.li, at=AT)
    assert (rating.by, rating.entered_by) == (cast.qin, cast.li)
    assert store.of(signed, f"rating-{rating.pk}").count() == 1
    with pytest.raises(WrongState, match="秦委员已经评价过"):
        services.enter_paper(signed, signer=cast.qin, satisfaction="basic", scan=scan(), by=cast.li, at=AT)


def test_a_sheet_without_scan_or_of_somebody_else_is_refused(cast, signed):
    with pytest.raises(Incomplete) as refused:
        services.enter_paper(signed, signer=cast.qian, satisfaction="basic", scan=None, by=cast.li, at=AT)
    assert set(refused.value.fields) == {"signer", "scan"}


@pytest.mark.parametrize("who", ["zhang", "chen", "wang", "sun", "zhou", "zhao"])
def test_only_the_office_enters_paper_and_never_the_unit(cast, signed, who):
    with pytest.raises(PermissionDenied):
        services.enter_paper(signed, signer=cast.qin, satisfaction="basic", scan=scan(), by=getattr(cast, who), at=AT)


# --- silence -----------------------------------------------------------------------------------------------------


def test_the_supervisors_end_a_rating_when_the_time_is_over_and_the_silent_stand_in_the_audit(cast, signed):
    rate(signed, cast.wang)
    with pytest.raises(WrongState, match="过期以后"):
        services.conclude(signed, reason="已多次提醒", by=cast.sun, at=AT)
    assert list(queries.awaiting_conclusion(cast.sun, AT.date())) == []
    assert list(queries.awaiting_conclusion(cast.sun, LATE.date())) == [signed]
    services.conclude(signed, reason="已多次提醒", by=cast.sun, at=LATE)
    assert Assignment.objects.get().state == S.CLOSED
    assert AuditEntry.objects.get(verb="assignment.conclude").data["silent"] == "秦委员、韩委员"
    assert Rating.objects.count() == 1


def test_silence_of_all_is_never_the_end(cast, signed):
    with pytest.raises(WrongState, match="不评价不能算作满意"):
        services.conclude(signed, reason="已多次提醒", by=cast.sun, at=LATE)
    with pytest.raises(Incomplete):
        services.conclude(signed, reason=" ", by=cast.sun, at=LATE)
    assert Assignment.objects.get().state == S.REPLIED


@pytest.mark.parametrize("who", ["zhang", "chen", "wang", "zhou", "zhao"])
def test_only_supervisors_end_a_rating(cast, signed, who):
    rate(signed, cast.wang)
    with pytest.raises(PermissionDenied):
        services.conclude(signed, reason="已多次提醒", by=getattr(cast, who), at=LATE)


def test_only_the_silent_are_reminded(cast, signed):
    from config.milestones.models import Milestone

    rate(signed, cast.wang)
    moment = Milestone.objects.get(kind="rating", code="ask")
    assert set(ask_for_ratings([moment], LATE)[moment.pk].recipients) == {cast.qin.pk, cast.han.pk}


def test_what_waits_for_a_rater(cast, signed):
    assert list(queries.awaiting_rating(cast.qin)) == [signed]
    rate(signed, cast.qin)
    assert list(queries.awaiting_rating(cast.qin)) == []
