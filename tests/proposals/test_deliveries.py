"""To whom an issue went and where it was adopted; the ledger is corrected where an entry was a mistake."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from config.notices.models import Notice
from config.refusals import Incomplete, Refusal, WrongState
from members.facts import Fact
from members.models import DutyRecord
from proposals.models import Delivery
from proposals.services import deliveries as services
from proposals.services.information import Whose
from proposals.states import BulletinState, InformationState
from tests.factories import information as make
from tests.factories import members as people
from tests.factories.information import AT, TODAY

pytestmark = pytest.mark.django_db
B = BulletinState
DAY = datetime.timedelta(days=1)


def adoptions():
    records = DutyRecord.objects.standing().filter(fact=Fact.INFORMATION_ADOPTED)
    return sorted(records.values_list("detail", "on"))


def send(cast, issue, *, by=None, at=AT, **fields):
    given = {"level": "county", "receiver": "县委办公室", "sent_on": at.date(), **fields}
    return services.send(issue, by=by or cast.li, at=at, **given)


@pytest.mark.parametrize("state", list(B))
def test_only_an_issued_one_is_sent(cast, state):
    issue = make.bulletin(cast, state)
    if state == B.ISSUED:
        send(cast, issue)
        told = Notice.objects.get(recipient=cast.wang, kind="information-sent")
        assert "县委办公室" in told.title
    else:
        with pytest.raises(WrongState):
            send(cast, issue)


def test_each_receiver_once(cast):
    issue = make.bulletin(cast, B.ISSUED)
    send(cast, issue)
    with pytest.raises((WrongState, Incomplete)):
        send(cast, issue)
    send(cast, issue, level="city", receiver="市政协研究室")
    assert Delivery.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [{"sent_on": TODAY + DAY}, {"sent_on": TODAY - DAY}, {"receiver": " "}, {"level": "moon"}, {"receiver": "x" * 65}],
)
def test_what_cannot_be_is_refused(cast, wrong):
    with pytest.raises(Incomplete) as refused:
        send(cast, make.bulletin(cast, B.ISSUED), **wrong)
    assert set(refused.value.fields) & set(wrong)
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("who", ["wang", "zhou", "sun", "zhao"])
def test_only_the_register_enters_it(cast, who):
    issue = make.bulletin(cast, B.ISSUED)
    with pytest.raises(PermissionDenied):
        send(cast, issue, by=getattr(cast, who))
    sent = send(cast, issue)
    for do in (
        lambda by: services.adopt(sent, adopted_on=TODAY, by=by, at=AT),
        lambda by: services.unadopt(sent, words="错", by=by, at=AT),
        lambda by: services.strike(sent, by=by, at=AT),
    ):
        with pytest.raises(PermissionDenied):
            do(getattr(cast, who))


def test_an_adoption_is_told_to_the_author_and_to_the_ledger_at_its_level(cast):
    sent = make.adopted(cast, level="province", receiver="省政协")
    assert adoptions() == [("province", TODAY)]
    told = Notice.objects.get(recipient=cast.wang, kind="information-adopted")
    assert (told.title.endswith("被省政协采用"), told.body) == (True, sent.adopted_as)


def test_two_receivers_of_one_level_are_one_adoption_on_the_first_day(cast):
    issue = make.bulletin(cast, B.ISSUED)
    make.adopted(cast, issue, receiver="县委办公室", at=AT + DAY)
    second = send(cast, issue, receiver="县政府办公室")
    services.adopt(second, adopted_on=TODAY, by=cast.li, at=AT + DAY)
    make.adopted(cast, issue, level="city", receiver="市政协", at=AT + DAY)
    assert adoptions() == [("city", TODAY + DAY), ("county", TODAY)]
    services.unadopt(second, words="是另一期", by=cast.li, at=AT + DAY)
    assert adoptions() == [("city", TODAY + DAY), ("county", TODAY + DAY)]


def test_a_mistake_is_taken_back_by_a_counter_entry(cast):
    sent = make.adopted(cast)
    with pytest.raises(Incomplete):
        services.unadopt(sent, words=" ", by=cast.li, at=AT)
    services.unadopt(sent, words="登记错了", by=cast.li, at=AT)
    assert adoptions() == []
    counter = DutyRecord.objects.get(fact=Fact.INFORMATION_ADOPTED, reverses__isnull=False)
    assert "登记错了" in counter.reason
    with pytest.raises(WrongState):
        services.unadopt(sent, words="再来", by=cast.li, at=AT)
    services.adopt(sent, adopted_on=TODAY, by=cast.li, at=AT)
    assert adoptions() == [("county", TODAY)]


def test_said_twice_it_counts_once_and_said_otherwise_it_is_corrected(cast):
    sent = make.adopted(cast)
    with pytest.raises(WrongState):
        services.adopt(sent, adopted_on=sent.adopted_on, adopted_as=sent.adopted_as, by=cast.li, at=AT)
    later = AT + DAY
    services.adopt(sent, adopted_on=TODAY + DAY, adopted_as="第 32 期", by=cast.li, at=later)
    assert adoptions() == [("county", TODAY + DAY)]
    assert Delivery.objects.get().adopted_as == "第 32 期"


@pytest.mark.parametrize("day", [TODAY - DAY, TODAY + DAY, datetime.date(1900, 1, 1)])
def test_an_adoption_is_neither_before_the_sending_nor_in_the_future(cast, day):
    with pytest.raises(Incomplete):
        services.adopt(make.delivery(cast), adopted_on=day, by=cast.li, at=AT)
    assert adoptions() == []


def test_one_adopted_is_not_struck(cast):
    sent = make.adopted(cast)
    with pytest.raises(Refusal):
        services.strike(sent, by=cast.li, at=AT)
    services.unadopt(sent, words="错", by=cast.li, at=AT)
    services.strike(sent, by=cast.li, at=AT)
    assert not Delivery.objects.exists()


def test_every_author_of_an_issue_counts_and_an_organisation_is_nobody(cast):
    colleague = people.user("colleague", "另一委员")
    people.member(colleague, cast.committee)
    registered = InformationState.REGISTERED
    reports = [
        make.report(cast, registered),
        make.report(cast, registered, title="乙", by=colleague),
        make.report(cast, registered, title="丙", by=cast.li, whose=Whose(reporter="县工商联")),
    ]
    make.adopted(cast, make.bulletin(cast, B.ISSUED, reports=reports))
    assert len(adoptions()) == 2
