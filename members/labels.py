"""The audit trail's verbs of this app, in the words that people read."""

VERBS = {
    "account.open": "开设账号",
    "account.reset": "重置密码",
    "account.unlock": "解除登录锁定",
    "committee.found": "成立政协委员会",
    "committee.presets": "套用常用机构",
    "grant.revoke": "收回授权",
    "region.import": "导入行政区划",
}
