"""What the pages of the three lists show: figures with their scope, what is late, what waits for one person."""

from dataclasses import dataclass

from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.utils import timezone

from members.models import Committee, Member
from workstations.models import Demand, DemandKind, Project, ProjectStep, Resource, Workstation
from workstations.models.lists import ON_SHOW
from workstations.states import DemandState, ProjectState


@dataclass(frozen=True)
class Figure:
    """One figure of the public page: `done` of `total`, and what they count in words."""

    label: str
    done: int
    total: int | None
    what: str
    url: str = ""


def figures(committee: Committee) -> list[Figure]:
    """Wishes come true, needs met, projects done, as everybody may read them; three statements."""
    shown = Demand.objects.filter(committee=committee, state__in=ON_SHOW)
    done = Count("pk", filter=Q(state=DemandState.DONE))
    counted = {
        row["kind"]: (row["done"], row["total"])
        for row in shown.order_by().values("kind").annotate(done=done, total=Count("pk"))
    }
    wishes = counted.get(DemandKind.WISH, (0, 0))
    others = [pair for kind, pair in counted.items() if kind != DemandKind.WISH]
    projects = Project.objects.filter(committee=committee).exclude(state=ProjectState.DROPPED)
    ended, started = projects.aggregate(
        ended=Count("pk", filter=Q(state=ProjectState.DONE)), started=Count("pk")
    ).values()
    offered = Resource.objects.public().filter(committee=committee).count()
    return [
        Figure("微心愿已实现", *wishes, "核实公开的微心愿，从建台账起"),
        Figure(
            "其他需求已办成", sum(d for d, _ in others), sum(t for _, t in others),
            "基层需求、民生微实事、企业难题，核实公开的，从建台账起",
        ),
        Figure("项目已完成", ended, started, "立项的项目，不含中止的"),
        Figure("能提供的资源", offered, None, "现在有效的，项"),
    ]  # fmt: skip


def with_late(projects, on=None):
    """Projects with `late` (a step is overdue) and `next_due` (the first day of a step not done)."""
    steps = ProjectStep.objects.filter(project=OuterRef("pk"), done_on__isnull=True)
    return projects.annotate(
        late=Exists(steps.filter(due_on__lt=on or timezone.localdate())),
        next_due=Min("steps__due_on", filter=Q(steps__done_on__isnull=True)),
        steps_done=Count("steps", filter=Q(steps__done_on__isnull=False)),
        steps_all=Count("steps"),
    )


def late_projects(user):
    """Projects that `user` looks after with an overdue step, the longest overdue first."""
    kept = Project.objects.kept_by(user).filter(state=ProjectState.RUNNING)
    late = with_late(kept).filter(late=True).select_related("leader__user", "demand__region")
    return late.order_by(F("next_due").asc(nulls_last=True), "pk")


def of_station(station: Workstation, user) -> dict | None:
    """What the public page of a station shows: needs that wait, and wishes that came true; two statements."""
    shown = Demand.objects.filter(station=station)
    waiting = list(shown.filter(state=DemandState.OPEN).order_by("-pk")[:5])
    counted = shown.filter(state__in=ON_SHOW).aggregate(
        done=Count("pk", filter=Q(state=DemandState.DONE)), total=Count("pk")
    )
    if not counted["total"]:
        return None
    return {"waiting": waiting, **counted}


def mine(member: Member) -> dict:
    """A member's part in the three lists: what is offered, claimed, led."""
    claimed = Demand.objects.filter(claimed_by=member).select_related("region", "claimed_by__user")
    led = Project.objects.filter(leader=member, state=ProjectState.RUNNING)
    led = led.select_related("leader__user", "demand__region")
    busy = Project.objects.filter(demand=OuterRef("pk"), state=ProjectState.RUNNING)
    return {
        "resources": list(
            Resource.objects.filter(member=member, is_active=True).select_related("member__user").order_by("-pk")
        ),
        "claimed": list(claimed.filter(state=DemandState.CLAIMED).exclude(Exists(busy)).order_by("claimed_at")),
        "projects": list(with_late(led).order_by(F("next_due").asc(nulls_last=True), "pk")),
        "done": list(claimed.filter(state=DemandState.DONE).order_by("-settled_at")[:10]),
    }


def untold_specialties(member: Member, resources) -> list[str]:
    """Specialties of the member's page that are not on the list yet: one tap each."""
    offered = {resource.title for resource in resources}
    words = member.specialties.replace("，", "、").replace(",", "、").replace("；", "、").split("、")
    return [word for word in dict.fromkeys(word.strip()[:64] for word in words) if word and word not in offered]
