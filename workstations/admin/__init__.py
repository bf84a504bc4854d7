"""The office's lists of this app; importing a module registers them."""

from workstations.admin import (
    activities,
    boxes,
    funds,
    grids,
    letters,
    posting_plans,
    quotas,
    reception,
    standards,
    stations,
    tasks,
    words,
)

__all__ = [
    "activities",
    "boxes",
    "funds",
    "grids",
    "letters",
    "posting_plans",
    "quotas",
    "reception",
    "standards",
    "stations",
    "tasks",
    "words",
]
