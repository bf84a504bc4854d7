"""Pages of the handling unit, and of those who look after it."""

from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.documents.http import download
from config.doors import attempt
from config.paging import keyset
from members.roles import Permission
from proposals import documents, queries, rules, services, timeline
from proposals.filters import AssignmentFilter
from proposals.forms import (
    DecideForm,
    ExtensionForm,
    RatingForm,
    ReplyForm,
    ReturnForm,
    SendBackForm,
    VerifyForm,
)
from proposals.models import Assignment, Extension, MicroProposal
from proposals.services.assignments import return_window
from proposals.services.extensions import latest_possible
from proposals.states import AssignmentState, ExtensionState, ReplyState


@require_safe
def assignment_list(request):
    """A unit sees its board by days left; staff see the list of the county."""
    user, today = request.user, timezone.localdate()
    units = user.organisations_with(Permission.MATTER_HANDLE)
    if units and request.GET.get("all") != "1":
        waiting = queries.awaiting_signature(user).select_related("round__assignment")
        context = {"board": queries.board_of(user, today), "to_sign": waiting, "today": today}
        return render(request, "proposals/assignment_board.html", context)
    found = AssignmentFilter(request.GET, queryset=Assignment.objects.visible_to(user), request=request, today=today)
    page = keyset(found.qs.select_related("unit", "handler", "committee"), request)
    return render(request, "proposals/assignment_list.html", {"page": page, "filter": found, "has_board": bool(units)})


def _get(request, pk):
    readable = MicroProposal.objects.visible_to(request.user).filter(pk=OuterRef("micro"))
    rows = Assignment.objects.visible_to(request.user).annotate(micro_is_readable=Exists(readable))
    return get_object_or_404(rows.select_related("committee", "unit", "handler", "micro", "rater"), pk=pk)


@require_safe
def assignment_detail(request, pk):
    return _case(request, _get(request, pk))


def _case(request, assignment, *, status=200, **forms):
    """One case on one page: what, whose, due; the thing to do now; the story; the papers."""
    user = request.user
    rounds = list(assignment.rounds.select_related("reply__rating__by", "reply__signed_by", "reply__drafted_by"))
    present = next((r for r in rounds if r.number == assignment.round), None)
    reply = getattr(present, "reply", None)
    handling = assignment.state == AssignmentState.HANDLING
    pending = assignment.state == AssignmentState.PENDING
    may_handle = rules.may("accept", user, assignment)
    may_sign = rules.may("sign", user, assignment)
    is_draft = reply is None or reply.state == ReplyState.DRAFT
    asked = assignment.extensions.filter(state=ExtensionState.ASKED).select_related("asked_by").first()
    context = {
        "assignment": assignment,
        "committee": assignment.committee,
        "rounds": rounds,
        "reply": reply if reply and (reply.state == ReplyState.SENT or may_handle) else None,
        "earlier": [r.reply for r in rounds if getattr(r, "reply", None) and r.number != assignment.round],
        "events": timeline.of_assignment(assignment),
        "may_accept": pending and may_handle,
        "may_reply": handling and may_handle and is_draft,
        "may_put_forward": handling and may_handle and reply is not None and is_draft,
        "may_sign": handling and may_sign and reply is not None and reply.state == ReplyState.SUBMITTED,
        "may_extend": assignment.is_open and may_handle and asked is None,
        "asked": asked,
        "return_until": return_window(assignment),
        **forms,
    }
    returnable = (pending or handling) and may_handle and assignment.round == 1
    if returnable and timezone.localdate() <= context["return_until"]:
        context.setdefault("return_form", ReturnForm())
    if context["may_sign"]:
        context.setdefault("send_back_form", SendBackForm())
    if asked and rules.may("decide_extension", user, assignment):
        context.setdefault("decide_form", DecideForm())
    if assignment.state == AssignmentState.REPLIED and rules.may("rate", user, assignment):
        context.setdefault("rating_form", RatingForm())
    if assignment.state == AssignmentState.FOLLOWING and rules.may("verify", user, assignment):
        context.setdefault("verify_form", VerifyForm())
    return render(request, "proposals/assignment_detail.html", context, status=status)


def _act(request, assignment, verb, form, slot, do, *, success, then=None):
    """Check the right to `verb`, call the service with the form's words, or show the case again with what was typed."""
    rules.require(verb, request.user, assignment)
    if form.is_valid():
        done = attempt(request, lambda: do(form.cleaned_data, request.user, timezone.now()), form=form, success=success)
        if done or not form.errors:
            return redirect(then or assignment)
    return _case(request, assignment, status=400, **{slot: form})


@require_safe
def assignment_notice(request, pk):
    """交办通知 as an official document."""
    assignment = _get(request, pk)
    return download(documents.assignment_notice(assignment), f"交办通知-{assignment.pk}.docx")


@require_POST
def assignment_accept(request, pk):
    assignment = _get(request, pk)
    attempt(
        request,
        lambda: services.accept(assignment, by=request.user, at=timezone.now()),
        success="已签收，请在期限内办理并答复。",
    )
    return redirect(assignment)


@require_POST
def assignment_return(request, pk):
    assignment = _get(request, pk)
    return _act(
        request, assignment, "return", ReturnForm(request.POST), "return_form",
        lambda data, by, at: services.return_(assignment, by=by, at=at, **data),
        success="已退回，交办部门会重新确定承办单位。", then="assignment-list",
    )  # fmt: skip


def reply_edit(request, pk):
    """Draft the present round's reply; kept as often as wanted, then put forward."""
    assignment = _get(request, pk)
    rules.require("draft_reply", request.user, assignment)
    present = assignment.rounds.select_related("reply").get(number=assignment.round)
    reply = getattr(present, "reply", None)
    if assignment.state != AssignmentState.HANDLING or (reply and reply.state != ReplyState.DRAFT):
        return redirect(assignment)
    form, status = ReplyForm(request.POST or None, instance=reply), 200
    if request.method == "POST":
        status = 400
        if form.is_valid() and attempt(request, lambda: _keep_reply(request, assignment, form), form=form):
            return redirect(assignment)
    context = {"assignment": assignment, "form": form, "committee": assignment.committee}
    return render(request, "proposals/reply_form.html", context, status=status)


def _keep_reply(request, assignment, form):
    by, at = request.user, timezone.now()
    reply = services.draft_reply(assignment, by=by, at=at, **form.cleaned_data)
    if "forward" in request.POST:
        services.put_forward(reply, by=by, at=at)
    return reply


def _present_reply(request, pk):
    assignment = _get(request, pk)
    present = assignment.rounds.select_related("reply").get(number=assignment.round)
    reply = getattr(present, "reply", None)
    if reply is None:
        raise Http404
    return assignment, reply


@require_POST
def reply_put_forward(request, pk):
    assignment, reply = _present_reply(request, pk)
    attempt(
        request,
        lambda: services.put_forward(reply, by=request.user, at=timezone.now()),
        success="已送签，等待单位负责人签发。",
    )
    return redirect(assignment)


@require_POST
def reply_send_back(request, pk):
    assignment, reply = _present_reply(request, pk)
    return _act(
        request, assignment, "sign", SendBackForm(request.POST), "send_back_form",
        lambda data, by, at: services.send_back(reply, by=by, at=at, **data), success="已退回修改。",
    )  # fmt: skip


@require_POST
def reply_send(request, pk):
    assignment, reply = _present_reply(request, pk)
    attempt(
        request,
        lambda: services.send(reply, by=request.user, at=timezone.now()),
        success="答复已签发并送达提交人。",
    )
    return redirect(assignment)


def extension_new(request, pk):
    assignment = _get(request, pk)
    rules.require("ask_extension", request.user, assignment)
    form, status = ExtensionForm(request.POST or None), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            asked = attempt(
                request,
                lambda: services.ask_extension(assignment, by=request.user, at=timezone.now(), **form.cleaned_data),
                form=form,
                success="延期申请已提交，审批结果会通知您。",
            )
            if asked or not form.errors:
                return redirect(assignment)
    context = {"assignment": assignment, "form": form, "latest": latest_possible(assignment)}
    return render(request, "proposals/extension_form.html", context, status=status)


@require_POST
def extension_decide(request, pk, extension):
    assignment = _get(request, pk)
    rows = Extension.objects.select_related("assignment__committee").filter(assignment=assignment)
    asked = get_object_or_404(rows, pk=extension)
    decide = services.grant_extension if "grant" in request.POST else services.refuse_extension
    return _act(
        request, assignment, "decide_extension", DecideForm(request.POST), "decide_form",
        lambda data, by, at: decide(asked, by=by, at=at, **data), success="已审批，承办单位已收到通知。",
    )  # fmt: skip


@require_POST
def assignment_rate(request, pk):
    assignment = _get(request, pk)
    then = assignment.micro.get_absolute_url() if assignment.micro_id else None
    return _act(
        request, assignment, "rate", RatingForm(request.POST), "rating_form",
        lambda data, by, at: services.rate(assignment, by=by, at=at, **data), success="谢谢您的评价。", then=then,
    )  # fmt: skip


@require_POST
def assignment_verify(request, pk):
    assignment = _get(request, pk)
    return _act(
        request, assignment, "verify", VerifyForm(request.POST), "verify_form",
        lambda data, by, at: services.verify(
            assignment, kept=data["kept"] == "yes", words=data["words"], by=by, at=at
        ),
        success="核实情况已记录。",
    )  # fmt: skip
