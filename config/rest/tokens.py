from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response

from config.rest.authentication import TokenAuthentication
from config.rest.problems import Problem
from config.rest.rows import Strict, given
from config.rest.views import Door


class Credentials(Strict, serializers.Serializer):
    username = serializers.CharField(max_length=64, help_text="用户名或手机号")
    password = serializers.CharField(max_length=128, trim_whitespace=False)


class Token(serializers.Serializer):
    token = serializers.CharField(help_text="只出现这一次，请妥善保存；请求时放在 Authorization: Token … 里")
    expires_at = serializers.DateTimeField(help_text="到时失效，请重新领取")


class Tokens(Door):
    """A token for name and password; the lock after five failures is the same as on the page."""

    noun = "令牌"

    def get_authenticators(self):
        """Whoever asks for a token has none, and a browser's session must not be taken for one."""
        return [] if self.request is not None and self.request.method == "POST" else [TokenAuthentication()]

    def get_permissions(self):
        return [AllowAny()] if self.request.method == "POST" else [IsAuthenticated()]

    @extend_schema(summary="领取令牌", request=Credentials, responses={201: Token}, auth=[])
    def post(self, request):
        user = _sign_in(request._request, **given(Credentials, request))
        with transaction.atomic():
            kept, token = AuthToken.objects.create(user)
            user_logged_in.send(sender=type(user), request=request._request, user=user)
        answer = Token({"token": token, "expires_at": kept.expiry}).data
        return Response(answer, status=status.HTTP_201_CREATED)

    @extend_schema(summary="作废正在使用的令牌", request=None, responses={204: None})
    def delete(self, request):
        with transaction.atomic():
            request.auth.delete()
            user_logged_out.send(sender=type(request.user), request=request._request, user=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _sign_in(request, *, username, password):
    user = authenticate(request, username=username, password=password)
    if getattr(request, "axes_locked_out", False):
        request.axes_locked_out = False  # or the middleware would answer with a page
        raise Problem(429, "登录失败次数过多，请半小时后再试。")
    if user is None:
        raise Problem(401, "用户名（或手机号）与密码不符。连续 5 次不符，将暂停登录半小时。")
    if user.must_change_password:
        raise Problem(403, "请先登录网站修改初始密码。")
    return user
