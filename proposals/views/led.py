"""领办: the desk chooses who leads, who leads works here, the author rates, the desk takes back."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from config.paging import keyset
from members.roles import Permission
from proposals import rules
from proposals.filters.led import LeadFilter
from proposals.forms.handling import RatingForm
from proposals.forms.led import BackForm, FinishForm, LeadForm, StepForm
from proposals.models import MicroLead, MicroProposal
from proposals.queries import led as queries
from proposals.services import led as services
from proposals.states import MicroState, Satisfaction

SHOWN = ("micro__committee", "micro__author__user", "micro__region", "micro__category", "member__user", "body", "by")


@require_safe
def led_list(request):
    """Those that I lead, or a body of mine; for the desk all of its committees."""
    user = request.user
    at_desk = bool(user.committees_with(Permission.MATTER_ASSIGN))
    if not at_desk and not user.member_ids:
        raise PermissionDenied("领办由政协办确定，由委员和专委会办理。")
    rows = queries.led_by(user).select_related("micro", "member__user", "body")
    filterset = LeadFilter(request.GET, queryset=rows)
    context = {"filterset": filterset, "page": keyset(filterset.qs, request), "at_desk": at_desk}
    return render(request, "proposals/led_list.html", context)


def micro_lead(request, key):
    """The desk decides who leads an agreed micro-proposal."""
    rows = MicroProposal.objects.visible_to(request.user).select_related("committee", "author__user")
    micro = get_object_or_404(rows, key=key)
    rules.require("lead_micro", request.user, micro)
    form = LeadForm(request.POST or None, micro=micro)
    if form.is_valid():
        done = attempt(
            request,
            lambda: services.lead_micro(micro, by=request.user, at=timezone.now(), **form.cleaned_data),
            form=form,
            success="已确定领办，领办人和提交人已收到通知。",
        )
        if done or not form.errors:
            return redirect(micro)
    earlier = micro.leads.filter(ended_at__isnull=False).select_related("body", "member__user")
    context = {"micro": micro, "form": form, "committee": micro.committee, "earlier": earlier}
    status = 400 if request.method == "POST" else 200
    return render(request, "proposals/led_form.html", context, status=status)


def _lead(request, pk):
    return get_object_or_404(MicroLead.objects.visible_to(request.user).select_related(*SHOWN), pk=pk)


@require_safe
def led_detail(request, pk):
    return _page(request, _lead(request, pk))


def _page(request, lead, *, status=200, **forms):
    """Where who leads works: the matter, what was done, and the one thing to do now."""
    user, is_led = request.user, lead.micro.state == MicroState.LED
    works = lead.is_open and rules.may("work_lead", user, lead)
    context = {
        "lead": lead,
        "micro": lead.micro,
        "committee": lead.micro.committee,
        "steps": lead.steps.select_related("by"),
        "standing": lead.standing_words,
        "unhappy": is_led and lead.satisfaction == Satisfaction.UNSATISFIED,
    }
    if works:
        context["step_form"] = StepForm(initial={"on": timezone.localdate()}, auto_id="step_%s")
    if lead.is_open and rules.may("finish_lead", user, lead):
        context["finish_form"] = FinishForm()
    if lead.is_unrated and rules.may("rate_lead", user, lead):
        context["rating_form"] = RatingForm()
    if is_led and lead.ended_at is None and rules.may("take_back_lead", user, lead):
        context["back_form"] = BackForm(auto_id="back_%s")
    return render(request, "proposals/led_detail.html", context | forms, status=status)


@require_POST
def led_step(request, pk):
    form = StepForm(request.POST, auto_id="step_%s")
    return _do(request, pk, "work_lead", form, services.note_step, slot="step_form", success="已登记。")


@require_POST
def led_finish(request, pk):
    form = FinishForm(request.POST)
    words = "已写明结果，请提交人评价。"
    return _do(request, pk, "finish_lead", form, services.finish, slot="finish_form", success=words)


@require_POST
def led_rate(request, pk):
    form = RatingForm(request.POST)
    return _do(request, pk, "rate_lead", form, services.rate, slot="rating_form", success="谢谢您的评价。")


@require_POST
def led_take_back(request, pk):
    form = BackForm(request.POST, auto_id="back_%s")
    words = "已收回，请另行交办或领办。"
    return _do(request, pk, "take_back_lead", form, services.take_back, slot="back_form", success=words)


def _do(request, pk, verb, form, service, *, slot, success):
    """One verb of the page: done, back to the page; refused, the page with what was typed."""
    lead = _lead(request, pk)
    rules.require(verb, request.user, lead)
    if form.is_valid():
        done = attempt(
            request,
            lambda: service(lead, by=request.user, at=timezone.now(), **form.cleaned_data),
            form=form,
            success=success,
        )
        if done or not form.errors:
            return redirect(lead)
        lead = _lead(request, pk)
    return _page(request, lead, status=400, **{slot: form})
