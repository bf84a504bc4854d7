"""What happens when a moment of this app's nouns has come; imported by itself when the project starts."""

from workstations.reminders import activities, tasks

__all__ = ["activities", "tasks"]
