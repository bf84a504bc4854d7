"""Who leads, supports, hosts and takes part, and the share that parties and 工商联 lead."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from config.paging import keyset
from consultation import leads, rules, services
from consultation.forms.involvements import InvolvementForm, WeighForm
from consultation.models import Consultation, ConsultationInvolvement, Topic
from consultation.views.consultations import show
from members.models import Committee
from members.roles import Permission


@require_POST
def involvement_new(request, pk):
    rows = Consultation.objects.at_office(request.user).select_related("committee__region", "topic", "workstation")
    run = get_object_or_404(rows, pk=pk)
    rules.require("run_consultation", request.user, run)
    form = InvolvementForm(request.POST, committee=run.committee)
    if form.is_valid() and attempt(
        request,
        lambda: services.involve(run, **form.cleaned_data, by=request.user, at=timezone.now()),
        form=form,
        success="已登记。",
    ):
        return redirect(run)
    return show(request, run, status=400, involvement_form=form)


@require_POST
def involvement_remove(request, pk):
    rows = ConsultationInvolvement.objects.filter(consultation__in=Consultation.objects.at_office(request.user))
    row = get_object_or_404(rows.select_related("consultation__committee", "organisation"), pk=pk)
    attempt(request, lambda: services.release(row, by=request.user, at=timezone.now()), success="已移除。")
    return redirect(row.consultation)


@require_safe
def lead_share(request):
    """One year of one committee: the share, by whom the rest is led, and the rows behind it."""
    pk = rules.home_of(request.user, request.user.committees_with(Permission.OFFICE_WORK))
    if pk is None:
        raise PermissionDenied("这一页供政协办使用。")
    committee, year = Committee.objects.get(pk=pk), _year(request)
    figures = leads.led_by_parties(committee, year)
    context = {
        "committee": committee,
        "year": year,
        "before": year - 1,
        "following": year + 1 if year < timezone.localdate().year else None,
        "figures": figures,
        "kinds": leads.leading_kinds(committee, year, total=figures[1].total),
        "page": keyset(leads.led(committee, year), request),
    }
    return render(request, "consultation/lead_share.html", context)


def _year(request) -> int:
    asked = request.GET.get("year", "")
    known = asked.isascii() and asked.isdigit() and len(asked) == 4 and 2000 <= int(asked) <= 2100
    return int(asked) if known else timezone.localdate().year


@require_POST
def topic_weigh(request, pk):
    topic = get_object_or_404(Topic.objects.at_office(request.user).select_related("committee"), pk=pk)
    rules.require("choose_topic", request.user, topic)
    form = WeighForm(request.POST)
    form.is_valid()
    given = {name: form.cleaned_data.get(name, "-") for name in ("size", "urgency")}
    attempt(
        request,
        lambda: services.weigh_topic(topic, **given, by=request.user, at=timezone.now()),
        success="已登记，启动协商时据此预选规程。",
    )
    return redirect(topic)
