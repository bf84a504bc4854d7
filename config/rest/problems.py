"""Errors as problem details (RFC 9457): one Chinese sentence for a person, a status and fields for the program."""

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, JsonResponse
from rest_framework import exceptions

from config.refusals import Incomplete, Refusal, WrongState

TITLES = {
    400: "请求有误",
    401: "没有登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持这种操作",
    406: "不支持这种格式",
    409: "状态已变",
    413: "内容太大",
    415: "不支持这种格式",
    422: "前后不一",
    429: "请求太频繁",
    500: "服务器出错",
}
SENTENCES = {
    400: "请求的内容有误，请看 errors 中各项的说明。",
    401: "请先登录，或带上有效的令牌。",
    403: "您没有做这件事的权限。",
    404: "没有这项内容，或者您不能查看它。",
    405: "这个地址不支持这种请求方法。",
    406: "这个地址给不出所要的格式。",
    413: "发来的内容太大，请减少后再试。",
    415: "请求正文请用 JSON(Content-Type: application/json)。",
    500: "服务器出了问题，已经记录下来，请稍后再试。",
}


class Problem(Exception):
    """An answer other than the one asked for, in words of one's own."""

    def __init__(self, status: int, detail: str, errors: dict | None = None):
        super().__init__(detail)
        self.status, self.detail, self.errors = status, detail, errors


def problem(status: int, detail: str = "", errors: dict | None = None, headers: dict | None = None) -> JsonResponse:
    """The answer itself; `errors` maps a field to what is wrong with it."""
    body = {"type": "about:blank", "title": TITLES[status], "status": status, "detail": detail or SENTENCES[status]}
    if errors:
        body["errors"] = errors
    given = {"Cache-Control": "private, no-store", **(headers or {})}
    return JsonResponse(
        body,
        status=status,
        headers=given,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )


def problem_details(exception, context) -> JsonResponse | None:
    """What DRF calls for every exception of an endpoint; None lets a real error become a 500."""
    match exception:
        case Problem():
            return problem(exception.status, exception.detail, exception.errors)
        case WrongState():
            return problem(409, str(exception))
        case Incomplete():
            return problem(400, str(exception), {name: [words] for name, words in exception.fields.items()})
        case Refusal():
            return problem(400, str(exception))
        case exceptions.ValidationError():
            return problem(400, errors=_by_field(exception.detail))
        case exceptions.ParseError():
            return problem(400, "请求正文不是有效的 JSON。")
        case exceptions.Throttled():
            seconds = int(exception.wait or 0) + 1
            return problem(429, f"请求太频繁，请在 {seconds} 秒后再试。", headers={"Retry-After": str(seconds)})
        case exceptions.PermissionDenied() if str(exception.detail).startswith("CSRF"):
            return problem(403, "请求没有带上有效的 CSRF 令牌，请刷新页面后再试。")
        case exceptions.APIException():
            sign_in = getattr(exception, "auth_header", None)
            return problem(exception.status_code, headers={"WWW-Authenticate": sign_in} if sign_in else None)
        case Http404():
            return problem(404)
        case PermissionDenied():
            return problem(403)
        case RequestDataTooBig():
            return problem(413)
    return None


def _by_field(detail) -> dict[str, list]:
    """Lists of sentences by field, whichever way the error was raised."""
    fields = detail if isinstance(detail, dict) else {"non_field_errors": detail}
    return {name: words if isinstance(words, list | dict) else [words] for name, words in fields.items()}
