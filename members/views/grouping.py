"""Pages of 全员入委: the plans, one plan in numbers and names, the hand that corrects it."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.documents.http import download
from config.doors import attempt
from config.paging import keyset
from members.filters.grouping import SeatFilter
from members.forms.grouping import GroupingForm, MoveForm
from members.grouping.sheet import seat_table
from members.models import Committee, Grouping, Member
from members.queries import grouping as queries
from members.roles import Permission
from members.services import grouping as services
from members.states import GroupingState


def _committee(request):
    committee = Committee.objects.manageable_by(request.user, Permission.PEOPLE_MANAGE).select_related("region").first()
    if committee is None:
        raise PermissionDenied
    return committee


def _grouping(request, pk):
    return get_object_or_404(Grouping.objects.visible_to(request.user).select_related("committee__region", "by"), pk=pk)


def _member(grouping, pk):
    members = Member.objects.filter(committee=grouping.committee).in_force()
    return get_object_or_404(members.select_related("user", "sector"), pk=pk)


@require_safe
def grouping_list(request):
    committee = _committee(request)
    rows = Grouping.objects.visible_to(request.user).select_related("by", "committee")
    return render(request, "members/grouping_list.html", {"committee": committee, "page": keyset(rows, request)})


def grouping_new(request):
    committee = _committee(request)
    form = GroupingForm(request.POST or None, committee=committee, user=request.user)
    if form.is_valid():
        bodies = list(form.cleaned_data["bodies"])
        opened = attempt(
            request,
            lambda: services.open_grouping(form.instance, bodies=bodies, by=request.user, at=timezone.now()),
            success="方案已编好，还没有实施。请查看各组，逐人调整后再实施。",
            form=form,
        )
        if opened:
            return redirect(opened)
    return render(request, "members/grouping_new.html", {"committee": committee, "form": form})


@require_safe
def grouping(request, pk):
    row = _grouping(request, pk)
    filterset = SeatFilter(request.GET or None, queryset=queries.seats(row), grouping=row)
    context = {
        "committee": row.committee,
        "grouping": row,
        "report": row.report,
        "bars": [{"label": unit["name"], "value": unit["size"]} for unit in row.report["units"]],
        "filterset": filterset,
        "page": keyset(filterset.qs, request, per_page=50),
        "is_draft": row.state == GroupingState.DRAFT,
        "changes": queries.changes(row) if row.state == GroupingState.DRAFT else None,
    }
    return render(request, "members/grouping.html", context)


def grouping_move(request, pk, member):
    row = _grouping(request, pk)
    person = _member(row, member)
    form = MoveForm(request.POST or None, grouping=row, member=person)
    if form.is_valid():
        moved = attempt(
            request,
            lambda: services.move(row, person, **form.cleaned_data, by=request.user, at=timezone.now()),
            success=f"{person}已调整，以后重新编排也保持不变。",
            form=form,
        )
        if moved:
            return redirect(row)
    seat = queries.seats(row).filter(member=person).first()
    context = {"committee": row.committee, "grouping": row, "member": person, "seat": seat, "form": form}
    return render(request, "members/grouping_move.html", context)


@require_POST
def grouping_release(request, pk, member):
    row = _grouping(request, pk)
    person = _member(row, member)
    attempt(
        request,
        lambda: services.release(row, person, by=request.user, at=timezone.now()),
        success=f"{person}不再固定，下次重新编排时一并考虑。",
    )
    return redirect(row)


@require_POST
def grouping_replan(request, pk):
    row = _grouping(request, pk)
    attempt(
        request,
        lambda: services.replan(row, by=request.user, at=timezone.now()),
        success="已按最新的委员名单重新编排，手工指定的位置没有变。",
    )
    return redirect(row)


@require_POST
def grouping_apply(request, pk):
    row = _grouping(request, pk)
    attempt(
        request,
        lambda: services.apply(row, by=request.user, at=timezone.now()),
        success="方案已实施：活动小组和任职已更新，委员已收到通知。",
    )
    return redirect(row)


@require_POST
def grouping_discard(request, pk):
    row = _grouping(request, pk)
    attempt(request, lambda: services.discard(row, by=request.user, at=timezone.now()), success="方案已作废。")
    return redirect("grouping-list")


@require_safe
def grouping_export(request, pk):
    row = _grouping(request, pk)
    return download(seat_table(row.name, queries.seats(row).order_by("body", "group", "-pk")), f"{row.name}.xlsx")
