"""By when what an inspection did not find should be there: the keepers are reminded, then the office."""

from django.utils import timezone

from config.milestones.clock import Skip, Tell, handler
from members.queries import holders_by
from members.roles import Permission, Scope
from workstations.models import Inspection
from workstations.queries import inspections as queries
from workstations.services.inspections import RECHECK
from workstations.states import InspectionState

CIRCLES = {"keeper": "站长", "office": "加上政协办"}


@handler(RECHECK, label="建站检查补缺", circles=CIRCLES)
def remind_of_rechecks(milestones, at):
    """The keepers before and on the day, the office too when it is over, or where nobody keeps the station."""
    today = timezone.localdate(at)
    found = Inspection.objects.select_related("station__committee", "standard")
    found = found.in_bulk({m.subject_id for m in milestones})
    missing = queries.missing_of(found.values())
    keepers = queries.keepers_of({row.station_id for row in found.values()})
    committees = {row.station.committee_id for row in found.values()}
    offices = holders_by(Permission.STATION_MANAGE, Scope.COMMITTEE, committees)
    answers = {}
    for m in milestones:
        row = found[m.subject_id]
        if not row.station.is_open or row.state != InspectionState.DONE:
            answers[m.pk] = Skip("站点已关闭，不必提醒")
            continue
        people = set(keepers[row.station_id])
        if m.circle == "office" or not people:
            people |= offices[row.station.committee_id]
        days = (timezone.localdate(m.due_at) - today).days - m.offset_days
        when = f"已过期 {-days} 天" if days < 0 else "今天到期" if days == 0 else f"还有 {days} 天"
        lacks = "、".join(missing[row.pk])
        answers[m.pk] = Tell(
            people, "inspection.recheck", f"{when}：{row.station}按“{row.standard.name}”补齐后自查",
            f"上次{row.get_kind_display()}还缺：{lacks}。补齐后请再自查一次，写有说明和照片。",
            row.get_absolute_url(),
        )  # fmt: skip
    return answers
