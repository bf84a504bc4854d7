"""The sheet itself: python-docx told where everything stands. Lengths are those of GB/T 9704-2012."""

import io
from datetime import UTC, datetime, time

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Emu, Mm, Pt, RGBColor

FANGSONG, HEITI, KAITI, SONGTI, TITLE_FONT = "仿宋", "黑体", "楷体", "宋体", "方正小标宋简体"
HEADING_FONTS = {1: HEITI, 2: KAITI, 3: FANGSONG, 4: FANGSONG}
TITLE, BODY, SMALL = 22, 16, 14  # points: 2号, 3号, 4号
LARGEST_MARK = 48  # points
LINE = Pt(28.95)  # 225 mm in 22 lines
WIDTH = Mm(156)
CLOSER = -5
"""Twentieths of a point between characters, so that 28 of 16 points stand in 156 mm; on a grid of characters that is
narrower than its characters LibreOffice would give each of them two places."""
RED = RGBColor(0xFF, 0, 0)
AFTER_BORDER = ("w:shd", "w:tabs", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:rPr")


class Page:
    """One document under construction, written from top to bottom."""

    def __init__(self, *, title, author, on):
        self._document = Document()
        properties = self._document.core_properties
        properties.title, properties.author, properties.comments = title, author, ""
        properties.created = properties.modified = datetime.combine(on, time(), UTC)
        self._set_type()
        self._lay_out()

    def mark(self, issuers, suffix, corner=""):
        """发文机关标志, red, its upper edge 35 mm below that of the text; several issuers share one suffix."""
        above = Mm(35)
        if corner:
            self._line(corner, HEITI, align=ALIGN.RIGHT)
            above = Emu(above - LINE)
        self._line("").paragraph_format.line_spacing = above
        if len(issuers) == 1:
            self._mark_line(self._document.add_paragraph(), issuers[0] + suffix, _fitting(issuers[0] + suffix))
            return
        size = _fitting(max(issuers, key=len) + "   " + suffix)  # with room for the edges of the cells
        table = self._document.add_table(len(issuers), 2)
        table.autofit = False
        beside = Pt(size * (len(suffix) + 1))
        for column, width in zip(table.columns, (WIDTH - beside, beside), strict=True):
            column.width = width  # LibreOffice goes by the columns, Word by the cells
            for cell in column.cells:
                cell.width = width
        for row, name in zip(table.rows, issuers, strict=True):
            self._mark_line(row.cells[0].paragraphs[0], name, size, ALIGN.DISTRIBUTE)
        beside = table.cell(0, 1).merge(table.cell(len(issuers) - 1, 1))
        beside.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        self._mark_line(beside.paragraphs[0], suffix, size)

    def number(self, number, approved_by):
        """发文字号 two lines below the mark, and 4 mm below it the red rule."""
        line = self._line(number, align=ALIGN.LEFT if approved_by else ALIGN.CENTER)
        line.paragraph_format.space_before = 2 * LINE
        if approved_by:
            line.paragraph_format.left_indent = Pt(BODY)
            line.paragraph_format.tab_stops.add_tab_stop(WIDTH - Pt(BODY), WD_TAB_ALIGNMENT.RIGHT)
            _add(line, "\t签发人：", FANGSONG, BODY)
            _add(line, approved_by, KAITI, BODY)
        border = f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="12" w:space="11" w:color="FF0000"/></w:pBdr>'
        line._p.get_or_add_pPr().insert_element_before(parse_xml(border), *AFTER_BORDER)

    def title(self, text):
        line = self._line(text, TITLE_FONT, TITLE, align=ALIGN.CENTER)
        line.paragraph_format.space_before, line.paragraph_format.space_after = 2 * LINE, LINE

    def addressee(self, text):
        self._line(text)

    def heading(self, level, text):
        line = self._running(text, HEADING_FONTS[level])
        line.paragraph_format.keep_with_next = True
        line._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="{level - 1}"/>'))

    def paragraph(self, text):
        self._running(text)

    def table(self, rows):
        table = self._document.add_table(len(rows), len(rows[0]), "Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        for number, (row, texts) in enumerate(zip(table.rows, rows, strict=True)):
            row._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
            for cell, text in zip(row.cells, texts, strict=True):
                line = cell.paragraphs[0]
                line.paragraph_format.line_spacing = Pt(22)
                _add(line, text, FANGSONG if number else HEITI, SMALL)
        table.rows[0]._tr.trPr.append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))

    def signature(self, names, day):
        """署名 and date on one axis: the date four characters from the right, or more if a name is long."""
        axis = max(4 + _width(day) / 2, *(_width(name) / 2 for name in names), 0)
        lines = [self._line(text, align=ALIGN.RIGHT) for text in (*names, day)]
        for line in lines:
            line.paragraph_format.right_indent = Pt(BODY * (axis - _width(line.text) / 2))
            line.paragraph_format.keep_with_next = line is not lines[-1]
        lines[0].paragraph_format.space_before = 2 * LINE

    def colophon(self, copies, printed_by, printed_on):
        """版记 at the foot of the last page: rules above, between and below, 4号 type one character in."""
        table = self._document.add_table(2 if copies else 1, 1)
        table._tbl.tblPr.insert(1, parse_xml(FOOT_OF_PAGE))
        table._tbl.tblPr.append(parse_xml(COLOPHON_RULES))
        if copies:
            line = table.cell(0, 0).paragraphs[0]
            line.paragraph_format.left_indent, line.paragraph_format.right_indent = Pt(4 * SMALL), Pt(SMALL)
            line.paragraph_format.first_line_indent = Pt(-3 * SMALL)
            _add(line, copies, FANGSONG, SMALL)
        line = table.rows[-1].cells[0].paragraphs[0]
        line.paragraph_format.left_indent = Pt(SMALL)
        line.paragraph_format.tab_stops.add_tab_stop(WIDTH - Pt(2 * SMALL), WD_TAB_ALIGNMENT.RIGHT)
        _add(line, f"{printed_by}\t{printed_on}", FANGSONG, SMALL)
        last = self._document.add_paragraph()  # a document ends with a line; it takes no room
        last.paragraph_format.line_spacing = Pt(1)

    def save(self) -> bytes:
        out = io.BytesIO()
        self._document.save(out)
        return out.getvalue()

    # --- the sheet -----------------------------------------------------------------------------------------------

    def _set_type(self):
        normal = self._document.styles["Normal"]
        normal.font.size = Pt(BODY)
        properties = normal.element.get_or_add_rPr()
        _set_fonts(properties, FANGSONG)
        properties.find(qn("w:sz")).addprevious(parse_xml(f'<w:spacing {nsdecls("w")} w:val="{CLOSER}"/>'))
        form = normal.paragraph_format
        form.line_spacing, form.space_before, form.space_after = LINE, 0, 0
        for language in self._document.styles.element.iter(qn("w:lang")):
            language.set(qn("w:val"), "zh-CN")
            language.set(qn("w:eastAsia"), "zh-CN")

    def _lay_out(self):
        """A4 with the margins of the standard, 28 characters by 22 lines, page numbers outside and 7 mm below."""
        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(23)
        grid = section._sectPr.find(qn("w:docGrid"))
        grid.set(qn("w:type"), "lines")
        grid.set(qn("w:linePitch"), "579")  # twentieths of a point
        self._document.settings.odd_and_even_pages_header_footer = True
        for footer, align in ((section.footer, ALIGN.RIGHT), (section.even_page_footer, ALIGN.LEFT)):
            line = footer.paragraphs[0]
            line.alignment = align
            line.paragraph_format.left_indent = line.paragraph_format.right_indent = Pt(SMALL)
            _add(line, "— ", SONGTI, SMALL)
            field = parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"/>')
            line._p.append(field)
            field.append(_add(line, "1", SONGTI, SMALL)._r)
            _add(line, " —", SONGTI, SMALL)

    # --- lines ---------------------------------------------------------------------------------------------------

    def _line(self, text, font=FANGSONG, size=BODY, *, align=None):
        line = self._document.add_paragraph()
        line.alignment = align
        _add(line, text, font, size)
        return line

    def _running(self, text, font=FANGSONG):
        """A line that begins two characters in and fills the width."""
        line = self._line(text, font, align=ALIGN.JUSTIFY)
        line.paragraph_format.first_line_indent = Pt(2 * BODY)
        line._p.pPr.ind.set(qn("w:firstLineChars"), "200")
        return line

    def _mark_line(self, line, text, size, align=ALIGN.CENTER):
        line.alignment = align
        line.paragraph_format.line_spacing = Pt(round(size * 1.3))
        _add(line, text, TITLE_FONT, size).font.color.rgb = RED


W = nsdecls("w")
FOOT_OF_PAGE = f'<w:tblpPr {W} w:horzAnchor="margin" w:vertAnchor="margin" w:tblpXSpec="center" w:tblpYSpec="bottom"/>'
COLOPHON_RULES = (
    f'<w:tblBorders {W}><w:top w:val="single" w:sz="8"/><w:bottom w:val="single" w:sz="8"/>'
    '<w:insideH w:val="single" w:sz="6"/></w:tblBorders>'  # eighths of a point: 0.35 mm outside, 0.25 mm inside
)


def _add(line, text, font, size):
    run = line.add_run(text)
    run.font.size = Pt(size)
    _set_fonts(run._r.get_or_add_rPr(), font)
    return run


def _set_fonts(properties, font):
    """Word looks a Chinese character up under eastAsia, a digit under ascii."""
    fonts = properties.get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), font)


def _width(text):
    """In characters; Latin letters and digits take half of one."""
    return sum(0.5 if character.isascii() else 1 for character in text)


def _fitting(text):
    """The largest size of the mark, in points, at which `text` stays on one line."""
    return min(LARGEST_MARK, int(WIDTH.pt / max(_width(text), 1)))
