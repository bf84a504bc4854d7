"""会办意见: owed before its date, waived in words."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from config.audit.models import AuditEntry
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from proposals import services
from proposals.models import Assignment
from proposals.queries import supervision
from proposals.services import opinions
from proposals.services.supervision import open_supervision
from proposals.states import SupervisionKind
from tests.factories import proposals as make
from tests.factories.proposals import AT
from tests.proposals.test_replies import WHOLE, case, co_unit

pytestmark = pytest.mark.django_db


def test_a_waived_opinion_is_not_waited_for_and_the_reason_stays(cast):
    lead = case(cast)
    joined = co_unit(cast, lead)
    make.talk(cast, lead)
    reply = services.draft_reply(lead, by=cast.zhang, at=AT, **WHOLE)
    assert opinions.missing_of(lead) == [joined]
    opinions.waive(joined, reason="与其职责无关", by=cast.sun, at=AT)
    assert opinions.missing_of(lead) == []
    services.hand_in(reply, by=cast.zhang, at=AT)
    fresh = Assignment.objects.get(pk=joined.pk)
    assert (fresh.waived_at, fresh.waive_reason) == (AT, "与其职责无关")
    assert AuditEntry.objects.filter(verb="assignment.waive").count() == 1
    told = set(Notice.objects.filter(kind="opinion-waived").values_list("recipient", flat=True))
    assert {cast.zhang.pk, cast.he.pk} <= told


def test_waived_twice_or_without_reason_or_of_a_lead_is_refused(cast):
    lead = case(cast)
    joined = co_unit(cast, lead)
    with pytest.raises(Incomplete):
        opinions.waive(joined, reason=" ", by=cast.sun, at=AT)
    with pytest.raises(WrongState, match="只有会办件"):
        opinions.waive(lead, reason="不必", by=cast.sun, at=AT)
    opinions.waive(joined, reason="不必", by=cast.sun, at=AT)
    with pytest.raises(WrongState, match="已经免报"):
        opinions.waive(Assignment.objects.get(pk=joined.pk), reason="不必", by=cast.sun, at=AT)


@pytest.mark.parametrize("who", ["zhang", "chen", "wang", "zhou", "zhao", "he"])
def test_only_supervisors_waive(cast, who):
    joined = co_unit(cast, case(cast))
    with pytest.raises(PermissionDenied):
        opinions.waive(joined, reason="不必", by=getattr(cast, who), at=AT)


def test_before_its_date_a_reason_is_needed_and_past_it_the_delay_is_one(cast):
    lead = case(cast)
    joined = co_unit(cast, lead)
    Assignment.objects.filter(pk=joined.pk).update(due_on=AT.date())
    joined.refresh_from_db()
    with pytest.raises(Incomplete, match="还没有到期（11月20日）"):
        opinions.waive(joined, reason="", by=cast.sun, at=AT)
    Assignment.objects.filter(pk=joined.pk).update(paused_on=AT.date())
    joined.refresh_from_db()
    with pytest.raises(Incomplete):  # one that stands still is not late
        opinions.waive(joined, reason="", by=cast.sun, at=AT + timedelta(days=1))
    Assignment.objects.filter(pk=joined.pk).update(paused_on=None)
    joined.refresh_from_db()
    opinions.waive(joined, reason="", by=cast.sun, at=AT + timedelta(days=1))
    assert Assignment.objects.get(pk=joined.pk).waive_reason == "会办意见逾期未报（期限 2026年11月20日）"


def test_a_waived_case_is_never_overdue(cast):
    joined = co_unit(cast, case(cast))
    Assignment.objects.update(due_on="2026-11-01")
    assert joined in Assignment.objects.overdue(AT.date())
    opinions.waive(joined, reason="不必", by=cast.sun, at=AT)
    assert joined not in Assignment.objects.overdue(AT.date())


def test_nobody_chases_what_was_waived(cast, as_):
    joined = co_unit(cast, case(cast))
    later = joined.due_on + timedelta(days=30)
    assert supervision.unsupervised(cast.sun, later).filter(pk=joined.pk).exists()
    opinions.waive(joined, reason="直接参加会商", by=cast.sun, at=AT)
    assert not supervision.unsupervised(cast.sun, later).filter(pk=joined.pk).exists()
    with pytest.raises(WrongState, match="已经免报，不用催办"):
        open_supervision(
            Assignment.objects.get(pk=joined.pk), kind=SupervisionKind.DUNNING, by=cast.sun,
            at=AT + timedelta(days=300),
        )  # fmt: skip
    page = as_(cast.li).get(joined.proposal.get_absolute_url()).content.decode()
    assert ("免报" in page, "已逾期" in page) == (True, False)
