"""Stories: for everybody, and for the office that writes them."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from config.doors import attempt
from config.paging import keyset
from members.models import Committee
from workstations.filters.stories import StoryFilter
from workstations.forms.stories import StoryForm
from workstations.models import Story
from workstations.rules import stories as rules
from workstations.services import stories as services


def _committee(request, slug):
    return get_object_or_404(Committee.objects.visible_to(request.user).select_related("region"), slug=slug)


def _story(request, pk):
    return get_object_or_404(Story.objects.visible_to(request.user).select_related("committee", "sector"), pk=pk)


@login_not_required
@require_safe
def story_list(request, slug):
    committee = _committee(request, slug)
    found = Story.objects.visible_to(request.user).filter(committee=committee)
    filterset = StoryFilter(request.GET or None, queryset=found)
    context = {
        "committee": committee,
        "filterset": filterset,
        "page": keyset(filterset.qs, request),
        "may_write": rules.can_write(request.user, Story(committee=committee)),
    }
    return render(request, "workstations/story_list.html", context)


@login_not_required
@require_safe
def story(request, pk):
    found = _story(request, pk)
    writes = rules.can_write(request.user, found)
    inside = request.user.is_authenticated and found.committee_id in request.user.committee_ids
    members = found.members.select_related("user").order_by("pk")
    activities = type(found)._meta.get_field("activity").related_model.objects.visible_to(request.user)
    context = {
        "committee": found.committee,
        "story": found,
        "members": members if inside else members.filter(is_public=True),
        "sector": found.sector if found.sector and (inside or not found.sector.is_sensitive) else None,
        "activity": activities.filter(pk=found.activity_id).first() if found.activity_id else None,
        "writes": writes,
    }
    return render(request, "workstations/story_detail.html", context)


def _write(request, story, context):
    form = StoryForm(request.POST or None, instance=story)
    if request.method == "POST" and form.is_valid():
        written = attempt(
            request,
            lambda: services.write(
                form.instance, members=form.cleaned_data["members"], by=request.user, at=timezone.now()
            ),
            success="已保存。",
            form=form,
        )
        if written:
            return redirect(written)
    return render(request, "workstations/story_form.html", {**context, "form": form})


def story_new(request, slug):
    committee = _committee(request, slug)
    fresh = Story(committee=committee, on=timezone.localdate())
    if not rules.can_write(request.user, fresh):
        raise PermissionDenied
    return _write(request, fresh, {"committee": committee})


def story_edit(request, pk):
    found = _story(request, pk)
    if not rules.can_write(request.user, found):
        raise PermissionDenied
    return _write(request, found, {"committee": found.committee, "story": found})


@require_POST
def story_publish(request, pk):
    found = _story(request, pk)
    if not rules.can_write(request.user, found):
        raise PermissionDenied
    shown = request.POST.get("shown") == "1"
    attempt(
        request,
        lambda: services.publish(found, shown=shown, by=request.user, at=timezone.now()),
        success="已公开。" if shown else "已撤下，群众看不到了。",
    )
    return redirect("story", pk)
