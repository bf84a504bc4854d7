"""Tables that lie about their size, or are too large: refused in words before they cost anything, nothing is kept."""

import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from config.uploads.checks import Checked
from proposals.models import ProposalImport
from proposals.services import imports
from proposals.sheets.columns import MOST
from tests.factories import sheets as table
from tests.factories.formal import AT
from tests.factories.sheets import row

SHEET = "xl/worksheets/sheet1.xml"


def repacked(content: bytes, change) -> bytes:
    """The workbook with the XML of its first sheet otherwise."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            inside = source.read(member)
            target.writestr(member, change(inside) if member.filename == SHEET else inside)
    return out.getvalue()


def looked_at(cast, content: bytes, name="提案.xlsx"):
    table.presets.load()
    suffix = name[-5:] if name.endswith(".xlsx") else ".csv"
    return imports.look(
        cast.committee, Checked(content, title=name, suffix=suffix, content_type=table.XLSX), by=cast.li, at=AT
    )


@pytest.mark.parametrize("size", ["A1:A1", "A1:XFD1048576", "A3:B4"])
def test_a_wrong_dimension_loses_no_row(cast, size):
    content = table.file(row(), row(NUMBER=2), row(NUMBER=3)).read()
    told = f'<dimension ref="{size}"/><sheetViews>'.encode()
    lying = repacked(content, lambda xml: xml.replace(b"<sheetViews>", told))
    assert lying != content
    plan = looked_at(cast, lying)
    assert (plan.is_loadable, plan.counts["rows"], plan.counts["created"]) == (True, 3, 3)


def test_one_cell_far_out_makes_no_grid(cast, monkeypatch):
    book = load_workbook(BytesIO(table.file(row()).read()))
    book.active.cell(row=20_000, column=16_384, value="x")
    out = BytesIO()
    book.save(out)

    def grown(*args, **options):
        raise AssertionError("blank cells were made")

    monkeypatch.setattr("openpyxl.worksheet.worksheet.Worksheet._cells_by_row", grown)
    assert looked_at(cast, out.getvalue()).counts["rows"] == 1


def refused(client, content: bytes, name="提案.xlsx") -> str:
    answer = client.post(reverse("proposal-import"), {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 400
    assert not ProposalImport.objects.exists()
    return answer.content.decode()


def test_a_workbook_that_unpacks_to_a_hundred_times_its_size_is_refused(cast, as_):
    content = table.file(row()).read()
    blown = repacked(content, lambda xml: xml.replace(b"</worksheet>", b"<!--" + b" " * 4_000_000 + b"--></worksheet>"))
    assert len(blown) < 40_000
    assert "“提案.xlsx”的内容与格式不符或已损坏" in refused(as_(cast.li), blown)


def test_a_file_over_the_limit_is_refused(cast, as_, monkeypatch):
    monkeypatch.setattr("config.uploads.checks.DOCUMENT_BYTES", 1024 * 1024)
    assert "超过了 1 MB 的上限" in refused(as_(cast.li), b"," * (1024 * 1024 + 1), name="提案.csv")


def test_more_rows_than_one_import_takes_are_refused(cast):
    lines = ["届,次,编号,案由,提案者,立案日期", *(f"9,5,{n},第{n}件,王委员,2021-01-20" for n in range(1, MOST + 2))]
    plan = looked_at(cast, "\n".join(lines).encode(), name="提案.csv")
    assert not plan.is_loadable
    assert [fault.words for fault in plan.faults] == [f"一次最多导入 {MOST} 行，这里有 {MOST + 1} 行，请分几次。"]
