"""Spreadsheets of this app."""

from datetime import datetime

from django.utils import timezone

from config.documents.sheet import Sheet, workbook
from members.models import ScoreScheme

COLUMNS = ("名次", "姓名", "界别", "单位及职务", "得分", "做了多少", "做得怎么样", "等次")


def score_table(scheme: ScoreScheme, rows: list[dict], *, at: datetime) -> bytes:
    """履职积分 as .xlsx; `rows` have member, score (Ranked) and band. Says which scheme and when."""
    made = f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
    above = f"{scheme}（依据：{scheme.source or '未填写'}），导出时间 {made}"
    return workbook(Sheet("履职积分", COLUMNS, map(_row, rows), above=above))


def _row(row):
    member, score, band = row["member"], row["score"], row["band"]
    return [
        score.rank, member.user.name, member.sector.name, member.work_post, score.points, score.counted, score.quality,
        band.name if band else "",
    ]  # fmt: skip
