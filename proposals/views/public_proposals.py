"""Proposals, as everybody may look for them."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from config.paging import keyset
from members.models import Committee
from proposals.filters.public import PublicProposalFilter
from proposals.models import Proposal, Showcase


@login_not_required
@require_safe
def proposal_public_list(request, slug):
    """What was proposed, who handles it and how it came out; the same for visitors and for staff."""
    committee = get_object_or_404(Committee.objects.select_related("region"), slug=slug)
    rows = Proposal.objects.public().filter(committee=committee)
    filterset = PublicProposalFilter(request.GET, queryset=rows, committee=committee)
    page = keyset(filterset.qs.select_related("plenary", "sphere", "unit"), request)
    keys = [proposal.pk for proposal in page if proposal.is_key]
    live = Showcase.objects.public().filter(proposal__in=keys).values_list("proposal", flat=True) if keys else []
    shown = set(live)
    for proposal in page:
        proposal.is_live = proposal.pk in shown
    context = {"committee": committee, "filterset": filterset, "page": page}
    return render(request, "proposals/proposal_public_list.html", context)
