"""Reference rows of this app: the divisions of the country, and what a new committee starts with."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.refusals import Refusal
from members import rules
from members.models import Body, BodyKind, Committee, Organisation, OrganisationKind, Region, RegionLevel, User
from members.region_import import codes_in, import_regions

REGIONS = Path(__file__).parent / "data" / "regions.csv.xz"

# The 34 sectors of the 14th National Committee (2023): 环境资源界 added, 共青团 and 青联 merged.
NATIONAL_SECTORS = [
    "中国共产党", "民革", "民盟", "民建", "民进", "农工党", "致公党", "九三学社", "台盟", "无党派人士", "共青团和青联",
    "总工会", "妇联", "工商联", "科协", "台联", "侨联", "文化艺术界", "科学技术界", "社会科学界", "经济界", "农业界",
    "教育界", "体育界", "新闻出版界", "医药卫生界", "对外友好界", "社会福利和社会保障界", "少数民族界", "宗教界",
    "环境资源界", "特邀香港人士", "特邀澳门人士", "特别邀请人士",
]  # fmt: skip

# A county seats fewer; these 22 are what a county committee of that size published.
COUNTY_SECTORS = [
    "中国共产党", "民革", "民盟", "民进", "无党派人士", "共青团和青联", "总工会", "妇联", "工商联", "科协", "台联",
    "侨联", "文化艺术界", "科学技术界", "社会科学界", "经济界", "农业界", "教育界", "体育界", "医药卫生界",
    "少数民族界", "宗教界", "特别邀请人士",
]  # fmt: skip

# The ten of the National Committee (2018), and the six that a district joins them to.
NATIONAL_SPECIAL_COMMITTEES = [
    "提案委员会", "经济委员会", "农业和农村委员会", "人口资源环境委员会", "教科卫体委员会", "社会和法制委员会",
    "民族和宗教委员会", "港澳台侨委员会", "外事委员会", "文化文史和学习委员会",
]  # fmt: skip
COUNTY_SPECIAL_COMMITTEES = [
    "提案委员会", "经济科技委员会", "城建和人口资源环境委员会", "社会法制和港澳台侨委员会", "文史和教文卫体委员会",
    "委员工作委员会",
]  # fmt: skip


def load() -> None:
    """Add the divisions that are missing; those that are there may be newer than the file."""
    if not codes_in(REGIONS) <= set(Region.objects.values_list("code", flat=True)):
        import_regions(REGIONS, at=timezone.now(), keep_existing=True)
