"""The front page: what waits for the person who opens it."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from config import menu
from members.models import Committee

NAMES = {"unit": "承办单位", "office": "机关办公", "member": "政协委员"}


@login_not_required
@require_safe
def home(request):
    """Visitors see the committees, or the only one's page; the others what they have to do."""
    faces = menu.faces(request.user)
    face = request.GET.get("as") if request.GET.get("as") in faces else faces[0]
    if face == "visitor":
        return _visitor(request)
    context = {
        "faces": [(name, NAMES[name], name == face) for name in faces] if len(faces) > 1 else [],
        "questions": [],
        "figures": [],
    }
    return render(request, f"home/{face}.html", context)


def _visitor(request):
    committees = list(Committee.objects.visible_to(request.user).select_related("upper"))
    if len(committees) == 1 and not request.user.is_authenticated:
        return redirect(committees[0])
    return render(request, "home/visitor.html", {"committees": committees})
