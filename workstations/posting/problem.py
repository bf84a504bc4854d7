"""What is asked and what is answered. Places are statistical codes, whose digits are the tree (GB/T 2260)."""

from dataclasses import dataclass, field
from enum import IntEnum

COUNTY, TOWN, VILLAGE = 6, 9, 12  # digits


class Unsolved(Exception):
    """The solver found nothing; a fault of the machine or of the programme, for there always is a plan."""


class Reach(IntEnum):
    """How far from home a seat is."""

    VILLAGE = 1
    TOWN = 2
    COUNTY = 3
    BEYOND = 4
    UNKNOWN = 5


@dataclass(frozen=True)
class Target:
    """A grid or village by its code (12 or 15 digits); `field` is what a dedicated grid is about (学校, 企业)."""

    code: str
    field: str = ""

    @property
    def county(self) -> str:
        return self.code[:COUNTY]

    @property
    def town(self) -> str:
        return self.code[:TOWN]

    @property
    def village(self) -> str:
        return self.code[:VILLAGE]


@dataclass(frozen=True)
class Worker:
    """A member. `home` are the digits of where he lives, as far as known; `bound` those of what he may not leave.

    `skills` are specialties and sector in one text, looked through for what a dedicated grid is about.
    """

    id: int
    home: str = ""
    bound: str = ""
    skills: str = ""

    @property
    def county(self) -> str:
        return self.home[:COUNTY] if len(self.home) >= COUNTY else ""

    @property
    def town(self) -> str:
        return self.home[:TOWN] if len(self.home) >= TOWN else ""

    @property
    def village(self) -> str:
        return self.home[:VILLAGE] if len(self.home) >= VILLAGE else ""


@dataclass(frozen=True)
class Seat:
    """One member at one grid or village, and why; `by_hand` was set by a person and is not touched."""

    worker: int
    code: str
    why: str
    by_hand: bool = False


@dataclass(frozen=True)
class Problem:
    """`fixed` are the seats set by hand; `words` say by which words a member fits a field of dedicated grids."""

    targets: tuple[Target, ...]
    workers: tuple[Worker, ...]
    fixed: tuple[Seat, ...] = ()
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def match(self, worker: Worker, target: Target) -> str:
        """The word by which the member fits the dedicated grid; empty when he does not."""
        if not target.field or not worker.skills:
            return ""
        return next((word for word in (target.field, *self.words.get(target.field, ())) if word in worker.skills), "")


@dataclass
class Plan:
    """All seats, those by hand among them; who has none and which targets have nobody, each with the reason."""

    seats: list[Seat]
    idle: dict[int, str]
    uncovered: dict[str, str]
    seconds: float = 0.0


def reach(home: str, code: str) -> Reach:
    """How far a grid or village is from a home, both by their digits."""
    if len(home) >= VILLAGE and home[:VILLAGE] == code[:VILLAGE]:
        return Reach.VILLAGE
    if len(home) >= TOWN and home[:TOWN] == code[:TOWN]:
        return Reach.TOWN
    if len(home) < COUNTY:
        return Reach.UNKNOWN
    return Reach.COUNTY if home[:COUNTY] == code[:COUNTY] else Reach.BEYOND


def why(worker: Worker, target: Target) -> str:
    """The reason of a seat in words, by how far it is from home."""
    match reach(worker.home, target.code):
        case Reach.VILLAGE:
            return "本村居住"
        case Reach.TOWN:
            return "本乡镇就近"
        case Reach.COUNTY if worker.town:
            return "邻镇支援：本镇委员已满"
        case Reach.COUNTY:
            return "住地只登记到县，在县内统筹"
        case Reach.BEYOND:
            return "外县支援：本县委员不足"
    return "没有登记住地，派往最缺人的地方"
