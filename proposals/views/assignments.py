"""Pages of the handling unit, and of those who look after it."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.documents.http import download
from config.doors import attempt
from config.paging import keyset
from config.uploads import store
from members.roles import Permission
from proposals import rules, services, timeline
from proposals.documents import matters as documents
from proposals.filters.matters import AssignmentFilter
from proposals.forms.handling import (
    DecideForm,
    ExtensionForm,
    PaperForm,
    RatingForm,
    ReasonForm,
    ReturnForm,
    SendBackForm,
    SendForm,
    SignForm,
    VerifyForm,
    WaiveForm,
)
from proposals.models import Assignment, Extension
from proposals.queries import handling, ladder, matters, returns, showcase, supervision
from proposals.services.extensions import latest_possible
from proposals.services.opinions import late_words
from proposals.states import AssignmentState, ReplyState, RequestState

S = AssignmentState


@require_safe
def assignment_list(request):
    """A unit sees its board by days left; staff see the list of the county."""
    user, today = request.user, timezone.localdate()
    units = user.organisations_with(Permission.MATTER_HANDLE)
    if units and request.GET.get("all") != "1":
        return render(request, "proposals/assignment_board.html", _board(user, today))
    found = AssignmentFilter(request.GET, queryset=Assignment.objects.visible_to(user), request=request, today=today)
    page = keyset(found.qs.select_related("unit", "handler", "committee"), request)
    return render(request, "proposals/assignment_list.html", {"page": page, "filter": found, "has_board": bool(units)})


def _board(user, today):
    waiting = [
        ("等我签发", matters.awaiting_signature(user)),
        ("等我核稿", matters.awaiting_check(user)),
        ("签发后待送达", matters.awaiting_sending(user)),
    ]
    shown = [
        {"title": title, "replies": list(rows.select_related("round__assignment").order_by("round__due_on", "pk")[:50])}
        for title, rows in waiting
    ]
    return {"board": matters.board_of(user, today), "desks": [desk for desk in shown if desk["replies"]],
            "today": today}  # fmt: skip


def get(request, pk) -> Assignment:
    return get_object_or_404(handling.readable_case(request.user), pk=pk)


@require_safe
def assignment_detail(request, pk):
    return show(request, get(request, pk))


def show(request, assignment, *, status=200, **forms):
    """One case on one page: what, whose, due; the thing to do now; the story; the papers."""
    user, today = request.user, timezone.localdate()
    rounds = handling.rounds_of(assignment)
    present = next((r for r in rounds if r.number == assignment.round), None)
    reply = getattr(present, "reply", None)
    may_handle = rules.may("accept", user, assignment)
    asked = next((one for one in assignment.extensions.all() if one.state == RequestState.ASKED), None)
    context = {
        "assignment": assignment,
        "committee": assignment.committee,
        "reply": reply if reply and (reply.state == ReplyState.SENT or may_handle) else None,
        "earlier": [r.reply for r in rounds if getattr(r, "reply", None) and r.number != assignment.round],
        "events": timeline.of_assignment(assignment),
        "contacts": list(assignment.contacts.select_related("by")),
        "files": list(store.of(assignment)),
        "may_accept": assignment.state == S.PENDING and may_handle,
        "may_contact": may_handle and assignment.state in (S.HANDLING, S.REPLIED, S.MEETING, S.FOLLOWING),
        "may_extend": assignment.is_open and may_handle and asked is None,
        "may_waive": assignment.is_open and rules.may("waive", user, assignment),
        "today": today,
        "asked": asked,
        **handling.of_proposal(assignment),
        **handling.rating_of(assignment, reply, user, today=today),
        **returns.parts_of(assignment, user, today=today),
        **supervision.of_case(assignment, user),
        "showcase": _showcase(assignment, user),
        "ladder": ladder.seen(assignment, user),
        **_of_reply(assignment, reply, user, may_handle),
    }
    return render(request, "proposals/assignment_detail.html", {**_forms(context, user), **forms}, status=status)


def _showcase(assignment, user):
    """Of a key proposal, beside the case of a unit that replies."""
    is_shown = assignment.proposal_id and assignment.proposal.is_key and not assignment.is_co
    return showcase.for_unit(user, assignment.proposal) if is_shown else None


def _of_reply(assignment, reply, user, may_handle) -> dict:
    """Who may do the next thing to the present round's reply."""
    if assignment.state != S.HANDLING:
        return {}
    state = reply.state if reply else ReplyState.DRAFT
    may_sign = rules.may("sign", user, assignment)
    signed_by_two = bool(assignment.proposal_id)
    return {
        "may_reply": may_handle and state == ReplyState.DRAFT,
        "may_hand_in": may_handle and reply is not None and state == ReplyState.DRAFT,
        "may_check": state == ReplyState.CHECKING and rules.may("check_reply", user, reply),
        "may_sign": signed_by_two and may_sign and state == ReplyState.SUBMITTED,
        "may_sign_and_send": not signed_by_two and may_sign and state == ReplyState.SUBMITTED,
        "may_send": may_handle and state == ReplyState.SIGNED,
        "may_send_back": state in (ReplyState.CHECKING, ReplyState.SUBMITTED, ReplyState.SIGNED)
        and rules.may("send_back_reply", user, reply),
    }


def _forms(context, user) -> dict:
    """Empty forms for what may be done now."""
    assignment = context["assignment"]
    returnable = assignment.is_open and context["may_extend"] and assignment.round == 1 and not assignment.proposal_id
    if returnable and context["today"] <= context["return_last"]:
        context["return_form"] = ReturnForm()
    if context.get("may_send_back"):
        context["send_back_form"] = SendBackForm()
    if context.get("may_sign"):
        context["sign_form"] = SignForm(initial={"number": context["reply"].number})
    if context.get("may_send"):
        context["send_form"] = SendForm()
    if context["asked"] and rules.may("decide_extension", user, assignment):
        context["decide_form"] = DecideForm()
    if context.get("may_rate"):
        context["rating_form"] = RatingForm(assignment=assignment)
    if context.get("may_enter_rating"):
        silent = [person.pk for person in context["silent"]]
        context["paper_form"] = PaperForm(assignment=assignment, silent=silent, prefix="paper")
    if context.get("may_conclude"):
        context["conclude_form"] = ReasonForm()
    if assignment.is_co and context["may_waive"] and assignment.waived_at is None:
        context["waive_form"] = WaiveForm(late=late_words(assignment, on=context["today"]))
    if assignment.state == S.FOLLOWING and rules.may("verify", user, assignment):
        context["verify_form"] = VerifyForm()
    return context


def act(request, assignment, verb, form, slot, do, *, success, then=None, about=None):
    """Check the right to `verb`, call the service with the form's words, or show the case again with what was typed."""
    rules.require(verb, request.user, about or assignment)
    if form.is_valid():
        done = attempt(request, lambda: do(form.cleaned_data, request.user, timezone.now()), form=form, success=success)
        if done or not form.errors:
            return redirect(then or assignment)
    return show(request, assignment, status=400, **{slot: form})


def present_reply(assignment):
    present = assignment.rounds.select_related("reply").get(number=assignment.round)
    reply = getattr(present, "reply", None)
    if reply is None:
        raise Http404
    return reply


@require_safe
def assignment_notice(request, pk):
    """交办通知 as an official document."""
    assignment = get(request, pk)
    return download(documents.assignment_notice(assignment), f"交办通知-{assignment.pk}.docx")


@require_POST
def assignment_accept(request, pk):
    assignment = get(request, pk)
    attempt(
        request,
        lambda: services.accept(assignment, by=request.user, at=timezone.now()),
        success="已签收，请在期限内办理并答复。",
    )
    return redirect(assignment)


@require_POST
def assignment_return(request, pk):
    assignment = get(request, pk)
    return act(
        request, assignment, "return", ReturnForm(request.POST), "return_form",
        lambda data, by, at: services.return_(assignment, by=by, at=at, **data),
        success="已退回，交办部门会重新确定承办单位。", then="assignment-list",
    )  # fmt: skip


def extension_new(request, pk):
    assignment = get(request, pk)
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
    context = {
        "assignment": assignment,
        "form": form,
        "latest": latest_possible(assignment),
        "committee": assignment.committee,
    }
    return render(request, "proposals/extension_form.html", context, status=status)


@require_POST
def extension_decide(request, pk, extension):
    assignment = get(request, pk)
    rows = Extension.objects.select_related("assignment__committee").filter(assignment=assignment)
    asked = get_object_or_404(rows, pk=extension)
    decide = services.grant_extension if "grant" in request.POST else services.refuse_extension
    return act(
        request, assignment, "decide_extension", DecideForm(request.POST), "decide_form",
        lambda data, by, at: decide(asked, by=by, at=at, **data), success="已审批，承办单位已收到通知。",
    )  # fmt: skip


@require_POST
def assignment_verify(request, pk):
    assignment = get(request, pk)
    return act(
        request, assignment, "verify", VerifyForm(request.POST), "verify_form",
        lambda data, by, at: services.verify(
            assignment, kept=data["kept"] == "yes", words=data["words"], by=by, at=at
        ),
        success="核实情况已记录。",
    )  # fmt: skip
