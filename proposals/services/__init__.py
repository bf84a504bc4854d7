"""The verbs of this app; each checks, changes, leaves one audit line and tells, in one transaction."""

from proposals.services.assignments import accept, assign_micro, open_assignment, return_
from proposals.services.extensions import ask_extension, grant_extension, refuse_extension
from proposals.services.micro import keep_draft, submit, withdraw
from proposals.services.rating import conclude, enter_paper, rate, verify
from proposals.services.replies import check, draft_reply, hand_in, put_forward, send, send_back, sign
from proposals.services.review import give_verdict

__all__ = [
    "accept",
    "ask_extension",
    "assign_micro",
    "check",
    "conclude",
    "draft_reply",
    "enter_paper",
    "give_verdict",
    "grant_extension",
    "hand_in",
    "keep_draft",
    "open_assignment",
    "put_forward",
    "rate",
    "refuse_extension",
    "return_",
    "send",
    "send_back",
    "sign",
    "submit",
    "verify",
    "withdraw",
]
