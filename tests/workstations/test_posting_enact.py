"""派驻方案 enacted, handed down; every state and verb, and who may (rows 36, 135)."""

import datetime
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied

from config.audit import log
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from members.models import Committee, Region
from members.roles import Role
from tests.factories import members as make
from tests.factories import postings as rows
from tests.factories.postings import AT
from workstations.models import GridPosting, PostingPlan, SeatReach
from workstations.queries import posting_plans as queries
from workstations.services import posting_enact, posting_seats, postings
from workstations.services import posting_plans as services
from workstations.states import PLAN_MOVES, PostingPlanState

LATER = AT + datetime.timedelta(minutes=2)


@pytest.fixture
def county(cast):
    return rows.furnish(cast)


# --- enacted -------------------------------------------------------------------------------------------------------


def test_enacting_posts_everybody_and_ends_what_is_not_planned(county):
    plan = rows.ready(county)
    seat = plan.seats.select_related("region").first()
    elsewhere = plan.seats.exclude(member=seat.member).exclude(region=seat.region).first().region
    postings.post(seat.member, [seat.region, elsewhere], committee=county.committee, by=county.li, at=AT)
    told = queries.changes(plan)
    assert (told.begun, told.kept, told.ended, told.handed) == (8, 1, 1, 0)
    done = posting_enact.enact(plan, by=county.li, at=LATER)
    assert (done.created, done.kept, done.ended) == (8, 1, 1)
    standing = GridPosting.objects.filter(until__isnull=True)
    assert set(standing.values_list("member", "region")) == rows.placed(plan)
    assert standing.exclude(region=seat.region).first().why
    assert plan.report["enacted"]["created"] == 8


def test_only_what_was_handed_down_is_said_to_be(county, client):
    plan = rows.ready(county)
    client.force_login(county.li)
    page = client.post(f"/office/posting-plans/{plan.pk}/enact/", follow=True)
    said = [str(message) for message in page.context["messages"]]
    assert said == ["方案已实施，有变动的委员会收到通知。"]


def test_enacting_twice_is_one_enacting(county):
    plan = rows.ready(county)
    again = PostingPlan.objects.select_related("committee").get(pk=plan.pk)
    posting_enact.enact(plan, by=county.li, at=LATER)
    with pytest.raises(WrongState, match="已实施"):
        posting_enact.enact(again, by=county.li, at=LATER)
    assert GridPosting.objects.count() == 9


@pytest.fixture
def city(county):
    """郴州 above 嘉禾 and 永兴, with two members of its own who live in 嘉禾, and its office."""
    region = Region.objects.get(pk="431000000000")
    county.city = make.committee(region, slug="chenzhou", name="政协郴州市委员会", short_name="郴州市政协")
    Committee.objects.exclude(pk=county.city.pk).update(upper=county.city)
    county.committee.refresh_from_db()
    county.urban = rows.people(county.city, ["431024100000", "431024101000"])
    county.ma = make.user("ma", "马科长", is_staff=True)
    make.grant(county.ma, Role.OFFICE_STAFF, county.city)
    return county


def city_plan(city):
    plan = services.open_plan(rows.plan(city.city), by=city.ma, at=AT)
    services.begin(plan, by=city.ma, at=AT)
    return plan


def test_a_city_plans_for_the_members_of_all_levels_and_each_keeps_to_the_own_county(city):
    plan = city_plan(city)
    assert plan.report["covered"] == plan.report["targets"] == 11
    assert plan.report["members"] == 8
    for member, region in plan.seats.values_list("member__committee", "region"):
        assert member == city.city.pk or Committee.objects.get(pk=member).region.contains(region)


def test_seats_of_lower_committees_are_handed_down_and_enacted_there(city):
    plan = city_plan(city)
    mine = plan.seats.filter(member__committee=city.city).count()
    told = queries.changes(plan)
    assert (told.begun, told.handed, told.committees) == (mine, 11 - mine, 2)
    posting_enact.enact(plan, by=city.ma, at=LATER)
    assert GridPosting.objects.count() == mine
    assert set(GridPosting.objects.values_list("committee", flat=True)) == {city.city.pk}
    down = plan.lower.get(committee=city.committee)
    assert down.state == PostingPlanState.READY
    assert down.report["covered"] == down.report["targets"] == down.seats.count()
    assert Notice.objects.filter(recipient=city.li, kind="posting-plan").count() == 1
    with pytest.raises(WrongState, match="不能重新测算"):
        services.start(down, by=city.li, at=LATER)
    with pytest.raises(PermissionDenied):
        posting_enact.enact(down, by=city.ma, at=LATER)
    posting_enact.enact(down, by=city.li, at=LATER)
    assert GridPosting.objects.filter(committee=city.committee).count() == down.seats.count()


def test_by_hand_a_county_member_is_not_sent_to_the_next_county(city):
    plan = city_plan(city)
    seat = plan.seats.filter(region__gte="431023", region__lt="431024").first()
    with pytest.raises(Incomplete, match="只在嘉禾县内派驻"):
        posting_seats.move(seat, city.people[0], by=city.ma, at=LATER)
    moved = posting_seats.move(seat, city.urban[0], by=city.ma, at=LATER)
    assert moved.reach == SeatReach.BEYOND


def test_a_county_counts_on_members_of_the_city_who_live_there(city):
    plan = rows.ready(city)
    assert plan.report["members"] == 7
    posting_enact.enact(plan, by=city.li, at=LATER)
    assert not plan.lower.exists()
    assert GridPosting.objects.filter(committee=city.committee, member__in=city.urban).exists()


# --- who and when --------------------------------------------------------------------------------------------------


def doing(plan, cast):
    seat = plan.seats.first()
    village = Region.objects.get(pk="431024102202")
    return {
        "start": lambda by: services.start(plan, by=by, at=LATER),
        "enact": lambda by: posting_enact.enact(plan, by=by, at=LATER),
        "drop": lambda by: services.drop(plan, by=by, at=LATER),
        "move": lambda by: posting_seats.move(seat, cast.people[3], by=by, at=LATER),
        "add": lambda by: posting_seats.add(plan, cast.people[3], village, by=by, at=LATER),
        "release": lambda by: posting_seats.release(seat, by=by, at=LATER),
    }


@pytest.mark.parametrize(
    ("state", "verb"), list(product(PostingPlanState, ["start", "enact", "drop", "move", "add", "release"]))
)
def test_every_state_and_every_verb(county, state, verb):
    plan = rows.ready(county)
    seat = plan.seats.exclude(member=county.people[3]).first()
    plan.seats.exclude(pk=seat.pk).delete()
    plan.seats.update(by_hand=verb == "release")
    PostingPlan.objects.filter(pk=plan.pk).update(state=state)
    plan.refresh_from_db()
    allowed = state in PLAN_MOVES[verb].sources if verb in PLAN_MOVES else state == PostingPlanState.READY
    if allowed:
        doing(plan, county)[verb](county.li)
        assert log.history(plan).first().verb == f"postingplan.{verb}"
    else:
        with pytest.raises(WrongState):
            doing(plan, county)[verb](county.li)
        plan.refresh_from_db()
        assert plan.state == state


@pytest.mark.parametrize("verb", ["start", "enact", "drop", "move", "add", "release"])
def test_nobody_but_the_office_of_the_committee(county, verb):
    plan = rows.ready(county)
    for who in (county.wang, county.zhang, county.sun, county.zhou, county.zhao):
        with pytest.raises(PermissionDenied):
            doing(plan, county)[verb](who)
    assert rows.placed(plan) == rows.placed(PostingPlan.objects.get(pk=plan.pk))


def test_who_sees_a_plan(county):
    plan = rows.ready(county)
    for who, sees in ((county.li, True), (county.wang, False), (county.zhao, False), (county.chen, False)):
        assert PostingPlan.objects.visible_to(who).filter(pk=plan.pk).exists() is sees
