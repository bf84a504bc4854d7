"""Cards, ranks, grades and averages."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.facts import Fact, Mark
from members.models import Body, BodyKind, ChangeKind, GradeBand, MemberChange, Membership, ScoreRequirement
from members.queries import preview
from members.queries import scoring as queries
from members.services import duty, scoring
from tests.factories import members as people
from tests.factories import scoring as make
from tests.factories.scoring import AT, YEAR


@pytest.fixture
def four(cast):
    """王 and three more."""
    return [cast.wang_member, *(people.member(people.user(f"m{n}", f"委员{n}"), cast.committee) for n in range(3))]


def names(bands):
    return {member: band.name for member, band in bands.items()}


def test_the_scheme_of_a_year(cast):
    draft = make.small(cast.committee)
    assert queries.scheme_of(cast.committee, YEAR) is None
    scoring.enact(draft, by=None, at=AT)
    assert queries.scheme_of(cast.committee, YEAR) == draft
    scoring.freeze(draft, by=None, at=AT)
    assert queries.scheme_of(cast.committee.pk, YEAR) == draft
    assert queries.scheme_of(cast.other_committee, YEAR) is None


def test_a_card_tells_every_point_and_what_is_missing(cast, four):
    scheme = make.scheme(cast.committee, "桐城")
    member = four[0]
    make.record(member, Fact.PLENARY, mark=Mark.LEAVE, title="四次会议", url="/activities/1/")
    make.record(member, Fact.INFORMATION, title="关于停车", on=datetime.date(YEAR, 5, 1))
    make.record(member, Fact.INFORMATION_ADOPTED, title="关于停车", on=datetime.date(YEAR, 6, 1))
    card = queries.card(scheme, member)
    assert (card.total, card.counted, card.quality) == (45, 40, 5)
    assert (card.band.name, card.next_band.name, card.missing) == ("不合格", "合格", 15)
    assert card.advice == ["再得 15 分，达到“合格”的 60 分。"]
    assert card.rank == (1, 4)
    groups = {group.name: group for group in card.groups}
    assert [(name, group.points, group.cap) for name, group in groups.items()] == [
        ("参加会议", 30, 50), ("提案", 0, 25), ("活动", 0, 10), ("社情民意", 15, 15),
    ]  # fmt: skip
    line = groups["参加会议"].lines[0]
    assert (line.title, line.url, line.points, line.item, line.words) == (
        "四次会议", "/activities/1/", 30, "全体会议请假", "请假",
    )  # fmt: skip
    assert [line.points for line in groups["社情民意"].lines] == [10, 5]


def test_corrections_are_summed_on_the_card_and_gone_when_nothing_is_left(cast):
    scheme = make.scheme(cast.committee, "桐城")
    key = make.record(cast.wang_member, title="调研")
    make.record(cast.wang_member, title="视察")
    duty.retract(key, reason="登记错了", by=None, at=AT)
    titles = [line.title for group in queries.card(scheme, cast.wang_member).groups for line in group.lines]
    assert titles == ["视察"]


def test_a_requirement_holds_the_best_grade_down(cast):
    scheme = make.scheme(cast.committee, "济南")
    member = cast.wang_member
    for _ in range(2):
        make.record(member, Fact.PROPOSAL_EXCELLENT)
    card = queries.card(scheme, member)
    assert (card.total, card.band.name) == (90, "称职")
    assert [(must.name, must.done, must.is_met) for must in card.requirements] == [
        ("参加一次全体会议", 0, False), ("一件提案或社情民意信息", 0, False), ("参加一次活动", 0, False),
    ]  # fmt: skip
    assert card.missing is None
    assert card.advice[0] == "评“优秀”还须完成：参加一次全体会议（0 / 1）。"
    make.record(member, Fact.PLENARY, mark=Mark.PRESENT)
    make.record(member, Fact.INFORMATION)
    make.record(member, Fact.ACTIVITY, mark=Mark.PRESENT)
    assert queries.card(scheme, member).band.name == "优秀"
    assert names(queries.bands_of(scheme)) == {member.pk: "优秀"}


@pytest.mark.parametrize("excused", ["mission", "long leave"])
def test_who_was_excused_has_not_missed_the_plenary(cast, excused):
    scheme = make.scheme(cast.committee, "济南")
    member = cast.wang_member
    if excused == "long leave":
        MemberChange.objects.create(
            member=member, kind=ChangeKind.ON_LEAVE, since=datetime.date(YEAR, 1, 1), reason="病假", at=AT
        )
    make.record(member, Fact.PLENARY, mark=Mark.EXCUSED if excused == "mission" else Mark.ABSENT)
    card = queries.card(scheme, member)
    assert (card.total, card.requirements[0].is_met) == (70, True)
    assert queries.done_of(scheme, queries.scoring.load(scheme))[member.pk][0] == 1


def test_ranks_share_a_place(cast, four):
    scheme = make.small(cast.committee, enacted=True)
    for member, number in zip(four, (3, 2, 2, 1), strict=True):
        for _ in range(number):
            make.record(member)
    assert [(row.member, row.points, row.rank) for row in queries.ranks(scheme)] == [
        (four[0].pk, 6, 1), (four[1].pk, 4, 2), (four[2].pk, 4, 2), (four[3].pk, 2, 4),
    ]  # fmt: skip
    assert queries.card(scheme, four[2]).rank == (2, 4)
    assert queries.card(scheme, four[3]).rank == (4, 4)
    assert names(queries.bands_of(scheme)) == {four[0].pk: "优秀"} | {member.pk: "合格" for member in four[1:]}
    assert names(queries.bands_of(scheme, members=[four[3].pk])) == {four[3].pk: "合格"}


def test_the_best_percent_by_rank(cast, four):
    scheme = make.small(cast.committee, enacted=True)
    GradeBand.objects.filter(scheme=scheme, name="优秀").update(at_least=None, best_percent=50)
    for member, number in zip(four, (3, 2, 2, 1), strict=True):
        for _ in range(number):
            make.record(member)
    assert list(names(queries.bands_of(scheme)).values()) == ["优秀", "优秀", "优秀", "合格"]
    card = queries.card(scheme, four[3])
    assert (card.next_band.name, card.missing, card.advice) == (
        "优秀", None, ["“优秀”取前 50%，即前 2 名，现在第 4 名。"],
    )  # fmt: skip


def test_a_scheme_without_grades_has_none(cast):
    scheme = make.small(cast.committee, enacted=True)
    scheme.bands.all().delete()
    assert queries.bands_of(scheme) == {}
    assert queries.card(scheme, cast.wang_member).band is None


def test_averages_of_duty_groups_with_few_members_unranked(cast, four):
    """Row 178: members in duty groups, and the groups compared."""
    scheme = make.small(cast.committee, enacted=True)
    first, second = (
        Body.objects.create(committee=cast.committee, kind=BodyKind.DUTY_GROUP, name=name) for name in ("一组", "二组")
    )
    for member in four[:3]:
        Membership.objects.create(body=first, member=member, since=people.SINCE)
    Membership.objects.create(body=second, member=four[3], since=people.SINCE)
    for member, number in zip(four, (3, 2, 0, 5), strict=True):
        for _ in range(number):
            make.record(member)
    assert [(row.body.name, row.members, row.average, row.rank) for row in queries.group_averages(scheme)] == [
        ("一组", 3, Decimal("3.3"), 1), ("二组", 1, Decimal(10), None),
    ]  # fmt: skip


def test_a_card_and_the_grades_cost_the_same_for_more_rows(cast, four):
    scheme = make.scheme(cast.committee, "济南")
    spent = []
    for member in four:
        make.record(member, Fact.PROPOSAL_EXCELLENT)
        make.record(member, Fact.CHARITY, mark=Mark.PRESENT)
        with CaptureQueriesContext(connection) as seen:
            queries.card(scheme, four[0])
            queries.bands_of(scheme)
            queries.group_averages(scheme)
        spent.append(len(seen))
    assert len(set(spent)) == 1


# --- preview --------------------------------------------------------------------------------------------------------


def test_a_preview_compares_and_writes_nothing(cast, four):
    before = make.small(cast.committee, YEAR - 1, enacted=True)
    for number, member in enumerate(four):
        for _ in range(number):
            make.record(member, on=datetime.date(YEAR - 1, 6, 1))
    draft = make.small(cast.committee, YEAR, points=Decimal(5))
    ScoreRequirement.objects.create(scheme=draft, position=1, name="提案", facts=[Fact.PROPOSAL], holds_below=True)
    shown = preview.of(draft, YEAR - 1)
    assert (shown.members, shown.facts, shown.average, shown.before) == (4, 6, Decimal("7.5"), before)
    assert shown.grades == [{"label": "优秀", "value": 0}, {"label": "合格", "value": 4}]
    assert [(change.member, change.before, change.after, change.difference) for change in shown.changes] == [
        (four[3], 6, 15, 9), (four[2], 4, 10, 6), (four[1], 2, 5, 3), (four[0], 0, 0, 0),
    ]  # fmt: skip
    assert not draft.lines.exists()
    assert not draft.totals.exists()
    assert preview.of(draft, YEAR).before is None
