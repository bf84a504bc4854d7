"""导出与模板: the same columns as they are read, so that a file which goes out comes back without a change."""

from collections.abc import Iterable, Iterator
from datetime import date
from tempfile import TemporaryFile

from config.documents.sheet import Sheet, save, workbook
from members.models import Committee, Member, Party
from members.roster.columns import EXAMPLE_MARK, Column
from members.roster.known import Known

HEADER = [column.value for column in Column]
READ_ME = (
    "一人一行；姓名、手机号、界别必填。已在本届名单里的人按手机号、再按委员证号、再按姓名和界别认出，"
    "只更新填了的格子，空格不改动；专委会以文件为准。日期写成 2021-12-25。几个专委会之间用顿号隔开。"
)


def rows_of(members: Iterable[Member], known: Known) -> Iterator[list]:
    """One list of values for each member, in the order of Column."""
    for member in members:
        yield [
            member.user.name,
            member.user.phone or "",
            member.sector.name,
            member.number,
            member.term,
            "是" if member.is_standing else "否",
            member.work_post,
            Party(member.party).label if member.party else "",
            member.specialties,
            known.place_of(member.region),
            "、".join(body.name for body in known.seats_of(member)),
            member.since,
        ]


def to_book(rows: Iterable[list]):
    """An open temporary file with the workbook, written row by row."""
    file = TemporaryFile()  # noqa: SIM115 (the answer closes it)
    save(file, Sheet("花名册", HEADER, rows))
    file.seek(0)
    return file


# --- the template ------------------------------------------------------------------------------------------------


def template(committee: Committee, *, today: date) -> bytes:
    """An empty roster: header, one example, what may be chosen as lists in the cells and on a sheet of its own."""
    known = Known.of(committee, today=today, by=None)
    choices = {
        Column.SECTOR: [body.name for body in known.sectors.values()],
        Column.REGION: sorted({known.place_of(region) for regions in known.regions.values() for region in regions}),
        Column.PARTY: Party.labels,
        Column.COMMITTEES: [body.name for body in known.special.values()],
        Column.STANDING: ["是", "否"],
    }
    roster = Sheet(
        "花名册", HEADER, [[*_example(committee, choices, today)]], choices=choices, open_to=[Column.COMMITTEES],
        as_text=[Column.PHONE, Column.NUMBER],
    )  # fmt: skip
    return workbook(roster, Sheet("填写说明", ["填写说明"], [[READ_ME]]))


def _example(committee, choices, today):
    first = {column: next(iter(names), "") for column, names in choices.items()}
    example = {
        **first, Column.NAME: f"{EXAMPLE_MARK}（这一行不会导入）", Column.PHONE: "13800000000", Column.NUMBER: "0001",
        Column.TERM: committee.term, Column.STANDING: "否", Column.WORK_POST: "县第一中学副校长", Column.PARTY: "群众",
        Column.SPECIALTIES: "教育、心理", Column.SINCE: today,
    }  # fmt: skip
    return (example[column] for column in Column)
