"""Rows of the three lists for tests, in any state reached by the services; moments around 2026-11-20."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.factories import workstations as places
from workstations.models import Demand, DemandKind, ProjectTemplate, Resource
from workstations.services import lists as services
from workstations.services import projects
from workstations.states import DemandState, ProjectState

AT = datetime(2026, 11, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
LATER = AT + timedelta(days=5)


def resource(member, title="免费法律咨询", *, field="法律", words="", at=AT):
    """What a member gives."""
    return services.offer(
        Resource(committee=member.committee, member=member, title=title, field=field, words=words), by=None, at=at
    )


def demand(cast, state=DemandState.OPEN, *, kind=DemandKind.WISH, title="给村小添一套音响", at=AT, **fields):
    """A need in `state`, raised by the office, claimed by 王委员."""
    given = {"field": "教育", "region": places.town(cast.committee), "who": "三组张某家", **fields}
    row = Demand(committee=cast.committee, kind=kind, title=title, **given)
    services.raise_demand(row, verified=state != DemandState.RAISED, by=cast.li, at=at)
    if state in (DemandState.CLAIMED, DemandState.DONE) and kind == DemandKind.WISH:
        services.claim(row, cast.wang_member, by=cast.wang, at=at)
    if state == DemandState.DONE:
        services.finish(row, result="音响已经装好。", by=cast.wang, at=at)
    if state == DemandState.DROPPED:
        services.drop(row, reason="村里已经解决", by=cast.li, at=at)
    return Demand.objects.get(pk=row.pk)


def template(committee, name="三步", steps=(("走访", 7), ("协商", 14), ("回访", None))):
    rows = [{"name": name, "days": days} for name, days in steps]
    return ProjectTemplate.objects.create(committee=committee, name=name, steps=rows)


def project(cast, state=ProjectState.RUNNING, *, at=AT, steps=True, leader=None, **fields):
    """A project led by 王委员, by a template of three steps."""
    need = demand(cast, kind=fields.pop("kind", DemandKind.NEED), at=at, **fields)
    made = projects.start(
        need, leader=leader or cast.wang_member, template=template(cast.committee, f"模板{need.pk}") if steps else None,
        by=cast.li, at=at,
    )  # fmt: skip
    if state == ProjectState.DONE:
        projects.finish(made, result="机井修好了，三个组通了水。", effects=[], by=cast.li, at=at)
    if state == ProjectState.DROPPED:
        projects.drop(made, reason="上级已经立项", by=cast.li, at=at)
    return made
