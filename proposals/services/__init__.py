"""The verbs of this app; each checks, changes, leaves one audit line and tells, in one transaction."""

from proposals.services.assignments import accept, assign_micro, open_assignment, return_
from proposals.services.extensions import ask_extension, grant_extension, refuse_extension
from proposals.services.micro import keep_draft, submit, withdraw
from proposals.services.rating import rate, verify
from proposals.services.replies import draft_reply, put_forward, send, send_back
from proposals.services.review import give_verdict

__all__ = [
    "accept",
    "ask_extension",
    "assign_micro",
    "draft_reply",
    "give_verdict",
    "grant_extension",
    "keep_draft",
    "open_assignment",
    "put_forward",
    "rate",
    "refuse_extension",
    "return_",
    "send",
    "send_back",
    "submit",
    "verify",
    "withdraw",
]
