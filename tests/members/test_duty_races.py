"""Two at once, with real threads on PostgreSQL: of a place, a post, an attendance there is one."""

import threading

import pytest
from django.db import connections

from members.facts import Fact, Mark
from members.models import Appraisal, DutyClaim, DutyRecord, Measure, Membership, Post, User
from members.services import body_seats, claims, duty, measures
from tests.factories import activities
from tests.factories import appraisal as years

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


def together(*deeds):
    """Begin all in the same moment; what each returned or raised."""
    gate, answers = threading.Barrier(len(deeds)), {}

    def run(place, deed):
        try:
            gate.wait(10)
            answers[place] = deed()
        except Exception as refusal:
            answers[place] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [answers[place] for place in range(len(deeds))]


def fresh(user):
    """As another request would read the person."""
    return User.objects.get(pk=user.pk)


def refused(answers):
    return [type(answer).__name__ for answer in answers if isinstance(answer, Exception)]


def test_a_committee_gets_one_director(cast):
    body, rivals = activities.body(cast.committee), [activities.member(cast, name) for name in ("first", "second")]
    by = fresh(cast.li)
    answers = together(
        *(lambda rival=rival: body_seats.seat(body, member=rival, post=Post.DIRECTOR, by=by, at=years.OVER)
          for rival in rivals)
    )  # fmt: skip
    assert refused(answers) == ["Incomplete"]
    assert Membership.objects.filter(body=body).count() == 1


def test_one_attendance_claimed_by_two_is_confirmed_once(cast):
    told = {"fact": Fact.PLENARY, "mark": Mark.PRESENT}
    first, second = years.claim(cast, **told), years.claim(cast, by=cast.li, **told)
    he = years.confirmer(cast)

    def confirm(claim, by):
        claims.confirm(DutyClaim.objects.get(pk=claim.pk), by=fresh(by), at=years.OVER)

    assert refused(together(lambda: confirm(first, cast.li), lambda: confirm(second, he))) == ["Refusal"]
    assert DutyRecord.objects.standing().count() == 1


def test_the_same_deed_is_one_record(cast):
    deed = duty.Deed(cast.wang_member.pk, years.DAY, Fact.ACTIVITY, "activity:1", "调研")
    assert sorted(together(*[lambda: duty.record([deed], by=None, at=years.OVER)] * 3)) == [0, 0, 1]


def test_measures_proposed_by_two_are_proposed_once(cast):
    appraisal = years.frozen(cast)
    by = fresh(cast.li)
    answers = together(
        *[lambda: measures.propose_measures(Appraisal.objects.get(pk=appraisal.pk), by=by, at=years.OVER)] * 2
    )
    assert sorted(answers) == [0, Measure.objects.count()]
    assert Measure.objects.exists()
