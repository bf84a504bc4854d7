"""Accounts: a password seen once; reset and unlocked by those who manage the committees of the person."""

import datetime

import pytest
from axes.models import AccessAttempt
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from knox.models import AuthToken

from config.audit.models import AuditEntry
from config.refusals import WrongState
from members.models import Member, RoleGrant, User
from members.roles import Role
from members.rules import people as rules
from members.services import accounts as services
from tests.factories import members as make

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 11, 21, 10, tzinfo=timezone.get_default_timezone())
ADD = "/admin/members/user/add/"


def verbs():
    told = AuditEntry.objects.exclude(verb="account.login")
    return list(told.order_by("pk").values_list("verb", flat=True))


def change(person):
    return reverse("admin:members_user_change", args=[person.pk])


def do(person, verb):
    return reverse("admin:members_user_do", args=[person.pk, verb])


# --- whose account one may change --------------------------------------------------------------------------------


def test_whoever_manages_all_the_committees_of_a_person_may_set_the_password(cast):
    assert rules.can_manage_account(cast.li, cast.wang)
    assert not rules.can_manage_account(cast.zhao, cast.wang)
    assert not rules.can_manage_account(cast.sun, cast.wang)


def test_a_person_of_two_counties_belongs_to_neither_alone(cast):
    make.grant(cast.wang, Role.OFFICE_STAFF, cast.other_committee)
    assert not rules.can_manage_account(cast.li, cast.wang)
    assert not rules.can_manage_account(cast.zhao, cast.wang)


def test_past_memberships_count_as_well(cast):
    make.member(cast.wang, cast.other_committee, until=datetime.date(2021, 1, 1))
    assert not rules.can_manage_account(cast.li, cast.wang)


def test_nobody_but_a_superuser_touches_a_superuser(cast):
    root, second = (make.user(name, is_superuser=True) for name in ("root", "second"))
    make.grant(root, Role.OFFICE_STAFF, cast.committee)
    assert not rules.can_manage_account(cast.li, root)
    assert rules.can_manage_account(second, root)


def test_an_account_that_belongs_nowhere_is_nobodys(cast):
    assert not rules.can_manage_account(cast.li, make.user("lost"))


# --- services ----------------------------------------------------------------------------------------------------


def test_a_new_member_gets_a_password_that_must_be_changed(cast):
    person = User(username="new", name="新委员")
    password = services.open_account(
        person, committee=cast.committee, sector=make.sector(cast.committee), by=cast.li, at=NOW
    )
    person = User.objects.get(username="new")
    assert person.check_password(password)
    assert person.must_change_password
    assert Member.objects.get(user=person).since == NOW.date()
    assert verbs() == ["account.open"]
    assert password not in str(AuditEntry.objects.get().data)


def test_two_passwords_are_not_alike():
    first, second = services.one_time_password(), services.one_time_password()
    assert first != second
    assert [len(part) for part in first.split("-")] == [4, 4, 4]


def test_an_account_that_cannot_be_placed_is_not_opened(cast):
    with pytest.raises(Exception, match="要指明是哪个单位"):
        services.open_account(
            User(username="new", name="新"), committee=cast.committee, role=Role.UNIT_HANDLER, by=cast.li, at=NOW
        )
    assert not User.objects.filter(username="new").exists()


def test_a_reset_ends_the_old_password_and_every_token(cast):
    AuthToken.objects.create(user=cast.wang)
    password = services.reset_password(cast.wang, by=cast.li, at=NOW)
    cast.wang.refresh_from_db()
    assert cast.wang.check_password(password)
    assert not cast.wang.check_password(make.PASSWORD)
    assert cast.wang.must_change_password
    assert AuthToken.objects.count() == 0


@pytest.mark.parametrize("who", ["zhao", "sun", "wang"])
def test_others_reset_and_unlock_nothing(cast, who):
    by = getattr(cast, who)
    for verb in (services.reset_password, services.unlock_account):
        with pytest.raises(PermissionDenied):
            verb(cast.zhang, by=by, at=NOW)
    cast.zhang.refresh_from_db()
    assert cast.zhang.check_password(make.PASSWORD)


def test_unlocking_forgets_what_failed_under_either_name(cast):
    cast.wang.phone = "13900000001"
    cast.wang.save()
    for name in ("wang", "13900000001", "li"):
        AccessAttempt.objects.create(username=name, ip_address="10.0.0.1", failures_since_start=5)
    services.unlock_account(cast.wang, by=cast.li, at=NOW)
    assert list(AccessAttempt.objects.values_list("username", flat=True)) == ["li"]
    with pytest.raises(WrongState, match=r"^王委员没有被锁定。$"):
        services.unlock_account(cast.wang, by=cast.li, at=NOW)


def test_a_grant_is_taken_back_from_today_on_and_stays_as_history(cast):
    grant = RoleGrant.objects.get(user=cast.sun)
    stale = RoleGrant.objects.get(user=cast.sun)
    services.revoke_grant(grant, by=cast.li, at=NOW)
    assert RoleGrant.objects.get(user=cast.sun).until == NOW.date() - datetime.timedelta(days=1)
    with pytest.raises(WrongState):
        services.revoke_grant(stale, by=cast.li, at=NOW)
    assert verbs() == ["grant.revoke"]


def test_nobody_takes_back_the_own_grant_nor_one_of_another_county(cast):
    for by in (cast.li, cast.zhao, cast.wang):
        with pytest.raises(PermissionDenied):
            services.revoke_grant(RoleGrant.objects.get(user=cast.li), by=by, at=NOW)


# --- in the admin ------------------------------------------------------------------------------------------------


def new_person(cast, **changed):
    given = {"username": "new", "name": "新人", "phone": "", "email": "", "committee": cast.committee.pk}
    return {**given, "place": "member", "sector": make.sector(cast.committee).pk, "organisation": "", **changed}


def test_the_password_of_a_new_person_is_shown_once(cast, as_):
    page = as_(cast.li).post(ADD, new_person(cast))
    password = page.context["password"]
    assert page.status_code == 200
    assert password in page.content.decode()
    assert page.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert User.objects.get(username="new").check_password(password)
    assert password not in as_(cast.li).get(change(User.objects.get(username="new"))).content.decode()
    assert verbs() == ["account.open"]


def test_a_new_clerk_comes_in_by_a_role(cast, as_):
    as_(cast.li).post(ADD, new_person(cast, place="unit_handler", sector="", organisation=cast.unit.pk))
    grant = RoleGrant.objects.get(user__username="new")
    assert (grant.role, grant.organisation, grant.committee) == (Role.UNIT_HANDLER, cast.unit, cast.committee)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("committee", "other_committee"),
        ("sector", "other_sector"),
        ("sector", ""),
        ("organisation", "other_unit"),
        ("username", "wang"),
        ("phone", "123"),
        ("place", "emperor"),
        ("username", "13900000001"),
    ],
)
def test_a_new_person_is_not_placed_with_others(cast, as_, field, value):
    known = {
        "other_committee": cast.other_committee.pk,
        "other_unit": cast.other_unit.pk,
        "other_sector": make.sector(cast.other_committee).pk,
    }
    User.objects.filter(pk=cast.qian.pk).update(phone="13900000001")  # nobody signs in by the name of another's phone
    before = User.objects.count()
    page = as_(cast.li).post(ADD, new_person(cast, **{field: known.get(value, value)}))
    assert list(page.context["adminform"].form.errors) == [field]
    assert User.objects.count() == before


def test_a_role_of_a_unit_needs_the_unit(cast, as_):
    page = as_(cast.li).post(ADD, new_person(cast, place="unit_handler", sector=""))
    assert page.context["adminform"].form.errors["organisation"] == ["“承办人”要指明是哪个单位。"]


def test_a_phone_is_not_the_user_name_of_another(cast, as_):
    User.objects.filter(pk=cast.qian.pk).update(username="13900000002")
    page = as_(cast.li).post(ADD, new_person(cast, phone="13900000002"))
    assert list(page.context["adminform"].form.errors) == ["phone"]


@pytest.mark.parametrize("field", ["is_superuser", "is_staff", "password", "user_permissions", "groups"])
def test_no_form_makes_anybody_mightier(cast, as_, field):
    as_(cast.li).post(ADD, new_person(cast, **{field: "1"}))
    as_(cast.li).post(change(cast.wang), {"username": "wang", "name": "王委员", "is_active": "on", field: "1"})
    for person in (User.objects.get(username="new"), User.objects.get(username="wang")):
        assert not person.is_superuser
        assert not person.is_staff
        assert not person.user_permissions.exists()


def test_the_reset_password_is_shown_once(cast, as_):
    page = as_(cast.li).post(do(cast.wang, "reset_password"))
    cast.wang.refresh_from_db()
    assert cast.wang.check_password(page.context["password"])
    assert verbs() == ["account.reset"]


def test_a_person_of_two_counties_is_seen_but_not_changed(cast, as_):
    make.grant(cast.wang, Role.OFFICE_STAFF, cast.other_committee)
    li = as_(cast.li)
    assert li.get(change(cast.wang)).status_code == 200
    assert li.post(change(cast.wang), {"username": "wang", "name": "改名"}).status_code == 403
    page = li.post(do(cast.wang, "reset_password"), follow=True)
    assert [str(message) for message in page.context["messages"]] == [
        "重置密码：0 件已办，1 件未办：王委员（您没有这项权限）。"
    ]
    cast.wang.refresh_from_db()
    assert cast.wang.check_password(make.PASSWORD)


def test_superusers_are_not_seen_by_the_office(cast, as_):
    root = make.user("root", is_superuser=True)
    assert as_(cast.li).get(change(root)).status_code == 404
    make.grant(root, Role.OFFICE_STAFF, cast.committee)
    assert as_(cast.li).post(change(root), {"username": "root", "name": "改名"}).status_code == 403


def test_nobody_locks_oneself_out(cast, as_):
    as_(cast.li).post(change(cast.li), {"username": "li", "name": "李主任"})
    cast.li.refresh_from_db()
    assert cast.li.is_active
