"""Pages of claims: tell a deed with evidence, many at once, and the desk of the second person."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from config.paging import keyset
from config.uploads import store
from members.filters.claims import ClaimFilter
from members.forms.claims import AnswerForm, BatchForm, ClaimForm, ReasonForm
from members.models import Appraisal, DutyClaim, Member
from members.queries import claims as queries
from members.roles import Permission
from members.rules import claims as rules
from members.services import claims as services
from members.states import ClaimState

SHOWN = ("member__user", "by")


@require_safe
def claim_list(request):
    """My own, and those that I told for others."""
    rows = DutyClaim.objects.visible_to(request.user) & queries.own(request.user)
    quarter, count = queries.of_quarter(request.user, timezone.localdate())
    context = {
        "page": keyset(rows.select_related(*SHOWN), request),
        "quarter": quarter,
        "count": count,
        "is_member": bool(request.user.member_ids),
        "may_claim": _claimable(request.user).exists(),
    }
    return render(request, "members/claim_list.html", context)


def _claimable(user):
    """For whom `user` may tell a deed: oneself, and those whose duty one looks after."""
    cared_for = Member.objects.looked_after_by(user).values("pk")
    return Member.objects.in_force().filter(Q(user=user) | Q(pk__in=cared_for))


def claim_new(request):
    members = _claimable(request.user)
    if not members.exists():
        raise PermissionDenied("只有在任委员和负责委员履职的工作人员可以申报。")
    form = ClaimForm(request.POST or None, request.FILES or None, members=members)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            request,
            lambda: services.claim(
                form.told, files=form.evidence, key=form.cleaned_data["key"], by=request.user, at=timezone.now()
            ),
            success="已申报，由另一位工作人员复核后记入履职档案。",
            form=form,
        )
        if made:
            return redirect(made)
    own = request.user.member_ids
    context = {"form": form, "for_others": not own or len(members) > 1, "reasons": services.CLAIMABLE.items()}
    return render(request, "members/claim_new.html", context)


def claim_batch(request):
    """Attendance lists and filed proposals: many deeds, one proof."""
    if not request.user.committees_with(Permission.DUTY_MANAGE):
        raise PermissionDenied("成批申报由政协办办理。")
    form = BatchForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = attempt(
            request,
            lambda: services.claim_many(
                given["told"], files=form.evidence, key=given["key"], by=request.user, at=timezone.now()
            ),
            form=form,
        )
        if made:
            messages.success(request, f"已申报 {len(made)} 件，请另一位工作人员复核。")
            return redirect("claim-desk")
    return render(request, "members/claim_batch.html", {"form": form, "facts": services.CLAIMABLE})


# --- the second person -------------------------------------------------------------------------------------------


def _desk(request):
    user = request.user
    if not (user.committees_with(Permission.DUTY_CONFIRM) or user.committees_with(Permission.DUTY_MANAGE)):
        raise PermissionDenied("履职申报由本会有复核权限的工作人员复核。")
    return queries.for_desk(user)


@require_safe
def claim_desk(request):
    """What waits first; other states by the filter."""
    asked = request.GET if {"q", "state", "fact"} & set(request.GET) else {"state": ClaimState.CLAIMED}
    filterset = ClaimFilter(asked, queryset=_desk(request))
    page = keyset(filterset.qs.select_related(*SHOWN), request)
    context = {
        "filterset": filterset,
        "page": page,
        "confirmable": {claim.pk for claim in page if _waits_for(request.user, claim)},
        "waiting": queries.waiting_for(request.user),
        "may_batch": bool(request.user.committees_with(Permission.DUTY_MANAGE)),
    }
    return render(request, "members/claim_desk.html", context)


def _waits_for(user, claim) -> bool:
    return claim.state == ClaimState.CLAIMED and rules.can_confirm(user, claim)


@require_POST
def claim_confirm_many(request):
    """The ones that are ticked, or a whole batch; counted, and what was refused is told with its reason."""
    asked = [int(pk) for pk in request.POST.getlist("claim") if pk.isascii() and pk.isdigit() and len(pk) < 19]
    rows = _desk(request).waiting().select_related(*SHOWN)
    batch = request.POST.get("batch", "")
    if batch.isascii() and batch.isdigit() and len(batch) < 19:
        rows = rows.filter(batch=int(batch)) | rows.filter(pk=int(batch))
    else:
        rows = rows.filter(pk__in=asked)
    outcome = services.confirm_many(rows.order_by("pk"), by=request.user, at=timezone.now())
    if outcome.done:
        messages.success(request, f"已确认 {outcome.done} 件，记入履职档案。")
    if outcome.refused:
        first, why = outcome.refused[0]
        messages.error(request, f"{len(outcome.refused)} 件没有确认，如“{first}”：{why}。")
    if not outcome.done and not outcome.refused:
        messages.error(request, "请先勾选要确认的申报。已由他人复核的不再列出。")
    return redirect("claim-desk")


@require_safe
def duty_claim(request, pk):
    return _page(request, _claim(request, pk))


@require_POST
def claim_confirm(request, pk):
    return _do(request, pk, "confirm", services.confirm, AnswerForm, "已确认，记入履职档案。")


@require_POST
def claim_refuse(request, pk):
    return _do(request, pk, "refuse", services.refuse, ReasonForm, "已退回，申报人会收到原因。")


@require_POST
def claim_withdraw(request, pk):
    return _do(request, pk, "withdraw", services.withdraw, None, "已撤回。")


@require_POST
def claim_reverse(request, pk):
    return _do(request, pk, "reverse", services.reverse, ReasonForm, "已冲销，得分随之更正。")


def _claim(request, pk):
    rows = DutyClaim.objects.visible_to(request.user)
    return get_object_or_404(
        rows.select_related("member__user", "member__sector", "committee", "by", "settled_by", "batch"), pk=pk
    )


def _do(request, pk, verb, service, form_class, success):
    """One verb on one claim; what was typed stays on the page when it is refused."""
    claim = _claim(request, pk)
    if not rules.RULES[verb](request.user, claim):
        raise PermissionDenied("履职申报须由申报人以外的另一人复核，不能复核自己申报的或涉及自己的。")
    form = form_class(request.POST) if form_class else None
    if form is None or form.is_valid():
        given = form.cleaned_data if form else {}
        done = attempt(
            request,
            lambda: service(claim, **given, by=request.user, at=timezone.now()),
            success=success,
            form=form,
        )
        if done or form is None:
            return redirect("duty-claim", pk)
    return _page(request, claim, {verb: form}, status=400)


def _page(request, claim, forms=None, status=200):
    forms, user = forms or {}, request.user
    confirms = claim.committee_id in user.committees_with(Permission.DUTY_CONFIRM)
    waits, head = claim.state == ClaimState.CLAIMED, claim.batch or claim
    sees_files = DutyClaim.objects.files_visible_to(user).filter(pk=head.pk).exists()
    may_confirm = waits and rules.can_confirm(user, claim)
    context = {
        "committee": claim.committee,
        "claim": claim,
        "files": store.of(head, "evidence") if sees_files else None,
        "others": DutyClaim.objects.filter(batch=head).count(),
        "head": head,
        "confirm_form": forms.get("confirm", AnswerForm(auto_id="confirm_%s")) if may_confirm else None,
        "refuse_form": forms.get("refuse", ReasonForm(auto_id="refuse_%s")) if may_confirm else None,
        "may_withdraw": waits and rules.can_withdraw(user, claim),
        "reverse_form": (
            forms.get("reverse", ReasonForm(auto_id="reverse_%s"))
            if claim.state == ClaimState.CONFIRMED and rules.can_reverse(user, claim)
            else None
        ),
        "is_frozen": waits and Appraisal.objects.filter(committee=claim.committee_id, year=claim.on.year).exists(),
        "is_own_desk": waits and confirms and not may_confirm,
    }
    return render(request, "members/claim_detail.html", context, status=status)
