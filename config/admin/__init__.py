"""The office's own Django admin: same rows, same rules, same trail as the pages."""

from config.admin.lists import YearFilter
from config.admin.scoped import Group, ScopedAdmin, ScopedInline, Waiting
from config.admin.site import OfficeSite
from config.admin.transitions import transition

__all__ = ["Group", "OfficeSite", "ScopedAdmin", "ScopedInline", "Waiting", "YearFilter", "transition"]
