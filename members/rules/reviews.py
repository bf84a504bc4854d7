"""Who reports, who rates, who settles: leaders of a body, the raters of its committee, and the office (row 16)."""

from django.core.exceptions import PermissionDenied

from members.models import Body, BodyReview, Membership
from members.queries import reviews as queries
from members.roles import Permission


def can_open(user, body: Body) -> bool:
    return body.committee_id in user.committees_with(Permission.DUTY_MANAGE)


def can_manage(user, review: BodyReview) -> bool:
    return review.committee_id in user.committees_with(Permission.DUTY_MANAGE)


def can_report(user, review: BodyReview) -> bool:
    """Those who lead the body today."""
    led = Membership.objects.in_force().leading()
    return led.filter(body=review.body_id, member__user=user).exists()


def can_rate(user, review: BodyReview) -> bool:
    return user.pk in queries.raters(review)


RULES = {
    "open": can_open,
    "reschedule": can_manage,
    "report": can_report,
    "rate": can_rate,
    "settle": can_manage,
}


def require(verb: str, user, row) -> None:
    """Raise PermissionDenied unless `user` may do `verb`. None is the system itself."""
    if user is not None and not RULES[verb](user, row):
        raise PermissionDenied("述职报告由机构负责人撰写，由本会规定的评议人打分，由政协办发起和评定。")
