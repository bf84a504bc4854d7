"""经验库: what committees share with each other, and copy with one click."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from config.paging import keyset
from members import sharing
from members.filters.library import PracticeFilter
from members.forms.library import PracticeForm
from members.models import Committee, Practice
from members.roles import Permission
from members.rules import library as rules
from members.services import library as services
from members.views.library_regulations import kept_committee


@require_safe
def practice_list(request):
    rows = Practice.objects.visible_to(request.user)
    filterset = PracticeFilter(request.GET or None, queryset=rows)
    context = {
        "filterset": filterset,
        "page": keyset(filterset.qs.select_related("committee").defer("payload", "text", "effect"), request),
        "keeps": bool(request.user.committees_with(Permission.REFERENCE_MANAGE)),
    }
    return render(request, "members/practice_list.html", context)


def _practice(request, pk):
    return get_object_or_404(Practice.objects.visible_to(request.user).select_related("committee"), pk=pk)


def _adopter(user, practice) -> Committee | None:
    """The committee for which this person may copy what is attached, the own one first."""
    kind = sharing.of(practice.payload_kind)
    able = user.committees_with(kind.permission) - {practice.committee_id} if kind else set()
    home = user.home_committee
    pk = home.pk if home and home.pk in able else min(able, default=None)
    return Committee.objects.get(pk=pk) if pk else None


@require_safe
def practice(request, pk):
    row = _practice(request, pk)
    kind, keeps = sharing.of(row.payload_kind), rules.keeps(request.user, row)
    own = row.committee_id in request.user.committee_ids
    uses = row.uses.select_related("committee", "by")
    context = {
        "practice": row,
        "kind": kind,
        "lines": list(kind.lines(row.payload)) if kind else [],
        "adopter": _adopter(request.user, row) if row.is_shared else None,
        "keeps": keeps,
        "own": own,
        "uses": uses if own else uses.filter(committee__in=request.user.committee_ids),
    }
    return render(request, "members/practice_detail.html", context)


def practice_new(request):
    committee = kept_committee(request.user)
    form = PracticeForm(request.POST or None, instance=Practice(committee=committee), committee=committee)
    if form.is_valid():
        made = attempt(
            request,
            lambda: services.add_practice(form.instance, attached=form.attached, by=request.user, at=timezone.now()),
            success="已登记。",
            form=form,
        )
        if made:
            return redirect(made)
    context = {"committee": committee, "form": form}
    return render(request, "members/practice_form.html", context, status=400 if form.errors else 200)


def practice_edit(request, pk):
    row = _practice(request, pk)
    if not rules.keeps(request.user, row):
        raise PermissionDenied("经验由登记它的政协办修改。")
    form = PracticeForm(request.POST or None, instance=row, committee=row.committee)
    if form.is_valid():
        given = {"changed": form.changed_fields, "attached": form.attached}
        if attempt(
            request,
            lambda: services.edit_practice(row, **given, by=request.user, at=timezone.now()),
            success="已保存。",
            form=form,
        ):
            return redirect(row)
    context = {"committee": row.committee, "form": form, "practice": row}
    return render(request, "members/practice_form.html", context, status=400 if form.errors else 200)


@require_POST
def practice_share(request, pk):
    row = _practice(request, pk)
    attempt(
        request,
        lambda: services.share(row, by=request.user, at=timezone.now()),
        success="已共享，平台上各级政协都能看到。",
    )
    return redirect(row)


@require_POST
def practice_withdraw(request, pk):
    row = _practice(request, pk)
    attempt(
        request,
        lambda: services.withdraw(row, by=request.user, at=timezone.now()),
        success="已取消共享，别的政协已经采用的不受影响。",
    )
    return redirect(row)


@require_POST
def practice_adopt(request, pk):
    row = _practice(request, pk)
    committee = _adopter(request.user, row)
    if committee is None:
        raise PermissionDenied("采用由别的政协有相应权限的工作人员办理。")
    made = attempt(
        request,
        lambda: services.adopt(row, committee=committee, by=request.user, at=timezone.now()),
        success=f"已复制到{committee}，先核对、修改，再启用。",
    )
    return redirect(made.get_absolute_url() if made else row)
