"""The admin: who comes in, which rows and choices there are, what is written down."""

import pytest
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from config.admin import OfficeSite, ScopedAdmin, ScopedInline, transition
from config.admin.lists import CappedPaginator
from config.audit.models import AuditEntry
from config.refusals import WrongState
from consultation import presets as consultation_presets
from consultation.models import Procedure, Topic
from members.models import Body, BodyKind, Committee, Member, Membership, Organisation, Parameter, RoleGrant, User
from members.roles import Permission, Role
from proposals.models import Category
from proposals.states import AssignmentState, MicroState
from tests.factories import consultation as talks
from tests.factories import members as people
from tests.factories import proposals as matters
from tests.factories import workstations as stations

pytestmark = pytest.mark.django_db
ADMINS = sorted(admin.site._registry.items(), key=lambda item: item[0]._meta.label)
NAMES = [model._meta.label_lower for model, _ in ADMINS]


def url(model, view, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=args)


def trail(verb="admin."):
    return AuditEntry.objects.filter(verb__startswith=verb)


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
    assert choices(li, Membership, "member") == (200, {"王委员"})
    assert choices(zhao, Membership, "member") == (200, {"外县的钱委员"})
    assert choices(zhao, Organisation, "default_handler")[1] == {"外县的赵", "外县的钱委员"}
    assert choices(zhao, Member, "sector", "经济") == (200, {"经济界"})
    assert choices(li, Organisation, "region", "珠泉") == (200, {"珠泉镇"})
    assert choices(li, Organisation, "region", "431024101") == (200, {"塘村镇", "英花村"})


def test_autocomplete_limits_the_choices_as_the_field_does(cast, as_):
    Body.objects.create(committee=cast.committee, kind=BodyKind.ACTIVITY_GROUP, name="第一活动组")
    people.sector(cast.committee)
    assert choices(as_(cast.li), Member, "sector") == (200, {"经济界"})
    assert choices(as_(cast.li), Membership, "body") == (200, {"经济界", "第一活动组"})


@pytest.mark.parametrize(
    ("who", "model", "field"),
    [
        ("sun", Membership, "member"),
        ("wang", Membership, "member"),
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
    (Body, {"kind": "sector", "name": "新界别", "committee": "other"}, "committee"),
    (Body, {"kind": "sector", "name": "新界别", "committee": "own", "parent": "other_sector"}, "parent"),
    (Membership, {"body": "other_sector", "member": "wang_member", "post": "member", "since": "2026-01-01"}, "body"),
    (Membership, {"body": "own_sector", "member": "qian_member", "post": "member", "since": "2026-01-01"}, "member"),
    (RoleGrant, {"committee": "own", "user": "zhao", "role": "chair", "since": "2026-01-01"}, "user"),
    (RoleGrant, {"committee": "other", "user": "wang", "role": "chair", "since": "2026-01-01"}, "committee"),
    (RoleGrant, {"committee": "own", "user": "li", "role": "auditor", "since": "2026-01-01"}, "user"),
    (Category, {"committee": "other", "name": "新类别", "position": "1"}, "committee"),
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
        "other_unit": cast.other_unit, "wang_member": cast.wang_member, "qian_member": cast.qian_member,
        "own_sector": people.sector(cast.committee), "other_sector": people.sector(cast.other_committee),
    }  # fmt: skip
    before = model.objects.count()
    posted = {name: known[value].pk if value in known else value for name, value in given.items()}
    page = as_(cast.li).post(url(model, "add"), posted)
    errors = page.context["adminform"].form.errors
    assert list(errors) == [field]
    assert errors.as_data()[field][0].code == "invalid_choice"
    assert model.objects.count() == before


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
    from django.contrib.auth.models import Permission as DjangoPermission

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


# --- searching ---------------------------------------------------------------------------------------------------


def test_a_searchable_list_finds_by_the_sites_search(cast, as_):
    client = as_(cast.li)
    found = stations.station(cast.committee, feature="矛盾調解")
    stations.station(cast.committee, "塘村工作室", region=stations.town(cast.committee, 101))

    def rows(model, words):
        return list(client.get(url(model, "changelist"), {"q": words}).context["cl"].result_list)

    assert rows(stations.Workstation, "矛盾调解") == [found]
    assert rows(Member, "王委") == [cast.wang_member]
    assert rows(Member, "钱委") == []


# --- the trail ---------------------------------------------------------------------------------------------------


def test_adding_and_changing_write_one_line_each_with_what_changed(cast, as_):
    client = as_(cast.li)
    given = {"committee": cast.committee.pk, "kind": "town", "name": "珠泉镇政府", "is_active": "on"}
    client.post(url(Organisation, "add"), given)
    town = Organisation.objects.get(name="珠泉镇政府")
    client.post(url(Organisation, "change", town.pk), {**given, "name": "珠泉镇人民政府", "leader_name": "李建国"})
    added, changed = trail().order_by("pk")
    assert (added.verb, added.actor, added.scope, added.target_id) == (
        "admin.add",
        "李主任",
        cast.committee.pk,
        str(town.pk),
    )
    assert changed.data["changes"] == [
        {"label": "名称", "before": "珠泉镇政府", "after": "珠泉镇人民政府"},
        {"label": "分管领导", "before": "", "after": "李建国"},
    ]
    page = client.get(url(Organisation, "history", town.pk)).content.decode()
    assert "珠泉镇政府 → 珠泉镇人民政府" in page


def test_saving_without_a_change_writes_nothing(cast, as_):
    given = {"kind": "handling_unit", "name": "县住建局", "leader_name": "罗一鸣", "leader_post": "副局长"}
    as_(cast.li).post(url(Organisation, "change", cast.unit.pk), {**given, "is_active": "on"})
    assert trail().count() == 0


def test_a_choice_is_written_down_in_words_and_a_phone_number_is_not(cast, as_):
    given = {"username": "wang", "name": "王委员", "phone": "13900000001", "is_active": "on"}
    as_(cast.li).post(url(User, "change", cast.wang.pk), given)
    assert trail().get().data["changes"] == [{"label": "手机号", "before": "", "after": "(已填写)"}]
    assert trail().get().scope == cast.committee.pk
    body = people.sector(cast.committee)
    as_(cast.li).post(url(Body, "change", body.pk), {"kind": "activity_group", "name": "经济界", "is_active": "on"})
    assert trail().latest("pk").data["changes"] == [{"label": "类别", "before": "界别", "after": "活动小组"}]


def test_what_an_inline_wrote_is_in_the_line(cast, as_):
    form = {"parameters-TOTAL_FORMS": 1, "parameters-INITIAL_FORMS": 0, "parameters-0-code": "review.rule"}
    given = {"name": cast.committee.name, "short_name": cast.committee.short_name, "brand": cast.committee.brand}
    as_(cast.li).post(url(Committee, "change", cast.committee.pk), {**given, **form, "parameters-0-value": "two"})
    assert Parameter.objects.get().value == "two"
    assert trail().get().data["changes"] == [{"label": "参数", "before": "", "after": "三办联审通过规则:two"}]


def test_without_the_trail_nothing_is_saved(cast, as_, monkeypatch):
    from config.admin import scoped

    def broken(*args, **kwargs):
        raise RuntimeError("the trail cannot be written")

    monkeypatch.setattr(scoped.log, "record", broken)
    given = {"committee": cast.committee.pk, "kind": "town", "name": "珠泉镇政府", "is_active": "on"}
    with pytest.raises(RuntimeError):
        as_(cast.li).post(url(Organisation, "add"), given)
    assert not Organisation.objects.filter(name="珠泉镇政府").exists()


# --- transitions -------------------------------------------------------------------------------------------------


def told(response):
    return [(message.level_tag, str(message)) for message in response.context["messages"]]


def test_a_bulk_action_does_what_it_can_and_tells_what_it_could_not(cast, as_):
    fresh = [talks.topic(cast, title=f"第{number}个议题") for number in (1, 2)]
    taken = talks.topic(cast, "selected", title="已选的议题")
    given = {"action": "select", "_selected_action": [row.pk for row in [*fresh, taken]]}
    page = as_(cast.li).post(url(Topic, "changelist"), given, follow=True)
    ((tone, words),) = told(page)
    assert tone == "warning"
    assert words.startswith("选定:2 件已办,1 件未办:已选的议题(“已选定”的议题不能选定。")
    assert set(Topic.objects.values_list("state", flat=True)) == {"selected"}


def test_the_button_of_a_row_takes_one_step_and_disappears(cast, as_):
    topic, client = talks.topic(cast), as_(cast.li)
    assert client.get(url(Topic, "change", topic.pk)).context["buttons"] == [("select", "选定")]
    page = client.post(url(Topic, "do", topic.pk, "select"), follow=True)
    assert told(page) == [("success", "选定:1 件已办。")]
    assert page.context["buttons"] == []


def test_a_verb_is_offered_and_taken_only_by_those_who_may(cast, as_):
    topic, zhou = talks.topic(cast), as_(cast.zhou)
    assert zhou.get(url(Topic, "change", topic.pk)).context["buttons"] == []
    assert zhou.post(url(Topic, "do", topic.pk, "select")).status_code == 404
    zhou.post(url(Topic, "changelist"), {"action": "select", "_selected_action": [topic.pk]})
    assert Topic.objects.get().state == "collected"


def test_a_verb_is_never_taken_by_following_a_link(cast, as_):
    topic = talks.topic(cast)
    assert as_(cast.li).get(url(Topic, "do", topic.pk, "select")).status_code == 404
    assert Topic.objects.get().state == "collected"


def test_a_shipped_procedure_is_read_and_copied_but_not_changed(cast, as_):
    consultation_presets.load()
    shipped, client = Procedure.objects.get(name="六步协商"), as_(cast.li)
    assert client.post(url(Procedure, "change", shipped.pk), {"name": "七步协商"}).status_code == 403
    client.post(url(Procedure, "do", shipped.pk, "adopt"))
    own = Procedure.objects.get(committee=cast.committee)
    assert [step.name for step in own.steps.all()] == [step.name for step in shipped.steps.all()]
    page = client.post(url(Procedure, "do", shipped.pk, "adopt"), follow=True)
    assert told(page)[-1] == ("warning", "复制到本会:0 件已办,1 件未办:六步协商(本会已有“六步协商”。)。")
    assert Procedure.objects.filter(committee=cast.committee).count() == 1


def test_a_refusal_undoes_what_the_verb_had_done(rf, cast, settings):
    class Clumsy(ScopedAdmin):
        @transition("办", permission=Permission.OFFICE_WORK)
        def do(self, row, *, by, at):
            Organisation.objects.filter(pk=row.pk).update(name="改名")
            raise WrongState("不行。")

    from django.contrib.messages.storage.cookie import CookieStorage

    request = rf.post("/")
    request.user = cast.li
    request._messages = CookieStorage(request)
    Clumsy(Organisation, admin.site).do(request, Organisation.objects.filter(pk=cast.unit.pk))
    assert Organisation.objects.get(pk=cast.unit.pk).name == "县住建局"
    assert [str(message) for message in request._messages] == ["办:0 件已办,1 件未办:县住建局(不行。)。"]


# --- the first page ----------------------------------------------------------------------------------------------


def test_the_first_page_shows_what_waits_and_each_line_leads_to_exactly_these_rows(cast, as_):
    matters.micro(cast, MicroState.AGREED, title="待交办一")
    matters.assignment(cast, AssignmentState.PENDING, title="待签收一")
    late = matters.assignment(cast, AssignmentState.HANDLING, title="逾期一")
    type(late).objects.filter(pk=late.pk).update(due_on=timezone.localdate() - timezone.timedelta(days=1))
    stations.station(cast.committee)
    client = as_(cast.li)
    lines = client.get(reverse("admin:index")).context["waiting"]
    assert [(line["label"], line["number"], line["tone"]) for line in lines] == [
        ("逾期的交办件", "1", "late"),
        ("还没有人的站点", "1", "soon"),
        ("待交办的微建议", "1", "soon"),
        ("待签收的交办件", "1", "info"),
    ]
    for line in lines:
        assert len(client.get(line["url"]).context["cl"].result_list) == 1
    assert as_(cast.zhao).get(reverse("admin:index")).context["waiting"] == []


def test_lists_are_grouped_by_the_work(cast, as_):
    groups = as_(cast.li).get(reverse("admin:index")).context["app_list"]
    assert [group["name"] for group in groups] == [
        "提案与办理",
        "协商",
        "委员与机构",
        "工作室",
        "提醒与留痕",
        "设置",
    ]
    assert [group["name"] for group in as_(cast.sun).get(reverse("admin:index")).context["app_list"]] == [
        "提案与办理",
        "协商",
        "委员与机构",
        "提醒与留痕",
        "设置",
    ]


# --- long lists --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_needs_the_same_queries_for_more_rows(cast, as_, rows, django_assert_num_queries):
    for number in range(rows):
        stations.station(cast.committee, f"第{number}站", host=cast.unit)
        people.member(people.user(f"m{number}"), cast.committee, region=stations.town(cast.committee))
    client = as_(cast.li)
    client.get(reverse("admin:index"))
    with django_assert_num_queries(8):
        client.get(url(stations.Workstation, "changelist"))
    with django_assert_num_queries(10):
        client.get(url(Member, "changelist"))


def test_counting_and_paging_stop_at_the_cap(cast, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(CappedPaginator, "CAP", 3)
    for number in range(5):
        people.organisation(cast.committee, f"第{number}单位")
    pages = CappedPaginator(Organisation.objects.order_by("-pk"), 2)
    assert (pages.count, pages.num_pages, pages.is_capped) == (3, 2, True)
    assert not CappedPaginator(Organisation.objects.filter(kind="town").order_by("-pk"), 2).is_capped
