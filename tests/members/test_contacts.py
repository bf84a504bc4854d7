"""联系制度: schemes, links, visits as facts, reminders, gaps, proposed pairs (rows 42, 55, 130, 176)."""

import datetime
from collections import Counter

import pytest
from django.core.exceptions import PermissionDenied

from config.audit.models import AuditEntry
from config.milestones import clock
from config.milestones.models import Milestone, MilestoneState
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from members.facts import Fact
from members.models import (
    Body,
    BodyKind,
    Circle,
    ContactLink,
    ContactScheme,
    DutyRecord,
    Membership,
    OrganisationKind,
    Party,
    PartyLevel,
    Post,
    Way,
)
from members.presets import contacts as presets
from members.queries import contacts as queries
from members.roles import Permission
from members.services import contact_visits as visits
from members.services import contacts as services
from tests.factories import contacts as rows
from tests.factories import members as make

AT = datetime.datetime(2026, 11, 20, 2, tzinfo=datetime.UTC)
TODAY = datetime.date(2026, 11, 20)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def linked(cast):
    """王委员, a 常委, contacts one member of the same committee."""
    presets.load()
    cast.target = make.member(make.user("target", "林委员"), cast.committee)
    cast.scheme = rows.scheme(cast.committee)
    cast.link = rows.link(cast.scheme, cast.wang_member, cast.target)
    return cast


def logged(cast, **fields):
    given = {"held_on": TODAY, "way": Way.VISIT, "words": "了解企业用工情况。", "by": cast.wang, "at": AT, **fields}
    return visits.log_visit(cast.link, **given)


def standing_facts(member):
    return DutyRecord.objects.standing().filter(member=member, fact=Fact.CONTACT)


# --- schemes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preset", "tiers", "leads"), [("three", 3, False), ("lead", 3, True), ("parties", 3, False), ("towns", 2, False)]
)
def test_a_preset_is_copied_once_and_belongs_to_the_place(cast, preset, tiers, leads):
    made = services.adopt(presets.PRESETS[preset], cast.committee, by=cast.li, at=AT)
    assert len(made) == tiers
    assert {scheme.leads for scheme in made} == {leads}
    with pytest.raises(WrongState, match="已经套用"):
        services.adopt(presets.PRESETS[preset], cast.committee, by=cast.li, at=AT)
    assert not ContactScheme.objects.filter(committee=cast.other_committee).exists()


def test_a_place_makes_and_changes_its_own_scheme(cast):
    scheme = ContactScheme(committee=cast.committee, name="委员联系企业", targets=Circle.PEOPLE, visits_a_year=3)
    services.set_up(scheme, by=cast.li, at=AT)
    scheme.visits_a_year = 4
    services.change(scheme, changed=["visits_a_year"], by=cast.li, at=AT)
    scheme.refresh_from_db()
    assert scheme.visits_a_year == 4
    twin = ContactScheme(committee=cast.committee, name="委员联系企业")
    with pytest.raises(Incomplete, match="同名的联系制度"):
        services.set_up(twin, by=cast.li, at=AT)


def test_the_three_tiers_of_three_contacts_mean_the_right_people(cast):
    """三联: 主席会议成员→常委→委员→群众 (row 42)."""
    chair, standing = rows.members(cast.committee, 1, "c")[0], rows.members(cast.committee, 1, "s", is_standing=True)[0]
    meeting = Body.objects.create(committee=cast.committee, kind=BodyKind.CHAIR_MEETING, name="主席会议")
    Membership.objects.create(body=meeting, member=chair, post=Post.VICE_CHAIR, since=make.SINCE)
    assert list(queries.people_of(Circle.CHAIRS, cast.committee, TODAY)) == [chair]
    assert list(queries.people_of(Circle.STANDING, cast.committee, TODAY)) == [standing]
    assert set(queries.people_of(Circle.MEMBERS, cast.committee, TODAY)) == {cast.wang_member, chair, standing}


def test_the_circles_of_leading_by_party_are_told_apart(cast):
    """三联三带: 党组成员→党员委员→党外委员 (row 55); whose party is unknown is in no circle."""
    party = rows.members(cast.committee, 2, "p", party=Party.CPC)
    outside = rows.members(cast.committee, 1, "o", party=Party.CDL)
    group = Body.objects.create(
        committee=cast.committee,
        kind=BodyKind.PARTY_ORGANISATION,
        name="政协党组",
        party_level=PartyLevel.LEADING_GROUP,
    )
    Membership.objects.create(body=group, member=party[0], post=Post.PARTY_SECRETARY, since=make.SINCE)
    assert list(queries.people_of(Circle.PARTY_LEADERS, cast.committee, TODAY)) == party[:1]
    assert list(queries.people_of(Circle.PARTY_MEMBERS, cast.committee, TODAY)) == party
    assert list(queries.people_of(Circle.OUTSIDE, cast.committee, TODAY)) == outside


@pytest.mark.parametrize("verb", ["adopt", "set_up", "change", "propose"])
@pytest.mark.parametrize("who", ["wang", "sun", "zhou", "zhao"])
def test_only_the_office_sets_schemes_up(cast, verb, who):
    scheme, by = rows.scheme(cast.committee), getattr(cast, who)
    do = {
        "adopt": lambda: services.adopt(presets.PRESETS["three"], cast.committee, by=by, at=AT),
        "set_up": lambda: services.set_up(ContactScheme(committee=cast.committee, name="新"), by=by, at=AT),
        "change": lambda: services.change(scheme, changed=["name"], by=by, at=AT),
        "propose": lambda: services.propose(scheme, [(1, 2)], by=by, at=AT),
    }[verb]
    with pytest.raises(PermissionDenied):
        do()


# --- links ---------------------------------------------------------------------------------------------------------


def test_a_link_tells_both_ends(cast):
    scheme, target = rows.scheme(cast.committee), make.member(make.user("t", "林委员"), cast.committee)
    link = ContactLink(scheme=scheme, contact=cast.wang_member, to_member=target, since=TODAY)
    services.link(link, by=cast.li, at=AT)
    assert Notice.objects.get(recipient=cast.wang).title == "请您联系林委员"
    assert Notice.objects.get(recipient=target.user).title == "王委员与您建立联系"
    assert AuditEntry.objects.filter(verb="contactlink.link").count() == 1


def test_visiting_parties_regularly_links_a_party_group(cast):
    """党派走访: an organisation as the other end (row 130)."""
    scheme = rows.scheme(cast.committee, "走访党派团体", contacts=Circle.CHAIRS, targets=Circle.PARTIES)
    group = make.organisation(cast.committee, "民盟县支部", OrganisationKind.PARTY_GROUP)
    services.link(
        ContactLink(scheme=scheme, contact=cast.wang_member, to_organisation=group, since=TODAY), by=cast.li, at=AT
    )
    assert [str(row) for row in queries.organisations_of(Circle.PARTIES, cast.committee)] == ["民盟县支部"]
    assert queries.gaps(scheme, TODAY).lonely == []


def test_townships_without_a_contact_are_named_and_shared_out(cast):
    """联系镇街: every township gets one of the chair's meeting (row 176)."""
    towns = [make.organisation(cast.committee, f"{name}镇", OrganisationKind.TOWN) for name in "甲乙丙"]
    meeting = Body.objects.create(committee=cast.committee, kind=BodyKind.CHAIR_MEETING, name="主席会议")
    chairs = rows.members(cast.committee, 2, "c")
    for chair in chairs:
        Membership.objects.create(body=meeting, member=chair, post=Post.VICE_CHAIR, since=make.SINCE)
    scheme = rows.scheme(cast.committee, "联系镇街", contacts=Circle.CHAIRS, targets=Circle.TOWNS)
    assert queries.gaps(scheme, TODAY).lonely == towns
    pairs = [(pair.contact.pk, pair.target.pk) for pair in queries.proposed(scheme, TODAY)]
    assert services.propose(scheme, pairs, by=cast.li, at=AT) == 3
    assert sorted(Counter(ContactLink.objects.values_list("contact")).values()) == [1, 2]
    assert queries.gaps(scheme, TODAY).lonely == []


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ({"to_people": "某村"}, "联系的是委员"),
        ({}, "联系的是委员"),
        ({"to_member": "self"}, "不能联系自己"),
        ({"to_member": "foreign"}, "须属于同一个政协委员会"),
        ({"to_member": "twice"}, "已在这项制度里结对"),
    ],
)
def test_a_link_that_cannot_be_is_refused_in_words(linked, ends, words):
    others = {"self": linked.wang_member, "foreign": linked.qian_member, "twice": linked.target}
    ends = {name: others.get(value, value) for name, value in ends.items()}
    with pytest.raises(Incomplete, match=words):
        services.link(
            ContactLink(scheme=linked.scheme, contact=linked.wang_member, since=TODAY, **ends), by=linked.li, at=AT
        )


def test_a_member_names_the_people_he_contacts_but_links_nobody_else(cast):
    people = rows.scheme(cast.committee, "委员联系群众", contacts=Circle.MEMBERS, targets=Circle.PEOPLE)
    own = ContactLink(scheme=people, contact=cast.wang_member, to_people="金田村 5 户", since=TODAY)
    assert services.link(own, by=cast.wang, at=AT).pk
    other = make.member(make.user("o", "林委员"), cast.committee)
    with pytest.raises(PermissionDenied):
        services.link(ContactLink(scheme=people, contact=other, to_people="某村", since=TODAY), by=cast.wang, at=AT)
    with pytest.raises(PermissionDenied):
        services.link(
            ContactLink(scheme=rows.scheme(cast.committee), contact=cast.wang_member, to_member=other, since=TODAY),
            by=cast.wang, at=AT,
        )  # fmt: skip


def test_a_scheme_that_is_switched_off_takes_no_link(linked):
    linked.scheme.is_active = False
    services.change(linked.scheme, changed=["is_active"], by=linked.li, at=AT)
    with pytest.raises(WrongState, match="已停用"):
        services.link(ContactLink(scheme=linked.scheme, contact=linked.wang_member), by=linked.li, at=AT)


def test_a_link_ends_once_and_its_visits_stay(linked):
    logged(linked)
    services.end(linked.link, on=TODAY, by=linked.li, at=AT)
    assert linked.link.visits.count() == 1
    with pytest.raises(WrongState, match="已经结束"):
        services.end(linked.link, on=TODAY, by=linked.li, at=AT)
    with pytest.raises(Incomplete, match="不能早于结对日期"):
        services.end(linked.link, on=make.SINCE - DAY, by=linked.li, at=AT)
    with pytest.raises(WrongState, match="已经结束"):
        visits.plan_visit(linked.link, on=TODAY + 9 * DAY, way=Way.VISIT, by=linked.wang, at=AT)


# --- visits --------------------------------------------------------------------------------------------------------


def test_a_logged_visit_is_a_fact_of_the_contact(linked):
    visit = logged(linked)
    fact = standing_facts(linked.wang_member).get()
    assert (fact.key, fact.on, fact.url) == (f"contact-visit:{visit.pk}", TODAY, linked.link.get_absolute_url())
    assert not standing_facts(linked.target).exists()


def test_a_correction_takes_the_old_fact_back(linked):
    visit = logged(linked)
    visits.correct(visit, held_on=TODAY - DAY, way=Way.CALL, words="改为电话联系。", by=linked.wang, at=AT)
    assert standing_facts(linked.wang_member).get().on == TODAY - DAY
    assert DutyRecord.objects.filter(key=f"contact-visit:{visit.pk}").count() == 3


def test_a_withdrawn_visit_counts_no_more_and_says_why(linked):
    visit = logged(linked)
    visits.withdraw(visit, reason="登记错了人", by=linked.wang, at=AT)
    assert not standing_facts(linked.wang_member).exists()
    assert queries.links_with_record(ContactLink.objects.all(), TODAY).get().kept == 0
    with pytest.raises(WrongState, match="已经撤回"):
        visits.withdraw(visit, reason="再来", by=linked.wang, at=AT)
    with pytest.raises(WrongState, match="更正或撤回"):
        visits.correct(visit, held_on=TODAY, way=Way.CALL, words="改", by=linked.wang, at=AT)


def test_a_planned_visit_is_kept_by_logging_it_once(linked):
    planned = visits.plan_visit(linked.link, on=TODAY + 7 * DAY, way=Way.TALK, by=linked.wang, at=AT)
    kept = logged(linked, visit=planned)
    assert (kept.pk, kept.planned_on, kept.held_on) == (planned.pk, TODAY + 7 * DAY, TODAY)
    assert set(Milestone.objects.of(planned).values_list("state", flat=True)) == {MilestoneState.CANCELLED}
    with pytest.raises(WrongState, match="已经登记"):
        logged(linked, visit=planned)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("held_on", TODAY + DAY, "还没有到"),
        ("held_on", make.SINCE - DAY, "早于结对日期"),
        ("words", "  ", "写几句"),
        ("words", "长" * 1001, "1000 字以内"),
    ],
)
def test_a_visit_that_cannot_be_is_refused_in_words(linked, field, value, words):
    with pytest.raises(Incomplete, match=words) as refused:
        logged(linked, **{field: value})
    assert field in refused.value.fields


def test_a_plan_for_yesterday_is_refused(linked):
    with pytest.raises(Incomplete, match="已经过去"):
        visits.plan_visit(linked.link, on=TODAY - DAY, way=Way.VISIT, by=linked.wang, at=AT)


@pytest.mark.parametrize("verb", ["plan", "log", "correct", "withdraw"])
@pytest.mark.parametrize(
    ("who", "may"), [("wang", True), ("li", True), ("target", False), ("sun", False), ("zhao", False), ("qian", False)]
)
def test_the_contact_and_the_office_write_visits_nobody_else(linked, verb, who, may):
    visit = logged(linked)
    by = linked.target.user if who == "target" else getattr(linked, who)
    do = {
        "plan": lambda: visits.plan_visit(linked.link, on=TODAY + DAY, way=Way.VISIT, by=by, at=AT),
        "log": lambda: logged(linked, by=by),
        "correct": lambda: visits.correct(visit, held_on=TODAY, way=Way.CALL, words="改", by=by, at=AT),
        "withdraw": lambda: visits.withdraw(visit, reason="误", by=by, at=AT),
    }[verb]
    if may:
        do()
    else:
        with pytest.raises(PermissionDenied):
            do()


def test_who_sees_a_link(linked):
    seen = {
        who: ContactLink.objects.visible_to(getattr(linked, who)).exists()
        for who in ("wang", "li", "sun", "zhao", "qian")
    }
    assert seen == {"wang": True, "li": True, "sun": False, "zhao": False, "qian": False}
    assert ContactLink.objects.visible_to(linked.target.user).exists()


def test_a_link_that_tells_a_party_is_for_who_manages_people_and_the_two(linked):
    ContactScheme.objects.update(contacts=Circle.PARTY_MEMBERS, targets=Circle.OUTSIDE)
    clerk = make.user("clerk", "只管履职的人")
    clerk.committees_with = lambda permission: {linked.committee.pk} if permission == Permission.DUTY_MANAGE else set()
    assert not ContactLink.objects.visible_to(clerk).exists()
    assert all(ContactLink.objects.visible_to(user).exists() for user in (linked.li, linked.wang))


def test_a_member_stands_in_the_circles_that_the_register_gives_him(cast):
    member = cast.wang_member
    assert queries.circles_of(member, TODAY) == {Circle.MEMBERS}
    member.is_standing, member.party = True, Party.CPC
    member.save()
    meeting = Body.objects.create(committee=cast.committee, kind=BodyKind.CHAIR_MEETING, name="主席会议")
    Membership.objects.create(body=meeting, member=member, post=Post.VICE_CHAIR, since=make.SINCE)
    circles = queries.circles_of(member, TODAY)
    for circle in Circle:
        if circle not in (Circle.PARTIES, Circle.TOWNS, Circle.PEOPLE):
            there = queries.people_of(circle, cast.committee, TODAY).filter(pk=member.pk).exists()
            assert there == (circle in circles), circle


# --- reminders -----------------------------------------------------------------------------------------------------


def test_the_contact_is_reminded_before_the_planned_day_and_once_only(linked):
    visits.plan_visit(linked.link, on=TODAY + 7 * DAY, way=Way.VISIT, by=linked.wang, at=AT)
    at = AT + 4 * DAY + datetime.timedelta(hours=2)
    clock.sweep(at)
    clock.sweep(at)
    assert [n.title for n in Notice.objects.filter(recipient=linked.wang)] == ["3 天后计划走访：林委员"]


def test_who_has_logged_the_visit_is_not_reminded(linked):
    planned = visits.plan_visit(linked.link, on=TODAY + 7 * DAY, way=Way.VISIT, by=linked.wang, at=AT)
    logged(linked, visit=planned)
    clock.sweep(AT + 30 * DAY)
    assert not Notice.objects.filter(recipient=linked.wang).exists()


@pytest.mark.parametrize(("months_ago", "told"), [(7, True), (5, False)])
def test_half_a_year_without_contact_is_told_to_the_contact_every_month(linked, months_ago, told):
    logged(linked, held_on=TODAY - months_ago * 30 * DAY)
    services.watch(linked.scheme, at=AT)
    first = datetime.datetime(2026, 12, 1, 3, tzinfo=datetime.UTC)
    clock.sweep(first)
    clock.sweep(first)
    notices = Notice.objects.filter(recipient=linked.wang, kind=services.GAP)
    assert notices.count() == (1 if told else 0)
    assert Milestone.objects.of(linked.scheme).pending().get().due_at.date() == datetime.date(2027, 1, 1)


def test_a_scheme_that_is_switched_off_reminds_nobody(linked):
    services.watch(linked.scheme, at=AT)
    ContactScheme.objects.update(is_active=False)
    clock.sweep(AT + 30 * DAY)
    assert not Notice.objects.filter(kind=services.GAP).exists()
    assert not Milestone.objects.of(linked.scheme).pending().exists()
