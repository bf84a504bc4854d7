"""The office's admin site: grouped by the work, to-do first, signed in to on the site's own page."""

from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.decorators import method_decorator

from config.admin.scoped import Group, ScopedAdmin
from members.roles import Permission


class ScopedAutocomplete(AutocompleteJsonView):
    """Searches among what the form itself would accept: the choices of the field that asks."""

    def process_request(self, request):
        answer = super().process_request(request)
        source_field = answer[2]
        self.asking = self.admin_site.editor_of(source_field.model)
        return answer

    def has_perm(self, request, obj=None):
        return self.asking is not None and self.asking.has_change_permission(request)

    def get_queryset(self):
        rows = self.asking.choosable(self.source_field, self.request)
        rows = rows.complex_filter(self.source_field.get_limit_choices_to())
        rows = rows.order_by(*self.model_admin.get_ordering(self.request))
        return self.model_admin.get_search_results(self.request, rows, self.term)[0]


class OfficeSite(admin.AdminSite):
    site_header = site_title = "商量 · 工作后台"
    index_title = "今天要办"
    index_template = "admin/office_index.html"
    empty_value_display = "–"
    COUNTED = 1000  # a longer queue is told as “1000 以上”

    # --- what is registered --------------------------------------------------------------------------------------

    def register(self, model_or_iterable, admin_class=None, **options):
        """Only scoped lists get in: the ones that libraries bring along know no committee."""
        if admin_class is not None and issubclass(admin_class, ScopedAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def editor_of(self, model):
        """The admin or inline through which rows of `model` are written."""
        if model in self._registry:
            return self._registry[model]
        for owner in self._registry.values():
            for inline in owner.inlines:
                if inline.model is model:
                    return inline(owner.model, self)
        return None

    def owner_path(self, model) -> str | None:
        """How a row of `model` is joined to its committee; None when it belongs to none."""
        if model in self._registry:
            return self._registry[model].owned_by
        try:
            return model._meta.get_field("committee").name
        except FieldDoesNotExist:
            return None

    def is_searched(self, model) -> bool:
        target = self._registry.get(model)
        return target is not None and bool(target.search_fields) and target.searched_when_chosen

    # --- who comes in --------------------------------------------------------------------------------------------

    def has_permission(self, request):
        user = request.user
        return user.is_active and bool(user.committees_with(Permission.OFFICE_WORK))

    @method_decorator(login_not_required)
    def login(self, request, extra_context=None):
        """The site has one door; who came through it and has no office work is told so."""
        wanted = request.GET.get("next", reverse("admin:index"))
        if not request.user.is_authenticated:
            return redirect_to_login(wanted, resolve_url("login"))
        if self.has_permission(request):
            return redirect("admin:index")
        raise PermissionDenied

    def password_change(self, request, extra_context=None):
        return redirect("password-change")

    def get_urls(self):
        """Without the shortcut that finds any row by its content type."""
        return [route for route in super().get_urls() if getattr(route, "name", None) != "view_on_site"]

    def autocomplete_view(self, request):
        return ScopedAutocomplete.as_view(admin_site=self)(request)

    # --- what is shown -------------------------------------------------------------------------------------------

    def get_app_list(self, request, app_label=None):
        """The lists by the work they belong to; models keep the order in which they were registered."""
        models_by_group = {group: [] for group in Group}
        for app in self._build_app_dict(request).values():
            for entry in app["models"]:
                models_by_group[Group(self._registry[entry["model"]].group)].append(entry)
        return [
            {
                "name": group.label,
                "app_label": group.value,
                "app_url": f"{reverse('admin:index')}#{group.value}",
                "has_module_perms": True,
                "models": entries,
            }
            for group, entries in models_by_group.items()
            if entries
        ]

    def waiting(self, request) -> list[dict]:
        """What waits, most urgent tone first: words, number, and the list that shows exactly these rows."""
        lines = []
        for model_admin in self._registry.values():
            if not model_admin.waiting or not model_admin.has_view_permission(request):
                continue
            rows = model_admin.get_queryset(request).order_by()
            address = reverse(f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}_changelist")
            for name, item in model_admin.waiting.items():
                if count := item.rows(rows)[: self.COUNTED].count():
                    number = str(count) if count < self.COUNTED else f"{count} 以上"
                    url = f"{address}?waiting={name}"
                    lines.append({"number": number, "label": item.label, "tone": item.tone, "url": url})
        return sorted(lines, key=lambda line: line["tone"] != "late")

    def index(self, request, extra_context=None):
        return super().index(request, {"waiting": self.waiting(request), **(extra_context or {})})

    def app_index(self, request, app_label, extra_context=None):
        return redirect("admin:index")
