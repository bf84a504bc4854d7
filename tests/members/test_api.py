import pytest

from members.models import Committee, Region
from tests.factories import members as make


def codes(answer):
    return [row["code"] for row in answer.json()["results"]]


def get(client, name, **query):
    answer = client.get(f"/api/v1/{name}/", query)
    assert answer.status_code == 200, answer.content
    return answer


def test_committees_by_place_and_name(cast, client):
    city = make.committee(Region.objects.get(pk="431000000000"), slug="chenzhou", brand="郴心协商")
    Committee.objects.filter(pk=cast.committee.pk).update(upper=city)

    def slugs(**query):
        return [row["slug"] for row in get(client, "committees", **query).json()["results"]]

    assert slugs() == ["chenzhou", "yongxing", "jiahe"]
    assert slugs(within="431024") == ["jiahe"]
    assert slugs(q="永兴") == ["yongxing"]
    one = client.get("/api/v1/committees/jiahe/").json()
    assert one.pop("updated_at")
    assert one == {
        "slug": "jiahe",
        "name": "政协嘉禾县委员会",
        "short_name": "嘉禾县政协",
        "brand": "嘉事好商量",
        "region": "431024000000",
        "term": 11,
        "upper": "chenzhou",
    }


@pytest.mark.parametrize("within", ["431024", "431024000000"])
def test_regions_within_a_division(cast, client, within):
    assert codes(get(client, "regions", within=within)) == [
        "431024000000",
        "431024100000",
        "431024100001",
        "431024101000",
        "431024101001",
    ]


def test_regions_by_level_parent_name_and_state(cast, client):
    assert codes(get(client, "regions", level=3)) == ["431023000000", "431024000000"]
    assert codes(get(client, "regions", parent="431024100000")) == ["431024100001"]
    assert codes(get(client, "regions", q="英花", within="431024")) == ["431024101001"]
    Region.objects.filter(pk="431024101001").update(valid_to="2025-12-31")
    assert codes(get(client, "regions", in_force="false")) == ["431024101001"]
    assert codes(get(client, "regions", in_force="true", within="431024101")) == ["431024101000"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("within", "43102"),
        ("within", "湖南"),
        ("within", "４３"),
        ("level", "7"),
        ("in_force", "maybe"),
        ("q", "\x00"),
        ("q", "县" * 65),
    ],
)
def test_a_filter_that_is_not_understood_is_refused(cast, client, name, value):
    told = client.get("/api/v1/regions/", {name: value})
    assert (told.status_code, list(told.json()["errors"])) == (400, [name])


def test_lists_need_as_many_queries_for_three_rows_as_for_one(cast, client, django_assert_num_queries):
    for name, fewer in (("committees", {"q": "嘉禾"}), ("regions", {"level": 2})):
        for query in (fewer, {}):
            with django_assert_num_queries(1):
                get(client, name, **query)
