"""我的工作室: what waits at each station that a person keeps, and what else can be opened from there."""

from django.db.models import Func, OuterRef, Prefetch, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from workstations.models import Demand, Letter, OpinionBox, ReceptionShift, StationPost, Word, Workstation
from workstations.rules import letters
from workstations.states import DemandState, LetterState, WordState

PEOPLE = ("station", "member__user", "member__sector", "member__committee", "user")


def _number(rows: QuerySet) -> Coalesce:
    counted = rows.order_by().annotate(how_many=Func("pk", function="COUNT")).values("how_many")
    return Coalesce(Subquery(counted), Value(0))


def kept(user) -> list[Workstation]:
    """The stations `user` keeps, each with `new_words`, `raised` demands, `to_mark` shifts that are over and not yet
    marked, `open_boxes` and `people` (posts by rank); three statements however many."""
    here = OuterRef("pk")
    over = ReceptionShift.objects.standing().filter(station=here, on__lte=timezone.localdate(), kept=None)
    stations = Workstation.objects.visible_to(user).kept_by(user).select_related("committee__region", "region__parent")
    stations = stations.annotate(
        new_words=_number(Word.objects.filter(station=here, state=WordState.NEW)),
        raised=_number(Demand.objects.filter(station=here, state=DemandState.RAISED)),
        to_mark=_number(over),
    )
    boxes = OpinionBox.objects.filter(is_open=True).order_by("name", "pk")
    posts = StationPost.objects.in_force().by_rank().select_related(*PEOPLE)
    return list(
        stations.prefetch_related(
            Prefetch("opinion_boxes", boxes, to_attr="open_boxes"), Prefetch("posts", posts, to_attr="people")
        )
    )


def letters_waiting(user) -> int | None:
    """How many letters wait for the town or village this person writes for; None who writes for none."""
    units = list(letters.units_of(user).values_list("pk", flat=True))
    if not units:
        return None
    return Letter.objects.filter(organisation__in=units, outgoing=True, state=LetterState.SENT).count()
