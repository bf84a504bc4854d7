"""The description of the API for programs, and the reference for people; both without any other host."""

from functools import cache

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import conditional_page, require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer


@cache
def _description() -> bytes:
    """The same for everybody, and as long as this code runs."""
    return OpenApiJsonRenderer().render(SchemaGenerator().get_schema(request=None, public=True))


@login_not_required
@require_safe
@conditional_page
def schema(request):
    response = HttpResponse(_description(), content_type="application/vnd.oai.openapi+json")
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response


@login_not_required
@require_safe
def docs(request):
    return render(request, "api/docs.html")
