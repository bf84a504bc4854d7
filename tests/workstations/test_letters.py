"""Letters between the committee and its towns and villages: every verb in every state, who may, reminders, figures."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from config.audit import log
from config.milestones import clock
from config.milestones.models import Milestone, MilestoneState
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from config.uploads import store
from members.models import OrganisationKind, Parameter
from tests.factories import letters as make
from tests.factories.letters import AT
from workstations.models import Letter
from workstations.queries import letters as queries
from workstations.services import letters as services
from workstations.states import LETTER_MOVES, LetterState


@pytest.fixture
def town(cast):
    return make.town(cast.committee)


def told(kind):
    return sorted(Notice.objects.filter(kind=kind).values_list("recipient__username", flat=True))


def later(days=1):
    return AT + timedelta(days=days)


# --- sending -----------------------------------------------------------------------------------------------------


def test_the_office_writes_to_several_at_once_and_each_gets_one(cast, town):
    other, village = make.town(cast.committee, "塘村镇"), make.village(cast.committee)
    sent = services.send(cast.committee, [town, other, village, town], make.content(), outgoing=True, by=cast.li, at=AT)
    assert [letter.organisation for letter in sent] == [town, other, village]
    assert {letter.first for letter in sent} == {None, sent[0]}
    assert len(told("letter-sent")) == 6
    assert log.history(sent[2]).get().verb == "letter.send"


def test_a_town_writes_to_the_committee(cast, town):
    letter = make.letter(town, by=town.handler, outgoing=False, subject="反映断头路", kind="report")
    assert (letter.sender, letter.receiver) == (town, cast.committee)
    assert told("letter-sent") == ["li"]


def test_an_answer_is_due_in_workdays_that_the_committee_sets(cast, town):
    assert make.letter(town, by=cast.li).due_on == date(2026, 11, 17)
    Parameter.objects.create(committee=cast.committee, code="letter.workdays", value="2")
    cast.committee.refresh_from_db()
    fresh = type(town).objects.get(pk=town.pk)
    letter = make.letter(fresh, by=cast.li, subject="另一件")
    assert letter.due_on == date(2026, 11, 12)
    assert letter.due_why["rule"] == "互通信息应在 2 个工作日内回复"


def test_what_wants_no_answer_is_not_due_and_reminds_nobody(cast, town):
    letter = make.letter(town, by=cast.li, kind="notice", wants_answer=False)
    assert (letter.due_on, Milestone.objects.of(letter).count()) == (None, 0)


@pytest.mark.parametrize("who", ["wang", "zhang", "sun", "zhou", "zhao", "reviewer", "handler"])
def test_only_the_office_writes_for_the_committee(cast, town, who):
    by = {"reviewer": cast.reviewers[0], "handler": town.handler}.get(who) or getattr(cast, who)
    with pytest.raises(PermissionDenied):
        make.letter(town, by=by)
    assert not Letter.objects.exists()


@pytest.mark.parametrize("who", ["wang", "li", "zhang", "zhao"])
def test_only_its_people_write_for_a_town(cast, town, who):
    with pytest.raises(PermissionDenied):
        make.letter(town, by=getattr(cast, who), outgoing=False)


def test_of_several_towns_one_must_speak_for_all(cast, town):
    other = make.town(cast.committee, "塘村镇")
    with pytest.raises(PermissionDenied):
        services.send(cast.committee, [town, other], make.content(), outgoing=False, by=town.handler, at=AT)


def test_a_unit_of_another_committee_or_kind_is_refused(cast, town):
    foreign = make.town(cast.other_committee, "外县的镇", people=False)
    for unit in (foreign, cast.unit):
        with pytest.raises(Incomplete):
            services.send(cast.committee, [town, unit], make.content(), outgoing=True, by=cast.li, at=AT)
    assert not Letter.objects.exists()


@pytest.mark.parametrize(
    ("fields", "named"), [({"subject": " "}, "subject"), ({"kind": "x"}, "kind"), ({"body": ""}, "body")]
)
def test_half_a_letter_is_refused_and_nothing_is_kept(cast, town, fields, named):
    with pytest.raises(Incomplete) as refusal:
        make.letter(town, by=cast.li, **fields)
    assert named in refusal.value.fields
    assert not Letter.objects.exists()


def test_nobody_to_send_to(cast):
    with pytest.raises(Incomplete):
        services.send(cast.committee, [], make.content(), outgoing=True, by=cast.li, at=AT)


def test_pressed_twice_is_sent_once(cast, town):
    make.letter(town, by=cast.li)
    with pytest.raises(WrongState, match="刚刚已经发出"):
        make.letter(town, by=cast.li, at=AT + timedelta(minutes=1))
    make.letter(town, by=cast.li, at=AT + timedelta(hours=1))
    assert Letter.objects.count() == 2


# --- the verbs ---------------------------------------------------------------------------------------------------


VERBS = {
    "read": (lambda letter, by: services.read(letter, by=by, at=later()), "receiver"),
    "answer": (lambda letter, by: services.answer(letter, body="同意。", by=by, at=later()), "receiver"),
    "add": (lambda letter, by: services.add(letter, body="再说明一点。", by=by, at=later()), "sender"),
    "close": (lambda letter, by: services.close(letter, by=by, at=later()), "sender"),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", LetterState.values)
@pytest.mark.parametrize("outgoing", [True, False])
def test_every_verb_in_every_state(cast, town, verb, state, outgoing):
    sides = {True: cast.li, False: town.handler}
    letter = make.letter(town, by=sides[outgoing], outgoing=outgoing)
    Letter.objects.filter(pk=letter.pk).update(state=state, answered_at=AT if state == "answered" else None)
    letter.refresh_from_db()
    do, side = VERBS[verb]
    by = sides[outgoing if side == "sender" else not outgoing]
    allowed = state != LetterState.CLOSED if verb == "add" else state in LETTER_MOVES[verb].sources
    if not allowed:
        with pytest.raises(WrongState):
            do(letter, by)
        return
    do(letter, by)
    letter.refresh_from_db()
    assert letter.state == (state if verb == "add" else LETTER_MOVES[verb].target)
    assert log.history(letter).first().verb == f"letter.{verb}"


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("who", ["wrong side", "other town", "wang", "zhao", "zhou"])
def test_each_verb_belongs_to_one_side(cast, town, verb, who):
    letter = make.letter(town, by=cast.li)
    Letter.objects.filter(pk=letter.pk).update(state=LetterState.READ if verb == "close" else LetterState.SENT)
    letter.refresh_from_db()
    do, side = VERBS[verb]
    wrong = town.handler if side == "sender" else cast.li
    by = {"wrong side": wrong, "other town": make.town(cast.committee, "塘村镇").handler}.get(who) or getattr(cast, who)
    with pytest.raises(PermissionDenied):
        do(letter, by)


def test_the_first_answer_stops_the_clock_and_tells_who_wrote(cast, town):
    letter = make.letter(town, by=cast.li)
    services.answer(letter, body="没有意见。", by=town.handler, at=later(6))
    letter.refresh_from_db()
    assert (letter.answered_after, letter.read_by, letter.is_unanswered) == (4, town.handler, False)
    assert told("letter-reply") == ["li"]
    assert not Milestone.objects.of(letter).filter(state=MilestoneState.PENDING).exists()
    services.answer(letter, body="补充一点。", by=town.leader, at=later(8))
    letter.refresh_from_db()
    assert (letter.answered_after, letter.replies.count()) == (4, 2)


def test_the_same_answer_pressed_twice_is_kept_once(cast, town):
    letter = make.letter(town, by=cast.li)
    stale = Letter.objects.get(pk=letter.pk)
    services.answer(letter, body="没有意见。", by=town.handler, at=later())
    with pytest.raises(WrongState):
        services.answer(stale, body="没有意见。", by=town.handler, at=later())
    assert letter.replies.count() == 1


def test_an_empty_answer_is_refused_and_the_letter_stays(cast, town):
    letter = make.letter(town, by=cast.li)
    with pytest.raises(Incomplete):
        services.answer(letter, body="  ", by=town.handler, at=later())
    letter.refresh_from_db()
    assert letter.state == LetterState.SENT


def test_what_is_added_tells_the_other_side(cast, town):
    letter = make.letter(town, by=cast.li)
    services.add(letter, body="附上表格。", by=cast.li, at=later())
    assert told("letter-reply") == [town.handler.username, town.leader.username]


# --- reminders ---------------------------------------------------------------------------------------------------


def test_reminders_climb_from_the_handler_to_the_leader_to_the_office(cast, town):
    letter = make.letter(town, by=cast.li)
    seen = []
    for days in (6, 7, 8, 10):
        clock.sweep(AT + timedelta(days=days))
        seen.append(len(told("letter-due")))
    assert seen == [2, 4, 6, 9]  # both people of the town three times, then with the office
    clock.sweep(AT + timedelta(days=10))
    assert len(told("letter-due")) == 9
    last = Notice.objects.filter(kind="letter-due", recipient=cast.li).get()
    assert (last.url, last.title[:6]) == (letter.get_absolute_url(), "已逾期 3 ")


def test_who_has_answered_or_need_not_is_not_reminded(cast, town):
    answered, closed = make.letter(town, by=cast.li), make.letter(town, by=cast.li, subject="另一件")
    Letter.objects.filter(pk=answered.pk).update(state=LetterState.ANSWERED, answered_at=AT)
    services.read(closed, by=town.handler, at=AT)
    services.close(closed, by=cast.li, at=AT)
    clock.sweep(AT + timedelta(days=11))
    assert told("letter-due") == []
    assert Milestone.objects.of(answered).filter(state=MilestoneState.SKIPPED).exists()


def test_the_committee_is_reminded_of_what_towns_wrote(cast, town):
    make.letter(town, by=town.handler, outgoing=False)
    clock.sweep(AT + timedelta(days=6))
    assert told("letter-due") == ["li"]
    clock.sweep(AT + timedelta(days=8))
    assert set(told("letter-due")) == {"li", "zhou"}


# --- who sees what -----------------------------------------------------------------------------------------------


def test_each_side_sees_its_letters_and_nobody_else_any(cast, town):
    other = make.town(cast.committee, "塘村镇")
    letter = make.letter(town, by=cast.li)
    for user in (cast.li, town.handler, town.leader):
        assert list(Letter.objects.visible_to(user)) == [letter]
    for user in (cast.wang, cast.zhao, cast.zhou, cast.zhang, other.handler):
        assert not Letter.objects.visible_to(user).exists()


def test_files_sent_to_several_are_kept_once_and_opened_by_each(cast, town):
    from django.core.files.uploadedfile import SimpleUploadedFile

    other, third = make.town(cast.committee, "塘村镇"), make.town(cast.committee, "车头镇")
    content = make.content(files=(SimpleUploadedFile("情况.txt", "内容".encode()),))
    first, second = services.send(cast.committee, [town, other], content, outgoing=True, by=cast.li, at=AT)
    (file,) = store.of(first)
    assert not store.of(second).exists()
    assert [store.is_readable(file, user) for user in (town.handler, other.handler, cast.li)] == [True] * 3
    assert [store.is_readable(file, user) for user in (third.handler, cast.wang, cast.zhao)] == [False] * 3


# --- answer times ------------------------------------------------------------------------------------------------


def test_answer_times_both_ways_with_the_worst_first(cast, town):
    slow = make.town(cast.committee, "塘村镇")
    few = make.town(cast.committee, "车头镇")
    for number in range(3):
        for unit, days in ((town, 1), (slow, 6)):
            letter = make.letter(unit, by=cast.li, subject=f"第{number}件")
            services.answer(letter, body="好。", by=unit.handler, at=later(days))
    make.letter(few, by=cast.li)
    mine = make.letter(town, by=town.handler, outgoing=False, subject="请求协助")
    services.answer(mine, body="来办。", by=cast.li, at=later(3))
    make.letter(town, by=cast.li, wants_answer=False, subject="只通报")
    found = queries.figures(cast.committee, 2026, date(2026, 11, 20))
    assert [unit.organisation for unit in found.ranked] == [slow, town]
    assert [(unit.theirs.median, unit.theirs.asked) for unit in found.ranked] == [(4, 3), (1, 3)]
    assert [(unit.organisation, unit.theirs.overdue) for unit in found.unranked] == [(few, 1)]
    assert (found.theirs.asked, found.theirs.answered, found.theirs.open, found.theirs.overdue) == (7, 6, 1, 1)
    assert (found.ours.asked, found.ours.median) == (1, 3)
    assert queries.figures(cast.committee, 2025, date(2026, 11, 20)).units == []


def test_one_overdue_goes_before_any_slow_one(cast, town):
    slow = make.town(cast.committee, "塘村镇")
    for number in range(3):
        letter = make.letter(slow, by=cast.li, subject=f"第{number}件")
        services.answer(letter, body="好。", by=slow.handler, at=later(30))
        make.letter(town, by=cast.li, subject=f"第{number}件")
    found = queries.figures(cast.committee, 2026, date(2026, 12, 20))
    assert [unit.organisation for unit in found.ranked] == [town, slow]
    assert found.ranked[1].theirs.late == 3


def test_statements_of_the_figures_do_not_grow(cast, town, django_assert_num_queries):
    for more in (1, 3):
        for number in range(more):
            make.letter(make.town(cast.committee, f"镇{more}{number}", people=False), by=cast.li)
        with django_assert_num_queries(2):
            queries.figures(cast.committee, 2026, date(2026, 11, 20))


def test_only_towns_and_villages_correspond(cast):
    assert {OrganisationKind.TOWN, OrganisationKind.VILLAGE_COMMITTEE} == set(services.rules.KINDS)
    retired = make.town(cast.committee, "撤并的镇", people=False)
    retired.is_active = False
    retired.save()
    assert not services.rules.correspondents().filter(pk=retired.pk).exists()
