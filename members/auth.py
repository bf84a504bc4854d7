"""Sign in by user name or phone; the quick hash of one-time passwords."""

import hashlib
from ipaddress import ip_address

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import BasePasswordHasher, get_hasher, mask_hash
from django.db.models import Q
from django.utils.crypto import constant_time_compare
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


class OneTimeHasher(BasePasswordHasher):
    """Salted SHA-256 for one-time passwords only: 59 random bits need no slow hash, thousands at once need a quick one.

    Never the default: the first right sign-in replaces it by the default's hash, and then it must be changed anyway.
    """

    algorithm = "one_time"

    def encode(self, password, salt):
        digest = hashlib.sha256(f"{salt}{password}".encode()).hexdigest()
        return f"{self.algorithm}${salt}${digest}"

    def decode(self, encoded):
        algorithm, salt, digest = encoded.split("$", 2)
        return {"algorithm": algorithm, "salt": salt, "hash": digest}

    def verify(self, password, encoded):
        """A wrong password costs as much time as with any other account: nobody sees who has not signed in yet."""
        right = constant_time_compare(encoded, self.encode(password, self.decode(encoded)["salt"]))
        if not right:
            slow = get_hasher()
            slow.encode(password, slow.salt())
        return right

    def safe_summary(self, encoded):
        decoded = self.decode(encoded)
        return {"algorithm": decoded["algorithm"], "salt": mask_hash(decoded["salt"], show=2)}

    def harden_runtime(self, password, encoded):
        """`verify` has seen to it."""
