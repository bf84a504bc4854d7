"""The office's lists of this app; importing a module registers them."""

from workstations.admin import activities, quotas, stations, tasks

__all__ = ["activities", "quotas", "stations", "tasks"]
