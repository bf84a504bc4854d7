from workstations.models.activities import (
    COMING,
    MEETINGS,
    WAS_THERE,
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
from workstations.models.calendar import CalendarFeed, CalendarTheme
from workstations.models.quotas import Quota, QuotaLine, QuotaSubject, Span
from workstations.models.stations import KEEPERS, PostKind, StationKind, StationPost, Workstation
from workstations.models.stories import Story, StoryKind
from workstations.models.tasks import Cycle, DutyRule, DutyTask, Makes, Owed, Shift

__all__ = [
    "COMING",
    "KEEPERS",
    "MEETINGS",
    "WAS_THERE",
    "Activity",
    "ActivityKind",
    "CalendarFeed",
    "CalendarTheme",
    "Cycle",
    "DutyRule",
    "DutyTask",
    "Effect",
    "EffectKind",
    "Involvement",
    "Makes",
    "Owed",
    "Part",
    "Played",
    "PostKind",
    "Quota",
    "QuotaLine",
    "QuotaSubject",
    "Seat",
    "Shift",
    "Span",
    "StationKind",
    "StationPost",
    "Story",
    "StoryKind",
    "SubVenue",
    "Workstation",
]
