"""The states of topics, plans, consultations and outcomes, the moves between them, and the words they are made of."""

from django.db import models

from config.transitions import moves


class TopicState(models.TextChoices):
    COLLECTED = "collected", "待遴选"
    SELECTED = "selected", "已选定"
    IN_PLAN = "in_plan", "已列入计划"
    DECLINED = "declined", "未采用"


T = TopicState
TOPIC_MOVES = moves(
    {
        "select": ("选定", {T.COLLECTED, T.DECLINED}, T.SELECTED),
        "decline": ("不予采用", {T.COLLECTED, T.SELECTED}, T.DECLINED),
        "put_in_plan": ("列入计划", {T.SELECTED}, T.IN_PLAN),
        "take_out_of_plan": ("移出计划", {T.IN_PLAN}, T.SELECTED),
    }
)


class TopicSource(models.TextChoices):
    """Where a topic comes from (row 28; the five of 5+5)."""

    PARTY_GOVERNMENT = "party_government", "党政点题"
    MEMBER = "member", "委员荐题"
    PUBLIC = "public", "社会征题"
    INFORMATION = "information", "从提案和社情民意信息中选题"
    VILLAGE = "village", "走村串巷找题"


class TopicSize(models.TextChoices):
    """大事大议、小事小议 (row 188)."""

    BIG = "big", "大事"
    SMALL = "small", "小事"


class TopicUrgency(models.TextChoices):
    """急事快议、难事广议 (row 188)."""

    URGENT = "urgent", "急事"
    HARD = "hard", "难事"


SUITED = {
    TopicSize.BIG.value: "大事大议",
    TopicSize.SMALL.value: "小事小议",
    TopicUrgency.URGENT.value: "急事快议",
    TopicUrgency.HARD.value: "难事广议",
}


class ContentKind(models.TextChoices):
    """The five kinds of content (domain 4.0)."""

    PARTY_CONCERN = "party_concern", "党政忧虑"
    AT_HAND = "at_hand", "群众身边"
    SOCIAL_ATTENTION = "social_attention", "社会关注"
    MEMBER_REPORTED = "member_reported", "委员反映"
    CLEAR_POLICY = "clear_policy", "政策明确"


class PlanState(models.TextChoices):
    DRAFTING = "drafting", "起草中"
    APPROVING = "approving", "审批中"
    ADJUSTING = "adjusting", "调整中"
    APPROVED = "approved", "待印发"
    ISSUED = "issued", "已印发"
    SUPERSEDED = "superseded", "已被新版替代"


P = PlanState
PLAN_MOVES = moves(
    {
        "submit": ("提交审批", {P.DRAFTING}, P.APPROVING),
        "return_": ("退回修改", {P.APPROVING}, P.DRAFTING),
        "approve": ("审批通过", {P.APPROVING}, P.APPROVED),
        "settle": ("完成调整", {P.ADJUSTING}, P.APPROVED),
        "reopen": ("退回修改", {P.APPROVED}, P.DRAFTING),
        "readjust": ("退回修改", {P.APPROVED}, P.ADJUSTING),
        "issue": ("联合印发", {P.APPROVED}, P.ISSUED),
        "supersede": ("替代", {P.ISSUED}, P.SUPERSEDED),
    }
)
PUBLIC_PLANS = (P.ISSUED, P.SUPERSEDED)
EDITABLE_PLANS = (P.DRAFTING, P.ADJUSTING)
PLANS_UNDER_WAY = (P.DRAFTING, P.APPROVING, P.ADJUSTING, P.APPROVED)


class AdjustmentReason(models.TextChoices):
    DEPLOYMENT = "deployment", "党委新部署"
    PUBLIC_OPINION = "public_opinion", "根据群众意见"
    OTHER = "other", "其他情况"


class AdjustmentState(models.TextChoices):
    PROPOSED = "proposed", "待审批"
    APPROVED = "approved", "已批准"
    REFUSED = "refused", "未批准"
    APPLIED = "applied", "已形成新版"


A = AdjustmentState
ADJUSTMENT_MOVES = moves(
    {
        "approve": ("批准", {A.PROPOSED}, A.APPROVED),
        "refuse": ("不予批准", {A.PROPOSED}, A.REFUSED),
        "apply": ("形成新版", {A.APPROVED}, A.APPLIED),
    }
)


class ConsultationForm(models.TextChoices):
    """协商形式 (domain 3.1); party consultation (党派协商) is the United Front's and not here."""

    PLENARY = "plenary", "全体会议协商"
    STANDING_THEMATIC = "standing_thematic", "专题议政性常委会会议"
    THEMATIC = "thematic", "专题协商会"
    KEY_THEMATIC = "key_thematic", "重点专题协商"
    ROUNDTABLE = "roundtable", "协商座谈会"
    JOINT_MEETING = "joint_meeting", "政府政协联席会议"
    CHAIR_MEETING = "chair_meeting", "主席会议协商"
    COUNTERPART = "counterpart", "对口协商"
    SECTOR = "sector", "界别协商"
    PROPOSAL_HANDLING = "proposal_handling", "提案办理协商"
    MULTI_LEVEL = "multi_level", "联动协商"
    CROSS_REGION = "cross_region", "跨区域联合协商"
    EXPERT = "expert", "专家协商"
    SUPERVISORY = "supervisory", "协商式监督"
    REMOTE = "remote", "远程协商"
    ONLINE = "online", "网络议政"
    ON_SITE = "on_site", "现场协商"
    MICRO = "micro", "小微协商"


class Channel(models.TextChoices):
    IN_ROOM = "in_room", "会场"
    ON_SITE = "on_site", "现场"
    REMOTE = "remote", "视频"
    LIVE = "live", "会场加直播"
    FORUM = "forum", "网络平台"
    CHAT = "chat", "群聊"


class ResultKind(models.TextChoices):
    """What a planned consultation is to bring forth (domain 9)."""

    MINUTES = "minutes", "协商纪要"
    SPECIAL_REPORT = "special_report", "协商专报"
    FORMAL_SUGGESTION = "formal_suggestion", "建议案"
    SURVEY_REPORT = "survey_report", "调研报告"


class ConsultationState(models.TextChoices):
    PLANNED = "planned", "待启动"
    RUNNING = "running", "进行中"
    CONCLUDED = "concluded", "已结束"
    ARCHIVED = "archived", "已归档"
    CALLED_OFF = "called_off", "已取消"


C = ConsultationState
CONSULTATION_MOVES = moves(
    {
        "start": ("启动", {C.PLANNED}, C.RUNNING),
        "conclude": ("结束", {C.RUNNING}, C.CONCLUDED),
        "archive": ("归档", {C.CONCLUDED}, C.ARCHIVED),
        "call_off": ("取消", {C.PLANNED, C.RUNNING}, C.CALLED_OFF),
    }
)
PUBLIC_CONSULTATIONS = (C.RUNNING, C.CONCLUDED, C.ARCHIVED)


class StepState(models.TextChoices):
    PENDING = "pending", "未完成"
    DONE = "done", "已完成"
    SKIPPED = "skipped", "已跳过"


ST = StepState
STEP_MOVES = moves(
    {
        "finish": ("完成", {ST.PENDING}, ST.DONE),
        "skip": ("跳过", {ST.PENDING}, ST.SKIPPED),
    }
)


class GateVerdict(models.TextChoices):
    PASSED = "passed", "通过"
    RETURNED = "returned", "退回修改"


class Category(models.TextChoices):
    """四方协商主体: the four parties of a consultation (domain 4.3)."""

    MEMBER = "member", "政协委员"
    INVITED = "invited", "特邀代表人士"
    DEPARTMENT = "department", "部门负责人"
    PUBLIC = "public", "群众代表"


class OutcomeClass(models.TextChoices):
    """A/B/C 协商办理: what may become of an agreed matter; not the grade of a reply, which has the same letters."""

    A = "A", "A类：达成共识、可以实施"
    B = "B", "B类：需党委政府研究或属村民自治"
    C = "C", "C类：短期内不能解决"


class OutcomeRoute(models.TextChoices):
    HANDLING_UNIT = "handling_unit", "交承办单位办理"
    SPECIAL_REPORT = "special_report", "专报党委政府决策"
    VILLAGE_COMMITTEE = "village_committee", "交村（居）“两委”处理"
    EXPLANATION = "explanation", "做好宣传解释"


ROUTES = {
    OutcomeClass.A: (OutcomeRoute.HANDLING_UNIT,),
    OutcomeClass.B: (OutcomeRoute.SPECIAL_REPORT, OutcomeRoute.VILLAGE_COMMITTEE),
    OutcomeClass.C: (OutcomeRoute.EXPLANATION,),
}


class OutcomeState(models.TextChoices):
    DRAFTED = "drafted", "待分类"
    CLASSIFIED = "classified", "待转办"
    ROUTED = "routed", "办理中"
    DONE = "done", "已落实"


O = OutcomeState  # noqa: E741
OUTCOME_MOVES = moves(
    {
        "classify": ("分类", {O.DRAFTED, O.CLASSIFIED}, O.CLASSIFIED),
        "route": ("转办", {O.CLASSIFIED}, O.ROUTED),
        "take_back": ("收回重新分类", {O.ROUTED}, O.DRAFTED),
        "finish": ("落实", {O.ROUTED}, O.DONE),
    }
)
PUBLIC_OUTCOMES = (O.ROUTED, O.DONE)


class TaskState(models.TextChoices):
    OPEN = "open", "待完成"
    DONE = "done", "已完成"
    WITHDRAWN = "withdrawn", "已收回"


K = TaskState
TASK_MOVES = moves(
    {
        "finish": ("完成", {K.OPEN}, K.DONE),
        "withdraw": ("收回", {K.OPEN}, K.WITHDRAWN),
    }
)

TONES = {
    T.COLLECTED: "soon", T.SELECTED: "info", T.IN_PLAN: "ok", T.DECLINED: "closed",
    P.DRAFTING: "closed", P.APPROVING: "soon", P.ADJUSTING: "soon", P.APPROVED: "info", P.ISSUED: "ok",
    P.SUPERSEDED: "closed", A.PROPOSED: "soon", A.REFUSED: "closed", A.APPLIED: "ok",
    C.PLANNED: "soon", C.RUNNING: "info", C.CONCLUDED: "ok", C.ARCHIVED: "closed", C.CALLED_OFF: "closed",
    ST.PENDING: "soon", ST.DONE: "ok", ST.SKIPPED: "closed",
    O.DRAFTED: "closed", O.CLASSIFIED: "soon", O.ROUTED: "info",
    K.OPEN: "soon", K.WITHDRAWN: "closed",
}  # fmt: skip
