"""Spreadsheets of this app; text stays text, whatever sign it begins with."""

import io
from datetime import datetime

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from members.models import ScoreScheme

COLUMNS = ("名次", "姓名", "界别", "单位及职务", "得分", "做了多少", "做得怎么样", "等次")


def score_table(scheme: ScoreScheme, rows: list[dict], *, at: datetime) -> bytes:
    """履职积分 as .xlsx; `rows` have member, score (Ranked) and band. Says which scheme and when."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("履职积分")
    made = f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
    sheet.append([_text(sheet, f"{scheme}（依据：{scheme.source or '未填写'}），导出时间 {made}")])
    sheet.append(COLUMNS)
    for row in rows:
        member, score = row["member"], row["score"]
        said = [member.user.name, member.sector.name, member.work_post]
        grade = row["band"].name if row["band"] else ""
        sheet.append(
            [score.rank, *(_text(sheet, words) for words in said), score.points, score.counted, score.quality,
             _text(sheet, grade)]
        )  # fmt: skip
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text(sheet, words):
    cell = WriteOnlyCell(sheet, value=words)
    cell.data_type = "s"
    return cell
