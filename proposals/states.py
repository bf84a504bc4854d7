"""The states of what is handed over and handled, and the moves between them."""

from django.db import models

from config.transitions import moves


class MicroState(models.TextChoices):
    DRAFT = "draft", "草稿"
    REVIEWING = "reviewing", "联审中"
    RETURNED = "returned", "待补正"
    AGREED = "agreed", "待交办"
    ASSIGNED = "assigned", "办理中"
    LED = "led", "领办中"
    CLOSED = "closed", "已办结"
    DECLINED = "declined", "不予采纳"
    WITHDRAWN = "withdrawn", "已撤回"


class MicroKind(models.TextChoices):
    """What its author asks for; one form takes all three in (row 116)."""

    SUGGESTION = "suggestion", "微建议"
    CONSULTATION = "consultation", "微协商"
    SUPERVISION = "supervision", "微监督"


M = MicroState
MICRO_MOVES = moves(
    {
        "submit": ("提交", {M.DRAFT, M.RETURNED}, M.REVIEWING),
        "withdraw": ("撤回", {M.DRAFT, M.REVIEWING, M.RETURNED}, M.WITHDRAWN),
        "agree": ("联审通过", {M.REVIEWING}, M.AGREED),
        "supplement": ("退回补正", {M.REVIEWING}, M.RETURNED),
        "decline": ("不予采纳", {M.REVIEWING}, M.DECLINED),
        "assign": ("交办", {M.AGREED}, M.ASSIGNED),
        "lead": ("领办", {M.AGREED}, M.LED),
        "take_back": ("收回重新交办", {M.ASSIGNED, M.LED}, M.AGREED),
        "close": ("办结", {M.ASSIGNED, M.LED}, M.CLOSED),
    }
)


class Verdict(models.TextChoices):
    AGREE = "agree", "同意"
    DISAGREE = "disagree", "不同意"
    SUPPLEMENT = "supplement", "需补正"


# --- 提案 --------------------------------------------------------------------------------------------------------


class ProposalState(models.TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审查"
    RETURNED = "returned", "待补充"
    FILED = "filed", "已立案"
    MERGED = "merged", "已并案"
    ASSIGNED = "assigned", "办理中"
    CLOSED = "closed", "已办结"
    REJECTED = "rejected", "不予立案"
    TURNED = "turned", "转社情民意"
    WITHDRAWN = "withdrawn", "已撤回"


P = ProposalState
PROPOSAL_MOVES = moves(
    {
        "submit": ("提交", {P.DRAFT, P.RETURNED}, P.SUBMITTED),
        "withdraw": ("撤回", {P.DRAFT, P.SUBMITTED, P.RETURNED}, P.WITHDRAWN),
        "file": ("立案", {P.SUBMITTED}, P.FILED),
        "return_": ("退回补充", {P.SUBMITTED}, P.RETURNED),
        "reject": ("不予立案", {P.SUBMITTED}, P.REJECTED),
        "turn": ("转社情民意", {P.SUBMITTED}, P.TURNED),
        "merge": ("并案", {P.SUBMITTED, P.FILED}, P.MERGED),
        "unmerge": ("撤销并案", {P.MERGED}, P.FILED),
        "assign": ("交办", {P.FILED}, P.ASSIGNED),
        "take_back": ("收回重新交办", {P.ASSIGNED}, P.FILED),
        "close": ("办结", {P.ASSIGNED, P.MERGED}, P.CLOSED),  # a merged one is answered and closed by itself
        "reopen": ("重新办理", {P.CLOSED}, P.ASSIGNED),
    }
)
FILED = (P.FILED, P.MERGED, P.ASSIGNED, P.CLOSED)
"""Those that have a number; nothing is taken from them any more, no signature and no name."""
UNSENT = (P.DRAFT, P.WITHDRAWN)


class Timing(models.TextChoices):
    """大会提案 / 平时提案, by the calendar of the plenary (domain 1.1)."""

    PLENARY = "plenary", "大会提案"
    INTERIM = "interim", "平时提案"


class ProposerKind(models.TextChoices):
    MEMBER = "member", "委员个人"
    JOINT = "joint", "委员联名"
    PARTY = "party", "党派"
    MASS = "mass", "人民团体"
    SPECIAL = "special", "专门委员会"
    SECTOR = "sector", "界别"
    GROUP = "group", "委员小组"


COLLECTIVE = (ProposerKind.PARTY, ProposerKind.MASS, ProposerKind.SPECIAL, ProposerKind.SECTOR, ProposerKind.GROUP)


class SignatureRole(models.TextChoices):
    FIRST = "first", "第一提案人"
    JOINT = "joint", "联名人"
    CONVENER = "convener", "召集人"
    WRITER = "writer", "主要撰稿人"


class SignatureState(models.TextChoices):
    ASKED = "asked", "待确认"
    SIGNED = "signed", "已签名"
    DECLINED = "declined", "未同意"
    LAPSED = "lapsed", "未签名"


class ReviewResult(models.TextChoices):
    FILE = "file", "立案"
    MERGE = "merge", "并案"
    RETURN = "return", "退回补充"
    TURN = "turn", "转社情民意"
    REJECT = "reject", "不予立案"


class SelectionKind(models.TextChoices):
    KEY = "key", "重点提案"
    EXCELLENT = "excellent", "优秀提案"


class SelectionStage(models.TextChoices):
    COLLECT = "collect", "征集"
    SCREEN = "screen", "初评"
    DELIBERATE = "deliberate", "审议"
    DECIDE = "decide", "主席会议审定"
    PUBLISH = "publish", "公布"


STAGES = {
    SelectionKind.KEY: (SelectionStage.COLLECT, SelectionStage.DECIDE),
    SelectionKind.EXCELLENT: (
        SelectionStage.COLLECT, SelectionStage.SCREEN, SelectionStage.DELIBERATE, SelectionStage.PUBLISH,
    ),
}  # fmt: skip
"""The steps of a choice, in order; after the last one it stands (domain 1.8)."""


# --- 交办件 ------------------------------------------------------------------------------------------------------


class AssignmentState(models.TextChoices):
    PENDING = "pending", "待签收"
    HANDLING = "handling", "办理中"
    REPLIED = "replied", "待评价"
    MEETING = "meeting", "待面商"
    FOLLOWING = "following", "跟踪落实"
    CLOSED = "closed", "已办结"
    RETURNED = "returned", "已退回"


A = AssignmentState
ASSIGNMENT_MOVES = moves(
    {
        "accept": ("签收", {A.PENDING}, A.HANDLING),
        "return_": ("退回", {A.PENDING, A.HANDLING}, A.RETURNED),
        "take_away": ("改办", {A.PENDING, A.HANDLING}, A.RETURNED),
        "give_opinion": ("报送会办意见", {A.HANDLING}, A.CLOSED),
        "send_reply": ("签发答复", {A.HANDLING}, A.REPLIED),
        "call_meeting": ("提请面商", {A.REPLIED}, A.MEETING),
        "rework": ("重新办理", {A.REPLIED, A.MEETING, A.FOLLOWING, A.CLOSED}, A.HANDLING),
        "follow": ("转入跟踪落实", {A.REPLIED}, A.FOLLOWING),
        "settle": ("面商办结", {A.MEETING}, A.CLOSED),
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


class AssignmentRole(models.TextChoices):
    """What part of a matter a unit has: the lead gives the one reply, separate ones each their own (domain 1.3)."""

    LEAD = "lead", "主办"
    CO = "co", "会办"
    SEPARATE = "separate", "分办"


class ReplyState(models.TextChoices):
    DRAFT = "draft", "起草中"
    CHECKING = "checking", "待核稿"
    SUBMITTED = "submitted", "待签发"
    SIGNED = "signed", "已签发待送达"
    SENT = "sent", "已送达"


R = ReplyState
REPLY_MOVES = moves(
    {
        "hand_in": ("送核", {R.DRAFT}, R.CHECKING),
        "check": ("核稿通过", {R.CHECKING}, R.SUBMITTED),
        "put_forward": ("送签", {R.DRAFT}, R.SUBMITTED),
        "send_back": ("退回修改", {R.CHECKING, R.SUBMITTED, R.SIGNED}, R.DRAFT),
        "sign": ("签发", {R.SUBMITTED}, R.SIGNED),
        "send": ("送达", {R.SIGNED}, R.SENT),
    }
)


class ReplyGrade(models.TextChoices):
    """The grade of a reply (办理结果分类); not the class of a consultation outcome, which has the same letters.

    What a letter means is a row (GradeWording), stored beside it when a reply is sent; D is used where a place has it.
    """

    A = "A", "A类：已经解决或基本解决"
    B = "B", "B类：正在解决或已列入计划逐步解决"
    C = "C", "C类：受条件限制暂时不能解决，留作参考"
    D = "D", "D类：留作参考"


EXPLAINED = (ReplyGrade.C, ReplyGrade.D)
"""Grades that need a reason."""


class Satisfaction(models.TextChoices):
    SATISFIED = "satisfied", "满意"
    BASIC = "basic", "基本满意"
    UNSATISFIED = "unsatisfied", "不满意"


class PublicationLevel(models.TextChoices):
    FULL = "full", "全文公开"
    SUMMARY = "summary", "摘要公开"
    NONE = "none", "不公开"


PUBLISHED = (PublicationLevel.FULL, PublicationLevel.SUMMARY)


class RequestState(models.TextChoices):
    """What a unit asked for, more time or another unit, and what was decided."""

    ASKED = "asked", "待审批"
    GRANTED = "granted", "已同意"
    REFUSED = "refused", "未同意"


E = RequestState
EXTENSION_MOVES = moves(
    {
        "grant": ("同意延期", {E.ASKED}, E.GRANTED),
        "refuse": ("不同意延期", {E.ASKED}, E.REFUSED),
    }
)
RETURN_MOVES = moves(
    {
        "grant": ("同意退回", {E.ASKED}, E.GRANTED),
        "refuse": ("不同意退回", {E.ASKED}, E.REFUSED),
    }
)


class ContactStage(models.TextChoices):
    BEFORE = "before", "办前面商"
    DURING = "during", "办中沟通"
    AFTER = "after", "办后评议"


class ContactWay(models.TextChoices):
    VISIT = "visit", "走访"
    MEETING = "meeting", "座谈"
    SITE = "site", "现场察看"
    PHONE = "phone", "电话"
    ONLINE = "online", "网络"


class HandingState(models.TextChoices):
    """A line of an assignment meeting."""

    PLANNED = "planned", "拟交办"
    DONE = "done", "已交办"
    REFUSED = "refused", "未能交办"


# --- 社情民意信息 -------------------------------------------------------------------------------------------------


class InformationState(models.TextChoices):
    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待登记"
    RETURNED = "returned", "待补充"
    REGISTERED = "registered", "已登记"
    IN_ISSUE = "in_issue", "采编中"
    ISSUED = "issued", "已报送"
    UNUSED = "unused", "留存未编"
    WITHDRAWN = "withdrawn", "已撤回"


I = InformationState  # noqa: E741
INFORMATION_MOVES = moves(
    {
        "submit": ("报送", {I.DRAFT, I.RETURNED}, I.SUBMITTED),
        "withdraw": ("撤回", {I.DRAFT, I.SUBMITTED, I.RETURNED}, I.WITHDRAWN),
        "register": ("登记", {I.SUBMITTED}, I.REGISTERED),
        "return_": ("退回补充", {I.SUBMITTED}, I.RETURNED),
        "shelve": ("留存未编", {I.SUBMITTED, I.REGISTERED}, I.UNUSED),
        "take_up": ("重新登记", {I.UNUSED}, I.REGISTERED),
        "put_in": ("编入专期", {I.REGISTERED}, I.IN_ISSUE),
        "take_out": ("移出专期", {I.IN_ISSUE}, I.REGISTERED),
        "issue": ("随期报送", {I.IN_ISSUE}, I.ISSUED),
    }
)


class BulletinState(models.TextChoices):
    EDITING = "editing", "编辑中"
    TO_SIGN = "to_sign", "待签发"
    ISSUED = "issued", "已签发"


BULLETIN_MOVES = moves(
    {
        "put_forward": ("送签", {BulletinState.EDITING}, BulletinState.TO_SIGN),
        "send_back": ("退回修改", {BulletinState.TO_SIGN}, BulletinState.EDITING),
        "sign": ("签发", {BulletinState.TO_SIGN}, BulletinState.ISSUED),
    }
)


# --- 督办、回头看、考核、公开 ---------------------------------------------------------------------------------------


class SupervisionKind(models.TextChoices):
    LEADER = "leader", "领导督办"
    VISIT = "visit", "专题视察"
    JOINT = "joint", "联合督办"
    APPRAISAL = "appraisal", "民主评议"
    DUNNING = "dunning", "催办函"


class SupervisionState(models.TextChoices):
    OPEN = "open", "督办中"
    ANSWERED = "answered", "已反馈"


SUPERVISION_MOVES = moves({"answer": ("反馈", {SupervisionState.OPEN}, SupervisionState.ANSWERED)})


class LookBackState(models.TextChoices):
    OPEN = "open", "进行中"
    CLOSED = "closed", "已结束"


LOOK_BACK_MOVES = moves({"close": ("结束", {LookBackState.OPEN}, LookBackState.CLOSED)})


class LookBackItemState(models.TextChoices):
    """One B reply in a campaign; it leaves the list only verified, explained or handled again (domain 1.7)."""

    WAITING = "waiting", "待自查"
    CHECKED = "checked", "已自查"
    VERIFIED = "verified", "核实兑现"
    EXPLAINED = "explained", "已作说明"
    REWORKED = "reworked", "二次办理"


LI = LookBackItemState
LOOK_BACK_ITEM_MOVES = moves(
    {
        "check": ("自查", {LI.WAITING, LI.CHECKED}, LI.CHECKED),
        "verify": ("核实兑现", {LI.CHECKED}, LI.VERIFIED),
        "explain": ("说明情况", {LI.CHECKED}, LI.EXPLAINED),
        "rework": ("二次办理", {LI.WAITING, LI.CHECKED}, LI.REWORKED),
    }
)


class CommentState(models.TextChoices):
    WAITING = "waiting", "待审核"
    SHOWN = "shown", "已公开"
    HIDDEN = "hidden", "未公开"


COMMENT_MOVES = moves(
    {
        "show": ("公开", {CommentState.WAITING, CommentState.HIDDEN}, CommentState.SHOWN),
        "hide": ("不公开", {CommentState.WAITING, CommentState.SHOWN}, CommentState.HIDDEN),
    }
)


class AppraisalState(models.TextChoices):
    DRAFT = "draft", "测算中"
    PUBLISHED = "published", "已发布"


UNIT_APPRAISAL_MOVES = moves({"publish": ("发布", {AppraisalState.DRAFT}, AppraisalState.PUBLISHED)})


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
    M.DRAFT: "closed", M.REVIEWING: "info", M.RETURNED: "soon", M.AGREED: "info", M.ASSIGNED: "info", M.LED: "info",
    M.CLOSED: "ok", M.DECLINED: "closed", M.WITHDRAWN: "closed",
    P.SUBMITTED: "soon", P.FILED: "info", P.MERGED: "info", P.REJECTED: "closed", P.TURNED: "closed",
    A.PENDING: "soon", A.HANDLING: "info", A.REPLIED: "soon", A.MEETING: "late", A.FOLLOWING: "info",
    R.CHECKING: "soon", R.SIGNED: "soon", R.SENT: "ok", E.ASKED: "soon", E.GRANTED: "ok", E.REFUSED: "closed",
    I.REGISTERED: "info", I.IN_ISSUE: "info", I.ISSUED: "ok", I.UNUSED: "closed",
    BulletinState.EDITING: "info", BulletinState.TO_SIGN: "soon",
    SupervisionState.OPEN: "soon", SupervisionState.ANSWERED: "ok",
    LI.WAITING: "soon", LI.CHECKED: "info", LI.VERIFIED: "ok", LI.EXPLAINED: "closed", LI.REWORKED: "info",
    CommentState.SHOWN: "ok", CommentState.HIDDEN: "closed",
    SignatureState.DECLINED: "closed", SignatureState.LAPSED: "closed",
    HandingState.PLANNED: "info", HandingState.DONE: "ok", AppraisalState.PUBLISHED: "ok",
    ImportState.LOADED: "ok", ImportState.DROPPED: "closed",
}  # fmt: skip
"""By value: states of different nouns that are written alike are coloured alike."""
