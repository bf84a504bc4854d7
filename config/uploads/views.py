"""The one way to a stored file: for whoever may see what it belongs to."""

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from config.uploads import store
from config.uploads.models import Attachment, Kind


@login_not_required
@require_safe
def file(request, pk):
    attachment = _readable(request, pk)
    return _serve(attachment.file, attachment)


@login_not_required
@require_safe
def small(request, pk):
    attachment = _readable(request, pk)
    return _serve(attachment.small, attachment)


def _readable(request, pk):
    attachment = get_object_or_404(Attachment, pk=pk)
    if not store.is_readable(attachment, request.user):
        raise Http404
    return attachment


def _serve(stored, attachment):
    """Photos are shown, documents are saved; the browser runs nothing of either and keeps no copy."""
    try:
        content = stored.open("rb")
    except (ValueError, FileNotFoundError):
        raise Http404 from None
    response = FileResponse(
        content,
        as_attachment=attachment.kind != Kind.IMAGE,
        filename=attachment.name,
        content_type=attachment.content_type,
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
