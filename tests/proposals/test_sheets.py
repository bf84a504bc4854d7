"""What a cell of a table of proposals means, and what is said of one that cannot be read."""

import datetime

import pytest

from proposals.sheets import values
from proposals.sheets.columns import ALIASES, SHAPE, Column, plain
from proposals.states import ProposerKind, PublicationLevel, Satisfaction

TODAY = datetime.date(2026, 11, 20)


@pytest.mark.parametrize(
    ("given", "means"),
    [(10, 10), ("10", 10), ("第十届", 10), ("十四", 14), ("二十一届", 21), ("第3次会议", 3), (5.0, 5), ("１２", 12)],
)
def test_terms_and_sessions_are_counted_as_people_write_them(given, means):
    assert values.counted(given) == means


@pytest.mark.parametrize("given", ["", "三三", "零", "a", 0, 100, "-1", "1.5", "十十"])
def test_what_counts_nothing_is_refused(given):
    with pytest.raises(ValueError, match=r"不是整数|应在"):
        values.counted(given)


@pytest.mark.parametrize(
    ("given", "means"),
    [
        ("1. 加密班次\n2. 增设停靠点", ["加密班次", "增设停靠点"]),
        ("一、加密班次\n（二）增设停靠点\n\n", ["加密班次", "增设停靠点"]),
        ("1.加密班次；2.增设停靠点。", ["加密班次；", "增设停靠点。"]),
        ("加密班次", ["加密班次"]),
        ("2.5 公里内设站", ["2.5 公里内设站"]),
        ("投入 3.5 万元。10 年免费", ["投入 3.5 万元。10 年免费"]),
        ("（1）甲。（2）乙", ["甲。", "乙"]),
        ("", []),
    ],
)
def test_points_are_parted_by_lines_and_numbers(given, means):
    assert values.points(given) == means


def test_points_have_bounds():
    with pytest.raises(ValueError, match="有 31 条，最多 30 条"):
        values.points("\n".join(f"第{n}条" for n in range(31)))
    with pytest.raises(ValueError, match="最多 1000 字"):
        values.points("长" * 1001)


@pytest.mark.parametrize(
    ("given", "means"),
    [
        ("王知夏、赵某", ["王知夏", "赵某"]),
        ("王知夏，赵某；钱某\n孙某", ["王知夏", "赵某", "钱某", "孙某"]),
        ("王 夏", ["王夏"]),
        ("王知夏  赵某", ["王知夏", "赵某"]),
        ("王知夏、王知夏", ["王知夏"]),
        ("、、", []),
    ],
)
def test_signers_are_parted(given, means):
    assert values.names(given) == means


def test_a_title_is_one_line_without_the_marks_around_it():
    assert values.title("《关于优化\n公交的提案》") == "关于优化 公交的提案"
    assert values.title("关于落实《条例》的提案") == "关于落实《条例》的提案"
    with pytest.raises(ValueError, match="有 51 字，最多 50 字"):
        values.title("长" * 51)


@pytest.mark.parametrize(
    ("read", "given", "means"),
    [
        (values.grade, "b类", "B"),
        (values.grade, "Ａ", "A"),
        (values.satisfaction, "基本满意", Satisfaction.BASIC),
        (values.kind, "民主党派", ProposerKind.PARTY),
        (values.publication, "公开", PublicationLevel.FULL),
        (values.co_units, "县财政局，县交通局、县财政局", "县财政局、县交通局"),
    ],
)
def test_choices_are_read_as_people_call_them(read, given, means):
    assert read(given) == means


@pytest.mark.parametrize(
    ("read", "given", "words"),
    [
        (values.grade, "优", "请填 A、B、C 或 D"),
        (values.satisfaction, "还行", "可填：满意、基本满意、不满意"),
        (values.kind, "群众", "可填：委员个人"),
        (values.publication, "摘要公开", "没有摘要一栏"),
        (values.co_units, "某" * 201, "最多 200 字"),
    ],
)
def test_other_words_are_refused_with_what_may_stand_there(read, given, words):
    with pytest.raises(ValueError, match=words):
        read(given)


def test_days_may_not_lie_ahead():
    read = values.readers(1900, TODAY)[Column.FILED]
    assert read("2021年1月20日") == datetime.date(2021, 1, 20)
    assert read(datetime.datetime(2021, 1, 20, tzinfo=datetime.UTC)) == datetime.date(2021, 1, 20)
    assert read(44216) == datetime.date(2021, 1, 20)
    assert values.readers(1904, TODAY)[Column.FILED](42754) == datetime.date(2021, 1, 20)
    with pytest.raises(ValueError, match="还没有到"):
        read("2026-11-21")
    with pytest.raises(ValueError, match="不是日期"):
        read("去年")


def test_headers_are_known_by_many_names_and_no_two_columns_share_one():
    assert SHAPE.known(["届次", "第几次", "提案号", "*案由：", "提案人", "承办单位", "满意度", "别的"]) == [
        Column.TERM, Column.SESSION, Column.NUMBER, Column.TITLE, Column.SIGNERS, Column.UNIT,
        Column.SATISFACTION, None,
    ]  # fmt: skip
    words = [plain(word) for column in Column for word in (column.value, *ALIASES[column])]
    assert len(words) == len(set(words))
