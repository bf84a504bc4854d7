from collections.abc import Iterable
from mimetypes import guess_type
from pathlib import PurePath

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from config.uploads.checks import DOCUMENT_TYPES


def download(content: bytes | Iterable[bytes], name: str) -> HttpResponseBase:
    """`content` to be saved as `name`, which may be Chinese; no cache keeps a copy. A file or lines are streamed."""
    kind = DOCUMENT_TYPES.get(PurePath(name).suffix) or guess_type(name)[0] or "application/octet-stream"
    response = (HttpResponse if isinstance(content, bytes) else FileResponse)(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
