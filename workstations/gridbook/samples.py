"""样表: empty tables to be filled in, each with one example that is not read and a sheet that says how."""

from config.documents.sheet import Sheet, workbook
from members.models import Committee, Region, RegionLevel
from workstations.gridbook.columns import EXAMPLE_MARK, Column, Seat
from workstations.gridbook.places import short
from workstations.models import GridKind

GRIDS_READ_ME = (
    "一个网格一行。网格代码是 15 位：村（社区）12 位，加 3 位编号，专属网格从 901 起；不知道就留空，导入时自动编号。",
    "所属村（社区）填名称（带乡镇，如 陈家镇金庄村）或 12 位代码。已有的网格按代码、再按村和名称认出，只更新填了的格。",
    "有一行不对，一行也不导入；页面会说明第几行、哪一列、为什么。",
)
POSTINGS_READ_ME = (
    "一位委员进一个网格写一行。委员按委员证号、再按姓名认出；同名的写成 张伟（经济界）。",
    "网格代码填 15 位，派驻到全村的填村（社区）12 位代码。已经派驻的不会重复。",
    "有一行不对，一行也不导入；页面会说明第几行、哪一列、为什么。",
)


def grids(committee: Committee) -> bytes:
    villages = Region.objects.within(committee.region).in_force().filter(level=RegionLevel.VILLAGE)
    village = villages.select_related("parent").order_by("code").first()
    place = f"{village.parent}{short(village.name)}" if village else ""
    example = ["", f"{EXAMPLE_MARK}第一网格（这一行不会导入）", place, "基础", "", "赵某", 62, 210]
    kinds = [GridKind.BASIC.label, GridKind.DEDICATED.label]
    sheet = Sheet(
        "网格", [column.value for column in Column], [example], choices={Column.KIND: kinds}, as_text=[Column.CODE]
    )
    return workbook(sheet, Sheet("填写说明", ["填写说明"], [[words] for words in GRIDS_READ_ME]))


def postings() -> bytes:
    example = [f"{EXAMPLE_MARK}（这一行不会导入）", "0001", "431024100001001", "工作地"]
    sheet = Sheet("派驻", [column.value for column in Seat], [example], as_text=[Seat.NUMBER, Seat.PLACE])
    return workbook(sheet, Sheet("填写说明", ["填写说明"], [[words] for words in POSTINGS_READ_ME]))
