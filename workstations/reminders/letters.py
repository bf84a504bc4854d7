"""Letters that want an answer: whoever handles them, then the leader of that side, then the committee's office."""

from django.utils import timezone

from config.milestones.clock import Skip, Tell, handler
from members.queries import holders_by
from members.roles import Permission, Scope
from workstations.models import Letter
from workstations.services import letters as services

CIRCLES = {"handler": "收信的经办人", "leader": "加上单位负责人或主席会议成员", "office": "加上政协办"}
LADDER = {-1: "handler", 0: "handler", 1: "leader", 3: "office"}
"""Days before (−) or after (+) the due day, and how far the word goes."""


@handler(services.KIND, label="互通信息", circles=CIRCLES)
def remind_of_letters(milestones, at):
    """The side a letter came to answers it; who has answered or need not is not reminded."""
    today = timezone.localdate(at)
    found = Letter.objects.select_related("committee", "organisation").in_bulk({m.subject_id for m in milestones})
    people = services.sides(found.values())
    leaders = _leaders(found.values())
    answers = {}
    for m in milestones:
        letter = found[m.subject_id]
        if not letter.is_unanswered:
            answers[m.pk] = Skip(f"{letter.get_state_display()}，不必提醒")
            continue
        told = set(people[letter.pk][not letter.outgoing])
        if m.circle != "handler" or not told:
            told |= leaders[letter.pk]
        if m.circle == "office" or not told:
            told |= people[letter.pk][True]
        answers[m.pk] = Tell(
            told, "letter-due", f"{_when(letter.due_on, today)}：请回复“{letter.subject}”",
            f"{letter.sender}的来信，由{letter.receiver}回复。", letter.get_absolute_url(),
        )  # fmt: skip
    return answers


def _leaders(letters) -> dict[int, set[int]]:
    """Letter → who leads the side that has to answer."""
    units = holders_by(Permission.MATTER_SIGN, Scope.ORGANISATION, {one.organisation_id for one in letters})
    chairs = holders_by(Permission.TOP_REMINDER, Scope.COMMITTEE, {one.committee_id for one in letters})
    return {one.pk: units[one.organisation_id] if one.outgoing else chairs[one.committee_id] for one in letters}


def _when(due_on, today) -> str:
    days = (due_on - today).days
    if days < 0:
        return f"已逾期 {-days} 天"
    return "今天到期" if days == 0 else f"还有 {days} 天到期"
