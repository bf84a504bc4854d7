from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from config.notices import outbox
from config.notices.models import Notice
from config.paging import keyset


@require_safe
def inbox(request):
    """What has been told to the one who asks, newest first."""
    page = keyset(Notice.objects.visible_to(request.user), request)
    unread = sum(notice.read_at is None for notice in page) or outbox.unread_count(request.user)
    return render(request, "notices/inbox.html", {"page": page, "has_unread": bool(unread)})


@require_safe
def notice(request, pk):
    """Count it as read and go where it leads; one that leads nowhere is a page of its own."""
    found = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    outbox.mark_read(Notice.objects.filter(pk=found.pk), at=timezone.now())
    if found.url and url_has_allowed_host_and_scheme(found.url, allowed_hosts=None):
        return redirect(found.url)
    return render(request, "notices/notice_detail.html", {"notice": found})


@require_POST
def read_all(request):
    outbox.mark_read(Notice.objects.visible_to(request.user), at=timezone.now())
    return redirect("inbox")
