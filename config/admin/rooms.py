"""The lists of the utility rooms: reminders, deliveries, the trail, the calendar."""

from django import forms
from django.contrib import admin

from config.admin.scoped import Group, ScopedAdmin, Waiting, WholeRowForm
from config.admin.transitions import transition
from config.audit.models import AuditEntry
from config.milestones import clock
from config.milestones.models import Milestone, MilestoneRule, MilestoneState
from config.milestones.registry import HANDLERS, circle_label, label_of
from config.notices.models import Delivery, DeliveryState
from config.workdays.models import CalendarYear, DayException
from members.models import Committee
from members.roles import Permission


@admin.register(Milestone)
class MilestoneAdmin(ScopedAdmin):
    group = Group.REMINDERS
    owned_by = "scope"
    view_permission = Permission.REMINDER_VIEW
    list_display = ["what", "words", "due_at", "state", "reason", "attempts"]
    list_filter = ["state", "due_at"]
    fields = ["what", "words", "due_at", "state", "reason", "attempts", "next_try_at", "settled_at"]
    actions = ["revive"]
    waiting = {"dead": Waiting("多次失败的提醒", lambda rows: rows.filter(state=MilestoneState.DEAD), "late")}

    @admin.display(description="事项")
    def what(self, row):
        circle = circle_label(row.kind, row.circle)
        return f"{label_of(row.kind)}({circle})" if circle else label_of(row.kind)

    @admin.display(description="相对期限")
    def words(self, row):
        return row.words

    @transition("重试", permission=Permission.MATTER_SUPERVISE, when=lambda row: row.state == MilestoneState.DEAD)
    def revive(self, row, *, by, at):
        clock.revive(row, by=by, at=at)


class RuleForm(WholeRowForm):
    """Kinds and circles are those that the code knows."""

    class Meta:
        labels = {"scope": "政协"}
        help_texts = {"scope": "", "code": "同一事项内不重复，如:t-7"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [("kind", [(kind, handler.label) for kind, handler in HANDLERS.items()])]
        circles = {slug: name for handler in HANDLERS.values() for slug, name in handler.circles.items()}
        for name, offered in [*choices, ("circle", list(circles.items()))]:
            if name in self.fields:
                label = self.fields[name].label
                self.fields[name] = forms.ChoiceField(label=label, choices=[("", "请选择"), *offered])

    def clean(self):
        kind, circle = self.cleaned_data.get("kind"), self.cleaned_data.get("circle")
        if kind in HANDLERS and circle and circle not in HANDLERS[kind].circles:
            self.add_error("circle", f"“{label_of(kind)}”没有这个提醒范围。")
        return super().clean()


@admin.register(MilestoneRule)
class MilestoneRuleAdmin(ScopedAdmin):
    """The default rules are read by all; a committee adds its own, which then replace them for that kind."""

    owned_by = "scope"
    change_permission = Permission.REFERENCE_MANAGE
    form = RuleForm
    fields = ["scope", "kind", "code", "offset_days", "circle", "is_active"]
    list_display = ["what", "words", "circle_name", "whose", "is_active"]
    list_filter = ["is_active"]
    ordering = ["kind", "scope", "offset_days", "-pk"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name != "scope":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        own = Committee.objects.manageable_by(request.user, self.change_permission)
        everywhere = [("", "全平台默认")] if request.user.is_superuser else []
        return forms.TypedChoiceField(
            label="政协",
            choices=[*everywhere, *((committee.pk, committee.short_name) for committee in own)],
            coerce=int,
            empty_value=None,
            required=not request.user.is_superuser,
        )

    @admin.display(description="事项")
    def what(self, row):
        return label_of(row.kind)

    @admin.display(description="时间")
    def words(self, row):
        return row.words

    @admin.display(description="提醒范围")
    def circle_name(self, row):
        return circle_label(row.kind, row.circle)

    @admin.display(description="适用于")
    def whose(self, row):
        return "本会" if row.scope else "全平台默认"


@admin.register(Delivery)
class DeliveryAdmin(ScopedAdmin):
    group = Group.REMINDERS
    owned_by = "notice__scope"
    view_permission = Permission.REMINDER_VIEW
    list_display = ["notice", "recipient", "channel", "state", "attempts", "reason"]
    list_select_related = ["notice__recipient"]
    list_filter = ["state"]
    fields = ["notice", "recipient", "channel", "state", "attempts", "reason", "next_try_at", "sent_at"]
    waiting = {"dead": Waiting("没有送达的邮件", lambda rows: rows.filter(state=DeliveryState.DEAD))}

    @admin.display(description="收件人")
    def recipient(self, row):
        return row.notice.recipient


@admin.register(AuditEntry)
class AuditEntryAdmin(ScopedAdmin):
    group = Group.REMINDERS
    owned_by = "scope"
    view_permission = Permission.AUDIT_VIEW
    list_display = ["at", "actor", "label", "target_text"]
    list_filter = ["at"]
    fields = ["at", "recorded_at", "actor", "label", "target_text", "details", "digest"]

    @admin.display(description="操作")
    def label(self, row):
        return row.label

    @admin.display(description="详情")
    def details(self, row):
        return ";".join(f"{name}:{value}" for name, value in row.data.items())


class CalendarAdmin(ScopedAdmin):
    """The calendar is the same for all counties, so the platform's administrator enters the yearly notice."""

    owned_by = None
    change_permission = Permission.REFERENCE_MANAGE

    def visible(self, request):
        return self.model.objects.all()

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser

    def save_model(self, request, obj, form, change):
        obj.save()


@admin.register(DayException)
class DayExceptionAdmin(CalendarAdmin):
    list_display = ["day", "is_workday", "name", "source"]
    list_filter = ["is_workday"]
    search_fields = ["name"]
    fields = ["day", "is_workday", "name"]
    ordering = ["-day"]


@admin.register(CalendarYear)
class CalendarYearAdmin(CalendarAdmin):
    list_display = ["year", "is_complete", "source"]
    fields = ["year", "is_complete"]
    ordering = ["-year"]
