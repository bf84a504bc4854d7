"""Pages of quotas: how everybody stands, who is behind first; setting them."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.doors import attempt
from config.paging import numbered
from members.models import Body, Committee
from members.roles import Permission
from workstations.forms.quotas import Lines, QuotaForm
from workstations.models import Quota, QuotaSubject, Workstation
from workstations.models.tasks import bodies_run_by, members_of
from workstations.presets import duty as presets
from workstations.queries import quotas as queries
from workstations.rules import duty_rules
from workstations.rules import quotas as rules
from workstations.services import quotas as services


def _committee(user) -> Committee:
    if not rules.may_open(user):
        raise PermissionDenied
    managed = Committee.objects.manageable_by(user, Permission.DUTY_MANAGE).first()
    return managed or Committee.objects.get(pk=bodies_run_by(user).values_list("committee", flat=True)[0])


def _looked_after(user, quota):
    """Whom of those the quota asks this person looks after."""
    asked = queries.subjects_of(quota)
    if duty_rules.is_office(user, quota.committee_id):
        return asked
    bodies = bodies_run_by(user).values("pk")
    if quota.subject == QuotaSubject.MEMBER:
        return asked.filter(pk__in=members_of(bodies).values("pk"))
    if quota.subject == QuotaSubject.BODY:
        return asked.filter(pk__in=bodies)
    return asked.filter(pk__in=Workstation.objects.kept_by(user).values("pk"))


@require_safe
def quota_list(request):
    """Each quota with how many have finished, how many are behind today."""
    committee = _committee(request.user)
    today = timezone.localdate()
    quotas = list(Quota.objects.visible_to(request.user).filter(committee=committee).prefetch_related("lines"))
    is_office = duty_rules.is_office(request.user, committee)
    taken = {quota.name for quota in quotas}
    context = {
        "committee": committee,
        "rows": [
            (quota, queries.progress(quota, today.year, _looked_after(request.user, quota), today=today))
            for quota in quotas
        ],
        "year": today.year,
        "is_office": is_office,
        "presets": [preset for preset in presets.quotas().values() if preset["name"] not in taken] if is_office else [],
    }
    return render(request, "workstations/quota_list.html", context)


@require_safe
def quota(request, pk):
    """Who stands where, the furthest behind first; by body or sector, and by name."""
    _committee(request.user)
    found = get_object_or_404(Quota.objects.visible_to(request.user).select_related("committee"), pk=pk)
    today = timezone.localdate()
    year = _year(request, today)
    subjects = _looked_after(request.user, found)
    subjects, asked = _narrowed(request, found, subjects)
    progress = queries.progress(found, year, subjects, today=today)
    rows = progress.behind if request.GET.get("only") == "behind" else progress.rows
    context = {
        "committee": found.committee,
        "quota": found,
        "progress": progress,
        "page": numbered(rows, request),  # in the order of their lack
        "year": year,
        "years": [today.year, today.year - 1, today.year - 2],
        "asked": asked,
        "only": request.GET.get("only", ""),
        "groups": _sectors(found),
        "counted": queries.COUNTED[found.subject],
        "may_manage": rules.can_manage(request.user, found),
    }
    return render(request, "workstations/quota_detail.html", context)


def _sectors(found):
    if found.subject != QuotaSubject.MEMBER:
        return []
    return Body.objects.filter(committee=found.committee, kind="sector", is_active=True).order_by("position", "pk")


def _year(request, today) -> int:
    given = request.GET.get("year", "")
    year = int(given) if given.isascii() and given.isdigit() and len(given) == 4 else today.year
    return year if 2000 <= year <= today.year else today.year


def _narrowed(request, found, subjects):
    """By sector (or any body) and by name, as the address asks."""
    body, words = request.GET.get("body", ""), request.GET.get("q", "").strip()[:32].replace("\0", "")
    if found.subject == QuotaSubject.MEMBER:
        if body.isascii() and body.isdigit() and len(body) < 10:
            people = members_of(Body.objects.filter(pk=int(body), committee=found.committee_id).values("pk"))
            subjects = subjects.filter(pk__in=people.values("pk"))
        subjects = subjects.filter(user__name__contains=words) if words else subjects
    elif words:
        subjects = subjects.filter(name__contains=words)
    return subjects, {"body": body, "q": words}


# --- setting -----------------------------------------------------------------------------------------------------


def quota_new(request):
    """新设定额, from nothing or from a preset named in the address."""
    committee = _committee(request.user)
    if not duty_rules.is_office(request.user, committee):
        raise PermissionDenied
    preset = presets.quotas().get(request.GET.get("preset", ""))
    instance, lines = presets.make_quota(preset, committee) if preset else (Quota(committee=committee), [])
    return _setting(request, instance, lines, services.create, preset)


def quota_edit(request, pk):
    _committee(request.user)
    found = get_object_or_404(Quota.objects.visible_to(request.user).select_related("committee"), pk=pk)
    if not rules.can_manage(request.user, found):
        raise PermissionDenied
    return _setting(request, found, list(found.lines.all()), services.edit)


def _setting(request, instance, lines, save, preset=None):
    given = request.POST if request.method == "POST" else None
    form, rows = QuotaForm(given, instance=instance), Lines(given, lines)
    if given is not None and all([form.is_valid(), rows.is_valid()]):
        saved = attempt(
            request,
            lambda: save(instance, rows.lines(), by=request.user, at=timezone.now()),
            success=f"“{instance.name}”已保存，完成情况按履职记录计算。",
            form=form,
        )
        if saved:
            return redirect("quota", instance.pk)
    context = {
        "committee": instance.committee, "form": form, "rows": rows, "preset": preset,
        "quota": instance if instance.pk else None,
        "back": instance.get_absolute_url() if instance.pk else reverse("quota-list"),
    }  # fmt: skip
    return render(request, "workstations/quota_form.html", context)
