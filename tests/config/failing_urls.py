"""The site's addresses and one that fails, for the tests of what a failure looks like."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.urls import path

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as site

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@login_not_required
def fail(request):
    raise RuntimeError("a secret that nobody may see")


@login_not_required
def forbid(request):
    raise PermissionDenied(request.GET.get("reason", ""))


@login_not_required
def misread(request):
    raise BadRequest("what?")


urlpatterns = [*site, path("fails/", fail), path("forbids/", forbid), path("misreads/", misread)]
