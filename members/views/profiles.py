"""有困难，找委员: pages for everybody, for the desk that reads questions first, and for the member."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from config.paging import keyset
from members.auth import counted_address
from members.filters.profiles import FindFilter, QuestionFilter
from members.forms.profiles import AnswerForm, AskForm, ProfileForm, ReceiptForm, RefuseForm
from members.models import Committee, Member, MemberQuestion, QuestionTurn
from members.queries import profiles as queries
from members.queries import studio
from members.roles import Permission
from members.rules import profiles as rules
from members.services import profiles as services
from members.states import QuestionState
from members.views.studio import receipt_context

ANSWERS = 10  # of one page of a profile


def _committee(request, slug):
    return get_object_or_404(Committee.objects.visible_to(request.user).select_related("region"), slug=slug)


# --- for everybody -----------------------------------------------------------------------------------------------


def _public(committee):
    return queries.shown(Member.objects.public().filter(committee=committee)).select_related("user", "region")


@login_not_required
@require_safe
def member_find(request, slug):
    committee = _committee(request, slug)
    filterset = FindFilter(request.GET or None, queryset=_public(committee), committee=committee)
    page = keyset(filterset.qs, request)
    context = {"committee": committee, "filterset": filterset, "page": page, "members": queries.covered(page)}
    return render(request, "members/find_list.html", context)


@login_not_required
@require_safe
def member_profile(request, slug, pk):
    """亮身份、亮专长、亮作为: the same page for everybody."""
    committee = _committee(request, slug)
    (member,) = queries.covered([get_object_or_404(_public(committee), pk=pk)])
    year = timezone.localdate().year
    stories = member.stories.visible_to(queries.EVERYBODY).filter(is_published=True).order_by("-on", "-pk")
    answered = studio.with_turns(MemberQuestion.objects.public().filter(member=member))
    context = {
        "committee": committee,
        "member": member,
        "posts": queries.public_posts(member),
        "stations": queries.stations(member),
        "stories": stories[:ANSWERS],
        "year": year,
        "deeds": queries.deeds(member, year),
        "inquiries": studio.inquiries_of(committee).filter(member=member).order_by("-pk")[:ANSWERS],
        "page": keyset(answered, request, per_page=ANSWERS),
        "is_own": request.user.is_authenticated and member.user_id == request.user.pk,
    }
    return render(request, "members/profile_detail.html", context)


@login_not_required
@never_cache
def question_new(request, slug, pk):
    """Ask without an account; the code is shown on the answer to the form and nowhere else."""
    committee = _committee(request, slug)
    member = get_object_or_404(_public(committee).select_related("committee"), pk=pk)
    form = AskForm(request.POST or None)
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("words", "place")}
        asked = attempt(
            request,
            lambda: services.ask(member, **given, address=counted_address(request) or "", at=timezone.now()),
            form=form,
        )
        if asked:
            context = {"committee": committee, "member": member, "code": asked[1]}
            return render(request, "members/question_asked.html", context)
    context = {"committee": committee, "member": member, "form": form}
    return render(request, "members/question_new.html", context, status=400 if request.method == "POST" else 200)


@login_not_required
@never_cache
def question_receipt(request, slug):
    """What became of a question, for who has its code."""
    committee = _committee(request, slug)
    form, question = ReceiptForm(request.POST or None), None
    if form.is_valid():
        address, now = counted_address(request) or "", timezone.now()
        found = attempt(request, lambda: [services.look_up(form.cleaned_data["code"], address=address, at=now)])
        question = found and found[0]
        if found and (question is None or question.committee_id != committee.pk):
            question = None
            form.add_error("code", "没有这个查询码，请核对后再查。")
    context = receipt_context(committee, question, form)
    return render(request, "members/question_receipt.html", context, status=400 if form.errors else 200)


# --- for the desk ------------------------------------------------------------------------------------------------


@require_safe
def question_desk(request):
    if not request.user.committees_with(Permission.DUTY_MANAGE):
        raise PermissionDenied("群众提问由政协办审核。")
    rows = MemberQuestion.objects.moderated_by(request.user).select_related("member__user")
    asked = request.GET if "state" in request.GET else {"state": QuestionState.ASKED}
    filterset = QuestionFilter(asked, queryset=rows)
    context = {"filterset": filterset, "page": keyset(filterset.qs, request)}
    return render(request, "members/question_desk.html", context)


def _question(request, pk):
    rows = MemberQuestion.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("member__user", "committee", "moderated_by"), pk=pk)


@require_POST
def question_pass(request, pk):
    question = _question(request, pk)
    attempt(
        request,
        lambda: services.pass_on(question, by=request.user, at=timezone.now()),
        success=f"已转给{question.member}，到期前会提醒。",
    )
    return redirect(question)


@require_POST
def question_refuse(request, pk):
    question, form = _question(request, pk), RefuseForm(request.POST)
    rules.require("refuse", request.user, question)
    if form.is_valid() and attempt(
        request,
        lambda: services.refuse(question, **form.cleaned_data, by=request.user, at=timezone.now()),
        success="已登记为不公开，原因提问人凭查询码可以看到。",
        form=form,
    ):
        return redirect(question)
    return _page(request, question, refuse_form=form, status=400)


# --- for the member ----------------------------------------------------------------------------------------------


@require_safe
def question_mine(request):
    """Those passed on to me, what waits first in sight."""
    mine = MemberQuestion.objects.visible_to(request.user).filter(member__user=request.user)
    waiting = mine.filter(state=QuestionState.PASSED).order_by("due_on", "pk")
    again = QuestionTurn.objects.filter(question__member__user=request.user, state=QuestionState.PASSED)
    context = {
        "waiting": [*waiting, *again.select_related("question").order_by("due_on", "pk")],
        "page": keyset(mine.filter(state=QuestionState.ANSWERED), request),
        "member": Member.objects.in_force().filter(user=request.user).select_related("committee").first(),
    }
    return render(request, "members/question_mine.html", context)


def member_question(request, pk):
    """One question: the member answers it here, the desk passes it on or refuses it."""
    question = _question(request, pk)
    if request.method != "POST":
        return _page(request, question)
    rules.require("answer", request.user, question)
    form = AnswerForm(request.POST)
    if form.is_valid() and attempt(
        request,
        lambda: services.answer(question, **form.cleaned_data, by=request.user, at=timezone.now()),
        success="已答复，公开在您的主页上。",
        form=form,
    ):
        return redirect(question)
    return _page(request, question, answer_form=form, status=400)


def _page(request, question, *, answer_form=None, refuse_form=None, status=200):
    user, state = request.user, question.state
    moderates, asked = rules.may("refuse", user, question), rules.may("answer", user, question)
    context = {
        "committee": question.committee,
        "question": question,
        "moderates": moderates,
        "is_asked": asked,
        "may_pass": moderates and state == QuestionState.ASKED,
        "turns": QuestionTurn.objects.visible_to(user).filter(question=question).order_by("number"),
        "turn_answer_form": AnswerForm(auto_id="turn_%s") if asked else None,
        "turn_refuse_form": RefuseForm(auto_id="turn_refuse_%s") if moderates else None,
    }
    if asked and state == QuestionState.PASSED:
        context["answer_form"] = answer_form or AnswerForm()
    if moderates and state != QuestionState.REFUSED:
        context["refuse_form"] = refuse_form or RefuseForm(auto_id="refuse_%s")
    return render(request, "members/question_detail.html", context, status=status)


def profile_edit(request, pk=None):
    """One's own page, or for the office anybody's."""
    members = Member.objects.visible_to(request.user).select_related("user", "committee")
    if pk is None:
        member = members.in_force().filter(user=request.user).order_by("pk").first()
        if member is None:
            raise PermissionDenied("只有在任委员有自己的主页。")
    else:
        member = get_object_or_404(members, pk=pk)
    if not rules.may("edit", request.user, member):
        raise PermissionDenied("委员主页由本人和政协办修改。")
    written = {name: getattr(member, name) for name in ProfileForm.base_fields}
    form = ProfileForm(request.POST or None, initial=written)
    if form.is_valid() and attempt(
        request,
        lambda: services.change_profile(member, **form.cleaned_data, by=request.user, at=timezone.now()),
        success="已保存。",
        form=form,
    ):
        return redirect(request.path)
    context = {"committee": member.committee, "member": member, "form": form, "is_own": pk is None}
    return render(request, "members/profile_form.html", context, status=400 if form.errors else 200)
