from django.contrib import admin

from config.admin import Group, ScopedAdmin
from members.models import Appraisal, BodyReview, DutyClaim, ReviewCriterion
from members.roles import Permission


@admin.register(ReviewCriterion)
class ReviewCriterionAdmin(ScopedAdmin):
    """A sheet that was copied into a report stays as it was."""

    group = Group.PEOPLE
    view_permission = change_permission = Permission.DUTY_MANAGE
    list_display = ["name", "most", "position", "committee", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name"]
    fields = ["committee", "position", "name", "most", "is_active"]


@admin.register(Appraisal)
class AppraisalAdmin(ScopedAdmin):
    """Read only: a year is frozen, told and closed on its page."""

    group = Group.PEOPLE
    view_permission = Permission.DUTY_MANAGE
    list_display = ["year", "committee", "state", "frozen_at", "published_at", "objections_until"]
    list_filter = ["state"]
    fields = ["committee", "year", "scheme", "state", "frozen_at", "published_at", "objections_until", "note"]


@admin.register(BodyReview)
class BodyReviewAdmin(ScopedAdmin):
    group = Group.PEOPLE
    view_permission = Permission.DUTY_MANAGE
    list_display = ["body", "year", "state", "report_by", "rate_until", "average", "verdict"]
    list_filter = ["state", "year"]
    search_fields = ["body__name"]
    fields = ["committee", "body", "year", "state", "report_by", "rate_until", "average", "raters", "verdict"]


@admin.register(DutyClaim)
class DutyClaimAdmin(ScopedAdmin):
    group = Group.PEOPLE
    view_permission = Permission.DUTY_MANAGE
    list_display = ["title", "member", "fact", "on", "state", "by", "settled_by"]
    list_select_related = ["member__user", "by", "settled_by"]
    list_filter = ["state", "fact"]
    search_fields = ["title", "member__user__name"]
    fields = ["committee", "member", "on", "fact", "title", "detail", "mark", "share", "quantity", "words", "state",
              "answer", "by", "at", "settled_by", "settled_at"]  # fmt: skip
