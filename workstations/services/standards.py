"""What happens to the standards of stations: set, reworded; an inspection keeps the wording it was made by."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from config.audit import log
from config.refusals import Incomplete, WrongState
from config.saving import in_words, save
from members.models import User
from workstations.models import Standard, StandardItem
from workstations.rules import standards as rules

WORDED = ("name", "help", "needs_photo")
"""What makes an item the same item."""


@transaction.atomic
def create(standard: Standard, items: list[StandardItem], *, by: User | None, at: datetime) -> Standard:
    """新设标准: a standard, not saved yet, with its items in their order."""
    rules.require("create", by, standard)
    if Standard.objects.filter(committee=standard.committee_id, name=standard.name).exists():
        raise Incomplete("本会已有同名的建站标准。", {"name": "本会已有同名的建站标准，请换一个名称，或修改那一个。"})
    _write(standard, items)
    log.record("standard.create", standard, by=by, at=at, scope=standard.committee_id, items=[str(i) for i in items])
    return standard


@transaction.atomic
def edit(standard: Standard, items: list[StandardItem], *, by: User | None, at: datetime) -> Standard:
    """修改标准: the items given are the whole standard; returns the version that holds now.

    A standard by which something was inspected keeps its wording: other items are the next version, in its place.
    """
    rules.require("edit", by, standard)
    before = Standard.objects.select_for_update().get(pk=standard.pk)  # of two who save at once the second is told
    if Standard.objects.filter(committee=before.committee_id, name=before.name, version__gt=before.version).exists():
        raise WrongState(f"“{before.name}”已有新的版次，请在新版上修改。")
    used = before.inspections.exists()
    if used and standard.name != before.name:
        words = "已经用它检查过，不能改名；可以停用它，另设一个新标准。"
        raise Incomplete(words, {"name": words})
    reworded = _wording(items) != _wording(before.items.all())
    if used and reworded:
        standard = _next_version(standard, before)
    elif reworded:
        standard.items.all().delete()
    _write(standard, items if reworded else None)
    data = {"version": standard.version, "items": [str(item) for item in items]}
    log.record("standard.edit", standard, by=by, at=at, scope=standard.committee_id, **data)
    return standard


def _wording(items):
    return [tuple(getattr(item, name) for name in WORDED) for item in items]


def _next_version(standard, before):
    """The old one steps out of use before the new one takes its name."""
    same_name = Standard.objects.filter(committee=before.committee_id, name=before.name)
    version = same_name.aggregate(last=Max("version"))["last"] + 1
    same_name.filter(is_active=True).update(is_active=False)
    return Standard(
        committee=before.committee, name=before.name, version=version, source=standard.source,
        station_kind=standard.station_kind, is_active=standard.is_active,
    )  # fmt: skip


def _write(standard, items):
    """None leaves the items as they are."""
    if items is not None and not items:
        raise Incomplete("请至少写一个条目。", {"__all__": "请至少写一个条目。"})
    names = [item.name for item in items or ()]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise Incomplete(f"条目“{twice}”写了两次。", {"__all__": f"条目“{twice}”写了两次。"})
    save(standard, doubled="本会刚刚已有同名的建站标准，请刷新后再看。")
    with in_words():
        for position, item in enumerate(items or (), start=1):
            item.pk, item.standard, item.position = None, standard, position
            item.full_clean()
    StandardItem.objects.bulk_create(items or ())
