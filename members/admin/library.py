from django.contrib import admin

from config.admin import Group, ScopedAdmin
from members.models import Practice, Regulation
from members.roles import Permission


@admin.register(Regulation)
class RegulationAdmin(ScopedAdmin):
    """For reading; registering, editing and repealing are done on its pages."""

    group = Group.SETTINGS
    view_permission = Permission.REFERENCE_MANAGE
    list_display = ["title", "issuer", "number", "issued_on", "state", "is_public"]
    list_filter = ["state", "is_public"]
    search_fields = ["title"]
    fields = ["title", "issuer", "number", "issued_on", "state", "repealed_on", "tags", "is_public", "text"]


@admin.register(Practice)
class PracticeAdmin(ScopedAdmin):
    """For reading; sharing and attaching are done on its page."""

    group = Group.SETTINGS
    view_permission = Permission.REFERENCE_MANAGE
    list_display = ["title", "kind", "committee", "is_shared", "payload_title"]
    list_filter = ["kind", "is_shared"]
    search_fields = ["title"]
    fields = ["kind", "title", "summary", "text", "effect", "payload_title", "is_shared"]
