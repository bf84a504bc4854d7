import datetime

import pytest
from django.core.exceptions import PermissionDenied

from config.milestones.models import Milestone
from config.refusals import Incomplete, WrongState
from proposals import services
from proposals.models import Assignment, Contact
from proposals.queries import matters as queries
from proposals.reminders.handling import remind_of_contacts
from proposals.states import AssignmentState, ProposalState
from tests.factories import formal
from tests.factories import proposals as make
from tests.factories.proposals import AT

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def made(cast):
    handed = formal.handed(cast, formal.proposal(cast, ProposalState.FILED))
    return make.to_state(cast, handed, AssignmentState.HANDLING)


def test_the_first_talk_keeps_the_duty_and_calls_the_reminder_off(cast, made):
    assert list(queries.awaiting_contact(cast.zhang)) == [made]
    assert Milestone.objects.get(kind="contact").state == "pending"
    make.talk(cast, made)
    make.talk(cast, made, stage="during", at=AT + DAY, words="看了现场")
    assert Assignment.objects.get().contacted_at == AT
    assert Milestone.objects.get(kind="contact").state == "cancelled"
    assert list(queries.awaiting_contact(cast.zhang)) == []


def test_handler_and_leader_are_reminded_until_somebody_talked(cast, made):
    moment = Milestone.objects.get(kind="contact")
    assert set(remind_of_contacts([moment], AT)[moment.pk].recipients) == {cast.zhang.pk, cast.chen.pk}
    make.talk(cast, made)
    assert remind_of_contacts([moment], AT)[moment.pk].reason == "已联系提案者"


def test_the_same_talk_twice_is_one(cast, made):
    make.talk(cast, made)
    with pytest.raises(WrongState):
        make.talk(cast, made)
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"on": None}, {"on"}),
        ({"on": AT.date() + DAY}, {"on"}),
        ({"on": AT.date() - DAY}, {"on"}),
        ({"with_whom": " "}, {"with_whom"}),
        ({"words": ""}, {"words"}),
        ({"way": "telepathy"}, {"way"}),
    ],
)
def test_an_incomplete_talk_is_refused(cast, made, fields, missing):
    with pytest.raises(Incomplete) as refused:
        make.talk(cast, made, **fields)
    assert set(refused.value.fields) == missing
    assert Assignment.objects.get().contacted_at is None


@pytest.mark.parametrize(("stage", "fits"), [("before", True), ("during", True), ("after", False), ("never", False)])
def test_a_stage_fits_the_state(cast, made, stage, fits):
    if fits:
        make.talk(cast, made, stage=stage)
    else:
        with pytest.raises(WrongState):
            make.talk(cast, made, stage=stage)


def test_after_the_reply_it_is_talked_over_again(cast, made):
    services.send(make.reply(cast, made), by=cast.zhang, at=AT)
    made.refresh_from_db()
    assert make.talk(cast, made, stage="after").get_stage_display() == "办后评议"


@pytest.mark.parametrize("who", ["wang", "li", "sun", "zhou", "zhao", "qian"])
def test_only_the_unit_writes_it_down(cast, made, who):
    with pytest.raises(PermissionDenied):
        make.talk(cast, made, by=getattr(cast, who))
