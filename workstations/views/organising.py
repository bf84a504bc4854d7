"""What the organisers of an activity do: prepare, publish, photos, close, call off."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from config.doors import attempt
from config.uploads import store
from members.models import Committee
from workstations.forms.activities import (
    ActivityForm,
    CallOffForm,
    FilesForm,
    OutcomeForm,
    PublishForm,
    effect_forms,
    involved,
    involvement_forms,
)
from workstations.models import Activity
from workstations.queries import activities as queries
from workstations.rules import activities as rules
from workstations.services import activities as services
from workstations.states import ActivityState
from workstations.views.activities import find


def organised(request, pk) -> Activity:
    """404 for what one does not see, 403 for what one does not organise."""
    activity = find(request, pk)
    if not rules.can_organise(request.user, activity):
        raise PermissionDenied
    return activity


def _committee(request) -> Committee:
    """The one that the address names, else one's own, else the first where one may organise."""
    may = list(rules.committees_of(request.user).select_related("region"))
    if not may:
        raise PermissionDenied
    asked = request.GET.get("committee")
    if asked:
        named = [committee for committee in may if committee.slug == asked]
        if not named:
            raise Http404
        return named[0]
    return next((committee for committee in may if committee == request.user.home_committee), may[0])


def activity_new(request):
    committee = _committee(request)
    activity = Activity(committee=committee)
    form = ActivityForm(request.POST or None, instance=activity, user=request.user)
    rows = involvement_forms(activity, request.POST or None)
    if request.method == "POST" and all([form.is_valid(), rows.is_valid()]):
        made = attempt(
            request,
            lambda: services.draft(form.instance, involved=involved(rows), by=request.user, at=timezone.now()),
            success="已存为筹备中的活动。核对后点“发布”，才会通知委员。",
            form=form,
        )
        if made:
            return redirect(made)
    return render(request, "workstations/activity_form.html", {"committee": committee, "form": form, "rows": rows})


def activity_edit(request, pk):
    activity = organised(request, pk)
    form = ActivityForm(request.POST or None, instance=activity, user=request.user)
    rows = involvement_forms(activity, request.POST or None)
    if request.method == "POST" and all([form.is_valid(), rows.is_valid()]):
        saved = attempt(
            request,
            lambda: services.change(
                form.instance, changed=form.changed_fields, involved=involved(rows), by=request.user, at=timezone.now()
            ),
            success="已保存。",
            form=form,
        )
        if saved:
            return redirect("activity", pk)
    context = {"committee": activity.committee, "activity": activity, "form": form, "rows": rows}
    return render(request, "workstations/activity_form.html", context)


def activity_publish(request, pk):
    activity = organised(request, pk)
    form = PublishForm(request.POST if request.method == "POST" else None, activity=activity)
    if request.method == "POST" and form.is_valid():
        told = attempt(
            request,
            lambda: services.publish(
                activity, members=form.cleaned_data["members"], by=request.user, at=timezone.now()
            ),
            form=form,
        )
        if told is not None:
            words = f"已发布，通知了 {told} 位委员。" if told else "已发布。活动已经开始，没有再发通知。"
            messages.success(request, words)
            return redirect("activity", pk)
    context = {"committee": activity.committee, "activity": activity, "form": form}
    context["audience"] = queries.audience(activity).count()
    return render(request, "workstations/activity_publish.html", context)


def activity_call_off(request, pk):
    activity = organised(request, pk)
    form = CallOffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            lambda: services.call_off(activity, **form.cleaned_data, by=request.user, at=timezone.now()),
            success="活动已取消。",
            form=form,
        )
        if done:
            return redirect("activity", pk)
    context = {"committee": activity.committee, "activity": activity, "form": form}
    return render(request, "workstations/activity_call_off.html", context)


def activity_close(request, pk):
    """办结, and later 补充成效: words and figures; the facts follow."""
    activity = organised(request, pk)
    form, effects = OutcomeForm.of(activity, request.POST or None), effect_forms(activity, request.POST or None)
    held = activity.state == ActivityState.HELD
    if request.method == "POST" and all([form.is_valid(), effects.is_valid()]):
        verb = services.amend_outcome if held else services.close
        done = attempt(
            request,
            lambda: verb(activity, outcome=form.outcome(effects), by=request.user, at=timezone.now()),
            form=form,
        )
        if done is not None:
            words = "成效已保存。" if held else "活动已办结，考勤和成效已记入履职档案。"
            messages.success(request, words)
            return redirect("activity", pk)
    states = [seat.get_state_display() for seat in activity.seats.order_by("pk")]
    context = {
        "committee": activity.committee, "activity": activity, "form": form, "effects": effects, "held": held,
        "counts": [(label, states.count(label)) for label in dict.fromkeys(states)],
    }  # fmt: skip
    return render(request, "workstations/activity_close.html", context)


def activity_files(request, pk):
    activity = organised(request, pk)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = FilesForm(*sent, files=store.of(activity))
    if request.method == "POST" and form.is_valid():
        given = {"removed": (), **form.cleaned_data}
        kept = attempt(
            request,
            lambda: services.keep_files(activity, **given, by=request.user, at=timezone.now()),
            success="照片和材料已更新。",
            form=form,
        )
        if kept:
            return redirect("activity", pk)
    context = {"committee": activity.committee, "activity": activity, "form": form}
    return render(request, "workstations/activity_files.html", context)
