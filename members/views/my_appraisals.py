"""A member's own years: the results, every line with its source, the objection, the archive as a document."""

from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.documents.http import download
from config.doors import attempt
from config.paging import keyset
from members import documents
from members.forms.appraisal import ObjectForm
from members.models import AppraisalResult, Measure, Member, Membership
from members.services import objections
from members.states import AppraisalState, MeasureState


@require_safe
def my_appraisals(request):
    told = AppraisalResult.objects.told_to(request.user).select_related("appraisal__committee", "objection")
    context = {"page": keyset(told.defer("lines"), request), "is_member": bool(request.user.member_ids)}
    return render(request, "members/appraisal_mine.html", context)


def my_appraisal(request, pk):
    """One year of a member: for the member, and for those who look after the member."""
    found = AppraisalResult.objects.visible_to(request.user).select_related(
        "appraisal__committee", "member__user", "member__sector", "objection"
    )
    result = get_object_or_404(found, pk=pk)
    is_own, year = result.member.user_id == request.user.pk, result.appraisal
    objection = getattr(result, "objection", None)
    is_open = year.state == AppraisalState.PUBLISHED and timezone.localdate() <= year.objections_until
    form = ObjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        raised = attempt(
            request,
            lambda: objections.object_(result, **form.cleaned_data, by=request.user, at=timezone.now()),
            success="申诉已提交，答复后会通知您。",
            form=form,
        )
        if raised:
            return redirect(result)
    context = {
        "committee": year.committee, "result": result, "appraisal": year, "objection": objection, "is_own": is_own,
        "groups": _grouped(result.lines),
        "measures": Measure.objects.visible_to(request.user).filter(result=result, state=MeasureState.DONE),
        "may_object": is_own and is_open and objection is None,
        "is_over": is_own and year.state != AppraisalState.FROZEN and not is_open and objection is None,
        "form": form,
    }  # fmt: skip
    return render(request, "members/appraisal_result.html", context)


def _grouped(lines) -> list[tuple[str, list[dict]]]:
    """The lines by group, in the order in which the groups first appear."""
    groups = {}
    for line in lines:
        groups.setdefault(line["group"], []).append(line)
    return list(groups.items())


@require_safe
def duty_archive(request):
    """The own archive of all years and terms."""
    members = _with_posts(Member.objects.filter(user=request.user))
    if not members:
        raise Http404
    told = AppraisalResult.objects.told_to(request.user).select_related("appraisal").defer("lines")
    return _archive(members, told)


@require_safe
def people_archive(request, pk):
    """The same for those who look after the member: of the committee's terms only."""
    member = get_object_or_404(Member.objects.looked_after_by(request.user), pk=pk)
    members = _with_posts(Member.objects.filter(user=member.user_id, committee=member.committee_id))
    results = AppraisalResult.objects.visible_to(request.user).filter(member__in=members)
    return _archive(members, results.select_related("appraisal").defer("lines"))


def _with_posts(members) -> list[Member]:
    posts = Prefetch("posts", queryset=Membership.objects.select_related("body").order_by("-since", "-pk"))
    return list(members.select_related("user", "sector", "committee").prefetch_related(posts).order_by("-term", "-pk"))


def _archive(members, results):
    day = timezone.localdate()
    return download(documents.duty_archive(members, results, day), f"履职档案-{members[0]}-{day:%Y%m%d}.docx")
