"""What a word of the public, or a micro-proposal, becomes here: information, and how it went, in public words.

Information is internal: who spoke hears that it was written, registered and sent, not to whom and what was said of it.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone

from config.privacy import masked
from members.roles import Permission
from proposals.models import Information, MicroProposal
from proposals.states import InformationState, MicroState
from workstations.models import Word
from workstations.rules import words as rules
from workstations.services import words as services
from workstations.states import WORD_MOVES
from workstations.threads import Action, FollowUp, Step

INTO = "社情民意信息"
S = InformationState
UNSEEN = (S.DRAFT, S.WITHDRAWN)
OVER = (*UNSEEN, S.UNUSED, S.ISSUED)
LATER = (S.REGISTERED, S.IN_ISSUE, S.ISSUED, S.UNUSED)


def may_take_up(user, word: Word) -> bool:
    """Who keeps the register, and a member who deals with the word or was handed it, while it is open."""
    if word.state not in WORD_MOVES["carry"].sources:
        return False
    if word.committee_id in user.committees_with(Permission.INFORMATION_EDIT):
        return True
    return word.committee_id in user.member_ids and rules.can_answer(user, word)


def offer(user, word: Word) -> Action | None:
    """A draft filled in from the word; one begun already is gone on with."""
    if not may_take_up(user, word):
        return None
    begun = Information.objects.by(user).filter(word=word, state=S.DRAFT).first()
    if begun:
        return Action("接着写社情民意信息", reverse("information-edit", args=[begun.key]))
    query = f"committee={word.committee_id}&word={word.pk}"
    return Action("转为社情民意信息", f"{reverse('information-new')}?{query}")


def begin(word: Word | None) -> dict:
    """What the form begins with; it goes to many, so numbers of people are covered."""
    if word is None:
        return {}
    place = f"（{masked(word.place)}）" if word.place else ""
    return {"problem": f"群众反映{place}：{masked(word.body)}"[:3000], "region": word.region}


def holds(word: Word) -> bool:
    return Information.objects.filter(word=word).exclude(state__in=OVER).exists()


def follow(words: Iterable[Word]) -> dict[int, list[Step]]:
    """What became of each, nobody's name and no receiver; one statement."""
    found = Information.objects.filter(word__in=words).exclude(state__in=UNSEEN).select_related("bulletin")
    steps = defaultdict(list)
    for information in found.order_by("pk"):
        steps[information.word_id] += _steps(information)
    return dict(steps)


def _steps(information):
    steps = [Step(timezone.localdate(information.submitted_at), "已写成社情民意信息，报送政协")]
    if information.state == S.ISSUED:
        steps.append(Step(timezone.localdate(information.bulletin.issued_at), "已向有关领导和部门反映", tone="ok"))
    elif information.state == S.UNUSED and information.same_as_id:
        steps.append(Step(timezone.localdate(information.updated_at), "同一件事已经反映过", tone="ok"))
    elif information.state == S.UNUSED:
        steps.append(Step(timezone.localdate(information.updated_at), "社情民意信息留存，暂未编用", tone="closed"))
    return steps


FOLLOW_UP = FollowUp("information", offer, follow, holds)


# --- news to the word --------------------------------------------------------------------------------------------


def taken_up(information: Information, *, by, at) -> None:
    """Submitted: the word is carried, where it is still open."""
    if information.word_id:
        services.carry(information.word, into=INTO, by=by, at=at)


def came_to_nothing(information: Information, *, because: str, by, at) -> None:
    """Withdrawn or shelved: the word has to be dealt with anew."""
    if information.word_id:
        services.bring_back(information.word, note=because, by=by, at=at)


def finished(information: Information, *, by, at) -> None:
    if information.word_id:
        services.settle(information.word, note="已作为社情民意信息反映", by=by, at=at)


# --- a micro-proposal that should be read higher up --------------------------------------------------------------

HANDED_IN = tuple(state for state in MicroState if state not in (MicroState.DRAFT, MicroState.WITHDRAWN))


def may_raise(user, micro: MicroProposal) -> bool:
    """Its author, and who keeps the register and may read it; once it was handed in."""
    if micro.state not in HANDED_IN:
        return False
    if user.member_ids.get(micro.committee_id) == micro.author_id:
        return True
    keeps = micro.committee_id in user.committees_with(Permission.INFORMATION_EDIT)
    return keeps and micro.committee_id in user.committees_with(Permission.MICRO_VIEW)


def offer_for_micro(user, micro: MicroProposal) -> Action | None:
    """转为社情民意信息; a draft begun already is gone on with, and one that was handed in is enough."""
    if not user.is_authenticated or not may_raise(user, micro):
        return None
    there = Information.objects.visible_to(user).filter(micro=micro).exclude(state=S.WITHDRAWN).order_by("pk").last()
    if there is None:
        query = f"committee={micro.committee_id}&micro={micro.key}"
        return Action("转为社情民意信息", f"{reverse('information-new')}?{query}")
    if there.state == S.DRAFT and there.drafter_id == user.pk:
        return Action("接着写社情民意信息", reverse("information-edit", args=[there.key]))
    return None


def begin_from_micro(micro: MicroProposal | None) -> dict:
    if micro is None:
        return {}
    return {"title": micro.title, "problem": micro.body[:3000], "category": micro.category, "region": micro.region}
