"""One of everything in one county, and every role, for tests that walk all addresses."""

import datetime
from types import SimpleNamespace

import pytest
from django.urls import get_resolver, reverse
from django.utils import timezone

from config.milestones.models import Milestone
from config.notices.models import Notice
from config.uploads import store
from consultation import services as talk
from consultation.states import ConsultationState, OutcomeState, PlanState
from members.roles import Role
from proposals import services
from proposals.states import AssignmentState, MicroState
from tests.factories import consultation as talks
from tests.factories import members as make
from tests.factories import proposals as matters
from tests.factories import workstations as places

AT = matters.AT
ROLES = {
    "visitor": None,
    "member": "wang",
    "reviewer": "dang",
    "staff": "li",
    "handler": "zhang",
    "leader": "chen",
    "supervisor": "sun",
    "chair": "zhou",
    "auditor": "auditor",
    "stranger_staff": "zhao",
    "stranger_member": "qian",
}
WORLD_ROLES = list(ROLES)


@pytest.fixture
def world(cast):
    """`world.people[role]` is the user of a role (None for the visitor); `world.samples` gives an object's key."""
    cast.dang = cast.reviewers[0]
    cast.auditor = make.user("auditor", "审计员", is_staff=True)
    make.grant(cast.auditor, Role.AUDITOR, cast.committee)
    made = SimpleNamespace(cast=cast, people={role: name and getattr(cast, name) for role, name in ROLES.items()})
    made.samples = {**_matters(cast), **_talks(cast), **_places(cast), **_rooms(cast)}
    return made


def _matters(cast):
    draft = matters.micro(cast, title="草稿")
    photo = store.attach(draft, talks.photo(), by=cast.wang, at=AT, purpose="photo")
    assignment = matters.assignment(cast, AssignmentState.HANDLING)
    asked = services.ask_extension(assignment, until=datetime.date(2027, 1, 11), reason="等设备", by=cast.zhang, at=AT)
    matters.reply(cast, assignment)
    return {
        "micro": matters.micro(cast, MicroState.REVIEWING).key,
        "category": matters.category().pk,
        "committee": cast.committee.pk,
        "micro-draft": draft.key,
        "photo": photo.pk,
        "assignment": assignment.pk,
        "extension": asked.pk,
    }


def _talks(cast):
    issued = talks.plan(cast, PlanState.ISSUED)
    asked = talks.adjustment(issued, cast, approved=False)
    running = talks.consultation(cast, ConsultationState.RUNNING, is_public=True)
    met = talks.session(running, cast)
    talks.four_parties(met, cast)
    outcome = talks.outcome(running, cast, OutcomeState.ROUTED)
    return {
        "plan": issued.pk,
        "year": issued.year,
        "version": issued.version,
        "item": talks.first_item(issued).pk,
        "adjustment": asked.pk,
        "topic": talks.topic(cast).pk,
        "step": talk.progress.current_step(running).pk,
        "consultation": running.pk,
        "session": met.pk,
        "person": met.participants.first().pk,
        "outcome": outcome.pk,
        "task": outcome.tasks.get().pk,
    }


def _places(cast):
    station = places.station(cast.committee)
    return {"station": station.pk, "station-post": places.post(station, cast.wang_member).pk}


def _rooms(cast):
    notice = Notice.objects.filter(recipient=cast.wang).first()
    milestone = Milestone.objects.first() or Milestone.objects.create(
        kind="assignment", subject_type="proposals.assignment", subject_id=1, code="T0", scope=cast.committee.pk,
        due_at=timezone.now(), next_try_at=timezone.now(),
    )  # fmt: skip
    return {"notice": notice.pk, "milestone": milestone.pk}


# Which sample a `pk` or `key` of an address means, by the longest beginning of its name that stands here.
SUBJECTS = {
    "micro": "micro",
    "micro-edit": "micro-draft",
    "micro-check": "micro-draft",
    "micro-submit": "micro-draft",
    "micro-photo": "micro-draft",
    "assignment": "assignment",
    "reply": "assignment",
    "extension": "assignment",
    "file": "photo",
    "notice": "notice",
    "reminder": "milestone",
    "plan": "plan",
    "topic": "topic",
    "step": "step",
    "consultation": "consultation",
    "session": "session",
    "session-new": "consultation",
    "outcome": "outcome",
    "outcome-new": "consultation",
    "outcome-task": "task",
    "station": "station",
    "station-end-post": "station-post",
    "workstations": "station",
    "plan-items": "item",
    "categories": "category",
    "committees": "committee",
}


def sample(world, name: str) -> str:
    """The address of `name` for the objects of `world`."""
    given = {
        "slug": world.cast.committee.slug,
        "code": world.cast.committee.region_id,
        "version": world.samples["version"],
        **{key: world.samples[key] for key in ("year", "item", "adjustment", "person", "extension", "photo")},
    }
    subject = max((begin for begin in SUBJECTS if _plain(name).startswith(begin)), key=len, default=None)
    if subject:
        given |= dict.fromkeys(("pk", "key"), world.samples[SUBJECTS[subject]])
    return reverse(name, kwargs={key: given[key] for key in _parameters(name)})


def _plain(name):
    """The API names its resources by the same words."""
    return name.removeprefix("api-")


def _parameters(name):
    (_, parameters) = get_resolver().reverse_dict.getlist(name)[0][0][0]
    return parameters
