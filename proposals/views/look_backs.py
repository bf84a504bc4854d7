"""回头看: campaigns, the units' self-checks, spot checks and ends, and every B with where it stands."""

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.documents.http import download
from config.doors import attempt
from config.paging import keyset
from config.uploads import store
from members.models import Committee
from members.roles import Permission
from proposals import rules
from proposals.documents import supervision as documents
from proposals.filters.supervision import FollowedFilter, LookBackItemFilter
from proposals.forms.supervision import CheckForm, EndForm, LookBackForm, SpotForm
from proposals.models import LookBack, LookBackItem
from proposals.queries import look_backs as queries
from proposals.services import look_backs as services
from proposals.states import TONES, LookBackItemState, LookBackState, ReplyState


@require_safe
def look_back_list(request):
    """The campaigns that the user runs or takes part in."""
    user = request.user
    may_follow = bool(user.committees_with(Permission.MATTER_VIEW))
    if not (may_follow or user.organisations_with(Permission.MATTER_HANDLE)):
        raise PermissionDenied
    rows = LookBack.objects.visible_to(user).select_related("committee", "plenary")
    context = {
        "page": keyset(rows, request),
        "may_start": bool(user.committees_with(Permission.MATTER_SUPERVISE)),
        "may_follow": may_follow,
    }
    return render(request, "proposals/look_back_list.html", context)


def look_back_new(request):
    """Which replies would be taken up is seen before it starts."""
    committees = Committee.objects.manageable_by(request.user, Permission.MATTER_SUPERVISE)
    committee = committees.order_by("pk").first()
    if committee is None:
        raise PermissionDenied
    form = LookBackForm(
        request.POST or None, committee=committee, initial={"name": f"{timezone.localdate().year} 年提案“回头看”"}
    )
    if request.method == "POST" and form.is_valid():
        made = attempt(
            request,
            lambda: services.start(committee, by=request.user, at=timezone.now(), **form.cleaned_data),
            form=form,
            success="已启动，承办单位会收到通知。",
        )
        if made:
            return redirect(made)
    context = {"form": form, "committee": committee, "number": queries.to_look_back(committee).count()}
    return render(request, "proposals/look_back_form.html", context, status=400 if request.method == "POST" else 200)


def _campaign(request, pk) -> LookBack:
    rows = LookBack.objects.visible_to(request.user).select_related("committee", "plenary", "by")
    return get_object_or_404(rows, pk=pk)


@require_safe
def look_back(request, pk):
    """One campaign: how many stand where, and its items; a unit sees its own."""
    campaign = _campaign(request, pk)
    items = queries.items(campaign, request.user)
    filterset = LookBackItemFilter(request.GET or None, queryset=items, campaign=campaign, request=request)
    counts = dict(items.order_by().values_list("state").annotate(number=Count("pk")))
    tiles = [
        {"label": state.label, "value": counts.get(state, 0), "tone": TONES[state], "url": f"?state={state}"}
        for state in LookBackItemState
    ]
    context = {
        "campaign": campaign,
        "committee": campaign.committee,
        "filterset": filterset,
        "page": keyset(filterset.qs, request),
        "tiles": [{"name": "", "tiles": tiles}],
        "progress": [{**row, "url": f"?unit={row['unit']}"} for row in queries.progress(items)],
        "causes": queries.causes(items),
        "total": sum(counts.values()),
        "unsettled": sum(counts.get(state, 0) for state in queries.UNSETTLED),
        "may_close": campaign.state == LookBackState.OPEN and rules.may("close_look_back", request.user, campaign),
    }
    return render(request, "proposals/look_back_detail.html", context)


@require_POST
def look_back_close(request, pk):
    campaign = _campaign(request, pk)
    attempt(request, lambda: services.close(campaign, by=request.user, at=timezone.now()), success="这次回头看已结束。")
    return redirect(campaign)


@require_safe
def look_back_export(request, pk):
    campaign = _campaign(request, pk)
    book = documents.look_back_book(campaign, queries.items(campaign, request.user).order_by("pk"))
    return download(book, f"{campaign.name}.xlsx")


def _item(request, pk) -> LookBackItem:
    rows = LookBackItem.objects.visible_to(request.user).select_related(
        "campaign__committee", "assignment__unit", "assignment__committee", "assignment__micro",
        "assignment__proposal", "round__reply", "again__reply", "checked_by", "spotted_by",
    )  # fmt: skip
    return get_object_or_404(rows, pk=pk)


@require_safe
def look_back_item(request, pk):
    return _show(request, _item(request, pk))


def _show(request, item, *, status=200, **forms):
    """One B: the result then and now side by side, and what is to be said of it now."""
    user = request.user
    running = item.campaign.state == LookBackState.OPEN and item.state in queries.UNSETTLED
    now = getattr(item.again, "reply", None) if item.again_id else None
    context = {
        "item": item,
        "assignment": item.assignment,
        "committee": item.campaign.committee,
        "reply": item.round.reply,
        "now": now if now and now.state == ReplyState.SENT else None,
        "photos": store.of(item, services.PHOTOS),
        "moved_on": running and item.assignment.round != item.round.number,
        **forms,
    }
    if running and rules.may("check_look_back", user, item):
        initial = {"found": item.found, "words": item.check_words}
        context.setdefault("check_form", CheckForm(initial=initial, auto_id="check_%s"))
    if running and rules.may("settle_look_back", user, item):
        context.setdefault("spot_form", SpotForm(initial=_spotted(item), auto_id="spot_%s"))
        context.setdefault("end_form", EndForm(initial={"cause": item.cause}, auto_id="end_%s"))
    return render(request, "proposals/look_back_item.html", context, status=status)


def _spotted(item):
    said = {True: "yes", False: "no", None: ""}
    names = ("has_leader", "has_person", "in_order")
    return {**{name: said[getattr(item, name)] for name in names}, "words": item.spot_words, "cause": item.cause}


def _act(request, item, verb, form, slot, do, *, success):
    rules.require(verb, request.user, item)
    if form.is_valid():
        done = attempt(request, lambda: do(form.cleaned_data, request.user, timezone.now()), form=form, success=success)
        if done or not form.errors:
            return redirect(item)
    return _show(request, item, status=400, **{slot: form})


@require_POST
def look_back_check(request, pk):
    item = _item(request, pk)
    return _act(
        request, item, "check_look_back", CheckForm(request.POST, request.FILES, auto_id="check_%s"), "check_form",
        lambda data, by, at: services.check(item, by=by, at=at, **data), success="自查已提交，督办部门会来核实。",
    )  # fmt: skip


@require_POST
def look_back_spot(request, pk):
    item = _item(request, pk)
    return _act(
        request, item, "spot_look_back", SpotForm(request.POST, auto_id="spot_%s"), "spot_form",
        lambda data, by, at: services.spot(item, by=by, at=at, **data), success="抽查已登记。",
    )  # fmt: skip


@require_POST
def look_back_end(request, pk):
    """Verify, explain or rework, as was chosen."""
    item = _item(request, pk)

    def end(data, by, at):
        given = {"words": data["words"], "cause": data["cause"], "by": by, "at": at}
        if data["end"] == LookBackItemState.EXPLAINED:
            given["promised_on"] = data["promised_on"]
        return services.END[data["end"]](item, **given)

    return _act(
        request, item, "settle_look_back", EndForm(request.POST, auto_id="end_%s"), "end_form", end,
        success="结论已登记。",
    )  # fmt: skip


@require_safe
def look_back_b(request):
    """B 类跟踪: every reply that is B, with where it stands; none drops off."""
    if not request.user.committees_with(Permission.MATTER_VIEW):
        raise PermissionDenied
    rows = queries.followed(request.user).select_related("unit")
    filterset = FollowedFilter(request.GET or None, queryset=rows, request=request)
    context = {"filterset": filterset, "page": keyset(filterset.qs, request), "today": timezone.localdate()}
    return render(request, "proposals/look_back_b.html", context)
