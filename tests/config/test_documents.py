"""Official documents: the measures of the standard, and that nothing a user types can break the file."""

import datetime
import io
import zipfile

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from hypothesis import given, settings
from hypothesis import strategies as some

from config.documents.docx import (
    Colophon,
    Heading,
    Paragraph,
    Table,
    bracketed,
    chinese_number,
    official,
    plain,
)
from config.documents.http import download

ON = datetime.date(2026, 3, 5)
OFFICES = ["中共嘉禾县委办公室", "嘉禾县人民政府办公室", "政协嘉禾县委员会办公室"]


def make(**given):
    default = {"mark": ["政协嘉禾县委员会"], "number": "嘉协〔2026〕3号", "title": "关于某事的通知", "blocks": []}
    return Document(io.BytesIO(official(**{"on": ON, **default, **given})))


def lines(document):
    return [paragraph.text for paragraph in document.paragraphs if paragraph.text]


def line(document, text):
    return next(paragraph for paragraph in document.paragraphs if paragraph.text == text)


def look(paragraph):
    """(East Asian font, size in points) of its first run."""
    run = paragraph.runs[0]
    return run._r.rPr.rFonts.get(qn("w:eastAsia")), run.font.size.pt


def test_the_sheet_has_the_measures_of_the_standard():
    document = make()
    section = document.sections[0]
    assert [round(length.mm) for length in (section.page_width, section.page_height)] == [210, 297]
    margins = (section.top_margin, section.right_margin, section.bottom_margin, section.left_margin)
    assert [round(length.mm) for length in margins] == [37, 26, 35, 28]
    normal = document.styles["Normal"]
    assert normal.paragraph_format.line_spacing == Pt(28.95)
    assert (normal.element.rPr.rFonts.get(qn("w:eastAsia")), normal.font.size.pt) == ("仿宋", 16)
    grid = section._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")
    closer = int(normal.element.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
    assert 28 * (16 + closer) <= Mm(156).pt < 29 * (16 + closer)  # characters to a line


def test_page_numbers_stand_outside_odd_right_and_even_left():
    document = make()
    assert document.settings.odd_and_even_pages_header_footer is True
    section = document.sections[0]
    for footer, align in ((section.footer, ALIGN.RIGHT), (section.even_page_footer, ALIGN.LEFT)):
        number = footer.paragraphs[0]
        assert (number.alignment, look(number)) == (align, ("宋体", 14))
        assert "".join(text.text for text in number._p.iter(qn("w:t"))) == "— 1 —"
        assert [field.get(qn("w:instr")) for field in number._p.iter(qn("w:fldSimple"))] == ["PAGE"]


def test_one_issuer_stands_red_above_number_and_rule():
    document = make()
    mark, number = line(document, "政协嘉禾县委员会文件"), line(document, "嘉协〔2026〕3号")
    assert (look(mark), mark.runs[0].font.color.rgb) == (("方正小标宋简体", 44), RGBColor(0xFF, 0, 0))
    assert (mark.alignment, number.alignment) == (ALIGN.CENTER, ALIGN.CENTER)
    rule = number._p.pPr.find(qn("w:pBdr")).find(qn("w:bottom"))
    assert (rule.get(qn("w:color")), rule.get(qn("w:space"))) == ("FF0000", "11")


def test_several_issuers_share_one_suffix():
    table = make(mark=OFFICES).tables[0]
    assert [row.cells[0].text for row in table.rows] == OFFICES
    assert {row.cells[1].text for row in table.rows} == {"文件"}
    assert {look(row.cells[0].paragraphs[0]) for row in table.rows} == {("方正小标宋简体", 30)}
    assert {row.cells[0].paragraphs[0].alignment for row in table.rows} == {ALIGN.DISTRIBUTE}


def test_a_document_that_goes_up_names_who_approved_it():
    number = line(make(approved_by="周主席"), "嘉协〔2026〕3号\t签发人：周主席")
    assert number.alignment == ALIGN.LEFT
    assert number.runs[-1]._r.rPr.rFonts.get(qn("w:eastAsia")) == "楷体"


def test_headings_are_numbered_and_set_by_level():
    blocks = [
        Heading(1, "总体要求"), Paragraph("甲\n\n 乙 "), Heading(2, "议题"), Heading(3, "细目"), Heading(4, "小目"),
        Heading(2, "形式"), Heading(3, "另一细目"), Heading(1, "保障"), Heading(2, "经费"),
    ]  # fmt: skip
    document = make(title="关于某事\n的通知", to="各乡镇：", blocks=blocks, signers=["政协嘉禾县委员会"])
    assert lines(document) == [
        "政协嘉禾县委员会文件", "嘉协〔2026〕3号", "关于某事\n的通知", "各乡镇：", "一、总体要求", "甲", "乙",
        "（一）议题", "1.细目", "(1)小目", "（二）形式", "1.另一细目", "二、保障", "（一）经费",
        "政协嘉禾县委员会", "2026年3月5日",
    ]  # fmt: skip
    assert look(line(document, "关于某事\n的通知")) == ("方正小标宋简体", 22)
    fonts = {text: look(line(document, text)) for text in ("一、总体要求", "（一）议题", "1.细目", "甲")}
    assert list(fonts.values()) == [("黑体", 16), ("楷体", 16), ("仿宋", 16), ("仿宋", 16)]
    assert line(document, "甲").paragraph_format.first_line_indent == Pt(32)
    assert line(document, "（一）议题")._p.pPr.find(qn("w:outlineLvl")).get(qn("w:val")) == "1"


@pytest.mark.parametrize(
    ("signer", "indents"), [("县政协", [5.5, 4]), ("政协嘉禾县委员会办公室", [1.5, 4]), ("政" * 20, [0, 7])]
)
def test_signature_and_date_share_an_axis(signer, indents):
    document = make(signers=[signer])
    found = [line(document, text).paragraph_format.right_indent.pt / 16 for text in (signer, "2026年3月5日")]
    assert found == pytest.approx(indents)


def test_a_table_repeats_its_header():
    table = make(blocks=[Table(["序号", "议题"], [[1, "<b>一</b>"], [2, None]])]).tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["序号", "议题"],
        ["1", "<b>一</b>"],
        ["2", ""],
    ]
    assert look(table.cell(0, 0).paragraphs[0]) == ("黑体", 14)
    assert [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows] == [True, False, False]


def test_the_colophon_stands_at_the_foot_of_the_last_page():
    colophon = Colophon("政协嘉禾县委员会办公室", datetime.date(2026, 3, 6), ["县委各部门", "县人大常委会办公室"])
    table = make(colophon=colophon).tables[0]
    assert [row.cells[0].text for row in table.rows] == [
        "抄送：县委各部门，县人大常委会办公室。",
        "政协嘉禾县委员会办公室\t2026年3月6日印发",
    ]
    place = table._tbl.tblPr.find(qn("w:tblpPr"))
    assert (place.get(qn("w:vertAnchor")), place.get(qn("w:tblpYSpec"))) == ("margin", "bottom")
    assert len(make(colophon=Colophon("办公室", ON)).tables[0].rows) == 1
    after = list(make(colophon=colophon).element.body)
    assert [child.tag.rpartition("}")[2] for child in after[-4:]] == ["p", "tbl", "p", "sectPr"]  # date, 版记, the end


def test_what_users_type_stays_literal():
    hostile = "<b>&amp;</b> ]]> {{ 7*7 }} \0\x08\x1b\ufffe\ud800"
    literal = "<b>&amp;</b> ]]> {{ 7*7 }}"
    content = official(
        mark=[hostile], number=hostile, title=hostile, to=hostile, on=ON, signers=[hostile], approved_by=hostile,
        blocks=[Paragraph(hostile), Heading(1, hostile), Table([hostile], [[hostile]])],
        colophon=Colophon(hostile, ON, [hostile]),
    )  # fmt: skip
    document = Document(io.BytesIO(content))
    assert document.core_properties.title == literal + " "
    assert line(document, literal)
    assert document.tables[0].cell(1, 0).text == literal + " "


@given(some.text())
@settings(max_examples=100, deadline=None, derandomize=True)
def test_any_text_makes_a_file_that_opens(text):
    document = make(title=text, blocks=[Paragraph(text)])
    assert plain(text).strip() == "" or len(lines(document)) >= 4


def test_properties_name_the_issuers_and_not_the_tool():
    properties = make(mark=OFFICES).core_properties
    assert (properties.author, properties.comments) == ("、".join(OFFICES), "")
    assert properties.created.date() == ON
    assert zipfile.ZipFile(io.BytesIO(official(mark=["甲"], title="乙", blocks=[], on=ON))).testzip() is None


@pytest.mark.parametrize(
    ("typed", "standard"),
    [
        ("嘉协[2026]03号", "嘉协〔2026〕3号"),
        ("嘉协（2026）第12号", "嘉协〔2026〕12号"),
        ("嘉协【2026】 5 号", "嘉协〔2026〕5号"),
        ("嘉协〔2026〕3号", "嘉协〔2026〕3号"),
        ("第三期", "第三期"),
    ],
)
def test_a_number_gets_its_brackets(typed, standard):
    assert bracketed(typed) == standard


def test_chinese_numbers():
    assert [chinese_number(n) for n in (1, 9, 10, 11, 20, 21, 99)] == [
        "一",
        "九",
        "十",
        "十一",
        "二十",
        "二十一",
        "九十九",
    ]


def test_a_download_is_saved_under_its_chinese_name():
    response = download(b"x", "计划.docx")
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E8%AE%A1%E5%88%92.docx"
    assert response["Content-Type"] == "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    assert (response["X-Content-Type-Options"], response["Cache-Control"]) == ("nosniff", "private, no-store")
    assert download(b"x", "a.csv")["Content-Type"] == "text/csv"
    assert download(b"x", "a.unknown")["Content-Type"] == "application/octet-stream"


def test_lengths_of_the_page_add_up_to_the_text_area():
    assert Mm(210) - Mm(28) - Mm(26) == Mm(156)
