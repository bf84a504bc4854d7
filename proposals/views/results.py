"""微建设、微服务: noted beside a micro-proposal."""

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from config.doors import attempt
from proposals import rules
from proposals.forms.led import ResultForm
from proposals.models import MicroProposal, MicroResult
from proposals.services import results as services


def result_new(request, key):
    rows = MicroProposal.objects.visible_to(request.user).select_related("committee", "author__user")
    micro = get_object_or_404(rows, key=key)
    rules.require("add_result", request.user, micro)
    form = ResultForm(request.POST or None, request.FILES or None, initial={"on": timezone.localdate()})
    if form.is_valid():
        done = attempt(
            request,
            lambda: services.add_result(micro, by=request.user, at=timezone.now(), **form.cleaned_data),
            form=form,
            success="已登记，办结公开后群众也能看到。",
        )
        if done or not form.errors:
            return redirect(micro)
    context = {"micro": micro, "form": form, "committee": micro.committee}
    status = 400 if request.method == "POST" else 200
    return render(request, "proposals/micro_result_form.html", context, status=status)


@require_POST
def result_remove(request, pk):
    result = get_object_or_404(MicroResult.objects.visible_to(request.user).select_related("micro"), pk=pk)
    micro = result.micro
    attempt(request, lambda: services.remove_result(result, by=request.user, at=timezone.now()), success="已移除。")
    return redirect(micro)
