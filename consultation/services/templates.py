"""Shipped procedures and formulas are the same for all; a committee takes a copy and changes that."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from config.audit import log
from config.refusals import WrongState
from consultation.models import Procedure, QuotaFormula
from members.models import Committee, User
from members.roles import Permission

log.register_labels({"procedure.adopt": "复制到本会", "quotaformula.adopt": "复制到本会"})


@transaction.atomic
def adopt(template: Procedure | QuotaFormula, *, committee: Committee, by: User | None, at: datetime):
    """复制到本会: the template with all its lines, under the same name, as rows of `committee`."""
    if by is not None and committee.pk not in by.committees_with(Permission.REFERENCE_MANAGE):
        raise PermissionDenied("adopt")
    lines = template.steps if isinstance(template, Procedure) else template.lines
    copy = type(template).objects.get(pk=template.pk)
    copy.pk, copy._state.adding, copy.committee = None, True, committee
    try:
        with transaction.atomic():
            copy.save()
    except IntegrityError as problem:
        raise WrongState(f"本会已有“{template.name}”。") from problem
    rows = list(lines.all())
    for row in rows:
        row.pk, row._state.adding = None, True
        setattr(row, lines.field.name, copy)
    lines.model.objects.bulk_create(rows)
    log.record(f"{copy._meta.model_name}.adopt", copy, by=by, at=at, scope=committee.pk)
    return copy
