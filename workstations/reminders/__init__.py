"""What happens when a moment of this app's nouns has come; imported by itself when the project starts."""

from workstations.reminders import (
    activities,
    boxes,
    grid_logs,
    inspections,
    letters,
    lists,
    posting_plans,
    reception,
    tasks,
    words,
)

__all__ = [
    "activities",
    "boxes",
    "grid_logs",
    "inspections",
    "letters",
    "lists",
    "posting_plans",
    "reception",
    "tasks",
    "words",
]
