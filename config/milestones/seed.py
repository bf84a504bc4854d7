"""The default reminder rules of a kind (T-15 … T+7); places change them in the admin."""

from config.milestones.models import MilestoneRule


def load(kind: str, circle_by_offset: dict[int, str]) -> int:
    """Add the default rows that are missing, never touch one that is there. Returns how many there are now."""
    MilestoneRule.objects.bulk_create(
        [
            MilestoneRule(kind=kind, code=code(days), offset_days=days, circle=circle_by_offset[days])
            for days in sorted(circle_by_offset)
        ],
        ignore_conflicts=True,
    )
    return MilestoneRule.objects.filter(kind=kind, scope=None).count()


def code(days: int) -> str:
    return f"T{days:+d}" if days else "T0"
