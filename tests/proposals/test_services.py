"""Every verb: what it does, from which state, for whom, and what the slower of two is told."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from config.audit import log
from config.milestones.models import Milestone
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from members.models import Parameter
from proposals import services
from proposals.models import Assignment, MicroProposal, Reply
from proposals.services.review import joint_result
from proposals.states import (
    ASSIGNMENT_MOVES,
    MICRO_MOVES,
    AssignmentState,
    MicroState,
    ReplyGrade,
    ReplyState,
    RequestState,
    Satisfaction,
    Verdict,
)
from tests.factories import proposals as make
from tests.factories.proposals import AT

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


# --- 微建议 ------------------------------------------------------------------------------------------------------


def test_a_draft_saved_twice_under_one_key_is_one_row(cast):
    draft = make.micro(cast)
    again = services.keep_draft(draft.key, committee=cast.committee, by=cast.wang, title="改过的标题")
    assert again.pk == draft.pk
    assert MicroProposal.objects.get().title == "改过的标题"


def test_a_draft_key_of_another_author_is_refused(cast):
    draft = make.micro(cast)
    with pytest.raises(PermissionDenied):
        services.keep_draft(draft.key, committee=cast.other_committee, by=cast.qian, title="抢")
    draft.refresh_from_db()
    assert draft.title == "西街路口增设信号灯"


def test_submitting_names_everything_that_is_missing(cast):
    draft = services.keep_draft(make.uuid.uuid4(), committee=cast.committee, by=cast.wang, title=" ", body="太短")
    with pytest.raises(Incomplete) as refused:
        services.submit(draft, by=cast.wang, at=AT)
    assert set(refused.value.fields) == {"title", "body", "category", "region"}
    assert draft.state == MicroState.DRAFT


def test_submitting_numbers_it_and_opens_a_review_that_is_due_in_three_workdays(cast):
    first, second = make.micro(cast, MicroState.REVIEWING), make.micro(cast, MicroState.REVIEWING)
    assert (first.serial, second.serial) == ("微建议〔2026〕1号", "微建议〔2026〕2号")
    review = first.reviews.get()
    assert review.due_on == datetime.date(2026, 11, 25)  # Friday the 20th + 3 workdays
    told = Notice.objects.filter(kind="review-opened", url=first.get_absolute_url())
    assert set(told.values_list("recipient", flat=True)) == {r.pk for r in cast.reviewers}


def test_a_supplemented_one_keeps_its_number_and_gets_a_second_round(cast):
    returned = make.micro(cast, MicroState.RETURNED)
    services.submit(returned, by=cast.wang, at=AT)
    assert returned.number == 1
    assert [r.round for r in returned.reviews.all()] == [1, 2]


MICRO_VERBS = {
    "submit": lambda cast, m: services.submit(m, by=cast.wang, at=AT),
    "withdraw": lambda cast, m: services.withdraw(m, by=cast.wang, at=AT),
    "assign": lambda cast, m: make.assign(cast, m),
    "lead": lambda cast, m: make.lead(cast, m),
}


@pytest.mark.parametrize("verb", MICRO_VERBS)
@pytest.mark.parametrize("state", MicroState.values)
def test_every_state_and_every_verb_of_a_micro_proposal(cast, state, verb):
    micro = make.micro(cast, state)
    lines = log.history(micro).count()
    if state in MICRO_MOVES[verb].sources:
        MICRO_VERBS[verb](cast, micro)
        assert MicroProposal.objects.get(pk=micro.pk).state == MICRO_MOVES[verb].target
        assert log.history(micro).count() == lines + 1
    else:
        with pytest.raises(WrongState):
            MICRO_VERBS[verb](cast, micro)
        assert MicroProposal.objects.get(pk=micro.pk).state == state
        assert log.history(micro).count() == lines


@pytest.mark.parametrize("verb", MICRO_VERBS)
def test_a_stale_copy_loses_and_is_told_who_was_faster(cast, verb):
    state = MicroState.AGREED if verb in ("assign", "lead") else MicroState.DRAFT
    micro = make.micro(cast, state)
    stale = MicroProposal.objects.get(pk=micro.pk)
    MICRO_VERBS[verb](cast, micro)
    with pytest.raises(WrongState, match=r"已于 \d\d月\d\d日"):
        MICRO_VERBS[verb](cast, stale)
    assert log.history(micro).filter(verb=f"microproposal.{verb}").count() == 1


@pytest.mark.parametrize("who", ["li", "zhang", "zhao", "qian"])
def test_nobody_but_the_author_submits_or_withdraws(cast, who):
    draft = make.micro(cast)
    with pytest.raises(PermissionDenied):
        services.submit(draft, by=getattr(cast, who), at=AT)
    with pytest.raises(PermissionDenied):
        services.withdraw(draft, by=getattr(cast, who), at=AT)


def test_a_member_who_left_writes_no_more(cast):
    draft = make.micro(cast)
    cast.wang.memberships.update(until=timezone.localdate() - DAY)
    gone = type(cast.wang).objects.get(pk=cast.wang.pk)
    with pytest.raises(PermissionDenied):
        services.submit(draft, by=gone, at=AT)


# --- 三办联审 ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "rule", "expected"),
    [
        ("AA", "all", None),
        ("AAA", "all", Verdict.AGREE),
        ("AAD", "all", Verdict.DISAGREE),
        ("ADS", "all", Verdict.SUPPLEMENT),
        ("A", "two", None),
        ("AA", "two", Verdict.AGREE),
        ("AD", "two", None),
        ("ADD", "two", Verdict.DISAGREE),
        ("ASD", "two", Verdict.SUPPLEMENT),
    ],
)
def test_the_joint_result(given, rule, expected):
    from collections import Counter

    letters = {"A": Verdict.AGREE, "D": Verdict.DISAGREE, "S": Verdict.SUPPLEMENT}
    assert joint_result(Counter(letters[c] for c in given), rule=rule) == expected


def test_an_office_speaks_once_a_round(cast):
    micro = make.micro(cast, MicroState.REVIEWING)
    services.give_verdict(micro, verdict=Verdict.AGREE, by=cast.reviewers[0], at=AT)
    with pytest.raises(WrongState, match=r"已于 .* 代表县党委办出具“同意”"):
        services.give_verdict(micro, verdict=Verdict.DISAGREE, words="再想想", by=cast.reviewers[0], at=AT)
    review = micro.reviews.get()
    assert (review.verdicts.count(), review.verdicts_given) == (1, 1)


def test_disagreeing_needs_words(cast):
    micro = make.micro(cast, MicroState.REVIEWING)
    with pytest.raises(Incomplete):
        services.give_verdict(micro, verdict=Verdict.DISAGREE, words=" ", by=cast.reviewers[0], at=AT)
    assert micro.reviews.get().verdicts_given == 0


def test_two_of_three_is_a_parameter(cast):
    Parameter.objects.create(committee=cast.committee, code="review.rule", value="two")
    micro = make.micro(cast, MicroState.REVIEWING)
    for reviewer in cast.reviewers[:2]:
        services.give_verdict(micro, verdict=Verdict.AGREE, by=reviewer, at=AT)
        micro.refresh_from_db()
    assert micro.state == MicroState.AGREED
    with pytest.raises(WrongState, match="联审已经结束"):
        services.give_verdict(micro, verdict=Verdict.AGREE, by=cast.reviewers[2], at=AT)


@pytest.mark.parametrize("who", ["wang", "li", "zhang", "zhao"])
def test_only_the_three_offices_give_verdicts(cast, who):
    micro = make.micro(cast, MicroState.REVIEWING)
    with pytest.raises(PermissionDenied):
        services.give_verdict(micro, verdict=Verdict.AGREE, by=getattr(cast, who), at=AT)


# --- 交办 --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("unit", None, "承办单位"),
        ("leader_name", " ", "定领导"),
        ("leader_post", "", "定领导"),
        ("handler", None, "定人员"),
        ("due_on", None, "定时间"),
        ("due_on", datetime.date(2026, 11, 19), "不能早于今天"),
        ("duty", "", "定责任"),
        ("quality", " ", "定质量"),
    ],
)
def test_an_assignment_lacking_one_of_the_five_is_refused_and_says_which(cast, field, value, said):
    micro = make.micro(cast, MicroState.AGREED)
    with pytest.raises(Incomplete, match=said) as refused:
        make.assign(cast, micro, **{field: value})
    assert field in refused.value.fields
    assert Assignment.objects.count() == 0
    assert MicroProposal.objects.get().state == MicroState.AGREED


def test_a_unit_or_handler_of_another_county_is_refused(cast):
    micro = make.micro(cast, MicroState.AGREED)
    with pytest.raises(Incomplete) as refused:
        make.assign(cast, micro, unit=cast.other_unit)
    assert set(refused.value.fields) == {"unit", "handler"}
    with pytest.raises(Incomplete, match="不是县住建局的承办人"):
        make.assign(cast, micro, handler=cast.wang)


def test_assigning_plans_the_ladder_and_tells_unit_and_author(cast):
    make.ladders()
    assignment = make.assignment(cast)
    codes = Milestone.objects.filter(kind="assignment").order_by("offset_days").values_list("code", flat=True)
    assert list(codes) == ["T-15", "T-7", "T-3", "T-1", "T0", "T+1", "T+3", "T+7"]
    assert set(Notice.objects.filter(kind="assigned").values_list("recipient", flat=True)) == {
        cast.zhang.pk,
        cast.chen.pk,
    }
    told = Notice.objects.get(kind="micro-assigned", recipient=cast.wang)
    assert told.title == f"您的微建议《{assignment.title}》已交县住建局办理"
    assert assignment.due_why["rule"]


def accept(cast, a):
    return services.accept(a, by=cast.zhang, at=AT)


def give_back(cast, a):
    return services.return_(a, reason="不属于本单位", by=cast.zhang, at=AT)


def send(cast, a):
    return services.send(make.reply(cast, a), by=cast.chen, at=AT)


def rate(cast, a):
    return services.rate(a, satisfaction=Satisfaction.SATISFIED, by=cast.wang, at=AT)


def rework(cast, a):
    return services.rate(a, satisfaction=Satisfaction.UNSATISFIED, words="没有解决", by=cast.wang, at=AT)


def verify(cast, a):
    return services.verify(a, kept=True, words="到现场看过", by=cast.sun, at=AT)


S = AssignmentState
OUTCOMES = {
    accept: {S.PENDING: S.HANDLING},
    give_back: {S.PENDING: S.RETURNED, S.HANDLING: S.RETURNED},
    send: {S.HANDLING: S.REPLIED},
    rate: {S.REPLIED: S.CLOSED},
    rework: {S.REPLIED: S.HANDLING},
    verify: {S.FOLLOWING: S.CLOSED},
}


@pytest.mark.parametrize("verb", OUTCOMES)
@pytest.mark.parametrize("state", [state for state in S if state != S.MEETING])  # a proposal's state alone
def test_every_state_and_every_verb_of_an_assignment(cast, state, verb):
    assignment = make.assignment(cast, state)
    expected = OUTCOMES[verb].get(state)
    if expected:
        verb(cast, assignment)
        assert Assignment.objects.get(pk=assignment.pk).state == expected
    else:
        with pytest.raises(WrongState):
            verb(cast, assignment)
        assert Assignment.objects.get(pk=assignment.pk).state == state


def test_the_table_of_moves_and_the_verbs_agree():
    assert {(s, t) for move in OUTCOMES.values() for s, t in move.items()} <= {
        (s, move.target) for move in ASSIGNMENT_MOVES.values() for s in move.sources
    }


@pytest.mark.parametrize(("verb", "may"), [(accept, "zhang"), (send, "chen"), (rate, "wang"), (verify, "sun")])
@pytest.mark.parametrize("who", ["wang", "zhang", "chen", "sun", "zhou", "zhao", "qian"])
def test_who_may_do_what_to_an_assignment(cast, verb, may, who):
    state = next(iter(OUTCOMES[verb]))
    assignment = make.assignment(cast, state)
    person = getattr(cast, who)
    allowed = {"zhang": {"zhang", "chen"}, "chen": {"chen"}, "wang": {"wang"}, "sun": {"sun", "li"}}[may]
    deeds = {
        accept: lambda: services.accept(assignment, by=person, at=AT),
        send: lambda: services.send(make.reply(cast, assignment), by=person, at=AT),
        rate: lambda: services.rate(assignment, satisfaction=Satisfaction.SATISFIED, by=person, at=AT),
        verify: lambda: services.verify(assignment, kept=True, words="看过", by=person, at=AT),
    }
    if who in allowed:
        deeds[verb]()
    else:
        with pytest.raises(PermissionDenied):
            deeds[verb]()


def test_a_returned_matter_goes_back_to_the_desk_and_out_again(cast):
    assignment = make.assignment(cast, S.RETURNED)
    micro = MicroProposal.objects.get()
    assert (micro.state, assignment.return_reason) == (MicroState.AGREED, "不属于本单位职责")
    assert Notice.objects.filter(kind="returned", recipient=cast.li).count() == 1
    again = make.assign(cast, micro)
    assert again.pk != assignment.pk
    assert Assignment.objects.exclude(state=S.RETURNED).get() == again


def test_a_matter_is_returned_inside_the_window_only(cast):
    assignment = make.assignment(cast)
    late = AT + 8 * DAY  # the window is 5 workdays: until Friday the 27th
    with pytest.raises(WrongState, match="11月27日"):
        services.return_(assignment, reason="不属于本单位", by=cast.zhang, at=late)
    services.return_(assignment, reason="不属于本单位", by=cast.zhang, at=AT + 7 * DAY)


# --- 答复、评价、落实 --------------------------------------------------------------------------------------------


def test_a_draft_is_no_reply(cast):
    assignment = make.assignment(cast, S.HANDLING)
    make.reply(cast, assignment)
    assert Reply.objects.sent().count() == 0
    assert Assignment.objects.get().replied_at is None


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"text": " "}, {"text"}),
        ({"grade": "B", "promise": "", "promised_on": None}, {"promise", "promised_on"}),
        ({"grade": "B", "promise": "装灯", "promised_on": AT.date()}, {"promised_on"}),
        ({"grade": "C", "reason": ""}, {"reason"}),
        ({"publication": "none"}, {"private_reason"}),
    ],
)
def test_an_incomplete_reply_is_not_put_forward(cast, fields, missing):
    assignment = make.assignment(cast, S.HANDLING)
    with pytest.raises(Incomplete) as refused:
        make.reply(cast, assignment, **fields)
    assert set(refused.value.fields) == missing


def test_a_leader_sends_a_reply_back_and_it_can_be_changed(cast):
    assignment = make.assignment(cast, S.HANDLING)
    reply = make.reply(cast, assignment)
    services.send_back(reply, words="请写明时间", by=cast.chen, at=AT)
    assert Reply.objects.get().state == ReplyState.DRAFT
    services.send(make.reply(cast, assignment, text="12月底前装好。"), by=cast.chen, at=AT)
    assert Reply.objects.sent().get().text == "12月底前装好。"


def test_the_wording_of_the_grade_is_kept_with_the_reply(cast):
    make.assignment(cast, S.REPLIED)
    assert Reply.objects.get().grade_wording == ReplyGrade.A.label


def test_an_a_reply_closes_all_three_guarantees_and_the_micro_proposal(cast):
    assignment = make.assignment(cast, S.CLOSED)
    assert assignment.replied_at
    assert assignment.satisfied_at
    assert assignment.implemented_at
    micro = MicroProposal.objects.get()
    assert (micro.state, micro.publication) == (MicroState.CLOSED, "full")
    assert not Milestone.objects.filter(state="pending", kind="assignment").exists()


def test_a_b_reply_stays_open_until_its_promise_is_verified(cast):
    assignment = make.assignment(cast, S.FOLLOWING)
    assert assignment.satisfied_at
    assert assignment.implemented_at is None
    promise = Milestone.objects.get(kind="promise")
    assert timezone.localdate(promise.due_at) == datetime.date(2027, 3, 1)
    verify(cast, assignment)
    assert Assignment.objects.get().implemented_at
    assert MicroProposal.objects.get().state == MicroState.CLOSED


def test_a_broken_promise_opens_a_new_round(cast):
    assignment = make.assignment(cast, S.FOLLOWING)
    services.verify(assignment, kept=False, words="还没有装", by=cast.sun, at=AT)
    fresh = Assignment.objects.get()
    assert (fresh.state, fresh.round) == (S.HANDLING, 2)


def test_unsatisfied_opens_a_round_with_its_own_due_date_and_keeps_every_reply(cast):
    assignment = make.assignment(cast, S.REPLIED)
    rework(cast, assignment)
    assert (assignment.round, assignment.due_on) == (2, datetime.date(2026, 12, 20))
    assert assignment.replied_at is None
    send(cast, assignment)
    assert Reply.objects.sent().count() == 2
    assert [r.due_on for r in assignment.rounds.all()] == [datetime.date(2026, 12, 11), datetime.date(2026, 12, 20)]


def test_unsatisfied_needs_words(cast):
    assignment = make.assignment(cast, S.REPLIED)
    with pytest.raises(Incomplete):
        services.rate(assignment, satisfaction=Satisfaction.UNSATISFIED, by=cast.wang, at=AT)


def test_what_counts_as_satisfied_is_a_parameter(cast):
    Parameter.objects.create(committee=cast.committee, code="satisfaction.accepts", value="full")
    assignment = make.assignment(cast, S.REPLIED)
    services.rate(assignment, satisfaction=Satisfaction.BASIC, by=cast.wang, at=AT)
    assert Assignment.objects.get().round == 2


# --- 延期 --------------------------------------------------------------------------------------------------------


def ask(cast, assignment, until=datetime.date(2027, 1, 11), **fields):
    return services.ask_extension(assignment, until=until, reason="要等设备到货", by=cast.zhang, at=AT, **fields)


def test_a_granted_extension_moves_the_due_date_and_takes_the_overdue_mark_away(cast):
    make.ladders()
    assignment = make.assignment(cast, S.HANDLING)
    day_after = datetime.date(2026, 12, 12)
    assert Assignment.objects.overdue(day_after).count() == 1
    services.grant_extension(ask(cast, assignment), by=cast.sun, at=AT)
    assert Assignment.objects.overdue(day_after).count() == 0
    fresh = Assignment.objects.get()
    assert (fresh.due_on, fresh.clock) == (datetime.date(2027, 1, 11), 2)
    assert "要等设备到货" in fresh.due_why["rule"]
    pending = Milestone.objects.filter(kind="assignment", state="pending")
    assert set(pending.values_list("round", flat=True)) == {2}


def test_a_refused_extension_changes_nothing_and_says_why(cast):
    assignment = make.assignment(cast, S.HANDLING)
    extension = ask(cast, assignment)
    with pytest.raises(Incomplete):
        services.refuse_extension(extension, words="", by=cast.sun, at=AT)
    services.refuse_extension(extension, words="可以按期完成", by=cast.sun, at=AT)
    assert Assignment.objects.get().due_on == datetime.date(2026, 12, 11)
    assert Notice.objects.filter(kind="extension-decided", body="可以按期完成").count() == 2


@pytest.mark.parametrize("until", [datetime.date(2026, 12, 11), datetime.date(2027, 5, 21)])
def test_an_extension_is_later_and_inside_the_limit(cast, until):
    assignment = make.assignment(cast, S.HANDLING)
    with pytest.raises(Incomplete) as refused:
        ask(cast, assignment, until=until)
    assert set(refused.value.fields) == {"until"}


def test_one_open_request_at_a_time(cast):
    assignment = make.assignment(cast, S.HANDLING)
    ask(cast, assignment)
    with pytest.raises(WrongState, match="已有一份延期申请"):
        ask(cast, assignment)


@pytest.mark.parametrize("who", ["zhang", "chen", "wang", "zhou", "zhao"])
def test_the_unit_does_not_grant_its_own_extension(cast, who):
    extension = ask(cast, make.assignment(cast, S.HANDLING))
    with pytest.raises(PermissionDenied):
        services.grant_extension(extension, by=getattr(cast, who), at=AT)
    extension.refresh_from_db()
    assert extension.state == RequestState.ASKED
