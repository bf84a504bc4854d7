"""并案: into what it may go and into what not, that it is answered by itself, and that it can be undone in time."""

import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from config.milestones.models import Milestone, MilestoneState
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from members.facts import Fact
from members.models import DutyRecord
from members.models.sequences import NumberSequence
from members.roles import Role
from proposals.models import Assignment, Proposal, ProposalReview, Signature
from proposals.services import merging, reviewing
from proposals.services.assignments import leave
from proposals.services.reviewing import Checks
from proposals.states import AssignmentRole, AssignmentState, ProposalState, ReviewResult
from tests.factories import formal
from tests.factories import members as make
from tests.factories import proposals as matters
from tests.factories.formal import AT

pytestmark = pytest.mark.django_db
S = ProposalState


def filed(cast, **fields):
    return formal.proposal(cast, S.FILED, **fields)


def submitted(cast, **fields):
    return formal.proposal(cast, S.SUBMITTED, **fields)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def merged(cast, lead, made=None):
    return merging.merge(made or filed(cast), lead, by=cast.li, at=AT)


# --- into a case -------------------------------------------------------------------------------------------------


def test_straight_from_review_it_gets_a_number_and_keeps_its_names(cast):
    other = make.member(make.user("co", "联名人"), cast.committee)
    lead, made = filed(cast), submitted(cast, co=[other])
    merging.merge(made, lead, words="内容相同。", by=cast.li, at=AT)
    made = fresh(made)
    assert (made.state, made.lead, made.number, made.filed_at) == (S.MERGED, lead, 2, AT)
    assert Signature.objects.signed().filter(proposal=made).count() == 2
    assert ProposalReview.objects.get(proposal=made).result == ReviewResult.MERGE
    assert DutyRecord.objects.filter(fact=Fact.PROPOSAL_FILED, key=f"proposal:{made.pk}").count() == 2
    told = Notice.objects.get(recipient=other.user)
    assert "并案" in told.title
    assert lead.serial in told.body
    assert "单独送达" in told.body


def test_one_that_is_filed_keeps_its_number_and_counts_once(cast):
    lead, made = filed(cast), submitted(cast)
    reviewing.file(made, by=cast.li, at=AT)
    merging.merge(made, lead, by=cast.li, at=AT)
    assert (fresh(made).number, fresh(made).state) == (2, S.MERGED)
    assert DutyRecord.objects.filter(fact=Fact.PROPOSAL_FILED).count() == 1
    assert NumberSequence.objects.get(kind="proposal-10").last == 2


def test_one_that_failed_a_check_is_not_merged(cast):
    lead, made = filed(cast), submitted(cast)
    with pytest.raises(Incomplete):
        merging.merge(made, lead, checks=Checks(eligible=False), by=cast.li, at=AT)
    assert fresh(made).state == S.SUBMITTED


# --- refusals ----------------------------------------------------------------------------------------------------


def refusal(cast, made, lead):
    with pytest.raises(Incomplete) as refused:
        merging.merge(made, lead, by=cast.li, at=AT)
    assert "lead" in refused.value.fields
    assert fresh(made).state == made.state
    return str(refused.value)


def test_not_into_nothing_and_not_into_itself(cast):
    made = filed(cast)
    assert "请选择" in refusal(cast, made, None)
    assert "它自己" in refusal(cast, made, made)


def test_not_into_its_own_child(cast):
    lead = filed(cast)
    child = merged(cast, lead)
    assert "不能反过来" in refusal(cast, lead, child)


def test_not_into_one_that_is_merged_itself(cast):
    lead = filed(cast)
    child = merged(cast, lead)
    words = refusal(cast, filed(cast), child)
    assert f"请直接并入《{lead}》" in words


def test_a_lead_case_is_not_merged_away(cast):
    lead = filed(cast)
    merged(cast, lead)
    assert "1 件提案并入这一件" in refusal(cast, lead, filed(cast))


def test_not_across_counties(cast):
    theirs = filed(cast)
    Proposal.objects.filter(pk=theirs.pk).update(committee=cast.other_committee)
    assert "不同政协" in refusal(cast, filed(cast), fresh(theirs))


@pytest.mark.parametrize(
    "state", [S.DRAFT, S.SUBMITTED, S.RETURNED, S.REJECTED, S.TURNED, S.WITHDRAWN, S.CLOSED], ids=str
)
def test_not_into_one_that_is_no_case(cast, state):
    lead = formal.proposal(cast, S.FILED if state == S.CLOSED else state)
    if state == S.CLOSED:
        Proposal.objects.filter(pk=lead.pk).update(state=S.CLOSED, closed_at=AT)
    assert fresh(lead).get_state_display() in refusal(cast, filed(cast), lead)


def test_not_into_one_that_is_answered(cast):
    lead = filed(cast)
    given = formal.handed(cast, lead)
    matters.to_state(cast, given, AssignmentState.REPLIED)
    assert "已经答复" in refusal(cast, filed(cast), lead)


@pytest.mark.parametrize("state", [S.DRAFT, S.RETURNED, S.REJECTED, S.TURNED, S.WITHDRAWN], ids=str)
def test_only_what_is_in_review_or_filed_is_merged(cast, state):
    made, lead = formal.proposal(cast, state), filed(cast)
    with pytest.raises(WrongState):
        merging.merge(made, lead, by=cast.li, at=AT)


def test_one_that_is_handed_over_or_merged_already_is_not_merged_again(cast):
    lead, handed = filed(cast), filed(cast)
    formal.handed(cast, handed)
    with pytest.raises(WrongState, match="办理中"):
        merging.merge(fresh(handed), lead, by=cast.li, at=AT)
    once = merged(cast, lead)
    with pytest.raises(WrongState, match="已并案"):
        merging.merge(once, filed(cast), by=cast.li, at=AT)


@pytest.mark.parametrize("who", ["wang", "zhang", "chen", "sun", "zhou", "zhao", "qian"])
def test_who_may_not(cast, who):
    lead, made, by = filed(cast), filed(cast), getattr(cast, who)
    with pytest.raises(PermissionDenied):
        merging.merge(made, lead, by=by, at=AT)
    merging.merge(made, lead, by=cast.li, at=AT)
    with pytest.raises(PermissionDenied):
        merging.unmerge(made, words="分开办", by=by, at=AT)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_merged_into_each_other_at_once_one_wins(cast):
    for _ in range(4):
        one, two = filed(cast), filed(cast)
        gate, refused = threading.Barrier(2), []

        def run(made, lead, gate=gate, refused=refused):
            try:
                made, lead = fresh(made), fresh(lead)
                gate.wait(20)
                merging.merge(made, lead, by=cast.li, at=AT)
            except (Incomplete, WrongState) as refusal:
                refused.append(refusal)
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=pair) for pair in ((one, two), (two, one))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert sorted([fresh(one).state, fresh(two).state]) == [S.FILED, S.MERGED]
        assert len(refused) == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_filed_and_merged_at_once_it_gets_one_number_and_nothing_hangs(cast):
    lead = filed(cast)
    for _ in range(4):
        made = submitted(cast)
        gate, refused = threading.Barrier(2), []

        def run(deed, gate=gate, refused=refused, made=made):
            try:
                row, into = fresh(made), fresh(lead)
                gate.wait(20)
                deed(row, into)
            except WrongState as refusal:
                refused.append(refusal)
            finally:
                connection.close()

        deeds = [
            lambda row, into: reviewing.file(row, by=cast.li, at=AT),
            lambda row, into: merging.merge(row, into, by=cast.li, at=AT),
        ]
        threads = [threading.Thread(target=run, args=[deed]) for deed in deeds]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert fresh(made).state in (S.FILED, S.MERGED)
        assert len(refused) == 1
    numbers = sorted(Proposal.objects.values_list("number", flat=True))
    assert numbers == list(range(1, 6))


# --- an answer of its own ----------------------------------------------------------------------------------------


def test_merged_into_a_case_at_a_unit_it_has_an_assignment_of_its_own_there(cast):
    other = make.member(make.user("co", "联名人"), cast.committee)
    lead, made = filed(cast), submitted(cast, co=[other], title="关于增开城乡公交的提案")
    given = formal.handed(cast, lead)
    merging.merge(made, lead, by=cast.li, at=AT)
    own = Assignment.objects.get(proposal=made)
    assert (own.unit, own.lead, own.role, own.handler) == (cast.unit, given, AssignmentRole.LEAD, cast.zhang)
    assert (own.due_on, own.duty, own.title) == (given.due_on, given.duty, made.title)
    assert own.rater == cast.wang
    assert list(own.co_raters.all()) == [other.user]
    assert (fresh(made).state, fresh(made).unit) == (S.MERGED, cast.unit)


def test_handed_over_later_each_joins_once(cast):
    lead = filed(cast)
    first, second = merged(cast, lead), merged(cast, lead)
    assert Assignment.objects.count() == 0
    given = formal.handed(cast, lead)
    for made in (first, second, first):
        merging.join_case(made, given, by=cast.li, at=AT)
    assert Assignment.objects.filter(lead=given).count() == 2


def test_a_merged_one_is_answered_rated_and_closed_by_itself(cast):
    lead, made = filed(cast), filed(cast)
    given = formal.handed(cast, lead)
    merging.merge(made, lead, by=cast.li, at=AT)
    own = Assignment.objects.get(proposal=made)
    matters.to_state(cast, own, AssignmentState.CLOSED)
    assert (fresh(made).state, fresh(made).lead) == (S.CLOSED, lead)
    assert fresh(made).grade
    assert fresh(made).satisfaction
    assert fresh(lead).state == S.ASSIGNED
    assert fresh(given).state == AssignmentState.PENDING


def test_when_the_case_goes_to_another_unit_the_joined_go_along(cast):
    lead, made = filed(cast), filed(cast)
    given = formal.handed(cast, lead)
    merging.merge(made, lead, by=cast.li, at=AT)
    leave(given, "take_away", reason="改由他单位办理", by=cast.li, at=AT)
    assert fresh(Assignment.objects.get(proposal=made)).state == AssignmentState.RETURNED
    other = make.organisation(cast.committee, "县交通运输局")
    handler = make.user("jiao", "交通承办人")
    make.grant(handler, Role.UNIT_HANDLER, other)
    again = formal.handed(cast, fresh(lead), unit=other, handler=handler)
    own = merging.join_case(fresh(made), again, by=cast.li, at=AT)
    assert (own.unit, own.lead) == (other, again)
    assert fresh(made).unit == other


def test_one_left_behind_by_an_earlier_handing_over_is_taken_back_first(cast):
    lead, made = filed(cast), filed(cast)
    given = formal.handed(cast, lead)
    merging.merge(made, lead, by=cast.li, at=AT)
    stale = Assignment.objects.get(proposal=made)
    Assignment.objects.filter(pk=given.pk).update(
        state=AssignmentState.RETURNED, returned_at=AT, return_reason="不属于本单位"
    )
    Proposal.objects.filter(pk=lead.pk).update(state=S.FILED)
    again = formal.handed(cast, fresh(lead))
    own = merging.join_case(made, again, by=cast.li, at=AT)
    assert fresh(stale).state == AssignmentState.RETURNED
    assert (own.lead, fresh(own).state) == (again, AssignmentState.PENDING)


def test_one_that_is_answered_stays_answered_when_the_case_is_handed_over_again(cast):
    lead, made = filed(cast), filed(cast)
    given = formal.handed(cast, lead)
    merging.merge(made, lead, by=cast.li, at=AT)
    own = matters.to_state(cast, Assignment.objects.get(proposal=made), AssignmentState.REPLIED)
    leave(fresh(given), "take_away", reason="改办", by=cast.li, at=AT)
    again = formal.handed(cast, fresh(lead))
    assert merging.join_case(fresh(made), again, by=cast.li, at=AT) == own


# --- undone ------------------------------------------------------------------------------------------------------


def test_undone_before_an_answer_the_unit_gives_it_up_and_it_waits_alone(cast):
    lead, made = filed(cast), filed(cast)
    formal.handed(cast, lead)
    merging.merge(made, lead, by=cast.li, at=AT)
    with pytest.raises(Incomplete):
        merging.unmerge(made, words=" ", by=cast.li, at=AT)
    merging.unmerge(made, words="内容其实不同", by=cast.li, at=AT)
    made, own = fresh(made), Assignment.objects.get(proposal=made)
    assert (made.state, made.lead, made.unit, made.number) == (S.FILED, None, None, 2)
    assert own.state == AssignmentState.RETURNED
    assert "内容其实不同" in own.return_reason
    waiting = Milestone.objects.filter(subject_id=own.pk, subject_type="proposals.assignment")
    assert not waiting.filter(state=MilestoneState.PENDING).exists()
    assert Notice.objects.filter(recipient=cast.zhang, title__contains="不用再办").exists()
    assert Notice.objects.filter(recipient=cast.wang, title__contains="单独办理").exists()
    formal.handed(cast, made)  # it can be handed over by itself now
    assert fresh(made).state == S.ASSIGNED


def test_never_handed_over_it_is_undone_as_well(cast):
    made = merged(cast, filed(cast))
    merging.unmerge(made, words="分开办", by=cast.li, at=AT)
    assert fresh(made).state == S.FILED
    with pytest.raises(WrongState):
        merging.unmerge(fresh(made), words="再来一次", by=cast.li, at=AT)


def test_after_the_answer_it_is_too_late(cast):
    lead, made = filed(cast), filed(cast)
    formal.handed(cast, lead)
    merging.merge(made, lead, by=cast.li, at=AT)
    matters.to_state(cast, Assignment.objects.get(proposal=made), AssignmentState.REPLIED)
    with pytest.raises(WrongState, match="已经答复"):
        merging.unmerge(fresh(made), words="分开办", by=cast.li, at=AT)
    assert fresh(made).state == S.MERGED


# --- the pages ---------------------------------------------------------------------------------------------------


def test_merging_from_the_page_of_a_filed_one_by_the_number_of_the_lead(cast, as_):
    lead, made = filed(cast), filed(cast, title="关于完全不同的一件事的提案")
    browser, url = as_(cast.li), reverse("proposal-merge", args=[made.key])
    assert browser.get(url).status_code == 200
    wrong = browser.post(url, {"lead_number": "2", "words": "我的说明"})
    assert wrong.status_code == 400
    assert "它自己" in wrong.content.decode()
    assert "我的说明" in wrong.content.decode()
    assert browser.post(url, {"lead_number": "1", "words": ""}).url == made.get_absolute_url()
    assert fresh(made).lead == lead
    assert browser.post(url, {"lead_number": "1"}).url == made.get_absolute_url()  # the second click
    assert ProposalReview.objects.filter(proposal=made).count() == 1


def test_merging_from_the_form_of_the_review_with_one_of_those_that_are_alike(cast, as_):
    lead, made = filed(cast), submitted(cast)
    url = reverse("proposal-review", args=[made.key])
    page = as_(cast.li).get(url)
    assert (lead.pk, f"{lead.serial}《{lead}》") in page.context["form"].fields["lead"].choices
    sent = {"eligible": "on", "content_ok": "on", "form_ok": "on", "result": "merge", "lead": str(lead.pk)}
    assert as_(cast.li).post(url, sent).status_code == 302
    assert fresh(made).lead == lead


def test_undoing_from_the_page(cast, as_):
    made = merged(cast, filed(cast))
    browser, url = as_(cast.li), reverse("proposal-unmerge", args=[made.key])
    assert browser.get(url).status_code == 200
    assert browser.post(url, {"words": ""}).status_code == 400
    assert browser.post(url, {"words": "分开办"}).url == made.get_absolute_url()
    assert fresh(made).state == S.FILED
    assert browser.get(url).status_code == 404


@pytest.mark.parametrize(("who", "answer"), [("wang", 403), ("zhou", 403), ("zhao", 404), ("qian", 404)])
def test_the_pages_are_for_the_office_alone(cast, as_, who, answer):
    made = filed(cast)
    child = merged(cast, filed(cast))
    browser = as_(getattr(cast, who))
    assert browser.get(reverse("proposal-merge", args=[made.key])).status_code == answer
    assert browser.get(reverse("proposal-unmerge", args=[child.key])).status_code == answer
