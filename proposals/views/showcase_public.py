"""全程公开, as everybody reads it, votes on it and writes under it; no account is needed."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from config.paging import keyset
from members.auth import counted_address
from members.models import Committee
from proposals import rules
from proposals.forms.showcase import CommentForm, ReceiptForm, VoteForm
from proposals.models import Showcase
from proposals.queries import showcase as queries
from proposals.services import showcase_voices as voices

COOKIE, KEPT = "live-voter", 400 * 24 * 60 * 60  # seconds, the longest that browsers keep one
SALT = "proposals.showcase"


def _showcase(request, key):
    rows = Showcase.objects.visible_to(request.user)
    related = ("proposal__committee__region", "proposal__unit", "proposal__plenary")
    return get_object_or_404(rows.select_related(*related), proposal__key=key)


def _voter(request) -> str:
    """Who votes: an account, or what the cookie of an earlier vote says; nothing for a visitor who never voted."""
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    kept = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=KEPT)
    return f"visitor:{kept}" if kept else ""


@login_not_required
@never_cache
@require_safe
def showcase(request, key):
    return _page(request, _showcase(request, key))


def _page(request, found, *, form=None, status=200):
    proposal, voter = found.proposal, _voter(request)
    entries = list(found.entries.filter(published_at__isnull=False).prefetch_related("links").order_by("-on", "-pk"))
    is_public = Showcase.objects.public().filter(pk=found.pk).exists()
    mine = voices.vote_of(found, voter) if voter else ""
    context = {
        "committee": proposal.committee,
        "proposal": proposal,
        "showcase": found,
        "entries": entries,
        "steps": queries.stage_bar(entries),
        "tally": queries.tally(found),
        "is_public": is_public,
        "mine": mine,
        "page": keyset(found.comments.shown(), request, per_page=10),
        "keeps": rules.may("keep_showcase", request.user, proposal),
    }
    if is_public and found.takes_votes:
        context["vote_form"] = form or VoteForm(initial={"satisfaction": mine})
    return render(request, "proposals/showcase.html", context, status=status)


@login_not_required
@never_cache
@require_POST
def showcase_vote(request, key):
    """One vote a person; the stamp of a visitor's first form stands for the visitor from then on."""
    found, form, kept = _showcase(request, key), VoteForm(request.POST), ""
    if form.is_valid():
        voter = _voter(request)
        if not voter:
            kept = form.cleaned_data["stamp"]
            voter = f"visitor:{kept}"
        address = "" if request.user.is_authenticated else counted_address(request) or ""
        said = form.cleaned_data["satisfaction"]
        done = attempt(
            request,
            lambda: [voices.vote(found, satisfaction=said, voter=voter, address=address, at=timezone.now())],
            form=form,
            success="谢谢您的评价。",
        )
        if done:
            answer = redirect(found)
            if kept:
                answer.set_signed_cookie(
                    COOKIE, kept, salt=SALT, max_age=KEPT, httponly=True, samesite="Lax", secure=request.is_secure()
                )
            return answer
    return _page(request, found, form=form, status=400)


@login_not_required
@never_cache
def showcase_comment_new(request, key):
    """Write under it; the code is shown on the answer to the form and nowhere else."""
    found = _showcase(request, key)
    form = CommentForm(request.POST or None)
    context = {"committee": found.proposal.committee, "proposal": found.proposal, "showcase": found}
    if form.is_valid():
        left = attempt(
            request,
            lambda: voices.leave(
                found, words=form.cleaned_data["words"], address=counted_address(request) or "", at=timezone.now()
            ),
            form=form,
        )
        if left:
            return render(request, "proposals/showcase_left.html", {**context, "code": left[1]})
    status = 400 if request.method == "POST" else 200
    return render(request, "proposals/showcase_leave.html", {**context, "form": form}, status=status)


@login_not_required
@never_cache
def showcase_receipt(request, slug):
    """What became of a comment, for who has its code."""
    committees = Committee.objects.visible_to(request.user).select_related("region")
    committee, comment = get_object_or_404(committees, slug=slug), None
    form = ReceiptForm(request.POST or None)
    if form.is_valid():
        code, address = form.cleaned_data["code"], counted_address(request) or ""
        found = attempt(
            request, lambda: [voices.look_up(code, committee=committee, address=address, at=timezone.now())]
        )
        comment = found and found[0]
        if found and comment is None:
            form.add_error("code", "没有这个查询码，请核对后再查。")
    context = {"committee": committee, "form": form, "comment": comment}
    return render(request, "proposals/showcase_receipt.html", context, status=400 if form.errors else 200)
