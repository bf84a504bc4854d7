"""What can be recorded of a member's duty: the vocabulary that ledger, quotas and scoring schemes share.

A fact has a kind, optionally a detail (the kind of activity, the level of adoption), a mark (present, on leave …) and
a share (alone, first signer, joint …). Schemes and quotas pick facts by these four; the code knows no slogan.
"""

from collections.abc import Iterable

from django.db import models


class Fact(models.TextChoices):
    PLENARY = "plenary", "全体会议"
    STANDING = "standing", "常委会会议"
    COMMITTEE_MEETING = "committee_meeting", "专委会会议"
    CONSULTATION = "consultation", "协商活动"
    ACTIVITY = "activity", "履职活动"
    TRAINING = "training", "学习培训"
    SPEECH = "speech", "会议发言"
    CHARITY = "charity", "公益活动"
    PROPOSAL = "proposal", "提交提案"
    PROPOSAL_FILED = "proposal_filed", "提案立案"
    PROPOSAL_KEY = "proposal_key", "重点提案"
    PROPOSAL_EXCELLENT = "proposal_excellent", "优秀提案"
    INFORMATION = "information", "反映社情民意信息"
    INFORMATION_ADOPTED = "information_adopted", "信息被采用"
    INSTRUCTION = "instruction", "领导批示"
    MICRO = "micro", "提交微建议"
    MICRO_ADOPTED = "micro_adopted", "微建议交办"
    MICRO_DONE = "micro_done", "微建议办结"
    TOPIC = "topic", "推荐议题"
    TOPIC_SELECTED = "topic_selected", "议题被采用"
    COMMITMENT_KEPT = "commitment_kept", "承诺兑现"
    UNIT_VISITED = "unit_visited", "深入基层单位"
    PROJECT = "project", "助力实事工程"
    CONTACT = "contact", "联系走访"
    ANSWER = "answer", "答复群众提问"
    GRID = "grid", "进网格服务"
    RECEPTION = "reception", "接待群众"
    TASK = "task", "完成周期任务"
    HOMEWORK = "homework", "委员作业"
    REPORT = "report", "履职报告"
    PUBLICITY = "publicity", "履职宣传"
    HONOUR = "honour", "表彰奖励"


QUALITY = {
    Fact.PROPOSAL_FILED, Fact.PROPOSAL_KEY, Fact.PROPOSAL_EXCELLENT, Fact.INFORMATION_ADOPTED, Fact.INSTRUCTION,
    Fact.MICRO_ADOPTED, Fact.MICRO_DONE, Fact.TOPIC_SELECTED, Fact.COMMITMENT_KEPT, Fact.PROJECT, Fact.HONOUR,
}  # fmt: skip
"""做得怎么样, next to 做了多少 (row 22)."""


class Mark(models.TextChoices):
    """考勤: how somebody stood at a meeting or an activity; empty where nobody is called up."""

    PRESENT = "present", "到会"
    LATE = "late", "迟到早退"
    LEAVE = "leave", "请假"
    EXCUSED = "excused", "公务请假"  # official mission and the like: counted against nobody (domain 6.1)
    ABSENT = "absent", "无故缺席"


THERE = (Mark.PRESENT, Mark.LATE)


class Share(models.TextChoices):
    """份额: what part of a joint work is this member's."""

    SOLE = "sole", "独立"
    FIRST = "first", "第一提案人"
    JOINT = "joint", "联名"
    WRITER = "writer", "集体件主要撰稿人"
    PARTICIPANT = "participant", "参与"


DETAILS: dict[str, str] = {
    "town": "乡镇级", "county": "县级", "city": "市级", "province": "省级", "nation": "全国级", "full": "全程",
    "part": "部分",
    "plenary": "全体会议", "standing": "常委会会议", "consultation": "协商会",
    "monthly": "每月", "quarterly": "每季度", "half_yearly": "每半年", "yearly": "每年",
}  # fmt: skip
"""What a detail means, in words: levels of adoption and honour, and what apps above add (kinds of activity …)."""

_LEVELS = ["town", "county", "city", "province", "nation"]
FITTING: dict[str, list[str]] = {
    **{fact: _LEVELS for fact in (Fact.INFORMATION_ADOPTED, Fact.INSTRUCTION, Fact.HONOUR, Fact.PUBLICITY)},
    Fact.TRAINING: ["full", "part"],
    Fact.SPEECH: ["plenary", "standing", "consultation"],
    Fact.TASK: ["monthly", "quarterly", "half_yearly", "yearly"],
}
"""Which details each kind of fact can have; apps above add theirs, a fact that is not named has none."""


def register_details(words: dict[str, str], facts: Iterable[str] = ()) -> None:
    """Let an app name its own details, of the kinds of facts that it tells; called when the project starts."""
    DETAILS.update(words)
    for fact in facts:
        FITTING[fact] = list(dict.fromkeys([*FITTING.get(fact, ()), *words]))


def fitting(facts: Iterable[str]) -> dict[str, str]:
    """The details, in words, that facts of these kinds can have; without any kind all of them."""
    if not facts:
        return dict(DETAILS)
    codes = {code for fact in facts for code in FITTING.get(fact, ())}
    return {code: words for code, words in DETAILS.items() if code in codes}
