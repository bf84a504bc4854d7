"""Tables in and out: what is read with which row number, what is refused in which words, what is written."""

import csv
import datetime
import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from config.documents import cells, tables
from config.documents.http import download
from config.documents.sheet import RISKY, Sheet, csv_lines, save, workbook
from config.documents.tables import Shape

GOODS = {"名称": "名称", "数量": "数量", "日期": "日期"}
SHAPE = Shape(key="名称", column_of=GOODS.get, most=5, no_header="要有名称和数量两列。")
LOOSE = Shape(key="名称", column_of=GOODS.get, most=5, order=tuple(GOODS))
PLACED = Shape(key="名称", column_of=GOODS.get, most=5, order=tuple(GOODS), by_place=True)
HEAD = ["名称", "数量", "日期"]


def book(*rows, change=None) -> bytes:
    made, out = Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    if change:
        change(made.active, made)
    made.save(out)
    return out.getvalue()


def found(table):
    return [(line.row, line.cells) for line in table.lines]


# --- reading -----------------------------------------------------------------------------------------------------


def test_rows_keep_their_numbers_in_the_sheet_and_blank_cells_are_left_out():
    day = datetime.datetime.fromisoformat("2026-01-02")
    table = tables.read(book(["清单"], HEAD, [], ["笔", 3, None], [" ", "", ""], ["纸", None, day]), "a.xlsx", SHAPE)
    assert (table.problems, found(table)) == ([], [(4, {"名称": "笔", "数量": 3}), (6, {"名称": "纸", "日期": day})])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("sign", [",", "\t"])
def test_a_csv_in_the_usual_encodings_and_signs(encoding, sign):
    content = f"名称{sign}数量\n笔，黑{sign}3\n\n纸{sign}'-4\n".encode(encoding)
    table = tables.read(content, "a.CSV", SHAPE)
    assert found(table) == [(2, {"名称": "笔，黑", "数量": "3"}), (4, {"名称": "纸", "数量": "-4"})]


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        ("名称\t数量\n笔\t3", [(2, {"名称": "笔", "数量": "3"})]),
        ("笔，3\n纸,4", [(1, {"名称": "笔", "数量": "3"}), (2, {"名称": "纸", "数量": "4"})]),
        ("笔，黑\t3\n纸，4", [(1, {"名称": "笔，黑", "数量": "3"}), (2, {"名称": "纸", "数量": "4"})]),
        ('"两\n行"\t3', [(1, {"名称": "两\n行", "数量": "3"})]),
        ("\n\n笔", [(3, {"名称": "笔"})]),
    ],
)
def test_what_is_pasted_or_typed_needs_no_header(words, rows):
    assert found(tables.pasted(words, LOOSE)) == rows


def test_columns_stand_under_their_header_or_by_place():
    words = "数量\t名称\n笔\t3"
    assert found(tables.pasted(words, LOOSE)) == [(2, {"数量": "笔", "名称": "3"})]
    assert found(tables.pasted(words, PLACED)) == [(2, {"名称": "笔", "数量": "3"})]
    assert tables.pasted("笔,3,2026-01-02,多", LOOSE).problems == [
        "第 1 行：格数太多，一行最多 3 格：名称、数量、日期。"
    ]


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"PK no zip", "a.xlsx", "无法作为 Excel 工作簿打开"),
        (b"\xff\xfe\x00\x81", "a.csv", "认不出文件的文字编码"),
        ("名称\0,数量".encode(), "a.csv", "认不出文件的文字编码"),
        (b"a,b\n1,2", "a.csv", "没有找到表头：要有名称和数量两列。可以先下载模板对照。"),
        ("名称,数量\n".encode(), "a.csv", "没有读到内容"),
        ("名称,名称,数量\n笔,纸,1".encode(), "a.csv", "“B 列”“名称”有两列，请只留一列。"),
        (("名称,数量\n" + "笔,1\n" * 6).encode(), "a.csv", "一次最多导入 5 行，这里有 6 行"),
        (("名称,数量\n" + "\n" * 20_000).encode(), "a.csv", "文件超过 20000 行"),
        (('名称,数量\n"' + "笔" * 140_000).encode(), "a.csv", "引号或换行有误"),
    ],
)
def test_a_file_that_gives_no_table_is_refused_in_words(content, name, said):
    assert said in tables.read(content, name, SHAPE).problems[0]


@pytest.mark.parametrize("shape", [SHAPE, LOOSE])
def test_formulas_and_errors_are_named_with_row_and_column(shape):
    table = tables.read(book(HEAD, ["笔", "=1+1", "#N/A"]), "a.xlsx", shape)
    assert table.problems == [
        "第 2 行：“数量”这一格是公式，请复制后“选择性粘贴”为数值。",
        "第 2 行：“日期”这一格是错误值 #N/A，请改正。",
    ]
    assert "公式" in tables.read("名称,数量\n笔,=1+1".encode(), "a.csv", shape).problems[0]


def test_what_hides_in_a_workbook_is_named():
    def hide(sheet, made):
        sheet.row_dimensions[2].hidden = sheet.column_dimensions["B"].hidden = True
        made.create_sheet("旧表").append(HEAD)
        made["旧表"].sheet_state = "hidden"
        made.create_sheet("码表").sheet_state = "veryHidden"

    table = tables.read(book(HEAD, ["笔", 1], change=hide), "a.xlsx", LOOSE)
    assert [words.partition("，")[0] for words in table.problems] == [
        "工作表“旧表”是隐藏的", "“数量”一列是隐藏的", "第 2 行：这一行是隐藏的",
    ]  # fmt: skip
    assert table.notes == ["隐藏的工作表“码表”没有读取。"]


def test_a_workbook_that_unpacks_to_too_much_is_not_opened(monkeypatch):
    content = book(HEAD, *[[f"笔{number}", number] for number in range(4)])
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/media/bomb.bin", b"\0" * 50_000_000)
    assert "无法作为 Excel" in tables.read(out.getvalue(), "a.xlsx", SHAPE).problems[0]
    monkeypatch.setattr(tables, "MOST_UNPACKED", 1000)
    assert "展开后太大" in tables.read(content, "a.xlsx", SHAPE).problems[0]


def test_a_person_is_told_no_more_than_can_be_read():
    shape = Shape(key="名称", column_of=GOODS.get, most=50)
    problems = tables.read(book(HEAD, *[["=1", 1]] * 40), "a.xlsx", shape).problems
    assert (len(problems), problems[-1]) == (31, "另有 10 处，请先改好上面的。")


# --- cells -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written", ["2026年1月2日", "2026-1-2", "2026/01/02", "20260102", 46024, datetime.date(2026, 1, 2)]
)
def test_days_as_people_and_office_programs_write_them(written):
    assert cells.day(written) == datetime.date(2026, 1, 2)


@pytest.mark.parametrize("written", ["2026年1月", "2026-13-01", "昨天", "26-1-2", "1900-01-01"])
def test_what_is_no_day_is_refused_in_words(written):
    with pytest.raises(ValueError, match=f"^“{written}”.+。$"):
        cells.day(written)


def test_a_month_is_a_day_only_where_that_is_meant():
    assert cells.day("2026年1月", month=True) == datetime.date(2026, 1, 1)


# --- writing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", RISKY)
def test_no_cell_is_a_formula_and_nothing_of_it_is_lost(sign):
    text = f"{sign}1+1"
    sheet = load_workbook(io.BytesIO(workbook(Sheet("表", HEAD, [[text, -4, None]])))).active
    cell = sheet["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text.replace("\0", ""), "s", True)
    assert (sheet["B2"].value, sheet["A1"].font.bold, sheet.freeze_panes) == (-4, True, "A2")
    content = b"".join(csv_lines(HEAD, [[text, -4, None]]))
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert (content[:3], rows) == (b"\xef\xbb\xbf", [HEAD, [f"'{text}", "-4", ""]])


def test_columns_are_as_wide_as_what_stands_in_them():
    rows = [["长" * 40, 1, datetime.date(2026, 1, 2)], ["短", 2, None]]
    sheet = load_workbook(io.BytesIO(workbook(Sheet("a/b" * 20, HEAD, rows, above="说明")))).active
    assert [sheet.column_dimensions[letter].width for letter in "ABC"] == [62, 10, 12]
    assert [sheet.cell(row, 1).alignment.wrap_text for row in (1, 3, 4)] == [None, True, None]
    assert (sheet.title, sheet.freeze_panes, sheet["A1"].value) == ("ab" * 15 + "a", "A3", "说明")


def test_a_form_offers_what_may_be_chosen():
    form = Sheet("表", HEAD, [], choices={"名称": ["笔", "纸"], "数量": []}, open_to=["名称"], as_text=["数量"])
    made = load_workbook(io.BytesIO(workbook(form)))
    (rule,) = made["表"].data_validations.dataValidation
    assert (rule.formula1, str(rule.sqref), rule.showErrorMessage) == ("'可填内容'!$A$2:$A$3", "A2:A5000", False)
    assert list(made["可填内容"].values) == [("名称", "数量"), ("笔", None), ("纸", None)]
    assert made["表"].column_dimensions["B"].number_format == "@"


def test_what_goes_out_comes_in_again():
    rows = [["=笔", "-3"], ["'纸", "＋4"]]
    out = io.BytesIO()
    save(out, Sheet("表", HEAD, rows))
    for content, name in ((out.getvalue(), "a.xlsx"), (b"".join(csv_lines(HEAD, rows)), "a.csv")):
        table = tables.read(content, name, SHAPE)
        assert (table.problems, [list(line.cells.values()) for line in table.lines]) == ([], rows)


def test_lines_and_files_are_streamed_bytes_are_not():
    lines = download(csv_lines(HEAD, []), "清单.csv")
    assert (lines.streaming, b"".join(lines)) == (True, "\ufeff名称,数量,日期\r\n".encode())
    file = download(io.BytesIO(b"x"), "清单.xlsx")
    assert (file.streaming, file["Content-Type"].rpartition(".")[2]) == (True, "sheet")
    assert not download(b"x", "清单.xlsx").streaming
    assert file["Content-Disposition"].endswith("%E6%B8%85%E5%8D%95.xlsx")
