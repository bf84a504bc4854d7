"""Official documents as .docx, in the measures of GB/T 9704-2012: A4, 22 lines of 28 characters, 3号仿宋.

The fonts are named, not shipped: the reader's office program brings them or falls back to its own.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from config.documents.page import Page


@dataclass(frozen=True)
class Heading:
    """A numbered heading: level 1 一、 level 2 （一） level 3 1. level 4 (1). The number is added here."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """Running text; every line of it becomes a paragraph of its own."""

    text: str


@dataclass(frozen=True)
class Table:
    """A list with a header that is repeated on every page."""

    header: Sequence
    rows: Iterable[Sequence] = ()


@dataclass(frozen=True)
class Colophon:
    """版记: copies to whom, printed by whom and when; it stands at the foot of the last page."""

    printed_by: str
    printed_on: date
    copies_to: Sequence[str] = ()


def official(
    *,
    mark: Sequence[str],
    title: str,
    blocks: Iterable[Heading | Paragraph | Table],
    on: date,
    number: str = "",
    to: str = "",
    signers: Sequence[str] = (),
    suffix: str = "文件",
    approved_by: str = "",
    corner: str = "",
    colophon: Colophon | None = None,
) -> bytes:
    """The bytes of one document: issuing mark, number, rule, title, addressee, `blocks`, signature, date, colophon.

    `mark` names the issuers, the leading one first; several stand above each other with `suffix` beside them.
    `approved_by` (签发人) is for documents that go up: it stands opposite the number. `corner` is a mark at the upper
    right of the first page.
    """
    issuers = [plain(name) for name in mark]
    page = Page(title=plain(title).replace("\n", ""), author="、".join(issuers), on=on)
    page.mark(issuers, plain(suffix), plain(corner))
    page.number(bracketed(plain(number)), plain(approved_by))
    page.title(plain(title))
    if to:
        page.addressee(plain(to).rstrip("：:") + "：")
    _write(page, blocks)
    page.signature([plain(name) for name in signers], chinese_date(on))
    if colophon:
        copies = "，".join(plain(name) for name in colophon.copies_to)
        printed_on = f"{chinese_date(colophon.printed_on)}印发"
        page.colophon(f"抄送：{copies}。" if copies else "", plain(colophon.printed_by), printed_on)
    return page.save()


def plain(text) -> str:
    """`text` without the characters that XML forbids; everything else stays literally; None is nothing."""
    return re.sub("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", "" if text is None else str(text))


def bracketed(number: str) -> str:
    """A document number as the standard writes it: the year in 六角括号, no 第, no leading zeros."""
    return re.sub(r"[\[(（【〔［](\d{4})[\])）】〕］]\s*第?0*(\d+)\s*号", r"〔\1〕\2号", number)


def chinese_date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_number(n: int) -> str:
    """1–99 in Chinese: 一, 十, 十二, 二十, 二十一."""
    tens, ones = divmod(n, 10)
    digits = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"]
    return ("" if tens < 2 else digits[tens]) + ("十" if tens else "") + digits[ones]


def _write(page, blocks):
    counts = [0, 0, 0, 0]
    for block in blocks:
        match block:
            case Heading(level, text):
                counts[level - 1] += 1
                counts[level:] = [0] * (4 - level)
                page.heading(level, _numbered(level, counts[level - 1]) + plain(text))
            case Paragraph(text):
                for line in filter(str.strip, plain(text).split("\n")):
                    page.paragraph(line.strip())
            case Table(header, rows):
                page.table([[plain(cell) for cell in row] for row in (header, *rows)])


def _numbered(level, n):
    return [f"{chinese_number(n)}、", f"（{chinese_number(n)}）", f"{n}.", f"({n})"][level - 1]
