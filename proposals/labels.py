"""The audit trail's verbs of this app, in the words that people read."""

from proposals.states import ASSIGNMENT_MOVES, EXTENSION_MOVES, MICRO_MOVES, REPLY_MOVES

VERBS = {
    **{f"microproposal.{verb}": move.label for verb, move in MICRO_MOVES.items()},
    **{f"assignment.{verb}": move.label for verb, move in ASSIGNMENT_MOVES.items()},
    **{f"reply.{verb}": move.label for verb, move in REPLY_MOVES.items()},
    **{f"extension.{verb}": move.label for verb, move in EXTENSION_MOVES.items()},
    "microproposal.verdict": "出具联审意见",
    "assignment.open": "交办",
    "assignment.rate": "评价",
    "assignment.verify": "核实落实",
    "reply.draft": "起草答复",
    "extension.ask": "申请延期",
}
