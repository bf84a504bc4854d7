"""The list of proposals, and one proposal on one page."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config.audit import log
from config.paging import keyset
from config.privacy import masked
from config.uploads import store
from members.roles import Permission
from proposals import offers, timeline
from proposals.filters.proposals import ProposalFilter
from proposals.models import Assignment, MicroProposal, Proposal
from proposals.queries import proposals as queries
from proposals.queries import shown as telling
from proposals.queries.information import instructions_on
from proposals.rules import proposals as right
from proposals.services.draft_text import digest_of
from proposals.states import (
    FILED,
    PROPOSAL_MOVES,
    ProposalState,
    PublicationLevel,
    ReplyState,
    ReviewResult,
    SignatureState,
)
from workstations.models import Word

WHOSE = {"mine": "我的", "sign": "待我签名", "all": "全部"}
OVER = (ProposalState.REJECTED, ProposalState.TURNED, ProposalState.WITHDRAWN)
"""Those whose course ended before 交办: no bar says what comes next."""


@require_safe
def proposal_list(request):
    """Mine, those that wait for my signature, and all that I may read; with filters."""
    user = request.user
    waiting = queries.to_sign(user)
    reads = user.is_superuser or bool(user.committees_with(Permission.PROPOSAL_VIEW))
    whose = request.GET.get("whose")
    if whose not in WHOSE:
        whose = "all" if reads or not user.member_ids else "mine"
    rows = {"mine": Proposal.objects.signed_by, "sign": queries.to_sign, "all": queries.readable_by}[whose](user)
    found = ProposalFilter(request.GET, queryset=rows, request=request)
    page = keyset(queries.for_lists(found.qs), request)
    context = {
        "page": page,
        "filter": found,
        "whose": whose,
        "tabs": list(WHOSE.items()),
        "to_sign": waiting.count() if whose != "sign" else len(page.rows),
        "may_write": bool(user.member_ids) or bool(user.organisations_with(Permission.PROPOSAL_SPEAK)),
        "is_narrowed": any(value for name, value in request.GET.items() if name in found.filters),
    }
    return render(request, "proposals/proposal_list.html", context)


@require_safe
@login_not_required
def proposal_detail(request, key):
    """One case on one page; visitors see of the published ones what was published."""
    followed = Proposal.objects.followed_by(request.user).filter(pk=OuterRef("pk"))
    rows = queries.with_signers(Proposal.objects.visible_to(request.user)).select_related(
        "committee", "plenary", "sphere", "organisation", "body", "drafter", "lead__plenary", "unit"
    )
    proposal = get_object_or_404(rows.annotate(is_followed=Exists(followed)), key=key)
    in_public = not proposal.is_followed
    context = _public_context(proposal) if in_public else _inner_context(request.user, proposal)
    context |= _course(request.user, proposal, context["reviews"], in_public)
    context |= {
        "proposal": proposal,
        "committee": proposal.committee,
        "in_public": in_public,
        "proposer": telling.proposer(proposal, in_public=in_public),
        "back": None if in_public else ("提案", reverse("proposal-list")),
        "fields": list(proposal.fields.all()),
        "related": _related(request.user, proposal, in_public),
    }
    return render(request, "proposals/proposal_detail.html", context)


def _public_context(proposal):
    """What was published, names without anything that leads to a person."""
    if proposal.publication == PublicationLevel.SUMMARY:
        text = {"summary": masked(proposal.public_summary)}
    else:
        text = {
            "situation": masked(proposal.situation),
            "analysis": masked(proposal.analysis),
            "points": [masked(point) for point in proposal.points],
        }
    signers = {} if proposal.is_collective else _signers(proposal.signatures.all())
    return {"text": text, "signers": signers, "reviews": []}


def _inner_context(user, proposal):
    signatures = list(proposal.signatures.all())
    is_drafter = right.is_drafter(user, proposal)
    mine = user.member_ids.get(proposal.committee_id)
    own = next((row for row in signatures if row.member_id == mine and mine is not None), None)
    pending = [row for row in signatures if row.state != SignatureState.SIGNED and (is_drafter or row == own)]
    may_edit = right.can_edit(user, proposal)
    is_asked = (
        own is not None and own.state == SignatureState.ASKED and proposal.state in PROPOSAL_MOVES["submit"].sources
    )
    actions = offers.actions(user, proposal)
    now = None if is_asked or may_edit else next((action for action in actions if action.main), None)
    reviews = list(proposal.reviews.select_related("by").prefetch_related("grounds")) if proposal.submitted_at else []
    return {
        "text": {"situation": proposal.situation, "analysis": proposal.analysis, "points": proposal.points},
        "signers": _signers(signatures),
        "pending": pending,
        "leaving": own if own and _may_leave(user, own) else None,
        "reviews": reviews,
        "asked_for": reviews[-1] if reviews and proposal.state == ProposalState.RETURNED else None,
        "last_review": reviews[-1] if reviews and proposal.state in OVER else None,
        "papers": store.of(proposal),
        "instructions": instructions_on(user, proposal) if proposal.state in FILED else [],
        "word": proposal.word_id and Word.objects.visible_to(user).filter(pk=proposal.word_id).first(),
        "micro": proposal.micro_id and MicroProposal.objects.visible_to(user).filter(pk=proposal.micro_id).first(),
        "is_asked": is_asked and own,
        "seen": digest_of(proposal) if is_asked else "",
        "is_drafter": is_drafter,
        "may_edit": may_edit,
        "may_withdraw": right.can_withdraw(user, proposal),
        "now": now,
        "actions": [action for action in actions if action is not now],
    }


def _signers(signatures):
    """Role → names of those who signed, as one line each: of thirty co-signers nobody wants thirty rows."""
    names = {}
    for row in signatures:
        if row.state == SignatureState.SIGNED:
            names.setdefault(row.get_role_display(), []).append(str(row))
    return {role: "、".join(people) for role, people in names.items()}


def _may_leave(user, row):
    """Whether the page offers this person to take the own name off; the first signer takes the whole back."""
    return row.state == SignatureState.SIGNED and right.can_take_off_now(user, row)


def _related(user, proposal, in_public):
    """The case that it is handled with and those handled with it: (row, may open); in public only what is public."""
    merged = list(proposal.merged.select_related("plenary"))
    rows = ([proposal.lead] if proposal.lead_id else []) + merged
    if not rows:
        return {}
    visible = Proposal.objects.visible_to(user).filter(pk__in=[row.pk for row in rows])
    visible = set(visible.values_list("pk", flat=True))
    shown = {row.pk: (row, row.pk in visible) for row in rows if row.pk in visible or not in_public}
    return {
        "lead": shown.get(proposal.lead_id),
        "merged": [shown[row.pk] for row in merged if row.pk in shown],
    }


def _course(user, proposal, reviews, in_public):
    """Units, replies, the bar and the story."""
    submitted = proposal.submitted_at is not None
    units = list(proposal.assignments.select_related("unit", "committee").order_by("pk")) if submitted else []
    timeline.load(units)
    standing = [one for one in units if not one.returned_at and not (in_public and one.is_co)]
    openable = set()
    if standing and not in_public:
        seen = Assignment.objects.visible_to(user).filter(pk__in=[one.pk for one in standing])
        openable = set(seen.values_list("pk", flat=True))
    again = []
    if any(review.result == ReviewResult.RETURN for review in reviews):
        sent = log.history(proposal).filter(verb="proposal.submit").values_list("at", flat=True)
        again = sorted(sent)[1:]
    return {
        "units": [(one, one.pk in openable) for one in standing],
        "replies": [shown for one in standing if not one.is_co and (shown := _reply(proposal, one, in_public))],
        "steps": timeline.steps_of_proposal(proposal, units) if submitted and proposal.state not in OVER else [],
        "events": timeline.of_proposal(
            proposal,
            reviews,
            units,
            again,
            proposer=telling.proposer(proposal, in_public=in_public),
            in_public=in_public,
        ),
    }


def _reply(proposal, assignment, in_public):
    """The last reply that was sent, and how much of it this page shows: (reply, "full" or "summary"), or None."""
    sent = [row.reply for row in assignment.rounds.all() if _is_sent(row)]
    if not sent:
        return None
    reply = sent[-1]
    if not in_public:
        return reply, "full"
    if PublicationLevel.FULL == reply.publication == proposal.publication:
        return telling.cover(reply), "full"
    if reply.publication != PublicationLevel.NONE and reply.public_text:
        return telling.cover(reply), "summary"
    return None


def _is_sent(row):
    reply = getattr(row, "reply", None)
    return reply is not None and reply.state == ReplyState.SENT
