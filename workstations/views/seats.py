"""Sign-up, leave and the roll."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from config.doors import attempt
from workstations.forms.activities import LeaveAnswerForm, LeaveForm, PresentForm
from workstations.forms.roll import Roll
from workstations.models import Seat
from workstations.rules import activities as rules
from workstations.services import seats as services
from workstations.states import ActivityState
from workstations.views.activities import find
from workstations.views.organising import organised


def _mine(request, pk) -> Seat:
    """One's own seat; who has none has nothing to do here."""
    activity = find(request, pk)
    seat = Seat.objects.filter(activity=activity, member__user=request.user).select_related("member__user").first()
    if seat is None:
        raise Http404
    seat.activity = activity
    return seat


@require_POST
def activity_sign_up(request, pk):
    activity = find(request, pk)
    if not rules.can_take_part(request.user, activity):
        raise PermissionDenied
    attempt(
        request,
        lambda: services.sign_up(activity, user=request.user, at=timezone.now()),
        success="已报名，开始前会再提醒您。",
    )
    return redirect("activity", pk)


@require_POST
def activity_cancel(request, pk):
    seat = _mine(request, pk)
    attempt(
        request,
        lambda: services.cancel_sign_up(seat, user=request.user, at=timezone.now()),
        success="已取消报名。",
    )
    return redirect("activity", pk)


def activity_leave(request, pk):
    seat = _mine(request, pk)
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = attempt(
            request,
            lambda: services.ask_leave(seat, **form.cleaned_data, user=request.user, at=timezone.now()),
            success="请假已提交，主办方答复后会通知您。",
            form=form,
        )
        if asked:
            return redirect("activity", pk)
    context = {"committee": seat.activity.committee, "activity": seat.activity, "form": form}
    return render(request, "workstations/activity_leave.html", context)


def activity_leave_answer(request, pk, seat):
    activity = organised(request, pk)
    asked = get_object_or_404(Seat.objects.select_related("member__user", "activity"), activity=activity, pk=seat)
    form = LeaveAnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer, words = form.cleaned_data["answer"], form.cleaned_data["words"]
        answered = attempt(
            request,
            lambda: services.answer_leave(
                asked, granted=answer != "refused", official=answer == "official", words=words, by=request.user,
                at=timezone.now(),
            ),
            success=f"已答复{asked.member}。",
            form=form,
        )  # fmt: skip
        if answered:
            return redirect("activity", pk)
    context = {"committee": activity.committee, "activity": activity, "seat": asked, "form": form}
    return render(request, "workstations/activity_leave_answer.html", context)


def _roll_seats(activity):
    return Seat.objects.filter(activity=activity).select_related("member__user", "member__sector").order_by("pk")


def activity_roll(request, pk):
    activity = organised(request, pk)
    roll = Roll(_roll_seats(activity), request.POST if request.method == "POST" else None)
    if request.method == "POST" and roll.is_valid():
        done = attempt(
            request, lambda: services.mark_roll(activity, roll.lines(), by=request.user, at=timezone.now())
        )  # fmt: skip
        if done is not None:
            written, overtaken = done
            messages.success(request, f"已登记 {written} 位委员的考勤。" if written else "没有改动。")
            if overtaken:
                messages.warning(request, f"这些委员的考勤刚刚已有变动，没有改写，请再看一遍：{'、'.join(overtaken)}。")
            return redirect("activity-roll", pk)
    return _render_roll(request, activity, roll, PresentForm(activity=activity))


def activity_present(request, pk):
    """Adds members who came without a sign-up; on a refusal the roll is shown with what was typed."""
    activity = organised(request, pk)
    form = PresentForm(request.POST or None, activity=activity)
    if request.method == "POST" and form.is_valid():
        added = attempt(
            request,
            lambda: services.add_present(activity, form.cleaned_data["names"], by=request.user, at=timezone.now()),
            form=form,
        )
        if added is not None:
            messages.success(request, f"已登记 {added} 位委员到场。")
            return redirect("activity-roll", pk)
    return _render_roll(request, activity, Roll(_roll_seats(activity)), form)


def _render_roll(request, activity, roll, form):
    context = {
        "committee": activity.committee, "activity": activity, "roll": roll, "present_form": form,
        "there": sum(row.seat.was_there for row in roll.forms),
        "may_mark": activity.state in (ActivityState.OPEN, ActivityState.HELD),
    }  # fmt: skip
    return render(request, "workstations/activity_roll.html", context)
