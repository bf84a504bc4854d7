"""网上委员工作室: asked back under a receipt, asked the public, replied, read first, summed up (row 115)."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from config.paging import keyset
from members.auth import counted_address
from members.forms.profiles import AnswerForm, ReceiptForm, RefuseForm
from members.forms.studio import AgainForm, InquiryForm, ReasonForm, ReplyForm, SummaryForm
from members.models import Committee, Inquiry, InquiryReply, Member, QuestionTurn
from members.queries import studio as queries
from members.roles import Permission
from members.rules import studio as rules
from members.services import profiles as asking
from members.services import studio as services
from members.services import turns
from members.states import InquiryReplyState, InquiryState, QuestionState


def _committee(request, slug):
    return get_object_or_404(Committee.objects.visible_to(request.user).select_related("region"), slug=slug)


# --- for everybody -----------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def studio(request, slug):
    """What members ask now, what they answered last, where their studios are."""
    committee = _committee(request, slug)
    inquiries = queries.inquiries_of(committee)
    context = {
        "committee": committee,
        "open": inquiries.open().order_by("until", "-pk")[:20],
        "page": keyset(inquiries.filter(state=InquiryState.SUMMED), request, per_page=10),
        "answers": queries.newest_answers(committee),
        "studios": queries.online_studios(committee),
        "own": request.user.is_authenticated and request.user.member_ids.get(committee.pk),
    }
    return render(request, "members/studio.html", context)


@login_not_required
@never_cache
@require_POST
def question_again(request, slug):
    """追问: the code and the words in one step; refused, both stay in the form."""
    committee = _committee(request, slug)
    address, now = counted_address(request) or "", timezone.now()
    form = AgainForm(request.POST)
    code = request.POST.get("code", "")[:20]
    found = attempt(request, lambda: [asking.look_up(code, address=address, at=now)])
    question = found and found[0]
    if question is None or question.committee_id != committee.pk:
        receipt = ReceiptForm(request.POST)
        receipt.add_error("code", "没有这个查询码，请核对后再查。")
        return render(request, "members/question_receipt.html", {"committee": committee, "form": receipt}, status=400)
    if form.is_valid():
        asked = attempt(
            request,
            lambda: turns.ask_back(question, words=form.cleaned_data["words"], address=address, at=now),
            success="追问已提交，还用原来的查询码看答复。",
            form=form,
        )
        if asked:
            form = None
    context = receipt_context(committee, question, ReceiptForm({"code": code}), form)
    return render(request, "members/question_receipt.html", context, status=400 if form else 200)


def receipt_context(committee, question, form, again=None):
    """What who holds a code reads: the question with every turn, and the form to ask back where that is possible."""
    rows = list(question.turns.order_by("number")) if question else []
    waits = any(row.state in (QuestionState.ASKED, QuestionState.PASSED) for row in rows)
    if question and again is None and question.state == QuestionState.ANSWERED and not waits:
        again = AgainForm(initial={"code": form["code"].value()}, auto_id="again_%s")
    return {"committee": committee, "form": form, "question": question, "turns": rows, "again_form": again}


def _inquiry(request, pk):
    rows = Inquiry.objects.visible_to(request.user).select_related("member__user", "committee__region")
    return get_object_or_404(rows, pk=pk)


@login_not_required
@never_cache
def inquiry(request, pk):
    """One inquiry with what was replied; a visitor replies here, and gets a code."""
    found = _inquiry(request, pk)
    form = ReplyForm(request.POST or None) if found.takes_replies else None
    if request.method == "POST" and form is None:
        return _inquiry_page(request, found, None, status=400)
    if form is not None and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("words", "place")}
        address = counted_address(request) or ""
        sent = attempt(request, lambda: services.reply(found, **given, address=address, at=timezone.now()), form=form)
        if sent:
            context = {"committee": found.committee, "inquiry": found, "code": sent[1]}
            return render(request, "members/inquiry_sent.html", context)
    return _inquiry_page(request, found, form, status=400 if request.method == "POST" else 200)


def _inquiry_page(request, found, form, status=200, **forms):
    user = request.user
    is_own = user.is_authenticated and found.member.user_id == user.pk
    moderates = rules.moderates(user, found)
    replies = found.replies.filter(state=InquiryReplyState.SHOWN)
    may_sum = found.state == InquiryState.OPEN and rules.can_inquire(user, found)
    context = {
        "committee": found.committee,
        "inquiry": found,
        "form": form if not is_own else None,
        "page": keyset(replies, request),
        "is_own": is_own,
        "moderates": moderates,
        "summary_form": forms.get("summary") or (SummaryForm(auto_id="summary_%s") if may_sum else None),
    }
    if moderates and found.state != InquiryState.TAKEN_DOWN:
        context["down_form"] = forms.get("down") or ReasonForm(auto_id="down_%s")
        context["waiting"] = found.replies.filter(state=InquiryReplyState.SENT).order_by("pk")
    return render(request, "members/inquiry_detail.html", context, status=status)


@login_not_required
@never_cache
def reply_receipt(request, slug):
    """What became of a reply, for who has its code."""
    committee = _committee(request, slug)
    form, row = ReceiptForm(request.POST or None), None
    if form.is_valid():
        address, now = counted_address(request) or "", timezone.now()
        found = attempt(request, lambda: [services.look_up(form.cleaned_data["code"], address=address, at=now)])
        row = found and found[0]
        if found and (row is None or row.inquiry.committee_id != committee.pk):
            row = None
            form.add_error("code", "没有这个查询码，请核对后再查。")
    context = {"committee": committee, "form": form, "reply": row}
    return render(request, "members/inquiry_receipt.html", context, status=400 if form.errors else 200)


# --- for the member ----------------------------------------------------------------------------------------------


def my_inquiries(request):
    """向您请教: a new one, and those there are."""
    own = request.user.member_ids
    if not own:
        raise PermissionDenied("只有在任委员可以向群众请教。")
    member = Member.objects.select_related("user", "committee__region").get(pk=next(iter(own.values())))
    form = InquiryForm(request.POST or None)
    if form.is_valid():
        made = attempt(
            request,
            lambda: services.inquire(member, **form.cleaned_data, by=request.user, at=timezone.now()),
            success="已公开。群众的回应经政协办审看后显示在这里。",
            form=form,
        )
        if made:
            return redirect(made)
    rows = queries.with_replies(Inquiry.objects.filter(member__user=request.user).select_related("member__user"))
    context = {"committee": member.committee, "member": member, "form": form, "page": keyset(rows, request)}
    return render(request, "members/inquiry_mine.html", context, status=400 if request.method == "POST" else 200)


@require_POST
def inquiry_sum_up(request, pk):
    found, form = _inquiry(request, pk), SummaryForm(request.POST, auto_id="summary_%s")
    rules.require("inquire", request.user, found)
    if form.is_valid() and attempt(
        request,
        lambda: services.sum_up(found, **form.cleaned_data, by=request.user, at=timezone.now()),
        success="结语已公开，谢谢您。",
        form=form,
    ):
        return redirect(found)
    return _inquiry_page(request, found, None, status=400, summary=form)


def _turn(request, pk):
    rows = QuestionTurn.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("question__member__user", "question__committee"), pk=pk)


@require_POST
def turn_answer(request, pk):
    turn, form = _turn(request, pk), AnswerForm(request.POST)
    rules.require("answer", request.user, turn)
    if form.is_valid() and attempt(
        request,
        lambda: turns.answer(turn, **form.cleaned_data, by=request.user, at=timezone.now()),
        success="已答复，公开在您的主页上。",
        form=form,
    ):
        return redirect(turn)
    return _turn_page(request, turn, form, "答复追问", "答复")


# --- for the desk ------------------------------------------------------------------------------------------------


@require_safe
def studio_desk(request):
    """What waits to be read first: questions asked back, and replies to members."""
    if not request.user.committees_with(Permission.DUTY_MANAGE):
        raise PermissionDenied("追问和回应由政协办审核。")
    asked = QuestionTurn.objects.moderated_by(request.user).filter(state=QuestionState.ASKED)
    sent = InquiryReply.objects.moderated_by(request.user).filter(state=InquiryReplyState.SENT)
    context = {
        "turns": asked.select_related("question__member__user").order_by("pk")[:50],
        "page": keyset(sent.select_related("inquiry__member__user"), request),
    }
    return render(request, "members/studio_desk.html", context)


@require_POST
def turn_pass(request, pk):
    turn = _turn(request, pk)
    attempt(
        request,
        lambda: turns.pass_on(turn, by=request.user, at=timezone.now()),
        success=f"已转给{turn.question.member}，到期前会提醒。",
    )
    return redirect(turn)


@require_POST
def turn_refuse(request, pk):
    turn, form = _turn(request, pk), RefuseForm(request.POST)
    rules.require("refuse", request.user, turn)
    if form.is_valid() and attempt(
        request,
        lambda: turns.refuse(turn, **form.cleaned_data, by=request.user, at=timezone.now()),
        success="已登记为不公开，原因提问人凭查询码可以看到。",
        form=form,
    ):
        return redirect(turn.question)
    return _turn_page(request, turn, form, "不公开这次追问", "不公开")


def _turn_page(request, turn, form, title, submit):
    context = {"committee": turn.question.committee, "turn": turn, "form": form, "title": title, "submit": submit}
    return render(request, "members/turn_form.html", context, status=400)


def _reply(request, pk):
    rows = InquiryReply.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("inquiry__member__user", "inquiry__committee"), pk=pk)


@require_POST
def reply_show(request, pk):
    row = _reply(request, pk)
    rules.require("show", request.user, row)
    attempt(request, lambda: services.show(row, by=request.user, at=timezone.now()), success="已公开，并告诉了委员。")
    return redirect("studio-desk")


def reply_hide(request, pk):
    """不公开, with the reason, before or after it was shown."""
    row = _reply(request, pk)
    rules.require("hide", request.user, row)
    form = ReasonForm(request.POST or None)
    if form.is_valid() and attempt(
        request,
        lambda: services.hide(row, **form.cleaned_data, by=request.user, at=timezone.now()),
        success="已登记为不公开，原因回应的人凭查询码可以看到。",
        form=form,
    ):
        return redirect("studio-desk")
    context = {"committee": row.inquiry.committee, "form": form, "reply": row}
    return render(request, "members/inquiry_hide.html", context, status=400 if form.errors else 200)


@require_POST
def inquiry_take_down(request, pk):
    found, form = _inquiry(request, pk), ReasonForm(request.POST, auto_id="down_%s")
    rules.require("take_down", request.user, found)
    if form.is_valid() and attempt(
        request,
        lambda: services.take_down(found, **form.cleaned_data, by=request.user, at=timezone.now()),
        success="已撤下，原因告诉了委员。",
        form=form,
    ):
        return redirect(found)
    return _inquiry_page(request, found, None, status=400, down=form)
