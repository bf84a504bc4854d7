"""Pages on which the office opens, changes, fills and closes bodies, and sees which rules they keep."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.doors import attempt
from members.forms import bodies as forms
from members.models import APPOINTING, HOSTS, Body, BodyBudget, BodyKind, Committee, Membership, Organisation
from members.presets import bodies as presets
from members.queries import body_checks, body_match
from members.roles import Permission
from members.services import bodies as services
from members.services import body_import, body_seats, partners
from members.views.bodies import body_of

SHOWN_BROKEN = 5
FIRST_TONES = ("late", "ok", "closed")


def _committee(request) -> Committee:
    """The committee whose people this person manages."""
    managed = Committee.objects.manageable_by(request.user, Permission.PEOPLE_MANAGE).select_related("region")
    committee = managed.order_by("pk").first()
    if committee is None:
        raise PermissionDenied
    return committee


def _managed(request, pk, *kinds) -> Body:
    """A body that one sees and manages; of one of `kinds`, where only they know the page."""
    body = body_of(request, pk)
    if body.committee_id not in request.user.committees_with(Permission.PEOPLE_MANAGE):
        raise PermissionDenied
    if kinds and body.kind not in kinds:
        raise Http404
    return body


def _page(request, template, body, form, **more):
    return render(
        request, f"members/{template}.html", {"committee": body.committee, "body": body, "form": form, **more}
    )


def _sent(request):
    """What was sent, even where nothing was ticked."""
    return request.POST if request.method == "POST" else None


def body_new(request):
    committee = _committee(request)
    given = {
        name: request.GET[name]
        for name in ("kind", "parent", "region", "host", "party_level", "name")
        if name in request.GET
    }
    form = forms.BodyForm(request.POST or None, instance=Body(committee=committee), user=request.user, initial=given)
    if form.is_valid():
        opened = attempt(
            request,
            lambda: services.open_body(
                form.instance, organisations=form.picked or (), by=request.user, at=timezone.now()
            ),
            success=f"“{form.instance.name}”已设立，请接着安排人员。",
            form=form,
        )
        if opened:
            return redirect(opened)
    return render(request, "members/body_form.html", {"committee": committee, "form": form})


def body_edit(request, pk):
    body = _managed(request, pk)
    form = forms.BodyForm(request.POST or None, instance=body, user=request.user)
    if form.is_valid():
        saved = attempt(
            request,
            lambda: services.change_body(
                form.instance,
                changed=form.changed_fields,
                organisations=form.picked,
                by=request.user,
                at=timezone.now(),
            ),
            success="已保存。",
            form=form,
        )
        if saved:
            return redirect(body)
    return _page(request, "body_form", Body.objects.select_related("committee__region").get(pk=pk), form)


def body_close(request, pk):
    body = _managed(request, pk)
    form = forms.CloseBodyForm(request.POST or None)
    if form.is_valid():
        closed = attempt(
            request,
            lambda: services.close_body(body, **form.cleaned_data, by=request.user, at=timezone.now()),
            success=f"“{body}”已撤销。",
            form=form,
        )
        if closed:
            return redirect("body-list")
    return _page(request, "body_close", body, form)


def body_seat(request, pk):
    body = _managed(request, pk)
    form = forms.SeatForm(request.POST or None, body=body, user=request.user, initial=_asked_post(request))
    if form.is_valid():
        seated = attempt(
            request,
            lambda: body_seats.seat(body, **form.cleaned_data, by=request.user, at=timezone.now()),
            success=f"{form.cleaned_data['member'] or form.cleaned_data.get('person_name')}已任职。",
            form=form,
        )
        if seated:
            return redirect(body)
    return _page(request, "body_seat", body, form)


def _asked_post(request):
    return {"post": request.GET["post"]} if request.GET.get("post") else {}


def body_unseat(request, pk):
    seats = Membership.objects.visible_to(request.user).select_related("body__committee", "member__user")
    row = get_object_or_404(seats, pk=pk)
    body = _managed(request, row.body_id)
    form = forms.UnseatForm(request.POST or None)
    if form.is_valid():
        ended = attempt(
            request,
            lambda: body_seats.unseat(row, on=form.cleaned_data["until"], by=request.user, at=timezone.now()),
            success=f"{row.person}的{row.post_label}一职已办理卸任。",
            form=form,
        )
        if ended:
            return redirect(body)
    return _page(request, "body_unseat", body, form, seat=row)


def body_intake(request, pk):
    body = _managed(request, pk, *HOSTS)
    form = forms.IntakeForm(_sent(request), body=body, user=request.user)
    if form.is_valid():
        saved = attempt(
            request,
            lambda: services.set_intake(body, **form.cleaned_data, by=request.user, at=timezone.now()),
            success="归口已调整，从今天起算。",
            form=form,
        )
        if saved:
            return redirect(body)
    return _page(request, "body_intake", body, form)


def body_budget(request, pk):
    body = _managed(request, pk)
    rows = list(body.budgets.all()[:10])
    this = next((row for row in rows if row.year == timezone.localdate().year), None) or BodyBudget(body=body)
    form = forms.BudgetForm(request.POST or None, instance=BodyBudget(body=body), initial=_shown(this))
    if form.is_valid():
        saved = attempt(
            request,
            lambda: services.set_budget(body, **form.cleaned_data, by=request.user, at=timezone.now()),
            success="工作经费已登记。",
            form=form,
        )
        if saved:
            return redirect(body)
    return _page(request, "body_budget", body, form, rows=rows)


def _shown(row):
    return {
        name: getattr(row, name) for name in ("year", "granted", "spent", "source") if getattr(row, name) is not None
    }


def body_import_people(request, pk):
    body = _managed(request, pk, *APPOINTING)
    form = forms.ImportForm(_sent(request), request.FILES or None)
    if form.is_valid():
        lines = form.cleaned_data["lines"]
        seated = attempt(
            request,
            lambda: body_import.import_people(body, lines, by=request.user, at=timezone.now()),
            success=f"已聘任 {len(lines)} 人。",
            form=form,
        )
        if seated:
            return redirect("body-roster", pk)
    return _page(request, "body_import", body, form, columns=list(body_import.COLUMNS))


def body_match_members(request, pk):
    """按专长选人: members whose specialties fit the units that a supervision team looks at."""
    body = _managed(request, pk, BodyKind.SUPERVISION_TEAM)
    form = forms.MatchForm(_sent(request), body=body, user=request.user)
    if form.is_valid():
        chosen = list(form.cleaned_data["members"])
        seated = attempt(
            request,
            lambda: body_seats.seat_many(body, chosen, by=request.user, at=timezone.now()),
            success=f"{len(chosen)} 位委员已编入{body}。",
            form=form,
        )
        if seated:
            return redirect(body)
    units, matches = body_match.proposals(body, request.user)
    picked = set(request.POST.getlist("members"))
    return _page(request, "body_match", body, form, units=units, matches=matches, picked=picked)


@require_safe
def checks(request):
    committee = _committee(request)
    only = request.GET.get("rule", "")
    here = body_checks.Snapshot(committee, request.user, timezone.localdate())
    found = body_checks.checks(here, only=only)
    if not found:
        raise Http404
    found.sort(key=lambda check: FIRST_TONES.index(check.tone))
    context = {
        "committee": committee,
        "checks": [(check, check.broken if only else check.broken[:SHOWN_BROKEN]) for check in found],
        "only": only,
        "shown": SHOWN_BROKEN,
        "kept": sum(1 for check in found if check.total and not check.broken),
        "applied": sum(1 for check in found if check.total),
        "figures": [] if only else body_checks.figures(here),
    }
    return render(request, "members/body_checks.html", context)


def body_presets(request):
    """套用常用机构: usual trees with their source, each copied on one click."""
    committee = _committee(request)
    if request.method == "POST":
        key = request.POST.get("set", "")
        if key not in presets.sets():
            raise Http404
        made = attempt(request, lambda: presets.apply_set(committee, key, by=request.user, at=timezone.now()))
        if made:
            messages.success(request, f"“{presets.sets()[key].title}”已套用，新设 {len(made)} 个机构，请接着安排人员。")
            return redirect("body-chart")
    return render(request, "members/body_presets.html", {"committee": committee, "offers": presets.offers(committee)})


def partner_new(request):
    committee = _committee(request)
    form = forms.PartnerForm(request.POST or None, instance=Organisation(committee=committee))
    if form.is_valid():
        made = attempt(
            request,
            lambda: partners.register_partner(form.instance, by=request.user, at=timezone.now()),
            success=f"“{form.instance.name}”已登记。",
            form=form,
        )
        if made:
            return redirect("partner-list")
    return render(request, "members/body_partner_form.html", {"committee": committee, "form": form})


def partner_edit(request, pk):
    committee = _committee(request)
    partner = get_object_or_404(
        Organisation.objects.visible_to(request.user).select_related("committee__region"),
        pk=pk, committee=committee, kind__in=partners.PARTNERS,
    )  # fmt: skip
    form = forms.PartnerForm(request.POST or None, instance=partner)
    if form.is_valid():
        saved = attempt(
            request,
            lambda: partners.change_partner(
                form.instance, changed=form.changed_fields, by=request.user, at=timezone.now()
            ),
            success="已保存。",
            form=form,
        )
        if saved:
            return redirect("partner-list")
    return render(request, "members/body_partner_form.html", {"committee": committee, "form": form, "partner": partner})
