"""谁牵头: the share of consultations and inspections that democratic parties and 工商联 lead (row 132)."""

from django.db.models import Count, Q

from consultation.models import Consultation, ConsultationInvolvement
from consultation.models.involvements import UNITED_FRONT
from consultation.queries import Figure
from consultation.states import ConsultationState
from members.models import Committee, OrganisationKind
from workstations.models import Activity, ActivityKind, Involvement, Part
from workstations.states import ActivityState

LOOKED_AT = (ActivityKind.SURVEY, ActivityKind.INSPECTION)
COUNTED = {"协商活动": "没有取消的协商活动", "视察调研": "已举行的视察和专题调研"}


def consultations_of(committee: Committee, year: int):
    return Consultation.objects.filter(committee=committee, year=year).exclude(state=ConsultationState.CALLED_OFF)


def inspections_of(committee: Committee, year: int):
    """Surveys and inspections of the year that were held."""
    rows = Activity.objects.filter(committee=committee, kind__in=LOOKED_AT, state=ActivityState.HELD)
    return rows.filter(starts_at__year=year)


def led_by_parties(committee: Committee, year: int) -> list[Figure]:
    """Of both, of the consultations, of the surveys and inspections: those that a party or 工商联 leads."""
    talks = ConsultationInvolvement.objects.leading().by_parties().values("consultation")
    looks = Involvement.objects.filter(UNITED_FRONT, part=Part.LEAD).values("activity")
    counted = [_share(consultations_of(committee, year), talks), _share(inspections_of(committee, year), looks)]
    figures = [
        Figure(label, *pair, f"民主党派或工商联牵头的 / {year} 年{what}")
        for (label, what), pair in zip(COUNTED.items(), counted, strict=True)
    ]
    both = [sum(column) for column in zip(*counted, strict=True)]
    return [Figure("合计", *both, f"民主党派或工商联牵头的 / {year} 年协商活动、视察和专题调研"), *figures]


def _share(rows, led) -> tuple[int, int]:
    found = rows.order_by().aggregate(done=Count("pk", filter=Q(pk__in=led)), total=Count("pk"))
    return found["done"], found["total"]


def leading_kinds(committee: Committee, year: int, *, total: int) -> list[dict]:
    """How many of `total` consultations each kind of organisation leads; those without a leading one last."""
    leads = ConsultationInvolvement.objects.leading().filter(consultation__in=consultations_of(committee, year))
    by_kind, named = {}, set()
    for kind, consultation in leads.values_list("organisation__kind", "consultation"):
        by_kind.setdefault(kind, set()).add(consultation)
        named.add(consultation)
    rows = [{"label": kind.label, "value": len(by_kind[kind])} for kind in OrganisationKind if kind in by_kind]
    return [*rows, {"label": "没有登记牵头单位", "value": total - len(named)}]


def led(committee: Committee, year: int):
    """Leading organisations of the year's consultations, the newest consultation first."""
    leads = ConsultationInvolvement.objects.leading().filter(consultation__in=consultations_of(committee, year))
    return leads.select_related("consultation", "organisation").order_by("-consultation_id", "pk")
