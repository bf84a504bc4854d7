"""What the services of bodies allow and refuse, and who may do it."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from config.audit.models import AuditEntry
from config.refusals import Incomplete, Refusal, WrongState
from members.models import Body, BodyKind, Bond, Intake, Membership, PartyLevel, Post
from members.services import bodies as services
from members.services import body_seats
from tests.factories import bodies as make
from tests.factories import members as people
from tests.factories.bodies import AT, TODAY

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def trail(body):
    return list(
        AuditEntry.objects.filter(target_type="members.body", target_id=str(body.pk)).values_list("verb", flat=True)
    )


# --- who may -------------------------------------------------------------------------------------------------------

VERBS = {
    "open": lambda body, by: services.open_body(
        Body(committee=body.committee, kind=BodyKind.ZONE, name="第一片区"), by=by, at=AT
    ),
    "change": lambda body, by: services.change_body(body, changed=["name"], by=by, at=AT),
    "move": lambda body, by: services.move_body(body, parent=None, by=by, at=AT),
    "close": lambda body, by: services.close_body(body, reason="合并", by=by, at=AT),
    "intake": lambda body, by: services.set_intake(body, sectors=[], regions=[], by=by, at=AT),
    "budget": lambda body, by: services.set_budget(body, year=2026, granted=400_000, spent=0, by=by, at=AT),
    "seat": lambda body, by: body_seats.seat(body, member=body.committee.members.first(), by=by, at=AT),
    "unseat": lambda body, by: body_seats.unseat(body.posts.get(), on=TODAY, by=by, at=AT),
}


@pytest.mark.parametrize("verb", VERBS)
def test_only_who_manages_people_of_this_committee_changes_bodies(cast, verb):
    body = make.body(cast.committee)
    if verb == "unseat":
        make.seat(body, cast.wang_member)
    for name in ("wang", "zhou", "sun", "zhang", "zhao", "qian"):
        with pytest.raises(PermissionDenied):
            VERBS[verb](body, getattr(cast, name))
    VERBS[verb](body, cast.li)
    assert AuditEntry.objects.filter(actor="李主任", verb=f"body.{verb}", scope=cast.committee.pk).count() == 1


@pytest.mark.parametrize("verb", sorted(set(VERBS) - {"open", "unseat"}))
def test_a_closed_body_stays_as_it_was(cast, verb):
    body = make.body(cast.committee)
    services.close_body(body, reason="换届后合并", by=cast.li, at=AT)
    with pytest.raises(WrongState, match="已经撤销"):
        VERBS[verb](Body.objects.get(pk=body.pk), cast.li)


def test_leaders_write_what_their_body_says_of_itself_and_nothing_else(cast):
    body = make.body(cast.committee)
    make.seat(body, cast.wang_member, Post.DIRECTOR)
    body.feature = "一委一题：供水"
    services.change_body(body, changed=["feature"], by=cast.wang, at=AT)
    assert Body.objects.get(pk=body.pk).feature == "一委一题：供水"
    with pytest.raises(PermissionDenied):
        services.change_body(body, changed=["feature", "name"], by=cast.wang, at=AT)
    with pytest.raises(PermissionDenied):
        services.change_body(body, changed=["feature"], organisations=[], by=cast.wang, at=AT)
    assert trail(body) == ["body.change", "body.seat", "body.open"]


# --- the tree ------------------------------------------------------------------------------------------------------


def test_a_tree_has_no_circle(cast):
    zone = make.body(cast.committee, BodyKind.ZONE, "第一片区")
    unit = make.body(cast.committee, BodyKind.WORK_UNIT, "珠泉工作单元", parent=zone)
    council = make.body(cast.committee, BodyKind.DELIBERATION_COUNCIL, "珠泉议事会", parent=unit)
    for parent in (zone, council):
        with pytest.raises(Incomplete, match="不能又作它的上级"):
            services.move_body(zone, parent=parent, by=cast.li, at=AT)
    services.move_body(council, parent=zone, by=cast.li, at=AT)
    assert Body.objects.get(pk=council.pk).parent == zone


def test_a_body_of_another_committee_is_no_parent_host_or_sector(cast):
    ours, theirs = make.body(cast.committee), make.body(cast.other_committee)
    with pytest.raises(Incomplete) as refused:
        services.move_body(ours, parent=theirs, by=cast.li, at=AT)
    assert "别的政协委员会" in refused.value.fields["parent"]
    with pytest.raises(Incomplete):
        make.body(cast.committee, BodyKind.ZONE, "第一片区", host=theirs)
    with pytest.raises(Incomplete):
        make.body(cast.committee, BodyKind.ZONE, "第二片区", organisations=[cast.other_unit])
    sector = people.sector(cast.other_committee)
    with pytest.raises(Incomplete, match="界别"):
        services.set_intake(Body.objects.get(pk=ours.pk), sectors=[sector], regions=[], by=cast.li, at=AT)


def test_party_organisations_stand_below_party_organisations_only(cast):
    group = make.body(cast.committee, BodyKind.PARTY_ORGANISATION, "政协党组", party_level=PartyLevel.LEADING_GROUP)
    with pytest.raises(Incomplete, match="党组织"):
        make.body(cast.committee, BodyKind.ZONE, "第一片区", parent=group)
    with pytest.raises(Incomplete, match="党组织"):
        make.body(cast.committee, BodyKind.PARTY_ORGANISATION, "支部", parent=make.body(cast.committee))


def test_a_body_with_others_below_is_not_closed_and_its_seats_end_with_it(cast):
    zone = make.body(cast.committee, BodyKind.ZONE, "第一片区")
    unit = make.body(cast.committee, BodyKind.WORK_UNIT, "珠泉工作单元", parent=zone)
    row = make.seat(zone, cast.wang_member, Post.LEADER)
    with pytest.raises(Incomplete, match="原因"):
        services.close_body(zone, reason=" ", by=cast.li, at=AT)
    with pytest.raises(Refusal, match="珠泉工作单元"):
        services.close_body(zone, reason="合并", by=cast.li, at=AT)
    assert Body.objects.get(pk=zone.pk).is_active
    services.close_body(unit, reason="合并", by=cast.li, at=AT)
    services.close_body(zone, reason="合并", by=cast.li, at=AT)
    row.refresh_from_db()
    zone.refresh_from_db()
    assert (row.until, zone.is_active, zone.closed_on) == (TODAY, False, TODAY)


def test_a_sector_with_members_is_not_closed(cast):
    with pytest.raises(Refusal, match="调整界别"):
        services.close_body(cast.wang_member.sector, reason="合并", by=cast.li, at=AT)


# --- seats ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("post", [Post.DIRECTOR, Post.DEPUTY])
def test_a_special_committee_has_one_director_and_one_deputy(cast, post):
    body = make.body(cast.committee)
    first, second = make.members(cast.committee, 2)
    row = make.seat(body, first, post)
    with pytest.raises(Incomplete) as refused:
        make.seat(body, second, post)
    assert "委员0" in refused.value.fields["post"]
    assert "办理卸任" in refused.value.fields["post"]
    body_seats.unseat(row, on=TODAY, by=cast.li, at=AT)
    make.seat(body, second, post)
    assert [seat.member for seat in body.posts.filter(until=None)] == [second]
    make.seat(body, first, Post.MEMBER)
    make.seat(body, cast.wang_member, Post.CORE)


def test_a_group_of_another_kind_may_have_several_leaders_in_turn(cast):
    group = make.body(cast.committee, BodyKind.DUTY_GROUP, "珠泉镇履职小组")
    for member in make.members(cast.committee, 2):
        make.seat(group, member, Post.VICE_LEADER)
    assert group.posts.count() == 2


def test_a_party_member_has_one_affiliation_and_one_activity_branch(cast):
    first, second = (
        make.body(cast.committee, BodyKind.PARTY_ORGANISATION, name, party_level=PartyLevel.LEADING_GROUP)
        for name in ("第一支部", "第二支部")
    )
    row = make.seat(first, cast.wang_member, bond=Bond.AFFILIATION)
    with pytest.raises(Incomplete, match="第一支部"):
        make.seat(second, cast.wang_member, bond=Bond.AFFILIATION)
    make.seat(second, cast.wang_member, bond=Bond.ACTIVITY)
    body_seats.unseat(row, on=TODAY, by=cast.li, at=AT)
    make.seat(second, cast.wang_member, Post.LEADER, bond=Bond.AFFILIATION)
    with pytest.raises(Incomplete, match="党组织"):
        make.seat(make.body(cast.committee), cast.wang_member, bond=Bond.AFFILIATION)


def test_only_members_sit_where_only_members_sit(cast):
    for kind in (BodyKind.SPECIAL_COMMITTEE, BodyKind.SECTOR, BodyKind.ACTIVITY_GROUP, BodyKind.CHAIR_MEETING):
        with pytest.raises(Incomplete, match="本会委员"):
            make.seat(make.body(cast.committee, kind, f"{kind}"), "赵某")
    make.seat(make.body(cast.committee, BodyKind.DUTY_GROUP, "履职小组"), "赵某", Post.SECRETARY)


def test_who_sits_is_one_person_in_office_in_this_committee_with_a_post_of_the_kind(cast):
    body, council = make.body(cast.committee), make.body(cast.committee, BodyKind.DELIBERATION_COUNCIL, "议事会")
    with pytest.raises(Incomplete, match="只填一项"):
        body_seats.seat(council, member=cast.wang_member, person_name="赵某", by=cast.li, at=AT)
    with pytest.raises(Incomplete, match="只填一项"):
        body_seats.seat(council, by=cast.li, at=AT)
    with pytest.raises(Incomplete, match="不是本会委员"):
        make.seat(body, cast.qian_member)
    with pytest.raises(Incomplete, match="职务"):
        make.seat(body, cast.wang_member, Post.CHAIR)
    make.seat(body, cast.wang_member)
    with pytest.raises(Refusal, match="已有"):
        make.seat(body, cast.wang_member)
    cast.wang_member.until = TODAY - DAY
    with pytest.raises(Incomplete, match="在任"):
        make.seat(council, cast.wang_member)


def test_a_seat_ends_once_and_not_before_it_began(cast):
    row = make.seat(make.body(cast.committee), cast.wang_member)
    with pytest.raises(Incomplete, match="早于"):
        body_seats.unseat(row, on=TODAY - DAY, by=cast.li, at=AT)
    body_seats.unseat(row, on=TODAY, by=cast.li, at=AT)
    with pytest.raises(WrongState, match="已经办理"):
        body_seats.unseat(row, on=TODAY, by=cast.li, at=AT)
    assert Membership.objects.get(pk=row.pk).until == TODAY


# --- intakes and budgets -------------------------------------------------------------------------------------------


def test_a_sector_is_taken_in_once_and_history_stays(cast):
    first, second = make.body(cast.committee), make.body(cast.committee, name="经济委员会")
    sector, town = people.sector(cast.committee), cast.committee.region.children.first()
    services.set_intake(first, sectors=[sector], regions=[town], by=cast.li, at=AT)
    with pytest.raises(Incomplete, match="已归口提案委员会"):
        services.set_intake(second, sectors=[sector], regions=[], by=cast.li, at=AT)
    services.set_intake(first, sectors=[], regions=[town], by=cast.li, at=AT)
    services.set_intake(second, sectors=[sector], regions=[], by=cast.li, at=AT)
    current = Intake.objects.current().order_by("pk").values_list("body", "sector", "region")
    assert list(current) == [(first.pk, None, town.pk), (second.pk, sector.pk, None)]
    assert Intake.objects.filter(sector=sector, body=first, until=TODAY).exists()


def test_only_special_committees_and_the_office_take_in(cast):
    with pytest.raises(Refusal, match="专门委员会和办公室"):
        services.set_intake(make.body(cast.committee, BodyKind.ZONE, "片区"), sectors=[], regions=[], by=None, at=AT)
    office = make.body(cast.committee, BodyKind.OFFICE, "办公室")
    services.set_intake(office, sectors=[people.sector(cast.committee)], regions=[], by=cast.li, at=AT)
    assert office.intakes.count() == 1


def test_a_budget_is_one_row_a_year(cast):
    body = make.body(cast.committee, BodyKind.LEADING_GROUP, "“有事来协商”工作领导小组")
    services.set_budget(body, year=2026, granted=400_000, spent=0, source="区级财政预算", by=cast.li, at=AT)
    services.set_budget(body, year=2026, granted=400_000, spent=120_000, source="区级财政预算", by=cast.li, at=AT)
    assert [(row.granted, row.spent) for row in body.budgets.all()] == [(400_000, 120_000)]
    with pytest.raises(Incomplete):
        services.set_budget(body, year=2027, granted=-1, spent=0, by=cast.li, at=AT)
