"""接待值班: the roster of a station, and a member's own shifts."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from config.paging import keyset
from workstations.forms.reception import CancelForm, PlanForm, ShiftForm, SwapForm
from workstations.models import ReceptionShift, ShiftSwap
from workstations.queries import reception as queries
from workstations.rules import reception as rules
from workstations.services import shifts as services
from workstations.states import SwapState
from workstations.views.word_desk import kept

SWAPS = ("shift__station", "giver__user", "asked__user")


@require_safe
def roster(request, pk):
    """What is coming, what was: who was on duty, who came, what was cancelled or swapped."""
    station = kept(request, pk)
    today = timezone.localdate()
    past = ReceptionShift.objects.filter(station=station, on__lte=today).select_related("member__user")
    context = {
        "committee": station.committee,
        "station": station,
        "today": today,
        "coming": queries.coming([station], today),
        "page": keyset(past, request),
        "own": set(request.user.member_ids.values()),
        "swaps": ShiftSwap.objects.filter(shift__station=station).select_related(*SWAPS).order_by("-pk")[:10],
        "residents": services.residents(station).count(),
    }
    return render(request, "workstations/roster.html", context)


def roster_plan(request, pk):
    station = kept(request, pk)
    form = PlanForm(request.POST or None, station=station)
    if form.is_valid():
        made = attempt(
            request,
            lambda: services.plan(station, **form.cleaned_data, by=request.user, at=timezone.now()),
            form=form,
        )
        if made:
            left = "".join(f"；{day.month}月{day.day}日没有排（{why}）" for day, why in made.skipped)
            messages.success(request, f"已排 {len(made.shifts)} 次值班{left}。")
            return redirect("station-roster", station.pk)
    context = {"committee": station.committee, "station": station, "form": form}
    status = 400 if request.method == "POST" else 200
    return render(request, "workstations/roster_plan.html", context, status=status)


def _shift(request, pk):
    """A shift that one plans; others do not find it."""
    rows = ReceptionShift.objects.visible_to(request.user).select_related("station__committee__region", "member__user")
    shift = get_object_or_404(rows, pk=pk)
    if not rules.may("edit", request.user, shift):
        raise Http404
    return shift


def shift_edit(request, pk):
    shift = _shift(request, pk)
    form = ShiftForm(request.POST or None, shift=shift)
    if form.is_valid() and attempt(
        request,
        lambda: services.edit(shift, **form.cleaned_data, by=request.user, at=timezone.now()),
        success="已调整，有关委员会收到通知。",
        form=form,
    ):
        return redirect("station-roster", shift.station_id)
    return _shift_page(request, shift, form=form)


def shift_cancel(request, pk):
    shift = _shift(request, pk)
    form = CancelForm(request.POST or None)
    if form.is_valid() and attempt(
        request,
        lambda: services.cancel(shift, **form.cleaned_data, by=request.user, at=timezone.now()),
        success="已取消，值班委员会收到通知。",
        form=form,
    ):
        return redirect("station-roster", shift.station_id)
    return _shift_page(request, shift, form=form, cancels=True)


def _shift_page(request, shift, **more):
    context = {"committee": shift.station.committee, "station": shift.station, "shift": shift, **more}
    status = 400 if request.method == "POST" else 200
    return render(request, "workstations/shift_form.html", context, status=status)


@require_POST
def shift_mark(request, pk):
    shift = _shift(request, pk)
    came = request.POST.get("kept") == "1"
    attempt(
        request,
        lambda: services.mark(shift, kept=came, by=request.user, at=timezone.now()),
        success="已登记到岗，记入委员履职。" if came else "已登记为没有到岗。",
    )
    return redirect("station-roster", shift.station_id)


# --- of a member -------------------------------------------------------------------------------------------------


def _mine(user):
    mine = ReceptionShift.objects.filter(member__in=user.member_ids.values())
    return mine.select_related("station__committee__region", "member__user")


@require_safe
def shift_mine(request):
    """My shifts, what colleagues ask me, and what was."""
    today = timezone.localdate()
    members = list(request.user.member_ids.values())
    asked = ShiftSwap.objects.filter(state=SwapState.ASKED, shift__on__gte=today)
    waiting = asked.filter(giver__in=members).select_related("asked__user")
    context = {
        "coming": _mine(request.user).standing().filter(on__gte=today).order_by("on", "starts", "pk"),
        "asked": asked.filter(asked__in=members).select_related(*SWAPS),
        "waiting": {swap.shift_id: swap for swap in waiting},
        "page": keyset(_mine(request.user).filter(on__lt=today), request),
    }
    return render(request, "workstations/shift_mine.html", context)


def swap_ask(request, pk):
    shift = get_object_or_404(_mine(request.user), pk=pk)
    form = SwapForm(request.POST or None, shift=shift)
    if form.is_valid() and attempt(
        request,
        lambda: services.ask_swap(shift, **form.cleaned_data, by=request.user, at=timezone.now()),
        success="已请他代班，答复前仍由您值班。",
        form=form,
    ):
        return redirect("shift-mine")
    context = {"committee": shift.station.committee, "shift": shift, "form": form}
    status = 400 if request.method == "POST" else 200
    return render(request, "workstations/swap_ask.html", context, status=status)


ANSWERS = {
    "take": (services.take_swap, "好，这次由您值班，前一天会提醒。"),
    "refuse": (services.refuse_swap, "已告诉对方您不能代班。"),
    "withdraw": (services.withdraw_swap, "已撤回，仍由您值班。"),
}


@require_POST
def swap_answer(request, pk, verb):
    rows = ShiftSwap.objects.visible_to(request.user)
    swap = get_object_or_404(rows.select_related(*SWAPS, "shift__station__committee"), pk=pk)
    service, success = ANSWERS[verb]
    attempt(request, lambda: service(swap, by=request.user, at=timezone.now()), success=success)
    return redirect("shift-mine")
