"""What a scheme came to, whom nobody contacts, and the pairs that the register proposes (rows 42, 55, 176)."""

import datetime
from collections import Counter

import pytest

from config.refusals import WrongState
from members.queries import contacts as queries
from members.services import contact_visits as visits
from members.services import contacts as services
from tests.factories import contacts as rows
from tests.factories import members as make

AT = datetime.datetime(2026, 11, 20, 2, tzinfo=datetime.UTC)
TODAY = datetime.date(2026, 11, 20)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def linked(cast):
    """王委员 contacts one member of the same committee."""
    cast.target = make.member(make.user("target", "林委员"), cast.committee)
    cast.scheme = rows.scheme(cast.committee)
    cast.link = rows.link(cast.scheme, cast.wang_member, cast.target)
    return cast


def logged(cast, held_on=TODAY):
    return visits.log_visit(cast.link, held_on=held_on, way="visit", words="了解情况。", by=cast.wang, at=AT)


def test_a_scheme_shows_what_was_kept_and_whom_nobody_contacts(linked):
    alone = make.member(make.user("alone", "无人委员"), linked.committee)
    linked.wang_member.is_standing = True
    linked.wang_member.save()
    logged(linked)
    standing = queries.gaps(linked.scheme, TODAY)
    assert (standing.links, standing.kept, standing.planned, standing.reached, standing.behind) == (1, 1, 2, 0, 1)
    assert set(standing.lonely) == {alone, linked.wang_member}
    assert standing.idle == []


def test_more_visits_to_one_do_not_make_up_for_none_to_another(linked):
    for days in range(4):
        logged(linked, held_on=TODAY - days * DAY)
    rows.link(linked.scheme, linked.wang_member, make.member(make.user("second", "第二位"), linked.committee))
    (standing,) = queries.standings([linked.scheme], TODAY)
    assert (standing.kept, standing.planned, standing.reached) == (2, 4, 1)


def test_pairs_are_even_and_of_the_same_sector_first(cast):
    economy, culture = make.sector(cast.committee, "经济界"), make.sector(cast.committee, "文化界")
    contacts = [
        *rows.members(cast.committee, 1, "se", is_standing=True, sector=economy),
        *rows.members(cast.committee, 1, "sc", is_standing=True, sector=culture),
    ]
    rows.members(cast.committee, 4, "e", sector=economy)
    rows.members(cast.committee, 5, "c", sector=culture)
    scheme = rows.scheme(cast.committee)
    pairs = queries.proposed(scheme, TODAY)
    load = Counter(pair.contact for pair in pairs)
    assert len(pairs) == 12
    assert max(load.values()) - min(load.values()) <= 1
    same = sum(pair.contact.sector_id == pair.target.sector_id for pair in pairs)
    assert same >= 9
    assert all(pair.contact != pair.target for pair in pairs)
    assert set(load) == set(contacts)


def test_proposed_pairs_are_made_only_as_they_were_looked_at(linked):
    linked.wang_member.is_standing = True
    linked.wang_member.save()
    make.member(make.user("alone", "无人委员"), linked.committee)
    pairs = [(pair.contact.pk, pair.target.pk) for pair in queries.proposed(linked.scheme, TODAY)]
    assert services.propose(linked.scheme, pairs, by=linked.li, at=AT) == len(pairs) == 1
    with pytest.raises(WrongState, match="有变化"):
        services.propose(linked.scheme, pairs, by=linked.li, at=AT)
    with pytest.raises(WrongState, match="有变化"):
        services.propose(linked.scheme, [], by=linked.li, at=AT)
