"""Pages of one reply: drafted, checked, signed, sent, and its papers."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.documents.http import download
from config.doors import attempt
from proposals import rules, services
from proposals.documents import replies as documents
from proposals.forms.handling import ReplyForm, SendBackForm, SendForm, SignForm
from proposals.services.replies import draft_of_lead
from proposals.states import AssignmentState, ReplyState
from proposals.views.assignments import act, get, present_reply


def reply_edit(request, pk):
    """Draft the present round's reply; kept as often as wanted, then handed in. `?from=lead` begins with the lead's."""
    assignment = get(request, pk)
    rules.require("draft_reply", request.user, assignment)
    present = assignment.rounds.select_related("reply").get(number=assignment.round)
    reply = getattr(present, "reply", None)
    if assignment.state != AssignmentState.HANDLING or (reply and reply.state != ReplyState.DRAFT):
        return redirect(assignment)
    copied = draft_of_lead(assignment) if request.GET.get("from") == "lead" else {}
    form, status = ReplyForm(request.POST or None, instance=reply, initial=copied, assignment=assignment), 200
    if request.method == "POST":
        status = 400
        said = _handed_in(assignment) if "forward" in request.POST else "草稿已保存。"
        if form.is_valid() and attempt(
            request, lambda: _keep_reply(request, assignment, form), form=form, success=said
        ):
            return redirect(assignment)
    context = {
        "assignment": assignment, "form": form, "committee": assignment.committee,
        "can_copy": not copied and bool(draft_of_lead(assignment)),
    }  # fmt: skip
    return render(request, "proposals/reply_form.html", context, status=status)


def _keep_reply(request, assignment, form):
    by, at = request.user, timezone.now()
    reply = services.draft_reply(assignment, by=by, at=at, **form.given())
    if "forward" in request.POST:
        _hand_in(reply, by=by, at=at)
    return reply


def _hand_in(reply, *, by, at):
    """Of a proposal to who checks it, else straight to the leader."""
    hand_in = services.hand_in if reply.round.assignment.proposal_id else services.put_forward
    return hand_in(reply, by=by, at=at)


def _handed_in(assignment):
    return "已送核稿。" if assignment.proposal_id else "已送签，等待单位负责人签发。"


@require_POST
def reply_put_forward(request, pk):
    assignment = get(request, pk)
    reply = present_reply(assignment)
    attempt(
        request, lambda: _hand_in(reply, by=request.user, at=timezone.now()), success=_handed_in(assignment)
    )  # fmt: skip
    return redirect(assignment)


@require_POST
def reply_check(request, pk):
    assignment = get(request, pk)
    reply = present_reply(assignment)
    attempt(
        request, lambda: services.check(reply, by=request.user, at=timezone.now()),
        success="核稿通过，等待单位负责人签发。",
    )  # fmt: skip
    return redirect(assignment)


@require_POST
def reply_send_back(request, pk):
    assignment = get(request, pk)
    reply = present_reply(assignment)
    return act(
        request, assignment, "send_back_reply", SendBackForm(request.POST), "send_back_form",
        lambda data, by, at: services.send_back(reply, by=by, at=at, **data), success="已退回修改。", about=reply,
    )  # fmt: skip


@require_POST
def reply_sign(request, pk):
    assignment = get(request, pk)
    reply = present_reply(assignment)
    return act(
        request, assignment, "sign", SignForm(request.POST), "sign_form",
        lambda data, by, at: services.sign(reply, by=by, at=at, **data), success="已签发，可以送达了。",
    )  # fmt: skip


@require_POST
def reply_send(request, pk):
    assignment = get(request, pk)
    reply = present_reply(assignment)
    verb = "send_reply" if assignment.proposal_id or reply.state == ReplyState.SIGNED else "sign"
    said = "会办意见已报送主办单位。" if assignment.is_co else "答复已签发并送达提交人。"
    return act(
        request, assignment, verb, SendForm(request.POST, request.FILES), "send_form",
        lambda data, by, at: services.send(reply, by=by, at=at, **data), success=said,
    )  # fmt: skip


def _paper(request, pk, number):
    """The reply of one round; a draft for its unit alone."""
    assignment = get(request, pk)
    present = assignment.rounds.select_related("reply__signed_by").filter(number=number).first()
    reply = getattr(present, "reply", None)
    if reply is None or not assignment.proposal_id:
        raise Http404
    if reply.state != ReplyState.SENT and not rules.may("draft_reply", request.user, assignment):
        raise Http404
    reply.round.assignment = assignment
    return assignment, reply


@require_safe
def reply_letter(request, pk, number):
    """答复函, or of a co-unit its 会办意见."""
    assignment, reply = _paper(request, pk, number)
    write = documents.opinion if assignment.is_co else documents.letter
    name = "会办意见" if assignment.is_co else "答复函"
    return download(write(reply), f"{name}-{assignment.pk}-{number}.docx")


@require_safe
def reply_sheet(request, pk, number):
    """征询意见表, for signers who rate on paper."""
    assignment, reply = _paper(request, pk, number)
    if assignment.is_co:
        raise Http404
    return download(documents.rating_sheet(reply), f"征询意见表-{assignment.pk}-{number}.docx")
