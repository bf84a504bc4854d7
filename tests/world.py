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
from members.models import BodyKind, Measure, OrganisationKind, Post
from members.roles import Role
from members.services import contact_visits as visits
from members.services import grouping as plans
from members.services import measures
from members.states import QuestionState
from proposals import services
from proposals.states import AssignmentState, MicroState
from tests import world_matters, world_places
from tests.factories import activities, contacts, library, people
from tests.factories import appraisal as years
from tests.factories import bodies as groups
from tests.factories import consultation as talks
from tests.factories import grouping as rosters
from tests.factories import members as make
from tests.factories import profiles as asked
from tests.factories import proposals as matters
from tests.factories import scoring as points
from tests.factories import tasks as duties
from tests.factories import workstations as places
from workstations.models import Part
from workstations.services import calendar
from workstations.states import SeatState

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
    parts = (
        _matters,
        _talks,
        _places,
        _bodies,
        _people,
        _activities,
        _duties,
        _shared,
        _rooms,
        _scores,
        _appraisal,
        _grouping,
        _contacts,
    )
    made.samples = {key: value for part in parts for key, value in part(cast).items()}
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
        **world_matters.samples(cast),
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
    post = places.post(station, cast.wang_member)
    return {"station": station.pk, "station-post": post.pk, **world_places.samples(cast, station)}


def _soon(hours):
    return timezone.now() + datetime.timedelta(hours=hours)


def _activities(cast):
    open_one = activities.published(cast, called=[cast.wang_member], starts_at=_soon(2), ends_at=_soon(4))
    asked = activities.seat(open_one, cast.wang_member, SeatState.LEAVE_ASKED, leave_reason="外出")
    token = calendar.renew_feed(cast.wang, at=AT)
    return {
        "activity": open_one.pk,
        "activity-draft": activities.draft(cast).pk,
        "seat": asked.pk,
        "story": activities.story(cast.committee).pk,
        "token": token,
    }


def _duties(cast):
    task = duties.done(cast)
    return {"duty-task": task.pk, "duty-rule": task.rule_id, "quota": duties.quota(cast.committee).pk}


def _scores(cast):
    scheme = points.full(cast.committee)
    return {
        "score-scheme": scheme.pk,
        "score-group": scheme.groups.first().pk,
        "score-item": scheme.groups.first().items.first().pk,
        "score-band": scheme.bands.first().pk,
        "score-requirement": scheme.requirements.first().pk,
        "score-ladder": scheme.ladder.first().pk,
        "score-member": cast.wang_member.pk,
        "duty-record": points.told_record(cast.wang_member).pk,
        "score-total": points.total(scheme, cast.wang_member).pk,
    }


def _appraisal(cast):
    appraisal = years.published(cast, active=2)
    measures.propose_measures(appraisal, by=cast.li, at=years.OVER)
    report = years.submitted(cast)
    return {
        "appraisal": appraisal.pk,
        "result": years.result(appraisal, cast.wang_member).pk,
        "measure": Measure.objects.filter(result__appraisal=appraisal).earliest("pk").pk,
        "objection": years.objection(cast, appraisal).pk,
        "member": cast.wang_member.pk,
        "claim": years.claim(cast).pk,
        "body-review": report.pk,
        "file": store.attach(report, years.evidence(), by=cast.wang, at=AT, purpose="report", kind="document").pk,
    }


def _bodies(cast):
    led = groups.body(cast.committee)
    teams = {
        kind: groups.body(cast.committee, kind, kind.label)
        for kind in (BodyKind.SUPERVISION_TEAM, BodyKind.DELIBERATION_COUNCIL)
    }
    partner = make.organisation(cast.committee, "党群服务中心", OrganisationKind.PARTNER)
    return {
        "body": led.pk,
        "body-seat": groups.seat(led, cast.wang_member, Post.DIRECTOR).pk,
        "body-team": teams[BodyKind.SUPERVISION_TEAM].pk,
        "body-council": teams[BodyKind.DELIBERATION_COUNCIL].pk,
        "partner": partner.pk,
    }


def _people(cast):
    return {"roster": people.handed_in(cast).pk, "leave": people.leave(cast).pk}


def _grouping(cast):
    units = rosters.units(cast.committee, 2)
    draft = rosters.draft(cast.committee, units, fewest=1, most=2)
    planned = plans.open_grouping(draft, bodies=units, by=cast.li, at=AT)
    return {"grouping": planned.pk}


def _contacts(cast):
    scheme = contacts.scheme(cast.committee)
    colleague = make.member(make.user("colleague", "林委员"), cast.committee)
    link = contacts.link(scheme, cast.wang_member, colleague)
    said = {"held_on": AT.date(), "way": "visit", "words": "了解情况。", "by": cast.wang, "at": AT}
    return {
        "contact-scheme": scheme.pk,
        "contact-link": link.pk,
        "contact-visit": visits.log_visit(link, **said).pk,
        "preset": "three",
    }


def _shared(cast):
    run = talks.consultation(cast, ConsultationState.RUNNING, title="谁牵头")
    return {
        "question": asked.question(cast, QuestionState.PASSED).pk,
        "regulation": library.regulation(cast.committee).pk,
        "practice": library.practice(cast.committee).pk,
        "involvement": talk.involve(run, organisation=cast.unit, part=Part.LEAD, by=cast.li, at=AT).pk,
    }


def _rooms(cast):
    notice = Notice.objects.filter(recipient=cast.wang).first()
    milestone = Milestone.objects.first() or Milestone.objects.create(
        kind="assignment", subject_type="proposals.assignment", subject_id=1, code="T0", scope=cast.committee.pk,
        due_at=timezone.now(), next_try_at=timezone.now(),
    )  # fmt: skip
    return {"notice": notice.pk, "milestone": milestone.pk}


# Which sample a `pk` or `key` of an address means, by the longest beginning of its name that stands here.
SUBJECTS = {
    "grouping": "grouping",
    "contact-scheme": "contact-scheme",
    "contact-propose": "contact-scheme",
    "contact-link": "contact-link",
    "contact-link-new": "contact-scheme",
    "contact-visit": "contact-visit",
    "contact-visit-new": "contact-link",
    "contact-visit-plan": "contact-link",
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
    "people": "member",
    "people-import": "roster",
    "people-return": "leave",
    "members": "member",
    "member-profile": "member",
    "profile-edit-of": "member",
    "public-members": "member",
    "question": "question",
    "question-new": "member",
    "member-question": "question",
    "regulation": "regulation",
    "practice": "practice",
    "involvement-new": "consultation",
    "involvement-remove": "involvement",
    "station": "station",
    "duty-task": "duty-task",
    "duty-rule": "duty-rule",
    "quota": "quota",
    "station-end-post": "station-post",
    "workstations": "station",
    "plan-items": "item",
    "score-scheme": "score-scheme",
    "score-group": "score-group",
    "score-group-new": "score-scheme",
    "score-item": "score-item",
    "score-item-new": "score-group",
    "score-band": "score-band",
    "score-band-new": "score-scheme",
    "score-requirement": "score-requirement",
    "score-requirement-new": "score-scheme",
    "score-ladder": "score-ladder",
    "score-ladder-new": "score-scheme",
    "score-ledger": "score-member",
    "duty-records": "duty-record",
    "scores": "score-total",
    "categories": "category",
    "committees": "committee",
    "appraisal": "appraisal",
    "appraisal-freeze": "score-scheme",
    "appraisals": "result",
    "my-appraisal": "result",
    "measure": "measure",
    "objection": "objection",
    "people-archive": "member",
    "duty-claim": "claim",
    "body": "body",
    "bodies": "body",
    "body-match": "body-team",
    "body-import": "body-council",
    "body-unseat": "body-seat",
    "partner-edit": "partner",
    "body-review": "body-review",
    "review": "body-review",
    "activity": "activity",
    "activities": "activity",
    "activity-publish": "activity-draft",
    "story": "story",
    **world_places.SUBJECTS,
    **world_matters.SUBJECTS,
}
MEANT = {("pk", "key"): SUBJECTS, ("code",): world_places.CODES, ("seat",): world_places.SEATS}


# Keys of an address other than its subject.
KEYS = (
    "year", "item", "adjustment", "person", "extension", "photo", "seat", "token", "file", "member", "preset", "region",
    *world_matters.KEYS,
)  # fmt: skip


def sample(world, name: str) -> str:
    """The address of `name` for the objects of `world`."""
    given = {
        "slug": world.cast.committee.slug,
        "code": world.cast.committee.region_id,
        "version": world.samples["version"],
        **{key: world.samples[key] for key in KEYS},
    }
    for keys, table in MEANT.items():
        begin = max((begin for begin in table if _plain(name).startswith(begin)), key=len, default=None)
        if begin:
            given |= dict.fromkeys(keys, world.samples[table[begin]])
    given |= {key: world.samples[sample] for key, sample in world_matters.BESIDE.get(name, {}).items()}
    return reverse(name, kwargs={key: given[key] for key in _parameters(name)})


def _plain(name):
    """The API names its resources by the same words."""
    return name.removeprefix("api-")


def _parameters(name):
    (_, parameters) = get_resolver().reverse_dict.getlist(name)[0][0][0]
    return parameters
