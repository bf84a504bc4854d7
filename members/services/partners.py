"""协作平台与智库: partner platforms and think tanks of a committee, registered and kept (rows 111, 182)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from config.audit import log
from config.refusals import Incomplete
from config.saving import save
from members.models import Organisation, OrganisationKind, User
from members.rules import bodies as rules

PARTNERS = (OrganisationKind.PARTNER, OrganisationKind.THINK_TANK)


@transaction.atomic
def register_partner(partner: Organisation, *, by: User | None, at: datetime) -> Organisation:
    """登记: a platform or think tank, not saved yet."""
    rules.require("partner", by, partner)
    _check_kind(partner)
    save(partner)
    log.record("partner.register", partner, by=by, at=at, scope=partner.committee_id, kind=partner.get_kind_display())
    return partner


@transaction.atomic
def change_partner(partner: Organisation, *, changed: Iterable[str], by: User | None, at: datetime) -> None:
    """修改: save what a form has put on `partner`; `changed` names the fields."""
    rules.require("partner", by, partner)
    _check_kind(partner)
    if changed := list(changed):
        save(partner, update_fields=changed)
        labels = [str(Organisation._meta.get_field(name).verbose_name) for name in changed]
        log.record("partner.change", partner, by=by, at=at, scope=partner.committee_id, fields=labels)


def _check_kind(partner):
    if partner.kind not in PARTNERS:
        raise Incomplete("只登记协作平台和智库。", {"kind": "请选择协作平台或智库。"})
