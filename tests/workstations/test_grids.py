"""Grids by hand: added, changed, retired, generated for villages that have none; postings by hand and in thousands."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from config.audit.models import AuditEntry
from config.notices.models import Notice
from config.refusals import Incomplete, Refusal, WrongState
from members.models import Region
from tests.factories import grids as make
from tests.factories import members as people
from tests.factories.grids import AT, TODAY, row
from workstations.models import Grid, GridKind, GridPosting, ImportOf
from workstations.queries import grids as queries
from workstations.services import grids as services
from workstations.services import postings

JIN = "431024100001"


def add(cast, by, **fields):
    given = {"name": "甲", "kind": GridKind.BASIC, "about": {}, **fields}
    return services.add(cast.committee, make.village(cast.committee), by=by, at=AT, **given)


# --- one grid ----------------------------------------------------------------------------------------------------


def test_numbers_follow_each_other_by_kind(cast):
    codes = [add(cast, cast.li).pk, add(cast, cast.li, kind=GridKind.DEDICATED).pk, add(cast, cast.li).pk]
    assert codes == [f"{JIN}001", f"{JIN}901", f"{JIN}002"]


def test_a_place_elsewhere_or_of_the_wrong_level_is_refused(cast):
    for place, kind in [
        (make.village(cast.other_committee), GridKind.BASIC),
        (make.village(cast.committee).parent, GridKind.BASIC),
        (cast.committee.region, GridKind.DEDICATED),
    ]:
        with pytest.raises(Incomplete) as refused:
            services.add(cast.committee, place, name="甲", kind=kind, about={}, by=cast.li, at=AT)
        assert "place" in refused.value.fields
    town = make.village(cast.committee).parent
    made = services.add(cast.committee, town, name="商圈", kind=GridKind.DEDICATED, about={}, by=cast.li, at=AT)
    assert made.pk == "431024100000901"


def test_a_change_keeps_the_code_and_is_found_by_its_new_name(cast):
    grid = make.grid(cast.committee)
    services.edit(grid, name="东片网格", about={"households": 9}, by=cast.li, at=AT)
    again = Grid.objects.get(pk=grid.pk)
    assert (again.region.name, again.households) == ("东片网格", 9)
    assert Region.objects.matching("东片").get().pk == grid.pk
    with pytest.raises(Incomplete):
        services.edit(again, name="", about={}, by=cast.li, at=AT)


def test_retiring_needs_a_reason_ends_postings_and_happens_once(cast):
    grid = make.grid(cast.committee)
    posting = make.posting(cast.committee, cast.wang_member, grid)
    Notice.objects.all().delete()
    with pytest.raises(Incomplete):
        services.retire(grid, on=TODAY, reason=" ", by=cast.li, at=AT)
    with pytest.raises(Incomplete):
        services.retire(grid, on=TODAY + timedelta(days=1), reason="合并", by=cast.li, at=AT)
    assert services.retire(grid, on=TODAY, reason="合并", by=cast.li, at=AT) == 1
    posting.refresh_from_db()
    assert (posting.until, Region.objects.get(pk=grid.pk).valid_to) == (TODAY, TODAY)
    assert Notice.objects.get().recipient == cast.wang
    with pytest.raises(WrongState):
        services.retire(grid, on=TODAY, reason="合并", by=cast.li, at=AT)
    with pytest.raises(WrongState):
        services.edit(Grid.objects.get(pk=grid.pk), name="乙", about={}, by=cast.li, at=AT)
    with pytest.raises(Refusal):
        postings.post(cast.wang_member, [grid.region], committee=cast.committee, by=cast.li, at=AT)


@pytest.mark.parametrize("who", ["wang", "zhao", "zhang"])
def test_every_verb_is_for_the_office(cast, who):
    who, grid = getattr(cast, who), make.grid(cast.committee)
    posting = make.posting(cast.committee, cast.wang_member, grid)
    place = make.village(cast.committee)
    for verb in [
        lambda: services.add(cast.committee, place, name="乙", kind="basic", about={}, by=who, at=AT),
        lambda: services.edit(grid, name="乙", about={}, by=who, at=AT),
        lambda: services.retire(grid, on=TODAY, reason="合并", by=who, at=AT),
        lambda: services.generate(cast.committee, place, per_village=1, expected=1, by=who, at=AT),
        lambda: postings.post(cast.wang_member, [place], committee=cast.committee, by=who, at=AT),
        lambda: postings.end(posting, on=TODAY, by=who, at=AT),
    ]:
        with pytest.raises(PermissionDenied):
            verb()


# --- generating --------------------------------------------------------------------------------------------------


def test_villages_without_grids_get_them_and_the_others_stay(cast):
    make.grid(cast.committee, name="已有的")
    root = cast.committee.region
    draft = services.draft(cast.committee, root, per_village=2)
    assert (draft.villages, [one.code for one in draft.grids]) == (1, ["431024101001001", "431024101001002"])
    services.generate(cast.committee, root, per_village=2, expected=2, by=cast.li, at=AT)
    assert Grid.objects.count() == 3
    assert Region.objects.get(pk="431024101001002").name == "英花村第2网格"
    with pytest.raises(WrongState):
        services.generate(cast.committee, root, per_village=2, expected=2, by=cast.li, at=AT)
    assert services.draft(cast.committee, root, per_village=2).grids == []


def test_households_decide_how_many_and_are_shared_out(cast):
    how = {"per_village": 1, "each": 300, "households": {JIN: 700}}
    draft = services.draft(cast.committee, cast.committee.region, **how)
    assert [(one.place, one.households) for one in draft.grids] == [
        (JIN, 234), (JIN, 233), (JIN, 233), ("431024101001", None),
    ]  # fmt: skip
    assert (draft.villages, draft.unknown) == (2, 1)


def test_generating_stays_inside_the_committees_region_and_passes_over_retired_numbers(cast):
    assert services.draft(cast.committee, cast.other_committee.region, per_village=1).grids == []
    old = make.grid(cast.committee)
    services.retire(old, on=TODAY, reason="合并", by=None, at=AT)
    draft = services.draft(cast.committee, make.village(cast.committee), per_village=1)
    assert [one.code for one in draft.grids] == [f"{JIN}002"]


# --- postings ----------------------------------------------------------------------------------------------------


def test_a_member_is_posted_once_and_told_once(cast):
    first, second = make.grids(cast.committee, 2)
    given = {"committee": cast.committee, "by": cast.li, "at": AT}
    done = postings.post(cast.wang_member, [first.region, second.region], why="工作地", **given)
    assert (done.created, done.kept, done.told) == (2, 0, 1)
    notice = Notice.objects.get(recipient=cast.wang)
    assert notice.title == "您联系的网格：新增 2 个"
    assert notice.url == "/my/grid/"
    again = postings.post(cast.wang_member, [first.region, second.region], **given)
    assert (again.created, again.kept, again.told) == (0, 2, 0)
    assert (GridPosting.objects.count(), Notice.objects.count()) == (2, 1)
    assert AuditEntry.objects.filter(verb="gridposting.post").count() == 1
    assert GridPosting.objects.filter(why="工作地").count() == 2


def test_many_rows_are_one_line_and_one_notice_a_member(cast):
    members = [cast.wang_member, *[make.member(cast.committee, f"m{n}", f"委员{n}") for n in range(3)]]
    grids = make.grids(cast.committee, 4)
    rows = [(member.pk, grid.pk, "") for member in members for grid in grids]
    done = postings.post_many(cast.committee, rows, by=cast.li, at=AT)
    assert (done.created, done.told) == (16, 4)
    assert AuditEntry.objects.filter(verb="gridposting.post").count() == 1


def test_replacing_ends_what_is_not_named_for_these_members_only(cast):
    feng = make.member(cast.committee)
    first, second = make.grids(cast.committee, 2)
    old = make.posting(cast.committee, cast.wang_member, first)
    others = make.posting(cast.committee, feng, first)
    done = postings.post_many(cast.committee, [(cast.wang_member.pk, second.pk, "")], True, by=cast.li, at=AT)
    assert (done.created, done.kept, done.ended) == (1, 0, 1)
    old.refresh_from_db()
    others.refresh_from_db()
    assert (old.until, others.until) == (TODAY - timedelta(days=1), None)
    # posted and replaced on one day: it ends before it can be seen
    done = postings.post_many(cast.committee, [(cast.wang_member.pk, first.pk, "")], True, by=cast.li, at=AT)
    assert (done.created, done.ended) == (1, 1)
    assert list(
        GridPosting.objects.in_force(TODAY).filter(member=cast.wang_member).values_list("region", flat=True)
    ) == [first.pk]


def test_all_or_nothing_when_one_row_does_not_fit(cast):
    grid, elsewhere = make.grid(cast.committee), make.grid(cast.other_committee)
    left = make.member(cast.committee, "left", "离任的", until=date(2026, 1, 1))
    good = (cast.wang_member.pk, grid.pk, "")
    for bad in [
        (cast.wang_member.pk, elsewhere.pk, ""),
        (cast.qian_member.pk, grid.pk, ""),
        (left.pk, grid.pk, ""),
        (cast.wang_member.pk, "431024100000", ""),
        (cast.wang_member.pk, "431024100001777", ""),
    ]:
        with pytest.raises(Refusal):
            postings.post_many(cast.committee, [good, bad], by=cast.li, at=AT)
        assert not GridPosting.objects.exists()


def test_a_member_of_the_city_may_serve_in_the_county(cast):
    city = people.committee(Region.objects.get(pk="431000000000"), slug="chenzhou")
    cast.committee.upper = city
    cast.committee.save()
    above = make.member(city, "city", "市委员")
    assert (
        postings.post(above, [make.village(cast.committee)], committee=cast.committee, by=cast.li, at=AT).created == 1
    )
    assert queries.level_of(above) == "市级"


def test_a_posting_ends_on_a_day_and_once(cast):
    posting = make.posting(cast.committee, cast.wang_member, make.grid(cast.committee))
    for day in (posting.since - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises(Incomplete):
            postings.end(posting, on=day, by=cast.li, at=AT)
    postings.end(posting, on=TODAY, by=cast.li, at=AT)
    with pytest.raises(WrongState):
        postings.end(posting, on=TODAY, by=cast.li, at=AT)
    assert Notice.objects.filter(recipient=cast.wang).count() == 2
    assert postings.post(cast.wang_member, [posting.region], committee=cast.committee, by=cast.li, at=AT).created == 1


# --- a table of postings -----------------------------------------------------------------------------------------


def test_postings_from_a_table(cast):
    grid = make.grid(cast.committee)
    cast.wang_member.number = "0007"
    cast.wang_member.save()
    plan = make.load(
        cast.committee,
        cast.li,
        ["", "0007", grid.pk, "工作地"],
        ["王委员（经济界）", "", JIN, ""],
        of=ImportOf.POSTINGS,
    )
    assert plan.counts["created"] == 2
    again = make.look(cast.committee, ["王委员", "", grid.pk, ""], of=ImportOf.POSTINGS)
    assert again.counts["skipped"] == 1


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        (["没有这个人", "", JIN, ""], "委员", "没有叫“没有这个人”的在任委员"),
        (["", "9999", JIN, ""], "委员证号", "没有委员证号为“9999”"),
        (["", "", JIN, ""], "委员", "请写姓名或委员证号"),
        (["王委员", "", "", ""], "网格代码", "没有填"),
        (["王委员", "", "12345", ""], "网格代码", "应是网格的 15 位代码"),
        (["王委员", "", "431023100001", ""], "网格代码", "不在嘉禾县辖区内"),
        (["王委员", "", "431024100000", ""], "网格代码", "请写到村（社区）或网格"),
        (["王委员", "", "431024100001777", ""], "网格代码", "没有代码为 431024100001777"),
        (["冯委员", "0007", JIN, ""], "委员", "委员证号 0007 是王委员的"),
        (["同名", "", JIN, ""], "委员", "有 2 位"),
        (["冯委员", "", JIN, ""], "网格代码", "与第 2 行重复"),
        (["王委员", "", JIN, "字" * 101], "依据", "最多 100 字"),
    ],
)
def test_what_is_wrong_with_a_posting_is_told_by_row_and_column(cast, cells, column, words):
    cast.wang_member.number = "0007"
    cast.wang_member.save()
    make.member(cast.committee)
    for n in range(2):
        make.member(cast.committee, f"same{n}", "同名", sector=people.sector(cast.committee, f"第{n}界"))
    plan = make.look(cast.committee, ["冯委员", "", JIN, ""], cells, of=ImportOf.POSTINGS)
    (fault,) = plan.all_faults
    assert (fault.row, fault.column) == (3, column)
    assert words in fault.words
    assert not GridPosting.objects.exists()


# --- what is known -----------------------------------------------------------------------------------------------


def test_a_grid_counts_as_served_also_through_its_village(cast):
    make.grids(cast.committee, 2)
    alone = make.grid(cast.committee, 101)
    assert queries.standing(cast.committee.region).served == 0
    make.posting(cast.committee, cast.wang_member, make.village(cast.committee))
    standing = queries.standing(cast.committee.region)
    assert (standing.served, standing.grids, standing.members) == (2, 3, 1)
    assert list(queries.uncovered(Grid.objects.all())) == [alone]


def test_the_past_of_a_posting_is_for_the_office_and_the_member(cast):
    posting = make.posting(cast.committee, cast.wang_member, make.grid(cast.committee))
    GridPosting.objects.filter(pk=posting.pk).update(until=date(2026, 2, 1))
    seen = {
        who: GridPosting.objects.visible_to(getattr(cast, who)).exists()
        for who in ("wang", "li", "zhao", "qian", "zhang")
    }
    assert seen == {"wang": True, "li": True, "zhao": False, "qian": False, "zhang": False}


def test_rows_of_the_sample_are_not_read(cast):
    plan = make.look(cast.committee, row("示例第一网格", JIN), row("真的", JIN))
    assert [outcome.name for outcome in plan.outcomes] == ["真的"]
