"""What happens when a moment of this app has come; importing a module registers its handlers with the clock."""

from proposals.reminders import handling, information, led, matters, supervision

__all__ = ["handling", "information", "led", "matters", "supervision"]
