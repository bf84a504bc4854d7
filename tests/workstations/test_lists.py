"""三张清单: resources, needs and wishes by their services; who may, in which state, and what follows."""

import pytest
from django.core.exceptions import PermissionDenied

from config.audit import log
from config.notices.models import Notice
from config.refusals import Incomplete, Refusal, WrongState
from members.facts import Fact
from members.models import BodyKind, DutyRecord
from tests.factories import lists as make
from tests.factories import members as people
from tests.factories import tasks as duty
from tests.factories import workstations as places
from tests.factories.lists import AT
from workstations.models import Demand, DemandKind, Resource
from workstations.services import lists as services
from workstations.states import DemandState as S

pytestmark = pytest.mark.django_db


def keeper(cast, username="keeper"):
    """A keeper of the station of 珠泉镇, and the station."""
    user, station = people.user(username, "何站长"), places.station(cast.committee)
    places.post(station, user)
    return user, station


def facts():
    return list(DutyRecord.objects.standing().values_list("member__user__username", "fact", "key"))


# --- resources ---------------------------------------------------------------------------------------------------


def test_a_member_offers_for_oneself_the_office_for_anybody(cast):
    """Row 107: the list of resources."""
    mine = Resource(committee=cast.committee, member=cast.wang_member, title="免费法律咨询", field="法律")
    services.offer(mine, by=cast.wang, at=AT)
    of_unit = Resource(committee=cast.committee, organisation=cast.unit, title="房屋安全鉴定", field="住房基建")
    services.offer(of_unit, by=cast.li, at=AT)
    assert set(Resource.objects.visible_to(cast.qian)) == {mine, of_unit}
    for by in (cast.zhang, cast.zhao, cast.qian, cast.zhou):
        with pytest.raises(PermissionDenied):
            services.offer(Resource(committee=cast.committee, member=cast.wang_member, title="别的"), by=by, at=AT)
    other = people.member(people.user("m2", "林委员"), cast.committee)
    with pytest.raises(PermissionDenied):
        services.offer(Resource(committee=cast.committee, member=other, title="替别人报"), by=cast.wang, at=AT)


def test_the_same_thing_is_offered_once_until_it_is_ended(cast):
    first = make.resource(cast.wang_member)
    with pytest.raises(Refusal):
        make.resource(cast.wang_member)
    services.end_resource(first, by=cast.wang, at=AT)
    with pytest.raises(WrongState, match="已经停止提供"):
        services.end_resource(first, by=cast.wang, at=AT)
    make.resource(cast.wang_member)
    assert Resource.objects.count() == 2
    assert Resource.objects.public().count() == 1


@pytest.mark.parametrize("words", ["请打 13900000001", "写信 a@example.com", "身份证 431024199001011234"])
def test_words_that_reveal_somebody_are_refused_in_public_fields(cast, words):
    with pytest.raises(Incomplete, match="会公开"):
        make.resource(cast.wang_member, words=words)
    for name in ("title", "words"):
        with pytest.raises(Incomplete) as refusal:
            make.demand(cast, **{"title": "修路灯", name: words})
        assert set(refusal.value.fields) == {name}
    done = make.demand(cast, S.CLAIMED)
    with pytest.raises(Incomplete):
        services.finish(done, result=words, by=cast.wang, at=AT)
    assert not Resource.objects.exists()


def test_what_tells_a_belief_is_no_giver_and_who_left_gives_no_more(cast):
    sensitive = duty.body(cast.committee, "某宗教界活动组", BodyKind.ACTIVITY_GROUP)
    sensitive.is_sensitive = True
    sensitive.save()
    for body in (sensitive, duty.body(cast.committee, "党支部", BodyKind.PARTY_ORGANISATION),
                 duty.body(cast.committee, "民革", BodyKind.SECTOR)):  # fmt: skip
        with pytest.raises(Incomplete):
            services.offer(Resource(committee=cast.committee, body=body, title="讲座"), by=cast.li, at=AT)
    made = make.resource(cast.wang_member)
    cast.wang_member.is_public = False
    cast.wang_member.save()
    assert made not in Resource.objects.public()
    assert made in Resource.objects.offered()
    cast.wang_member.until = people.SINCE
    cast.wang_member.save()
    assert made not in Resource.objects.offered()


# --- needs: raised and looked at ---------------------------------------------------------------------------------


def test_a_member_raises_a_keeper_looks_then_it_is_public(cast):
    keeps, station = keeper(cast)
    row = Demand(
        committee=cast.committee, kind=DemandKind.WISH, title="添两张课桌", region=station.region, station=station,
        who="三组张某家",
    )  # fmt: skip
    services.raise_demand(row, by=cast.wang, at=AT)
    assert Notice.objects.filter(recipient=keeps, title__contains="待核实的微心愿").exists()
    assert not Notice.objects.filter(body__contains="张某").exists()
    assert [row in Demand.objects.visible_to(who) for who in (cast.wang, keeps, cast.li, cast.qian, cast.zhang)] == [
        True, True, True, False, False,
    ]  # fmt: skip
    with pytest.raises(PermissionDenied):
        services.accept(row, by=cast.wang, at=AT)
    services.accept(row, by=keeps, at=AT)
    assert row in Demand.objects.visible_to(cast.qian)
    assert Notice.objects.filter(recipient=cast.wang, title__contains="已核实").exists()


def test_a_keeper_keeps_the_own_station_s_only(cast):
    keeps, _ = keeper(cast)
    other = places.station(cast.committee, "另一个站", region=places.town(cast.committee, 101))
    for station in (other, None):
        row = Demand(committee=cast.committee, kind="need", title="修路", region=other.region, station=station)
        with pytest.raises(PermissionDenied):
            services.raise_demand(row, by=keeps, at=AT)
    row = make.demand(cast, S.RAISED, station=other)
    for verb in (services.accept, lambda *a, **k: services.drop(*a, reason="不属实", **k)):
        with pytest.raises(PermissionDenied):
            verb(row, by=keeps, at=AT)


def test_a_need_lies_in_the_county_and_is_kept_by_its_stations(cast):
    away = places.station(cast.other_committee, "邻县站", region=places.town(cast.other_committee))
    with pytest.raises(Incomplete, match="辖区"):
        make.demand(cast, region=away.region)
    with pytest.raises(Incomplete, match="同一个政协"):
        make.demand(cast, station=away)
    with pytest.raises(PermissionDenied):
        services.raise_demand(Demand(committee=cast.committee, title="外人登记"), by=cast.zhao, at=AT)


# --- verbs × states ----------------------------------------------------------------------------------------------

VERBS = {
    "accept": lambda row, by: services.accept(row, by=by, at=AT),
    "claim": lambda row, by: services.claim(row, by.memberships.get(), by=by, at=AT),
    "give_back": lambda row, by: services.give_back(row, reason="近期出差", by=by, at=AT),
    "finish": lambda row, by: services.finish(row, result="已经送到。", by=by, at=AT),
    "thank": lambda row, by: services.thank(row, words="孩子们很高兴。", by=by, at=AT),
    "drop": lambda row, by: services.drop(row, reason="村里已经解决", by=by, at=AT),
}
RIGHT = {
    "accept": {S.RAISED}, "claim": {S.OPEN}, "give_back": {S.CLAIMED}, "finish": {S.CLAIMED}, "thank": {S.DONE},
    "drop": {S.RAISED, S.OPEN, S.CLAIMED},
}  # fmt: skip
WHO = {"accept": "li", "claim": "wang", "give_back": "wang", "finish": "wang", "thank": "li", "drop": "li"}
AFTER = {
    "accept": S.OPEN, "claim": S.CLAIMED, "give_back": S.OPEN, "finish": S.DONE, "thank": S.DONE, "drop": S.DROPPED,
}  # fmt: skip


@pytest.mark.parametrize("state", S.values)
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_in_every_state(cast, verb, state):
    row = make.demand(cast, state)
    by = getattr(cast, WHO[verb])
    if verb in ("give_back", "finish") and state in (S.RAISED, S.OPEN):
        by = cast.li  # nobody has claimed it yet
    if verb in ("give_back", "finish") and state == S.DROPPED:
        by = cast.li
    if state in RIGHT[verb]:
        VERBS[verb](row, by)
        row.refresh_from_db()
        assert row.state == AFTER[verb]
    else:
        with pytest.raises(WrongState):
            VERBS[verb](row, by)


@pytest.mark.parametrize("verb", VERBS)
def test_only_the_right_people(cast, verb):
    row = make.demand(cast, sorted(RIGHT[verb])[0])
    allowed = {"accept": {"li"}, "claim": {"wang"}, "give_back": {"wang", "li"}, "finish": {"wang", "li"},
               "thank": {"li"}, "drop": {"li"}}[verb]  # fmt: skip
    do = VERBS[verb] if verb != "claim" else lambda row, by: services.claim(row, cast.wang_member, by=by, at=AT)
    for name in {"wang", "li", "zhou", "sun", "zhang", "zhao", "qian"} - allowed:
        with pytest.raises(PermissionDenied):
            do(row, getattr(cast, name))


def test_of_two_who_claim_the_second_is_told_who_was_first(cast):
    """Row 159: a wish is claimed on the phone."""
    other = people.member(people.user("m2", "林委员"), cast.committee)
    row = make.demand(cast)
    twice = Demand.objects.get(pk=row.pk)
    services.claim(row, other, by=other.user, at=AT)
    with pytest.raises(WrongState, match="林委员已于"):
        services.claim(twice, cast.wang_member, by=cast.wang, at=AT)
    row.refresh_from_db()
    assert row.claimed_by == other


def test_only_wishes_are_claimed_without_a_project_and_only_by_oneself(cast):
    row = make.demand(cast, kind=DemandKind.ENTERPRISE, title="缺少冷链车")
    with pytest.raises(Refusal, match="立项"):
        services.claim(row, cast.wang_member, by=cast.wang, at=AT)
    other = people.member(people.user("m2", "林委员"), cast.committee)
    with pytest.raises(Refusal, match="本人"):
        services.claim(make.demand(cast), other, by=cast.wang, at=AT)


def test_thanks_by_another_person_make_a_wish_a_fact_once(cast):
    row = make.demand(cast, S.DONE)
    assert facts() == []
    services.thank(row, words="孩子们很高兴。", by=cast.li, at=AT)
    assert facts() == [("wang", Fact.CHARITY, f"demand:{row.pk}")]
    with pytest.raises(WrongState):
        services.thank(row, words="再谢一次", by=cast.li, at=AT)
    assert len(facts()) == 1
    assert Notice.objects.filter(recipient=cast.wang, title__contains="致谢").exists()


def test_nobody_thanks_oneself(cast):
    keeps, station = keeper(cast)
    own = people.member(keeps, cast.committee)
    row = make.demand(cast, station=station)
    services.claim(row, own, by=keeps, at=AT)
    services.finish(row, result="送到了。", by=keeps, at=AT)
    with pytest.raises(PermissionDenied):
        services.thank(row, words="谢谢我自己", by=keeps, at=AT)


def test_a_claimed_need_is_not_changed_and_the_trail_speaks_chinese(cast):
    row = make.demand(cast, S.CLAIMED)
    row.title = "改一改"
    with pytest.raises(WrongState):
        services.edit_demand(row, by=cast.li, at=AT)
    services.give_back(row, reason="近期出差", by=cast.wang, at=AT)
    row.refresh_from_db()
    assert row.claimed_by is None
    row.title = "添两套音响"
    services.edit_demand(row, by=cast.li, at=AT)
    said = [log.label(entry.verb) for entry in log.history(row)]
    assert said == ["修改需求", "退回认领", "认领", "核实需求", "登记需求"]
