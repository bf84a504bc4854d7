"""The page on which the office says how far a proposal is published."""

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from config.doors import attempt
from config.privacy import masked
from proposals import rules
from proposals.forms.proposal_review import DisclosureForm
from proposals.models import Proposal
from proposals.services import disclosure as services


def disclosure(request, key):
    followed = Proposal.objects.followed_by(request.user).select_related("committee", "plenary")
    proposal = get_object_or_404(followed, key=key)
    rules.require("disclose_proposal", request.user, proposal)
    stands = {
        "publication": proposal.publication,
        "private_reason": proposal.private_reason,
        "public_summary": proposal.public_summary,
    }
    form = DisclosureForm(request.POST if request.method == "POST" else None, initial=stands)
    if form.is_bound and form.is_valid():
        done = attempt(
            request,
            lambda: services.disclose(proposal, by=request.user, at=timezone.now(), **form.cleaned_data),
            form=form,
            success="公开方式已改，提案者已收到通知。",
        )
        if done or not form.errors:
            return redirect(proposal)
    context = {
        "proposal": proposal,
        "committee": proposal.committee,
        "form": form,
        "suggested": masked(f"{proposal.situation}\n建议：{'；'.join(proposal.points)}")[: services.SUMMARY_LENGTH],
    }
    return render(request, "proposals/disclosure.html", context, status=400 if form.is_bound else 200)
