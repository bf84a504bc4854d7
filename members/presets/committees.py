"""Reference rows of this app: the divisions of the country, and what a new committee starts with."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.refusals import Refusal
from members.models import Body, BodyKind, Committee, Organisation, OrganisationKind, Region, RegionLevel, User
from members.region_import import codes_in, import_regions
from members.rules import people as rules

REGIONS = Path(__file__).parent.parent / "data" / "regions.csv.xz"

# The 34 sectors of the 14th National Committee (2023): 环境资源界 added, 共青团 and 青联 merged.
NATIONAL_SECTORS = [
    "中国共产党", "民革", "民盟", "民建", "民进", "农工党", "致公党", "九三学社", "台盟", "无党派人士", "共青团和青联",
    "总工会", "妇联", "工商联", "科协", "台联", "侨联", "文化艺术界", "科学技术界", "社会科学界", "经济界", "农业界",
    "教育界", "体育界", "新闻出版界", "医药卫生界", "对外友好界", "社会福利和社会保障界", "少数民族界", "宗教界",
    "环境资源界", "特邀香港人士", "特邀澳门人士", "特别邀请人士",
]  # fmt: skip

# A county seats fewer; these 23 are those that a county-level city published.
COUNTY_SECTORS = [
    "中国共产党", "民革", "民盟", "民进", "无党派人士", "共青团", "总工会", "妇联", "工商联", "科协", "台联",
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


@transaction.atomic
def found_committee(
    region: Region,
    *,
    slug: str,
    brand: str,
    at: datetime,
    by: User | None = None,
    name: str = "",
    short_name: str = "",
    term: int = 1,
    sectors: Iterable[str] | None = None,
    special_committees: Iterable[str] | None = None,
) -> Committee:
    """成立政协委员会: the committee of `region` below the nearest one above, its three offices and usual bodies.

    Sectors and special committees are the usual ones of its level unless named.
    """
    if region.level > RegionLevel.COUNTY:
        raise Refusal(f"{region}是{region.get_level_display()}区划，政协委员会设在县级以上。")
    if there := Committee.objects.filter(region=region).first():
        raise Refusal(f"{region}已经有{there.name}。")
    committee = Committee(
        region=region,
        slug=slug,
        brand=brand,
        name=name or f"政协{region}委员会",
        short_name=short_name or f"{region}政协",
        term=term,
        upper=Committee.objects.filter(region__in=region.ancestor_codes).order_by("region__level").last(),
    )
    committee.full_clean()
    committee.save()
    below = Committee.objects.filter(region__in=Region.objects.within(region), upper=committee.upper)
    below.exclude(pk=committee.pk).update(upper=committee)
    for kind, office in _offices(region).items():
        Organisation.objects.create(committee=committee, kind=kind, name=office)
    log.record("committee.found", committee, by=by, at=at, scope=committee.pk, region=region.code)
    usual = region.level == RegionLevel.COUNTY
    apply_presets(
        committee,
        sectors=(COUNTY_SECTORS if usual else NATIONAL_SECTORS) if sectors is None else sectors,
        special_committees=(COUNTY_SPECIAL_COMMITTEES if usual else NATIONAL_SPECIAL_COMMITTEES)
        if special_committees is None
        else special_committees,
        by=by,
        at=at,
    )
    return committee


@transaction.atomic
def apply_presets(
    committee: Committee,
    *,
    sectors: Iterable[str] = (),
    special_committees: Iterable[str] = (),
    at: datetime,
    by: User | None = None,
) -> list[Body]:
    """套用常用机构: add the bodies of these names that the committee has not yet; returns the new ones."""
    rules.require("people", by, committee)
    new = []
    for kind, names in ((BodyKind.SECTOR, sectors), (BodyKind.SPECIAL_COMMITTEE, special_committees)):
        for name in names:
            body, fresh = Body.objects.get_or_create(committee=committee, kind=kind, name=name)
            new += [body] if fresh else []
    if new:
        log.record("committee.presets", committee, by=by, at=at, scope=committee.pk, bodies=[body.name for body in new])
    return new


def _offices(region: Region) -> dict[OrganisationKind, str]:
    """What the three offices are called there: 县委办公室, 市委办公室, 省委办公厅 …"""
    place = region.name[-1]
    office = "办公厅" if region.level == RegionLevel.PROVINCE else "办公室"
    return {
        OrganisationKind.PARTY_OFFICE: f"{place}委{office}",
        OrganisationKind.GOVERNMENT_OFFICE: f"{place}政府{office}",
        OrganisationKind.CPPCC_OFFICE: f"{place}政协{office}",
    }
