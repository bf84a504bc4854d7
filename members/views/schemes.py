"""Pages of schemes: list, the table as it would be printed, its rows, preview, and when it counts."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.doors import attempt
from members.forms import scoring as forms
from members.models import Committee, GradeBand, LadderStep, ScoreGroup, ScoreItem, ScoreRequirement, ScoreScheme
from members.queries import preview
from members.roles import Permission
from members.scoring import words
from members.services import scoring as services
from members.states import SchemeState

ROWS = {
    "group": (ScoreGroup, forms.GroupForm),
    "item": (ScoreItem, forms.ItemForm),
    "requirement": (ScoreRequirement, forms.RequirementForm),
    "band": (GradeBand, forms.BandForm),
    "ladder": (LadderStep, forms.LadderForm),
}


def managed_committee(request) -> Committee:
    """The committee whose duty this person manages: one's home where that is one of several."""
    managed = Committee.objects.manageable_by(request.user, Permission.DUTY_MANAGE).select_related("region")
    found = sorted(managed, key=lambda committee: committee.pk not in request.user.member_ids)
    if not found:
        raise PermissionDenied
    return found[0]


def _scheme(request, pk, *, own=False) -> ScoreScheme:
    """One that this person manages, or a preset; drafts of others are not found."""
    managed_committee(request)
    schemes = ScoreScheme.objects.visible_to(request.user).select_related("committee")
    if own:
        schemes = schemes.filter(committee__in=request.user.committees_with(Permission.DUTY_MANAGE))
    return get_object_or_404(schemes, pk=pk)


@require_safe
def scheme_list(request):
    committee = managed_committee(request)
    schemes = ScoreScheme.objects.visible_to(request.user)
    context = {
        "committee": committee,
        "schemes": schemes.filter(committee=committee),
        "presets": schemes.presets().order_by("pk"),
        "year": timezone.localdate().year,
    }
    return render(request, "members/score_scheme_list.html", context)


def scheme_new(request):
    committee = managed_committee(request)
    visible = ScoreScheme.objects.visible_to(request.user)
    schemes = visible.filter(committee=committee) | visible.filter(committee=None)
    first = {"year": timezone.localdate().year, "origin": request.GET.get("origin")}
    form = forms.NewSchemeForm(request.POST or None, initial=first, schemes=schemes.order_by("committee", "-year"))
    if form.is_valid():
        made = attempt(
            request,
            lambda: _begin(committee, by=request.user, at=timezone.now(), **form.cleaned_data),
            success="草案已建好。改成本会的规则，预览满意后再启用。",
            form=form,
        )
        if made:
            return redirect(made)
    return render(request, "members/score_scheme_new.html", {"committee": committee, "form": form})


def _begin(committee, *, year, origin, name, by, at):
    if origin is None:
        return services.new_scheme(committee, year, name=name, by=by, at=at)
    if origin.committee_id is None:
        return services.copy_preset(origin, committee, year, by=by, at=at, **({"name": name} if name else {}))
    return services.copy_scheme(origin, year, by=by, at=at, **({"name": name} if name else {}))


@require_safe
def scheme_detail(request, pk):
    """The scheme as the printed table (domain 6.2); where it may still change, each row leads to its form."""
    scheme = _scheme(request, pk)
    items = {}
    for item in ScoreItem.objects.filter(group__scheme=scheme).order_by("position", "pk"):
        items.setdefault(item.group_id, []).append((item, words.points_of(item), words.of_item(item)))
    context = {
        "committee": scheme.committee,
        "scheme": scheme,
        "groups": [(group, items.get(group.pk, [])) for group in scheme.groups.order_by("position", "pk")],
        "requirements": [(row, words.of_requirement(row)) for row in scheme.requirements.order_by("position", "pk")],
        "bands": scheme.bands.order_by("position", "pk"),
        "ladder": scheme.ladder.order_by("position", "pk"),
        "may_edit": scheme.committee_id is not None and scheme.is_open,
        "is_draft": scheme.committee_id is not None and scheme.state == SchemeState.DRAFT,
        "is_in_force": scheme.state == SchemeState.IN_FORCE,
    }
    return render(request, "members/score_scheme.html", context)


def scheme_edit(request, pk):
    scheme = _scheme(request, pk, own=True)
    form = forms.SchemeForm(request.POST or None, instance=scheme)
    if form.is_valid() and attempt(
        request,
        lambda: services.edit_scheme(scheme, changed=form.changed_fields, by=request.user, at=timezone.now()),
        success="已保存。",
        form=form,
    ):
        return redirect("score-scheme", pk)
    context = {"committee": scheme.committee, "scheme": scheme, "form": form, "title": "修改方案"}
    return render(request, "members/score_form.html", context)


# --- rows ---------------------------------------------------------------------------------------------------------


def row_new(request, pk, kind):
    """`pk` is the scheme's, for an item that of its group."""
    model, form_class = ROWS[kind]
    if kind == "item":
        group = _row(request, "group", pk)
        row = model(group=group)
    else:
        row = model(scheme=_scheme(request, pk, own=True))
    row.position = None
    form = form_class(request.POST or None, instance=row)
    if form.is_valid() and attempt(
        request,
        lambda: services.add_row(row, by=request.user, at=timezone.now()),
        success=f"{row._meta.verbose_name}“{row}”已添加。",
        form=form,
    ):
        return redirect(row.scheme)
    return _row_page(request, row, form, f"添加{model._meta.verbose_name}")


def row_edit(request, pk, kind):
    row = _row(request, kind, pk)
    form = ROWS[kind][1](request.POST or None, instance=row)
    if form.is_valid() and attempt(
        request,
        lambda: services.edit_row(row, changed=form.changed_fields, by=request.user, at=timezone.now()),
        success="已保存。" if row.scheme.state == SchemeState.DRAFT else "已保存，积分已按新的规则重新计入台账。",
        form=form,
    ):
        return redirect(row.scheme)
    return _row_page(request, row, form, f"修改{row._meta.verbose_name}", drop=f"score-{kind}-drop")


def row_drop(request, pk, kind):
    row = _row(request, kind, pk)
    scheme = row.scheme
    if request.method == "POST" and attempt(
        request,
        lambda: services.drop_row(row, by=request.user, at=timezone.now()),
        success=f"{row._meta.verbose_name}“{row}”已删去。",
    ):
        return redirect(scheme)
    what = "连同其中的细项一起" if kind == "group" else ""
    after = "已经记入台账的分会用更正行冲回。" if scheme.state == SchemeState.IN_FORCE else "草案里不再有这一行。"
    context = {
        "committee": scheme.committee, "scheme": scheme, "title": f"删去{row._meta.verbose_name}“{row}”",
        "lead": f"{what}从方案中删去。{after}", "submit": "删去", "danger": True,
    }  # fmt: skip
    return render(request, "members/score_confirm.html", context)


def _row(request, kind, pk):
    """A row of a scheme that this person manages."""
    model, _ = ROWS[kind]
    managed_committee(request)
    owner = "group__scheme" if kind == "item" else "scheme"
    held = request.user.committees_with(Permission.DUTY_MANAGE)
    rows = model.objects.filter(**{f"{owner}__committee__in": held}).select_related(f"{owner}__committee")
    return get_object_or_404(rows, pk=pk)


def _row_page(request, row, form, title, drop=""):
    scheme = row.scheme
    context = {"committee": scheme.committee, "scheme": scheme, "form": form, "title": title, "row": row, "drop": drop}
    return render(request, "members/score_form.html", context)


# --- when it counts -------------------------------------------------------------------------------------------------


@require_safe
def scheme_preview(request, pk):
    """A year under this draft, by default the last one; nothing is written."""
    scheme = _scheme(request, pk, own=True)
    asked = request.GET.get("year", "")
    usual = [scheme.year - 1, scheme.year]
    year = next((year for year in usual if str(year) == asked), usual[0])
    context = {
        "committee": scheme.committee,
        "scheme": scheme,
        "year": year,
        "years": usual,
        "shown": preview.of(scheme, year),
    }
    return render(request, "members/score_preview.html", context)


def scheme_enact(request, pk):
    scheme = _scheme(request, pk, own=True)
    if request.method == "POST" and attempt(
        request,
        lambda: (services.enact(scheme, by=request.user, at=timezone.now()),),
        success=f"“{scheme}”已启用，{scheme.year} 年的履职记录已计入台账。",
    ):
        return redirect(scheme)
    context = {
        "committee": scheme.committee, "scheme": scheme, "title": f"启用“{scheme}”", "submit": "启用", "danger": False,
        "lead": f"启用后，{scheme.year} 年的履职记录都按这个方案计分，委员在“我的履职”里看得到自己的每一分。"
                "规则以后还能改，每次修改都会用更正行重新计入台账。",
    }  # fmt: skip
    return render(request, "members/score_confirm.html", context)


def scheme_retire(request, pk):
    scheme = _scheme(request, pk, own=True)
    if request.method == "POST" and attempt(
        request,
        lambda: services.retire(scheme, by=request.user, at=timezone.now()),
        success=f"“{scheme}”已停用。",
    ):
        return redirect("score-scheme-list")
    context = {
        "committee": scheme.committee, "scheme": scheme, "title": f"停用“{scheme}”", "submit": "停用", "danger": True,
        "lead": "停用后，履职记录不再按它计分；它的台账保留。之后可以启用本年度的另一个方案。",
    }  # fmt: skip
    return render(request, "members/score_confirm.html", context)
