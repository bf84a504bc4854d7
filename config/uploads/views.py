"""The one way to a stored file: for whoever may see what it belongs to."""

import hashlib
import logging

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from config.uploads import store
from config.uploads.models import Attachment, Kind

logger = logging.getLogger(__name__)


@login_not_required
@require_safe
def file(request, pk):
    attachment = _readable(request, pk)
    content = _read(attachment.file)
    if hashlib.sha256(content).hexdigest() != attachment.sha256:
        logger.error("attachment %s is not what was uploaded", pk)
        raise Http404
    return _serve(content, attachment)


@login_not_required
@require_safe
def small(request, pk):
    attachment = _readable(request, pk)
    return _serve(_read(attachment.small), attachment)


def _readable(request, pk):
    attachment = get_object_or_404(Attachment, pk=pk)
    if not store.is_readable(attachment, request.user):
        raise Http404
    return attachment


def _read(stored) -> bytes:
    try:
        with stored.open("rb") as content:
            return content.read()
    except (ValueError, FileNotFoundError):  # a document has no small version; a file may be gone
        raise Http404 from None


def _serve(content, attachment):
    """Photos are shown, documents are saved; the browser runs nothing of either and keeps no copy."""
    response = HttpResponse(content, content_type=attachment.content_type)
    response["Content-Disposition"] = content_disposition_header(attachment.kind != Kind.IMAGE, attachment.name)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
