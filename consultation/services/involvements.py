"""谁牵头、谁支持、谁承办、谁参与: the organisations of a consultation and their parts (rows 1, 132)."""

from django.db import IntegrityError, transaction

from config.audit import log
from config.refusals import Incomplete, WrongState
from consultation import rules
from consultation.models import Consultation, ConsultationInvolvement
from consultation.states import ConsultationState
from members.models import Organisation


@transaction.atomic
def involve(consultation: Consultation, *, organisation: Organisation, part: str, by, at) -> ConsultationInvolvement:
    """登记 an organisation of the same committee in one part; it may have several."""
    rules.require("run_consultation", by, consultation)
    if organisation.committee_id != consultation.committee_id:
        raise Incomplete("请选择本会登记的单位。", {"organisation": "请选择本会登记的单位。"})
    _hold(consultation, at=at)
    try:
        with transaction.atomic():
            row = ConsultationInvolvement.objects.create(
                consultation=consultation, organisation=organisation, part=part
            )
    except IntegrityError:
        raise WrongState(f"{organisation}的这个角色已经登记。") from None
    log.record("consultation.involve", consultation, by=by, at=at, scope=consultation.scope, who=str(row))
    return row


@transaction.atomic
def release(row: ConsultationInvolvement, *, by, at) -> None:
    """移除 what was entered by mistake; the trail keeps it."""
    consultation = row.consultation
    rules.require("run_consultation", by, consultation)
    _hold(consultation, at=at)
    said = str(row)
    ConsultationInvolvement.objects.filter(pk=row.pk).delete()
    log.record("consultation.release", consultation, by=by, at=at, scope=consultation.scope, who=said)


def _hold(consultation, *, at):
    """Not called off, nor in the archive."""
    closed = [ConsultationState.CALLED_OFF, ConsultationState.ARCHIVED]
    if not Consultation.objects.filter(pk=consultation.pk).exclude(state__in=closed).update(updated_at=at):
        raise WrongState(f"“{consultation.get_state_display()}”的协商活动不能修改。")
