"""docs/mechanisms.md tells the truth: every row once, in order, with a test that exists."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROWS = re.findall(r"^\| (\d+) \| (.+?) \| (.+?) \| (\S+)::(\w+) \|$", (ROOT / "docs/mechanisms.md").read_text(), re.M)


def test_every_row_stands_once_and_in_order():
    numbers = [int(row[0]) for row in ROWS]
    assert numbers
    assert numbers == sorted(set(numbers))
    assert numbers[0] >= 1
    assert numbers[-1] <= 212


def test_every_line_of_the_table_is_such_a_row():
    lines = [line for line in (ROOT / "docs/mechanisms.md").read_text().splitlines() if re.match(r"\| \d", line)]
    assert len(lines) == len(ROWS)


def test_every_row_names_a_test_that_exists():
    missing = [
        f"{number}: {path}::{name}"
        for number, _, _, path, name in ROWS
        if not (ROOT / path).is_file() or f"def {name}(" not in (ROOT / path).read_text()
    ]
    assert missing == []
