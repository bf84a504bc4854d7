from proposals.api.assignments import Assignments
from proposals.api.micro import Categories, Micros
from proposals.api.proposals import Proposals
from proposals.api.results import MicroResults

__all__ = ["Assignments", "Categories", "MicroResults", "Micros", "Proposals"]
