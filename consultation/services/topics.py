"""议题: collected from the five sources, then chosen or not."""

from uuid import UUID

from django.db import transaction

from config.audit import log
from config.refusals import Incomplete
from config.transitions import take
from consultation import notices, rules, threads
from consultation.models import Topic
from consultation.services import facts
from consultation.states import SUITED, TopicSize, TopicSource, TopicUrgency
from members.models import Committee
from members.roles import Permission
from workstations.models import Word


@transaction.atomic
def suggest_topic(
    key: UUID, *, committee: Committee, title, reason, content_kind, source="", suggested_by_name="",
    size="", urgency="", word: Word | None = None, by, at,
) -> Topic:  # fmt: skip
    """提出议题: a member suggests in the own name, staff enter what came from elsewhere; the same `key` is one.

    With `word` it takes up what somebody of the public said, while that is open and this person's to take up.
    """
    rules.require("suggest_topic", by, committee)
    suggested_by = None
    if committee.pk not in by.committees_with(Permission.PLAN_MANAGE):
        source, suggested_by_name = TopicSource.MEMBER, ""
        suggested_by = by.memberships.get(pk=by.member_ids[committee.pk])
    topic, fresh = Topic.objects.get_or_create(
        key=key,
        defaults={
            "committee": committee,
            "title": title,
            "reason": reason,
            "content_kind": content_kind,
            "size": size,
            "urgency": urgency,
            "source": source,
            "suggested_by": suggested_by,
            "suggested_by_name": suggested_by_name,
            "word": word if word and word.committee_id == committee.pk and threads.may_take_up(by, word) else None,
            "created_at": at,
            "created_by": by,
            "updated_at": at,
        },
    )
    if fresh:
        log.record("topic.suggest", topic, by=by, at=at, scope=topic.scope, source=source)
        facts.suggested(topic, by=by, at=at)
        threads.taken_up(topic, by=by, at=at)
    return topic


@transaction.atomic
def select_topic(topic: Topic, *, words: str = "", by, at) -> Topic:
    """选定 for a plan or a consultation."""
    rules.require("choose_topic", by, topic)
    take(topic, "select", by=by, at=at, words=words.strip(), updated_at=at)
    facts.selected(topic, by=by, at=at)
    threads.taken_up(topic, by=by, at=at)
    notices.topic_chosen(topic, at=at)
    return topic


@transaction.atomic
def decline_topic(topic: Topic, *, words: str, by, at) -> Topic:
    """不予采用, and the suggester reads why."""
    rules.require("choose_topic", by, topic)
    if not words.strip():
        raise Incomplete("请写明不采用的理由。", {"words": "请写明理由，提出人会看到。"})
    take(topic, "decline", by=by, at=at, words=words.strip(), updated_at=at)
    facts.declined(topic, by=by, at=at)
    threads.came_to_nothing(topic, by=by, at=at)
    notices.topic_chosen(topic, at=at)
    return topic


@transaction.atomic
def weigh_topic(topic: Topic, *, size: str, urgency: str, by, at) -> Topic:
    """定大小缓急: what the fitting procedure is found by; empty means not said."""
    rules.require("choose_topic", by, topic)
    if size not in {"", *TopicSize.values} or urgency not in {"", *TopicUrgency.values}:
        raise Incomplete("请从选项里选大小和缓急。", {"size": "请从选项里选。"})
    Topic.objects.filter(pk=topic.pk).update(size=size, urgency=urgency, updated_at=at)
    topic.size, topic.urgency, topic.updated_at = size, urgency, at
    said = "、".join(SUITED[value] for value in topic.weights)
    log.record("topic.weigh", topic, by=by, at=at, scope=topic.scope, said=said)
    return topic
