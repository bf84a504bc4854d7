"""Divisions from a file (code, name, level, parent): all rows are checked first, then all are stored or none."""

import csv
import lzma
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO, TextIOWrapper
from itertools import islice
from pathlib import Path
from unicodedata import category

from django.db import IntegrityError, transaction

from config import bulk
from config.audit import log
from config.refusals import Refusal
from config.search import index
from members.models.regions import CODE_LENGTH, DIGITS, Region, RegionLevel

LEVELS = {level.name.lower(): level for level in RegionLevel}
COLUMNS = ("code", "name", "level", "parent")
LONGEST_NAME = Region._meta.get_field("name").max_length
CHUNK = 5000

Row = tuple[int, dict[str, str]]  # line of the file, values by column
Progress = Callable[[str, int, int], None]  # stage, rows done, rows in all (0: not known yet)


@dataclass(frozen=True)
class Refused:
    row: int
    column: str
    reason: str

    def __str__(self):
        return f"第 {self.row} 行 {self.column}：{self.reason}"


@dataclass
class Report:
    """in = created + updated + unchanged + refused."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[Refused] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return self.created + self.updated + self.unchanged + len(self.refused)


def import_regions(
    path: Path,
    *,
    at: datetime,
    dry_run: bool = False,
    keep_existing: bool = False,
    progress: Progress = lambda stage, done, total: None,
) -> Report:
    """导入行政区划: add the divisions of the file and correct those that differ, or only add (`keep_existing`).

    Nothing is stored when a row is refused. Divisions that the file does not name stay as they are.
    """
    content = _content(path)
    total, refused = _check(content, progress)
    report, bad = Report(refused=refused), {line.row for line in refused}
    try:
        with transaction.atomic():
            accepted = (row for row in _rows(content) if row[0] not in bad)
            while chunk := list(islice(accepted, CHUNK)):
                _take(chunk, report, write=not (refused or dry_run), keep_existing=keep_existing)
                progress("核对" if refused or dry_run else "写入", report.rows, total)
            if report.created + report.updated and not (refused or dry_run):
                done = {"created": report.created, "updated": report.updated, "unchanged": report.unchanged}
                log.record("region.import", None, by=None, at=at, scope=None, file=path.name, **done)
    except IntegrityError as clash:
        raise Refusal("同时有另一次导入写入了行政区划，这一次没有存入任何数据，请稍后再试。") from clash
    return report


def codes_in(path: Path) -> set[str]:
    """The codes that the file names, unchecked."""
    return {row.get("code", "") for _, row in _rows(_content(path))}


def _take(chunk: list[Row], report: Report, *, write: bool, keep_existing: bool) -> None:
    """Sort a chunk of good rows into new, changed and unchanged, and store them."""
    there = Region.objects.in_bulk([row["code"] for _, row in chunk])
    new, changed = [], []
    for _, row in chunk:
        found, parent = there.get(row["code"]), row["parent"] or None
        if found is None:
            new.append((row["code"], row["name"], int(LEVELS[row["level"]]), parent))
        elif keep_existing or (found.name, found.level, found.parent_id) == (row["name"], LEVELS[row["level"]], parent):
            report.unchanged += 1
        else:
            found.name, found.level, found.parent_id = row["name"], LEVELS[row["level"]], parent
            changed.append(found)
    report.created += len(new)
    report.updated += len(changed)
    if write:
        bulk.insert(Region._meta.db_table, ["code", "name", "level", "parent_id"], new)
        index.index_new(Region._meta.label_lower, ((code, None, name) for code, name, _, _ in new))
        Region.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=["code"], update_fields=["name", "level", "parent"]
        )
        index.index_many(changed)


def _content(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
        return lzma.decompress(raw) if path.suffix == ".xz" else raw
    except OSError as problem:
        raise Refusal(f"读不到文件 {path}:{problem.strerror}") from problem
    except lzma.LZMAError as problem:
        raise Refusal(f"{path.name} 不是完整的 xz 文件。") from problem


def _rows(content: bytes) -> Iterator[Row]:
    """The lines below the heading; blank ones are no rows."""
    lines = csv.reader(TextIOWrapper(BytesIO(content), encoding="utf-8-sig", newline=""))
    try:
        heading = [name.strip().lower() for name in next(lines, [])]
        if sorted(heading) != sorted(COLUMNS):
            raise Refusal(f"第 1 行应是列名 {','.join(COLUMNS)}。")
        for values in lines:
            if values:
                row = dict(zip(heading, map(str.strip, values), strict=False))
                yield lines.line_num, row if len(values) == len(heading) else {}
    except UnicodeDecodeError as problem:
        raise Refusal(f"第 {lines.line_num} 行以后有不是 UTF-8 的文字，请另存为 UTF-8 的 CSV。") from problem
    except csv.Error as problem:
        raise Refusal(f"第 {lines.line_num} 行不是 CSV:{problem}") from problem


def _check(content: bytes, progress: Progress) -> tuple[int, list[Refused]]:
    """How many rows there are, and what is wrong with each, with repeated codes and with parents that are nowhere."""
    done, refused, first, children = 0, [], {}, {}
    for done, (line, row) in enumerate(_rows(content), start=1):
        wrong = _wrong(row)
        if wrong is None and row["code"] in first:
            wrong = "code", f"与第 {first[row['code']]} 行重复"
        if wrong:
            refused.append(Refused(line, *wrong))
        if row.get("code") not in first:
            first[row.get("code")] = line
            if wrong is None and row["parent"]:
                children.setdefault(row["parent"], []).append(line)
        if done % CHUNK == 0:
            progress("检查", done, 0)
    missing = [parent for parent in children if parent not in first]
    missing = set(missing) - set(Region.objects.in_bulk(missing))
    refused += [
        Refused(line, "parent", f"没有代码为 {parent} 的上级") for parent in missing for line in children[parent]
    ]
    return done, sorted(refused, key=lambda one: one.row)


def _wrong(row: dict[str, str]) -> tuple[str, str] | None:
    """Column and reason, or None for a row that makes sense by itself."""
    if not row:
        return "整行", f"应有 {len(COLUMNS)} 列"
    code, name, level, parent = (row[column] for column in COLUMNS)
    if not (code.isascii() and code.isdigit() and len(code) in (CODE_LENGTH, DIGITS[RegionLevel.GRID])):
        return "code", f"应是 {CODE_LENGTH} 位数字"
    if not name or any(category(sign) == "Cc" for sign in name):
        return "name", "名称为空或含有控制字符"
    if len(name) > LONGEST_NAME:
        return "name", f"名称有 {len(name)} 字，最多 {LONGEST_NAME} 字"
    if level not in LEVELS:
        return "level", f"应是 {'、'.join(LEVELS)} 之一"
    if level_of(code) != LEVELS[level]:
        return "level", f"代码 {code} 不是{LEVELS[level].label}的代码"
    if parent != parent_of(code):
        return "parent", f"应是 {parent_of(code)}" if parent_of(code) else "省级没有上级"
    return None


def level_of(code: str) -> RegionLevel | None:
    """The level that a code belongs to: zeros follow the part that names the division (GB/T 2260, GB/T 10114)."""
    if code.startswith("00"):
        return None
    level = next(level for level, digits in DIGITS.items() if not code[digits:].strip("0"))
    return RegionLevel(level) if (len(code) > CODE_LENGTH) == (level == RegionLevel.GRID) else None


def parent_of(code: str) -> str:
    """The code one level up; a town below a city without counties belongs to the city. Empty for a province."""
    level = level_of(code)
    return "" if level in (None, RegionLevel.PROVINCE) else code[: DIGITS[level - 1]].ljust(CODE_LENGTH, "0")
