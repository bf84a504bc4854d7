"""Security headers on every answer; a forgotten session ends; a password that others know is changed first; and one
door at which nobody is asked who comes.
"""

import logging
import secrets
from time import time
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import auth
from django.http import Http404, HttpResponse, HttpResponseServerError
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse

from config.logs import NOBODYS
from config.rest.problems import problem
from config.uploads.memory import MemoryOnly

SEEN, SINCE = "last_seen", "signed_in_at"  # session keys, seconds since the epoch
MINUTE = 60

logger = logging.getLogger(__name__)


class NobodyMiddleware:
    """First of all: under NOBODYS no page knows who asks (ADR 0016).

    Of what the server tells, only what an answer needs is left: no address, no cookie, so no session and no account,
    no browser, no page before. Photos stay in memory. The answer sets no cookie, is kept by nobody and leads no address
    on. What fails is logged by its place in the code, without the words of an error, which may quote a letter.
    """

    KEPT = {
        "REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "CONTENT_TYPE", "CONTENT_LENGTH", "SERVER_NAME",
        "SERVER_PORT", "SERVER_PROTOCOL", "HTTP_HOST", "HTTP_X_FORWARDED_PROTO",
    }  # fmt: skip

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path_info.startswith(NOBODYS):
            return self.get_response(request)
        for name in [name for name in request.META if "." not in name and name not in self.KEPT]:
            del request.META[name]  # the server's own dictionary: its access log has nothing to write, either
        request.upload_handlers = [MemoryOnly(request)]
        response = self.get_response(request)
        response.cookies.clear()
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response._has_been_logged = True  # Django would log refusals with their time
        return response

    def process_exception(self, request, exception):
        if not request.path_info.startswith(NOBODYS) or isinstance(exception, Http404):
            return None
        frame = exception.__traceback__
        while frame.tb_next:
            frame = frame.tb_next
        place = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}"
        logger.error("a page of an anonymous box failed: %s at %s", type(exception).__name__, place)
        return HttpResponseServerError(render_to_string("500.html"))


class SecurityHeadersMiddleware:
    """A strict Content-Security-Policy with one nonce per answer, and the headers Django does not set."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.csp_nonce = secrets.token_urlsafe(16)
        response = self.get_response(request)
        nonce = f"'nonce-{request.csp_nonce}'"
        response.headers.setdefault(
            "Content-Security-Policy",
            f"default-src 'self'; script-src 'self' {nonce}; style-src 'self' {nonce}; img-src 'self' data: blob:; "
            "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        )
        response.headers.setdefault("Permissions-Policy", "geolocation=(), microphone=(), payment=()")
        # Only a session already read is asked: probes and errors must not need the database for their headers.
        session = getattr(request, "session", None)
        if session is not None and session.accessed and auth.SESSION_KEY in session:
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response


class IdleMiddleware:
    """A session ends when nobody used it for SESSION_IDLE_SECONDS, and in any case after SESSION_COOKIE_AGE."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            now, session = int(time()), request.session
            seen, since = session.get(SEEN, now), session.get(SINCE, now)
            if now - seen > settings.SESSION_IDLE_SECONDS or now - since > settings.SESSION_COOKIE_AGE:
                auth.logout(request)
                return send_away(request, "login", status=401, idle=1, next=page_of(request))
            if SEEN not in session or now - seen >= MINUTE:
                session[SEEN], session[SINCE] = now, since
        return self.get_response(request)


class FirstPasswordMiddleware:
    """Who signed in with a password that others know goes to the password page, and nowhere else."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        if user.is_authenticated and user.must_change_password and not self._is_open(request.path):
            return send_away(request, "password-change", status=403)
        return self.get_response(request)

    def _is_open(self, path):
        return path in {reverse("password-change"), reverse("logout"), reverse("large-type")}


def page_of(request) -> str:
    """The page to come back to: a form that was sent cannot be sent again, so the page that it stood on."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    referrer = urlsplit(request.headers.get("Referer", ""))
    return referrer._replace(scheme="", netloc="").geturl() if referrer.netloc == request.get_host() else "/"


def send_away(request, name, *, status, **query):
    """To another page, in the way the asker understands: a program gets problem details, htmx a whole page."""
    if request.path.startswith("/api/"):
        return problem(status, {401: "登录已失效，请重新登录。", 403: "请先登录网站修改初始密码。"}[status])
    url = f"{reverse(name)}?{urlencode(query)}" if query else reverse(name)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)
