"""When a member is reminded of what waits for an answer, asked or asked back, and of closing words."""

from config.milestones import seed
from members.reminders.profiles import LADDER
from members.reminders.studio import LADDER as AFTER_INQUIRY
from members.services.profiles import KIND
from members.services.studio import KIND as INQUIRY
from members.services.turns import KIND as TURN


def load() -> None:
    seed.load(KIND, LADDER)
    seed.load(TURN, LADDER)
    seed.load(INQUIRY, AFTER_INQUIRY)
