"""The organiser's screen with the changing code, and the member's page that it opens."""

import secrets
from datetime import UTC, datetime

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.refusals import Refusal
from workstations.models import Activity, Seat
from workstations.rules import activities as rules
from workstations.services import check_in as services
from workstations.states import ActivityState
from workstations.views.activities import SHOWN
from workstations.views.organising import organised

COOKIE, COOKIE_SALT, COOKIE_LASTS = "phone", "workstations.phone", 5 * 365 * 24 * 3600


@never_cache
@require_safe
def activity_screen(request, pk):
    """To be shown on a large screen; it loads itself anew."""
    activity, now = organised(request, pk), timezone.now()
    address = reverse("activity-check-in", args=[pk]) + f"?code={services.code_at(activity, now)}"
    picture = segno.make(request.build_absolute_uri(address), micro=False, error="m")
    seats = Seat.objects.filter(activity=activity)
    context = {
        "committee": activity.committee,
        "activity": activity,
        "qr": mark_safe(picture.svg_inline(border=2, omitsize=True, svgclass="qr", dark="#000", light="#fff")),
        "there": seats.there().count(),
        "called": seats.filter(is_called=True).count(),
        "times": services.window(activity),
        "runs": activity.state == ActivityState.OPEN and services.window(activity).opens <= now <= activity.ends_at,
        "now": now,
    }
    return render(request, "workstations/activity_screen.html", context)


@never_cache
@login_not_required
def activity_check_in(request, pk):
    """Scanned on the member's phone: sign in if need be, then one tap."""
    now = timezone.now()
    if not request.user.is_authenticated:
        return _sign_in_first(request, pk, now)
    visible = Activity.objects.visible_to(request.user).select_related(*SHOWN)
    activity = get_object_or_404(visible, pk=pk)
    if not rules.can_take_part(request.user, activity):
        raise Http404
    seat = Seat.objects.filter(activity=activity, member__user=request.user).first()
    if request.method == "POST" and not (seat and seat.was_there):
        return _check_in(request, activity, now)
    context = {"committee": activity.committee, "activity": activity, "seat": seat}
    if seat and seat.was_there:
        context["said"] = services.said_before(seat)
    elif _looked(request, activity, now):
        context["ticket"] = services.ticket_for(activity, request.user, now)
    else:
        context["refused"], context["who"] = services.EXPIRED, services.STILL_NO
    return _with_phone(request, render(request, "workstations/activity_check_in.html", context))


def _session_key(pk):
    return f"check-in:{pk}"


def _sign_in_first(request, pk, now):
    """Whoever scanned in time keeps that while signing in, for some minutes; about the activity nothing is said."""
    activity = Activity.objects.filter(pk=pk).first()
    if activity and services.is_shown(activity, request.GET.get("code", ""), now):
        request.session[_session_key(pk)] = now.timestamp()
    return redirect_to_login(request.path)


def _looked(request, activity, now) -> bool:
    """Whether the code was read from the screen a moment ago, on this phone."""
    if services.is_shown(activity, request.GET.get("code", ""), now):
        return True
    seen = request.session.pop(_session_key(activity.pk), None)
    return seen is not None and now - datetime.fromtimestamp(seen, UTC) <= services.SIGN_IN_LASTS


def _check_in(request, activity, now):
    device = request.get_signed_cookie(COOKIE, "", salt=COOKIE_SALT, max_age=COOKIE_LASTS)
    try:
        if not device:
            raise Refusal("这部手机的浏览器没有保存签到标记，请允许使用 Cookie 后再扫一次。" + services.STILL_NO)
        seat = services.check_in(
            activity, user=request.user, ticket=request.POST.get("ticket", ""), device=device, at=now
        )  # fmt: skip
    except Refusal as refusal:
        context = {"committee": activity.committee, "activity": activity, "refused": str(refusal)}
        return render(request, "workstations/activity_check_in.html", context)
    messages.success(request, f"签到成功：{seat.get_state_display()}。")
    return redirect("activity-check-in", activity.pk)


def _with_phone(request, response):
    """Marks the phone, once."""
    if not request.get_signed_cookie(COOKIE, "", salt=COOKIE_SALT, max_age=COOKIE_LASTS):
        response.set_signed_cookie(
            COOKIE, secrets.token_urlsafe(24), salt=COOKIE_SALT, max_age=COOKIE_LASTS, httponly=True,
            secure=request.is_secure(), samesite="Lax",
        )  # fmt: skip
    return response
