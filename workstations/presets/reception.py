"""Reference rows of reception: when those who deal with words are reminded."""

from config.milestones import seed
from workstations.reminders.words import LADDER
from workstations.services.words import KIND


def load() -> None:
    seed.load(KIND, LADDER)
