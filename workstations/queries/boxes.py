"""Numbers of the boxes, so coarse that they point at nobody."""

from datetime import date

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from workstations.models import OpinionBox, Word
from workstations.states import WordState

FEWEST = 5  # a smaller number in a table could point at somebody
OPEN = [WordState.NEW, WordState.HANDED, WordState.CARRIED]


def rounded(number: int) -> str:
    """A number of a table by box and month: below five it is said so, and not which."""
    if not number:
        return "0 条"
    return f"不足 {FEWEST} 条" if number < FEWEST else f"{number} 条"


def with_numbers(boxes) -> list[OpinionBox]:
    """The boxes with `received` and `unsettled`, in words."""
    found = list(
        boxes.annotate(
            received_number=Count("words"), open_number=Count("words", filter=Q(words__state__in=OPEN))
        ).order_by("-is_open", "name", "pk")
    )  # fmt: skip
    for box in found:
        box.received, box.unsettled = rounded(box.received_number), rounded(box.open_number)
    return found


def by_month(box: OpinionBox, *, since: date) -> list[tuple[date, str]]:
    """The months in which something came, newest first, each with its number in words."""
    months = Word.objects.filter(box=box, received_on__gte=since).order_by().annotate(month=TruncMonth("received_on"))
    counted = months.values("month").annotate(number=Count("pk")).order_by("-month")
    return [(row["month"], rounded(row["number"])) for row in counted]
