"""积分引擎: pure functions from rules and facts to points; nothing here writes."""

from members.scoring.engine import WHOLE, Line, Told, done, excuse, plain, score, summed
from members.scoring.rules import Rules, load
from members.scoring.told import leaves, told

__all__ = ["WHOLE", "Line", "Rules", "Told", "done", "excuse", "leaves", "load", "plain", "score", "summed", "told"]
