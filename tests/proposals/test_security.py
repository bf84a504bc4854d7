"""What a forged request, an unlucky moment or a curious reader must not do."""

import datetime
import threading
import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.urls import reverse

from config.audit.models import AuditEntry
from config.refusals import WrongState
from config.uploads import store
from members.models import Member
from proposals import services, timeline
from proposals.models import Assignment, MicroProposal, OfficeVerdict, Reply
from proposals.queries import matters as queries
from proposals.states import AssignmentState, MicroState, PublicationLevel, ReplyState, Satisfaction, Verdict
from tests.factories import consultation as talks
from tests.factories import members as people
from tests.factories import proposals as make
from tests.factories.proposals import AT

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", ["²", "٣", "9" * 31, "9" * 5000, "-1", "\x00", "x"])
def test_a_committee_that_is_no_number_is_the_own_one(cast, as_, number):
    page = as_(cast.wang).get(reverse("micro-edit", args=[uuid.uuid4()]), {"committee": number})
    assert page.context["committee"] == cast.committee


@pytest.mark.parametrize("number", ["²", "9" * 5000])
def test_a_unit_that_is_no_number_is_none(cast, as_, number):
    agreed = make.micro(cast, MicroState.AGREED)
    assert as_(cast.li).get(reverse("micro-assign", args=[agreed.key]), {"unit": number}).status_code == 200


def test_nobody_speaks_on_what_was_withdrawn(cast):
    withdrawn = make.micro(cast, MicroState.WITHDRAWN)
    lines = AuditEntry.objects.count()
    with pytest.raises(WrongState, match="已撤回"):
        services.give_verdict(withdrawn, verdict=Verdict.AGREE, by=cast.reviewers[0], at=AT)
    assert (OfficeVerdict.objects.count(), AuditEntry.objects.count()) == (0, lines)


def test_a_matter_given_back_is_neither_put_forward_nor_waits_for_a_signature(cast):
    drafted = make.assignment(cast, AssignmentState.HANDLING, title="甲")
    reply = services.draft_reply(drafted, text="已安装。", grade="A", by=cast.zhang, at=AT)
    services.return_(drafted, reason="不属于本单位", by=cast.zhang, at=AT)
    with pytest.raises(WrongState):
        services.put_forward(Reply.objects.get(pk=reply.pk), by=cast.zhang, at=AT)
    assert Reply.objects.get(pk=reply.pk).state == ReplyState.DRAFT

    submitted = make.assignment(cast, AssignmentState.HANDLING, title="乙")
    waiting = make.reply(cast, submitted)
    assert list(queries.awaiting_signature(cast.chen)) == [waiting]
    services.return_(Assignment.objects.get(pk=submitted.pk), reason="不属于本单位", by=cast.zhang, at=AT)
    assert list(queries.awaiting_signature(cast.chen)) == []


def test_photos_of_what_is_published_in_summary_stay_inside(cast, as_):
    closed = make.micro(cast, MicroState.CLOSED)
    photo = store.attach(closed, talks.photo(), by=cast.wang, at=AT, purpose="photo")
    seen_by = {"visitor": None, "author": cast.wang, "staff": cast.li, "stranger": cast.qian}

    def answers():
        return {who: as_(user).get(photo.get_absolute_url()).status_code for who, user in seen_by.items()}

    assert answers() == dict.fromkeys(seen_by, 200)
    MicroProposal.objects.update(publication=PublicationLevel.SUMMARY)
    assert answers() == {"visitor": 404, "author": 200, "staff": 200, "stranger": 404}
    assert as_(None).get(closed.get_absolute_url()).status_code == 200


def test_what_an_unpublished_reply_promised_is_not_told_when_a_later_one_is_published(cast):
    given = make.assignment(cast, AssignmentState.HANDLING)
    secret = {"publication": PublicationLevel.NONE, "private_reason": "涉及个人", "grade": "B", "promise": "秘密承诺"}
    services.send(make.reply(cast, given, **secret), by=cast.chen, at=AT)
    given.refresh_from_db()
    services.rate(given, satisfaction=Satisfaction.UNSATISFIED, words="内部的不满", by=cast.wang, at=AT)
    given.refresh_from_db()
    services.send(make.reply(cast, given), by=cast.chen, at=AT)
    given.refresh_from_db()
    services.rate(given, satisfaction=Satisfaction.SATISFIED, words="办好了", by=cast.wang, at=AT)
    micro = MicroProposal.objects.visible_to(AnonymousUser()).get()
    told = [event.note for event in timeline.of_micro(micro, list(micro.reviews.all()), in_public=True)]
    inside = [event.note for event in timeline.of_micro(micro, list(micro.reviews.all()), in_public=False)]
    assert [note for note in told if note in {"秘密承诺", "内部的不满"}] == []
    assert sorted({"秘密承诺", "内部的不满"} & set(inside)) == ["内部的不满", "秘密承诺"]
    assert "办好了" in told


def test_who_is_member_no_more_writes_nothing(cast, as_):
    draft = make.micro(cast)
    Member.objects.filter(pk=cast.wang_member.pk).update(since="2020-01-01", until="2021-01-01")
    answer = as_(cast.wang).post(reverse("micro-submit", args=[draft.key]))
    assert answer.status_code == 403
    assert MicroProposal.objects.get().state == MicroState.DRAFT


def test_asking_for_more_time_leaves_one_line_and_a_refused_asking_none(cast):
    given = make.assignment(cast, AssignmentState.HANDLING)
    lines = AuditEntry.objects.filter(target_type="proposals.extension")
    asking = {"until": datetime.date(2027, 1, 11), "reason": "等设备", "by": cast.zhang, "at": AT}
    asked = services.ask_extension(given, **asking)
    with pytest.raises(WrongState):
        services.ask_extension(given, **asking)
    assert list(lines.values_list("verb", "target_id")) == [("extension.ask", str(asked.pk))]


# --- a late save against the deed that it must not undo (row locks: PostgreSQL) ----------------------------------


def _while_uncommitted(deed, late):
    """Do `deed`, start `late` in another thread, commit; what `late` raised comes back."""
    raised = []

    def run():
        try:
            late()
        except WrongState as refusal:
            raised.append(refusal)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        deed()
        thread.start()
        thread.join(0.5)  # it waits for the lock
    thread.join(10)
    return raised


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_late_autosave_does_not_take_back_what_was_submitted(cast):
    micro = make.micro(cast)
    said = {"title": micro.title, "body": micro.body, "category": micro.category, "region": micro.region}
    raised = _while_uncommitted(
        lambda: services.submit(micro, by=cast.wang, at=AT),
        lambda: services.keep_draft(micro.key, committee=cast.committee, by=cast.wang, **said),
    )
    assert (len(raised), MicroProposal.objects.get().state) == (1, MicroState.REVIEWING)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_late_save_does_not_take_back_the_signed_reply(cast):
    given = make.assignment(cast, AssignmentState.HANDLING)
    reply = services.draft_reply(given, text="已安装。", grade="A", by=cast.zhang, at=AT)
    stale = Assignment.objects.get(pk=given.pk)
    raised = _while_uncommitted(
        lambda: services.put_forward(reply, by=cast.zhang, at=AT),
        lambda: services.draft_reply(stale, text="改", grade="A", by=cast.zhang, at=AT),
    )
    assert (len(raised), Reply.objects.get().state) == (1, ReplyState.SUBMITTED)


def test_of_a_summary_the_public_searches_the_title_alone(cast, as_):
    micro = make.micro(cast, MicroState.CLOSED)
    MicroProposal.objects.filter(pk=micro.pk).update(publication="summary")
    page = as_(None).get(reverse("micro-public-list", args=["jiahe"]), {"q": "早晚高峰"}).content.decode()
    assert micro.title not in page
    page = as_(None).get(reverse("micro-public-list", args=["jiahe"]), {"q": "信号灯"}).content.decode()
    assert micro.title in page


@pytest.mark.parametrize(("who", "hears"), [("li", True), ("wang", True), ("other", False), (None, False)])
def test_what_the_offices_said_is_for_those_who_follow_the_matter(cast, as_, who, hears):
    """Another member of the same county reads of a published matter what the public reads."""
    cast.other = people.user("other", "另一位委员")
    people.member(cast.other, cast.committee)
    micro = make.micro(cast, MicroState.CLOSED)
    page = as_(who and getattr(cast, who)).get(micro.get_absolute_url()).content.decode()
    assert ("联审意见" in page) is hears
