from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from members.models import Region


@login_not_required
@require_safe
@conditional_page
@cache_control(public=True, max_age=3600)
def region_children(request, code):
    """The divisions right below one, for pickers that load level by level."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    below = region.children.in_force().order_by("code").values("code", "name", "level")
    return JsonResponse({"code": region.code, "name": region.name, "level": region.level, "children": list(below)})
