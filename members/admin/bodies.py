from django.contrib import admin

from config.admin import Group, ScopedAdmin
from members.models import Body, BodyBudget, Membership
from members.roles import Permission


@admin.register(Body)
class BodyAdmin(ScopedAdmin):
    group = Group.PEOPLE
    change_permission = Permission.PEOPLE_MANAGE
    list_display = ["name", "kind", "parent", "region", "feature", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name", "feature"]
    fields = [
        "committee", "kind", "name", "parent", "host", "party_level", "region", "feature", "position", "is_sensitive",
        "is_active", "closed_on",
    ]  # fmt: skip

    def get_readonly_fields(self, request, obj=None):
        """What something is stays; closing it ends its seats, on its own page."""
        closing = ["is_active", "closed_on"]
        return [*super().get_readonly_fields(request, obj), *closing, *(["kind"] if obj else [])]


@admin.register(Membership)
class MembershipAdmin(ScopedAdmin):
    """To look people up; seats are given and ended on the page of the body, where its rules are kept."""

    group = Group.PEOPLE
    owned_by = "body__committee"
    view_permission = change_permission = Permission.PEOPLE_MANAGE
    list_display = ["person", "body", "post", "since", "until"]
    list_select_related = ["member__user", "body"]
    list_filter = ["post", "standing"]
    search_fields = ["member__user__name", "person_name", "body__name"]
    fields = ["body", "member", "person_name", "person_title", "standing", "specialty", "post", "since", "until"]

    @admin.display(description="姓名")
    def person(self, row):
        return row.person

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(BodyBudget)
class BodyBudgetAdmin(ScopedAdmin):
    group = Group.PEOPLE
    owned_by = "body__committee"
    view_permission = change_permission = Permission.PEOPLE_MANAGE
    list_display = ["body", "year", "granted", "spent", "source"]
    list_filter = ["year"]
    search_fields = ["body__name"]
    fields = ["body", "year", "granted", "spent", "source"]
