"""A plan of postings as a workbook, to be handed round; party membership and telephone are left out."""

from config.documents.sheet import Sheet, workbook
from workstations.models import PostingPlan, SeatReach
from workstations.posting.problem import COUNTY, TOWN

COLUMNS = (
    "县（市、区）", "乡镇（街道）", "网格或村", "区划代码", "委员", "所属政协", "界别", "离住地", "手工指定", "依据",
)  # fmt: skip


READ = (
    "region", "region__name", "member__user__name", "member__committee__short_name", "member__sector__name", "reach",
    "by_hand", "why",
)  # fmt: skip


def seats(plan: PostingPlan) -> bytes:
    """The bytes of an .xlsx, one row for each seat, in the order of the codes."""
    names = plan.report.get("names", {})
    rows = plan.seats.order_by("region", "pk").values_list(*READ).iterator(chunk_size=2000)
    return workbook(Sheet("派驻名单", COLUMNS, (_row(names, *row) for row in rows)))


def _row(names, code, place, member, committee, sector, reach, by_hand, why):
    county, town = names.get(code[:COUNTY], ""), names.get(code[:TOWN], "")
    by_whom = "是" if by_hand else ""
    return [county, town, place, code, member, committee, sector, SeatReach(reach).label, by_whom, why]
