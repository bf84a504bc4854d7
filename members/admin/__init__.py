"""The office's lists of this app; importing a module registers them."""

from members.admin import appraisal, bodies, contacts, grouping, library, people, profiles, scoring, studio

__all__ = ["appraisal", "bodies", "contacts", "grouping", "library", "people", "profiles", "scoring", "studio"]
