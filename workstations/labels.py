"""The audit trail's verbs of this app, in the words that people read."""

VERBS = {
    "station.open": "开设站点",
    "station.edit": "修改站点资料",
    "station.post": "派驻人员",
    "station.end_post": "办理卸任",
    "station.close": "关闭站点",
}
