"""全员入委 as arithmetic: who goes into which special committee and group. Pure functions, no database."""

from members.grouping.planning import plan
from members.grouping.problem import Key, Person, Plan, Problem, Unit
from members.grouping.report import report

__all__ = ["Key", "Person", "Plan", "Problem", "Unit", "plan", "report"]
