"""Pages of bodies that everybody of the committee reads: the list, one body, its roster, the chart."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.doors import attempt
from config.paging import keyset
from members.filters.bodies import BodyFilter, RosterFilter
from members.forms.bodies import DescribeForm
from members.models import (
    APPOINTING,
    HOSTS,
    LEADING_POSTS,
    Body,
    BodyKind,
    Committee,
    Intake,
    Membership,
    Organisation,
)
from members.queries import bodies as queries
from members.rules import bodies as rules
from members.services import bodies as services
from members.services.partners import PARTNERS

SHOWN = ("committee__region", "parent", "host", "region")
OWN_FIRST = 20


def home(request) -> Committee:
    """The committee whose bodies this person looks at: one's own; who runs the platform names it or gets the first."""
    committee = request.user.home_committee
    if committee is None and request.user.is_superuser:
        committee = Committee.objects.order_by("pk").first()
    if committee is None:
        raise Http404
    return committee


def body_of(request, pk) -> Body:
    return get_object_or_404(Body.objects.visible_to(request.user).select_related(*SHOWN), pk=pk)


@require_safe
def body_list(request):
    committee = home(request)
    bodies = Body.objects.visible_to(request.user).filter(committee=committee).select_related("parent", "region")
    filterset = BodyFilter(request.GET or None, queryset=bodies)
    narrowed = bool(request.GET)
    context = {
        "committee": committee,
        "filterset": filterset,
        "page": keyset(filterset.qs, request),
        "kinds": [] if narrowed else queries.kinds(committee, request.user),
        "own": [] if narrowed else _own(request, bodies),
        "may_manage": rules.can_manage_committee(request.user, committee),
    }
    return render(request, "members/body_list.html", context)


def _own(request, bodies):
    if not request.user.member_ids:
        return []
    return list(bodies.active().holding(request.user).order_by("kind", "pk")[:OWN_FIRST])


@require_safe
def body_detail(request, pk):
    body = get_object_or_404(Body.objects.visible_to(request.user).select_related(*SHOWN).with_sector_members(), pk=pk)
    near = Body.objects.visible_to(request.user).active().order_by("kind", "position", "region_id", "pk")
    below = list((near.filter(parent=body) | near.filter(host=body))[:200])
    seats = queries.seats_of(body, request.user)
    may_manage = rules.can_manage(request.user, body)
    leads = {seat.member.user_id for seat in seats.now if seat.member and seat.post in LEADING_POSTS}
    context = {
        "committee": body.committee,
        "body": body,
        "seats": seats,
        "leaders": [seat for seat in seats.now if seat.post in LEADING_POSTS],
        "children": [one for one in below if one.parent_id == body.pk],
        "hosted": [one for one in below if one.parent_id != body.pk],
        "is_sector": body.kind == BodyKind.SECTOR,
        "units": list(body.organisations.order_by("kind", "pk")),
        "intakes": _intakes(request, body),
        "budget": body.budgets.filter(year=timezone.localdate().year).first(),
        "activities": list(body.activities.visible_to(request.user).order_by("-starts_at")[:5]),
        "appoints": body.kind in APPOINTING,
        "hosts": body.kind in HOSTS,
        "is_council": body.kind == BodyKind.DELIBERATION_COUNCIL,
        "is_supervision": body.kind == BodyKind.SUPERVISION_TEAM,
        "is_hidden": body.is_party and not seats.total and not may_manage,
        "may_manage": may_manage,
        "may_describe": may_manage or request.user.pk in leads,
    }
    return render(request, "members/body_detail.html", context)


def _intakes(request, body):
    """What this special committee takes in, or which one takes this sector in."""
    if body.kind not in (*HOSTS, BodyKind.SECTOR):
        return []
    current = Intake.objects.visible_to(request.user).current().select_related("body", "sector", "region")
    return list(current.filter(sector=body) if body.kind == BodyKind.SECTOR else current.filter(body=body))


@require_safe
def body_roster(request, pk):
    """Everybody who sits in a body today, for those that have hundreds."""
    body = body_of(request, pk)
    seats = Membership.objects.visible_to(request.user).in_force().filter(body=body)
    filterset = RosterFilter(
        request.GET or None, queryset=seats.select_related("member__user", "member__sector", "body")
    )
    context = {
        "committee": body.committee,
        "body": body,
        "filterset": filterset,
        "page": keyset(filterset.qs, request, per_page=50),
        "may_manage": rules.can_manage(request.user, body),
        "appoints": body.kind in APPOINTING,
    }
    return render(request, "members/body_roster.html", context)


@require_safe
def body_chart(request):
    committee = home(request)
    whole = request.GET.get("all") == "1"
    context = {
        "committee": committee,
        "nodes": queries.chart(committee, request.user, whole=whole),
        "whole": whole,
        "may_manage": rules.can_manage_committee(request.user, committee),
    }
    return render(request, "members/body_chart.html", context)


def body_describe(request, pk):
    """Those who lead a body write what it says of itself; name, place and people are the office's."""
    body = body_of(request, pk)
    if not rules.can_describe(request.user, body):
        raise PermissionDenied
    form = DescribeForm(request.POST or None, instance=body)
    if form.is_valid():
        changed = form.changed_fields
        saved = attempt(
            request,
            lambda: services.change_body(form.instance, changed=changed, by=request.user, at=timezone.now()) or True,
            success="已保存。",
            form=form,
        )
        if saved:
            return redirect(body)
    return render(request, "members/body_describe.html", {"committee": body.committee, "body": body, "form": form})


@require_safe
def partner_list(request):
    """协作平台与智库 of the committee, and what was done together."""
    committee = home(request)
    found = Organisation.objects.visible_to(request.user).of(committee).filter(kind__in=PARTNERS)
    partners = list(found.select_related("region").order_by("kind", "pk"))
    together = queries.joint_activities(committee, request.user, partners)
    context = {
        "committee": committee,
        "partners": [(partner, together.get(partner.pk, [])) for partner in partners],
        "may_manage": rules.can_manage_committee(request.user, committee),
    }
    return render(request, "members/body_partners.html", context)
