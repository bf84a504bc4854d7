"""Words that recur and groups of reports: what made them is told, and no dictionary is needed."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from proposals.models import Information
from proposals.queries import information_topics as topics
from proposals.queries.information_topics import Said
from proposals.states import InformationState
from tests.factories import information as make


def said(*texts, field=""):
    return [Said(f"k{number}", text, field, text) for number, text in enumerate(texts)]


BUS = ["农村公交停运，老人出行不便", "恢复农村公交早晚班次", "农村公交票价高，学生出行不便"]
LIFT = ["老旧小区加装电梯难", "加装电梯资金从哪里来", "三楼以下不同意加装电梯"]


def test_a_word_is_told_whole_and_not_its_parts():
    found = topics.topics(said(*BUS, *LIFT))
    assert {word.text: word.reports for word in found.words} == {"农村公交": 3, "加装电梯": 3}


def test_a_part_that_stands_elsewhere_too_is_told_as_well():
    found = topics.topics(
        said(*BUS, "城区公交改线", "校园公交太挤", "公交站台漏雨", "夜间公交太少", *LIFT, *LIFT, *LIFT)
    )
    words = {word.text: word.reports for word in found.words}
    assert words["公交"] == 7
    assert words["农村公交"] == 3


def test_what_stands_in_two_reports_or_in_nearly_all_is_no_word():
    assert topics.topics(said(*BUS[:2])).words == ()
    assert topics.topics(said(*[f"农村公交{sign}" for sign in "甲乙丙丁戊己庚辛"])).words == ()


def test_a_group_says_which_words_made_it_and_every_report_is_in_one_only():
    found = topics.topics([*said(*BUS, field="交通出行"), *said(*LIFT, field="住房城建")])
    assert [group.words for group in found.groups] == [("加装电梯",), ("农村公交",)]
    assert {group.field for group in found.groups} == {"交通出行", "住房城建"}
    titles = [title for group in found.groups for _, title in group.reports]
    assert sorted(titles) == sorted([*BUS, *LIFT])


def test_traditional_characters_are_the_same_words():
    found = topics.topics(said("農村公交停運", *BUS[1:], *LIFT))
    assert found.words[0].reports == 3
    assert "农村公交" in [word.text for word in found.words]


def test_nothing_said_gives_nothing():
    assert topics.topics([]) == topics.Topics((), (), 0)
    assert topics.topics(said("", "。", "abc", "的的的")).words == ()


@pytest.mark.django_db
def test_only_what_was_handed_in_to_the_committee_is_read_and_kept_until_it_changes(cast):
    for number, text in enumerate([*BUS, *LIFT]):
        make.report(cast, InformationState.SUBMITTED, title=text[:50], problem=f"第{number}件")
    make.report(cast, InformationState.DRAFT, title=BUS[0])
    first = topics.topics_of(cast.committee)
    assert first.read == 6
    assert topics.topics_of(cast.other_committee).read == 0
    cache.clear()
    assert topics.topics_of(cast.committee) == first
    Information.objects.filter(title=BUS[0]).update(title="别的事")
    assert {word.text for word in topics.topics_of(cast.committee).words} == {"加装电梯"}


@pytest.mark.django_db
def test_the_page_links_every_word_and_every_report(cast, as_, django_assert_max_num_queries):
    rows = [
        make.report(cast, InformationState.SUBMITTED, title=text[:50], problem=f"第{number}件")
        for number, text in enumerate([*BUS, *LIFT])
    ]
    client = as_(cast.li)
    with django_assert_max_num_queries(14):
        page = client.get(reverse("information-topics")).content.decode()
    assert "农村公交" in page
    assert "都提到“加装电梯”" in page
    for row in rows:
        assert row.get_absolute_url() in page
    assert "还没有在多件信息里重复出现的词" in as_(cast.zhao).get(reverse("information-topics")).content.decode()
