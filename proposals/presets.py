"""Reference rows of this app: the national categories and the ladders of reminders."""

from datetime import date

from config.milestones import seed
from proposals.models import Category, GradeWording, RejectionGround, Scheme
from proposals.reminders.led import LADDER as LED_LADDER
from proposals.reminders.matters import LADDER, REVIEW_LADDER
from proposals.reminders.supervision import LOOK_BACK_LADDER, SUPERVISION_LADDER

CATEGORIES = [
    "交通出行", "住房城建", "教育", "医疗卫生", "生态环境", "农业农村", "社会保障", "文化体育", "经济发展", "公共安全",
    "基层治理", "其他",
]  # fmt: skip

SPHERES = ["经济建设", "政治建设", "文化建设", "社会建设", "生态文明建设", "其他方面"]
GROUNDS = [
    "涉及党和国家秘密的", "国家明令禁止的", "中共党员对党内有关组织、人事安排等有意见的",
    "民主党派成员反映本组织内部问题的",
    "进入民事、刑事、行政诉讼以及仲裁程序的", "属于学术研讨的",
    "为本人或亲属解决个人问题的", "宣传、推介具体作品、产品的",
    "指名举报的", "内容空泛、没有具体建议的",
]  # fmt: skip
"""The ten of the national regulation (domain 1.2)."""
WORDINGS = {
    "A": "已经解决或基本解决", "B": "正在解决或已列入计划逐步解决", "C": "受条件限制暂时不能解决，留作参考",
    "D": "留作参考",
}  # fmt: skip
WORDED_SINCE = date(2018, 1, 1)


def load() -> None:
    """Add what is missing; what staff changed stays."""
    for scheme, names in ((Scheme.FIELD, CATEGORIES), (Scheme.SPHERE, SPHERES)):
        for position, name in enumerate(names, start=1):
            defaults = {"position": position * 10, "scheme": scheme}
            Category.objects.get_or_create(committee=None, name=name, defaults=defaults)
    for position, words in enumerate(GROUNDS, start=1):
        RejectionGround.objects.get_or_create(committee=None, words=words, defaults={"position": position * 10})
    for grade, words in WORDINGS.items():
        GradeWording.objects.get_or_create(committee=None, grade=grade, since=WORDED_SINCE, defaults={"words": words})
    seed.load("assignment", LADDER)
    seed.load("joint-review", REVIEW_LADDER)
    seed.load("micro-lead", LED_LADDER)
    seed.load("supervision", SUPERVISION_LADDER)
    seed.load("look-back", LOOK_BACK_LADDER)
