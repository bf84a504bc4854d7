"""What happens to a membership: each verb leaves history, trail and a notice; who leaves loses access at once."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from knox.models import AuthToken

from config.audit.models import AuditEntry
from config.notices.models import Notice
from config.refusals import Incomplete, Refusal, WrongState
from members.models import ChangeKind, Committee, DutyRecord, Member, Membership
from members.roles import Role
from members.services import duty
from members.services import people as services
from tests.factories import members as make
from tests.factories import people

pytestmark = pytest.mark.django_db
AT = datetime.datetime(2026, 11, 21, 10, tzinfo=timezone.get_default_timezone())
TODAY = AT.date()
DAY = datetime.timedelta(days=1)
WHY = "经主席会议同意"


def by(cast):
    return {"by": cast.li, "at": AT}


def education(cast):
    return make.sector(cast.committee, "教育界")


VERBS = {
    "transfer": lambda cast, who: services.transfer(
        cast.wang_member, sector=education(cast), reason=WHY, by=who, at=AT
    ),
    "standing": lambda cast, who: services.set_standing(cast.wang_member, is_standing=True, reason=WHY, by=who, at=AT),
    "leave": lambda cast, who: services.grant_leave(
        cast.wang_member, since=TODAY, until=TODAY + 9 * DAY, reason=WHY, by=who, at=AT
    ),
    "end": lambda cast, who: services.end(cast.wang_member, on=TODAY, reason=WHY, by=who, at=AT),
}
KINDS = {
    "transfer": ChangeKind.SECTOR,
    "standing": ChangeKind.STANDING,
    "leave": ChangeKind.ON_LEAVE,
    "end": ChangeKind.ENDED,
}


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_leaves_history_trail_and_a_notice(cast, verb):
    change = VERBS[verb](cast, cast.li)
    assert (change.kind, change.reason, change.by, change.member) == (KINDS[verb], WHY, cast.li, cast.wang_member)
    entry = AuditEntry.objects.get(verb=f"member.{verb}")
    assert (entry.scope, entry.data["reason"]) == (cast.committee.pk, WHY)
    notice = Notice.objects.get(recipient=cast.wang)
    assert WHY in notice.body


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("who", ["zhao", "zhou", "sun", "wang", "qian"])
def test_others_change_nothing(cast, verb, who):
    with pytest.raises(PermissionDenied):
        VERBS[verb](cast, getattr(cast, who))
    assert not cast.wang_member.changes.exists()


@pytest.mark.parametrize("verb", VERBS)
def test_who_has_left_is_past_every_verb(cast, verb):
    Member.objects.filter(pk=cast.wang_member.pk).update(until=TODAY - DAY)
    cast.wang_member.refresh_from_db()
    with pytest.raises(Refusal):
        VERBS[verb](cast, cast.li)
    assert not cast.wang_member.changes.exists()


@pytest.mark.parametrize("verb", ["transfer", "standing"])
def test_the_slower_of_two_clerks_is_told(cast, verb):
    Member.objects.filter(pk=cast.wang_member.pk).update(
        sector=make.sector(cast.committee, "农业界"), is_standing=verb == "standing"
    )
    with pytest.raises(WrongState):
        VERBS[verb](cast, cast.li)


def test_no_verb_without_a_reason(cast):
    with pytest.raises(Incomplete) as refusal:
        services.end(cast.wang_member, on=TODAY, reason=" ", **by(cast))
    assert "reason" in refusal.value.fields


def test_a_transfer_moves_to_another_sector_of_the_same_committee_only(cast):
    for sector in (cast.wang_member.sector, make.sector(cast.other_committee), people.special(cast.committee)):
        with pytest.raises(Incomplete):
            services.transfer(cast.wang_member, sector=sector, reason=WHY, **by(cast))
    change = VERBS["transfer"](cast, cast.li)
    assert (change.before, change.after) == ("经济界", "教育界")
    assert Member.objects.get(pk=cast.wang_member.pk).sector.name == "教育界"


def test_standing_is_given_and_taken_once(cast):
    VERBS["standing"](cast, cast.li)
    assert Member.objects.get(pk=cast.wang_member.pk).is_standing
    with pytest.raises(WrongState, match=r"^王委员已经是常务委员。$"):
        VERBS["standing"](cast, cast.li)


# --- leave -------------------------------------------------------------------------------------------------------


def test_leaves_do_not_overlap_and_do_not_end_before_they_begin(cast):
    VERBS["leave"](cast, cast.li)
    with pytest.raises(Incomplete, match="不能重叠"):
        services.grant_leave(cast.wang_member, since=TODAY + 9 * DAY, until=TODAY + 12 * DAY, reason=WHY, **by(cast))
    with pytest.raises(Incomplete, match="不能早于"):
        services.grant_leave(cast.wang_member, since=TODAY, until=TODAY - DAY, reason=WHY, **by(cast))


def test_coming_back_earlier_shortens_the_leave(cast):
    leave = VERBS["leave"](cast, cast.li)
    services.return_from_leave(leave, on=TODAY + 3 * DAY, **by(cast))
    leave.refresh_from_db()
    assert (leave.kind, leave.until) == (ChangeKind.ON_LEAVE, TODAY + 2 * DAY)
    assert cast.wang_member.changes.filter(kind=ChangeKind.RETURNED).count() == 1
    with pytest.raises(Incomplete):
        services.return_from_leave(leave, on=TODAY + 5 * DAY, **by(cast))


def test_a_leave_that_never_began_excuses_nothing(cast):
    leave = services.grant_leave(cast.wang_member, since=TODAY + 3 * DAY, until=TODAY + 5 * DAY, reason=WHY, **by(cast))
    services.return_from_leave(leave, on=TODAY, **by(cast))
    leave.refresh_from_db()
    assert leave.kind == ChangeKind.LEAVE_DROPPED
    assert not cast.wang_member.changes.filter(kind=ChangeKind.ON_LEAVE).exists()


# --- the end -----------------------------------------------------------------------------------------------------


def test_who_leaves_is_out_with_the_next_request_of_a_session_that_is_open(cast, as_):
    client, page = as_(cast.wang), reverse("micro-new")
    assert client.get(page).status_code == 302  # a draft is begun
    VERBS["end"](cast, cast.li)
    assert client.get(page).status_code == 403
    assert cast.wang_member.pk not in Member.objects.visible_to(type(cast.wang).objects.get(pk=cast.wang.pk))


def test_ending_today_closes_membership_and_posts_yesterday_and_keeps_what_was_done(cast):
    post = people.seat(cast.wang_member, people.special(cast.committee))
    planned = people.seat(cast.wang_member, people.duty_group(cast.committee), since=TODAY + 5 * DAY)
    deed = duty.Deed(cast.wang_member.pk, TODAY - DAY, "activity", "activity:1", "调研")
    duty.record([deed], by=None, at=AT)
    VERBS["end"](cast, cast.li)
    cast.wang_member.refresh_from_db()
    post.refresh_from_db()
    planned.refresh_from_db()
    assert cast.wang_member.until == post.until == planned.until == TODAY - DAY
    assert Membership.objects.in_force(TODAY).filter(member=cast.wang_member).count() == 0
    assert DutyRecord.objects.filter(member=cast.wang_member).count() == 1


def test_an_end_to_come_leaves_the_rights_until_then(cast):
    AuthToken.objects.create(user=cast.wang)
    services.end(cast.wang_member, on=TODAY + 10 * DAY, reason=WHY, **by(cast))
    assert Member.objects.in_force(TODAY + 9 * DAY).filter(pk=cast.wang_member.pk).exists()
    assert not Member.objects.in_force(TODAY + 10 * DAY).filter(pk=cast.wang_member.pk).exists()
    assert AuthToken.objects.count() == 1
    with pytest.raises(Incomplete, match="只能比它更早"):
        services.end(cast.wang_member, on=TODAY + 20 * DAY, reason=WHY, **by(cast))


def test_a_member_of_today_can_be_taken_off_today(cast):
    fresh = make.member(make.user("fresh"), cast.committee, since=TODAY)
    services.end(fresh, on=TODAY, reason="录入有误", **by(cast))
    assert not Member.objects.in_force(TODAY).filter(pk=fresh.pk).exists()


@pytest.mark.parametrize("holds_more", [False, True])
def test_tokens_go_when_nothing_else_is_held(cast, holds_more):
    AuthToken.objects.create(user=cast.wang)
    if holds_more:
        make.grant(cast.wang, Role.UNIT_HANDLER, cast.unit)
    VERBS["end"](cast, cast.li)
    assert AuthToken.objects.filter(user=cast.wang).exists() is holds_more


# --- the next term -----------------------------------------------------------------------------------------------


@pytest.fixture
def two(cast):
    """王委员 goes on, 毛委员 does not."""
    cast.mao = make.user("mao", "毛委员")
    cast.mao_member = make.member(cast.mao, cast.committee, number="002")
    Member.objects.filter(pk=cast.wang_member.pk).update(
        number="001", party="cdl", specialties="教育", is_standing=True
    )
    return cast


def change_term(cast, since=TODAY, **given):
    seats = {cast.wang_member.pk: education(cast)}
    return services.new_term(
        cast.committee, **{"term": 12, "since": since, "seats": seats, "by": cast.li, "at": AT, **given}
    )


def test_the_next_term_begins_with_those_who_go_on(two):
    post = people.seat(two.wang_member, people.special(two.committee))
    AuthToken.objects.create(user=two.mao)
    (carried,) = change_term(two)
    carried.refresh_from_db()
    assert Committee.objects.get(pk=two.committee.pk).term == 12
    assert (carried.user, carried.term, carried.since, carried.sector.name) == (two.wang, 12, TODAY, "教育界")
    assert (carried.number, carried.party, carried.specialties, carried.is_standing) == ("001", "cdl", "教育", False)
    for old in (two.wang_member, two.mao_member, post):
        old.refresh_from_db()
        assert old.until == TODAY - DAY
    assert list(Member.objects.in_force(TODAY).filter(committee=two.committee)) == [carried]
    assert list(Member.objects.matching("王委员 教育")) != []
    assert carried.changes.get().kind == ChangeKind.CONTINUED
    assert two.mao_member.changes.get().kind == ChangeKind.ENDED
    assert {notice.recipient for notice in Notice.objects.all()} == {two.wang, two.mao}
    assert AuditEntry.objects.get(verb="people.new_term").data["continued"] == 1
    assert AuthToken.objects.count() == 0
    assert Member.objects.filter(committee=two.other_committee).get().until is None


def test_a_term_is_changed_once(two):
    stale = Committee.objects.get(pk=two.committee.pk)
    change_term(two)
    for term in (12, 13):
        with pytest.raises(WrongState):
            services.new_term(stale, term=term, since=TODAY, seats={}, by=two.li, at=AT)


def test_the_next_term_takes_only_those_who_serve_into_sectors_of_their_own(two):
    with pytest.raises(Incomplete):
        change_term(two, seats={two.wang_member.pk: make.sector(two.other_committee)})
    with pytest.raises(WrongState, match="1 位选中的委员已经离任"):
        change_term(two, seats={two.qian_member.pk: education(two)})
    assert Committee.objects.get(pk=two.committee.pk).term == 11


@pytest.mark.parametrize("who", ["zhao", "zhou", "wang"])
def test_others_change_no_term(two, who):
    with pytest.raises(PermissionDenied):
        change_term(two, by=getattr(two, who))


def test_changing_the_term_costs_as_much_for_three_as_for_one(two, django_assert_max_num_queries):
    seats = {two.wang_member.pk: education(two)}
    for number in (1, 2):
        seats[make.member(make.user(f"more{number}"), two.committee).pk] = education(two)
    with django_assert_max_num_queries(26):
        change_term(two, seats=seats)
