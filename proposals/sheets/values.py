"""What stands in one cell, as a value; ValueError with a Chinese sentence when it cannot be read."""

import re
from datetime import date

from config.documents.cells import day, text
from proposals.models.proposals import LONGEST
from proposals.sheets.columns import Column, plain
from proposals.states import ProposerKind, PublicationLevel, ReplyGrade, Satisfaction

LONGEST_TITLE, LONGEST_NAME, LONGEST_CO = 50, 32, 200
MOST_POINTS, LONGEST_POINT, MOST_SIGNERS = 30, 1000, 200

KINDS = {
    **{label: value for value, label in ProposerKind.choices},
    "个人": ProposerKind.MEMBER, "个人提案": ProposerKind.MEMBER, "委员": ProposerKind.MEMBER,
    "联名": ProposerKind.JOINT, "联名提案": ProposerKind.JOINT, "民主党派": ProposerKind.PARTY,
    "党派团体": ProposerKind.PARTY, "团体": ProposerKind.MASS, "专委会": ProposerKind.SPECIAL,
    "界别提案": ProposerKind.SECTOR, "小组": ProposerKind.GROUP,
}  # fmt: skip
SATISFACTIONS = {
    **{label: value for value, label in Satisfaction.choices},
    "很满意": Satisfaction.SATISFIED, "非常满意": Satisfaction.SATISFIED, "较满意": Satisfaction.BASIC,
}  # fmt: skip
PUBLICATIONS = {
    PublicationLevel.FULL.label: PublicationLevel.FULL, PublicationLevel.NONE.label: PublicationLevel.NONE,
    "公开": PublicationLevel.FULL, "主动公开": PublicationLevel.FULL, "全文": PublicationLevel.FULL,
    "是": PublicationLevel.FULL, "否": PublicationLevel.NONE,
}  # fmt: skip
SUMMARY_LATER = "表格里没有摘要一栏：请先填“不公开”，导入以后在提案页面写好摘要，再改成摘要公开。"

_NUMBERED = re.compile(r"^\s*(?:[(（]?\d{1,2}[)）.、．]|[(（]?[一二三四五六七八九十]{1,3}[)）、.．])\s*(?!\d)")
_NEXT = re.compile(r"(?<=[。；;！])\s*(?=(?:\d{1,2}[.、．]|[(（]\d{1,2}[)）])\s*(?!\d))")
_PARTED = re.compile(r"[、，,;；\n\r\t]+|\s{2,}")
_DIGITS = "〇一二三四五六七八九"


def counted(value, least: int = 1, most: int = 99) -> int:
    """“14”, “十四” and “第十四届” are 14."""
    given = plain(text(value)).removeprefix("第").removesuffix("号").rstrip("届次会议")
    number = int(given) if re.fullmatch(r"\d{1,7}", given, re.ASCII) else _chinese(given)
    if number is None:
        raise ValueError(f"“{text(value)}”不是整数，请填数字，如 10。")
    if not least <= number <= most:
        raise ValueError(f"应在 {least} 到 {most} 之间，这里是 {number}。")
    return number


def _chinese(given: str) -> int | None:
    """一 … 九十九, or None."""
    found = re.fullmatch(rf"(?:([{_DIGITS[1:]}])?(十))?([{_DIGITS}])?", given)
    if not given or not found:
        return None
    tens = (_DIGITS.index(found[1]) if found[1] else 1) if found[2] else 0
    return tens * 10 + (_DIGITS.index(found[3]) if found[3] else 0)


def number(value) -> int:
    return counted(value, 1, 999_999)


def title(value) -> str:
    """In one line, without the marks of a title around it."""
    words = " ".join(text(value).split())
    if words.startswith("《") and words.endswith("》") and words.count("《") == 1:
        words = words[1:-1]
    return _short(words, LONGEST_TITLE)


def part(value) -> str:
    return _short("\n".join(line.strip() for line in text(value).splitlines() if line.strip()), LONGEST)


def points(value) -> list[str]:
    """One suggestion a line, or “1. … 2. …” in one; the numbers go, because the page counts by itself."""
    lines = [piece for line in text(value).splitlines() for piece in _NEXT.split(line)]
    found = [words for line in lines if (words := _NUMBERED.sub("", line).strip())]
    if len(found) > MOST_POINTS:
        raise ValueError(f"有 {len(found)} 条，最多 {MOST_POINTS} 条，请合并。")
    return [_short(words, LONGEST_POINT) for words in found]


def names(value) -> list[str]:
    """、 parts them; so do commas, semicolons and lines. Two signs with a space between are one name."""
    found = [_name(piece) for piece in _PARTED.split(text(value)) if piece.strip()]
    found = list({plain(name): name for name in reversed(found)}.values())[::-1]
    if len(found) > MOST_SIGNERS:
        raise ValueError(f"有 {len(found)} 个，最多 {MOST_SIGNERS} 个。")
    return [_short(name, LONGEST_NAME) for name in found]


def _name(piece: str) -> str:
    words = piece.strip()
    return (
        "".join(words.split()) if re.fullmatch(r"[\u4e00-\u9fff]\s+[\u4e00-\u9fff]", words) else " ".join(words.split())
    )


def listed(value) -> list[str]:
    return list(dict.fromkeys(" ".join(piece.split()) for piece in _PARTED.split(text(value)) if piece.strip()))


def co_units(value) -> str:
    return _short("、".join(listed(value)), LONGEST_CO)


def kind(value) -> str:
    return _one_of(KINDS, value, "、".join(ProposerKind.labels))


def grade(value) -> str:
    given = plain(text(value)).upper().removesuffix("类")
    if given not in ReplyGrade.values:
        raise ValueError(f"“{text(value)}”不是办理结果，请填 A、B、C 或 D。")
    return ReplyGrade(given)


def satisfaction(value) -> str:
    return _one_of(SATISFACTIONS, value, "、".join(Satisfaction.labels))


def publication(value) -> str:
    if "摘要" in text(value):
        raise ValueError(SUMMARY_LATER)
    return _one_of(PUBLICATIONS, value, "全文公开、不公开")


def _one_of(known: dict, value, offered: str) -> str:
    found = known.get(plain(text(value)))
    if found is None:
        raise ValueError(f"“{text(value)}”不认识，可填：{offered}。")
    return found


def _short(words: str, most: int) -> str:
    if len(words) > most:
        raise ValueError(f"有 {len(words)} 字，最多 {most} 字，请缩短。")
    return words


def readers(epoch: int, today: date) -> dict:
    """How each column is read; days may not lie ahead."""

    def past(value):
        found = day(value, epoch=epoch)
        if found > today:
            raise ValueError(f"{found:%Y-%m-%d} 还没有到，请核对。")
        return found

    return {
        Column.TERM: counted, Column.SESSION: counted, Column.NUMBER: number, Column.TITLE: title,
        Column.KIND: kind, Column.SIGNERS: names, Column.SPHERE: text, Column.FIELDS: listed,
        Column.SITUATION: part, Column.ANALYSIS: part, Column.POINTS: points, Column.UNIT: text,
        Column.CO_UNITS: co_units, Column.FILED: past, Column.REPLIED: past, Column.GRADE: grade,
        Column.SATISFACTION: satisfaction, Column.PUBLICATION: publication,
    }  # fmt: skip
