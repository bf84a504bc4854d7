"""Pages on which a proposal is written, signed and submitted."""

from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from config.privacy import reaches_somebody
from config.refusals import Refusal
from config.uploads import store
from members.models import Body, Committee, Organisation
from proposals import rules, threads
from proposals.forms.proposals import MOST_PAPERS, MOST_PHOTOS, MOST_SEALS, DeclineForm, DraftForm, SignersForm
from proposals.models import MicroProposal, Proposal
from proposals.queries import proposals as queries
from proposals.rules import proposals as right
from proposals.services import drafting, signing
from proposals.services.draft_text import missing
from proposals.states import ProposalState, ProposerKind, SignatureRole, SignatureState
from workstations.models import Word

SOURCES = ("word", "micro")
ROOM = {
    "photo": (MOST_PHOTOS, "照片", "张"),
    "paper": (MOST_PAPERS, "附件", "份"),
    "seal": (MOST_SEALS, "盖章页", "张"),
}


def _number(value):
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 19 else None


# --- 起草 ---------------------------------------------------------------------------------------------------------


@require_safe
def proposal_new(request):
    """In whose name? Who has one voice only, or named it, goes on to a fresh draft under a key of its own."""
    voices = queries.voices(request.user)
    if not voices:
        raise PermissionDenied("提案由政协委员、党派团体联系人提交。如需开通，请联系政协办。")
    sources = {name: request.GET[name] for name in SOURCES if _number(request.GET.get(name))}
    fitting = voices
    if "kind" in request.GET:
        fitting = [voice for voice in voices if _is_asked_for(voice, request.GET)]
    if len(fitting) == 1:
        query = "&".join(filter(None, [fitting[0].query, urlencode(sources)]))
        return redirect(f"{reverse('proposal-edit', args=[uuid4()])}?{query}")
    more = f"&{urlencode(sources)}" if sources else ""
    return render(request, "proposals/proposal_new.html", {"voices": fitting or voices, "more": more})


def _is_asked_for(voice, asked):
    """Whether the address means this voice; what it does not say fits every one."""
    kinds = {voice.kind, *([ProposerKind.JOINT] if voice.kind == ProposerKind.MEMBER else [])}
    said = {
        "committee": voice.committee.pk,
        "organisation": voice.organisation and voice.organisation.pk,
        "body": voice.body and voice.body.pk,
    }
    fits = all(not asked.get(name) or _number(asked[name]) == pk for name, pk in said.items())
    return asked["kind"] in kinds and fits


def proposal_edit(request, key: UUID):
    """Write, keep, go on to check; a key that is not there yet becomes a draft with the first save."""
    proposal = Proposal.objects.filter(key=key).select_related("committee", "organisation", "body").first()
    if proposal is not None and not rules.may("edit_proposal", request.user, proposal):
        return redirect("proposal-detail", key=key)
    name = _name_of(request, proposal)
    given = {
        "instance": proposal,
        "committee": name["committee"],
        "is_organisation": name["organisation"] is not None,
        "more": "more" in request.GET,
    }
    if request.method != "POST":
        begun, sources = ({}, {}) if proposal else _begin(request, name["committee"])
        form = DraftForm(initial=begun, **given)
        return _form_page(request, form, key, name, proposal, sources)
    form = DraftForm(request.POST, request.FILES, **given)
    sources = {} if proposal else _sources(request, name["committee"])
    autosave = request.headers.get("X-Autosave") == "1"
    if not form.is_valid():
        if autosave:
            return JsonResponse({"saved": False, "error": _first(form.errors)}, status=400)
        return _form_page(request, form, key, name, proposal, sources, status=400)
    saved = attempt(request, lambda: _keep(form, key, name, sources, request.user), form=form)
    if autosave:
        at = timezone.localtime().strftime("%H:%M")
        if saved:
            return JsonResponse({"saved": True, "at": at})
        return JsonResponse({"saved": False, "error": _first(get_messages(request))}, status=409)
    if not saved:
        return _form_page(request, form, key, name, proposal, sources, status=400)
    if "add" in request.POST:
        return redirect(f"{reverse('proposal-edit', args=[key])}?more=1#id_point_{len(saved.points)}")
    if "save" in request.POST:
        return redirect("proposal-edit", key=key)
    return redirect("proposal-check", key=key)


def _name_of(request, proposal):
    """In whose name the draft is: what stands in it, else what the address or the first form says."""
    if proposal is not None:
        given = {name: getattr(proposal, name) for name in ("kind", "committee", "organisation", "body")}
    else:
        asked = request.POST if request.method == "POST" else request.GET
        user, kind = request.user, asked.get("kind", ProposerKind.MEMBER)
        organisation = Organisation.objects.filter(pk=_number(asked.get("organisation"))).first()
        body = Body.objects.filter(pk=_number(asked.get("body"))).first()
        wanted = _number(asked.get("committee")) or next(iter(user.member_ids), None)
        committee = Committee.objects.filter(pk=wanted).first()
        given = {"kind": kind, "committee": committee, "organisation": organisation, "body": body}
    if given["committee"] is None or not right.may_put(request.user, **given):
        raise PermissionDenied("您现在不能以这个名义提交提案。如有疑问，请联系政协办核对任职和授权。")
    return given


def _sources(request, committee) -> dict:
    """The word of the public or the own micro-proposal that the draft begins with, if this person may."""
    asked, found = request.POST if request.method == "POST" else request.GET, {}
    if pk := _number(asked.get("word")):
        word = Word.objects.visible_to(request.user).filter(committee=committee, pk=pk).first()
        if word and threads.may_take_up(request.user, word):
            found["word"] = word
    if pk := _number(asked.get("micro")):
        micro = MicroProposal.objects.by(request.user).filter(committee=committee, pk=pk).first()
        if micro and drafting.may_escalate(request.user, micro):
            found["micro"] = micro
    return found


def _begin(request, committee):
    """What the page begins with, and whence."""
    sources = _sources(request, committee)
    if micro := sources.get("micro"):
        begun = {"title": f"关于{micro.title}的提案"[:50], "situation": micro.body, "fields": [micro.category_id]}
        return begun, sources
    if word := sources.get("word"):
        return {"situation": threads.begin(word)["body"].removesuffix("\n\n建议：")}, sources
    return {}, sources


def _first(said):
    """The first sentence of what went wrong."""
    if hasattr(said, "values"):
        return next(iter(said.values()))[0]
    return next((str(message) for message in said), "")


@transaction.atomic
def _keep(form, key, name, sources, user):
    at, data = timezone.now(), form.cleaned_data
    fields = {field: data[field] for field in ("title", "situation", "analysis", "sphere", "points")}
    proposal = drafting.keep_draft(key, by=user, at=at, tags=data["fields"], **name, **sources, **fields)
    papers = [data["paper"]] if data["paper"] else []
    for purpose, files, kind in (
        ("photo", data["photos"], "image"), ("paper", papers, "document"), ("seal", data.get("seals", []), "image"),
    ):  # fmt: skip
        _attach(proposal, purpose, files, kind, by=user, at=at)
    return proposal


def _attach(proposal, purpose, files, kind, *, by, at):
    most, noun, unit = ROOM[purpose]
    room = most - store.of(proposal, purpose).count() if files else most
    if len(files) > room:
        raise Refusal(f"{noun}最多 {most} {unit}，还可以再加 {max(0, room)} {unit}。")
    for file in files:
        store.attach(proposal, file, by=by, at=at, purpose=purpose, kind=kind)


def _form_page(request, form, key, name, proposal, sources, *, status=200):
    context = {
        "form": form,
        "key": key,
        "name": name,
        "proposal": proposal,
        "sources": sources,
        "committee": name["committee"],
        "asked_for": proposal and proposal.state == ProposalState.RETURNED and proposal.reviews.last(),
        "papers": store.of(proposal) if proposal else [],
        "resets": bool(proposal) and _others_signed(proposal),
    }
    return render(request, "proposals/proposal_form.html", context, status=status)


def _others_signed(proposal):
    return proposal.signatures.signed().exclude(member__user=proposal.drafter).exists()


def _mine(request, key):
    """A proposal of one's own drafting; for others it is not there."""
    rows = Proposal.objects.select_related("committee", "organisation", "body", "sphere")
    return get_object_or_404(rows, key=key, drafter=request.user)


@require_POST
def proposal_paper_remove(request, key, paper):
    proposal = _mine(request, key)
    if not rules.may("edit_proposal", request.user, proposal):
        raise PermissionDenied("提交后的材料不能再移除。")
    store.remove(get_object_or_404(store.of(proposal), pk=paper))
    return redirect("proposal-edit", key=key)


# --- 提交 ---------------------------------------------------------------------------------------------------------


@require_safe
def proposal_check(request, key):
    """The last look before sending: what I wrote, what is missing, who signs, and what was proposed before."""
    proposal = _mine(request, key)
    if not rules.may("edit_proposal", request.user, proposal):
        return redirect("proposal-detail", key=key)
    text = " ".join([proposal.title, proposal.situation, *proposal.points])
    similar = queries.similar_proposals(proposal.committee, text, but=proposal)
    seen = Proposal.objects.visible_to(request.user).filter(pk__in=[other.pk for other in similar])
    visible = set(seen.values_list("pk", flat=True)) if similar else set()
    signatures = list(proposal.signatures.select_related("member__user"))
    context = {
        "proposal": proposal,
        "committee": proposal.committee,
        "papers": store.of(proposal),
        "similar": [(other, other.pk in visible) for other in similar],
        "missing": missing(proposal),
        "unsigned": drafting.unsigned(proposal),
        "signatures": signatures,
        "waiting": [row for row in signatures if row.state == SignatureState.ASKED],
        "has_contact": reaches_somebody(proposal.search_document()),
        "invites": "主要撰稿人" if proposal.is_collective else "联名委员",
    }
    return render(request, "proposals/proposal_check.html", context)


@require_POST
def proposal_submit(request, key):
    proposal = _mine(request, key)
    success = "已提交，等待审查立案。结果会通知您和联名委员，也可以在这里随时查看进度。"
    done = attempt(
        request, lambda: drafting.submit(proposal, by=request.user, at=timezone.now()), success=success
    )  # fmt: skip
    stays = not done and rules.may("edit_proposal", request.user, proposal)
    return redirect("proposal-check" if stays else "proposal-detail", key=key)


@require_POST
def proposal_withdraw(request, key):
    proposal = _mine(request, key)
    attempt(request, lambda: drafting.withdraw(proposal, by=request.user, at=timezone.now()), success="已撤回。")
    return redirect("proposal-detail", key=key)


# --- 署名 ---------------------------------------------------------------------------------------------------------


def proposal_signers(request, key):
    """Who stands under it, who is asked; the drafter asks more."""
    proposal = _mine(request, key)
    if not rules.may("edit_proposal", request.user, proposal):
        return redirect("proposal-detail", key=key)
    label = "请谁确认为主要撰稿人" if proposal.is_collective else "邀请哪些委员联名"
    form = SignersForm(request.POST or None, committee=proposal.committee, label=label)
    if request.method == "POST" and form.is_valid():
        members = form.cleaned_data["members"]
        asked = attempt(
            request,
            lambda: signing.invite(proposal, members, by=request.user, at=timezone.now()),
            success="已发出邀请，对方登录后确认。",
            form=form,
        )
        if asked is not None:
            return redirect("proposal-signers", key=key)
    return _signers_page(request, proposal, form, status=400 if form.is_bound else 200)


def _signers_page(request, proposal, form, *, status=200):
    signatures = list(proposal.signatures.select_related("member__user", "member__sector"))
    for row in signatures:
        row.proposal = proposal
    needs = proposal.kind in right.BODIES
    conveners = [row for row in signatures if row.role == SignatureRole.CONVENER]
    live = (SignatureState.ASKED, SignatureState.SIGNED)
    context = {
        "proposal": proposal,
        "committee": proposal.committee,
        "form": form,
        "signatures": [(row, right.can_take_off(request.user, row)) for row in signatures],
        "may_ask_conveners": needs and not any(row.state in live for row in conveners),
        "is_collective": proposal.is_collective,
    }
    return render(request, "proposals/proposal_signers.html", context, status=status)


@require_POST
def proposal_ask(request, key):
    """请负责人签名."""
    proposal = _mine(request, key)
    attempt(
        request,
        lambda: signing.ask_conveners(proposal, by=request.user, at=timezone.now()),
        success="已请负责人签名，签好后会通知您提交。",
    )
    return redirect("proposal-check", key=key)


def _asked_of(request, key):
    """A proposal under which the signature of this person was asked for; for others it is not there."""
    mine = request.user.member_ids.values()
    rows = Proposal.objects.select_related("committee", "drafter")
    return get_object_or_404(rows, pk__in=rows.filter(signatures__member__in=mine).values("pk"), key=key)


@require_POST
def proposal_sign(request, key):
    proposal, seen = _asked_of(request, key), request.POST.get("seen", "")
    attempt(
        request,
        lambda: signing.sign(proposal, seen=seen, by=request.user, at=timezone.now()),
        success="已签名。内容如有改动，会请您再看一遍。",
    )
    return redirect("proposal-detail", key=key)


def proposal_decline(request, key):
    """不同意署名, with a word if one likes; afterwards the draft is not one's own to read any more."""
    proposal = _asked_of(request, key)
    if not rules.may("sign_proposal", request.user, proposal) and request.method != "POST":
        return redirect("proposal-detail", key=key)
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"]
        done = attempt(
            request,
            lambda: signing.decline(proposal, words=words, by=request.user, at=timezone.now()),
            success="已告诉起草人，您不署名。",
        )
        return redirect("proposal-list") if done else redirect("proposal-detail", key=key)
    context = {"proposal": proposal, "form": form, "committee": proposal.committee}
    return render(request, "proposals/proposal_decline.html", context, status=400 if form.is_bound else 200)


@require_POST
def proposal_signature_remove(request, key, pk):
    """The drafter takes a name off, or somebody the own."""
    rows = Proposal.objects.filter(pk__in=Proposal.objects.signed_by(request.user).values("pk"))
    proposal = get_object_or_404(rows, key=key)
    signature = get_object_or_404(proposal.signatures.select_related("member__user"), pk=pk)
    own = signature.member.user_id == request.user.pk if signature.member_id else False
    done = attempt(
        request,
        lambda: signing.take_off(signature, by=request.user, at=timezone.now()),
        success="已退出署名。" if own else "已撤下署名。",
    )
    if own and done and proposal.drafter_id != request.user.pk:
        return redirect("proposal-list")
    return redirect("proposal-signers", key=key)
