"""States and moves of this app's nouns (config/transitions.py makes the moves)."""

from django.db import models

from config.transitions import moves


class ClaimState(models.TextChoices):
    CLAIMED = "claimed", "待复核"
    CONFIRMED = "confirmed", "已记入"
    REFUSED = "refused", "未记入"
    WITHDRAWN = "withdrawn", "已撤回"
    REVERSED = "reversed", "已冲销"


CLAIM_MOVES = moves(
    {
        "confirm": ("确认", {ClaimState.CLAIMED}, ClaimState.CONFIRMED),
        "refuse": ("不予记入", {ClaimState.CLAIMED}, ClaimState.REFUSED),
        "withdraw": ("撤回", {ClaimState.CLAIMED}, ClaimState.WITHDRAWN),
        "reverse": ("冲销", {ClaimState.CONFIRMED}, ClaimState.REVERSED),
    }
)


class SchemeState(models.TextChoices):
    DRAFT = "draft", "草案"
    IN_FORCE = "in_force", "执行中"
    FROZEN = "frozen", "已定格"
    RETIRED = "retired", "已停用"


SCHEME_MOVES = moves(
    {
        "enact": ("启用", {SchemeState.DRAFT}, SchemeState.IN_FORCE),
        "freeze": ("定格", {SchemeState.IN_FORCE}, SchemeState.FROZEN),
        "retire": ("停用", {SchemeState.IN_FORCE}, SchemeState.RETIRED),
    }
)


class AppraisalState(models.TextChoices):
    FROZEN = "frozen", "已定格"
    PUBLISHED = "published", "已反馈"
    CLOSED = "closed", "已归档"


APPRAISAL_MOVES = moves(
    {
        "publish": ("反馈给委员", {AppraisalState.FROZEN}, AppraisalState.PUBLISHED),
        "close": ("归档", {AppraisalState.PUBLISHED}, AppraisalState.CLOSED),
    }
)


class ObjectionState(models.TextChoices):
    RAISED = "raised", "待答复"
    UPHELD = "upheld", "已采纳"
    REFUSED = "refused", "维持原结果"


OBJECTION_MOVES = moves(
    {
        "uphold": ("采纳", {ObjectionState.RAISED}, ObjectionState.UPHELD),
        "refuse": ("维持原结果", {ObjectionState.RAISED}, ObjectionState.REFUSED),
    }
)


class MeasureState(models.TextChoices):
    PROPOSED = "proposed", "待办理"
    DONE = "done", "已办理"
    WAIVED = "waived", "不予采取"


MEASURE_MOVES = moves(
    {
        "record": ("登记谈话", {MeasureState.PROPOSED}, MeasureState.DONE),
        "waive": ("不予采取", {MeasureState.PROPOSED}, MeasureState.WAIVED),
    }
)


class ReviewState(models.TextChoices):
    DRAFT = "draft", "起草中"
    SUBMITTED = "submitted", "评议中"
    SETTLED = "settled", "已评定"


REVIEW_MOVES = moves(
    {
        "submit": ("提交述职报告", {ReviewState.DRAFT}, ReviewState.SUBMITTED),
        "settle": ("评定", {ReviewState.SUBMITTED}, ReviewState.SETTLED),
    }
)


class QuestionState(models.TextChoices):
    ASKED = "asked", "待审核"
    PASSED = "passed", "待答复"
    ANSWERED = "answered", "已答复"
    REFUSED = "refused", "未公开"


QUESTION_MOVES = moves(
    {
        "pass": ("转给委员", {QuestionState.ASKED}, QuestionState.PASSED),
        "refuse": (
            "不公开",
            {QuestionState.ASKED, QuestionState.PASSED, QuestionState.ANSWERED},
            QuestionState.REFUSED,
        ),
        "answer": ("答复", {QuestionState.PASSED}, QuestionState.ANSWERED),
    }
)


class InquiryState(models.TextChoices):
    OPEN = "open", "正在征求"
    SUMMED = "summed", "已有结语"
    TAKEN_DOWN = "taken_down", "已撤下"


INQUIRY_MOVES = moves(
    {
        "sum_up": ("写结语", {InquiryState.OPEN}, InquiryState.SUMMED),
        "take_down": ("撤下", {InquiryState.OPEN, InquiryState.SUMMED}, InquiryState.TAKEN_DOWN),
    }
)


class InquiryReplyState(models.TextChoices):
    SENT = "sent", "待审核"
    SHOWN = "shown", "已公开"
    HIDDEN = "hidden", "未公开"


INQUIRY_REPLY_MOVES = moves(
    {
        "show": ("公开", {InquiryReplyState.SENT}, InquiryReplyState.SHOWN),
        "hide": ("不公开", {InquiryReplyState.SENT, InquiryReplyState.SHOWN}, InquiryReplyState.HIDDEN),
    }
)


class GroupingState(models.TextChoices):
    DRAFT = "draft", "待定"
    APPLIED = "applied", "已实施"
    DISCARDED = "discarded", "已作废"


GROUPING_MOVES = moves(
    {
        "apply": ("实施", {GroupingState.DRAFT}, GroupingState.APPLIED),
        "discard": ("作废", {GroupingState.DRAFT}, GroupingState.DISCARDED),
    }
)


class RosterState(models.TextChoices):
    WAITING = "waiting", "待确认"
    LOADED = "loaded", "已导入"
    DROPPED = "dropped", "已放弃"


ROSTER_MOVES = moves(
    {
        "load": ("导入", {RosterState.WAITING}, RosterState.LOADED),
        "drop": ("放弃", {RosterState.WAITING}, RosterState.DROPPED),
    }
)

TONES = {
    ClaimState.CLAIMED: "soon",
    ClaimState.CONFIRMED: "ok",
    ClaimState.REFUSED: "closed",
    ClaimState.WITHDRAWN: "closed",
    ClaimState.REVERSED: "closed",
    SchemeState.DRAFT: "soon",
    SchemeState.IN_FORCE: "ok",
    SchemeState.FROZEN: "info",
    SchemeState.RETIRED: "closed",
    AppraisalState.PUBLISHED: "soon",
    AppraisalState.CLOSED: "closed",
    ObjectionState.RAISED: "soon",
    ObjectionState.UPHELD: "ok",
    MeasureState.PROPOSED: "soon",
    MeasureState.DONE: "ok",
    MeasureState.WAIVED: "closed",
    ReviewState.SUBMITTED: "soon",
    ReviewState.SETTLED: "ok",
    QuestionState.ASKED: "soon",
    QuestionState.PASSED: "soon",
    QuestionState.ANSWERED: "ok",
    InquiryState.OPEN: "info",
    InquiryState.SUMMED: "ok",
    InquiryState.TAKEN_DOWN: "closed",
    InquiryReplyState.SENT: "soon",
    InquiryReplyState.SHOWN: "ok",
    InquiryReplyState.HIDDEN: "closed",
    GroupingState.APPLIED: "ok",
    GroupingState.DISCARDED: "closed",
    RosterState.WAITING: "soon",
    RosterState.LOADED: "ok",
    RosterState.DROPPED: "closed",
}
"""How a state looks; values that two nouns share (draft, refused) look alike."""
