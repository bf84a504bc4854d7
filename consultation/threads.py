"""What a word of the public becomes here: a topic, chosen or not, and consulted about in public (row 101)."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from config.privacy import masked
from consultation.models import Consultation, Topic
from consultation.states import PUBLIC_CONSULTATIONS, ConsultationState, TopicSource, TopicState
from members.roles import Permission
from workstations.models import Channel, Word
from workstations.rules import words as rules
from workstations.services import words as services
from workstations.states import WORD_MOVES
from workstations.threads import Action, FollowUp, Step

INTO = "协商议题"
HELD = (ConsultationState.CONCLUDED, ConsultationState.ARCHIVED)


def may_take_up(user, word: Word) -> bool:
    """The staff who manage topics, and a member who deals with the word or was handed it, while it is open."""
    if word.state not in WORD_MOVES["carry"].sources:
        return False
    if word.committee_id in user.committees_with(Permission.PLAN_MANAGE):
        return True
    return word.committee_id in user.member_ids and rules.can_answer(user, word)


def offer(user, word: Word) -> Action | None:
    if not may_take_up(user, word):
        return None
    return Action("转为议题", f"{reverse('topic-new')}?word={word.pk}")


def begin(word: Word | None) -> dict:
    """What the form of a topic begins with; it goes to many, so numbers of people are covered."""
    if word is None:
        return {}
    place = f"（{masked(word.place)}）" if word.place else ""
    source = TopicSource.VILLAGE if word.channel == Channel.GRID else TopicSource.PUBLIC
    return {"reason": f"群众反映{place}：{masked(word.body)}"[:2000], "source": source}


def holds(word: Word) -> bool:
    return any(not _is_over(topic) for topic in word.topics.prefetch_related("consultations"))


def _is_over(topic) -> bool:
    held = any(consultation.state in HELD for consultation in topic.consultations.all())
    return held or topic.state == TopicState.DECLINED


def follow(words: Iterable[Word]) -> dict[int, list[Step]]:
    """Suggested, chosen or not, and the consultations that are public; the staff's words stay inside."""
    public = Consultation.objects.filter(is_public=True, state__in=PUBLIC_CONSULTATIONS).select_related("committee")
    topics = Topic.objects.filter(word__in=words).order_by("pk")
    steps = defaultdict(list)
    for topic in topics.prefetch_related(Prefetch("consultations", public.order_by("pk"), to_attr="in_public")):
        steps[topic.word_id] += _steps(topic)
    return dict(steps)


def _steps(topic):
    steps = [Step(timezone.localdate(topic.created_at), "已提为协商议题")]
    if topic.state != TopicState.COLLECTED:
        tone = "closed" if topic.state == TopicState.DECLINED else "info"
        steps.append(Step(timezone.localdate(topic.updated_at), f"议题{topic.get_state_display()}", tone=tone))
    for consultation in topic.in_public:
        day = consultation.held_on or timezone.localdate(consultation.updated_at)
        over = consultation.state in HELD
        label = f"{'已协商' if over else '正在协商'}：{consultation}"
        steps.append(Step(day, label, tone="ok" if over else "info", url=consultation.public_url))
    return steps


FOLLOW_UP = FollowUp("topic", offer, follow, holds)


# --- news to the word --------------------------------------------------------------------------------------------


def taken_up(topic: Topic, *, by, at) -> None:
    """Suggested, or chosen after all: the word is carried, where it is still open."""
    if topic.word_id:
        services.carry(topic.word, into=INTO, by=by, at=at)


def came_to_nothing(topic: Topic, *, by, at) -> None:
    if topic.word_id:
        services.bring_back(topic.word, note="议题未采用", by=by, at=at)


def consulted(consultation: Consultation, *, by, at) -> None:
    """Its consultation is over: the word is settled."""
    if consultation.topic_id and consultation.topic.word_id:
        services.settle(consultation.topic.word, note="已列入协商", by=by, at=at)
