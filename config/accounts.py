"""Signing in and out, one's own password, and the size of the type."""

from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from config.forms import LoginForm, NewPasswordForm
from config.receivers import record

LARGE_TYPE = "large_type"  # the visitor's cookie
YEAR = 365 * 24 * 60 * 60  # seconds


def safe_next(request, fallback="home") -> str:
    """The page of this site that `next` names, or the fallback: never another site."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    here = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if here and wanted.startswith("/") else resolve_url(fallback)


@login_not_required
@never_cache
@sensitive_post_parameters("password")
def login(request):
    """登录: the same words for an unknown name and a wrong password; five failures lock for half an hour (axes)."""
    if request.user.is_authenticated and request.method != "POST":
        return redirect(safe_next(request))
    form = LoginForm(request, request.POST or None)
    if form.is_valid():
        auth.login(request, form.get_user())
        return redirect(safe_next(request))
    idle = settings.SESSION_IDLE_SECONDS // 60 if "idle" in request.GET else 0
    context = {"form": form, "next": safe_next(request), "idle_minutes": idle}
    return render(request, "registration/login.html", context)


@login_not_required
@require_POST
def logout(request):
    """退出登录: nothing of the person stays in the browser, drafts kept for a lost connection included."""
    auth.logout(request)
    response = redirect("home")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@never_cache
@sensitive_post_parameters("old_password", "new_password1", "new_password2")
def password_change(request):
    """修改密码: this session goes on, every other one and every API token ends."""
    forced = request.user.must_change_password
    form = NewPasswordForm(request.user, request.POST or None)
    if form.is_valid():
        with transaction.atomic():
            user = form.save()
            user.auth_token_set.all().delete()
            record("account.password", user, by=user)
        auth.update_session_auth_hash(request, user)
        messages.success(request, "密码已修改。用旧密码登录的其他设备已经退出。")
        return redirect("home")
    return render(request, "registration/password_change.html", {"form": form, "forced": forced})


@login_not_required
@require_POST
def large_type(request):
    """长者模式: on or off, remembered with the account, or for a visitor in this browser."""
    on = request.POST.get("on") == "1"
    response = redirect(safe_next(request))
    if request.user.is_authenticated:
        request.user.large_type = on
        request.user.save(update_fields=["large_type"])
    elif on:
        response.set_cookie(LARGE_TYPE, "1", max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie(LARGE_TYPE, samesite="Lax")
    return response


def wants_large_type(request) -> bool:
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return user.large_type
    return request.COOKIES.get(LARGE_TYPE) == "1"
