"""States and moves of this app's nouns (config/transitions.py makes the moves)."""

from django.db import models

from config.transitions import moves


class ActivityState(models.TextChoices):
    DRAFT = "draft", "筹备中"
    OPEN = "open", "已发布"
    HELD = "held", "已举办"
    CALLED_OFF = "called_off", "已取消"


ACTIVITY_MOVES = moves(
    {
        "publish": ("发布", {ActivityState.DRAFT}, ActivityState.OPEN),
        "close": ("办结", {ActivityState.OPEN}, ActivityState.HELD),
        "call_off": ("取消", {ActivityState.DRAFT, ActivityState.OPEN}, ActivityState.CALLED_OFF),
    }
)


class SeatState(models.TextChoices):
    INVITED = "invited", "待回复"
    SIGNED_UP = "signed_up", "已报名"
    LEAVE_ASKED = "leave_asked", "请假待批"
    LEAVE_GRANTED = "leave_granted", "已准假"
    EXCUSED = "excused", "公务请假"
    PRESENT = "present", "已签到"
    LATE = "late", "迟到早退"
    ABSENT = "absent", "缺席"
    CANCELLED = "cancelled", "已取消报名"


class TaskState(models.TextChoices):
    OPEN = "open", "待完成"
    DONE = "done", "已提交"
    READ = "read", "已批阅"
    EXCUSED = "excused", "免做"
    MISSED = "missed", "未完成"


TASK_MOVES = moves(
    {
        "hand_in": ("提交", {TaskState.OPEN, TaskState.DONE, TaskState.MISSED}, TaskState.DONE),
        "read": ("批阅", {TaskState.DONE}, TaskState.READ),
        "send_back": ("退回修改", {TaskState.DONE}, TaskState.OPEN),
        "excuse": ("免做", {TaskState.OPEN, TaskState.MISSED}, TaskState.EXCUSED),
        "miss": ("记为未完成", {TaskState.OPEN}, TaskState.MISSED),
    }
)


class InspectionState(models.TextChoices):
    DRAFT = "draft", "填写中"
    DONE = "done", "已完成"
    DROPPED = "dropped", "已作废"


INSPECTION_MOVES = moves(
    {
        "finish": ("完成", {InspectionState.DRAFT}, InspectionState.DONE),
        "drop": ("作废", {InspectionState.DRAFT}, InspectionState.DROPPED),
    }
)


class PostingPlanState(models.TextChoices):
    DRAFT = "draft", "待测算"
    RUNNING = "running", "测算中"
    READY = "ready", "待确认"
    FAILED = "failed", "测算未成"
    ENACTED = "enacted", "已实施"
    DROPPED = "dropped", "已作废"


PLAN_MOVES = moves(
    {
        "start": (
            "测算",
            {PostingPlanState.DRAFT, PostingPlanState.READY, PostingPlanState.FAILED},
            PostingPlanState.RUNNING,
        ),
        "finish": ("完成测算", {PostingPlanState.RUNNING}, PostingPlanState.READY),
        "fail": ("记为未成", {PostingPlanState.RUNNING}, PostingPlanState.FAILED),
        "enact": ("实施", {PostingPlanState.READY}, PostingPlanState.ENACTED),
        "drop": (
            "作废",
            {PostingPlanState.DRAFT, PostingPlanState.READY, PostingPlanState.FAILED},
            PostingPlanState.DROPPED,
        ),
    }
)


class WordState(models.TextChoices):
    NEW = "new", "待处理"
    HANDED = "handed", "已交委员"
    CARRIED = "carried", "办理中"
    ANSWERED = "answered", "已答复"
    SETTLED = "settled", "已办结"
    DECLINED = "declined", "不予受理"


WORD_MOVES = moves(
    {
        "hand": ("交给委员", {WordState.NEW, WordState.HANDED}, WordState.HANDED),
        "answer": ("答复", {WordState.NEW, WordState.HANDED}, WordState.ANSWERED),
        "carry": ("转办", {WordState.NEW, WordState.HANDED}, WordState.CARRIED),
        "bring_back": ("收回", {WordState.CARRIED}, WordState.NEW),
        "settle": ("办结", {WordState.CARRIED}, WordState.SETTLED),
        "decline": ("不予受理", {WordState.NEW, WordState.HANDED}, WordState.DECLINED),
    }
)


class SwapState(models.TextChoices):
    ASKED = "asked", "待答复"
    TAKEN = "taken", "已换班"
    REFUSED = "refused", "不能代班"
    WITHDRAWN = "withdrawn", "已撤回"


SWAP_MOVES = moves(
    {
        "take": ("代班", {SwapState.ASKED}, SwapState.TAKEN),
        "refuse": ("谢绝", {SwapState.ASKED}, SwapState.REFUSED),
        "withdraw": ("撤回", {SwapState.ASKED}, SwapState.WITHDRAWN),
    }
)


class LetterState(models.TextChoices):
    SENT = "sent", "待签收"
    READ = "read", "已签收"
    ANSWERED = "answered", "已回复"
    CLOSED = "closed", "已办结"


LETTER_MOVES = moves(
    {
        "read": ("签收", {LetterState.SENT}, LetterState.READ),
        "answer": ("回复", {LetterState.SENT, LetterState.READ, LetterState.ANSWERED}, LetterState.ANSWERED),
        "close": ("办结", {LetterState.READ, LetterState.ANSWERED}, LetterState.CLOSED),
    }
)


class DemandState(models.TextChoices):
    RAISED = "raised", "待核实"
    OPEN = "open", "待认领"
    CLAIMED = "claimed", "已认领"
    DONE = "done", "已实现"
    DROPPED = "dropped", "不再办理"


DEMAND_MOVES = moves(
    {
        "accept": ("核实", {DemandState.RAISED}, DemandState.OPEN),
        "claim": ("认领", {DemandState.OPEN}, DemandState.CLAIMED),
        "give_back": ("退回", {DemandState.CLAIMED}, DemandState.OPEN),
        "finish": ("办结", {DemandState.CLAIMED}, DemandState.DONE),
        "drop": ("不再办理", {DemandState.RAISED, DemandState.OPEN, DemandState.CLAIMED}, DemandState.DROPPED),
    }
)


class ProjectState(models.TextChoices):
    RUNNING = "running", "实施中"
    DONE = "done", "已完成"
    DROPPED = "dropped", "已中止"


PROJECT_MOVES = moves(
    {
        "finish": ("完成", {ProjectState.RUNNING}, ProjectState.DONE),
        "drop": ("中止", {ProjectState.RUNNING}, ProjectState.DROPPED),
    }
)


class ImportState(models.TextChoices):
    WAITING = "waiting", "待确认"
    LOADED = "loaded", "已导入"
    DROPPED = "dropped", "已放弃"


IMPORT_MOVES = moves(
    {
        "load": ("导入", {ImportState.WAITING}, ImportState.LOADED),
        "drop": ("放弃", {ImportState.WAITING}, ImportState.DROPPED),
    }
)

TONES = {
    ActivityState.DRAFT: "closed",
    ActivityState.OPEN: "info",
    ActivityState.HELD: "ok",
    ActivityState.CALLED_OFF: "closed",
    SeatState.INVITED: "soon",
    SeatState.SIGNED_UP: "info",
    SeatState.LEAVE_ASKED: "soon",
    SeatState.LEAVE_GRANTED: "closed",
    SeatState.EXCUSED: "closed",
    SeatState.PRESENT: "ok",
    SeatState.LATE: "soon",
    SeatState.ABSENT: "late",
    SeatState.CANCELLED: "closed",
    TaskState.DONE: "info",
    TaskState.READ: "ok",
    TaskState.MISSED: "late",
}
"""How a state looks; an open activity and an open task share the word “open”, a task shows its due line instead."""

INSPECTION_TONES = {
    InspectionState.DRAFT: "soon",
    InspectionState.DONE: "ok",
    InspectionState.DROPPED: "closed",
}
PLAN_TONES = {
    PostingPlanState.DRAFT: "closed",
    PostingPlanState.RUNNING: "info",
    PostingPlanState.READY: "soon",
    PostingPlanState.FAILED: "late",
    PostingPlanState.ENACTED: "ok",
    PostingPlanState.DROPPED: "closed",
}
WORD_TONES = {
    WordState.NEW: "soon",
    WordState.HANDED: "soon",
    WordState.CARRIED: "info",
    WordState.ANSWERED: "ok",
    WordState.SETTLED: "ok",
    WordState.DECLINED: "closed",
}
SWAP_TONES = {
    SwapState.ASKED: "soon",
    SwapState.TAKEN: "ok",
    SwapState.REFUSED: "closed",
    SwapState.WITHDRAWN: "closed",
}
LETTER_TONES = {
    LetterState.SENT: "soon",
    LetterState.READ: "info",
    LetterState.ANSWERED: "ok",
    LetterState.CLOSED: "closed",
}
DEMAND_TONES = {
    DemandState.RAISED: "soon",
    DemandState.OPEN: "info",
    DemandState.CLAIMED: "info",
    DemandState.DONE: "ok",
    DemandState.DROPPED: "closed",
}
PROJECT_TONES = {ProjectState.RUNNING: "info", ProjectState.DONE: "ok", ProjectState.DROPPED: "closed"}
IMPORT_TONES = {ImportState.WAITING: "soon", ImportState.LOADED: "ok", ImportState.DROPPED: "closed"}
