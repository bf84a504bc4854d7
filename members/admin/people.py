from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.template.response import TemplateResponse
from django.utils import timezone

from config.admin import Group, ScopedAdmin, ScopedInline, transition
from members.models import (
    Body,
    BodyKind,
    Committee,
    Member,
    Organisation,
    Parameter,
    Region,
    RegionLevel,
    RoleGrant,
    User,
)
from members.roles import Permission, Role
from members.rules import people as rules
from members.services import accounts as services

# --- people ------------------------------------------------------------------------------------------------------


class NewAccountForm(forms.ModelForm):
    """A person comes in as a member of a sector, or by a role."""

    MEMBER = "member"
    place = forms.ChoiceField(label="身份", choices=[(MEMBER, "政协委员"), *Role.choices])

    class Meta:
        model = User
        fields = ["username", "name", "phone", "email"]

    def clean(self):
        data = super().clean()
        committee, place = data.get("committee"), data.get("place")
        held_for = {name: data.get(name) for name in ("organisation", "body")}
        grant = RoleGrant(role=place or "", committee=committee, **held_for)
        if place == self.MEMBER:
            if not data.get("sector"):
                self.add_error("sector", "委员要指明界别。")
            elif committee and data["sector"].committee_id != committee.pk:
                self.add_error("sector", "界别须属于同一个政协委员会。")
        elif place and committee:
            try:
                grant.clean()
            except forms.ValidationError as problem:
                self.add_error(None, problem)
        return data


@admin.register(User)
class UserAdmin(ScopedAdmin):
    group = Group.PEOPLE
    owned_by = None
    view_permission = change_permission = Permission.PEOPLE_MANAGE
    list_display = ["name", "username", "masked_phone", "is_active", "last_login"]
    list_filter = ["is_active", "last_login"]
    search_fields = ["name", "username", "phone"]
    fields = ["username", "name", "phone", "email", "is_active", "must_change_password", "last_login", "date_joined"]
    readonly_fields = ["must_change_password", "last_login", "date_joined"]
    private_fields = ["phone", "email"]
    actions = ["unlock"]
    row_actions = ["reset_password"]

    @admin.display(description="手机号")
    def masked_phone(self, row):
        return row.masked_phone

    # --- whom one may change -------------------------------------------------------------------------------------

    def has_change_permission(self, request, obj=None):
        if obj is None:
            return bool(self._held(request, self.change_permission))
        return rules.can_manage_account(request.user, obj)

    def get_readonly_fields(self, request, obj=None):
        """Nobody locks oneself out."""
        own = ["is_active"] if obj == request.user else []
        return [*super().get_readonly_fields(request, obj), *own]

    # --- a new person --------------------------------------------------------------------------------------------

    def get_fields(self, request, obj=None):
        if obj is not None:
            return super().get_fields(request, obj)
        return ["username", "name", "phone", "email", "committee", "place", "sector", "organisation", "body"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        """The form for a new person also asks where the person belongs."""
        if obj is not None:
            return super().get_form(request, obj, change, **kwargs)
        held = request.user.committees_with(self.change_permission)
        sectors = Body.objects.filter(committee__in=held, kind=BodyKind.SECTOR)
        looked_after = Body.objects.filter(committee__in=held, is_active=True).exclude(kind=BodyKind.SECTOR)
        choices = {
            "committee": (Committee.objects.filter(pk__in=held), "政协", True, ""),
            "sector": (sectors, "界别", False, "身份是政协委员时选择"),
            "organisation": (Organisation.objects.filter(committee__in=held), "单位", False, "身份属于某个单位时选择"),
            "body": (looked_after, "机构", False, "身份是政协秘书时，选择他负责的联络组或履职小组"),
        }
        extra = {
            name: forms.ModelChoiceField(rows, label=label, required=required, help_text=words)
            for name, (rows, label, required, words) in choices.items()
        }
        return type("NewAccount", (NewAccountForm,), extra)

    def get_changeform_initial_data(self, request):
        held = request.user.committees_with(self.change_permission)
        return {"committee": min(held)} if len(held) == 1 else {}

    def save_model(self, request, obj, form, change):
        if change:
            if not self.has_change_permission(request, obj):
                raise PermissionDenied
            obj.save()
            return
        given = form.cleaned_data
        member = given["place"] == NewAccountForm.MEMBER
        request.one_time_password = services.open_account(
            obj,
            committee=given["committee"],
            role="" if member else given["place"],
            organisation=None if member else given["organisation"],
            body=None if member else given["body"],
            sector=given["sector"] if member else None,
            by=request.user,
            at=timezone.now(),
        )

    def add_view(self, request, form_url="", extra_context=None):
        """The password comes next, nothing else."""
        only_save = {"show_save_and_continue": False, "show_save_and_add_another": False}
        return super().add_view(request, form_url, {**only_save, **(extra_context or {})})

    def log_addition(self, request, obj, message):
        """`open_account` has told it already."""

    def response_add(self, request, obj, post_url_continue=None):
        return self._show_once(request, obj, request.one_time_password)

    # --- passwords -----------------------------------------------------------------------------------------------

    @transition("重置密码", permission=Permission.PEOPLE_MANAGE)
    def reset_password(self, row, *, by, at):
        return services.reset_password(row, by=by, at=at)

    @transition("解除登录锁定", permission=Permission.PEOPLE_MANAGE)
    def unlock(self, row, *, by, at):
        services.unlock_account(row, by=by, at=at)

    def response_verb(self, request, obj, result):
        return self._show_once(request, obj, result) if result else super().response_verb(request, obj, result)

    def _show_once(self, request, obj, password):
        """The only place where the password is ever seen: no redirect, no message, nothing kept."""
        context = {
            **self.admin_site.each_context(request),
            "title": f"{obj}的一次性密码",
            "account": obj,
            "password": password,
            "opts": self.opts,
            "group": self.group,
        }
        return TemplateResponse(request, "admin/one_time_password.html", context)

    def scope_of(self, obj):
        home = obj.home_committee
        return home.pk if home else None


@admin.register(Member)
class MemberAdmin(ScopedAdmin):
    group = Group.PEOPLE
    view_permission = change_permission = Permission.PEOPLE_MANAGE
    list_display = ["user", "sector", "region", "work_post", "is_standing", "since", "until"]
    list_filter = ["sector", "is_standing", "is_public"]
    search_fields = ["specialties"]
    fields = [
        "committee", "user", "term", "sector", "is_standing", "region", "number", "party", "work_post", "specialties",
        "introduction", "is_public", "since", "until",
    ]  # fmt: skip
    private_fields = ["work_post", "party"]

    def get_readonly_fields(self, request, obj=None):
        """A membership stays that person's."""
        return [*super().get_readonly_fields(request, obj), *(["user"] if obj else [])]


@admin.register(RoleGrant)
class RoleGrantAdmin(ScopedAdmin):
    group = Group.PEOPLE
    view_permission = change_permission = Permission.PEOPLE_MANAGE
    list_display = ["user", "role", "organisation", "body", "since", "until"]
    list_filter = ["role", "organisation"]
    search_fields = ["user__name"]
    fields = ["committee", "user", "role", "organisation", "body", "since", "until"]
    actions = ["revoke"]

    def has_change_permission(self, request, obj=None):
        """A grant is given or taken back, never turned into another one."""
        return obj is None and super().has_change_permission(request)

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), "until"]

    def choosable(self, db_field, request, permission=None):
        """Nobody grants a role to oneself."""
        queryset = super().choosable(db_field, request, permission)
        own = db_field.name == "user" and not request.user.is_superuser
        return queryset.exclude(pk=request.user.pk) if own else queryset

    @transition("收回授权", permission=Permission.PEOPLE_MANAGE, when=lambda row: row.until is None)
    def revoke(self, row, *, by, at):
        services.revoke_grant(row, by=by, at=at)


# --- organisations -------------------------------------------------------------------------------------------------


@admin.register(Organisation)
class OrganisationAdmin(ScopedAdmin):
    group = Group.PEOPLE
    change_permission = Permission.PEOPLE_MANAGE
    list_display = ["name", "kind", "region", "leader_name", "default_handler", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name", "short_name"]
    fields = [
        "committee", "kind", "name", "short_name", "region", "leader_name", "leader_post", "default_handler",
        "is_active",
    ]  # fmt: skip


# --- settings ----------------------------------------------------------------------------------------------------


class ParameterInline(ScopedInline):
    model = Parameter
    fields = ["code", "value"]


@admin.register(Committee)
class CommitteeAdmin(ScopedAdmin):
    owned_by = "id"
    change_permission = Permission.REFERENCE_MANAGE
    searched_when_chosen = False
    list_display = ["name", "brand", "region", "term", "upper"]
    search_fields = ["name", "short_name"]
    fields = ["name", "short_name", "slug", "brand", "region", "term", "upper"]
    ordering = ["region_id"]
    inlines = [ParameterInline]

    def has_add_permission(self, request):
        """A tenant is set up by those who run the platform."""
        return request.user.is_superuser

    def get_readonly_fields(self, request, obj=None):
        return [] if request.user.is_superuser else ["slug", "region", "term", "upper"]


@admin.register(Region)
class RegionAdmin(ScopedAdmin):
    """Read only: divisions come from the statistical register, by import."""

    owned_by = None
    list_display = ["code", "name", "level", "parent", "valid_to"]
    list_filter = ["level"]
    search_fields = ["code", "name"]
    fields = ["code", "name", "level", "parent", "valid_from", "valid_to"]
    ordering = ["code"]

    def get_search_results(self, request, queryset, search_term):
        """By the first digits of the code; by name among counties and above, and everything at home: two indexes."""
        words = search_term.strip()
        if not words:
            return queryset, False
        if words.isascii() and words.isdigit():
            return queryset.filter(code__gte=words, code__lt=words.ljust(20, "9")), False
        near = models.Q(level__lte=RegionLevel.COUNTY)
        for committee in Committee.objects.filter(pk__in=request.user.committee_ids).select_related("region"):
            low, high = committee.region.span
            near |= models.Q(code__gte=low, code__lt=high)
        return queryset.filter(near, name__startswith=words), False
