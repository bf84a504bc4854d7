"""Of micro-proposals that are led, what was built or served, and public showcases of key proposals."""

VERBS: dict[str, str] = {
    "microlead.step": "登记领办记录",
    "microlead.finish": "领办完成",
    "microlead.rate": "评价领办结果",
    "microresult.add": "登记微建设、微服务",
    "microresult.remove": "移除微建设、微服务",
    "showcase.begin": "建立全程公开",
    "showcase.open": "对外公开",
    "showcase.close": "停止对外公开",
    "showcase.votes": "设置接受评价和留言",
    "showcaseentry.add": "登记公开环节",
    "showcaseentry.change": "修改公开环节",
    "showcaseentry.publish": "公开环节",
    "showcaseentry.withdraw": "撤下环节",
    "showcaseentry.remove": "删除公开环节",
    "showcasecomment.leave": "收到群众留言",
    "showcasecomment.answer": "回应群众留言",
}
