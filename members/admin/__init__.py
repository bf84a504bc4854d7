"""The office's lists of this app; importing a module registers them."""

from members.admin import people

__all__ = ["people"]
