"""The admin: who comes in, which rows and choices there are, what is written down."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission as DjangoPermission
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from config.admin import OfficeSite, ScopedAdmin, ScopedInline
from config.audit.models import AuditEntry
from members.models import (
    Body,
    BodyBudget,
    BodyKind,
    Committee,
    Member,
    Membership,
    Organisation,
    Parameter,
    RoleGrant,
    User,
)
from members.roles import Role
from proposals.models import Category
from proposals.states import MicroState
from tests.factories import consultation as talks
from tests.factories import members as people
from tests.factories import proposals as matters
from tests.factories import workstations as stations

pytestmark = pytest.mark.django_db
ADMINS = sorted(admin.site._registry.items(), key=lambda item: item[0]._meta.label)
NAMES = [model._meta.label_lower for model, _ in ADMINS]


def url(model, view, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=args)


# --- the whole site ----------------------------------------------------------------------------------------------


def test_every_list_is_scoped_and_deletes_nothing(rf, cast):
    request = rf.get("/")
    request.user = people.user("root", is_superuser=True)
    assert isinstance(admin.site._wrapped, OfficeSite)
    for _, model_admin in ADMINS:
        assert isinstance(model_admin, ScopedAdmin)
        assert all(issubclass(inline, ScopedInline) for inline in model_admin.inlines)
        assert not model_admin.has_delete_permission(request)
        assert "delete_selected" not in model_admin.get_actions(request)
        assert model_admin.list_per_page <= 50
        assert not model_admin.show_full_result_count


def test_every_list_and_its_search_open(cast, as_):
    client = as_(people.user("root", is_superuser=True))
    for model, model_admin in ADMINS:
        for words in ({}, {"q": "珠泉"} if model_admin.search_fields else {}):
            assert client.get(url(model, "changelist"), words).status_code == 200, model


def test_rows_inside_a_row_that_have_a_page_of_their_own_do_not_break_it(cast, as_):
    station = stations.station(cast.committee)
    stations.room(station)
    assert as_(cast.li).get(url(type(station), "change", station.pk)).status_code == 200


def test_lists_that_libraries_bring_along_are_not_registered():
    assert {"auth.group", "axes.accessattempt", "knox.authtoken"}.isdisjoint(NAMES)


def test_states_and_stamps_are_never_fields_of_a_form(rf, cast):
    request = rf.get("/")
    request.user = cast.li
    for model, model_admin in ADMINS:
        fixed = {field.name for field in model._meta.fields if not field.editable}
        assert fixed.isdisjoint(model_admin.get_form(request).base_fields)


@pytest.mark.parametrize(
    ("who", "answer"),
    [("wang", 403), ("zhang", 403), ("dang", 403), ("li", 200), ("sun", 200), ("zhou", 200), ("zhao", 200)],
)
def test_who_does_office_work_comes_in(cast, as_, who, answer):
    user = User.objects.get(username=who)
    response = as_(user).get(reverse("admin:index"), follow=True)
    assert response.status_code == answer


def test_signing_in_happens_on_the_sites_own_page(cast, as_):
    response = as_(None).get(reverse("admin:index"), follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("login"))
    assert response.redirect_chain[-1][0].endswith("next=/admin/")
    assert as_(cast.li).get(reverse("admin:login")).url == reverse("admin:index")


def test_a_revoked_role_closes_the_door_at_once(cast, as_):
    RoleGrant.objects.filter(user=cast.li).update(until=people.SINCE)
    assert as_(cast.li).get(reverse("admin:index"), follow=True).status_code == 403


def test_the_shortcut_that_finds_any_row_does_not_exist(cast, as_):
    assert as_(cast.li).get("/admin/r/1/1/").status_code == 404


# --- another county's rows ---------------------------------------------------------------------------------------


def row_of(model, cast):
    """A row of 嘉禾县 for each kind that a person may see in the admin."""
    make = {
        "members.committee": lambda: cast.committee,
        "members.member": lambda: cast.wang_member,
        "members.user": lambda: cast.wang,
        "members.rolegrant": lambda: RoleGrant.objects.filter(committee=cast.committee).first(),
        "members.organisation": lambda: cast.unit,
        "members.body": lambda: people.sector(cast.committee),
        "members.membership": lambda: Membership.objects.create(
            body=people.sector(cast.committee), member=cast.wang_member
        ),
        "workstations.workstation": lambda: stations.closed_station(cast.committee),
        "proposals.microproposal": lambda: matters.micro(cast, MicroState.REVIEWING),
        "proposals.assignment": lambda: matters.assignment(cast),
        "consultation.topic": lambda: talks.topic(cast),
        "consultation.annualplan": lambda: talks.plan(cast),
        "consultation.consultation": lambda: talks.consultation(cast),
    }
    return make[model._meta.label_lower]()


OWNED = [
    model
    for model, _ in ADMINS
    if model._meta.label_lower
    in {
        "members.committee", "members.member", "members.user", "members.rolegrant", "members.organisation",
        "members.body", "members.membership", "workstations.workstation", "proposals.microproposal",
        "proposals.assignment", "consultation.topic", "consultation.annualplan", "consultation.consultation",
    }
]  # fmt: skip


@pytest.mark.parametrize("model", OWNED, ids=[model._meta.label_lower for model in OWNED])
def test_another_countys_row_is_nowhere(cast, as_, model):
    row = row_of(model, cast)
    li, zhao = as_(cast.li), as_(cast.zhao)
    assert li.get(url(model, "change", row.pk)).status_code == 200
    assert li.get(url(model, "history", row.pk)).status_code == 200
    listed = li.get(url(model, "changelist")).context["cl"].result_list
    assert row in listed

    before = AuditEntry.objects.count()
    assert zhao.get(url(model, "change", row.pk)).status_code == 404
    assert zhao.post(url(model, "change", row.pk), {"name": "改名"}).status_code == 404
    assert zhao.get(url(model, "history", row.pk)).status_code == 404
    assert zhao.get(url(model, "delete", row.pk)).status_code == 404
    for verb in [*admin.site._registry[model].actions, *admin.site._registry[model].row_actions, "delete_selected"]:
        assert zhao.post(url(model, "do", row.pk, verb)).status_code == 404
        zhao.post(url(model, "changelist"), {"action": verb, "_selected_action": [row.pk]})
    assert row not in zhao.get(url(model, "changelist")).context["cl"].result_list
    assert AuditEntry.objects.count() == before
    copy = model._default_manager.get(pk=row.pk)
    for field in model._meta.concrete_fields:
        assert getattr(copy, field.attname) == getattr(row, field.attname)


def test_nobody_deletes_even_the_own_rows(cast, as_):
    assert as_(cast.li).post(url(Body, "delete", people.sector(cast.committee).pk), {"post": "yes"}).status_code == 403
    assert Body.objects.filter(committee=cast.committee, kind=BodyKind.SECTOR).exists()


def choices(client, model, field, term=""):
    given = {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": field}
    response = client.get(reverse("admin:autocomplete"), {**given, "term": term})
    return response.status_code, {found["text"] for found in response.json()["results"]} if response.content else set()


def test_autocomplete_offers_what_the_form_accepts(cast, as_):
    li, zhao = as_(cast.li), as_(cast.zhao)
    assert choices(li, stations.Workstation, "member") == (200, {"王委员"})
    assert choices(zhao, stations.Workstation, "member") == (200, {"外县的钱委员"})
    assert choices(zhao, Organisation, "default_handler")[1] == {"外县的赵", "外县的钱委员"}
    assert choices(zhao, Member, "sector", "经济") == (200, {"经济界"})
    assert choices(li, Organisation, "region", "珠泉") == (200, {"珠泉镇"})
    assert choices(li, Organisation, "region", "431024101") == (200, {"塘村镇", "英花村"})


def test_autocomplete_asks_for_the_permission_of_the_form_not_of_the_list(cast, as_):
    """孙督查 may look at the units of 嘉禾县, but keeps stations only in 永兴县."""
    people.grant(cast.sun, Role.OFFICE_STAFF, cast.other_committee)
    assert choices(as_(cast.sun), stations.Workstation, "host") == (200, {"永兴县住建局"})


def test_autocomplete_limits_the_choices_as_the_field_does(cast, as_):
    Body.objects.create(committee=cast.committee, kind=BodyKind.ACTIVITY_GROUP, name="第一活动组")
    people.sector(cast.committee)
    assert choices(as_(cast.li), Member, "sector") == (200, {"经济界"})
    assert choices(as_(cast.li), BodyBudget, "body") == (200, {"经济界", "第一活动组"})


@pytest.mark.parametrize(
    ("who", "model", "field"),
    [
        ("li", Membership, "member"),
        ("sun", BodyBudget, "body"),
        ("wang", BodyBudget, "body"),
        ("li", AuditEntry, "actor_id"),
        ("li", RoleGrant, "nothing"),
    ],
)
def test_autocomplete_is_for_those_who_may_fill_in_the_form(cast, as_, who, model, field):
    response = as_(getattr(cast, who)).get(
        reverse("admin:autocomplete"),
        {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": field, "term": ""},
    )
    assert response.status_code in (302, 403)


FORGED = [
    (
        Organisation,
        {"kind": "town", "name": "新单位", "committee": "own", "default_handler": "zhao"},
        "default_handler",
    ),
    (Organisation, {"kind": "town", "name": "新单位", "committee": "other"}, "committee"),
    (Body, {"kind": "sector", "name": "新界别", "position": "0", "committee": "other"}, "committee"),
    (Body, {"kind": "sector", "name": "新", "position": "0", "committee": "own", "parent": "other_sector"}, "parent"),
    (BodyBudget, {"body": "other_sector", "year": "2026", "granted": "1", "spent": "0"}, "body"),
    (RoleGrant, {"committee": "own", "user": "zhao", "role": "chair", "since": "2026-01-01"}, "user"),
    (RoleGrant, {"committee": "other", "user": "wang", "role": "chair", "since": "2026-01-01"}, "committee"),
    (RoleGrant, {"committee": "own", "user": "li", "role": "auditor", "since": "2026-01-01"}, "user"),
    (Category, {"scheme": "field", "committee": "other", "name": "新类别", "position": "1"}, "committee"),
    (
        stations.Workstation,
        {"committee": "own", "kind": "liaison_station", "name": "站", "region": "431024100000", "host": "other_unit"},
        "host",
    ),
]


@pytest.mark.parametrize(("model", "given", "field"), FORGED)
def test_a_foreign_key_to_another_county_is_not_a_valid_choice(cast, as_, model, given, field):
    known = {
        "own": cast.committee, "other": cast.other_committee, "zhao": cast.zhao, "wang": cast.wang, "li": cast.li,
        "other_unit": cast.other_unit, "other_sector": people.sector(cast.other_committee),
    }  # fmt: skip
    before = model.objects.count()
    posted = {name: known[value].pk if value in known else value for name, value in given.items()}
    page = as_(cast.li).post(url(model, "add"), posted)
    errors = page.context["adminform"].form.errors
    assert list(errors) == [field]
    assert errors.as_data()[field][0].code == "invalid_choice"
    assert model.objects.count() == before


@pytest.mark.parametrize("key", ["x", "²", "\x00", "9" * 31, "9" * 5000, "-1"])
def test_a_choice_that_can_be_nobodys_key_is_refused_at_its_field(cast, as_, key):
    page = as_(cast.li).post("/admin/members/rolegrant/add/", {"committee": cast.committee.pk, "user": key})
    assert (page.status_code, "user" in page.context["adminform"].form.errors) == (200, True)


@pytest.mark.parametrize(
    ("model", "query"),
    [
        ("members/rolegrant", {"role__exact": "chair\x00"}),
        ("members/user", {"last_login__gte": "0001-01-01"}),
        ("members/user", {"last_login__lt": "0001-01-01 00:00:00+14:00"}),
        ("members/user", {"last_login__lt": "9999-12-31 23:59:59-12:00"}),
    ],
)
def test_a_filter_asks_nothing_that_no_database_can_answer(cast, as_, model, query):
    assert as_(cast.li).get(f"/admin/{model}/", query).status_code == 400


def test_a_row_never_moves_to_another_committee(cast, as_):
    unit = {"committee": cast.other_committee.pk, "kind": cast.unit.kind, "name": "县住建局", "is_active": "on"}
    assert as_(cast.li).post(url(Organisation, "change", cast.unit.pk), unit).status_code == 302
    assert Organisation.objects.get(pk=cast.unit.pk).committee == cast.committee


def test_whatever_a_form_let_through_nothing_is_written_for_another_county(cast, rf):
    request = rf.post("/")
    request.user = cast.zhao
    for row in (cast.unit, cast.wang_member, stations.station(cast.committee)):
        with pytest.raises(PermissionDenied):
            admin.site._registry[type(row)].save_model(request, row, form=None, change=True)


def test_a_grant_is_never_turned_into_another_one(cast, as_):
    grant = RoleGrant.objects.get(user=cast.sun)
    given = {"committee": cast.committee.pk, "user": cast.sun.pk, "role": "auditor", "since": "2026-01-01"}
    assert as_(cast.li).post(url(RoleGrant, "change", grant.pk), given).status_code == 403
    as_(cast.li).post(url(RoleGrant, "do", grant.pk, "revoke"))
    grant.refresh_from_db()
    assert (grant.role, grant.until is not None) == (Role.SUPERVISOR, True)


def test_an_inline_of_another_countys_row_is_not_written(cast, as_):
    form = {"parameters-TOTAL_FORMS": 1, "parameters-INITIAL_FORMS": 0, "parameters-0-code": "review.rule"}
    given = {**form, "parameters-0-value": "two", "name": "改名", "short_name": "改名", "brand": "改名"}
    assert as_(cast.zhao).post(url(Committee, "change", cast.committee.pk), given).status_code == 404
    assert Parameter.objects.count() == 0


# --- permissions are our own -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "sees", "changes"),
    [
        (Role.OFFICE_STAFF, True, True),
        (Role.SUPERVISOR, False, False),
        (Role.AUDITOR, False, False),
    ],
)
def test_the_people_lists_follow_the_role(cast, as_, role, sees, changes):
    person = people.user("someone")
    people.grant(person, role, cast.committee)
    client = as_(person)
    assert (client.get(url(Member, "changelist")).status_code == 200) == sees
    assert (client.get(url(Member, "add")).status_code == 200) == changes


def test_djangos_own_permissions_open_nothing(cast, as_):
    cast.sun.user_permissions.set(DjangoPermission.objects.all())
    assert as_(cast.sun).get(url(Member, "changelist")).status_code == 403


def test_who_only_reads_a_list_cannot_post_to_it(cast, as_):
    sun = as_(cast.sun)
    assert sun.get(url(Organisation, "change", cast.unit.pk)).status_code == 200
    assert sun.post(url(Organisation, "change", cast.unit.pk), {"name": "改名"}).status_code == 403
    assert sun.post(url(Organisation, "add"), {"name": "新单位"}).status_code == 403


def test_a_permission_in_one_county_opens_nothing_of_the_other(cast, as_):
    """孙督查 supervises in 嘉禾县 and is office staff in 永兴县: there he manages people, here he does not."""
    people.grant(cast.sun, Role.OFFICE_STAFF, cast.other_committee)
    sun = as_(cast.sun)
    listed = sun.get(url(Member, "changelist")).context["cl"].result_list
    assert [row.pk for row in listed] == [cast.qian_member.pk]
    assert sun.get(url(Member, "change", cast.wang_member.pk)).status_code == 404
    assert sun.get(url(Organisation, "change", cast.unit.pk)).status_code == 200
    assert sun.post(url(Organisation, "change", cast.unit.pk), {"name": "改名"}).status_code == 403


# --- no oracle ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "query"),
    [
        (User, "phone__startswith=139"),
        (User, "password__startswith=md5"),
        (User, "email__contains=a"),
        (User, "is_superuser__exact=1"),
        (Member, "user__phone__startswith=139"),
        (Member, "user__password__startswith=md5"),
        (Member, "specialties__contains=a"),
        (Organisation, "default_handler__phone__startswith=139"),
        (Membership, "member__user__phone__startswith=139"),
        (stations.Workstation, "member__user__phone__startswith=139"),
        (RoleGrant, "user__username__startswith=w"),
    ],
)
def test_a_column_that_no_filter_offers_answers_no_question(cast, as_, model, query):
    assert as_(cast.li).get(f"{url(model, 'changelist')}?{query}").status_code == 400


@pytest.mark.parametrize(
    ("model", "query"),
    [
        (User, "is_active__exact=1"),
        (Member, "sector__id__exact=1"),
        (Organisation, "kind__exact=town"),
        (stations.Workstation, "waiting=unstaffed"),
        (stations.Workstation, "is_open__exact=1&kind__exact=township_studio"),
    ],
)
def test_the_filters_of_a_list_work(cast, as_, model, query):
    assert as_(cast.li).get(f"{url(model, 'changelist')}?{query}").status_code == 200


def test_columns_that_are_not_indexed_are_not_sorted_by(cast, as_):
    first = as_(cast.li).get(f"{url(Organisation, 'changelist')}?o=4")
    assert [row.pk for row in first.context["cl"].result_list] == sorted(
        Organisation.objects.filter(committee=cast.committee).values_list("pk", flat=True), reverse=True
    )


def test_filters_offer_nothing_of_others(cast, as_):
    people.sector(cast.committee, "农业界")
    people.sector(cast.other_committee, "外县界别")
    page = as_(cast.li).get(url(Member, "changelist"))
    (sectors,) = [spec for spec in page.context["cl"].filter_specs if spec.title == "界别"]
    assert {name for _, name in sectors.lookup_choices} == {"经济界", "农业界"}
