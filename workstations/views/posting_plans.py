"""Pages of 派驻方案: the plans, one plan in numbers and rows, the hand that corrects it, what enacting comes to."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.documents.http import download
from config.doors import attempt
from config.paging import keyset
from members.models import Committee, Member, Region
from members.roles import Permission
from workstations.documents import posting_plans as documents
from workstations.filters.posting_plans import SeatFilter
from workstations.forms.posting_plans import AddForm, MoveForm, PlanForm
from workstations.models import PlanTarget, PostingPlan, SeatReach
from workstations.queries import posting_plans as queries
from workstations.services import posting_enact, posting_seats
from workstations.services import posting_plans as services
from workstations.states import PostingPlanState

NAMED = 30  # of those without a home, a seat or anybody


def _committee(request) -> Committee:
    committee = (
        Committee.objects.manageable_by(request.user, Permission.STATION_MANAGE).select_related("region").first()
    )
    if committee is None:
        raise PermissionDenied
    return committee


def _plan(request, pk) -> PostingPlan:
    _committee(request)
    plans = PostingPlan.objects.visible_to(request.user).select_related(
        "committee__region", "committee__upper", "upper__committee", "created_by"
    )
    return get_object_or_404(plans, pk=pk)


def _seat(request, pk, seat):
    plan = _plan(request, pk)
    found = get_object_or_404(queries.seats(plan), pk=seat)
    found.plan = plan
    return plan, found


@require_safe
def plan_list(request):
    committee = _committee(request)
    rows = PostingPlan.objects.visible_to(request.user).select_related("committee", "upper__committee")
    return render(
        request, "workstations/posting_plan_list.html", {"committee": committee, "page": keyset(rows, request)}
    )


def plan_new(request):
    committee = _committee(request)
    year = timezone.localdate().year
    initial = {"name": f"{year}年委员进网格方案", "target": PlanTarget.GRID}
    form = PlanForm(request.POST or None, instance=PostingPlan(committee=committee), initial=initial)
    if form.is_valid():
        opened = attempt(
            request, lambda: services.open_plan(form.instance, by=request.user, at=timezone.now()), form=form
        )
        if opened:
            _begin(request, opened)
            return redirect(opened)
    return render(request, "workstations/posting_plan_new.html", {"committee": committee, "form": form})


def _begin(request, plan):
    """Work it out, and say how it went."""
    if attempt(request, lambda: services.begin(plan, by=request.user, at=timezone.now())):
        words = {
            PostingPlanState.READY: "已测算好，还没有实施。请核对、调整后再实施。",
            PostingPlanState.RUNNING: "已开始测算，通常不到一分钟，可以离开这一页，完成后会通知您。",
        }
        plan.refresh_from_db()
        if plan.state in words:
            attempt(request, lambda: None, success=words[plan.state])


@require_safe
def plan(request, pk):
    """Figures, counties with their towns, then the seats."""
    found = _plan(request, pk)
    report = found.report
    filterset = SeatFilter(request.GET or None, queryset=queries.seats(found), plan=found)
    context = {
        "committee": found.committee,
        "plan": found,
        "report": report if "seats" in report else None,
        "progress": report.get("progress"),
        "is_running": found.state == PostingPlanState.RUNNING,
        "is_ready": found.state == PostingPlanState.READY,
        "may_start": not found.upper_id and found.state in found.TRANSITIONS["start"].sources,
        "may_drop": found.state in found.TRANSITIONS["drop"].sources,
        "filterset": filterset,
        "page": keyset(filterset.qs, request, per_page=50),
    }
    if context["report"]:
        context |= _figures(found, report)
    return render(request, "workstations/posting_plan.html", context)


def _figures(found, report) -> dict:
    reach = {far: report["reach"].get(str(far.value), 0) for far in SeatReach}
    homeless, idle = report["homeless"][:NAMED], {row["member"]: row["why"] for row in report["idle"][:NAMED]}
    people = Member.objects.filter(pk__in=[*homeless, *idle]).select_related("user", "committee", "sector")
    people = people.in_bulk()
    gaps = {row["code"]: row["why"] for row in report["uncovered"][:NAMED]}
    places = Region.objects.filter(pk__in=gaps).select_related("parent")
    return {
        "near": reach[SeatReach.VILLAGE] + reach[SeatReach.TOWN],
        "reach_bars": [{"label": far.label, "value": number} for far, number in reach.items()],
        "counties": [_county(row, report["names"]) for row in report["counties"]],
        "homeless": [people[pk] for pk in homeless if pk in people],
        "idle": [(people[pk], why) for pk, why in idle.items() if pk in people],
        "uncovered": [(place, gaps[place.pk]) for place in places],
        "uncovered_count": report["targets"] - report["covered"],
    }


def _county(row, names) -> dict:
    """One county as a line of the table, its towns as tiles."""
    tiles = [
        {
            "label": names.get(town["code"], town["code"]),
            "value": f"{town['covered']}/{town['targets']}",
            "tone": "ok" if town["covered"] == town["targets"] else "soon" if town["covered"] else "late",
            "url": f"?county={row['code']}&town={town['code']}#seats",
        }
        for town in row["towns"]
    ]
    return {**row, "name": names.get(row["code"], row["code"]), "tiles": [{"tiles": tiles}]}


@require_POST
def plan_start(request, pk):
    found = _plan(request, pk)
    _begin(request, found)
    return redirect(found)


def plan_add(request, pk):
    """增派, also for a target that nobody serves."""
    found = _plan(request, pk)
    form = AddForm(request.POST or None, plan=found, initial={"region": request.GET.get("region", "")[:15]})
    if form.is_valid():
        data = form.cleaned_data
        added = attempt(
            request,
            lambda: posting_seats.add(
                found, data["member"], data["region"], reason=data["reason"], by=request.user, at=timezone.now()
            ),
            success=f"已把{data['member']}派驻到{data['region']}，重新测算也不会变。",
            form=form,
        )
        if added:
            return redirect(found)
    return render(
        request, "workstations/posting_plan_add.html", {"committee": found.committee, "plan": found, "form": form}
    )


def seat_move(request, pk, seat):
    found, seat = _seat(request, pk, seat)
    form = MoveForm(request.POST or None, seat=seat)
    if form.is_valid():
        data = form.cleaned_data
        moved = attempt(
            request,
            lambda: posting_seats.move(seat, data["member"], reason=data["reason"], by=request.user, at=timezone.now()),
            success=f"{seat.region}已改派{data['member']}，重新测算也不会变。",
            form=form,
        )
        if moved:
            return redirect(found)
    context = {"committee": found.committee, "plan": found, "seat": seat, "form": form}
    context["is_ready"] = found.state == PostingPlanState.READY
    return render(request, "workstations/posting_plan_seat.html", context)


@require_POST
def seat_release(request, pk, seat):
    found, seat = _seat(request, pk, seat)
    attempt(
        request,
        lambda: posting_seats.release(seat, by=request.user, at=timezone.now()),
        success=f"{seat.region}不再固定给{seat.member}，下次测算时一并考虑。",
    )
    return redirect(found)


def plan_enact(request, pk):
    """What will begin and end, then the deed."""
    found = _plan(request, pk)
    if request.method == "POST":
        done = attempt(request, lambda: posting_enact.enact(found, by=request.user, at=timezone.now()))
        if done:
            handed = found.report["enacted"]["handed"]
            below = f"；下级政协委员的 {handed} 个派驻已下发给他们的政协办" if handed else ""
            messages.success(request, f"方案已实施，有变动的委员会收到通知{below}。")
        return redirect(found)
    if found.state != PostingPlanState.READY:
        return redirect(found)
    context = {"committee": found.committee, "plan": found, "changes": queries.changes(found)}
    return render(request, "workstations/posting_plan_enact.html", context)


@require_POST
def plan_drop(request, pk):
    found = _plan(request, pk)
    attempt(request, lambda: services.drop(found, by=request.user, at=timezone.now()), success="方案已作废。")
    return redirect("posting-plan-list")


@require_safe
def plan_export(request, pk):
    found = _plan(request, pk)
    return download(documents.seats(found), f"{found.name}.xlsx")
