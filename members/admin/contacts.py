from django.contrib import admin
from django.urls import reverse

from config.admin import Group, ScopedAdmin
from members.models import ContactScheme
from members.roles import Permission


@admin.register(ContactScheme)
class ContactSchemeAdmin(ScopedAdmin):
    """Looked up here, set up and changed on its own pages."""

    group = Group.PEOPLE
    view_permission = Permission.DUTY_MANAGE
    change_permission = None
    list_display = ["name", "contacts", "targets", "visits_a_year", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name"]
    fields = ["committee", "name", "contacts", "targets", "visits_a_year", "leads", "description", "is_active"]

    def get_view_on_site_url(self, obj=None):
        return reverse("contact-scheme", args=[obj.pk]) if obj else None
