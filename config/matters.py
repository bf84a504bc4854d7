"""提案和办理 on one page: every desk of the office from the submitted proposal to the year's appraisal of units."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config import matters_desk


@require_safe
def matters_office(request):
    if not matters_desk.looks_after(request.user):
        raise Http404
    context = {
        "title": "提案和办理",
        "waiting": matters_desk.waiting(request.user, timezone.localdate()),
        "desks": matters_desk.desks(request.user),
    }
    return render(request, "home/office_desk.html", context)
