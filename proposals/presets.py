"""Reference rows of this app: the national categories and the ladders of reminders."""

from config.milestones import seed
from proposals.models import Category
from proposals.reminders import LADDER, REVIEW_LADDER

CATEGORIES = [
    "交通出行", "住房城建", "教育", "医疗卫生", "生态环境", "农业农村", "社会保障", "文化体育", "经济发展", "公共安全",
    "基层治理", "其他",
]  # fmt: skip


def load() -> None:
    """Add what is missing; what staff changed stays."""
    for position, name in enumerate(CATEGORIES, start=1):
        Category.objects.get_or_create(committee=None, name=name, defaults={"position": position * 10})
    seed.load("assignment", LADDER)
    seed.load("joint-review", REVIEW_LADDER)
