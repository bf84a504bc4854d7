"""What the topics of this app show on the public page of a station, under `extras` in its template.

A topic adds one line to `BLOCKS`: its name → a callable(station, user) → anything its own part of the page
(templates/workstations/_station_<name>.html) reads as `extras.<name>`. Each should cost one or two statements.
"""

from workstations.models import Workstation
from workstations.queries import inspections, lists, reception

BLOCKS = {
    "lists": lists.of_station,
    "inspection": inspections.shown_on_page,
    "reception": reception.block,
    "boxes": lambda station, user: list(station.opinion_boxes.filter(is_open=True).order_by("name", "pk")),
}


def blocks(station: Workstation, user) -> dict:
    """Name of the topic → what its part of the page of `station` shows to `user`."""
    return {name: shown(station, user) for name, shown in BLOCKS.items()}
