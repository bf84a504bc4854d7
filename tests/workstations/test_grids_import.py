"""Tables of grids: what is refused by row and column, all or nothing, numbers by themselves, the round trip."""

import pytest
from django.core.exceptions import PermissionDenied

from config.audit.models import AuditEntry
from config.refusals import WrongState
from config.uploads.models import Attachment
from members.models import Region, RegionLevel
from tests.factories import grids as make
from tests.factories.grids import AT, row
from workstations.gridbook import columns, grids, ledgers, waiting
from workstations.models import Grid, GridImport, GridKind, ImportOf
from workstations.services import grids as services

JIN, YING = "431024100001", "431024101001"  # 金田居委会 in 珠泉镇, 英花村 in 塘村镇


def told(plan) -> list[tuple]:
    return [(fault.row, fault.column, fault.words) for fault in plan.all_faults]


def only(plan):
    """The one thing that is wrong."""
    (fault,) = told(plan)
    return fault


def test_new_grids_get_numbers_of_their_village(cast):
    make.load(
        cast.committee,
        cast.li,
        row("第一网格", JIN, warden="钱某", households=62, residents=210),
        row("第二网格", "珠泉镇金田居委会"),
        row("英花网格", "塘村镇 英花村"),
        row("中学网格", JIN, kind="专属", field="学校"),
        row("商圈网格", "珠泉镇", kind="专属网格", field="商圈"),
    )
    codes = dict(Grid.objects.values_list("region__name", "pk"))
    assert codes == {
        "第一网格": f"{JIN}001", "第二网格": f"{JIN}002", "英花网格": f"{YING}001", "中学网格": f"{JIN}901",
        "商圈网格": "431024100000901",
    }  # fmt: skip
    first = Grid.objects.get(pk=f"{JIN}001")
    assert (first.kind, first.warden, first.households, first.residents) == (GridKind.BASIC, "钱某", 62, 210)
    division = first.region
    assert (division.level, division.parent_id, division.valid_from) == (RegionLevel.GRID, JIN, make.TODAY)
    assert Region.objects.matching("英花网格").get().pk == f"{YING}001"
    assert first.committee == cast.committee
    entry = AuditEntry.objects.get(verb="grid.import")
    assert (entry.data["created"], entry.data["updated"], entry.data["skipped"]) == (5, 0, 0)


def test_numbers_go_on_after_those_of_the_file_and_of_the_past(cast):
    old = make.grid(cast.committee, name="旧网格")
    services.retire(old, on=make.TODAY, reason="合并", by=None, at=AT)
    make.load(cast.committee, cast.li, row("新网格", JIN), row("写了代码的", JIN, code=f"{JIN}007"))
    codes = dict(Grid.objects.in_force().values_list("region__name", "pk"))
    assert codes == {"新网格": f"{JIN}008", "写了代码的": f"{JIN}007"}


WRONG = [
    (row("甲", "没有的村"), "所属村（社区）", "嘉禾县辖区里没有“没有的村”"),
    (row("甲", "金田社区居委"), "所属村（社区）", "是不是“珠泉镇金田社区”"),
    (row("甲", "431023100001"), "所属村（社区）", "不在嘉禾县辖区内"),
    (row("甲", "431024100009"), "所属村（社区）", "没有代码为 431024100009 的村"),
    (row("甲", "43102410"), "所属村（社区）", "应是 12 位数字"),
    (row("甲", "4.31E+11"), "所属村（社区）", "科学计数法"),
    (row("甲"), "所属村（社区）", "请填所属村"),
    (row("甲", "珠泉镇"), "所属村（社区）", "不是村（社区）"),
    (row("甲", "英花村", code=f"{JIN}001"), "所属村（社区）", f"与网格代码不符：{JIN}001 属于“珠泉镇金田”"),
    (row("甲", JIN, code="431023100001001"), "网格代码", "不在嘉禾县辖区内"),
    (row("甲", code="431024100009001"), "网格代码", "没有代码为 431024100009 的村"),
    (row("甲", JIN, code="12345"), "网格代码", "应是 15 位数字"),
    (row("甲", JIN, code="4.3E+14"), "网格代码", "科学计数法"),
    (row("甲", JIN, code=f"{JIN}000"), "网格代码", "后三位要从 001 起"),
    (row("甲", JIN, code=f"{JIN}001", kind="专属"), "类别", "后三位从 901 起"),
    (row("甲", JIN, kind="其他"), "类别", "不是网格的类别"),
    (row("甲", JIN, households=-3), "户数", "不能是负数（-3）"),
    (row("甲", JIN, residents="两百"), "人数", "不是整数"),
    (row("甲", JIN, residents=9_999_999), "人数", "太大"),
    (row("甲" * 65, JIN), "网格名称", "最多 64 字"),
    (row("甲", JIN, warden="赵" * 33), "网格员", "最多 32 字"),
]


@pytest.mark.parametrize(("wrong", "column", "words"), WRONG)
def test_what_is_wrong_is_told_by_row_and_column_and_nothing_is_loaded(cast, wrong, column, words):
    if wrong[2].endswith("社区居委"):
        Region.objects.filter(pk=JIN).update(name="金田社区居民委员会")
    plan = make.look(cast.committee, row("好的", "英花村"), wrong)
    number, told_column, told_words = only(plan)
    assert (number, told_column) == (3, column)
    assert words in told_words
    counts = plan.counts
    assert (counts["created"], counts["refused"], counts["rows"]) == (1, 1, 2)
    assert not plan.is_loadable
    with pytest.raises(WrongState):
        waiting.hand_in(plan, ImportOf.GRIDS, make.file(wrong), by=cast.li, at=AT)
    assert not Grid.objects.exists()


def test_the_name_is_needed(cast):
    plan = make.look(cast.committee, row("", JIN, households=3))
    assert only(plan)[1] == "网格名称"


def test_two_villages_of_one_name_are_told_apart_by_the_town(cast):
    Region.objects.filter(pk=YING).update(name="金田居委会")
    assert "有 2 个“金田居委会”" in only(make.look(cast.committee, row("甲", "金田居委会")))[2]
    plan = make.look(cast.committee, row("甲", "塘村镇金田居委会"), row("乙", "金田居委会", code=f"{JIN}001"))
    assert [outcome.place for outcome in plan.outcomes] == [YING, JIN]


def test_one_grid_stands_in_one_row(cast):
    plan = make.look(cast.committee, row("甲", JIN, code=f"{JIN}001"), row("乙", JIN, code=f"{JIN}001"))
    assert only(plan) == (3, "网格代码", f"与第 2 行是同一个网格“{JIN}001”，请只留一行。")
    plan = make.look(cast.committee, row("甲", JIN), row("甲", JIN))
    assert only(plan)[:2] == (3, "网格名称")


def test_a_grid_of_another_committee_or_one_that_is_no_more_is_refused(cast):
    other = make.grid(cast.other_committee)
    Grid.objects.filter(pk=other.pk).update(committee=cast.committee)  # as a city's committee would have made it
    plan = make.look(cast.other_committee, row("甲", code=other.pk))
    assert "由嘉禾县政协管理" in only(plan)[2]
    mine = make.grid(cast.committee, 101)
    services.retire(mine, on=make.TODAY, reason="合并", by=None, at=AT)
    assert "已停用" in only(make.look(cast.committee, row("甲", code=mine.pk)))[2]


def test_only_filled_cells_change_and_what_is_the_same_is_skipped(cast):
    grid = make.grid(cast.committee, warden="钱某", households=62)
    plan = make.load(cast.committee, cast.li, row("第一网格", JIN, households=70))
    assert plan.counts == {"rows": 1, "created": 0, "updated": 1, "skipped": 0, "refused": 0}
    assert plan.outcomes[0].changes == [("户数", "62", "70")]
    grid.refresh_from_db()
    assert (grid.warden, grid.households) == ("钱某", 70)
    make.load(cast.committee, cast.li, row("东片网格", code=grid.pk))
    assert Region.objects.matching("东片").get().pk == grid.pk
    assert make.look(cast.committee, row("东片网格", code=grid.pk, warden="钱某")).counts["skipped"] == 1


def test_a_division_that_is_there_already_gets_what_is_known_of_it(cast):
    Region.objects.create(code=f"{JIN}003", name="旧名", level=RegionLevel.GRID, parent_id=JIN)
    make.load(cast.committee, cast.li, row("三号网格", code=f"{JIN}003", households=5))
    assert Grid.objects.get().region.name == "三号网格"


def test_the_ledger_comes_back_without_a_change(cast):
    grid = make.grid(cast.committee, name="=危险", warden="@某", households=0)
    make.grid(cast.committee, 101, name="园区", kind=GridKind.DEDICATED, field="企业")
    make.posting(cast.committee, cast.wang_member, make.village(cast.committee))  # a row that is no grid
    with ledgers.basic_book(cast.committee, cast.committee.region, by=cast.li, at=AT) as file:
        book = file.read()
    for name, content in [
        ("台账.xlsx", book),
        ("台账.csv", b"".join(ledgers.basic_csv(cast.committee, cast.committee.region, by=cast.li, at=AT))),
    ]:
        plan = grids.check(columns.read(content, name, ImportOf.GRIDS), cast.committee)
        assert plan.counts == {"rows": 2, "created": 0, "updated": 0, "skipped": 2, "refused": 0}, told(plan)
    assert Grid.objects.get(pk=grid.pk).region.name == "=危险"


def test_a_table_is_loaded_once_and_only_as_it_was_seen(cast):
    given = make.file(row("甲", JIN))
    plan = waiting.look(cast.committee, ImportOf.GRIDS, given, by=cast.li, at=AT)
    handed = waiting.hand_in(plan, ImportOf.GRIDS, given, by=cast.li, at=AT)
    assert Attachment.objects.count() == 1
    make.grid(cast.committee, name="别人刚建的")
    with pytest.raises(WrongState):
        waiting.confirm(handed, plan.digest, by=cast.li, at=AT)
    assert Grid.objects.count() == 1
    again = waiting.look_again(handed, at=AT)
    waiting.confirm(handed, again.digest, by=cast.li, at=AT)
    assert (Grid.objects.count(), Attachment.objects.count()) == (2, 0)
    with pytest.raises(WrongState):
        waiting.confirm(handed, again.digest, by=cast.li, at=AT)
    assert Grid.objects.count() == 2


def test_the_waiting_rows_keep_their_numbers(cast):
    given = make.file(row("甲", JIN), row(""), row("乙", JIN, kind="专属"), row("丙", "英花村"))
    plan = waiting.look(cast.committee, ImportOf.GRIDS, given, by=cast.li, at=AT)
    handed = waiting.hand_in(plan, ImportOf.GRIDS, given, by=cast.li, at=AT)
    again = waiting.look_again(handed, at=AT)
    assert [one.row for one in again.outcomes] == [one.row for one in plan.outcomes] == [2, 4, 5]
    assert again.digest == plan.digest


def test_the_second_table_of_a_clerk_replaces_the_first(cast):
    for name in ("甲", "乙"):
        plan = make.look(cast.committee, row(name, JIN), by=cast.li)
        waiting.hand_in(plan, ImportOf.GRIDS, make.file(row(name, JIN)), by=cast.li, at=AT)
    assert sorted(GridImport.objects.values_list("state", flat=True)) == ["dropped", "waiting"]
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize("who", ["wang", "zhao", "zhang"])
def test_tables_are_for_the_office(cast, who):
    with pytest.raises(PermissionDenied):
        make.look(cast.committee, row("甲", JIN), by=getattr(cast, who))


def test_statements_do_not_grow_with_the_rows(cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(8) as few:
        make.look(cast.committee, row("甲", JIN))
    with django_assert_max_num_queries(8) as many:
        make.look(cast.committee, *[row(f"第{n}网格", JIN) for n in range(40)])
    assert len(few) == len(many)
