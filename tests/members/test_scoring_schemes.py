"""Verbs of schemes: who may, in which state, and what the ledger and the trail say afterwards."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from config.audit import log
from config.refusals import Incomplete, WrongState
from members.facts import Fact
from members.models import GradeBand, ScoreGroup, ScoreItem, ScoreLine, ScoreScheme
from members.services import scoring
from members.states import SchemeState
from tests.factories import scoring as make
from tests.factories.scoring import AT, YEAR

STATES = list(SchemeState)


def scheme_in(state, committee):
    made = make.full(committee)
    ScoreScheme.objects.filter(pk=made.pk).update(state=state)
    made.refresh_from_db()
    return made


def row_of(scheme):
    return ScoreItem.objects.select_related("group__scheme").get(group__scheme=scheme)


VERBS = {
    "enact": (lambda scheme, by: scoring.enact(scheme, by=by, at=AT), {SchemeState.DRAFT}),
    "retire": (lambda scheme, by: scoring.retire(scheme, by=by, at=AT), {SchemeState.IN_FORCE}),
    "freeze": (lambda scheme, by: scoring.freeze(scheme, by=by, at=AT), {SchemeState.IN_FORCE}),
    "edit": (
        lambda scheme, by: scoring.edit_scheme(scheme, changed=["name"], by=by, at=AT),
        {SchemeState.DRAFT, SchemeState.IN_FORCE},
    ),
    "add row": (
        lambda scheme, by: scoring.add_row(ScoreGroup(scheme=scheme, name="新"), by=by, at=AT),
        {SchemeState.DRAFT, SchemeState.IN_FORCE},
    ),
    "edit row": (
        lambda scheme, by: scoring.edit_row(row_of(scheme), changed=["points"], by=by, at=AT),
        {SchemeState.DRAFT, SchemeState.IN_FORCE},
    ),
    "drop row": (
        lambda scheme, by: scoring.drop_row(row_of(scheme), by=by, at=AT),
        {SchemeState.DRAFT, SchemeState.IN_FORCE},
    ),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_in_every_state(cast, verb, state):
    do, allowed = VERBS[verb]
    scheme = scheme_in(state, cast.committee)
    if state in allowed:
        do(scheme, cast.li)
        assert log.history(scheme).exists()
    else:
        with pytest.raises(WrongState):
            do(scheme, cast.li)


@pytest.mark.parametrize("who", ["wang", "zhou", "sun", "zhang", "zhao", "qian"])
@pytest.mark.parametrize("verb", VERBS)
def test_only_those_who_manage_duty_there(cast, verb, who):
    do, allowed = VERBS[verb]
    scheme = scheme_in(min(allowed), cast.committee)
    with pytest.raises(PermissionDenied):
        do(scheme, getattr(cast, who))


def test_nobody_changes_a_preset(cast):
    preset = make.preset("桐城")
    with pytest.raises(PermissionDenied):
        scoring.edit_scheme(preset, changed=["name"], by=cast.li, at=AT)


def test_copying_is_for_ones_own_committee(cast):
    with pytest.raises(PermissionDenied):
        scoring.copy_preset(make.preset("桐城"), cast.committee, YEAR, by=cast.zhao, at=AT)


def test_one_scheme_a_year(cast):
    make.small(cast.committee, enacted=True)
    second = make.scheme(cast.committee, "济南", enacted=False)
    with pytest.raises(WrongState, match="执行中，一个年度只能有一个方案。请先停用它"):
        scoring.enact(second, by=cast.li, at=AT)
    scoring.retire(ScoreScheme.objects.get(state=SchemeState.IN_FORCE), by=cast.li, at=AT)
    assert scoring.enact(second, by=cast.li, at=AT) == 1  # the base of the one member


def test_an_empty_scheme_is_not_enacted(cast):
    empty = scoring.new_scheme(cast.committee, YEAR, name="空", by=cast.li, at=AT)
    with pytest.raises(Incomplete, match="还没有细项"):
        scoring.enact(empty, by=cast.li, at=AT)
    group = scoring.add_row(ScoreGroup(scheme=empty, name="活动", position=None), by=cast.li, at=AT)
    item = ScoreItem(group=group, name="参加", points=Decimal(2), facts=[Fact.ACTIVITY], position=None)
    scoring.add_row(item, by=cast.li, at=AT)
    with pytest.raises(Incomplete, match="还没有等次"):
        scoring.enact(empty, by=cast.li, at=AT)
    scoring.add_row(GradeBand(scheme=empty, name="合格", position=None), by=cast.li, at=AT)
    scoring.enact(empty, by=cast.li, at=AT)
    assert empty.state == SchemeState.IN_FORCE


def test_new_rows_are_the_last_of_their_kind(cast):
    scheme = make.full(cast.committee)
    added = scoring.add_row(GradeBand(scheme=scheme, name="不合格", position=None), by=cast.li, at=AT)
    assert added.position == 3


def test_two_rows_of_one_name_are_refused_in_words(cast):
    scheme = make.full(cast.committee)
    with pytest.raises(Incomplete, match="本方案已有同名的大项"):
        scoring.add_row(ScoreGroup(scheme=scheme, name="活动", position=None), by=cast.li, at=AT)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"points": Decimal(-2)}, "请把性质改为“扣分”"),
        ({"points": Decimal(2), "nature": "deduction"}, "扣分请写负数"),
        ({"points": Decimal(-2), "nature": "deduction", "marks": ["excused"]}, "公务请假不扣分"),
    ],
)
def test_signs_that_make_no_sense_are_refused(cast, given, words):
    item = row_of(make.full(cast.committee))
    for name, value in given.items():
        setattr(item, name, value)
    with pytest.raises(Incomplete, match=words):
        scoring.edit_row(item, changed=list(given), by=cast.li, at=AT)


def test_an_edit_of_a_draft_posts_nothing_and_one_in_force_reposts(cast):
    make.record(cast.wang_member)
    scheme = make.small(cast.committee)
    item = row_of(scheme)
    item.points = Decimal(3)
    scoring.edit_row(item, changed=["points"], by=cast.li, at=AT)
    assert not ScoreLine.objects.exists()
    scoring.enact(scheme, by=cast.li, at=AT)
    item.group.scheme.refresh_from_db()
    scoring.drop_row(row_of(scheme), by=cast.li, at=AT)
    assert [(line.points, line.words) for line in ScoreLine.objects.order_by("pk")] == [(3, ""), (-3, "方案调整")]


def test_the_trail_names_row_and_fields(cast):
    scheme = make.small(cast.committee, enacted=True)
    item = row_of(scheme)
    item.points = Decimal(3)
    scoring.edit_row(item, changed=["points"], by=cast.li, at=AT)
    line = log.history(scheme).first()
    assert (line.label, line.data["row"], line.data["fields"]) == ("修改考评项目", "考评细项“参加活动”", ["每次分值"])


def test_last_years_scheme_is_taken_along(cast):
    old = make.scheme(cast.committee, "济南", year=YEAR - 1)
    new = scoring.copy_scheme(old, YEAR, by=cast.li, at=AT)
    assert (new.year, new.state) == (YEAR, SchemeState.DRAFT)
    assert scoring.export_scheme(new) == scoring.export_scheme(old)


# --- as a shared practice -------------------------------------------------------------------------------------------


def test_a_shared_scheme_becomes_a_draft_elsewhere(cast):
    payload = scoring.export_scheme(make.scheme(cast.committee, "某市"))
    made = scoring.make_scheme(cast.other_committee, payload, by=cast.zhao, at=AT)
    assert (made.committee, made.year, made.state) == (cast.other_committee, 2026, SchemeState.DRAFT)
    assert scoring.export_scheme(made) == payload


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({}, "名称"),
        ({"name": "甲", "groups": "乙"}, "这不是一个考评方案"),
        ({"name": "甲", "groups": ["乙"]}, "这不是一个考评方案"),
        ({"name": "甲", "state": "in_force"}, "没有“state”这一项"),
        ({"name": "甲", "colour": "red"}, "没有“colour”这一项"),
        ({"name": "甲", "groups": [{"name": "乙", "cap": "很多"}]}, "考评大项“乙”"),
        ({"name": "甲", "groups": [{"name": "乙", "items": [{"name": "丙", "points": "1", "facts": []}]}]}, "丙"),
    ],
)
def test_what_is_no_scheme_is_refused_and_nothing_is_kept(cast, payload, words):
    with pytest.raises(Incomplete, match=words):
        scoring.make_scheme(cast.committee, payload, by=cast.li, at=AT)
    assert not ScoreScheme.objects.exists()


# --- who reads ------------------------------------------------------------------------------------------------------


def test_who_sees_which_schemes(cast):
    draft, force = make.full(cast.committee), make.small(cast.committee, YEAR - 1, enacted=True)
    preset = make.preset("桐城")
    seen = {
        who: set(ScoreScheme.objects.visible_to(getattr(cast, who)).filter(pk__in=[draft.pk, force.pk, preset.pk]))
        for who in ("li", "wang", "zhao", "qian")
    }
    assert seen == {"li": {draft, force, preset}, "wang": {force}, "zhao": {preset}, "qian": set()}
