"""Who is asked to sign, what they answer, and that nobody signs what was changed or leaves what was filed."""

import pytest
from django.core.exceptions import PermissionDenied

from config.audit import log
from config.notices.models import Notice
from config.refusals import Incomplete, Refusal, WrongState
from members.facts import Fact
from members.models import BodyKind, DutyRecord, Parameter, Post
from proposals.models import Proposal, Signature
from proposals.services import drafting, signing
from proposals.services.draft_text import digest_of
from proposals.states import PROPOSAL_MOVES, ProposalState, ProposerKind, SignatureRole, SignatureState
from tests.factories import bodies, formal
from tests.factories.formal import AT
from tests.proposals.test_drafting import colleague, in_state, invited, party, written

pytestmark = pytest.mark.django_db
S = SignatureState
OPEN = PROPOSAL_MOVES["submit"].sources
BEFORE_FILING = (ProposalState.DRAFT, ProposalState.SUBMITTED, ProposalState.RETURNED)


def state_of(made, member):
    return made.signatures.get(member=member).state


# --- 邀请 ---------------------------------------------------------------------------------------------------------


def test_an_invitation_is_sent_once_and_the_draft_opens_for_who_is_asked(cast):
    liu, made = colleague(cast), written(cast)
    assert not Proposal.objects.visible_to(liu.user).exists()
    signing.invite(made, [liu], by=cast.wang, at=AT)
    signing.invite(made, [liu, liu], by=cast.wang, at=AT)
    assert state_of(made, liu) == S.ASKED
    assert Proposal.objects.visible_to(liu.user).get() == made
    assert Signature.objects.asked_of(liu.user).count() == 1
    assert Notice.objects.filter(kind="signature-asked", recipient=liu.user).count() == 1


def test_strangers_to_the_committee_and_who_said_no_are_not_asked(cast):
    liu, made = colleague(cast), written(cast)
    signing.invite(made, [liu], by=cast.wang, at=AT)
    signing.decline(made, by=liu.user, at=AT)
    for member, words in [(liu, "不再邀请"), (cast.qian_member, "不是本会"), (cast.wang_member, "第一提案人")]:
        with pytest.raises(Incomplete, match=words):
            signing.invite(made, [member], by=cast.wang, at=AT)


def test_no_more_co_signers_than_the_committee_allows(cast):
    Parameter.objects.create(committee=cast.committee, code="proposal.most_signers", value="2")
    many = [colleague(cast, f"m{number}", f"委员{number}") for number in range(3)]
    made = written(cast)
    with pytest.raises(Incomplete, match="最多 2 人"):
        signing.invite(made, many, by=cast.wang, at=AT)
    assert made.signatures.count() == 1
    signing.invite(made, many[:2], by=cast.wang, at=AT)
    signing.decline(made, by=many[0].user, at=AT)  # makes room
    signing.invite(made, many[2:], by=cast.wang, at=AT)
    assert made.signatures.filter(state=S.ASKED).count() == 2


def test_a_title_comes_before_any_invitation(cast):
    made = written(cast, title="")
    with pytest.raises(Refusal, match="案由"):
        signing.invite(made, [colleague(cast)], by=cast.wang, at=AT)


def test_three_main_writers_at_most_and_each_confirms(cast):
    where, speaker = party(cast)
    made = written(cast, by=speaker, kind=ProposerKind.PARTY, organisation=where)
    writers = [cast.wang_member, colleague(cast), colleague(cast, "deng", "邓委员")]
    signing.invite(made, writers, by=speaker, at=AT)
    assert set(made.signatures.values_list("role", "state")) == {(SignatureRole.WRITER, S.ASKED)}
    with pytest.raises(Incomplete, match="主要撰稿人最多 3 人"):
        signing.invite(made, [colleague(cast, "wu", "吴委员")], by=speaker, at=AT)
    signing.sign(made, seen=digest_of(made), by=cast.wang, at=AT)
    formal.plenary(cast.committee)
    drafting.submit(made, by=speaker, at=AT)
    told = DutyRecord.objects.standing().filter(fact=Fact.PROPOSAL)
    assert list(told.values_list("member", "share")) == [(cast.wang_member.pk, "writer")]


@pytest.mark.parametrize("state", ProposalState.values)
def test_in_every_state_who_may_still_be_asked(cast, state):
    made, liu = in_state(cast, state), colleague(cast)
    if state in OPEN:
        assert len(signing.invite(made, [liu], by=cast.wang, at=AT)) == 1
    else:
        with pytest.raises(WrongState, match="署名不能再改"):
            signing.invite(made, [liu], by=cast.wang, at=AT)


@pytest.mark.parametrize("who", ["li", "qian", "zhou"])
def test_nobody_but_the_drafter_invites(cast, who):
    with pytest.raises(PermissionDenied):
        signing.invite(written(cast), [colleague(cast)], by=getattr(cast, who), at=AT)


# --- 请负责人签名 ---------------------------------------------------------------------------------------------------


def group(cast, *leaders):
    made = bodies.body(cast.committee, BodyKind.ACTIVITY_GROUP, "一组")
    bodies.seat(made, cast.wang_member)
    for post, leader in zip((Post.LEADER, Post.VICE_LEADER), leaders, strict=False):
        bodies.seat(made, leader, post)
    return written(cast, kind=ProposerKind.GROUP, body=made)


def test_every_leader_is_asked_and_the_first_signature_is_the_groups(cast):
    leader, deputy = colleague(cast), colleague(cast, "deng", "邓委员")
    made = group(cast, leader, deputy)
    signing.ask_conveners(made, by=cast.wang, at=AT)
    with pytest.raises(WrongState, match="已经请过"):
        signing.ask_conveners(made, by=cast.wang, at=AT)
    signing.sign(made, seen=digest_of(made), by=deputy.user, at=AT)
    assert (state_of(made, deputy), state_of(made, leader)) == (S.SIGNED, S.LAPSED)
    assert Notice.objects.filter(kind="signature-answered", recipient=cast.wang).count() == 1


def test_a_leader_who_said_no_can_be_asked_again_after_the_text_was_changed(cast):
    leader = colleague(cast)
    made = group(cast, leader)
    signing.ask_conveners(made, by=cast.wang, at=AT)
    signing.decline(made, words="第三条做不到", by=leader.user, at=AT)
    assert "第三条做不到" in Notice.objects.get(kind="signature-answered").body
    signing.ask_conveners(made, by=cast.wang, at=AT)
    assert state_of(made, leader) == S.ASKED


def test_a_group_without_leaders_says_who_can_help(cast):
    with pytest.raises(Refusal, match="政协办"):
        signing.ask_conveners(group(cast), by=cast.wang, at=AT)


def test_leaders_are_asked_with_a_whole_text_only(cast):
    made = group(cast, colleague(cast))
    drafting.keep_draft(
        made.key, committee=cast.committee, kind=ProposerKind.GROUP, body=made.body, by=cast.wang, at=AT, points=[]
    )
    with pytest.raises(Incomplete, match="建议"):
        signing.ask_conveners(made, by=cast.wang, at=AT)


def test_a_members_own_proposal_has_no_leader_to_ask(cast):
    with pytest.raises(Refusal, match="不用负责人"):
        signing.ask_conveners(written(cast), by=cast.wang, at=AT)


# --- 确认 ---------------------------------------------------------------------------------------------------------


def test_signing_makes_it_a_joint_one_and_tells_the_drafter(cast):
    liu, made = colleague(cast), written(cast)
    invited(cast, made, liu)
    made.refresh_from_db()
    assert (made.kind, state_of(made, liu)) == (ProposerKind.JOINT, S.SIGNED)
    assert Notice.objects.filter(kind="signature-answered", recipient=cast.wang).count() == 1
    assert log.history(made).filter(verb="proposal.sign", actor_id=liu.user.pk).count() == 1


@pytest.mark.parametrize("first", ["sign", "decline"])
@pytest.mark.parametrize("second", ["sign", "decline"])
def test_a_second_answer_changes_nothing(cast, first, second):
    liu, made = colleague(cast), written(cast)
    signing.invite(made, [liu], by=cast.wang, at=AT)
    answer = {
        "sign": lambda: signing.sign(made, seen=digest_of(made), by=liu.user, at=AT),
        "decline": lambda: signing.decline(made, by=liu.user, at=AT),
    }
    answer[first]()
    before = state_of(made, liu)
    with pytest.raises(WrongState):
        answer[second]()
    assert state_of(made, liu) == before
    assert Notice.objects.filter(kind="signature-answered").count() == 1


def test_what_was_changed_since_one_read_it_is_not_signed(cast):
    liu, made = colleague(cast), written(cast)
    signing.invite(made, [liu], by=cast.wang, at=AT)
    seen = digest_of(made)
    written(cast, key=made.key, situation="改过的情况")
    with pytest.raises(WrongState, match="刚刚改过"):
        signing.sign(made, seen=seen, by=liu.user, at=AT)
    assert state_of(made, liu) == S.ASKED


@pytest.mark.parametrize(
    "change", [{"title": "新的案由"}, {"situation": "新的情况"}, {"analysis": "新的分析"}, {"points": ["新的建议"]}]
)
def test_changed_text_asks_those_who_signed_again_and_tells_them_once(cast, change):
    liu, made = colleague(cast), written(cast)
    invited(cast, made, liu)
    written(cast, key=made.key, **change)
    written(cast, key=made.key, **{**change, "analysis": "又改了"})
    assert state_of(made, liu) == S.ASKED
    assert state_of(made, cast.wang_member) == S.SIGNED
    assert Notice.objects.filter(kind="signature-changed", recipient=liu.user).count() == 1


def test_another_sphere_is_no_other_text(cast):
    liu, made = colleague(cast), written(cast)
    invited(cast, made, liu)
    written(cast, key=made.key, sphere=None)
    assert state_of(made, liu) == S.SIGNED


@pytest.mark.parametrize("state", ProposalState.values)
@pytest.mark.parametrize("verb", ["sign", "decline"])
def test_in_every_state_who_may_still_answer(cast, state, verb):
    made, liu = in_state(cast, state), colleague(cast)
    Signature.objects.create(proposal=made, member=liu, role=SignatureRole.JOINT, asked_at=AT)
    answer = {
        "sign": lambda: signing.sign(made, seen=digest_of(made), by=liu.user, at=AT),
        "decline": lambda: signing.decline(made, by=liu.user, at=AT),
    }[verb]
    if state in OPEN:
        answer()
        assert state_of(made, liu) == {"sign": S.SIGNED, "decline": S.DECLINED}[verb]
    else:
        with pytest.raises(WrongState):
            answer()
        assert state_of(made, liu) == S.ASKED


@pytest.mark.parametrize("who", ["wang", "li", "qian"])
def test_nobody_signs_for_another(cast, who):
    liu, made = colleague(cast), written(cast)
    signing.invite(made, [liu], by=cast.wang, at=AT)
    with pytest.raises(PermissionDenied):
        signing.sign(made, seen=digest_of(made), by=getattr(cast, who), at=AT)
    assert state_of(made, liu) == S.ASKED


# --- 撤下 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whose", ["drafter", "own"])
@pytest.mark.parametrize("state", ProposalState.values)
def test_a_signature_goes_before_filing_only(cast, state, whose):
    liu = colleague(cast)
    made = in_state(cast, state)
    signature = Signature.objects.create(
        proposal=made, member=liu, role=SignatureRole.JOINT, state=S.SIGNED, answered_at=AT
    )
    by = cast.wang if whose == "drafter" else liu.user
    if state in BEFORE_FILING:
        signing.take_off(signature, by=by, at=AT)
        assert not made.signatures.filter(member=liu).exists()
        told = Notice.objects.get(kind="signature-taken-off")
        assert told.recipient == (liu.user if whose == "drafter" else cast.wang)
    else:
        with pytest.raises(WrongState, match="署名不能再改"):
            signing.take_off(signature, by=by, at=AT)
        assert made.signatures.filter(member=liu, state=S.SIGNED).exists()


def test_leaving_after_submission_takes_the_fact_along_and_the_others_share_anew(cast):
    formal.plenary(cast.committee)
    liu, made = colleague(cast), written(cast)
    invited(cast, made, liu)
    drafting.submit(made, by=cast.wang, at=AT)
    signing.take_off(made.signatures.get(member=liu), by=liu.user, at=AT)
    made.refresh_from_db()
    assert made.kind == ProposerKind.MEMBER
    standing = DutyRecord.objects.standing().filter(fact=Fact.PROPOSAL)
    assert list(standing.values_list("member", "share")) == [(cast.wang_member.pk, "sole")]


def test_the_first_signer_stays_and_others_take_nobody_off(cast):
    liu, made = colleague(cast), written(cast)
    invited(cast, made, liu)
    first, second = made.signatures.order_by("position")
    for signature, by in [(first, cast.wang), (first, liu.user), (second, cast.li), (second, cast.qian)]:
        with pytest.raises(PermissionDenied):
            signing.take_off(signature, by=by, at=AT)
    signing.take_off(second, by=cast.wang, at=AT)
    with pytest.raises(WrongState, match="已经撤下"):
        signing.take_off(second, by=cast.wang, at=AT)


def test_the_bodys_own_signature_stays_once_it_is_submitted(cast):
    formal.plenary(cast.committee)
    leader = colleague(cast)
    made = group(cast, leader)
    signing.ask_conveners(made, by=cast.wang, at=AT)
    signing.sign(made, seen=digest_of(made), by=leader.user, at=AT)
    drafting.submit(made, by=cast.wang, at=AT)
    with pytest.raises(Refusal, match="撤回这件提案"):
        signing.take_off(made.signatures.get(member=leader), by=leader.user, at=AT)
