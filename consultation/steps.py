"""What a step of a procedure can be: kinds are code, their order and wording are rows (ADR 0005)."""

from dataclasses import dataclass

from django.db import models


class ProcedureKind(models.TextChoices):
    CONSULTATION = "consultation", "协商规程"
    PLAN = "plan", "计划审批"
    AGENDA = "agenda", "会议议程"


class Evidence(models.TextChoices):
    """What must lie beside a step before it can be finished."""

    NONE = "none", "不要求"
    FILE = "file", "文件"
    PHOTO = "photo", "照片"
    LIST = "list", "名单或清单"
    NOTICE = "notice", "通知"
    STUDY = "study", "学习记录"
    MINUTES = "minutes", "协商纪要"
    OUTCOMES = "outcomes", "全部成果已分类转办"


# Shown by files; the other two by the minutes of a session and by the outcomes themselves.
ON_FILE = (Evidence.FILE, Evidence.PHOTO, Evidence.LIST, Evidence.NOTICE, Evidence.STUDY, Evidence.MINUTES)


class StepKind(models.TextChoices):
    COLLECT = "collect", "收集"
    DECIDE = "decide", "审定"
    PREPARE = "prepare", "筹备"
    NOTIFY = "notify", "通知"
    STUDY = "study", "学习"
    SURVEY = "survey", "调研"
    SESSION = "session", "协商会议"
    CONCLUDE = "conclude", "形成意见"
    PUBLISH = "publish", "公示"
    CONVERT = "convert", "成果转化"
    SUPERVISE = "supervise", "督办"
    EVALUATE = "evaluate", "评估反馈"
    ARCHIVE = "archive", "归档推广"
    ADVISE = "advise", "征求意见"
    APPROVE = "approve", "会议审批"
    REPORT = "report", "通报情况"
    QUESTION = "question", "提出问题"
    ANSWER = "answer", "回应解答"
    INTERACT = "interact", "协商互动"
    SPEECH = "speech", "发言"
    FILM = "film", "播放专题片"
    CONSENSUS = "consensus", "达成共识"


@dataclass(frozen=True)
class Spec:
    """Where a kind belongs; the evidence and the freedom that a new row of it begins with."""

    procedure: ProcedureKind
    evidence: Evidence = Evidence.NONE
    may_skip: bool = False
    is_gate: bool = False


E, K = Evidence, StepKind
CONSULTATION, PLAN, AGENDA = ProcedureKind
SPECS: dict[str, Spec] = {
    K.COLLECT: Spec(CONSULTATION, E.LIST),
    K.DECIDE: Spec(CONSULTATION, is_gate=True),
    K.PREPARE: Spec(CONSULTATION, E.FILE),
    K.NOTIFY: Spec(CONSULTATION, E.NOTICE),
    K.STUDY: Spec(CONSULTATION, E.STUDY, may_skip=True),
    K.SURVEY: Spec(CONSULTATION, E.FILE, may_skip=True),
    K.SESSION: Spec(CONSULTATION, E.MINUTES),
    K.CONCLUDE: Spec(CONSULTATION, E.MINUTES),
    K.PUBLISH: Spec(CONSULTATION, E.PHOTO, may_skip=True),
    K.CONVERT: Spec(CONSULTATION, E.OUTCOMES),
    K.SUPERVISE: Spec(CONSULTATION, may_skip=True),
    K.EVALUATE: Spec(CONSULTATION, may_skip=True),
    K.ARCHIVE: Spec(CONSULTATION, may_skip=True),
    K.ADVISE: Spec(PLAN, E.FILE),
    K.APPROVE: Spec(PLAN, is_gate=True),
    K.REPORT: Spec(AGENDA),
    K.QUESTION: Spec(AGENDA),
    K.ANSWER: Spec(AGENDA),
    K.INTERACT: Spec(AGENDA),
    K.SPEECH: Spec(AGENDA),
    K.FILM: Spec(AGENDA),
    K.CONSENSUS: Spec(AGENDA),
}


def of(procedure: ProcedureKind) -> list[tuple[str, str]]:
    """The kinds that a procedure of that sort is made of, as form choices."""
    return [(kind.value, kind.label) for kind in StepKind if SPECS[kind].procedure == procedure]
