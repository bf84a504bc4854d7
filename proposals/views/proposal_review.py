"""Pages of the review: the desk with what waits, one proposal with its form, 并案 and its undoing, the 提案表."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.documents.http import download
from config.doors import attempt
from config.paging import numbered
from members.roles import Permission
from proposals import rules
from proposals.documents import proposals as documents
from proposals.forms.proposal_review import MergeForm, ProposalReviewForm, UnmergeForm
from proposals.models import Proposal
from proposals.queries import reviewing as queries
from proposals.services import merging, reviewing
from proposals.states import PROPOSAL_MOVES, UNSENT, ProposalState, ReviewResult

PER_PAGE = 15
TO_WHOM = ("committee", "plenary", "organisation", "body", "sphere", "drafter", "lead__plenary")


@require_safe
def review_desk(request):
    """Waiting for review, whoever waits longest first, each with what says much the same."""
    if not request.user.committees_with(Permission.PROPOSAL_REVIEW):
        raise PermissionDenied("提案审查由提案委和政协办的工作人员办理。")
    waiting = list(queries.awaiting_review(request.user).values_list("pk", flat=True))
    page = numbered(waiting, request, PER_PAGE)
    found = Proposal.objects.select_related("organisation", "body", "sphere", "drafter")
    found = found.prefetch_related("signatures__member__user").in_bulk(page.rows)
    rows = [found[pk] for pk in page.rows if pk in found]
    alike = queries.alike(rows)
    context = {"page": page, "total": len(waiting), "rows": [(row, alike.get(row.pk, [])) for row in rows]}
    return render(request, "proposals/review_waiting.html", context)


def _proposal(request, key: UUID) -> Proposal:
    """404 for what one does not follow, 403 for those who follow it and do not review."""
    found = Proposal.objects.followed_by(request.user).select_related(*TO_WHOM)
    proposal = get_object_or_404(found, key=key)
    rules.require("review_proposal", request.user, proposal)
    return proposal


def review(request, key):
    """审查 one: what it says, what is alike, the three checks and the result."""
    proposal = _proposal(request, key)
    if proposal.state != ProposalState.SUBMITTED:
        messages.warning(request, f"这件提案现在是“{proposal.get_state_display()}”，不用再审查。")
        return redirect(proposal)
    alike = queries.alike([proposal])[proposal.pk]
    form = ProposalReviewForm(request.POST if request.method == "POST" else None, proposal=proposal, alike=alike)
    if form.is_bound and form.is_valid():
        done = attempt(request, lambda: _settle(proposal, form, by=request.user), form=form)
        if done:
            messages.success(request, f"《{done}》：{done.get_state_display()}。提案者已收到通知。")
            return redirect("proposal-review-desk")
        proposal.refresh_from_db()
        if proposal.state != ProposalState.SUBMITTED:  # somebody was faster, and was told so
            return redirect(proposal)
    context = {
        "proposal": proposal,
        "committee": proposal.committee,
        "form": form,
        "alike": alike,
        "signatures": proposal.signatures.signed().select_related("member__user"),
        "earlier": proposal.reviews.prefetch_related("grounds").select_related("by"),
    }
    return render(request, "proposals/review_form.html", context, status=400 if form.is_bound else 200)


def _settle(proposal, form, *, by):
    given, at = form.cleaned_data, timezone.now()
    told = {"checks": form.checks(), "words": given["words"], "by": by, "at": at}
    match given["result"]:
        case ReviewResult.FILE:
            return reviewing.file(proposal, **told)
        case ReviewResult.MERGE:
            return merging.merge(proposal, form.into(), **told)
        case ReviewResult.RETURN:
            return reviewing.send_back(proposal, **told)
        case ReviewResult.TURN:
            return reviewing.turn(proposal, **told)
        case ReviewResult.REJECT:
            return reviewing.reject(proposal, grounds=given["grounds"], **told)


def merge(request, key):
    """并案 of one that is filed and not handed over yet."""
    proposal = _proposal(request, key)
    if proposal.state != ProposalState.FILED:
        messages.warning(request, f"这件提案现在是“{proposal.get_state_display()}”，不能在这里并案。")
        return redirect(proposal)
    alike = queries.alike([proposal])[proposal.pk]
    form = MergeForm(request.POST if request.method == "POST" else None, proposal=proposal, alike=alike)
    if form.is_bound and form.is_valid():
        words = form.cleaned_data["words"]
        done = attempt(
            request,
            lambda: merging.merge(proposal, form.into(), words=words, by=request.user, at=timezone.now()),
            form=form,
            success="已并案，提案者已收到通知。编号、署名保留，答复单独送达。",
        )
        if done or not form.errors:
            return redirect(proposal)
    context = {"proposal": proposal, "committee": proposal.committee, "form": form, "alike": alike}
    return render(request, "proposals/review_merge.html", context, status=400 if form.is_bound else 200)


def unmerge(request, key):
    """撤销并案, while nobody has answered it."""
    proposal = _proposal(request, key)
    if proposal.state not in PROPOSAL_MOVES["unmerge"].sources:
        raise Http404
    form = UnmergeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        done = attempt(
            request,
            lambda: merging.unmerge(proposal, words=form.cleaned_data["words"], by=request.user, at=timezone.now()),
            form=form,
            success="已撤销并案，这件提案回到“已立案”，等待单独交办。",
        )
        if done or not form.errors:
            return redirect(proposal)
    context = {"proposal": proposal, "committee": proposal.committee, "form": form}
    return render(request, "proposals/review_unmerge.html", context, status=400 if form.is_bound else 200)


@require_safe
def proposal_form(request, key):
    """提案表 as a document, for those who follow the proposal."""
    followed = Proposal.objects.followed_by(request.user).exclude(state__in=UNSENT).select_related(*TO_WHOM)
    proposal = get_object_or_404(followed, key=key)
    return download(documents.proposal_form(proposal), f"提案表 {proposal.serial or '未编号'} {proposal.title}.docx")
