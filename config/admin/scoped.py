"""The one kind of ModelAdmin there is: rows, choices and permissions come from the user's own committees."""

from dataclasses import dataclass
from typing import NamedTuple

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import Truncator

from config.admin.lists import CappedPaginator, WaitingFilter, is_answerable
from config.admin.widgets import SearchedSelect
from config.audit import log
from config.search.models import Searchable
from members.roles import Permission

log.register_labels({"admin.add": "在后台新增", "admin.change": "在后台修改"})


class Group(models.TextChoices):
    """The work that a list belongs to, in the order of the first page."""

    MATTERS = "matters", "提案与办理"
    CONSULTATION = "consultation", "协商"
    PEOPLE = "people", "委员与机构"
    STATIONS = "stations", "工作室"
    REMINDERS = "reminders", "提醒与留痕"
    SETTINGS = "settings", "设置"


@dataclass(frozen=True)
class Waiting:
    """One line of the to-do on the first page: its words, and the rows of the list that it counts."""

    label: str
    rows: callable
    tone: str = "soon"


class Change(NamedTuple):
    """A field that a save changed, in words."""

    label: str
    before: str
    after: str


def of_committees(queryset, owner: str | None, committees: set[int]):
    """The rows that `owner` (a path) joins to one of `committees`, and those that belong to nobody."""
    if owner is None:
        return queryset
    belonging = models.Q(**{f"{owner}__in": committees})
    if admin.utils.get_fields_from_path(queryset.model, owner)[-1].null:
        belonging |= models.Q(**{f"{owner}__isnull": True})
    return queryset.filter(belonging)


class ScopedChoices:
    """What a foreign key may point to: rows that the user sees, of committees where the user may write."""

    def choosable(self, db_field, request, permission=None):
        related = db_field.remote_field.model
        queryset = related._default_manager.visible_to(request.user)
        held = request.user.committees_with(permission or self.change_permission)
        return of_committees(queryset, self.admin_site.owner_path(related), held)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs["queryset"] = self.choosable(db_field, request)
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = SearchedSelect(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["queryset"] = self.choosable(db_field, request)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_autocomplete_fields(self, request):
        """Every reference to a long table is searched, never listed."""
        return [
            field.name
            for field in [*self.opts.fields, *self.opts.many_to_many]
            if field.is_relation and self.admin_site.is_searched(field.remote_field.model)
        ]

    def get_readonly_fields(self, request, obj=None):
        """States and stamps are the services'; a row never moves to another committee."""
        fixed = [field.name for field in self.opts.fields if not field.editable]
        fixed += [name for name in self.fields or () if callable(getattr(self, name, None))]
        if obj and self.owned_by and self._has_field(self.owned_by):
            fixed.append(self.owned_by)
        return [*super().get_readonly_fields(request, obj), *fixed]

    def _has_field(self, name):
        return any(field.name == name and not field.primary_key for field in self.opts.fields)


class WholeRowForm(forms.ModelForm):
    """Checks also the constraints over columns that it does not show, such as the committee of an old row."""

    def _post_clean(self):
        super()._post_clean()
        if not self.errors:
            try:
                self.instance.validate_constraints()
            except ValidationError as problem:
                self._update_errors(problem)


class ScopedAdmin(ScopedChoices, admin.ModelAdmin):
    """The admin sees what its user sees on the site, asks the same permissions, leaves the same trail.

    `owned_by` is the path to the committee (or the column with its number); rows without an owner are for all to read
    and for the superuser to change. Without `change_permission` the list is for reading only.
    """

    owned_by: str | None = "committee"
    view_permission: Permission = Permission.OFFICE_WORK
    change_permission: Permission | None = None
    can_add = True
    group: Group = Group.SETTINGS
    searched_when_chosen = True  # as the target of a foreign key: a search box instead of a drop-down list
    row_actions = ()  # transitions that are offered on the page of one row only
    waiting: dict[str, Waiting] = {}
    private_fields = ()  # their change is written down, their content is not

    ordering = ("-pk",)
    sortable_by = ()
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = CappedPaginator
    actions_on_top, actions_on_bottom = True, False
    save_on_top = False
    form = WholeRowForm
    change_list_template = "admin/scoped_list.html"
    change_form_template = "admin/scoped_form.html"

    # --- which rows ----------------------------------------------------------------------------------------------

    def visible(self, request):
        """The read door of the model."""
        return self.model._default_manager.visible_to(request.user)

    def get_queryset(self, request):
        queryset = self.visible(request).order_by(*self.get_ordering(request))
        if request.user.is_superuser:
            return queryset
        return of_committees(queryset, self.owned_by, self._held(request, self.view_permission))

    def get_object(self, request, object_id, from_field=None):
        """A row of others does not exist."""
        obj = super().get_object(request, object_id, from_field)
        if obj is None:
            raise Http404
        return obj

    def owner_of(self, obj):
        """The number of the committee that `obj` belongs to; None when it is everybody's."""
        *steps, last = self.owned_by.split("__")
        for step in steps:
            obj = getattr(obj, step)
        return obj.pk if last == "pk" else getattr(obj, obj._meta.get_field(last).attname)

    # --- who may -------------------------------------------------------------------------------------------------

    def _held(self, request, permission):
        return request.user.committees_with(permission) if permission else set()

    def _may(self, request, permission, obj, *, shared):
        """Whether the user holds `permission` for the row; `shared` answers for a row without an owner."""
        if request.user.is_superuser:
            return permission is not None
        held = self._held(request, permission)
        if obj is None:
            return bool(held)
        owner = self.owner_of(obj) if self.owned_by else None
        return owner in held if owner is not None else shared and bool(held)

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        return self._may(request, self.view_permission, obj, shared=True)

    def has_change_permission(self, request, obj=None):
        return self._may(request, self.change_permission, obj, shared=False)

    def has_add_permission(self, request):
        return self.can_add and self.has_change_permission(request)

    def has_delete_permission(self, request, obj=None):
        return False

    # --- lists ---------------------------------------------------------------------------------------------------

    def get_list_filter(self, request):
        return [*([WaitingFilter] if self.waiting else []), *super().get_list_filter(request)]

    def lookup_allowed(self, lookup, value, request):
        """Only what the filters of the list ask; any other column would answer questions about hidden fields."""
        if not is_answerable(value):
            return False
        for item in self.get_list_filter(request):
            if isinstance(item, type):
                if lookup == item.parameter_name:
                    return True
                continue
            name = item if isinstance(item, str) else item[0]
            last = admin.utils.get_fields_from_path(self.model, name)[-1]
            tails = ["exact", "isnull", "gte", "lt"]
            if last.is_relation:
                tails = [f"{last.target_field.name}__exact", "isnull"]
            if lookup in {f"{name}__{tail}" for tail in tails}:
                return True
        return False

    def get_list_select_related(self, request):
        """Every relation that the list shows comes with the list."""
        relations = {field.name for field in self.opts.fields if field.is_relation}
        extra = self.list_select_related or []
        return [*extra, *(name for name in self.get_list_display(request) if name in relations)] or False

    def get_search_results(self, request, queryset, search_term):
        if issubclass(self.model, Searchable):
            return (queryset.matching(search_term) if search_term.strip() else queryset), False
        return super().get_search_results(request, queryset, search_term)

    def get_actions(self, request):
        return {
            name: action
            for name, action in super().get_actions(request).items()
            if self._may_run(request, getattr(self, name, None))
        }

    def _may_run(self, request, verb):
        needed = getattr(verb, "permission", None)
        return needed and bool(request.user.committees_with(needed) or request.user.organisations_with(needed))

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": self.opts.verbose_name_plural, **(extra_context or {})})

    # --- one row -------------------------------------------------------------------------------------------------

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_do"
        run = self.admin_site.admin_view(self.run_view)
        return [path("<path:object_id>/do/<slug:verb>/", run, name=name), *super().get_urls()]

    def _verbs(self, request):
        """The transitions that this person may take somewhere, by name."""
        found = {name: getattr(self, name) for name in [*self.actions, *self.row_actions]}
        return {name: verb for name, verb in found.items() if self._may_run(request, verb)}

    def run_view(self, request, object_id, verb):
        """One verb for one row, by the button on its page."""
        obj, verbs = self.get_object(request, object_id), self._verbs(request)
        if request.method != "POST" or verb not in verbs:
            raise Http404
        result = verbs[verb](request, self.get_queryset(request).filter(pk=obj.pk))
        return self.response_verb(request, obj, result)

    def response_verb(self, request, obj, result):
        return HttpResponseRedirect(reverse(self._url_name("change"), args=[obj.pk]))

    def _url_name(self, view):
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_{view}"

    def get_view_on_site_url(self, obj=None):
        return obj.get_absolute_url() if obj is not None and hasattr(obj, "get_absolute_url") else None

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        verbs = self._verbs(request) if obj is not None else {}
        buttons = [(name, verb.label) for name, verb in verbs.items() if verb.when(obj)]
        title = str(obj) if obj is not None else f"新增{self.opts.verbose_name}"
        context.update(buttons=buttons, group=self.group, title=title, subtitle=None)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_changeform_initial_data(self, request):
        """Whose committee it is needs no choosing when there is only one."""
        held = self._held(request, self.change_permission)
        own = {self.owned_by: next(iter(held))} if len(held) == 1 and self.owned_by else {}
        return {**own, **super().get_changeform_initial_data(request)}

    def save_model(self, request, obj, form, change):
        """The last gate: whatever the form let through, nothing is written for another committee."""
        if not self._may(request, self.change_permission, obj, shared=False):
            raise PermissionDenied
        super().save_model(request, obj, form, change)

    # --- the trail -----------------------------------------------------------------------------------------------

    def construct_change_message(self, request, form, formsets, add=False):
        """What changed, as (label, before, after); Django hands it on to log_addition and log_change."""
        changes = list(self._changes(form, add))
        for formset in formsets or []:
            label = str(formset.model._meta.verbose_name)
            written = [*formset.new_objects, *(row for row, _ in formset.changed_objects)]
            changes += [Change(label, "", str(row)) for row in written]
            changes += [Change(label, str(row), "") for row in formset.deleted_objects]
        return changes

    def _changes(self, form, add):
        for name in form.changed_data:
            field = form.fields[name]
            before = "" if add else _as_text(field, form.initial.get(name))
            after = _as_text(field, form.cleaned_data.get(name))
            hidden = name in self.private_fields
            yield Change(str(field.label), "" if hidden else before, "(已填写)" if hidden else after)

    def log_addition(self, request, obj, message):
        self._record("admin.add", request, obj, message)

    def log_change(self, request, obj, message):
        if message:
            self._record("admin.change", request, obj, message)

    def _record(self, verb, request, obj, changes):
        fields = [change._asdict() for change in changes]
        log.record(verb, obj, by=request.user, at=timezone.now(), scope=self.scope_of(obj), changes=fields)

    def scope_of(self, obj):
        """Whose auditors find the line."""
        return self.owner_of(obj) if self.owned_by else None

    def history_view(self, request, object_id, extra_context=None):
        """操作留痕 of one row, from the site's own trail."""
        obj = self.get_object(request, object_id)
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": f"操作留痕：{obj}",
            "entries": log.history(obj)[:200],
            "object": obj,
            "opts": self.opts,
            "group": self.group,
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/scoped_history.html", context)


def _as_text(field, value):
    """What a person would read in the form, shortened."""
    if value in (None, ""):
        return ""
    if isinstance(field, forms.ModelMultipleChoiceField):
        return Truncator("、".join(str(row) for row in value)).chars(200)
    if isinstance(field, forms.ModelChoiceField):
        row = value if isinstance(value, models.Model) else field.queryset.filter(pk=value).first()
        return str(row or value)
    if isinstance(field, forms.BooleanField):
        return "是" if value else "否"
    label = dict(getattr(field, "choices", ())).get(value, value)
    return Truncator(str(label)).chars(200)


class ScopedInline(ScopedChoices, admin.TabularInline):
    """Rows inside the page of the row that owns them: its committee, its permissions.

    Only lines of a template that is copied into what uses it may be taken out (`can_delete`).
    """

    owned_by = None
    extra = 0
    can_delete = False
    can_add = True
    view_on_site = False  # the route is taken out of the site; a row is opened from the page of its owner

    @property
    def _parent(self):
        return self.admin_site.get_model_admin(self.parent_model)

    @property
    def change_permission(self):
        return self._parent.change_permission

    def has_view_permission(self, request, obj=None):
        return self._parent.has_view_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return self._parent.has_change_permission(request, obj)

    def has_add_permission(self, request, obj=None):
        return self.can_add and self._parent.has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self.can_delete and self._parent.has_change_permission(request, obj)
