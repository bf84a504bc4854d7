"""Reports of what people think: who may do what in which state, numbers, doubles, and what the ledger hears."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied

from config.notices.models import Notice
from config.refusals import Incomplete, Refusal, WrongState
from members.facts import Fact
from members.models import DutyRecord
from proposals.models import Information
from proposals.queries import information as queries
from proposals.services import bulletins
from proposals.services import information as services
from proposals.services import information_desk as desk
from proposals.services.information import Whose
from proposals.states import INFORMATION_MOVES, InformationState
from tests.factories import information as make
from tests.factories import members as people
from tests.factories.information import AT

pytestmark = pytest.mark.django_db
S = InformationState

DO = {
    "submit": lambda row, cast, by: services.submit(row, by=by or cast.wang, at=AT),
    "withdraw": lambda row, cast, by: services.withdraw(row, by=by or cast.wang, at=AT),
    "register": lambda row, cast, by: desk.register(row, by=by or cast.li, at=AT),
    "return_": lambda row, cast, by: desk.return_(row, words="请补充", by=by or cast.li, at=AT),
    "shelve": lambda row, cast, by: desk.shelve(row, words="已反映", by=by or cast.li, at=AT),
    "take_up": lambda row, cast, by: desk.take_up(row, by=by or cast.li, at=AT),
    "put_in": lambda row, cast, by: bulletins.begin([row], committee=row.committee, by=by or cast.li, at=AT),
}
OF_AUTHOR, OF_DESK = ("submit", "withdraw"), ("register", "return_", "shelve", "take_up", "put_in")


@pytest.mark.parametrize("verb", DO)
@pytest.mark.parametrize("state", list(S))
def test_every_verb_in_every_state(cast, state, verb):
    row = make.report(cast, state)
    move = INFORMATION_MOVES[verb]
    if state in move.sources:
        DO[verb](row, cast, None)
        assert Information.objects.get(pk=row.pk).state == move.target
    else:
        # Where the state says that it is nobody's to do any longer, the rule refuses before the state does.
        with pytest.raises((WrongState, PermissionDenied)):
            DO[verb](row, cast, None)
        assert Information.objects.get(pk=row.pk).state == state


STANDS = {
    "submit": S.DRAFT, "withdraw": S.SUBMITTED, "register": S.SUBMITTED, "return_": S.SUBMITTED,
    "shelve": S.REGISTERED, "take_up": S.UNUSED, "put_in": S.REGISTERED,
}  # fmt: skip


@pytest.mark.parametrize("who", ["wang", "li", "zhou", "zhang", "chen", "sun", "zhao", "qian", "colleague"])
@pytest.mark.parametrize("verb", DO)
def test_who_may_do_it(cast, verb, who):
    cast.colleague = people.user("colleague", "另一委员")
    people.member(cast.colleague, cast.committee)
    row, by = make.report(cast, STANDS[verb]), getattr(cast, who)
    if who == ("wang" if verb in OF_AUTHOR else "li"):
        DO[verb](row, cast, by)
        assert Information.objects.get(pk=row.pk).state == INFORMATION_MOVES[verb].target
        return
    with pytest.raises(PermissionDenied):
        DO[verb](row, cast, by)
    assert Information.objects.get(pk=row.pk).state == STANDS[verb]


@pytest.mark.parametrize("state", list(S))
def test_who_reads_it(cast, as_, state):
    row = make.report(cast, state)
    inside = state not in (S.DRAFT, S.WITHDRAWN)
    reads = {
        name
        for name in ("wang", "li", "zhou", "zhang", "sun", "zhao", "qian")
        if as_(getattr(cast, name)).get(row.get_absolute_url()).status_code == 200
    }
    assert reads == ({"wang", "li", "zhou"} if inside else {"wang"})
    assert as_(None).get(row.get_absolute_url()).status_code == 302


# --- write -------------------------------------------------------------------------------------------------------


def keep(cast, by, **fields):
    return services.keep_draft(uuid.uuid4(), committee=cast.committee, by=by, **fields)


def test_a_draft_may_lack_anything_and_what_is_missing_is_named_when_it_is_sent(cast):
    row = keep(cast, cast.wang)
    with pytest.raises(Incomplete) as refused:
        services.submit(row, by=cast.wang, at=AT)
    assert set(refused.value.fields) == {"title", "problem", "suggestion", "category"}
    assert Information.objects.get().state == S.DRAFT


def test_saving_twice_is_one_draft_and_a_sent_one_is_not_written_over(cast):
    key = uuid.uuid4()
    for title in ("甲", "乙"):
        services.keep_draft(key, committee=cast.committee, by=cast.wang, title=title)
    row = Information.objects.get()
    assert row.title == "乙"
    sent = make.report(cast, S.SUBMITTED)
    with pytest.raises(WrongState):
        services.keep_draft(sent.key, committee=cast.committee, by=cast.wang, title="丙")
    sent.refresh_from_db()
    assert sent.title != "丙"


def test_nobody_writes_into_the_draft_of_another_nor_for_a_committee_of_others(cast):
    row = make.report(cast)
    colleague = people.user("colleague", "另一委员")
    people.member(colleague, cast.committee)
    with pytest.raises(PermissionDenied):
        services.keep_draft(row.key, committee=cast.committee, by=colleague, title="改")
    for stranger in (cast.qian, cast.zhang, cast.zhou):
        with pytest.raises(PermissionDenied):
            keep(cast, stranger, title="别人的")
    assert Information.objects.count() == 1


def test_the_register_enters_one_for_a_member_or_for_an_organisation(cast):
    of_member = make.report(cast, S.SUBMITTED, by=cast.li, whose=Whose(author=cast.wang_member))
    of_unit = make.report(cast, S.REGISTERED, by=cast.li, whose=Whose(reporter="民建嘉禾县支部"))
    assert (of_member.author, of_member.drafter) == (cast.wang_member, cast.li)
    assert [queries.reporter_of(row) for row in (of_member, of_unit)] == ["王委员", "民建嘉禾县支部"]
    assert list(queries.of(cast.wang)) == [of_member]
    assert DutyRecord.objects.filter(fact=Fact.INFORMATION).count() == 1
    nobody = make.report(cast, by=cast.li, whose=Whose())
    with pytest.raises(Incomplete) as refused:
        services.submit(nobody, by=cast.li, at=AT)
    assert set(refused.value.fields) == {"reporter"}
    with pytest.raises(Incomplete):
        keep(cast, cast.li, whose=Whose(author=cast.qian_member))
    with pytest.raises(PermissionDenied):
        keep(cast, cast.wang, whose=Whose(reporter="某单位"))


def test_the_length_counts_what_is_written_without_blanks(cast):
    row = make.report(cast, problem="甲 乙\n丙", cause="", suggestion="丁")
    assert services.length(row) == 4


# --- the register ------------------------------------------------------------------------------------------------


def test_numbers_run_within_a_year_and_stay_when_a_report_comes_back(cast):
    first, second = (make.report(cast, S.REGISTERED, title=title) for title in "甲乙")
    assert [row.serial for row in (first, second)] == ["信息〔2026〕1号", "信息〔2026〕2号"]
    desk.shelve(first, words="已反映", by=cast.li, at=AT)
    desk.take_up(first, by=cast.li, at=AT)
    assert Information.objects.get(pk=first.pk).serial == "信息〔2026〕1号"


def test_one_shelved_unnumbered_is_numbered_when_it_is_taken_up(cast):
    row = make.report(cast, S.SUBMITTED)
    desk.shelve(row, words="暂缓", by=cast.li, at=AT)
    desk.take_up(row, by=cast.li, at=AT)
    row.refresh_from_db()
    assert (row.number, row.words) == (1, "")


@pytest.mark.parametrize("verb", [desk.return_, desk.shelve])
def test_a_refusal_needs_words(cast, verb):
    row = make.report(cast, S.SUBMITTED)
    with pytest.raises(Incomplete):
        verb(row, words="  ", by=cast.li, at=AT)
    assert Information.objects.get().state == S.SUBMITTED


def test_registering_twice_gives_one_number_and_one_notice(cast):
    row = make.report(cast, S.SUBMITTED)
    stale = Information.objects.get(pk=row.pk)
    desk.register(row, by=cast.li, at=AT)
    with pytest.raises(WrongState):
        desk.register(stale, by=cast.li, at=AT)
    assert Notice.objects.filter(kind="information-registered", recipient=cast.wang).count() == 1
    assert make.report(cast, S.REGISTERED, title="乙").number == 2


def test_the_author_hears_of_every_step(cast):
    row = make.report(cast, S.RETURNED)
    services.submit(row, by=cast.wang, at=AT)
    desk.register(row, by=cast.li, at=AT)
    desk.shelve(row, words="已反映", by=cast.li, at=AT)
    desk.take_up(row, by=cast.li, at=AT)
    make.bulletin(cast, "issued", reports=[row])
    kinds = list(Notice.objects.filter(recipient=cast.wang).order_by("pk").values_list("kind", flat=True))
    assert kinds == [
        "information-returned", "information-registered", "information-shelved", "information-again",
        "information-edited", "information-issued",
    ]  # fmt: skip
    told = Notice.objects.get(kind="information-returned")
    assert told.body == "请补充停运的线路"
    assert told.url == row.get_absolute_url()


def test_the_register_hears_of_a_new_one_but_not_of_its_own(cast):
    make.report(cast, S.SUBMITTED)
    make.report(cast, S.SUBMITTED, by=cast.li, whose=Whose(reporter="某单位"))
    assert Notice.objects.filter(recipient=cast.li, kind="information-new").count() == 1


# --- doubles -----------------------------------------------------------------------------------------------------


def colleagues_report(cast, state=S.SUBMITTED, title="班车停了老人看病难"):
    if not hasattr(cast, "colleague"):
        cast.colleague = people.user("colleague", "另一委员")
        cast.colleague_member = people.member(cast.colleague, cast.committee)
    return make.report(cast, state, title=title, by=cast.colleague)


@pytest.mark.parametrize("state", [S.SUBMITTED, S.REGISTERED])
def test_a_double_goes_the_way_of_the_other_and_keeps_its_author(cast, state):
    main, double = make.report(cast, S.REGISTERED), colleagues_report(cast, state)
    desk.mark_same(double, of=main, by=cast.li, at=AT)
    double.refresh_from_db()
    assert (double.state, double.same_as, double.number is not None) == (S.REGISTERED, main, True)
    issue = make.bulletin(cast, "issued", reports=[main])
    double.refresh_from_db()
    assert (double.state, double.bulletin) == (S.ISSUED, issue)
    assert queries.reporters_of(issue) == ["王委员", "另一委员"]
    assert Notice.objects.filter(recipient=cast.colleague, kind="information-issued").count() == 1


def test_beside_one_in_an_issue_it_goes_in_and_beside_an_issued_one_it_is_shelved(cast):
    editing, issued = make.report(cast, S.IN_ISSUE), make.report(cast, S.ISSUED, title="已报的")
    first, second = colleagues_report(cast), colleagues_report(cast, title="再反映一次")
    desk.mark_same(first, of=editing, by=cast.li, at=AT)
    desk.mark_same(second, of=issued, by=cast.li, at=AT)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.bulletin) == (S.IN_ISSUE, editing.bulletin)
    assert (second.state, second.same_as) == (S.UNUSED, issued)
    assert "已报的" in second.words


def test_it_stands_for_itself_again(cast):
    main, double = make.report(cast, S.REGISTERED), colleagues_report(cast, S.REGISTERED)
    desk.mark_same(double, of=main, by=cast.li, at=AT)
    make.bulletin(cast, reports=[main])
    double.refresh_from_db()
    desk.set_apart(double, by=cast.li, at=AT)
    double.refresh_from_db()
    assert (double.state, double.same_as, double.bulletin) == (S.REGISTERED, None, None)
    with pytest.raises(WrongState):
        desk.set_apart(double, by=cast.li, at=AT)


def test_doubles_of_a_double_follow_it(cast):
    main, double = make.report(cast, S.REGISTERED), colleagues_report(cast, S.REGISTERED)
    third = make.report(cast, S.REGISTERED, title="第三件")
    desk.mark_same(third, of=double, by=cast.li, at=AT)
    desk.mark_same(double, of=main, by=cast.li, at=AT)
    third.refresh_from_db()
    assert third.same_as == main


@pytest.mark.parametrize("state", [S.DRAFT, S.SUBMITTED, S.RETURNED, S.UNUSED, S.WITHDRAWN])
def test_only_beside_what_is_registered(cast, state):
    double = colleagues_report(cast, S.REGISTERED)
    with pytest.raises(Refusal):
        desk.mark_same(double, of=make.report(cast, state), by=cast.li, at=AT)
    double.refresh_from_db()
    assert double.same_as is None


@pytest.mark.parametrize("state", [S.DRAFT, S.RETURNED, S.IN_ISSUE, S.ISSUED, S.UNUSED, S.WITHDRAWN])
def test_only_what_still_can_be_laid_beside_another(cast, state):
    main, double = make.report(cast, S.REGISTERED), colleagues_report(cast, state)
    with pytest.raises(WrongState):
        desk.mark_same(double, of=main, by=cast.li, at=AT)


def test_beside_itself_or_a_double_is_refused_and_strangers_may_not(cast):
    main, double = make.report(cast, S.REGISTERED), colleagues_report(cast, S.REGISTERED)
    with pytest.raises(Incomplete):
        desk.mark_same(main, of=main, by=cast.li, at=AT)
    with pytest.raises(PermissionDenied):
        desk.mark_same(double, of=main, by=cast.zhou, at=AT)
    desk.mark_same(double, of=main, by=cast.li, at=AT)
    third = make.report(cast, S.REGISTERED, title="第三件")
    with pytest.raises(Incomplete):
        desk.mark_same(third, of=double, by=cast.li, at=AT)
    with pytest.raises(Refusal, match="撤销重复"):
        desk.shelve(main, words="不编", by=cast.li, at=AT)


def test_beside_one_that_waits_for_a_signature_nothing_is_laid(cast):
    main = make.report(cast, S.REGISTERED)
    make.bulletin(cast, "to_sign", reports=[main])
    main.refresh_from_db()
    double = colleagues_report(cast, S.REGISTERED)
    with pytest.raises(Refusal, match="送签"):
        desk.mark_same(double, of=main, by=cast.li, at=AT)


# --- the ledger --------------------------------------------------------------------------------------------------


def standing(**query):
    return DutyRecord.objects.standing().filter(**query)


def test_reporting_counts_once_and_a_withdrawn_one_not(cast):
    row = make.report(cast, S.RETURNED)
    services.submit(row, by=cast.wang, at=AT)
    desk.register(row, by=cast.li, at=AT)
    record = standing(member=cast.wang_member, fact=Fact.INFORMATION).get()
    assert (record.on, record.title, record.url) == (AT.date(), row.title, row.get_absolute_url())
    make.report(cast, S.WITHDRAWN, title="乙")
    assert standing(fact=Fact.INFORMATION).count() == 1


def test_what_waits_for_whom(cast):
    sent, back = make.report(cast, S.SUBMITTED), make.report(cast, S.RETURNED, title="乙")
    assert list(queries.awaiting_register(cast.li)) == [sent]
    assert list(queries.awaiting_supplement(cast.wang)) == [back]
    for other in (cast.zhou, cast.zhao, cast.wang):
        assert not queries.awaiting_register(other).exists()
