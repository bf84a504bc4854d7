"""社情民意信息: what its author does, or the office for an organisation or a person without an account."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from config.refusals import Incomplete, WrongState
from config.transitions import take
from members.models import Committee, Member
from members.roles import Permission
from proposals import rules, threads_information
from proposals.models import Information, MicroProposal
from proposals.notices import information as notices
from proposals.services import information_facts as facts
from proposals.states import INFORMATION_MOVES
from workstations.models import Word

PARTS = ("problem", "cause", "suggestion")


@dataclass(frozen=True)
class Whose:
    """For whom the office enters a report: a member of the committee, or an organisation or person by name."""

    author: Member | None = None
    reporter: str = ""


@transaction.atomic
def keep_draft(
    key: UUID, *, committee: Committee, by, whose: Whose | None = None, word: Word | None = None,
    micro: MicroProposal | None = None, **fields,
) -> Information:  # fmt: skip
    """Save what was typed under `key`, as often as the page asks; the first save makes the draft.

    Without `whose` a member reports; with it the office does. The draft keeps the word of the public or the
    micro-proposal that it was made from, if this person may take that up.
    """
    author = _author(committee, by, whose)
    # Locked: a late autosave must not write the draft back over what was submitted meanwhile.
    information, fresh = Information.objects.select_for_update().get_or_create(
        key=key, defaults={"committee": committee, "drafter": by, "author_id": author}
    )
    if fresh and word and threads_information.may_take_up(by, word) and word.committee_id == committee.pk:
        information.word = word
    if fresh and micro and threads_information.may_raise(by, micro) and micro.committee_id == committee.pk:
        information.micro = micro
    rules.require("submit_information", by, information)
    if information.state not in INFORMATION_MOVES["submit"].sources:
        raise WrongState(f"这件信息已经是“{information.get_state_display()}”，不能再修改。")
    if whose is not None:
        information.author_id, information.reporter = author, whose.reporter.strip()
    for name, value in fields.items():
        setattr(information, name, value)
    information.save()
    return information


def _author(committee, by, whose) -> int | None:
    if whose is None:
        author = by.member_ids.get(committee.pk)
        if author is None:
            raise PermissionDenied("not a member of this committee")
        return author
    if committee.pk not in by.committees_with(Permission.INFORMATION_EDIT):
        raise PermissionDenied("enters for nobody else")
    if whose.author is not None and whose.author.committee_id != committee.pk:
        raise Incomplete("这位委员不属于本会。", {"author": "请选本会的委员。"})
    return whose.author and whose.author.pk


@transaction.atomic
def submit(information: Information, *, by, at) -> Information:
    """报送: the register hears of it; a word of the public that it takes up is carried."""
    rules.require("submit_information", by, information)
    if lacks := missing(information):
        raise Incomplete("还有几项没有填好：" + "".join(lacks.values()), lacks)
    is_first = information.submitted_at is None
    take(information, "submit", by=by, at=at, submitted_at=information.submitted_at or at, words="")
    if is_first:
        facts.reported(information, by=by, at=at)
    threads_information.taken_up(information, by=by, at=at)
    notices.submitted(information, by=by, at=at)
    return information


def missing(information: Information) -> dict[str, str]:
    """What still has to be filled in before it can be submitted, by field."""
    lacks = {}
    if not information.title.strip():
        lacks["title"] = "请写标题。"
    if not information.problem.strip():
        lacks["problem"] = "请写情况和问题。"
    if not information.suggestion.strip():
        lacks["suggestion"] = "请写意见建议。"
    if information.category_id is None:
        lacks["category"] = "请选领域。"
    if information.author_id is None and not information.reporter.strip() and information.word_id is None:
        lacks["reporter"] = "请写是谁反映的：委员姓名，或单位、个人。"
    return lacks


def length(information: Information) -> int:
    """How many characters the three parts have together."""
    return sum(len("".join(getattr(information, part).split())) for part in PARTS)


@transaction.atomic
def withdraw(information: Information, *, by, at) -> Information:
    """撤回: before it is registered."""
    rules.require("withdraw_information", by, information)
    take(information, "withdraw", by=by, at=at)
    facts.withdrawn(information, by=by, at=at)
    threads_information.came_to_nothing(information, because="社情民意信息已撤回", by=by, at=at)
    return information
