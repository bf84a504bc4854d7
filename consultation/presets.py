"""Reference rows of this app: the procedures and quota formulas that places named, from consultation/data/."""

import json
from pathlib import Path

from django.db import transaction

from config.milestones import seed
from consultation.models import Procedure, ProcedureStep, QuotaFormula, QuotaFormulaLine
from consultation.reminders import LADDER
from consultation.services.outcomes import TASK
from consultation.steps import SPECS, ProcedureKind

DATA = Path(__file__).parent / "data"


@transaction.atomic
def load() -> None:
    """Add what is missing; what staff changed stays."""
    for row in _read("procedures.json"):
        _add_procedure(**row)
    for row in _read("formulas.json"):
        lines = row.pop("lines")
        formula, fresh = QuotaFormula.objects.get_or_create(committee=None, name=row.pop("name"), defaults=row)
        if fresh:
            QuotaFormulaLine.objects.bulk_create(
                QuotaFormulaLine(formula=formula, position=position, **line)
                for position, line in enumerate(lines, start=1)
            )
    seed.load(TASK, LADDER)


def _read(name):
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def _add_procedure(*, kind, name, steps, **described):
    procedure, fresh = Procedure.objects.get_or_create(committee=None, kind=kind, name=name, defaults=described)
    if not fresh:
        return
    rows = []
    for position, step in enumerate(steps, start=1):
        spec, agenda = SPECS[step["kind"]], step.pop("agenda", None)
        shape = {"evidence": spec.evidence, "may_skip": spec.may_skip} | step
        if agenda:
            shape["agenda"] = Procedure.objects.get(committee=None, kind=ProcedureKind.AGENDA, name=agenda)
        rows.append(ProcedureStep(procedure=procedure, position=position, **shape))
    ProcedureStep.objects.bulk_create(rows)
