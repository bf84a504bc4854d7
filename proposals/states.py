"""The states of what is handed over and handled, and the moves between them."""

from django.db import models

from config.transitions import moves


class MicroState(models.TextChoices):
    DRAFT = "draft", "草稿"
    REVIEWING = "reviewing", "联审中"
    RETURNED = "returned", "待补正"
    AGREED = "agreed", "待交办"
    ASSIGNED = "assigned", "办理中"
    CLOSED = "closed", "已办结"
    DECLINED = "declined", "不予采纳"
    WITHDRAWN = "withdrawn", "已撤回"


M = MicroState
MICRO_MOVES = moves(
    {
        "submit": ("提交", {M.DRAFT, M.RETURNED}, M.REVIEWING),
        "withdraw": ("撤回", {M.DRAFT, M.REVIEWING, M.RETURNED}, M.WITHDRAWN),
        "agree": ("联审通过", {M.REVIEWING}, M.AGREED),
        "supplement": ("退回补正", {M.REVIEWING}, M.RETURNED),
        "decline": ("不予采纳", {M.REVIEWING}, M.DECLINED),
        "assign": ("交办", {M.AGREED}, M.ASSIGNED),
        "take_back": ("收回重新交办", {M.ASSIGNED}, M.AGREED),
        "close": ("办结", {M.ASSIGNED}, M.CLOSED),
    }
)


class Verdict(models.TextChoices):
    AGREE = "agree", "同意"
    DISAGREE = "disagree", "不同意"
    SUPPLEMENT = "supplement", "需补正"


class AssignmentState(models.TextChoices):
    PENDING = "pending", "待签收"
    HANDLING = "handling", "办理中"
    REPLIED = "replied", "待评价"
    FOLLOWING = "following", "跟踪落实"
    CLOSED = "closed", "已办结"
    RETURNED = "returned", "已退回"


A = AssignmentState
ASSIGNMENT_MOVES = moves(
    {
        "accept": ("签收", {A.PENDING}, A.HANDLING),
        "return_": ("退回", {A.PENDING, A.HANDLING}, A.RETURNED),
        "send_reply": ("签发答复", {A.HANDLING}, A.REPLIED),
        "rework": ("重新办理", {A.REPLIED, A.FOLLOWING}, A.HANDLING),
        "follow": ("转入跟踪落实", {A.REPLIED}, A.FOLLOWING),
        "close": ("办结", {A.REPLIED, A.FOLLOWING}, A.CLOSED),
    }
)
# 五定: the fields that must be filled before a matter counts as handed over, as people call them.
FIVE = {
    "unit": "承办单位",
    "leader_name": "定领导",
    "leader_post": "定领导",
    "handler": "定人员",
    "due_on": "定时间",
    "duty": "定责任",
    "quality": "定质量",
}
# Where a unit still owes something; what a due date and a reminder are about.
OPEN = (A.PENDING, A.HANDLING)


class ReplyState(models.TextChoices):
    DRAFT = "draft", "起草中"
    SUBMITTED = "submitted", "待签发"
    SENT = "sent", "已送达"


R = ReplyState
REPLY_MOVES = moves(
    {
        "put_forward": ("送签", {R.DRAFT}, R.SUBMITTED),
        "send_back": ("退回修改", {R.SUBMITTED}, R.DRAFT),
        "send": ("签发", {R.SUBMITTED}, R.SENT),
    }
)


class ReplyGrade(models.TextChoices):
    """The grade of a reply (办理结果分类); not the class of a consultation outcome, which has the same letters."""

    A = "A", "A类：已经解决或基本解决"
    B = "B", "B类：正在解决或已列入计划逐步解决"
    C = "C", "C类：受条件限制暂时不能解决，留作参考"


class Satisfaction(models.TextChoices):
    SATISFIED = "satisfied", "满意"
    BASIC = "basic", "基本满意"
    UNSATISFIED = "unsatisfied", "不满意"


class PublicationLevel(models.TextChoices):
    FULL = "full", "全文公开"
    SUMMARY = "summary", "摘要公开"
    NONE = "none", "不公开"


class ExtensionState(models.TextChoices):
    ASKED = "asked", "待审批"
    GRANTED = "granted", "已同意"
    REFUSED = "refused", "未同意"


E = ExtensionState
EXTENSION_MOVES = moves(
    {
        "grant": ("同意延期", {E.ASKED}, E.GRANTED),
        "refuse": ("不同意延期", {E.ASKED}, E.REFUSED),
    }
)

TONES = {
    M.DRAFT: "closed", M.REVIEWING: "info", M.RETURNED: "soon", M.AGREED: "info", M.ASSIGNED: "info",
    M.CLOSED: "ok", M.DECLINED: "closed", M.WITHDRAWN: "closed",
    A.PENDING: "soon", A.HANDLING: "info", A.REPLIED: "soon", A.FOLLOWING: "info",
    R.SUBMITTED: "soon", R.SENT: "ok", E.ASKED: "soon", E.GRANTED: "ok", E.REFUSED: "closed",
}  # fmt: skip
