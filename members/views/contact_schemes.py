"""Pages of 联系制度 for the office: set up, what was kept, the gaps, and pairs proposed by the register."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from config.paging import keyset
from members.forms.contacts import SchemeForm
from members.models import Circle, Committee, ContactLink, ContactScheme
from members.presets.contacts import PRESETS
from members.queries import contacts as queries
from members.roles import Permission
from members.rules import contacts as rules
from members.services import contacts as services


def _committee(request):
    committee = Committee.objects.manageable_by(request.user, Permission.DUTY_MANAGE).first()
    if committee is None:
        raise PermissionDenied
    return committee


def _scheme(request, pk):
    schemes = ContactScheme.objects.visible_to(request.user).select_related("committee")
    scheme = get_object_or_404(schemes, pk=pk)
    if not rules.can_manage(request.user, scheme):
        raise PermissionDenied
    return scheme


@require_safe
def contact_scheme(request, pk):
    scheme, today = _scheme(request, pk), timezone.localdate()
    links = ContactLink.objects.visible_to(request.user).in_force(today).filter(scheme=scheme)
    context = {
        "committee": scheme.committee,
        "scheme": scheme,
        "standing": queries.gaps(scheme, today),
        "page": keyset(queries.links_with_record(links, today), request),
        "pairs_by_register": scheme.targets != Circle.PEOPLE,
        "today": today,
    }
    return render(request, "members/contact_scheme.html", context)


def contact_scheme_new(request):
    committee = _committee(request)
    form = SchemeForm(request.POST or None, instance=ContactScheme(committee=committee))
    if form.is_valid():
        made = attempt(
            request,
            lambda: services.set_up(form.instance, by=request.user, at=timezone.now()),
            success="联系制度已建立，请接着结对。",
            form=form,
        )
        if made:
            return redirect(made)
    context = {"committee": committee, "form": form, "presets": PRESETS.items()}
    return render(request, "members/contact_scheme_new.html", context)


@require_POST
def contact_scheme_adopt(request, preset):
    committee = _committee(request)
    if preset not in PRESETS:
        raise Http404
    attempt(
        request,
        lambda: services.adopt(PRESETS[preset], committee, by=request.user, at=timezone.now()),
        success=f"“{PRESETS[preset].label}”已套用，可以修改名称和次数，再结对。",
    )
    return redirect("contact-list")


def contact_scheme_edit(request, pk):
    scheme = _scheme(request, pk)
    form = SchemeForm(request.POST or None, instance=scheme)
    if form.is_valid():
        saved = attempt(
            request,
            lambda: services.change(form.instance, changed=form.changed_data, by=request.user, at=timezone.now()),
            success="已保存。",
            form=form,
        )
        if saved:
            return redirect(scheme)
    return render(request, "members/contact_scheme_edit.html", {"committee": scheme.committee, "form": form, "pk": pk})


def contact_propose(request, pk):
    """First the pairs to look at, each with what the two share; those that stay ticked become links."""
    scheme, today = _scheme(request, pk), timezone.localdate()
    if request.method == "POST":
        pairs = [pair for pair in map(_pair, request.POST.getlist("pair")) if pair]
        made = attempt(
            request,
            lambda: services.propose(scheme, pairs, by=request.user, at=timezone.now()),
            success=f"{len(pairs)} 对联系已建立，联系人和联系对象已收到通知。",
        )
        return redirect(scheme if made else "contact-propose", *([] if made else [pk]))
    pairs = queries.proposed(scheme, today)
    context = {"committee": scheme.committee, "scheme": scheme, "pairs": pairs}
    return render(request, "members/contact_propose.html", context)


def _pair(text) -> tuple[int, int] | None:
    contact, _, target = text.partition("-")
    return (int(contact), int(target)) if contact.isdecimal() and target.isdecimal() else None
