"""Files that people hand in: checked before they are kept, gone again if the transaction is."""

import hashlib
import weakref
from datetime import datetime, timedelta

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Model, QuerySet, Sum
from django.utils import timezone

from config.uploads.checks import Checked, clean_document, clean_image, shrink
from config.uploads.models import Attachment, Kind

__all__ = ["attach", "clean_document", "clean_image", "is_readable", "of", "remove"]

CLEAN = {Kind.IMAGE: clean_image, Kind.DOCUMENT: clean_document}
DAILY_BYTES = 500 * 1024 * 1024  # what one person may store in 24 hours


@transaction.atomic
def attach(target: Model, file, *, by, at: datetime, purpose: str = "", kind: str = Kind.IMAGE) -> Attachment:
    """Keep `file` with `target`; raises ValidationError with a Chinese sentence and then nothing is kept.

    `file` is an upload, or what `clean_image` or `clean_document` made of one. The target's model must have
    `objects.visible_to(user)`, for that decides who may fetch the file.
    """
    if not hasattr(type(target).objects, "visible_to"):
        raise TypeError(f"{target._meta.label} has no visible_to, so nobody could say who may fetch its files")
    checked = file if isinstance(file, Checked) else CLEAN[kind](file)
    _require_room(by, at, checked.size)
    checked.seek(0)
    attachment = Attachment(
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        purpose=purpose,
        kind=kind,
        name=checked.title,
        size=checked.size,
        content_type=checked.content_type,
        sha256=hashlib.sha256(checked.read()).hexdigest(),
        uploaded_by=by,
        at=at,
    )
    stem = f"{timezone.localtime(at):%Y/%m}/{attachment.pk}"
    attachment.file = _save(f"{stem}{checked.suffix}", checked)
    if kind == Kind.IMAGE:
        attachment.small = _save(f"{stem}-small.jpg", shrink(checked))
    attachment.save(force_insert=True)
    return attachment


def of(target: Model, purpose: str | None = None) -> QuerySet[Attachment]:
    """The files of `target`, in the order in which they came; of one purpose, if given."""
    files = Attachment.objects.filter(target_type=target._meta.label_lower, target_id=str(target.pk))
    return files if purpose is None else files.filter(purpose=purpose)


@transaction.atomic
def remove(attachment: Attachment) -> None:
    """Take a file back that was never handed in: the row now, the bytes when the transaction is done."""
    names = [attachment.file.name, attachment.small.name]
    attachment.delete()
    transaction.on_commit(lambda: [default_storage.delete(name) for name in names if name])


def is_readable(attachment: Attachment, user) -> bool:
    """Whether `user` sees the object that the file belongs to, and its files where fewer people see these."""
    targets = apps.get_model(attachment.target_type).objects
    readable = getattr(targets, "files_visible_to", targets.visible_to)
    return readable(user).filter(pk=attachment.target_id).exists()


def sweep(at: datetime) -> int:
    """Remove files older than a day that no row speaks of, left by a process that died; return how many."""
    known = {name for names in Attachment.objects.values_list("file", "small") for name in names}
    old = [name for name in _stored_names() if default_storage.get_modified_time(name) < at - timedelta(days=1)]
    orphans = [name for name in old if name not in known]
    for name in orphans:
        default_storage.delete(name)
    return len(orphans)


def _stored_names(folder=""):
    folders, files = default_storage.listdir(folder)
    yield from (f"{folder}{name}" for name in files)
    for name in folders:
        yield from _stored_names(f"{folder}{name}/")


def _require_room(by, at, size):
    used = Attachment.objects.filter(uploaded_by=by, at__gt=at - timedelta(days=1)).aggregate(sum=Sum("size"))["sum"]
    if by and (used or 0) + size > DAILY_BYTES:
        raise ValidationError("您今天上传的文件已达上限，请明天再传，或联系工作人员。")


def _save(name, content):
    """Write one file; half a file is removed at once, a whole one if the transaction is rolled back."""
    content.seek(0)
    try:
        saved = default_storage.save(name, content)
    except OSError as failure:
        default_storage.delete(name)
        raise ValidationError("服务器存储空间不足，文件没有保存，请稍后再试或联系工作人员。") from failure
    transaction.on_commit(_Undo(saved).forget)
    return saved


class _Undo:
    """Removes a file unless told to forget it.

    Django tells of a commit but not of a rollback: there it drops the commit callbacks, and this object with them.
    """

    def __init__(self, name):
        self._finalizer = weakref.finalize(self, default_storage.delete, name)

    def forget(self):
        self._finalizer.detach()
