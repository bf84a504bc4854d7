"""The audit trail's verbs of this app, in the words that people read."""

from proposals.labels import handling, imports, information, led, proposals, supervision
from proposals.states import (
    ASSIGNMENT_MOVES,
    BULLETIN_MOVES,
    COMMENT_MOVES,
    EXTENSION_MOVES,
    IMPORT_MOVES,
    INFORMATION_MOVES,
    LOOK_BACK_ITEM_MOVES,
    LOOK_BACK_MOVES,
    MICRO_MOVES,
    PROPOSAL_MOVES,
    REPLY_MOVES,
    RETURN_MOVES,
    SUPERVISION_MOVES,
    UNIT_APPRAISAL_MOVES,
)

MOVES = {
    "microproposal": MICRO_MOVES, "proposal": PROPOSAL_MOVES, "assignment": ASSIGNMENT_MOVES, "reply": REPLY_MOVES,
    "extension": EXTENSION_MOVES, "returnrequest": RETURN_MOVES, "information": INFORMATION_MOVES,
    "bulletin": BULLETIN_MOVES, "supervision": SUPERVISION_MOVES, "lookback": LOOK_BACK_MOVES,
    "lookbackitem": LOOK_BACK_ITEM_MOVES, "showcasecomment": COMMENT_MOVES, "unitappraisal": UNIT_APPRAISAL_MOVES,
    "proposalimport": IMPORT_MOVES,
}  # fmt: skip

VERBS = {
    **{f"{noun}.{verb}": move.label for noun, moves in MOVES.items() for verb, move in moves.items()},
    **proposals.VERBS,
    **handling.VERBS,
    **imports.VERBS,
    **information.VERBS,
    **supervision.VERBS,
    **led.VERBS,
    "microproposal.verdict": "出具联审意见",
    "assignment.open": "交办",
    "assignment.rate": "评价",
    "assignment.verify": "核实落实",
    "reply.draft": "起草答复",
    "extension.ask": "申请延期",
}
