from proposals.api.assignments import Assignments
from proposals.api.micro import Categories, Micros

__all__ = ["Assignments", "Categories", "Micros"]
