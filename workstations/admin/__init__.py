"""The office's lists of this app; importing a module registers them."""

from workstations.admin import stations

__all__ = ["stations"]
