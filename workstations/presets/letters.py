"""When people are reminded of letters that want an answer."""

from config.milestones import seed
from workstations.reminders.letters import LADDER
from workstations.services.letters import KIND


def load() -> None:
    seed.load(KIND, LADDER)
