"""Writing, submitting and taking back a proposal: for whom, when, with what the ledger and the desk are told."""

import datetime
import uuid

import pytest
from django.core.exceptions import PermissionDenied

from config.audit import log
from config.notices.models import Notice
from config.refusals import Incomplete, Refusal, WrongState
from members.facts import Fact, Share
from members.models import BodyKind, DutyRecord, OrganisationKind, Post
from members.roles import Role
from proposals.models import MicroProposal, Plenary, Proposal
from proposals.services import drafting, signing
from proposals.states import (
    PROPOSAL_MOVES,
    MicroState,
    ProposalState,
    ProposerKind,
    SignatureRole,
    SignatureState,
    Timing,
)
from tests.factories import bodies, formal
from tests.factories import members as people
from tests.factories import proposals as matters
from tests.factories.formal import AT

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def written(cast, *, by=None, key=None, **fields):
    given = {
        "title": "关于优化农村公交线路的提案", "situation": "部分村组公交班次少。", "analysis": "线路多年未调整。",
        "points": ["加密早晚班次"], "sphere": formal.sphere(), **fields,
    }  # fmt: skip
    return drafting.keep_draft(key or uuid.uuid4(), committee=cast.committee, by=by or cast.wang, at=AT, **given)


def colleague(cast, username="liu", name="刘委员"):
    return people.member(people.user(username, name), cast.committee)


def invited(cast, made, *members, signed=True, at=AT):
    signing.invite(made, members, by=cast.wang, at=at)
    for member in members if signed else ():
        signing.sign(made, seen=drafting.digest_of(made), by=member.user, at=at)


def shares(made):
    standing = DutyRecord.objects.standing().filter(key=f"proposal:{made.pk}", fact=Fact.PROPOSAL)
    return {record.member.user.username: (record.share, record.sharers) for record in standing}


# --- 起草 ---------------------------------------------------------------------------------------------------------


def test_a_draft_saved_twice_under_one_key_is_one_row_signed_by_who_began_it(cast):
    made = written(cast)
    again = written(cast, key=made.key, title="关于公交的提案")
    assert again.pk == made.pk
    assert Proposal.objects.get().title == "关于公交的提案"
    signature = made.signatures.get()
    assert (signature.member, signature.role, signature.state) == (
        cast.wang_member, SignatureRole.FIRST, SignatureState.SIGNED,
    )  # fmt: skip


def test_empty_points_are_left_out(cast):
    assert written(cast, points=["  ", "加密班次 ", ""]).points == ["加密班次"]


def test_a_key_of_somebody_else_is_refused_and_nothing_changes(cast):
    made, liu = written(cast), colleague(cast)
    with pytest.raises(PermissionDenied):
        written(cast, by=liu.user, key=made.key, title="抢")
    assert Proposal.objects.get().title == "关于优化农村公交线路的提案"


@pytest.mark.parametrize("who", ["li", "zhang", "zhao", "qian"])
def test_only_a_member_of_the_committee_drafts(cast, who):
    with pytest.raises(PermissionDenied):
        written(cast, by=getattr(cast, who))
    assert not Proposal.objects.exists()


def test_a_late_autosave_does_not_change_what_was_submitted(cast):
    made = formal.proposal(cast, ProposalState.SUBMITTED)
    with pytest.raises(WrongState, match="待审查"):
        written(cast, key=made.key, title="改了")
    made.refresh_from_db()
    assert made.title != "改了"


def test_a_member_who_left_keeps_no_draft(cast):
    made = written(cast)
    cast.wang_member.until = AT.date() - DAY
    cast.wang_member.save()
    from members.models import User

    with pytest.raises(PermissionDenied):
        written(cast, by=User.objects.get(pk=cast.wang.pk), key=made.key)


def test_fields_of_life_are_kept_and_left_alone_when_not_said(cast):
    made = written(cast, tags=[matters.category()])
    written(cast, key=made.key)
    assert list(made.fields.all()) == [matters.category()]


def test_a_micro_proposal_that_was_handed_in_may_be_escalated_by_its_author_only(cast):
    micro = matters.micro(cast, MicroState.DECLINED)
    made = written(cast, micro=micro)
    assert made.micro == micro
    liu = colleague(cast)
    assert written(cast, by=liu.user, micro=micro).micro is None
    draft = matters.micro(cast)
    assert written(cast, micro=draft).micro is None
    assert MicroProposal.objects.get(pk=micro.pk).state == MicroState.DECLINED


# --- 以谁的名义 -----------------------------------------------------------------------------------------------------


def party(cast, kind=OrganisationKind.PARTY_GROUP, name="民盟支部"):
    where = people.organisation(cast.committee, name, kind)
    speaker = people.user(f"speaker{where.pk}", "联系人")
    people.grant(speaker, Role.SPEAKER, where)
    return where, speaker


@pytest.mark.parametrize(
    ("kind", "of"),
    [
        (ProposerKind.PARTY, OrganisationKind.PARTY_GROUP),
        (ProposerKind.MASS, OrganisationKind.MASS_ORGANISATION),
    ],
)
def test_an_organisation_proposes_by_its_speaker_without_any_personal_signature(cast, kind, of):
    formal.plenary(cast.committee)
    where, speaker = party(cast, of)
    made = written(cast, by=speaker, kind=kind, organisation=where)
    drafting.submit(made, by=speaker, at=AT)
    assert (made.state, made.kind, made.signatures.count(), shares(made)) == (ProposalState.SUBMITTED, kind, 0, {})


def test_a_speaker_speaks_for_the_own_organisation_of_that_kind_only(cast):
    where, speaker = party(cast)
    other, _ = party(cast, name="民建支部")
    for kind, organisation in [
        (ProposerKind.PARTY, other), (ProposerKind.MASS, where), (ProposerKind.PARTY, None), (ProposerKind.MEMBER, None)
    ]:  # fmt: skip
        with pytest.raises(PermissionDenied):
            written(cast, by=speaker, kind=kind, organisation=organisation)
    with pytest.raises(PermissionDenied):
        written(cast, kind=ProposerKind.PARTY, organisation=where)


def test_who_signs_for_a_special_committee_signs_by_drafting(cast):
    formal.plenary(cast.committee)
    committee = bodies.body(cast.committee, name="经济委员会")
    bodies.seat(committee, cast.wang_member, Post.DIRECTOR)
    made = written(cast, kind=ProposerKind.SPECIAL, body=committee)
    assert made.signatures.get().role == SignatureRole.CONVENER
    drafting.submit(made, by=cast.wang, at=AT)
    assert made.state == ProposalState.SUBMITTED


def test_somebody_elses_draft_for_a_group_waits_for_the_leader(cast):
    formal.plenary(cast.committee)
    group, leader = bodies.body(cast.committee, BodyKind.ACTIVITY_GROUP, "一组"), colleague(cast)
    bodies.seat(group, cast.wang_member)
    bodies.seat(group, leader, Post.LEADER)
    made = written(cast, kind=ProposerKind.GROUP, body=group)
    with pytest.raises(Refusal, match="负责人签名"):
        drafting.submit(made, by=cast.wang, at=AT)
    signing.ask_conveners(made, by=cast.wang, at=AT)
    with pytest.raises(Refusal, match="负责人签名"):
        drafting.submit(made, by=cast.wang, at=AT)
    signing.sign(made, seen=drafting.digest_of(made), by=leader.user, at=AT)
    drafting.submit(made, by=cast.wang, at=AT)
    assert made.state == ProposalState.SUBMITTED
    assert shares(made) == {"wang": (Share.WRITER, 0), "liu": (Share.PARTICIPANT, 0)}


def test_a_member_drafts_for_the_own_sector_and_for_no_other_body(cast):
    assert written(cast, kind=ProposerKind.SECTOR, body=cast.wang_member.sector).body == cast.wang_member.sector
    strange = bodies.body(cast.committee, name="提案委员会")
    for kind, body in [
        (ProposerKind.SPECIAL, strange), (ProposerKind.GROUP, cast.wang_member.sector), (ProposerKind.SECTOR, None)
    ]:  # fmt: skip
        with pytest.raises(PermissionDenied):
            written(cast, kind=kind, body=body)


# --- 提交 ---------------------------------------------------------------------------------------------------------


def test_submitting_names_everything_that_is_missing(cast):
    formal.plenary(cast.committee)
    made = written(cast, title=" ", situation="", analysis=" ", points=[], sphere=None)
    with pytest.raises(Incomplete) as refused:
        drafting.submit(made, by=cast.wang, at=AT)
    assert set(refused.value.fields) == {"title", "situation", "analysis", "point_0", "sphere"}
    assert Proposal.objects.get().state == ProposalState.DRAFT


def test_submitting_tells_the_desk_and_the_ledger(cast):
    session = formal.plenary(cast.committee)
    made = drafting.submit(written(cast), by=cast.wang, at=AT)
    made.refresh_from_db()
    assert (made.state, made.plenary, made.timing, made.submitted_at, made.number) == (
        ProposalState.SUBMITTED, session, Timing.INTERIM, AT, None,
    )  # fmt: skip
    assert shares(made) == {"wang": (Share.SOLE, 0)}
    told = Notice.objects.filter(kind="proposal-submitted", url=made.get_absolute_url())
    assert set(told.values_list("recipient", flat=True)) == {cast.li.pk}
    assert "王委员" in told.get().body


@pytest.mark.parametrize(
    ("shift", "timing"), [(datetime.timedelta(0), Timing.PLENARY), (datetime.timedelta(seconds=1), Timing.INTERIM)]
)
def test_the_deadline_of_the_plenary_parts_session_proposals_from_others(cast, shift, timing):
    session = formal.plenary(cast.committee)
    made = written(cast)
    drafting.submit(made, by=cast.wang, at=session.collects_until + shift)
    assert made.timing == timing


def test_the_next_plenary_takes_over_when_it_begins_to_collect(cast):
    formal.plenary(cast.committee)
    following = formal.plenary(cast.committee, number=6, year=2027)
    begins = datetime.datetime.combine(following.collects_from, datetime.time(0), AT.tzinfo)
    made = drafting.submit(written(cast), by=cast.wang, at=begins)
    assert (made.plenary, made.timing) == (following, Timing.PLENARY)


def test_without_a_plenary_the_refusal_says_who_can_help(cast):
    made = written(cast)
    with pytest.raises(Refusal, match="联系提案委"):
        drafting.submit(made, by=cast.wang, at=AT)
    assert not Plenary.objects.exists()
    assert Proposal.objects.get().state == ProposalState.DRAFT


def test_a_joint_one_counts_by_who_signed_and_leaves_out_who_did_not(cast):
    formal.plenary(cast.committee)
    liu, deng = colleague(cast), colleague(cast, "deng", "邓委员")
    made = written(cast)
    invited(cast, made, liu)
    invited(cast, made, deng, signed=False)
    drafting.submit(made, by=cast.wang, at=AT)
    made.refresh_from_db()
    assert made.kind == ProposerKind.JOINT
    assert made.signatures.get(member=deng).state == SignatureState.LAPSED
    assert shares(made) == {"wang": (Share.FIRST, 1), "liu": (Share.JOINT, 1)}
    assert Notice.objects.filter(kind="signature-lapsed", recipient=deng.user).count() == 1
    assert not Notice.objects.filter(kind="signature-lapsed", recipient=liu.user).exists()


def test_invitations_that_nobody_took_up_leave_a_members_own_proposal(cast):
    formal.plenary(cast.committee)
    made = written(cast)
    invited(cast, made, colleague(cast), signed=False)
    drafting.submit(made, by=cast.wang, at=AT)
    assert made.kind == ProposerKind.MEMBER
    assert shares(made) == {"wang": (Share.SOLE, 0)}


def test_after_a_supplement_it_keeps_plenary_and_day_and_the_ledger_follows_the_signers(cast):
    session = formal.plenary(cast.committee)
    liu, made = colleague(cast), written(cast)
    invited(cast, made, liu)
    drafting.submit(made, by=cast.wang, at=session.collects_until)
    Proposal.objects.update(state=ProposalState.RETURNED)
    made.refresh_from_db()
    signing.take_off(made.signatures.get(member=liu), by=cast.wang, at=AT)
    drafting.submit(made, by=cast.wang, at=AT)
    made.refresh_from_db()
    assert (made.timing, made.submitted_at) == (Timing.PLENARY, session.collects_until)
    assert shares(made) == {"wang": (Share.SOLE, 0)}
    record = DutyRecord.objects.standing().get(key=f"proposal:{made.pk}")
    assert record.on == session.collects_until.date()


def test_who_left_the_committee_before_submitting_is_told_whom_to_ask(cast):
    formal.plenary(cast.committee)
    made = written(cast)
    cast.wang_member.until = datetime.date(2020, 1, 2)
    cast.wang_member.save()
    from members.models import User

    with pytest.raises(Refusal, match="政协办"):
        drafting.submit(made, by=User.objects.get(pk=cast.wang.pk), at=AT)


# --- every state, every verb ---------------------------------------------------------------------------------------


VERBS = {
    "submit": lambda cast, made: drafting.submit(made, by=cast.wang, at=AT),
    "withdraw": lambda cast, made: drafting.withdraw(made, by=cast.wang, at=AT),
}


def in_state(cast, state):
    made = formal.proposal(cast, ProposalState.FILED if state == ProposalState.MERGED else state)
    formal.plenary(cast.committee)
    lead = formal.proposal(cast, ProposalState.FILED) if state == ProposalState.MERGED else None
    closed = AT if state == ProposalState.CLOSED else None
    Proposal.objects.filter(pk=made.pk).update(state=state, lead=lead, closed_at=closed)
    return Proposal.objects.get(pk=made.pk)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", ProposalState.values)
def test_every_state_and_every_verb(cast, state, verb):
    made = in_state(cast, state)
    if state in PROPOSAL_MOVES[verb].sources:
        VERBS[verb](cast, made)
        assert Proposal.objects.get(pk=made.pk).state == PROPOSAL_MOVES[verb].target
        assert log.history(made).filter(verb=f"proposal.{verb}").count() == 1
    else:
        with pytest.raises(WrongState):
            VERBS[verb](cast, made)
        assert Proposal.objects.get(pk=made.pk).state == state
        assert not log.history(made).exists()


@pytest.mark.parametrize("verb", VERBS)
def test_a_stale_copy_loses_and_is_told_who_was_faster(cast, verb):
    made = in_state(cast, ProposalState.DRAFT)
    stale = Proposal.objects.get(pk=made.pk)
    VERBS[verb](cast, made)
    with pytest.raises(WrongState, match=r"已于 \d\d月\d\d日"):
        VERBS[verb](cast, stale)
    assert log.history(made).count() == 1


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("who", ["li", "zhang", "zhou", "zhao", "qian"])
def test_nobody_but_the_drafter_submits_or_withdraws(cast, verb, who):
    made = in_state(cast, ProposalState.DRAFT)
    cast.wang = getattr(cast, who)
    with pytest.raises(PermissionDenied):
        VERBS[verb](cast, made)


# --- 撤回 ---------------------------------------------------------------------------------------------------------


def test_withdrawing_takes_the_fact_back_and_tells_desk_and_signers(cast):
    formal.plenary(cast.committee)
    liu, made = colleague(cast), written(cast)
    invited(cast, made, liu)
    drafting.submit(made, by=cast.wang, at=AT)
    drafting.withdraw(made, by=cast.wang, at=AT)
    assert shares(made) == {}
    assert set(Notice.objects.filter(kind="proposal-withdrawn").values_list("recipient", flat=True)) == {cast.li.pk}
    assert Notice.objects.filter(kind="signature-dropped", recipient=liu.user).count() == 1


def test_giving_up_a_draft_tells_no_desk(cast):
    made = written(cast)
    drafting.withdraw(made, by=cast.wang, at=AT)
    assert not Notice.objects.exists()
