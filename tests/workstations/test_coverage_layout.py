"""The layout of the map: tiles in order that fill the box, labels that fit, steps that say what the number says."""

import pytest

from workstations.coverage.layout import Place, Rect, draw, percent, short, step, strips

BOX = Rect(0, 0, 300, 200)


def area(rect):
    return rect.width * rect.height


@pytest.mark.parametrize("number", [1, 2, 3, 7, 14, 40, 230])
def test_tiles_fill_the_box_without_leaving_it(number):
    rects = strips([1 + n % 5 for n in range(number)], BOX)
    assert len(rects) == number
    assert sum(map(area, rects)) == pytest.approx(area(BOX))
    for rect in rects:
        assert rect.x >= -1e-6
        assert rect.y >= -1e-6
        assert rect.x + rect.width <= BOX.width + 1e-6
        assert rect.y + rect.height <= BOX.height + 1e-6


def test_no_two_tiles_lie_on_each_other():
    rects = strips([5, 1, 9, 2, 2, 7, 3, 3], BOX)
    for n, one in enumerate(rects):
        for other in rects[n + 1 :]:
            apart = (
                one.x + one.width <= other.x + 1e-6
                or other.x + other.width <= one.x + 1e-6
                or one.y + one.height <= other.y + 1e-6
                or other.y + other.height <= one.y + 1e-6
            )
            assert apart


def test_the_order_is_kept_row_by_row():
    rects = strips([1] * 12, BOX)
    assert rects == sorted(rects, key=lambda rect: (round(rect.y, 3), rect.x))


def test_tiles_are_nearly_squares():
    rects = strips([3, 4, 5, 4, 3, 4, 5, 6, 4, 3, 5, 4, 4, 5], Rect(0, 0, 1120, 640))
    worst = max(max(rect.width / rect.height, rect.height / rect.width) for rect in rects)
    assert worst < 3


def test_areas_follow_the_weights_and_the_smallest_stays_large_enough():
    one, two, none = strips([30, 60, 0], BOX)
    assert area(two) == pytest.approx(2 * area(one))
    assert area(none) == pytest.approx(0.4 * 30 * area(one) / 30)


def test_nothing_to_draw():
    assert strips([], BOX) == []
    assert draw([], 360, 200, type_size=14, with_parts=True).tiles == []
    assert len(strips([0, 0], BOX)) == 2


@pytest.mark.parametrize(
    ("share", "name", "words"),
    [
        (None, "empty", "–"),
        (0, "none", "0%"),
        (0.001, "some", "1%"),
        (0.499, "some", "49%"),
        (0.5, "half", "50%"),
        (0.8, "most", "80%"),
        (0.9999, "most", "99%"),
        (1.0, "full", "100%"),
    ],
)
def test_the_step_and_the_number_agree(share, name, words):
    assert (step(share), percent(share)) == (name, words)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("珠泉镇", "珠泉"),
        ("金田居委会", "金田"),
        ("钟楼街道办事处", "钟楼"),
        ("石镇", "石镇"),
        ("开发区", "开发"),
        ("高新", "高新"),
    ],
)
def test_names_are_shortened_to_what_tells_them_apart(name, said):
    assert short(name) == said


def test_a_label_that_does_not_fit_is_cut_and_a_number_is_left_out():
    wide, narrow = (
        draw([Place("玉田经济技术开发示范", 1, 0.5, "全名")], width, 60, type_size=14, with_parts=False).tiles[0]
        for width in (300, 70)
    )
    assert wide.lines[0].text == "玉田经济技术开发示范"
    assert narrow.lines[0].text.endswith("…")
    tiny = draw([Place("珠泉镇", 1, 0.5, "全名")], 20, 20, type_size=14, with_parts=False).tiles[0]
    assert tiny.lines == []
    assert tiny.place.words == "全名"


def test_parts_lie_inside_their_block_under_its_name():
    parts = tuple(Place(f"镇{n}", 3, n / 4, "词") for n in range(5))
    drawing = draw([Place("嘉禾县", 15, 0.4, "词", parts=parts)], 400, 300, type_size=13, with_parts=True)
    (block,) = drawing.tiles
    assert block.lines[0].text == "嘉禾 40%"
    assert len(block.tiles) == 5
    for tile in block.tiles:
        assert tile.rect.y > block.lines[0].y
        assert tile.rect.x + tile.rect.width <= block.rect.x + block.rect.width + 1e-6
    flat = draw([Place("嘉禾县", 15, 0.4, "词", parts=parts)], 400, 300, type_size=13, with_parts=False)
    assert flat.tiles[0].tiles == []
