"""Of information, issues, deliveries, instructions and traces."""

VERBS: dict[str, str] = {
    "information.same": "记为重复",
    "information.apart": "撤销重复",
    "bulletin.begin": "开始采编",
    "bulletin.edit": "修改专期",
    "bulletin.drop": "放弃专期",
    "delivery.send": "登记报送",
    "delivery.adopt": "登记采用",
    "delivery.unadopt": "撤销采用登记",
    "delivery.strike": "撤销报送登记",
    "instruction.note": "登记批示",
    "instruction.edit": "修改批示登记",
    "instruction.step": "登记批示落实",
    "instruction.strike": "撤销批示登记",
    "trace.begin": "建立跟踪链",
    "trace.edit": "修改跟踪链",
    "trace.step": "登记跟踪环节",
    "trace.unstep": "删去跟踪环节",
    "trace.open": "公开跟踪链",
    "trace.close": "停止公开跟踪链",
}
