"""Who may do what at the year's appraisal: those who manage duty; nobody decides on one's own result."""

from django.core.exceptions import PermissionDenied

from members.models import AppraisalResult, Measure, Objection
from members.roles import Permission


def can_manage(user, row) -> bool:
    """`row` is a scheme or an appraisal."""
    return row.committee_id in user.committees_with(Permission.DUTY_MANAGE)


def can_object(user, result: AppraisalResult) -> bool:
    return result.member.user_id == user.pk


def can_apply(user, measure: Measure) -> bool:
    return can_manage(user, measure.result.appraisal) and not _is_own(user, measure.result)


def can_correct(user, objection: Objection) -> bool:
    return can_manage(user, objection.result.appraisal) and not _is_own(user, objection.result)


def can_uphold(user, objection: Objection) -> bool:
    """A second person: who manages or confirms, but did not prepare the correction."""
    held = user.committees_with(Permission.DUTY_MANAGE) | user.committees_with(Permission.DUTY_CONFIRM)
    return (
        objection.result.appraisal.committee_id in held
        and not _is_own(user, objection.result)
        and objection.corrected_by_id != user.pk
    )


def _is_own(user, result):
    return result.member.user_id == user.pk


RULES = {
    "freeze": can_manage,
    "publish": can_manage,
    "propose": can_manage,
    "close": can_manage,
    "object": can_object,
    "apply": can_apply,
    "correct": can_correct,
    "uphold": can_uphold,
    "refuse": can_correct,
}


def require(verb: str, user, row) -> None:
    """Raise PermissionDenied unless `user` may do `verb`. None is the system itself."""
    if user is not None and not RULES[verb](user, row):
        raise PermissionDenied("这一步须由考评工作人员办理；本人不能办理自己的考评，更正须由另一人确认。")
