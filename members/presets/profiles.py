"""When a member is reminded of a question that waits for an answer."""

from config.milestones import seed
from members.reminders.profiles import LADDER
from members.services.profiles import KIND


def load() -> None:
    seed.load(KIND, LADDER)
