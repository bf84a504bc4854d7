"""The table of an appraisal for 综合绩效考核: one row a unit, and how each figure is counted."""

from datetime import date

from django.utils import timezone

from config.documents.sheet import Sheet, workbook
from proposals.models import Measure, UnitAppraisal
from proposals.queries.appraisal import Table, meanings


def appraisal_book(appraisal: UnitAppraisal, table: Table, today: date) -> bytes:
    """With the day of the figures; what was scored by hand has its words instead of a rate."""
    header = ["排名", "单位", "总分"]
    for one in table.indicators:
        rate = ["依据"] if one.measure == Measure.BY_HAND else ["分子", "分母", "百分比"]
        header += [f"{one.name}{word}" for word in (*rate, f"得分（{one.weight}）")]
    day = timezone.localdate(appraisal.published_at) if appraisal.published_at else today
    said = f"数字截至 {day.year}年{day.month}月{day.day}日"
    above = f"{appraisal.committee}：{appraisal}（{appraisal.get_state_display()}，{said}）"
    words = [
        (one["indicator"].name, one["indicator"].weight, one["numerator"], one["denominator"])
        for one in meanings(table.indicators)
    ]
    return workbook(
        Sheet("考核", header, (_row(row) for row in table.rows), above=above),
        Sheet("口径", ("指标", "分值", "分子", "分母"), words),
    )


def _row(row):
    line = [row.rank if row.rank else "不排名", row.organisation.name, _number(row.total)]
    for cell in row.cells:
        line += [cell.words] if cell.is_by_hand else [cell.numerator, cell.denominator, cell.rate]
        line.append(_number(cell.points))
    return line


def _number(points):
    return None if points is None else float(points)
