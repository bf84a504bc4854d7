"""Pages of instructions: the list, one with what followed, note one down."""

from uuid import UUID

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.audit import log
from config.doors import attempt
from config.paging import numbered
from members.roles import Permission
from proposals import rules
from proposals.filters.information import InstructionFilter
from proposals.forms.deliveries import FollowForm, InstructionForm, UndoForm
from proposals.models import Bulletin, Instruction, Proposal, Trace
from proposals.services import instructions as services
from proposals.states import FILED, BulletinState
from proposals.views.information import number
from proposals.views.information_desk import committee_of

MOST = 2000  # newest instructions that a list goes through


@require_safe
def instruction_list(request):
    committee = committee_of(request)
    rows = Instruction.objects.filter(committee=committee).select_related("bulletin", "proposal")
    found = InstructionFilter(request.GET or None, queryset=rows.prefetch_related("steps"), request=request)
    context = {
        "committee": committee,
        "filter": found,
        "page": numbered(list(found.qs.order_by("-on", "-pk")[:MOST]), request),
        "keeps": committee.pk in request.user.committees_with(Permission.INFORMATION_EDIT),
    }
    return render(request, "proposals/instruction_list.html", context)


def _papers(request, committee) -> dict:
    """The issue or the proposal that it is written on, by the address, which the form is sent to again."""
    given, user = {**request.GET.dict(), **request.POST.dict()}, request.user
    bulletin = proposal = None
    if pk := number(given.get("bulletin")):
        issued = Bulletin.objects.visible_to(user).filter(committee=committee, state=BulletinState.ISSUED)
        bulletin = issued.filter(pk=pk).first()
    try:
        filed = Proposal.objects.visible_to(user).filter(committee=committee, state__in=FILED)
        proposal = filed.filter(key=UUID(given.get("proposal", ""))).first()
    except ValueError:
        pass
    return {"bulletin": bulletin, "proposal": proposal}


def instruction_new(request):
    """Note one down, on an issue (`bulletin=`), a proposal (`proposal=`, its key) or a paper that is named."""
    committee = committee_of(request, Permission.INFORMATION_EDIT)
    papers = _papers(request, committee)
    form = InstructionForm(request.POST or None, on_paper=any(papers.values()))
    if form.is_valid():
        who = {"by": request.user, "at": timezone.now()}
        made = attempt(
            request, lambda: services.note(committee=committee, **papers, **form.cleaned_data, **who), form=form,
            success="已登记批示，反映人已收到通知。",
        )  # fmt: skip
        if made:
            return redirect("instruction", pk=made.pk)
    context = {"committee": committee, "form": form, **papers, "back": _back(papers)}
    return render(request, "proposals/instruction_form.html", context, status=400 if request.method == "POST" else 200)


def _back(papers):
    paper = papers["bulletin"] or papers["proposal"]
    return paper.get_absolute_url() if paper else reverse("instruction-list")


def _instruction(request, pk, verb=None):
    rows = Instruction.objects.visible_to(request.user).select_related("committee", "bulletin", "proposal", "by")
    row = get_object_or_404(rows, pk=pk)
    if verb:
        rules.require(verb, request.user, row)
    return row


@require_safe
def instruction(request, pk):
    return page(request, _instruction(request, pk))


def page(request, row, *, forms=None, status=200):
    keeps, forms = rules.may("keep_instruction", request.user, row), forms or {}
    context = {
        "instruction": row, "committee": row.committee, "steps": row.steps.select_related("by"), "keeps": keeps,
        "reads_list": row.committee_id in request.user.committees_with(Permission.INFORMATION_VIEW),
        "traces": Trace.objects.visible_to(request.user).filter(pk__in=row.traced.values("trace")),
    }  # fmt: skip
    if keeps:
        context |= {
            "follow_form": forms.get("follow") or FollowForm(prefix="follow"),
            "strike_form": forms.get("strike") or UndoForm(prefix="strike"),
            "history": log.history(row)[:30],
        }
    return render(request, "proposals/instruction_detail.html", context, status=status)


def instruction_edit(request, pk):
    row = _instruction(request, pk, "keep_instruction")
    on_paper = bool(row.bulletin_id or row.proposal_id)
    form = InstructionForm(request.POST or None, instance=row, on_paper=on_paper, initial={"on": row.on})
    if form.is_valid():
        who = {"by": request.user, "at": timezone.now()}
        saved = attempt(
            request, lambda: services.edit(row, **form.cleaned_data, **who), form=form, success="已更正。"
        )  # fmt: skip
        if saved:
            return redirect("instruction", pk=pk)
    context = {
        "committee": row.committee, "form": form, "instruction": row, "bulletin": row.bulletin,
        "proposal": row.proposal, "back": row.get_absolute_url(),
    }  # fmt: skip
    return render(request, "proposals/instruction_form.html", context, status=400 if request.method == "POST" else 200)


@require_POST
def instruction_follow(request, pk):
    row = _instruction(request, pk, "keep_instruction")
    form = FollowForm(request.POST, prefix="follow")
    if form.is_valid():
        who = {"by": request.user, "at": timezone.now()}
        done = attempt(
            request, lambda: services.follow(row, **form.cleaned_data, **who), form=form, success="已登记落实情况。"
        )  # fmt: skip
        if done or not form.errors:
            return redirect("instruction", pk=pk)
    return page(request, row, forms={"follow": form}, status=400)


@require_POST
def instruction_strike(request, pk):
    row = _instruction(request, pk, "keep_instruction")
    form = UndoForm(request.POST, prefix="strike")
    if form.is_valid():
        who, back = {"by": request.user, "at": timezone.now()}, reverse("instruction-list")
        done = attempt(
            request, lambda: services.strike(row, **form.cleaned_data, **who), form=form,
            success="已撤销批示登记，履职记录已冲销。",
        )  # fmt: skip
        if done:
            return redirect(back)
        if not form.errors:
            return redirect("instruction", pk=pk)
    return page(request, row, forms={"strike": form}, status=400)
