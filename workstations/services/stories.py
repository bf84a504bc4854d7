"""履职故事: written, changed, published; publicity and honours become facts of their members (rows 65, 87, 94, 195)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from config.audit import log
from config.refusals import Incomplete
from config.saving import in_words
from members.facts import Fact
from members.models import DutyRecord, Member
from members.services import duty
from members.services.duty import Deed
from workstations.models import Story, StoryKind
from workstations.rules import stories as rules

FACTS = {StoryKind.PUBLICITY: Fact.PUBLICITY, StoryKind.HONOUR: Fact.HONOUR}


@transaction.atomic
def write(story: Story, *, members: Iterable[Member], by, at: datetime) -> Story:
    """Keep a story, new or changed, with its members."""
    rules.require(by, story)
    members = list(members)
    if any(member.committee_id != story.committee_id for member in members):
        raise Incomplete("名单里有不属于本会的委员。", {"names": "名单里有不属于本会的委员。"})
    if story.kind in FACTS and by is not None and any(member.user_id == by.pk for member in members):
        words = "宣传报道和表彰奖励会记入履职档案，涉及您本人的请由另一位工作人员登记。"
        raise Incomplete(words, {"members": words})
    verb = "story.change" if story.pk else "story.write"
    with in_words():
        story.full_clean()
    story.save()
    story.members.set(members)
    log.record(verb, story, by=by, at=at, scope=story.scope, kind=story.get_kind_display())
    _tell(story, by=by, at=at)
    return story


@transaction.atomic
def publish(story: Story, *, shown: bool, by, at: datetime) -> None:
    """公开, or 撤下: what is taken down stays with the office, and so do its facts."""
    rules.require(by, story)
    if story.is_published == shown:
        return
    story.is_published = shown
    story.save(update_fields=["is_published", "updated_at"])
    log.record("story.publish" if shown else "story.take_down", story, by=by, at=at, scope=story.scope)


def _tell(story, *, by, at):
    """One fact for each member; who is no longer named, or another kind, is taken back."""
    key, fact = f"story:{story.pk}", FACTS.get(story.kind)
    named = set(story.members.values_list("pk", flat=True)) if fact else set()
    told = {"on": story.on, "title": story.title, "detail": story.level, "url": story.get_absolute_url()}
    duty.record([Deed(member=member, fact=fact, key=key, **told) for member in sorted(named)], by=by, at=at)
    gone = DutyRecord.objects.standing().filter(key=key)
    if fact:
        gone = gone.exclude(fact=fact, member__in=named)
    for member, wrong in gone.values_list("member", "fact"):
        duty.retract(key, reason="履职故事已更正", by=by, at=at, members=[member], facts=[wrong])
