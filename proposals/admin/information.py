from django.contrib import admin

from config.admin import Group, ScopedAdmin, Waiting, YearFilter
from members.roles import Permission
from proposals.models import Bulletin, Information, Instruction
from proposals.queries.information import UNSEEN
from proposals.states import BulletinState, InformationState


@admin.register(Information)
class InformationAdmin(ScopedAdmin):
    """For looking through; the register's own page numbers, returns, shelves and edits."""

    group = Group.MATTERS
    view_permission = Permission.INFORMATION_VIEW
    list_display = ["serial", "title", "author", "reporter", "category", "state", "bulletin", "submitted_at"]
    list_display_links = ["serial", "title"]
    list_select_related = ["author__user", "category", "bulletin"]
    list_filter = ["state", YearFilter, "category"]
    search_fields = ["title"]
    fields = [
        "serial", "title", "author", "reporter", "problem", "cause", "suggestion", "category", "region", "word",
        "micro", "proposal", "state", "same_as", "bulletin", "words", "submitted_at",
    ]  # fmt: skip
    waiting = {
        "register": Waiting("待登记的社情民意", lambda rows: rows.filter(state=InformationState.SUBMITTED)),
    }

    def visible(self, request):
        """A draft is its writer's, here too."""
        return super().visible(request).exclude(state__in=UNSEEN)

    @admin.display(description="登记号")
    def serial(self, row):
        return row.serial or "未登记"


@admin.register(Bulletin)
class BulletinAdmin(ScopedAdmin):
    group = Group.MATTERS
    view_permission = Permission.INFORMATION_VIEW
    list_display = ["serial", "title", "state", "editor", "signer", "issued_at"]
    list_display_links = ["serial", "title"]
    list_select_related = ["editor", "signer"]
    list_filter = ["state", YearFilter]
    search_fields = ["title"]
    fields = ["serial", "title", "text", "range", "state", "editor", "signer", "issued_at"]
    waiting = {"sign": Waiting("待签发的社情民意", lambda rows: rows.filter(state=BulletinState.TO_SIGN))}

    @admin.display(description="期号")
    def serial(self, row):
        return row.serial or "未编号"


@admin.register(Instruction)
class InstructionAdmin(ScopedAdmin):
    """Quoted words stay inside: only who reads information."""

    group = Group.MATTERS
    view_permission = Permission.INFORMATION_VIEW
    list_display = ["leader_name", "leader_post", "level", "on", "paper", "followed"]
    list_select_related = ["bulletin", "proposal__plenary"]
    list_filter = ["level", "on"]
    search_fields = ["leader_name", "about"]
    fields = ["bulletin", "proposal", "about", "leader_name", "leader_post", "level", "on", "quote", "by", "at"]
    waiting = {"follow": Waiting("没有登记落实情况的批示", lambda rows: rows.filter(steps=None))}

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("steps")

    @admin.display(description="批在")
    def paper(self, row):
        return row.bulletin or row.proposal or row.about

    @admin.display(description="落实情况")
    def followed(self, row):
        return f"{len(row.steps.all())} 条" if row.steps.all() else "还没有"
