from rest_framework.permissions import SAFE_METHODS, BasePermission


class ReadPublic(BasePermission):
    """Everybody may read; what a visitor gets is what `visible_to` shows to visitors."""

    def has_permission(self, request, view):
        return request.method in SAFE_METHODS
