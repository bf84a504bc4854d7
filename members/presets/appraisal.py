"""The usual sheet for a committee's report, and the reminders of objections and reports."""

from config.milestones import seed
from members.models import ReviewCriterion
from members.reminders import appraisal as reminders
from members.services.reviews import RATING, REPORT

CRITERIA = (("组织建设", 20), ("协商议政", 30), ("提案信息", 20), ("活动开展", 20), ("作风纪律", 10))


def load() -> None:
    """Add what is missing; a sheet that was edited stays as it is."""
    seed.load("objection", reminders.OBJECTION_LADDER)
    seed.load(REPORT, reminders.REPORT_LADDER)
    seed.load(RATING, reminders.RATING_LADDER)
    if not ReviewCriterion.objects.filter(committee=None).exists():
        ReviewCriterion.objects.bulk_create(
            [ReviewCriterion(position=number, name=name, most=most) for number, (name, most) in enumerate(CRITERIA, 1)]
        )
