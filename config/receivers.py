"""Who came in, who went, who failed: in the trail, through whichever door (page, admin, API)."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone

from config.audit import log

log.register_labels(
    {
        "account.login": "登录",
        "account.logout": "退出登录",
        "account.login_failed": "登录失败",
        "account.password": "修改密码",
    }
)


@receiver(user_logged_in)
def record_login(sender, request, user, **kwargs):
    record("account.login", user, by=user)


@receiver(user_logged_out)
def record_logout(sender, request, user, **kwargs):
    if user is not None:
        record("account.logout", user, by=user)


@receiver(user_login_failed)
def record_failure(sender, credentials, request=None, **kwargs):
    """Only for an account that exists (a password typed as a name is not kept), and only until it is locked."""
    if getattr(request, "axes_locked_out", False):
        return
    name = credentials.get("username") or ""
    user = get_user_model().objects.filter(Q(username=name) | Q(phone=name)).first()
    if user is not None:
        record("account.login_failed", user, by=AnonymousUser())


def record(verb, user, *, by):
    """One line about an account, where the auditors of its home committee find it."""
    home = user.home_committee
    log.record(verb, user, by=by, at=timezone.now(), scope=home.pk if home else None)
