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
