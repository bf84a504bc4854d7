"""Pages of 述职评议: the reports of a year, one report with its sheet, opening and settling."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.documents.http import download
from config.doors import attempt
from config.paging import keyset
from config.refusals import Refusal
from config.uploads import store
from members import documents
from members.forms.reviews import DatesForm, OpenForm, RateForm, ReportForm, SettleForm
from members.models import BodyReview
from members.queries import reviews as queries
from members.roles import Permission
from members.rules import reviews as rules
from members.services import reviews as services
from members.states import ReviewState


@require_safe
def review_list(request):
    rows = BodyReview.objects.visible_to(request.user).select_related("body", "committee")
    context = {
        "page": keyset(rows.defer("report"), request),
        "may_open": bool(request.user.committees_with(Permission.DUTY_MANAGE)),
    }
    return render(request, "members/review_list.html", context)


def review_open(request):
    if not request.user.committees_with(Permission.DUTY_MANAGE):
        raise PermissionDenied("述职评议由政协办发起。")
    form = OpenForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        opened = attempt(
            request,
            lambda: (services.open_year(**form.cleaned_data, by=request.user, at=timezone.now()),),
            form=form,
        )
        if opened:
            messages.success(request, f"已发起 {opened[0]} 个机构的述职，负责人会收到通知。已有的不重复发起。")
            return redirect("review-list")
    return render(request, "members/review_open.html", {"form": form})


def _review(request, pk):
    rows = BodyReview.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("body", "committee"), pk=pk)


def body_review(request, pk):
    """The report; to a rater the sheet; when settled the result."""
    review, user = _review(request, pk), request.user
    may_manage, may_report = rules.can_manage(user, review), rules.can_report(user, review)
    people = queries.raters(review) if review.state == ReviewState.SUBMITTED else set()
    is_open = review.state == ReviewState.SUBMITTED and timezone.localdate() <= review.rate_until
    own = review.ratings.filter(rater=user).first() if user.pk in people else None
    given = {f"mark_{place}": mark for place, mark in enumerate(own.marks)} | {"words": own.words} if own else None
    form = RateForm(request.POST or None, criteria=review.criteria, initial=given)
    if request.method == "POST":
        if user.pk not in people:
            raise PermissionDenied("这份述职由本会规定的评议人打分。")
        if form.is_valid():
            rated = attempt(
                request,
                lambda: services.rate(
                    review, marks=form.marks, words=form.cleaned_data["words"], by=user, at=timezone.now()
                ),
                success="已提交评议，截止前可以修改。",
                form=form,
            )
            if rated:
                return redirect(review)
    settled = review.state == ReviewState.SETTLED
    context = {
        "committee": review.committee, "review": review, "files": store.of(review, "report"),
        "form": form if is_open and user.pk in people else None, "own": own,
        "may_manage": may_manage, "may_edit": may_report and review.state == ReviewState.DRAFT,
        "raters": len(people), "rated": review.ratings.count() if people else review.raters,
        "full": sum(most for _, most in review.criteria),
        "means": queries.means(review) if settled else None,
        "words": queries.words_of(review) if settled and (may_manage or may_report) else None,
        "may_settle": may_manage and review.state == ReviewState.SUBMITTED,
    }  # fmt: skip
    return render(request, "members/review_detail.html", context)


def review_write(request, pk):
    """The leader writes; what is typed is kept by itself, and handed in by the other button."""
    review = _review(request, pk)
    if not rules.can_report(request.user, review):
        raise PermissionDenied("述职报告由机构负责人撰写。")
    if review.state != ReviewState.DRAFT:
        return redirect(review)
    autosave = request.headers.get("X-Autosave") == "1"
    form = ReportForm(request.POST or None, request.FILES or None, instance=review)
    if autosave:
        return _autosave(request, review, form)
    if request.method == "POST" and form.is_valid():
        files = [form.cleaned_data["file"]] if form.cleaned_data["file"] else []
        report, user, at = form.cleaned_data["report"], request.user, timezone.now()
        kept = attempt(
            request, lambda: services.keep_draft(review, report=report, files=files, by=user, at=at), form=form
        )
        if kept and "save" in request.POST:
            messages.success(request, "草稿已保存。")
            return redirect("review-write", pk)
        if kept:
            handed_in = attempt(
                request,
                lambda: services.submit(review, by=user, at=at),
                success="述职报告已提交，评议人会收到通知。",
                form=form,
            )
            if handed_in:
                return redirect(review)
    context = {"committee": review.committee, "review": review, "form": form, "files": store.of(review, "report")}
    return render(request, "members/review_write.html", context)


def _autosave(request, review, form):
    """Only the text: a file is kept when the button is pressed."""
    report = request.POST.get("report", "")
    if "report" in form.errors:
        return JsonResponse({"saved": False, "error": form.errors["report"][0]}, status=400)
    try:
        services.keep_draft(review, report=report, by=request.user, at=timezone.now())
    except Refusal as refusal:
        return JsonResponse({"saved": False, "error": str(refusal)}, status=409)
    return JsonResponse({"saved": True, "at": timezone.localtime().strftime("%H:%M")})


def review_settle(request, pk):
    """评定: what is known before, the word for it, and moving the dates."""
    review = _review(request, pk)
    if not rules.can_manage(request.user, review):
        raise PermissionDenied("述职由政协办评定。")
    return _manage(
        request, review, SettleForm, services.settle, "已评定，结果已向委员公布。", "members/review_settle.html"
    )


def review_dates(request, pk):
    review = _review(request, pk)
    if not rules.can_manage(request.user, review):
        raise PermissionDenied("述职期限由政协办调整。")
    return _manage(
        request, review, DatesForm, services.reschedule, "期限已调整，提醒随之重排。", "members/review_dates.html",
        initial={"report_by": review.report_by, "rate_until": review.rate_until},
    )  # fmt: skip


def _manage(request, review, form_class, service, success, template, initial=None):
    form = form_class(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            lambda: service(review, **form.cleaned_data, by=request.user, at=timezone.now()),
            success=success,
            form=form,
        )
        if done:
            return redirect(review)
    context = {
        "committee": review.committee, "review": review, "form": form,
        "raters": len(queries.raters(review)), "rated": review.ratings.count(), "fewest": services.FEWEST,
    }  # fmt: skip
    return render(request, template, context)


@require_safe
def review_document(request, pk):
    review = _review(request, pk)
    if review.state != ReviewState.SETTLED:
        raise PermissionDenied("评定以后才有评议结果文件。")
    return download(documents.review_result(review, timezone.localdate()), f"{review}评议结果.docx")


@require_POST
def review_file_remove(request, pk, file):
    """A file of the draft, taken back before it is handed in."""
    review = _review(request, pk)
    if not rules.can_report(request.user, review) or review.state != ReviewState.DRAFT:
        raise PermissionDenied("提交后的报告文件不能再移除。")
    store.remove(get_object_or_404(store.of(review, "report"), pk=file))
    return redirect("review-write", pk)
