"""微协商 opened from the page of a micro-proposal."""

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from config.doors import attempt
from consultation import rules
from consultation.forms.micro import MicroConsultationForm
from consultation.services import micro as services
from members.models import Organisation
from proposals.models import MicroProposal


def consultation_from_micro(request, key):
    """Filled in from the suggestion, with the four groups to invite; `unit` names one where none handles it yet."""
    rows = MicroProposal.objects.visible_to(request.user).select_related("committee", "author__user", "region")
    micro = get_object_or_404(rows, key=key)
    rules.require("open_consultation", request.user, micro.committee)
    units = Organisation.objects.of(micro.committee).that_handle()
    handled_by = services.unit_of(micro)
    asked = request.POST.get("with_unit") or request.GET.get("with_unit", "")
    unit = handled_by or _chosen(units, asked)
    guests = services.guests_for(micro, unit)
    form = MicroConsultationForm(request.POST or None, micro=micro, guests=guests)
    if form.is_valid():
        run = attempt(
            request,
            lambda: services.open_from_micro(
                form.cleaned_data["key"], micro, by=request.user, at=timezone.now(), **form.given()
            ),
            form=form,
            success="已建立微协商并登记会议，被邀请的人已收到通知。请选择规程后启动。",
        )
        if run:
            return redirect(run)
    context = {
        "micro": micro, "committee": micro.committee, "form": form, "unit": unit, "handled_by": handled_by,
        "units": units, "is_under_way": services.is_under_way(micro),
    }  # fmt: skip
    status = 400 if request.method == "POST" else 200
    return render(request, "consultation/micro_form.html", context, status=status)


def _chosen(units, number):
    return units.filter(pk=int(number)).first() if number.isascii() and number.isdigit() and len(number) < 19 else None
