import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from config.refusals import Incomplete
from members.facts import Fact
from members.models import DutyRecord
from tests.factories import activities as make
from tests.factories import members as people
from tests.factories.activities import AT
from workstations.models import Story, StoryKind
from workstations.services import stories as services

pytestmark = pytest.mark.django_db


def standing():
    return set(DutyRecord.objects.standing().values_list("member__user__username", "fact", "detail"))


def written(cast, members, **fields):
    story = Story(committee=cast.committee, title="三次专访", on=AT.date(), **fields)
    return services.write(story, members=members, by=cast.li, at=AT)


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (StoryKind.CASE, set()),
        (StoryKind.PUBLICITY, {("wang", Fact.PUBLICITY, "city")}),
        (StoryKind.HONOUR, {("wang", Fact.HONOUR, "city")}),
    ],
)
def test_publicity_and_honours_are_facts_of_their_members(cast, kind, facts):
    story = written(cast, [cast.wang_member], kind=kind, level="city")
    services.write(story, members=[cast.wang_member], by=cast.li, at=AT)
    assert standing() == facts
    assert DutyRecord.objects.count() == len(facts)


def test_another_member_or_kind_is_told_anew(cast):
    other = make.member(cast, "other")
    story = written(cast, [cast.wang_member], kind=StoryKind.PUBLICITY)
    services.write(story, members=[other], by=cast.li, at=AT)
    assert standing() == {("other", Fact.PUBLICITY, "")}
    story.kind = StoryKind.HONOUR
    services.write(story, members=[other], by=cast.li, at=AT)
    assert standing() == {("other", Fact.HONOUR, "")}


def test_nobody_enters_the_own_honour(cast):
    """It counts; like a claim it takes another person."""
    own = people.member(cast.li, cast.committee)
    for kind in (StoryKind.PUBLICITY, StoryKind.HONOUR):
        with pytest.raises(Incomplete, match="另一位工作人员"):
            written(cast, [cast.wang_member, own], kind=kind)
    written(cast, [own], kind=StoryKind.CASE)
    assert standing() == set()


def test_only_the_office_writes_and_of_its_own_members(cast):
    with pytest.raises(Incomplete, match="不属于本会"):
        written(cast, [cast.qian_member], kind=StoryKind.CASE)
    story = make.story(cast.committee)
    for by in (cast.wang, cast.zhou, cast.zhao):
        with pytest.raises(PermissionDenied):
            services.write(story, members=[], by=by, at=AT)
        with pytest.raises(PermissionDenied):
            services.publish(story, shown=False, by=by, at=AT)


def test_a_story_is_written_shown_and_taken_down_on_the_pages(cast, as_):
    office, visitor = as_(cast.li), as_(None)
    form = {
        "kind": "case", "title": "企业搬迁提前一个月", "on": "2026-05-06", "members": "王委员", "text": "走访六次。",
        "effect": "搬迁提前一个月完成", "is_published": "on",
    }  # fmt: skip
    office.post(reverse("story-new", args=["jiahe"]), form)
    story = Story.objects.get()
    page = visitor.get(story.get_absolute_url()).content.decode()
    assert all(words in page for words in ("企业搬迁提前一个月", "走访六次", "王委员"))
    assert "企业搬迁" in visitor.get(reverse("story-list", args=["jiahe"]), {"q": "搬迁"}).content.decode()
    wrong = office.post(reverse("story-edit", args=[story.pk]), {**form, "members": "没有这个人"}).content.decode()
    assert "本会没有叫“没有这个人”的在任委员" in wrong
    assert "没有这个人</textarea>" in wrong
    office.post(reverse("story-publish", args=[story.pk]), {"shown": "0"})
    assert visitor.get(story.get_absolute_url()).status_code == 404
    assert as_(cast.wang).get(reverse("story-new", args=["jiahe"])).status_code == 403


def test_a_member_who_is_not_shown_is_not_named_to_visitors(cast, as_):
    cast.wang_member.is_public = False
    cast.wang_member.save()
    story = written(cast, [cast.wang_member], kind=StoryKind.CASE)
    assert "王委员" not in as_(None).get(story.get_absolute_url()).content.decode()
    assert "王委员" in as_(cast.wang).get(story.get_absolute_url()).content.decode()
