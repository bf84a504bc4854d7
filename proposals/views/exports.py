"""The list of proposals as a table, as far as its filters say."""

from django.utils import timezone
from django.views.decorators.http import require_POST

from config.documents.http import download
from members.roles import Permission
from proposals.filters.proposals import ProposalFilter
from proposals.models import Proposal
from proposals.services.exports import export
from proposals.states import UNSENT
from proposals.views.imports import held_committee


@require_POST
def proposal_export(request):
    """导出: the filters of the list stay in the address; who took what stands in the trail."""
    committee = held_committee(request, Permission.PROPOSAL_VIEW)
    kind = "csv" if request.POST.get("kind") == "csv" else "xlsx"
    rows = Proposal.objects.filter(committee=committee).exclude(state__in=UNSENT)
    found = ProposalFilter(request.GET, queryset=rows, request=request)
    content = export(committee, found.qs, kind=kind, by=request.user, at=timezone.now())
    return download(content, f"{committee}提案{timezone.localdate():%Y%m%d}.{kind}")
