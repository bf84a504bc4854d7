"""The public month, its theme, and one's own calendar address."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.documents import ical
from config.doors import attempt
from members.models import Committee
from workstations.forms.calendar import ThemeForm
from workstations.models import CalendarFeed, CalendarTheme, Workstation
from workstations.queries import calendar as queries
from workstations.queries.calendar import Month
from workstations.rules import calendar as rules
from workstations.services import calendar as services


def _place(request, slug) -> tuple[Committee, Workstation | None]:
    """The committee of the address, and the station that `?station=` asks for."""
    committee = get_object_or_404(Committee.objects.visible_to(request.user).select_related("region"), slug=slug)
    asked = request.GET.get("station", "")
    if not asked:
        return committee, None
    if not (asked.isascii() and asked.isdigit() and len(asked) < 19):
        raise Http404
    stations = Workstation.objects.visible_to(request.user).filter(committee=committee)
    return committee, get_object_or_404(stations, pk=asked)


@login_not_required
@require_safe
def calendar(request, slug):
    committee, station = _place(request, slug)
    today = timezone.localdate()
    month = Month.of(request.GET.get("month", ""), today)
    context = {
        "committee": committee,
        "station": station,
        "view": queries.month_view(committee, station, month),
        "month": month,
        "today": today,
        "may_set": rules.can_set_theme(request.user, committee, station),
        "stations": Workstation.objects.open().filter(committee=committee).order_by("name"),
    }
    return render(request, "workstations/calendar_month.html", context)


def calendar_theme(request, slug):
    committee, station = _place(request, slug)
    if not rules.can_set_theme(request.user, committee, station):
        raise PermissionDenied
    month = Month.of(request.GET.get("month", ""), timezone.localdate())
    row = {"committee": committee, "station": station, "year": month.year, "month": month.month}
    known = CalendarTheme.objects.filter(**row).first()
    back = reverse("calendar", args=[slug]) + f"?month={month.word}" + (f"&station={station.pk}" if station else "")
    form = ThemeForm(request.POST or None, initial={"theme": known.theme if known else ""})
    if request.method == "POST" and form.is_valid():
        theme = CalendarTheme(**row, theme=form.cleaned_data["theme"])
        done = attempt(
            request,
            lambda: services.set_theme(theme, by=request.user, at=timezone.now()),
            success="本月主题已保存。",
            form=form,
        )
        if done:
            return redirect(back)
    context = {"committee": committee, "station": station, "month": month, "form": form, "back": back}
    return render(request, "workstations/calendar_theme.html", context)


def calendar_feed_settings(request):
    """The address is shown once, when it is made; a new one ends the old."""
    address = ""
    if request.method == "POST":
        if "revoke" in request.POST:
            services.revoke_feed(request.user, at=timezone.now())
            messages.success(request, "订阅地址已停用。")
            return redirect("calendar-feed-settings")
        token = services.renew_feed(request.user, at=timezone.now())
        address = request.build_absolute_uri(reverse("calendar-feed", args=[token]))
    feed = CalendarFeed.objects.filter(user=request.user).first()
    context = {"feed": feed, "address": address}
    response = render(request, "workstations/calendar_feed.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@login_not_required
@require_safe
def calendar_feed(request, token):
    """For calendar programs: whoever has the address reads it, so nobody else gets it."""
    digest = services.digest_of(token)
    feed = CalendarFeed.objects.filter(digest=digest, user__is_active=True).select_related("user").first()
    if feed is None:
        raise Http404
    body = queries.feed(feed.user, site=request.build_absolute_uri("/").rstrip("/"), at=timezone.now())
    headers = {"Content-Type": ical.TYPE, "Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
    return HttpResponse(body, headers=headers)
