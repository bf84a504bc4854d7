"""回头看: which replies are taken up, the self-check, the spot check, the three ends, and that nothing drops off."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from config.milestones import clock
from config.milestones.models import Milestone
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from config.uploads import store
from proposals import services as matters_services
from proposals.documents.supervision import look_back_book
from proposals.models import Assignment, LookBack, LookBackItem, Proposal
from proposals.queries import look_backs as queries
from proposals.services import look_backs as services
from proposals.states import AssignmentState, LookBackItemState, LookBackState, ProposalState, ReplyGrade
from tests.factories import formal
from tests.factories import members as people
from tests.factories import proposals as matters
from tests.factories import supervision as make
from tests.factories.standards import photo
from tests.factories.supervision import AT, DAY, LATE

pytestmark = pytest.mark.django_db
A, I = AssignmentState, LookBackItemState  # noqa: E741
SETTLED = [I.VERIFIED, I.EXPLAINED, I.REWORKED]


# --- what is taken up --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "grade", "taken"), [
    (A.PENDING, None, False), (A.HANDLING, None, False), (A.REPLIED, ReplyGrade.B, True),
    (A.FOLLOWING, ReplyGrade.B, True), (A.CLOSED, ReplyGrade.A, False),
])  # fmt: skip
def test_every_b_that_is_not_handled_again_is_taken_up(cast, state, grade, taken):
    case = matters.assignment(cast, state, grade=grade)
    assert list(queries.to_look_back(cast.committee)) == ([case] if taken else [])


def test_closed_without_having_been_seen_kept_is_taken_up(cast):
    case = make.followed_proposal(cast)
    closed = {"state": A.CLOSED, "closed_at": LATE}
    Assignment.objects.filter(pk=case.pk).update(**closed, implemented_at=None, settlement="面商同意")
    assert list(queries.to_look_back(cast.committee)) == [case]
    Assignment.objects.filter(pk=case.pk).update(implemented_at=LATE)
    assert not queries.to_look_back(cast.committee).exists()


def test_one_that_was_verified_is_not_taken_up_again(cast):
    case = make.followed_proposal(cast)
    Assignment.objects.filter(pk=case.pk).update(state=A.CLOSED, closed_at=LATE, settlement="面商同意")
    item = make.item(cast, I.VERIFIED, case=case)
    services.close(item.campaign, by=cast.sun, at=LATE + 3 * DAY)
    assert not queries.to_look_back(cast.committee).exists()
    assert Assignment.objects.get().implemented_at == LATE + 2 * DAY, "包落实 closes, though the case ended by 面商"


def test_who_is_silent_about_a_reply_keeps_its_promise_on_the_list(cast):
    case = make.answered(cast, make.handed(cast), grade=ReplyGrade.B)
    item = make.item(cast, I.VERIFIED, case=case)
    case.refresh_from_db()
    assert (case.state, case.implemented_at) == (A.REPLIED, LATE + 2 * DAY), "the rating is still the signers' to give"
    services.close(item.campaign, by=cast.sun, at=LATE + 3 * DAY)
    assert not queries.to_look_back(cast.committee).exists()
    assert list(queries.followed(cast.sun)) == [case]


def test_the_scope_is_the_committee_or_one_plenary(cast):
    micro, proposal = make.followed(cast), make.followed_proposal(cast)
    assert set(queries.to_look_back(cast.committee)) == {micro, proposal}
    assert list(queries.to_look_back(cast.committee, formal.plenary(cast.committee))) == [proposal]
    assert not queries.to_look_back(cast.other_committee).exists()


# --- starting ----------------------------------------------------------------------------------------------------


def test_starting_tells_each_unit_once_and_plans_the_reminders(cast):
    make.followed(cast)
    make.followed(cast, title="东街修路")
    campaign = make.campaign(cast)
    assert set(campaign.items.values_list("state", flat=True)) == {I.WAITING}
    told = Notice.objects.filter(kind="look-back")
    assert set(told.values_list("recipient", flat=True)) == {cast.zhang.pk, cast.chen.pk}
    assert "2 件" in told.first().title
    assert Milestone.objects.filter(kind="look-back").pending().count() == 10


@pytest.mark.parametrize("name", ["zhou", "wang", "zhang", "chen", "zhao"])
def test_only_the_supervisors_start(cast, name):
    make.followed(cast)
    with pytest.raises(PermissionDenied):
        services.start(cast.committee, name="回头看", check_due_on=(LATE + DAY).date(), by=getattr(cast, name), at=LATE)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"name": " "}, "name"), ({"check_due_on": None}, "check_due_on"),
        ({"check_due_on": LATE.date()}, "check_due_on"), ({"check_due_on": datetime.date(2030, 1, 1)}, "check_due_on"),
        ({"name": "长" * 65}, "name"),
    ],
)  # fmt: skip
def test_what_a_campaign_lacks_is_named(cast, fields, named):
    make.followed(cast)
    with pytest.raises(Incomplete) as refusal:
        make.campaign(cast, **fields)
    assert named in refusal.value.fields
    assert not LookBack.objects.exists()


def test_another_committees_plenary_is_refused(cast):
    make.followed(cast)
    with pytest.raises(Incomplete):
        make.campaign(cast, plenary=formal.plenary(cast.other_committee))


def test_one_campaign_at_a_time_and_none_over_nothing(cast):
    with pytest.raises(Incomplete, match="没有需要回头看"):
        make.campaign(cast)
    make.followed(cast)
    make.campaign(cast)
    with pytest.raises(WrongState, match="正在进行"):
        make.campaign(cast, name="又一次")
    assert LookBack.objects.count() == 1


# --- the self-check and the spot check ---------------------------------------------------------------------------


def check(cast, item, **fields):
    given = {"found": "kept", "words": "已经装好。", "by": cast.zhang, "at": LATE + DAY, **fields}
    return services.check(item, **given)


def spot(cast, item, **fields):
    seen = {"has_leader": True, "has_person": True, "in_order": False, "words": "没有进度表。", "cause": "attention"}
    return services.spot(item, **{**seen, "by": cast.sun, "at": LATE + DAY, **fields})


def end(cast, item, state, **fields):
    given = {"words": "现场看过。", "cause": "money", "by": cast.sun, "at": LATE + 2 * DAY}
    if state == I.EXPLAINED:
        given["promised_on"] = (LATE + 90 * DAY).date()
    return services.END[state](item, **{**given, **fields})


def fresh(item):
    return LookBackItem.objects.get(pk=item.pk)


DEEDS = {"check": check, "spot": spot, **{state: None for state in SETTLED}}
ALLOWED = {
    "check": {I.WAITING, I.CHECKED}, "spot": {I.WAITING, I.CHECKED}, I.VERIFIED: {I.CHECKED},
    I.EXPLAINED: {I.CHECKED}, I.REWORKED: {I.WAITING, I.CHECKED},
}  # fmt: skip


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("state", I)
def test_each_deed_in_each_state(cast, state, deed):
    item = make.item(cast, state)
    do = DEEDS[deed] or (lambda cast, item: end(cast, item, deed))
    if state in ALLOWED[deed]:
        do(cast, item)
        expected = {"check": I.CHECKED, "spot": state}.get(deed, deed)
        assert fresh(item).state == expected
    else:
        with pytest.raises(WrongState):
            do(cast, item)
        assert fresh(item).state == state


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("name", ["li", "sun", "zhou", "zhang", "chen", "wang", "zhao", "qian"])
def test_the_unit_checks_and_the_supervisors_do_the_rest(cast, name, deed):
    item = make.item(cast, I.CHECKED)
    by = getattr(cast, name)
    may = name in (("zhang", "chen") if deed == "check" else ("li", "sun"))
    do = DEEDS[deed] or (lambda cast, item, by: end(cast, item, deed, by=by))
    if may:
        do(cast, item, by=by)
    else:
        with pytest.raises(PermissionDenied):
            do(cast, item, by=by)


@pytest.mark.parametrize("deed", DEEDS)
def test_nothing_is_said_after_the_campaign(cast, deed):
    item = make.item(cast, I.CHECKED)
    LookBack.objects.update(state=LookBackState.CLOSED, closed_at=LATE)
    do = DEEDS[deed] or (lambda cast, item: end(cast, item, deed))
    with pytest.raises(WrongState, match="已经结束"):
        do(cast, fresh(item))


def test_a_check_keeps_words_and_photos_and_the_same_photo_once(cast):
    item = make.item(cast)
    check(cast, item, photos=[photo(), photo("里面.jpg", "red")])
    check(cast, fresh(item), photos=[photo()])
    assert store.of(item, services.PHOTOS).count() == 2
    assert not Milestone.objects.of(item).pending().exists()
    told = Notice.objects.filter(kind="look-back-checked")
    assert set(told.values_list("recipient", flat=True)) == {cast.sun.pk, cast.li.pk}
    assert told.count() == 2


def test_too_many_photos_take_the_check_back(cast, monkeypatch):
    monkeypatch.setattr(services, "MOST_PHOTOS", 1)
    item = make.item(cast)
    with pytest.raises(Incomplete) as refusal:
        check(cast, item, photos=[photo(), photo("里面.jpg", "red")])
    assert "photos" in refusal.value.fields
    assert fresh(item).state == I.WAITING
    assert not store.of(item).exists()


@pytest.mark.parametrize(
    ("fields", "named"), [({"found": "soon"}, "found"), ({"words": " "}, "words"), ({"words": "长" * 501}, "words")]
)
def test_what_a_check_lacks_is_named(cast, fields, named):
    with pytest.raises(Incomplete) as refusal:
        check(cast, make.item(cast), **fields)
    assert named in refusal.value.fields


def test_a_spot_check_asks_three_questions(cast):
    item = make.item(cast)
    with pytest.raises(Incomplete) as refusal:
        spot(cast, item, has_leader=None, words="")
    assert set(refusal.value.fields) == {"has_leader", "words"}
    spot(cast, item)
    seen = fresh(item)
    assert (seen.has_leader, seen.has_person, seen.in_order, seen.cause) == (True, True, False, "attention")
    assert (seen.spotted_by, seen.state) == (cast.sun, I.WAITING)
    spot(cast, item, in_order=True, cause="")
    assert (fresh(item).in_order, fresh(item).cause) == (True, "attention")


# --- the three ends ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("made", [make.followed, make.followed_proposal])
def test_verified_closes_the_case(cast, made):
    case = made(cast)
    make.item(cast, I.VERIFIED, case=case)
    case.refresh_from_db()
    assert (case.state, case.implemented_at) == (A.CLOSED, LATE + 2 * DAY)
    if case.proposal_id:
        assert Proposal.objects.get().state == ProposalState.CLOSED
    assert not Milestone.objects.of(case).pending().exists()


def test_explained_stays_followed_with_a_new_day_and_the_author_hears(cast):
    item = make.item(cast, I.EXPLAINED)
    case = item.assignment
    case.refresh_from_db()
    assert case.state == A.FOLLOWING
    assert list(queries.followed(cast.sun)) == [case]
    assert queries.followed(cast.sun).get().again_on == item.promised_on
    told = Notice.objects.get(kind="look-back-explained")
    assert told.recipient_id == cast.wang.pk
    assert Milestone.objects.of(case).pending().get().due_at.date() == item.promised_on
    clock.sweep(LATE + 91 * DAY)
    assert Notice.objects.filter(kind="promise-due", recipient=cast.sun).exists()
    services.close(item.campaign, by=cast.sun, at=LATE + 3 * DAY)
    assert list(queries.to_look_back(cast.committee)) == [case], "the next campaign takes it up again"


@pytest.mark.parametrize("promised_on", [None, LATE.date()])
def test_an_explanation_of_a_followed_case_gives_a_later_day(cast, promised_on):
    item = make.item(cast, I.CHECKED)
    with pytest.raises(Incomplete) as refusal:
        end(cast, item, I.EXPLAINED, promised_on=promised_on)
    assert set(refusal.value.fields) == {"promised_on"}
    assert fresh(item).state == I.CHECKED


@pytest.mark.parametrize("state", [I.EXPLAINED, I.REWORKED])
def test_an_end_says_why_it_was_b(cast, state):
    item = make.item(cast, I.CHECKED)
    with pytest.raises(Incomplete) as refusal:
        end(cast, item, state, cause="", words=" ")
    assert set(refusal.value.fields) == {"cause", "words"}
    spot(cast, item)
    end(cast, fresh(item), state, cause="")
    assert fresh(item).cause == "attention"


@pytest.mark.parametrize("made", [make.followed, make.followed_proposal])
def test_reworked_opens_a_round_whose_reply_stands_beside_the_first(cast, made):
    item = make.item(cast, I.REWORKED, case=made(cast))
    case = Assignment.objects.get(pk=item.assignment_id)
    assert (case.state, case.round, item.again.number) == (A.HANDLING, 2, 2)
    make.answered(cast, case, at=LATE + 9 * DAY)
    item = fresh(item)
    assert (item.round.reply.grade, item.again.reply.grade) == (ReplyGrade.B, ReplyGrade.A)
    assert not queries.followed(cast.sun).exists(), "its last reply is A"


def test_a_closed_proposal_is_opened_again(cast):
    case = make.followed_proposal(cast)
    Assignment.objects.filter(pk=case.pk).update(state=A.CLOSED, closed_at=LATE, settlement="面商同意")
    Proposal.objects.filter(pk=case.proposal_id).update(state=ProposalState.CLOSED, closed_at=LATE)
    make.item(cast, I.REWORKED, case=case)
    assert Assignment.objects.get(pk=case.pk).state == A.HANDLING
    assert Proposal.objects.get().state == ProposalState.ASSIGNED


def test_a_closed_micro_proposal_cannot_be_opened_again(cast):
    case = make.followed(cast)
    Assignment.objects.filter(pk=case.pk).update(state=A.CLOSED, closed_at=LATE, settlement="面商同意")
    item = make.item(cast, I.CHECKED, case=case)
    with pytest.raises(WrongState, match="说明情况"):
        end(cast, item, I.REWORKED)
    end(cast, item, I.EXPLAINED, promised_on=None)
    assert fresh(item).state == I.EXPLAINED


def test_a_case_opened_again_elsewhere_ends_as_reworked(cast):
    item = make.item(cast, I.CHECKED)
    matters_services.verify(item.assignment, kept=False, words="没有装。", by=cast.sun, at=LATE + DAY)
    for state in (I.VERIFIED, I.EXPLAINED):
        with pytest.raises(WrongState, match="二次办理"):
            end(cast, item, state)
    end(cast, item, I.REWORKED)
    assert fresh(item).again.number == 2
    assert Assignment.objects.get(pk=item.assignment_id).round == 2


def test_a_case_seen_kept_elsewhere_ends_as_verified(cast):
    item = make.item(cast, I.CHECKED)
    matters_services.verify(item.assignment, kept=True, words="装好了。", by=cast.sun, at=LATE + DAY)
    end(cast, item, I.VERIFIED)
    assert fresh(item).state == I.VERIFIED


# --- the end of the campaign -------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", I)
def test_nothing_drops_off(cast, state):
    item = make.item(cast, state)
    if state in SETTLED:
        services.close(item.campaign, by=cast.sun, at=LATE + 3 * DAY)
        assert LookBack.objects.get().state == LookBackState.CLOSED
        with pytest.raises(WrongState):
            services.close(LookBack.objects.get(), by=cast.sun, at=LATE + 3 * DAY)
    else:
        with pytest.raises(Incomplete, match=f"还有 1 件没有结论.*{item.assignment}"):
            services.close(item.campaign, by=cast.sun, at=LATE + 3 * DAY)


@pytest.mark.parametrize("name", ["zhou", "zhang", "wang", "zhao"])
def test_only_the_supervisors_close(cast, name):
    item = make.item(cast, I.VERIFIED)
    with pytest.raises(PermissionDenied):
        services.close(item.campaign, by=getattr(cast, name), at=LATE)


# --- reminders and lists -----------------------------------------------------------------------------------------


def test_only_what_is_not_checked_is_reminded_of_and_once(cast):
    make.followed(cast, title="东街修路")
    waiting = make.item(cast)
    checked = waiting.campaign.items.exclude(pk=waiting.pk).get()
    check(cast, checked)
    moment = LATE + 13 * DAY
    for _ in range(2):
        clock.sweep(moment)
        told = Notice.objects.filter(kind="look-back-due")
        assert [(one.recipient_id, one.url) for one in told] == [(cast.zhang.pk, waiting.get_absolute_url())]
    end(cast, waiting, I.REWORKED)
    clock.sweep(moment + 30 * DAY)
    assert Notice.objects.filter(kind="look-back-due").count() == 1


def test_who_sees_a_campaign(cast):
    campaign = make.item(cast).campaign
    for name, sees in {"sun": 1, "li": 1, "zhou": 1, "zhang": 1, "chen": 1, "wang": 0, "zhao": 0}.items():
        user = getattr(cast, name)
        assert LookBack.objects.visible_to(user).count() == sees, name
        assert queries.items(campaign, user).count() == sees, name


def test_what_waits_for_whom(cast):
    item = make.item(cast)
    assert list(queries.awaiting_check(cast.zhang)) == [item]
    check(cast, item)
    assert list(queries.awaiting_end(cast.sun)) == [item]
    assert not queries.awaiting_check(cast.zhang).exists()
    assert not queries.awaiting_end(cast.zhang).exists()


@pytest.mark.parametrize("state", [A.REPLIED, A.FOLLOWING])
def test_every_b_is_followed_wherever_it_stands(cast, state):
    case = matters.assignment(cast, state, grade=ReplyGrade.B)
    assert list(queries.followed(cast.zhou)) == [case]
    assert not queries.followed(cast.zhao).exists()
    if state == A.FOLLOWING:
        matters_services.verify(case, kept=False, words="没有装。", by=cast.sun, at=AT)
        assert list(queries.followed(cast.zhou)) == [case], "handled again, and not yet answered otherwise"


def test_progress_and_causes_are_counted_and_cost_the_same(cast):
    first = make.followed(cast)
    campaign = make.item(cast, I.EXPLAINED, case=first).campaign
    mine = queries.items(campaign, cast.sun)
    assert [(row["label"], row["value"]) for row in queries.progress(mine)] == [("县住建局（1 / 1）", 100)]
    other = people.organisation(cast.committee, "县水利局")
    for number, (cause, state) in enumerate([("money", I.VERIFIED), ("plan", I.WAITING), ("", I.CHECKED)]):
        case = make.followed(cast, title=f"修路 {number}")
        Assignment.objects.filter(pk=case.pk).update(unit=other)
        LookBackItem.objects.create(
            campaign=campaign, assignment=case, round=case.rounds.get(), cause=cause, state=state
        )
    with CaptureQueriesContext(connection) as found:
        behind, ahead = queries.progress(mine)
        counted = queries.causes(mine)
    assert len(found) == 2
    assert (behind["label"], behind["value"], ahead["value"]) == ("县水利局（1 / 3）", 33, 100)
    assert [(row["label"], row["value"]) for row in counted] == [("资金不到位", 2), ("列入计划待实施", 1)]


def test_the_table_has_dates_and_costs_the_same_for_many(cast):
    def rows(campaign):
        seen = queries.items(campaign, cast.sun)
        campaign = LookBack.objects.select_related("committee").get(pk=campaign.pk)
        with CaptureQueriesContext(connection) as found, look_back_book(campaign, seen) as file:
            book = load_workbook(file)
        return list(book.active.values)[2:], len(found)

    case = make.followed(cast)
    item = make.item(cast, I.EXPLAINED, case=case)
    services.close(item.campaign, by=cast.sun, at=LATE + 3 * DAY)
    found, cost = rows(item.campaign)
    assert found[0][3].date() == datetime.date(2027, 3, 1)
    assert found[0][14].date() == item.promised_on
    for title in ("东街修路", "北街通水"):
        make.followed(cast, title=title)
    more, again = rows(make.campaign(cast, name="又一次"))
    assert (len(found), len(more), again) == (1, 3, cost)


def test_the_table_has_the_result_now_beside_the_result_then(cast):
    item = make.item(cast, I.REWORKED, case=make.followed_proposal(cast))

    def row():
        with look_back_book(item.campaign, queries.items(item.campaign, cast.sun)) as file:
            return list(load_workbook(file).active.values)[2]

    assert (row()[2], row()[15], row()[17]) == ("年内通车", 2, None)
    make.answered(cast, Assignment.objects.get(pk=item.assignment_id), at=LATE + 9 * DAY)
    assert row()[17] == ReplyGrade.A.label
    assert row()[18].date() == (LATE + 9 * DAY).date()
