"""The points ledger reconciles with the facts, whatever happens to facts and rules."""

import datetime
import random
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members import scoring as engine
from members.facts import Fact, Mark, Share
from members.models import ChangeKind, DutyRecord, MemberChange, ScoreItem, ScoreLine, ScoreTotal
from members.services import duty, scoring
from tests.factories import members as people
from tests.factories import scoring as make
from tests.factories.scoring import AT, YEAR


def posted(scheme):
    """Member → sum of the ledger."""
    rows = ScoreLine.objects.filter(scheme=scheme).order_by().values_list("member").annotate(sum=Sum("points"))
    return {member: points for member, points in rows if points}


def recomputed(scheme, members):
    """Member → score straight from the facts."""
    rules, facts = engine.load(scheme), dict(engine.told(scheme.committee_id, scheme.year))
    scores = {
        member.pk: engine.summed(engine.score(rules, facts.get(member.pk, []), is_standing=member.is_standing)).points
        for member in members
    }
    return {member: points for member, points in scores.items() if points}


def reconciles(scheme, members):
    due = recomputed(scheme, members)
    assert posted(scheme) == due
    assert dict(ScoreTotal.objects.filter(scheme=scheme, points__gt=0).values_list("member", "points")) == due
    assert scoring.recompute(scheme, at=AT) == 0


@pytest.fixture
def three(cast):
    """Three members of the county, the last a 常委."""
    found = [cast.wang_member]
    for number, standing in ((1, False), (2, True)):
        user = people.user(f"m{number}", f"委员{number}")
        found.append(people.member(user, cast.committee, is_standing=standing))
    return found


def test_a_told_fact_is_posted_at_once_with_its_record(cast):
    scheme = make.scheme(cast.committee)
    make.record(cast.wang_member, title="调研")
    line = ScoreLine.objects.get()
    assert (line.group, line.item, line.points, line.record.title, line.at) == ("活动", "参加活动", 2, "调研", AT)
    total = ScoreTotal.objects.get(scheme=scheme, member=cast.wang_member)
    assert (total.points, total.counted, total.quality) == (2, 2, 0)


def test_without_a_scheme_in_force_nothing_is_posted(cast):
    make.scheme(cast.committee, enacted=False)
    make.record(cast.wang_member)
    assert not ScoreLine.objects.exists()
    assert scoring.post(cast.committee.pk, YEAR, at=AT) == 0


def test_enacting_posts_what_was_done_before(cast):
    make.record(cast.wang_member)
    make.scheme(cast.committee)
    assert ScoreLine.objects.get().points == 2


def test_a_retracted_fact_is_corrected_by_a_line_that_says_so(cast):
    scheme = make.scheme(cast.committee)
    key = make.record(cast.wang_member)
    duty.retract(key, reason="登记错了人", by=None, at=AT)
    assert [(line.points, line.words) for line in ScoreLine.objects.order_by("pk")] == [(2, ""), (-2, "更正")]
    assert posted(scheme) == {}
    assert ScoreTotal.objects.get(member=cast.wang_member).points == 0


def test_a_cap_moves_along_and_back(cast):
    scheme = make.scheme(cast.committee)
    keys = [make.record(cast.wang_member) for _ in range(7)]
    caps = ScoreLine.objects.filter(record=None).order_by("pk")
    assert [(line.points, line.words) for line in caps] == [(-2, "封顶 10 分"), (-2, "封顶 10 分")]
    duty.retract(keys[0], reason="更正", by=None, at=AT)
    assert posted(scheme) == {cast.wang_member.pk: 10}
    reconciles(scheme, [cast.wang_member])


def test_a_changed_rule_is_told_by_the_lines(cast):
    scheme = make.scheme(cast.committee)
    make.record(cast.wang_member)
    item = ScoreItem.objects.get(group__scheme=scheme, name="参加活动")
    item.points = Decimal(3)
    scoring.edit_row(item, changed=["points"], by=cast.li, at=AT)
    assert [(line.points, line.words) for line in ScoreLine.objects.order_by("pk")] == [(2, ""), (1, "方案调整")]


def test_members_start_with_the_base_before_they_did_anything(cast, three):
    scheme = make.scheme(cast.committee, "济南")
    assert posted(scheme) == {member.pk: 70 for member in three}


def test_the_years_members_are_scored_and_nobody_else(cast):
    gone = people.member(
        people.user("gone"), cast.committee, term=10, since=datetime.date(2017, 1, 1), until=datetime.date(2021, 1, 1)
    )
    scheme = make.scheme(cast.committee, "济南")
    assert gone.pk not in posted(scheme)
    assert cast.qian_member.pk not in posted(scheme)


def test_long_leave_excuses_in_the_ledger(cast):
    scheme = make.scheme(cast.committee, "济南")
    make.record(cast.wang_member, Fact.PLENARY, mark=Mark.ABSENT)
    assert posted(scheme) == {cast.wang_member.pk: 40}
    MemberChange.objects.create(
        member=cast.wang_member, kind=ChangeKind.ON_LEAVE, since=datetime.date(YEAR, 1, 1), reason="病假", at=AT
    )
    scoring.post(cast.committee.pk, YEAR, members=[cast.wang_member.pk], at=AT)
    assert posted(scheme) == {cast.wang_member.pk: 70}


def test_a_frozen_year_stays_as_it_is(cast):
    scheme = make.scheme(cast.committee)
    make.record(cast.wang_member)
    scoring.freeze(scheme, by=cast.li, at=AT)
    make.record(cast.wang_member)
    assert posted(scheme) == {cast.wang_member.pk: 2}


def test_posting_costs_as_many_statements_for_three_members_as_for_one(cast, three):
    make.scheme(cast.committee)
    spent = []
    for members in (three, three[:1], three):  # the first time the totals are made
        deeds = [make.deed(member) for member in members]
        with CaptureQueriesContext(connection) as seen:
            duty.record(deeds, by=None, at=AT)
        spent.append(len(seen))
    assert spent[1] == spent[2] <= 20


FACTS = [Fact.PLENARY, Fact.STANDING, Fact.ACTIVITY, Fact.PROPOSAL, Fact.PROPOSAL_FILED, Fact.INFORMATION,
         Fact.INFORMATION_ADOPTED, Fact.SPEECH, Fact.CHARITY, Fact.PROPOSAL_EXCELLENT]  # fmt: skip
deeds = st.tuples(
    st.just("tell"),
    st.integers(0, 2),
    st.sampled_from(FACTS),
    st.integers(0, 5),  # the key: told again, told differently
    st.sampled_from(["", *Mark.values]),
    st.sampled_from(Share.values),
    st.integers(0, 4),
    st.integers(1, 28),
)
steps = st.one_of(
    deeds,
    st.tuples(st.just("retract"), st.sampled_from(FACTS), st.integers(0, 5)),
    st.tuples(st.just("points"), st.integers(0, 9), st.integers(0, 600)),
    st.tuples(st.just("cap"), st.integers(0, 9), st.sampled_from([None, 0, 4, 15])),
    st.tuples(st.just("skip"), st.integers(0, 9), st.integers(0, 2)),
    st.tuples(st.just("drop"), st.integers(0, 9)),
    st.tuples(st.just("leave"), st.integers(0, 2), st.integers(1, 28)),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["桐城", "济南", "某市"]), st.lists(steps, min_size=3, max_size=12))
def test_the_ledger_is_what_the_facts_give_after_anything(cast, three, name, story):
    """Random facts, corrections, reversals, leaves and edits of the rules, in any order (rule 10 of the model)."""
    outer = transaction.atomic()
    with outer:
        scheme = make.scheme(cast.committee, name)
        for step in story:
            play(scheme, three, *step)
            reconciles(scheme, three)
        transaction.set_rollback(True)


def play(scheme, three, verb, which, *given):
    if verb == "tell":
        fact, key, mark, share, sharers, day = given
        duty.record(
            [make.deed(three[which], fact, key=f"k:{key}", mark=mark, share=share, sharers=sharers,
                       on=datetime.date(YEAR, 5, day))],
            by=None, at=AT,
        )  # fmt: skip
    elif verb == "retract":
        duty.retract(f"k:{given[0]}", reason="试", by=None, at=AT, facts=[which])
    elif verb == "leave":
        MemberChange.objects.create(
            member=three[which], kind=ChangeKind.ON_LEAVE, since=datetime.date(YEAR, 5, given[0]), reason="病假", at=AT
        )
        scoring.post(scheme.committee_id, YEAR, members=[three[which].pk], at=AT)
    else:
        items = list(ScoreItem.objects.filter(group__scheme=scheme).order_by("pk").select_related("group__scheme"))
        edit(items[which % len(items)], verb, *given)


def edit(item, verb, value=None):
    if verb == "drop":
        scoring.drop_row(item, by=None, at=AT)
        return
    name = {"points": "points", "cap": "cap", "skip": "skip_first"}[verb]
    if verb == "points":
        value = abs(Decimal(value) / 10).copy_sign(item.points)
    setattr(item, name, value)
    scoring.edit_row(item, changed=[name], by=None, at=AT)


def test_a_generated_county_year_reconciles(cast):
    rng = random.Random(7)
    members = [
        people.member(people.user(f"g{number}"), cast.committee, is_standing=number % 6 == 0) for number in range(24)
    ]
    scheme = make.scheme(cast.committee, "桐城")
    deeds = [
        make.deed(
            rng.choice(members), rng.choice(FACTS), mark=rng.choice(["", *Mark.values]), share=rng.choice(Share.values),
            sharers=rng.randrange(5), on=datetime.date(YEAR, rng.randrange(1, 12), rng.randrange(1, 28)),
        )
        for _ in range(1200)
    ]  # fmt: skip
    duty.record(deeds, by=None, at=AT)
    for one in rng.sample(deeds, 150):
        duty.retract(one.key, reason="核对后更正", by=None, at=AT)
    scoring.retire(scheme, by=None, at=AT)
    other = make.scheme(cast.committee, "济南")
    reconciles(other, [*members, cast.wang_member])


# --- the database itself refuses ------------------------------------------------------------------------------------


def test_rows_are_written_once_even_for_code_that_forgets(cast):
    make.scheme(cast.committee)
    make.record(cast.wang_member)
    for model in (DutyRecord, ScoreLine):
        for change in (lambda rows: rows.update(pk=0), lambda rows: rows.delete()):
            with pytest.raises(TypeError, match="append-only"):
                change(model.objects.all())


@pytest.mark.parametrize("table", ["members_dutyrecord", "members_scoreline"])
@pytest.mark.parametrize("deed", ["UPDATE {} SET member_id = member_id", "DELETE FROM {}"])
def test_the_database_refuses_to_rewrite_the_ledger(cast, table, deed):
    make.scheme(cast.committee)
    make.record(cast.wang_member)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(deed.format(table))


def test_the_triggers_are_there_after_all_migrations(db):
    """SQLite forgets them when a later migration rebuilds the table: such a migration protects it again."""
    asked = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal",
    }[connection.vendor]
    kinds = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("rows", "whole")}[connection.vendor]
    for table in ("members_dutyrecord", "members_scoreline"):
        with connection.cursor() as cursor:
            cursor.execute(asked, [table])
            assert {name for (name,) in cursor.fetchall()} == {f"{table}_{kind}" for kind in kinds}
