"""Error pages that say what happened, why, and who can help."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string

from config.rest.problems import problem


@login_not_required
def bad_request(request, exception=None):
    if _is_api(request):
        return problem(400)
    return render(request, "400.html", status=400)


@login_not_required
def permission_denied(request, exception=None):
    """The exception's own sentence, when a rule gave one."""
    return render(request, "403.html", {"reason": str(exception or "")}, status=403)


@login_not_required
def not_found(request, exception=None):
    """One answer for what is not there and for what this person may not see."""
    return render(request, "404.html", status=404)


def server_error(request):
    """Without context: the database, the session or a template tag may be what failed."""
    if _is_api(request):
        return problem(500)
    return HttpResponseServerError(render_to_string("500.html"))


def _is_api(request):
    return request.path.startswith("/api/")


def csrf_failure(request, reason=""):
    return render(request, "403_csrf.html", status=403)
