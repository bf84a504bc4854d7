from django.utils import timezone

from members.models import Member


def found(words):
    return list(Member.objects.matching(words))


def test_a_member_is_found_by_name_post_and_specialty(cast):
    cast.wang_member.work_post, cast.wang_member.specialties = "县一中教师", "城乡规划"
    cast.wang_member.save()
    for words in ("王委", "王委员", "一中", "规划", "王委员 规划"):
        assert found(words) == [cast.wang_member]


def test_a_person_who_is_renamed_is_found_by_the_new_name(cast):
    cast.wang.name = "王新名"
    cast.wang.save()
    assert (found("新名"), found("王委员")) == ([cast.wang_member], [])
    cast.wang.name = "王又改"
    cast.wang.save(update_fields=["name"])
    assert found("又改") == [cast.wang_member]


def test_signing_in_writes_no_search_entry(cast, django_assert_num_queries):
    cast.wang.last_login = timezone.now()
    with django_assert_num_queries(1):
        cast.wang.save(update_fields=["last_login"])


def test_upwards_leads_from_a_committee_to_those_above_it_and_comes_to_an_end(cast):
    county, city = cast.committee, cast.other_committee
    county.upper = city
    assert list(county.upwards()) == [county, city]
    assert (county.is_below_or(county.pk), county.is_below_or(city.pk), city.is_below_or(county.pk)) == (
        True, True, False,
    )  # fmt: skip
    city.upper = county
    assert list(county.upwards()) == [county, city]
