"""The matrix of coverage as a table for office programs, and as data for other programs."""

from collections.abc import Iterator

from workstations.models import StationKind
from workstations.queries.grid_coverage import Matrix, OfAll, Tally


def scope(matrix: Matrix) -> str:
    """What is counted, in one line above the table."""
    return (
        f"{matrix.region}，{matrix.month:%Y年%m月}；网格（村）为在用的网格和没有网格的村（社区），"
        f"沉默为派驻满 {matrix.silent_days} 天而 {matrix.silent_days} 天内没有反馈"
    )


def header(matrix: Matrix) -> list[str]:
    return [
        "区划代码", "名称", "级别", "网格（村）", "有委员", "没有委员", "沉默", "本月有反馈", "村（社区）",
        "有委员的村", "委员", "站点", *(kind.label for kind in _kinds(matrix)),
    ]  # fmt: skip


def rows(matrix: Matrix) -> Iterator[list]:
    """The divisions in the order of the page, what stands in the division itself, and the whole."""
    kinds = _kinds(matrix)
    for row in matrix.rows:
        yield [row.region.code, row.region.name, row.region.get_level_display(), *_numbers(row.tally, kinds)]
    if matrix.own.targets or matrix.own.stations or matrix.own.members:
        yield [matrix.region.code, f"{matrix.region}本级", "", *_numbers(matrix.own, kinds)]
    yield ["", "合计", "", *_numbers(matrix.whole, kinds)]


def _kinds(matrix):
    return [kind for kind in StationKind if matrix.whole.stations[kind]]


def _numbers(tally, kinds):
    return [
        tally.targets, tally.covered, tally.uncovered, tally.silent, tally.told, tally.villages,
        tally.villages_covered, len(tally.members), tally.station_number, *(tally.stations[kind] for kind in kinds),
    ]  # fmt: skip


def as_data(tally: Tally) -> dict:
    """The numbers of one division under the names of the API."""
    return {
        "targets": tally.targets, "covered": tally.covered, "silent": tally.silent, "told_this_month": tally.told,
        "villages": tally.villages, "villages_covered": tally.villages_covered, "members": len(tally.members),
        "stations": [
            {"kind": kind.value, "number": tally.stations[kind]} for kind in StationKind if tally.stations[kind]
        ],
    }  # fmt: skip


def of_all(ratio: OfAll) -> dict:
    return {"label": ratio.label, "done": ratio.done, "total": ratio.total}
