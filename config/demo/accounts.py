"""Who can sign in to the demo, and what to try first. One password for all; the people are invented."""

from typing import NamedTuple

PASSWORD = "haoshangliang"


class Account(NamedTuple):
    role: str
    username: str
    name: str
    first: str


ACCOUNTS = [
    Account("政协委员", "wang", "王知夏", "评价一件答复，再写一件微建议"),
    Account("党委办联审人员", "dang", "唐景行", "给微建议出具联审意见，会签明年计划"),
    Account("政府办联审人员", "zheng", "郑书宁", "给微建议出具联审意见，会签明年计划"),
    Account("政协办联审人员", "xie", "谢若川", "看三办意见是否到齐"),
    Account("政协办工作人员", "li", "李和禾", "把联审通过的微建议按五定交办，给协商成果分类"),
    Account("提案委工作人员", "lu", "陆可风", "复核一件履职申报"),
    Account("政协秘书（珠泉镇）", "tao", "陶映山", "看本镇委员的履职，布置一次活动"),
    Account("站长（珠泉镇委员工作室）", "mei", "梅向晚", "在手机上登记一次来访，按八有自查，签收来信"),
    Account("承办单位负责人", "chen", "陈承舟", "签发一份答复"),
    Account("承办人", "zhang", "张予樵", "签收一件交办件，起草答复"),
    Account("承办单位负责人兼委员", "deng", "邓书言", "在首页同时看到两种身份的待办"),
    Account("党派团体提案联系人（县工商联）", "xiang", "向予安", "以县工商联名义写一件提案，评价一件答复"),
    Account("督查室", "sun", "孙清岚", "审批延期，核实一件承诺"),
    Account("主席会议成员", "zhou", "周景松", "在首页看全县的六个数"),
    Account("永兴县工作人员", "zhao", "赵若竹", "看看本县的，也试试看不看得到邻县的"),
    Account("系统管理员", "admin", "系统管理员", "打开工作后台"),
]
TABLE = [(account.role, account.username, PASSWORD, account.first) for account in ACCOUNTS]
NAMES = {account.username: account.name for account in ACCOUNTS}
