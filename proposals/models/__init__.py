from proposals.models.assignments import Assignment, Extension, Rating, Reply, Round
from proposals.models.micro import Category, JointReview, MicroProposal, OfficeVerdict

__all__ = [
    "Assignment",
    "Category",
    "Extension",
    "JointReview",
    "MicroProposal",
    "OfficeVerdict",
    "Rating",
    "Reply",
    "Round",
]
