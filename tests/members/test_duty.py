"""The one door for facts: told twice, told differently, taken back, by two writers, about another county's member."""

import datetime
import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from members.facts import Fact, Mark
from members.models import DutyRecord, ScoreLine
from members.services import duty
from tests.factories import scoring as make
from tests.factories.scoring import AT, YEAR


def standing():
    return [(record.fact, record.mark, record.version) for record in DutyRecord.objects.standing().order_by("pk")]


def test_a_deed_is_kept_with_everything_that_was_told(cast):
    deed = make.deed(
        cast.wang_member, Fact.TRAINING, detail="full", mark=Mark.PRESENT, quantity=Decimal("1.5"),
        url="/activities/7/", key="activity:7", title="培训", on=datetime.date(YEAR, 4, 2),
    )  # fmt: skip
    assert duty.record([deed], by=cast.li, at=AT) == 1
    one = DutyRecord.objects.get()
    assert (one.committee, one.member, one.year, one.by, one.at) == (
        cast.committee, cast.wang_member, YEAR, cast.li, AT,
    )  # fmt: skip
    assert (one.detail, one.quantity, one.url, one.title) == ("full", Decimal("1.5"), "/activities/7/", "培训")


def test_told_twice_it_is_one_record(cast):
    deed = make.deed(cast.wang_member)
    assert [duty.record([deed, deed], by=None, at=AT), duty.record([deed], by=None, at=AT)] == [1, 0]
    assert DutyRecord.objects.count() == 1


@pytest.mark.parametrize(
    "other",
    [
        {"mark": Mark.LATE},
        {"on": datetime.date(YEAR, 3, 2)},
        {"detail": "survey"},
        {"share": "first"},
        {"sharers": 2},
        {"quantity": Decimal("2.0")},
    ],
)
def test_told_differently_the_old_one_is_taken_back(cast, other):
    first = make.deed(cast.wang_member, key="activity:1", mark=Mark.PRESENT, title="调研")
    duty.record([first], by=None, at=AT)
    duty.record([make.deed(cast.wang_member, **{"key": "activity:1", "mark": Mark.PRESENT, **other})], by=None, at=AT)
    old, counter, new = DutyRecord.objects.order_by("version", "pk")
    assert (old.reverses, counter.reverses, new.reverses) == (None, old, None)
    assert counter.reason == "按最新情况更正"
    assert DutyRecord.objects.standing().get() == new


def test_another_title_is_the_same_deed(cast):
    duty.record([make.deed(cast.wang_member, key="a:1", title="调研")], by=None, at=AT)
    assert duty.record([make.deed(cast.wang_member, key="a:1", title="专题调研")], by=None, at=AT) == 0


def test_told_back_and_forth_it_gets_a_new_version_each_time(cast):
    for mark in (Mark.PRESENT, Mark.ABSENT, Mark.PRESENT):
        duty.record([make.deed(cast.wang_member, key="a:1", mark=mark)], by=None, at=AT)
    assert standing() == [(Fact.ACTIVITY, Mark.PRESENT, 3)]


def test_a_deed_moved_to_another_year_leaves_the_old_one(cast):
    scheme = make.small(cast.committee, enacted=True)
    duty.record([make.deed(cast.wang_member, key="a:1")], by=None, at=AT)
    duty.record([make.deed(cast.wang_member, key="a:1", on=datetime.date(YEAR - 1, 12, 31))], by=None, at=AT)
    assert sum(line.points for line in ScoreLine.objects.filter(scheme=scheme)) == 0
    assert DutyRecord.objects.standing().get().year == YEAR - 1


def test_retract_takes_back_what_was_asked_and_no_more(cast, as_):
    facts = [Fact.PROPOSAL, Fact.PROPOSAL_FILED]
    duty.record([make.deed(cast.wang_member, fact, key="p:1") for fact in facts], by=None, at=AT)
    duty.record([make.deed(cast.qian_member, Fact.PROPOSAL, key="p:1")], by=None, at=AT)
    taken = duty.retract(
        "p:1", reason="撤销立案", by=cast.li, at=AT, members=[cast.wang_member.pk], facts=[Fact.PROPOSAL_FILED]
    )
    assert taken == 1
    assert standing() == [(Fact.PROPOSAL, "", 1), (Fact.PROPOSAL, "", 1)]
    counter = DutyRecord.objects.get(reverses__isnull=False)
    assert (counter.reason, counter.by, counter.fact) == ("撤销立案", cast.li, Fact.PROPOSAL_FILED)
    assert duty.retract("p:1", reason="再撤", by=None, at=AT, facts=[Fact.PROPOSAL_FILED]) == 0


def test_after_a_retraction_it_may_be_told_again(cast):
    deed = make.deed(cast.wang_member, key="a:1")
    duty.record([deed], by=None, at=AT)
    duty.retract("a:1", reason="登记错了", by=None, at=AT)
    assert duty.record([deed], by=None, at=AT) == 1
    assert standing() == [(Fact.ACTIVITY, "", 2)]


def test_each_committee_has_its_own_ledger(cast):
    ours, theirs = make.small(cast.committee, enacted=True), make.small(cast.other_committee, enacted=True)
    duty.record([make.deed(member, key="joint:1") for member in (cast.wang_member, cast.qian_member)], by=None, at=AT)
    assert {(line.scheme, line.member) for line in ScoreLine.objects.all()} == {
        (ours, cast.wang_member), (theirs, cast.qian_member),
    }  # fmt: skip
    assert not DutyRecord.objects.visible_to(cast.zhao).filter(member=cast.wang_member).exists()
    assert not ScoreLine.objects.visible_to(cast.qian).filter(member=cast.wang_member).exists()


def test_a_reason_is_needed_to_take_back(cast):
    key = make.record(cast.wang_member)
    with pytest.raises(IntegrityError), transaction.atomic():
        duty.retract(key, reason="", by=None, at=AT)


def test_telling_costs_as_many_statements_for_many(cast, django_assert_max_num_queries):
    members = [cast.wang_member, cast.qian_member]
    for number in (1, 2):
        with django_assert_max_num_queries(18):
            duty.record([make.deed(member) for member in members[:number]], by=None, at=AT)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_writers_at_once_make_one_record_and_one_line(cast):
    make.small(cast.committee, enacted=True)
    deed, ready, failed = make.deed(cast.wang_member, key="a:1"), threading.Barrier(2), []

    def tell():
        try:
            ready.wait(timeout=10)
            duty.record([deed], by=None, at=AT)
        except Exception as problem:
            failed.append(problem)
        finally:
            connection.close()

    writers = [threading.Thread(target=tell) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failed == []
    assert DutyRecord.objects.count() == 1
    assert ScoreLine.objects.count() == 1
