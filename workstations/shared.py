"""What of this topic other committees may copy: rules of recurring duty, quotas, standards (row 104)."""

from datetime import datetime

from members import sharing
from members.facts import Fact
from members.models import Committee
from members.roles import Permission
from workstations.models import Cycle, DutyRule, Owed, Quota, Span, Standard
from workstations.presets import duty as presets
from workstations.presets import standards as checklists
from workstations.services import duty_rules, quotas, standards


def register() -> None:
    """Called when the project starts."""
    sharing.register(
        "duty-rule", label="周期任务", offered=_rules, export=presets.export_rule, make=make_rule,
        permission=Permission.DUTY_MANAGE, lines=rule_lines,
    )  # fmt: skip
    sharing.register(
        "standard", label="建站标准", offered=_standards, export=checklists.export, make=make_standard,
        permission=Permission.STATION_MANAGE, lines=standard_lines,
    )  # fmt: skip
    sharing.register(
        "quota", label="定额", offered=_quotas, export=presets.export_quota, make=make_quota,
        permission=Permission.DUTY_MANAGE, lines=quota_lines,
    )  # fmt: skip


def _rules(committee: Committee):
    return DutyRule.objects.filter(committee=committee, is_active=True).exclude(cycle=Cycle.ONCE)


def _quotas(committee: Committee):
    return Quota.objects.filter(committee=committee, is_active=True).prefetch_related("lines")


def _standards(committee: Committee):
    return Standard.objects.filter(committee=committee, is_active=True).prefetch_related("items")


def make_standard(committee: Committee, payload: dict, *, by, at: datetime) -> Standard:
    """A copy that is not in use yet."""
    standard, items = checklists.make(payload, committee)
    standard.is_active = False
    return standards.create(standard, items, by=by, at=at)


def standard_lines(payload: dict) -> list[str]:
    return [f"{item['name']}{'（须附照片）' if item.get('needs_photo') else ''}" for item in payload["items"]]


def make_rule(committee: Committee, payload: dict, *, by, at: datetime) -> DutyRule:
    """A copy that asks nobody anything until the office takes it up."""
    rule = presets.make_rule(payload, committee)
    rule.is_active = False
    return duty_rules.create(rule, by=by, at=at)


def make_quota(committee: Committee, payload: dict, *, by, at: datetime) -> Quota:
    """A copy that is not in use yet."""
    quota, lines = presets.make_quota(payload, committee)
    quota.is_active = False
    return quotas.create(quota, lines, by=by, at=at)


def rule_lines(payload: dict) -> list[str]:
    """The snapshot in words."""
    asked = f"{Cycle(payload['cycle']).label}，{Owed(payload['owed_by']).label}"
    return [f"{payload['name']}（{asked}）", *filter(None, [payload.get("instructions", "")])]


def quota_lines(payload: dict) -> list[str]:
    return [
        f"{line['name']}：{Span(line.get('span', Span.YEAR)).label}至少 {line.get('at_least', 1)}，"
        f"按{'、'.join(Fact(fact).label for fact in line['facts'])}计"
        for line in payload["lines"]
    ]
