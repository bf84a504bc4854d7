from django.contrib import admin

from config.admin import Group, ScopedAdmin
from members.roles import Permission
from proposals.models import UnitAppraisal


@admin.register(UnitAppraisal)
class UnitAppraisalAdmin(ScopedAdmin):
    """For looking through; indicators and scores are kept on the site's pages."""

    group = Group.MATTERS
    view_permission = Permission.MATTER_VIEW
    list_display = ["year", "of", "least", "state", "published_at"]
    list_filter = ["of", "state"]
    fields = ["year", "of", "least", "state", "published_at"]

    def get_view_on_site_url(self, obj=None):
        return obj.get_absolute_url() if obj else None
