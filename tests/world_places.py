"""The part of the world that happens at stations, in grids and with the public; see tests/world.py."""

from datetime import timedelta

from django.utils import timezone

from members.states import InquiryState, QuestionState
from tests.factories import boxes, grids, letters, lists, postings, reception, standards, studio
from tests.factories import profiles as asked
from tests.factories import workstations as places
from workstations.gridbook import waiting
from workstations.models import ImportOf, InspectionKind
from workstations.services import posting_plans as plans
from workstations.services import shifts
from workstations.states import DemandState


def samples(cast, station) -> dict:
    """`station` is kept by 王委员; AT of the grids is around 2026-11-10."""
    parts = (_stations, _standards, _public)
    made = {key: value for part in parts for key, value in part(cast, station).items()}
    return made | _grids(cast) | _lists(cast) | _studio(cast)


def _stations(cast, station):
    room = places.room(station)
    return {
        "station-tie-row": places.tie(station).pk,
        "room": room.pk,
        "booking": places.booking(room, cast.wang, at=timezone.now() + timedelta(days=2)).pk,
        "fund": standards.line(cast.committee, station=station).pk,
    }


def _standards(cast, station):
    standard = standards.plain(cast.committee, "有标牌", "有场所")
    begun = standards.begun(station, standard, InspectionKind.SELF, by=cast.wang)
    return {
        "standard": standard.pk,
        "inspection": standards.done(station, standard, "有场所").pk,
        "inspection-draft": begun.pk,
        "finding": begun.findings.first().pk,
    }


def _public(cast, station):
    served = reception.station(cast, "塘村镇委员工作室", keeper=False)
    day = timezone.localdate() + timedelta(days=14)
    shift = reception.shift(cast, served, on=day, at=timezone.now())
    asked = shifts.ask_swap(shift, asked=cast.colleagues[0], reason="出差", by=cast.wang, at=timezone.now())
    return {
        "word": reception.word(cast, station=station).pk,
        "shift": shift.pk,
        "swap": asked.pk,
        "box": (box := boxes.box(cast.committee, station=station)).pk,
        "box-code": box.code,
        "letter": letters.letter(letters.town(cast.committee, "石桥镇"), by=cast.li).pk,
    }


def _grids(cast):
    grid = grids.grid(cast.committee)
    posting = grids.posting(cast.committee, cast.wang_member, grid)
    log = grids.log(cast.wang_member, regions=[grid])
    given = grids.file(grids.row("新网格", place=grids.village(cast.committee).pk))
    looked = waiting.look(cast.committee, ImportOf.GRIDS, given, by=cast.li, at=grids.AT)
    handed = waiting.hand_in(looked, ImportOf.GRIDS, given, by=cast.li, at=grids.AT)
    plan = plans.open_plan(postings.plan(cast.committee), by=cast.li, at=grids.AT)
    seat = plan.seats.create(member=cast.wang_member, region=grid.region)
    return {
        "region": grid.pk,
        "grid-code": grid.pk,
        "grid": grid.pk,
        "posting": posting.pk,
        "grid-log": log.pk,
        "grid-import": handed.pk,
        "posting-plan": plan.pk,
        "planned-seat": seat.pk,
    }


def _lists(cast):
    project = lists.project(cast)
    return {
        "demand": lists.demand(cast).pk,
        "demand-raised": lists.demand(cast, DemandState.RAISED, title="一台电脑").pk,
        "resource": lists.resource(cast.wang_member).pk,
        "project": project.pk,
        "project-step": project.steps.first().pk,
        "project-template": lists.template(cast.committee, "四步").pk,
    }


def _studio(cast):
    row = studio.inquiry(cast, InquiryState.OPEN, at=timezone.now())
    other = asked.question(cast, QuestionState.ANSWERED, words="夜校什么时候开班？", at=studio.AT)
    return {
        "turn": studio.turn(cast, question=other).pk,
        "inquiry": row.pk,
        "reply-of-visitor": studio.reply(cast, row=row).pk,
    }


SUBJECTS = {
    "station-end-tie": "station-tie-row",
    "room": "room",
    "room-new": "station",
    "room-cancel": "booking",
    "fund": "fund",
    "fund-activity": "activity",
    "standard": "standard",
    "inspection": "inspection",
    "inspections": "inspection",
    "inspection-begin": "station",
    "inspection-fill": "inspection-draft",
    "inspection-finish": "inspection-draft",
    "inspection-drop": "inspection-draft",
    "finding": "finding",
    "visit": "station",
    "roster-plan": "station",
    "shift": "shift",
    "swap": "swap",
    "swap-ask": "shift",
    "word": "word",
    "words": "word",
    "box": "box",
    "letter": "letter",
    "grid-log": "grid-log",
    "grid-import": "grid-import",
    "grids": "grid",
    "grid-postings": "posting",
    "posting": "posting",
    "posting-member": "member",
    "posting-plan": "posting-plan",
    "demand": "demand",
    "demands": "demand",
    "demand-accept": "demand-raised",
    "resource": "resource",
    "resources": "resource",
    "project": "project",
    "projects": "project",
    "project-new": "demand",
    "project-step": "project-step",
    "project-steps": "project",
    "project-template": "project-template",
    "inquiry": "inquiry",
    "turn": "turn",
    "question-again": "question",
    "reply-show": "reply-of-visitor",
    "reply-hide": "reply-of-visitor",
}

CODES = {"box": "box-code", "grid": "grid-code"}
"""Which sample a `code` of an address means, by the beginning of its name; the region of the county otherwise."""

SEATS = {"posting-plan": "planned-seat"}
