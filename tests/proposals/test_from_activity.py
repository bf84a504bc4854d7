"""From what was seen at an activity to a micro-proposal, with the link kept (row 88)."""

import pytest
from django.urls import reverse

from proposals.models import MicroProposal
from tests.factories import activities
from tests.factories import proposals as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def activity(cast):
    return activities.published(cast, title="危房改造走访", summary="三户危房待改造。")


def begin(client, activity):
    return client.get(reverse("micro-new"), {"activity": activity.pk}, follow=True)


def test_the_page_begins_with_what_was_seen_and_the_link_is_kept(cast, as_, activity):
    member = as_(cast.wang)
    page = begin(member, activity)
    form = page.context["form"]
    assert form["title"].value() == "危房改造走访"
    assert form["body"].value() == "2026年11月25日参加“危房改造走访”。\n三户危房待改造。"
    key = page.context["key"]
    given = {
        "title": "改造三户危房",
        "body": "走访看到三户危房，建议列入年度改造。",
        "activity": form["activity"].value(),
    }
    member.post(reverse("micro-edit", args=[key]), {**given, "category": make.category().pk, "region": "431024100001"})
    micro = MicroProposal.objects.get(key=key)
    assert micro.activity == activity
    text = member.get(micro.get_absolute_url()).content.decode()
    assert f'来自活动：<a href="{activity.get_absolute_url()}">' in text
    assert member.get(reverse("micro-edit", args=[key])).context["form"]["title"].value() == "改造三户危房"


def test_without_an_activity_and_with_one_that_is_not_mine_the_page_is_empty(cast, as_):
    hidden = activities.draft(cast)
    for query in ({}, {"activity": hidden.pk}, {"activity": "x"}, {"activity": "9" * 30}):
        page = as_(cast.wang).get(reverse("micro-new"), query, follow=True)
        assert page.context["form"]["title"].value() is None
    key = page.context["key"]
    answer = as_(cast.wang).post(reverse("micro-edit", args=[key]), {"title": "抄来的", "activity": hidden.pk})
    assert answer.status_code == 400
    assert not MicroProposal.objects.exists()


def test_who_may_not_see_the_activity_does_not_read_of_it(cast, as_, activity):
    activity.is_public = False
    activity.save()
    micro = make.micro(cast, "closed")
    micro.activity = activity
    micro.save()
    texts = [as_(user).get(micro.get_absolute_url()).content.decode() for user in (None, cast.wang)]
    assert ["危房改造走访" in text for text in texts] == [False, True]
