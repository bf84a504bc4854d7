"""Pages of the office for the standards of stations: those in use, those of other places, one with its versions."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.doors import attempt
from members.models import Committee
from members.roles import Permission
from workstations.forms.standards import MOST_ITEMS, Items, StandardForm
from workstations.models import Standard
from workstations.presets import standards as presets
from workstations.services import standards as services


def office_committee(user) -> Committee:
    """The committee whose stations this person manages; 403 where there is none."""
    managed = Committee.objects.manageable_by(user, Permission.STATION_MANAGE).select_related("region").first()
    if managed is None:
        raise PermissionDenied
    return managed


def _standard(request, pk) -> Standard:
    """404 for a standard of other committees, whoever may read it elsewhere."""
    committees = request.user.committees_with(Permission.STATION_MANAGE)
    if not committees:
        raise PermissionDenied
    found = Standard.objects.visible_to(request.user).filter(committee__in=committees)
    return get_object_or_404(found.select_related("committee"), pk=pk)


@require_safe
def standard_list(request):
    committee = office_committee(request.user)
    mine = list(Standard.objects.visible_to(request.user).filter(committee=committee).prefetch_related("items"))
    taken = {standard.name for standard in mine}
    newest = {}
    for standard in mine:
        newest.setdefault(standard.name, standard)
    context = {
        "committee": committee,
        "in_use": [standard for standard in mine if standard.is_active],
        "resting": [row for row in newest.values() if not row.is_active and not _in_use(mine, row.name)],
        "presets": [
            {**preset, "said": "、".join(item["name"] for item in preset["items"])}
            for preset in presets.standards().values()
            if preset["name"] not in taken
        ],
    }
    return render(request, "workstations/standard_list.html", context)


def _in_use(standards, name) -> bool:
    return any(standard.is_active and standard.name == name for standard in standards)


@require_safe
def standard(request, pk):
    found = _standard(request, pk)
    versions = Standard.objects.filter(committee=found.committee_id, name=found.name)
    context = {
        "committee": found.committee,
        "standard": found,
        "items": found.items.all(),
        "versions": versions,
        "newest": versions.first(),
    }
    return render(request, "workstations/standard_detail.html", context)


def standard_new(request):
    """新设标准, from nothing or from a preset named in the address."""
    committee = office_committee(request.user)
    preset = presets.standards().get(request.GET.get("preset", ""))
    instance, items = presets.make(preset, committee) if preset else (Standard(committee=committee), [])
    return _setting(request, instance, items, services.create, preset)


def standard_edit(request, pk):
    found = _standard(request, pk)
    return _setting(request, found, list(found.items.all()), services.edit)


def _setting(request, instance, items, save, preset=None):
    given = request.POST if request.method == "POST" else None
    known = instance.pk
    form, rows = StandardForm(given, instance=instance), Items(given, items)
    if rows.moved:  # nothing is saved, so nothing is wrong yet
        form = StandardForm(initial={name: given.get(name) for name in StandardForm._meta.fields}, instance=instance)
    refused = given is not None and not rows.moved
    if refused and all([form.is_valid(), rows.is_valid()]):
        saved = attempt(
            request,
            lambda: save(instance, rows.items(), by=request.user, at=timezone.now()),
            success=f"“{instance.name}”已保存。",
            form=form,
        )
        if saved:
            return redirect("standard", saved.pk)
    context = {
        "committee": instance.committee, "form": form, "rows": rows, "preset": preset,
        "standard": instance if known else None, "full": rows.count >= MOST_ITEMS,
        "used": bool(known) and instance.inspections.exists(),
        "back": reverse("standard", args=[known]) if known else reverse("standard-list"),
    }  # fmt: skip
    return render(request, "workstations/standard_form.html", context, status=400 if refused else 200)
