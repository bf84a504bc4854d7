"""Shipped procedures and formulas are the same for all; a committee takes a copy and changes that."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from config.audit import log
from config.refusals import WrongState
from consultation.models import Procedure, ProcedureStep, QuotaFormula
from consultation.steps import ProcedureKind
from members.models import Committee, User
from members.roles import Permission

log.register_labels({"procedure.adopt": "复制到本会", "quotaformula.adopt": "复制到本会", "procedure.make": "采用规程"})
STEP = ("kind", "name", "phase", "responsible", "workdays", "evidence", "may_skip")


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


# --- procedures in shared practices (members/sharing.py) ---------------------------------------------------------


def own_procedures(committee: Committee):
    """What a committee may attach to a practice: its own, adapted copies of the shipped ones among them."""
    return Procedure.objects.filter(committee=committee).order_by("kind", "pk")


def export_procedure(procedure: Procedure) -> dict:
    """The procedure, its steps and the agendas inside them as JSON values."""
    steps = procedure.steps.select_related("agenda").prefetch_related("agenda__steps").order_by("position")
    return {
        "kind": procedure.kind, "name": procedure.name, "description": procedure.description,
        "source": procedure.source, "is_reconstructed": procedure.is_reconstructed, "suits": procedure.suits,
        "steps": [_plain(step) | ({"agenda": _agenda(step.agenda)} if step.agenda else {}) for step in steps],
    }  # fmt: skip


def _agenda(agenda):
    return {"name": agenda.name, "steps": [_plain(point) for point in agenda.steps.order_by("position")]}


def _plain(step):
    return {name: getattr(step, name) for name in STEP}


def lines_of_procedure(payload: dict) -> list[str]:
    return [step["name"] for step in payload["steps"]]


@transaction.atomic
def make_procedure(committee: Committee, payload: dict, *, by: User | None, at: datetime) -> Procedure:
    """A copy of what `export_procedure` gave, not in use yet; a meeting's agenda comes with it."""
    if by is not None and committee.pk not in by.committees_with(Permission.REFERENCE_MANAGE):
        raise PermissionDenied("make")
    copy = _new(committee, payload, is_active=False)
    rows = [
        ProcedureStep(
            procedure=copy, position=position, **{name: step[name] for name in STEP},
            agenda=_agenda_of(committee, step["agenda"]) if "agenda" in step else None,
        )
        for position, step in enumerate(payload["steps"], start=1)
    ]  # fmt: skip
    ProcedureStep.objects.bulk_create(rows)
    log.record("procedure.make", copy, by=by, at=at, scope=committee.pk, steps=len(rows))
    return copy


def _new(committee, payload, *, is_active):
    described = {name: payload[name] for name in ("kind", "name", "description", "source", "is_reconstructed", "suits")}
    try:
        with transaction.atomic():
            return Procedure.objects.create(committee=committee, is_active=is_active, **described)
    except IntegrityError as problem:
        raise WrongState(f"本会已有“{payload['name']}”，先给原来的改名再采用。") from problem


def _agenda_of(committee, agenda) -> Procedure:
    """The committee's own or the shipped agenda of that name, else a new one."""
    there = Procedure.objects.offered_to([committee.pk]).filter(kind=ProcedureKind.AGENDA, name=agenda["name"])
    if found := there.order_by("committee").first():
        return found
    blank = {"kind": ProcedureKind.AGENDA, "description": "", "source": "", "is_reconstructed": False, "suits": []}
    made = _new(committee, blank | {"name": agenda["name"]}, is_active=True)
    ProcedureStep.objects.bulk_create(
        ProcedureStep(procedure=made, position=position, **{name: point[name] for name in STEP})
        for position, point in enumerate(agenda["steps"], start=1)
    )
    return made
