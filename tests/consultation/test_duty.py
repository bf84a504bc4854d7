"""Facts of duty that consultations and topics leave, once and in the same transaction (model.md, law 4)."""

import datetime

import pytest

from consultation import services
from consultation.services import facts
from consultation.states import ConsultationState, TopicState
from members.facts import Fact, Mark
from members.models import DutyRecord
from tests.factories import consultation as make
from tests.factories import members as people
from tests.factories.consultation import AT

pytestmark = pytest.mark.django_db
LATER = AT + datetime.timedelta(days=1)


@pytest.fixture
def met(cast):
    """A session to which 王委员, a second member and somebody else are invited."""
    cast.second = people.member(people.user("second", "李委员"), cast.committee)
    session = make.session(make.consultation(cast, ConsultationState.RUNNING), cast)
    invited = [("王委员", ""), ("李委员", ""), ("外人", "村民")]
    services.invite(session, category="member", people=invited, by=cast.li, at=AT)
    return session


def attend(session, cast, *names):
    present = set(session.participants.filter(name__in=names).values_list("pk", flat=True))
    services.record_attendance(session, present, by=cast.li, at=session.ends_at)


def marks(session):
    found = DutyRecord.objects.standing().filter(key=f"session:{session.pk}").select_related("member__user")
    return {str(record.member): record.mark for record in found}


def test_attendance_is_a_fact_of_every_member_on_the_list(cast, met):
    attend(met, cast, "王委员", "外人")
    assert marks(met) == {"王委员": Mark.PRESENT, "李委员": Mark.ABSENT}
    record = DutyRecord.objects.get(member=cast.wang_member)
    assert (record.fact, record.on) == (Fact.CONSULTATION, met.starts_at.astimezone(AT.tzinfo).date())


def test_attendance_told_again_is_corrected_and_told_the_same_is_one(cast, met):
    attend(met, cast, "王委员")
    attend(met, cast, "王委员")
    assert DutyRecord.objects.count() == 2
    attend(met, cast, "李委员")
    assert marks(met) == {"王委员": Mark.ABSENT, "李委员": Mark.PRESENT}


def test_who_is_taken_off_the_list_loses_the_fact(cast, met):
    attend(met, cast, "王委员")
    services.uninvite(met.participants.get(name="李委员"), by=cast.li, at=LATER)
    assert marks(met) == {"王委员": Mark.PRESENT}
    reversal = DutyRecord.objects.get(reverses__isnull=False)
    assert reversal.reason == "已移出参会名单"


def test_a_session_moved_to_another_day_takes_its_facts_along(cast, met):
    attend(met, cast, "王委员")
    moved = {
        "starts_at": met.starts_at - datetime.timedelta(days=1),
        "ends_at": met.ends_at - datetime.timedelta(days=1),
    }
    services.change_session(met, by=cast.li, at=LATER, **moved)
    days = set(DutyRecord.objects.standing().values_list("on", flat=True))
    assert days == {moved["starts_at"].astimezone(AT.tzinfo).date()}


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (TopicState.COLLECTED, [Fact.TOPIC]),
        (TopicState.SELECTED, [Fact.TOPIC, Fact.TOPIC_SELECTED]),
        (TopicState.DECLINED, [Fact.TOPIC]),
        (TopicState.IN_PLAN, [Fact.TOPIC, Fact.TOPIC_SELECTED]),
    ],
)
def test_a_topic_of_a_member_leaves_its_facts(cast, state, told):
    topic = make.topic(cast, state, by=cast.wang)
    records = DutyRecord.objects.standing().filter(key=f"topic:{topic.pk}", member=cast.wang_member)
    assert list(records.order_by("pk").values_list("fact", flat=True)) == told


def test_a_topic_declined_after_it_was_selected_is_not_selected(cast):
    topic = make.topic(cast, TopicState.SELECTED, by=cast.wang)
    services.decline_topic(topic, words="上级已有安排", by=cast.li, at=LATER)
    assert list(DutyRecord.objects.standing().values_list("fact", flat=True)) == [Fact.TOPIC]


def test_a_topic_that_no_member_suggested_is_nobodys_fact(cast):
    make.topic(cast, TopicState.SELECTED)
    assert not DutyRecord.objects.exists()


def test_what_fails_leaves_neither_attendance_nor_fact(cast, met, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("the ledger is shut")

    monkeypatch.setattr(facts.duty, "record", fail)
    with pytest.raises(RuntimeError):
        attend(met, cast, "王委员")
    assert set(met.participants.values_list("attended", flat=True)) == {None}
    assert not DutyRecord.objects.exists()
