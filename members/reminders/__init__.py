"""What happens when a moment has come; importing a module registers its handlers."""

from members.reminders import appraisal, bodies, contacts, profiles, studio

__all__ = ["appraisal", "bodies", "contacts", "profiles", "studio"]
