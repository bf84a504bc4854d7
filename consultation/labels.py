"""The audit trail's verbs of this app, in the words that people read."""

from consultation import states

VERBS = {
    **{
        f"{model}.{verb}": move.label
        for model, table in {
            "topic": states.TOPIC_MOVES,
            "annualplan": states.PLAN_MOVES,
            "planadjustment": states.ADJUSTMENT_MOVES,
            "consultation": states.CONSULTATION_MOVES,
            "step": states.STEP_MOVES,
            "outcome": states.OUTCOME_MOVES,
            "outcometask": states.TASK_MOVES,
        }.items()
        for verb, move in table.items()
    },
    "topic.suggest": "提出议题",
    "topic.weigh": "定大小缓急",
    "consultation.involve": "登记参与单位",
    "consultation.release": "移除参与单位",
    "annualplan.draft": "起草计划",
    "annualplan.change": "修改计划",
    "annualplan.sign": "会签",
    "annualplan.copy": "形成新版",
    "planitem.add": "增加事项",
    "planitem.change": "修改事项",
    "planitem.drop": "撤出事项",
    "planadjustment.propose": "提出调整",
    "consultation.open": "建立协商活动",
    "consultation.change": "修改协商活动",
    "session.add": "登记会议",
    "session.change": "修改会议",
    "session.agenda": "修改议程",
    "session.invite": "邀请参会人员",
    "session.uninvite": "移出参会人员",
    "session.attendance": "登记到会",
    "session.minutes": "写协商纪要",
    "outcome.add": "登记成果",
    "outcome.look": "再看",
}
