from workstations.models.activities import (
    COMING,
    MEETINGS,
    WAS_THERE,
    WHOLE_COMMITTEE,
    Activity,
    ActivityKind,
    Effect,
    EffectKind,
    Involvement,
    Part,
    Played,
    Seat,
    SubVenue,
)
from workstations.models.boxes import BoxBundle, BoxPhotos, OpinionBox
from workstations.models.calendar import CalendarFeed, CalendarTheme
from workstations.models.funds import FundKind, FundLine
from workstations.models.grid_imports import GridImport, ImportOf
from workstations.models.grids import (
    Grid,
    GridAct,
    GridKind,
    GridLog,
    GridPosting,
    PlannedPosting,
    PlanTarget,
    PostingPlan,
    SeatReach,
)
from workstations.models.letters import Letter, LetterKind, LetterReply
from workstations.models.lists import Demand, DemandKind, Resource
from workstations.models.projects import Project, ProjectEffect, ProjectStep, ProjectTemplate
from workstations.models.quotas import Quota, QuotaLine, QuotaSubject, Span
from workstations.models.reception import ReceptionShift, ShiftSwap, Visit
from workstations.models.rooms import Room, RoomBooking
from workstations.models.standards import Finding, Inspection, InspectionKind, Standard, StandardItem
from workstations.models.stations import KEEPERS, PostKind, StationKind, StationPost, Workstation
from workstations.models.stories import Story, StoryKind
from workstations.models.tasks import Cycle, DutyRule, DutyTask, Makes, Owed, Shift, TaskGrade
from workstations.models.ties import CHAIN, StationTie, TieRole
from workstations.models.words import Channel, Word

__all__ = [
    "CHAIN",
    "COMING",
    "KEEPERS",
    "MEETINGS",
    "WAS_THERE",
    "WHOLE_COMMITTEE",
    "Activity",
    "ActivityKind",
    "BoxBundle",
    "BoxPhotos",
    "CalendarFeed",
    "CalendarTheme",
    "Channel",
    "Cycle",
    "Demand",
    "DemandKind",
    "DutyRule",
    "DutyTask",
    "Effect",
    "EffectKind",
    "Finding",
    "FundKind",
    "FundLine",
    "Grid",
    "GridAct",
    "GridImport",
    "GridKind",
    "GridLog",
    "GridPosting",
    "ImportOf",
    "Inspection",
    "InspectionKind",
    "Involvement",
    "Letter",
    "LetterKind",
    "LetterReply",
    "Makes",
    "OpinionBox",
    "Owed",
    "Part",
    "PlanTarget",
    "PlannedPosting",
    "Played",
    "PostKind",
    "PostingPlan",
    "Project",
    "ProjectEffect",
    "ProjectStep",
    "ProjectTemplate",
    "Quota",
    "QuotaLine",
    "QuotaSubject",
    "ReceptionShift",
    "Resource",
    "Room",
    "RoomBooking",
    "Seat",
    "SeatReach",
    "Shift",
    "ShiftSwap",
    "Span",
    "Standard",
    "StandardItem",
    "StationKind",
    "StationPost",
    "StationTie",
    "Story",
    "StoryKind",
    "SubVenue",
    "TaskGrade",
    "TieRole",
    "Visit",
    "Word",
    "Workstation",
]
