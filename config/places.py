"""站点和群众 on one page: every desk of the office for stations, grids and the words of the public."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config import places_desk


@require_safe
def places_office(request):
    if not places_desk.looks_after(request.user):
        raise Http404
    context = {
        "title": "站点和群众",
        "waiting": places_desk.waiting(request.user, timezone.localdate()),
        "desks": places_desk.desks(request.user),
    }
    return render(request, "home/office_desk.html", context)
