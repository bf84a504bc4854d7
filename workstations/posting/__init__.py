"""Who serves in which grid or village (rows 36, 135): no database, no Django; the same question, the same answer."""

from workstations.posting.planning import plan
from workstations.posting.problem import Plan, Problem, Reach, Seat, Target, Unsolved, Worker, reach
from workstations.posting.report import MOST_NAMED, figures, report

__all__ = [
    "MOST_NAMED",
    "Plan",
    "Problem",
    "Reach",
    "Seat",
    "Target",
    "Unsolved",
    "Worker",
    "figures",
    "plan",
    "reach",
    "report",
]
