from django.urls import path, reverse

from proposals import offers
from proposals.queries import matters as queries
from proposals.states import ProposalState
from proposals.views import drafting
from proposals.views import proposals as views

urlpatterns = [
    path("proposals/", views.proposal_list, name="proposal-list"),
    path("proposals/new/", drafting.proposal_new, name="proposal-new"),
    path("proposals/<uuid:key>/", views.proposal_detail, name="proposal-detail"),
    path("proposals/<uuid:key>/edit/", drafting.proposal_edit, name="proposal-edit"),
    path("proposals/<uuid:key>/check/", drafting.proposal_check, name="proposal-check"),
    path("proposals/<uuid:key>/submit/", drafting.proposal_submit, name="proposal-submit"),
    path("proposals/<uuid:key>/withdraw/", drafting.proposal_withdraw, name="proposal-withdraw"),
    path("proposals/<uuid:key>/signers/", drafting.proposal_signers, name="proposal-signers"),
    path("proposals/<uuid:key>/signers/ask/", drafting.proposal_ask, name="proposal-ask"),
    path(
        "proposals/<uuid:key>/signers/<int:pk>/remove/", drafting.proposal_signature_remove,
        name="proposal-signature-remove",
    ),
    path("proposals/<uuid:key>/sign/", drafting.proposal_sign, name="proposal-sign"),
    path("proposals/<uuid:key>/decline/", drafting.proposal_decline, name="proposal-decline"),
    path(
        "proposals/<uuid:key>/papers/<uuid:paper>/remove/", drafting.proposal_paper_remove,
        name="proposal-paper-remove",
    ),
]  # fmt: skip


@offers.register
def offer_rating(user, proposal):
    """The signers' own last word, on the page of the unit's case."""
    if proposal.state not in (ProposalState.ASSIGNED, ProposalState.MERGED):
        return None
    waiting = queries.awaiting_rating(user).filter(proposal=proposal).select_related("unit").first()
    if waiting is None:
        return None
    why = f"{waiting.unit}已经答复。不评价不算满意，这件提案会一直等着您。"
    return offers.Action("评价答复", reverse("assignment-detail", args=[waiting.pk]), main=True, why=why)
