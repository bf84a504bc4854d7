"""Of assignment meetings, contacts, opinions, returns and pauses."""

VERBS: dict[str, str] = {
    "handingmeeting.keep": "筹备交办会",
    "handingmeeting.plan": "拟定承办单位",
    "handingmeeting.drop": "取消拟定的单位",
    "handingmeeting.hand_over": "交办会交办",
    "returnrequest.ask": "申请退回",
    "coordination.hold": "登记协调会",
    "contact.add": "登记沟通",
    "assignment.waive": "免报会办意见",
    "assignment.conclude": "结束评价",
    "assignment.pause": "中止",
    "assignment.resume": "恢复办理",
}
