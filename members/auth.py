"""Sign in by user name or phone."""

from ipaddress import ip_address

from django.contrib.auth.backends import ModelBackend
from django.db.models import Q
from rest_framework.throttling import BaseThrottle

from members.models import User


class NameOrPhoneBackend(ModelBackend):
    def authenticate(self, request, username=None, password=None, **kwargs):
        """The active user of that name or phone; an unknown name costs the same time as a wrong password."""
        if not username or password is None:
            return None
        # Nobody's user name may equal another's phone (User.clean), so at most one row matches.
        user = User.objects.filter(Q(username=username) | Q(phone=username)).first()
        if user is None:
            User().set_password(password)
            return None
        return user if user.check_password(password) and self.user_can_authenticate(user) else None


def counted_name(request, credentials):
    """Under which name failed logins are counted: one account, whether it was tried by name or by phone."""
    given = (credentials or {}).get("username") or (request.POST.get("username") if request else "") or ""
    found = User.objects.filter(phone=given).values_list("username", flat=True).first() if given.isdigit() else None
    return found or given


def counted_address(request):
    """Under which address they are counted: the one that the trusted proxies (NUM_PROXIES) saw, as the API does it.

    Behind a proxy all visitors have its address: without this one of them could lock everybody out of an account.
    """
    seen = BaseThrottle().get_ident(request)
    try:
        return str(ip_address(seen))
    except ValueError:
        return request.META.get("REMOTE_ADDR")
