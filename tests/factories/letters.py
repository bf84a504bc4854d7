"""Letters between a committee and its towns and villages for tests; moments around 2026-11-10, a Tuesday."""

from datetime import datetime
from zoneinfo import ZoneInfo

from config.milestones import seed
from members.models import OrganisationKind
from members.roles import Role
from tests.factories import members as make
from workstations.models import LetterKind
from workstations.reminders.letters import LADDER
from workstations.services import letters as services
from workstations.services.letters import Content

AT = datetime(2026, 11, 10, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


def town(committee, name="珠泉镇", kind=OrganisationKind.TOWN, people=True):
    """A town (or village) with a handler and a leader, as attributes of it."""
    unit = make.organisation(committee, name, kind)
    if people:
        number = unit.pk
        unit.handler = make.user(f"town{number}", f"{name}经办人")
        make.grant(unit.handler, Role.UNIT_HANDLER, unit)
        unit.leader = make.user(f"townhead{number}", f"{name}负责人")
        make.grant(unit.leader, Role.UNIT_LEADER, unit)
    return unit


def village(committee, name="金田居委会", **fields):
    return town(committee, name, OrganisationKind.VILLAGE_COMMITTEE, **fields)


def content(subject="征求对协商议题的意见", **fields):
    given = {"kind": LetterKind.CONSULT, "body": "请结合本地实际提出意见。", **fields}
    return Content(subject=subject, **given)


def letter(unit, *, by, outgoing=True, at=AT, **fields):
    """One letter between `unit` and its committee, sent by its own service."""
    seed.load("letter", LADDER)
    return services.send(unit.committee, [unit], content(**fields), outgoing=outgoing, by=by, at=at)[0]
