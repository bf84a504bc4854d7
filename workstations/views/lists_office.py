"""The three lists for who works with them: the office, and the keepers of stations for their own; tables in and out."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.documents.http import download
from config.documents.sheet import Sheet, workbook
from config.doors import attempt
from config.paging import keyset
from members.models import Committee
from members.roles import Permission
from workstations.documents import lists as documents
from workstations.filters.lists import ResourceFilter, WorkDemandFilter, WorkProjectFilter
from workstations.forms.lists import ImportForm
from workstations.models import Demand, DemandKind, Project, Resource, Workstation
from workstations.models.lists import FIELDS
from workstations.queries import lists as queries
from workstations.rules import lists as rules
from workstations.services import lists_import
from workstations.services.lists_import import COLUMNS
from workstations.states import DemandState, ProjectState
from workstations.views.lists import GIVERS, NEEDS

LATE_SHOWN = 5


def _committee(request) -> Committee:
    """The one whose office this person is of, or whose station is kept."""
    managed = Committee.objects.manageable_by(request.user, Permission.STATION_MANAGE)
    kept = Committee.objects.filter(pk__in=Workstation.objects.kept_by(request.user).values("committee"))
    found = managed.select_related("region").first() or kept.select_related("region").first()
    if found is None:
        raise PermissionDenied("清单由站点和政协办管理。")
    return found


def _context(request, committee, which, filterset):
    return {
        "committee": committee,
        "which": which,
        "filterset": filterset,
        "page": keyset(filterset.qs, request),
        "is_office": rules.is_office(request.user, committee.pk),
    }


@require_safe
def demands(request):
    """What waits to be looked at comes first; any other state by the filter."""
    committee = _committee(request)
    kept = Demand.objects.kept_by(request.user).filter(committee=committee)
    asked = request.GET if "state" in request.GET else {**request.GET.dict(), "state": DemandState.RAISED}
    filterset = WorkDemandFilter(asked, queryset=kept.select_related("region", "station", "claimed_by__user"),
                                 committee=committee)  # fmt: skip
    context = _context(request, committee, "demands", filterset)
    return render(request, "workstations/lists_office.html", context)


@require_safe
def resources(request):
    committee = _committee(request)
    rows = Resource.objects.visible_to(request.user).filter(committee=committee).select_related(*GIVERS)
    context = _context(request, committee, "resources", ResourceFilter(request.GET or None, queryset=rows))
    return render(request, "workstations/lists_office.html", context)


@require_safe
def projects(request):
    """Late ones on top, whatever the page; then all of them, the newest first."""
    committee = _committee(request)
    kept = Project.objects.kept_by(request.user).filter(committee=committee)
    rows = queries.with_late(kept).select_related("leader__user", "demand__region")
    context = _context(request, committee, "projects", WorkProjectFilter(request.GET or None, queryset=rows))
    late = list(queries.late_projects(request.user).filter(committee=committee)[: LATE_SHOWN + 1])
    context |= {"late": late[:LATE_SHOWN], "more_late": len(late) > LATE_SHOWN, "running": ProjectState.RUNNING}
    return render(request, "workstations/lists_office.html", context)


def demand_import(request):
    """Needs as villages hand them in; for the office."""
    committee = _committee(request)
    if not rules.is_office(request.user, committee.pk):
        raise PermissionDenied("批量登记由政协办办理。")
    form = ImportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        given = form.cleaned_data
        made = attempt(
            request,
            lambda: lists_import.import_demands(
                committee, given["lines"], verified=given["verified"], by=request.user, at=timezone.now()
            ),
            success="已全部登记。" if given["verified"] else "已全部登记，请逐项核实。",
            form=form,
        )
        if made:
            state = DemandState.OPEN if given["verified"] else DemandState.RAISED
            return redirect(f"{reverse('lists-office')}?state={state}")
    context = {
        "committee": committee, "form": form, "columns": COLUMNS, "kinds": DemandKind.labels, "fields": FIELDS,
    }  # fmt: skip
    return render(request, "workstations/demand_import.html", context, status=400 if form.errors else 200)


@require_safe
def import_sample(request):
    """The empty table, with what can be chosen in its cells."""
    committee = _committee(request)
    stations = Workstation.objects.open().filter(committee=committee).order_by("name")
    sheet = Sheet(
        "需求清单", COLUMNS, [], choices={
            "类别": DemandKind.labels, "领域": FIELDS, "跟进站点": list(stations.values_list("name", flat=True)),
        },
    )  # fmt: skip
    return download(workbook(sheet), "需求清单模板.xlsx")


@require_safe
def demand_table(request):
    committee = _committee(request)
    kept = Demand.objects.kept_by(request.user).filter(committee=committee).select_related(*NEEDS)
    rows = WorkDemandFilter(request.GET or None, queryset=kept, committee=committee).qs
    return download(documents.demands(rows), "需求清单.xlsx")


@require_safe
def resource_table(request):
    committee = _committee(request)
    rows = Resource.objects.visible_to(request.user).filter(committee=committee, is_active=True)
    rows = ResourceFilter(request.GET or None, queryset=rows.select_related(*GIVERS)).qs
    return download(documents.resources(rows), "资源清单.xlsx")


@require_safe
def project_table(request):
    committee = _committee(request)
    kept = Project.objects.kept_by(request.user).filter(committee=committee)
    rows = WorkProjectFilter(request.GET or None, queryset=kept.select_related("leader__user", "demand__region")).qs
    return download(documents.projects(rows), "项目清单.xlsx")
