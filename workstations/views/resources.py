"""What somebody can give: its page, entered in one tap or in words, ended; and a member's own part in the lists."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from members.models import Member
from workstations.forms.lists import ResourceForm
from workstations.models import Project, Resource
from workstations.queries import lists as queries
from workstations.queries import lists_match
from workstations.rules import lists as rules
from workstations.services import lists as services
from workstations.views.lists import GIVERS, committee_of, form_page, is_inside


def _resource(request, pk):
    found = Resource.objects.visible_to(request.user).select_related("committee__region", *GIVERS)
    return get_object_or_404(found, pk=pk)


@login_not_required
@require_safe
def resource(request, pk):
    found = _resource(request, pk)
    inside = is_inside(request.user, found.committee_id)
    used = Project.objects.visible_to(request.user).filter(resources=found).order_by("-pk")[:10]
    context = {
        "committee": found.committee,
        "resource": found,
        "inside": inside,
        "projects": used,
        "may_edit": found.is_active and rules.can_offer(request.user, found),
    }
    return render(request, "workstations/resource_detail.html", context)


def resource_new(request, slug):
    """登记资源: a member for oneself (`?title=` a specialty), the office for whom it chooses."""
    committee = committee_of(request, slug)
    own = request.user.member_ids.get(committee.pk)
    office = rules.is_office(request.user, committee.pk)
    if not own and not office:
        raise PermissionDenied("资源由委员本人和政协办登记。")
    fresh = Resource(committee=committee, title=request.GET.get("title", "")[:64].replace("\0", ""))
    if own and not office:
        fresh.member = Member.objects.select_related("user").get(pk=own)
    form = ResourceForm(request.POST or None, instance=fresh)
    if form.is_valid():
        offered = attempt(
            request,
            lambda: services.offer(form.instance, by=request.user, at=timezone.now()),
            success="已列入资源清单。",
            form=form,
        )
        if offered:
            return redirect("lists-office-resources" if office else "my-lists")
    title, back = ("登记资源", "lists-office-resources") if office else ("我能提供", "my-lists")
    return form_page(request, committee, form, title, "会公开，别人据此来找。", "登记", reverse(back))


def resource_edit(request, pk):
    found = _resource(request, pk)
    if not rules.can_offer(request.user, found):
        raise PermissionDenied
    form = ResourceForm(request.POST or None, instance=found)
    if form.is_valid() and attempt(
        request,
        lambda: services.edit_resource(form.instance, by=request.user, at=timezone.now()),
        success="已保存。",
        form=form,
    ):
        return redirect("resource", pk)
    return form_page(request, found.committee, form, "修改资源", "", "保存", reverse("resource", args=[pk]))


@require_POST
def resource_end(request, pk):
    found = _resource(request, pk)
    attempt(
        request,
        lambda: services.end_resource(found, by=request.user, at=timezone.now()),
        success="已停止提供，不再列出。",
    )
    if found.member_id and found.member.user_id == request.user.pk:
        return redirect("my-lists")
    return redirect("lists-office-resources")


@require_POST
def resource_tap(request):
    """One tap: a specialty of one's own page becomes a resource."""
    member = _own(request)
    title = request.POST.get("title", "").strip()[:64].replace("\0", "")
    if title not in queries.untold_specialties(member, []):
        raise PermissionDenied("只能从自己的专长里选。")
    fresh = Resource(committee=member.committee, member=member, title=title, field=lists_match.field_of(title))
    attempt(
        request,
        lambda: services.offer(fresh, by=request.user, at=timezone.now()),
        success=f"“{title}”已列入资源清单，可以再补充说明。",
    )
    return redirect("my-lists")


def _own(request) -> Member:
    own = request.user.member_ids
    if not own:
        raise PermissionDenied("这一页是在任委员的。")
    return Member.objects.select_related("user", "committee__region", "region").get(pk=next(iter(own.values())))


@require_safe
def my_lists(request):
    """我的清单: what I give, what I claimed, what I lead, and which needs I could help with."""
    member = _own(request)
    part = queries.mine(member)
    context = {
        "committee": member.committee,
        "member": member,
        **part,
        "specialties": queries.untold_specialties(member, part["resources"]),
        "wanted": lists_match.wanted_of(member),
    }
    return render(request, "workstations/lists_mine.html", context)
