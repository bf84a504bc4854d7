import pytest

from tests.factories import workstations as make
from workstations.models import StationKind
from workstations.queries import stations as queries

pytestmark = pytest.mark.django_db


def told(coverage):
    return [(row.town.name, row.stations) for row in coverage.towns]


def test_the_uncovered_come_first(cast):
    make.station(cast.committee)
    coverage = queries.coverage(cast.committee)
    assert told(coverage) == [("塘村镇", 0), ("珠泉镇", 1)]
    assert (coverage.covered, coverage.total) == (1, 2)


def test_a_village_station_covers_its_town_and_closed_or_away_ones_cover_nothing(cast):
    village = make.Region.objects.get(code="431024101001")
    make.station(cast.committee, "英花村工作站", kind=StationKind.VILLAGE_STATION, region=village)
    make.closed_station(cast.committee)
    make.station(cast.committee, "在永工作室", region=make.town(cast.other_committee))
    make.station(cast.committee, "县委员之家", kind=StationKind.MEMBER_HOME, region=cast.committee.region)
    assert told(queries.coverage(cast.committee)) == [("珠泉镇", 0), ("塘村镇", 1)]


def test_a_retired_town_does_not_count(cast, django_assert_num_queries):
    town = make.town(cast.committee)
    town.valid_to = "2025-12-31"
    town.save()
    with django_assert_num_queries(2):
        assert told(queries.coverage(cast.committee)) == [("塘村镇", 0)]
