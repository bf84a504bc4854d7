from django.contrib import admin

from config.admin import Group, ScopedAdmin, ScopedInline, Waiting
from members.roles import Permission
from workstations.models import Demand, Project, ProjectEffect, ProjectStep, ProjectTemplate, Resource
from workstations.states import DemandState


class _Reading(ScopedAdmin):
    """For reading and counting; what is done with a row is done on its page, where its rules stand."""

    group = Group.STATIONS
    view_permission = Permission.STATION_MANAGE

    def get_view_on_site_url(self, obj=None):
        return obj.get_absolute_url() if obj else None


@admin.register(Resource)
class ResourceAdmin(_Reading):
    list_display = ["title", "field", "giver", "is_active", "at"]
    list_select_related = ["member__user", "body", "organisation"]
    list_filter = ["is_active"]
    search_fields = ["title"]
    fields = ["committee", "title", "field", "words", "member", "body", "organisation", "is_active", "at"]

    @admin.display(description="谁提供")
    def giver(self, row):
        return str(row.giver)


@admin.register(Demand)
class DemandAdmin(_Reading):
    list_display = ["title", "kind", "region", "state", "claimed_by", "raised_at"]
    list_select_related = ["region", "claimed_by__user"]
    list_filter = ["state", "kind"]
    search_fields = ["title"]
    fields = [
        "committee", "kind", "title", "field", "words", "region", "station", "who", "state", "claimed_by", "claimed_at",
        "result", "thanks", "raised_by", "raised_at", "settled_at",
    ]  # fmt: skip
    waiting = {"raised": Waiting("待核实的需求", lambda rows: rows.filter(state=DemandState.RAISED))}


class StepInline(ScopedInline):
    model = ProjectStep
    fields = ["position", "name", "due_on", "done_on", "words"]
    can_add = False


class EffectInline(ScopedInline):
    model = ProjectEffect
    fields = ["kind", "number", "source"]
    can_add = False


@admin.register(Project)
class ProjectAdmin(_Reading):
    list_display = ["title", "leader", "state", "created_at", "settled_at"]
    list_select_related = ["leader__user"]
    list_filter = ["state"]
    search_fields = ["title"]
    fields = [
        "committee", "title", "demand", "leader", "group", "why", "state", "result", "created_at", "settled_at",
    ]  # fmt: skip
    inlines = [StepInline, EffectInline]


@admin.register(ProjectTemplate)
class ProjectTemplateAdmin(_Reading):
    change_permission = Permission.STATION_MANAGE
    list_display = ["name", "source", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name"]
    fields = ["committee", "name", "source", "is_active"]
    can_add = False
