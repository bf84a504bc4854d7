"""沟通联系: the unit writes down when and how it talked with who put the matter (domain 1.5)."""

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.refusals import Incomplete, WrongState
from config.saving import DOUBLED, save
from proposals import rules
from proposals.models import Assignment, Contact
from proposals.services.assignments import CONTACT
from proposals.states import AssignmentState, ContactStage

TALKED_IN = {
    ContactStage.BEFORE: (AssignmentState.HANDLING,),
    ContactStage.DURING: (AssignmentState.HANDLING, AssignmentState.MEETING, AssignmentState.FOLLOWING),
    ContactStage.AFTER: (AssignmentState.REPLIED, AssignmentState.MEETING, AssignmentState.FOLLOWING),
}
"""The states of a case in which a talk of each stage can be entered."""


def stages_of(assignment: Assignment) -> list[ContactStage]:
    return [stage for stage, states in TALKED_IN.items() if assignment.state in states]


@transaction.atomic
def add(assignment: Assignment, *, stage: str, way: str, on, with_whom: str, words: str, by, at) -> Contact:
    """登记沟通; the first one keeps the duty to contact, and nobody is reminded of it any longer."""
    rules.require("contact", by, assignment)
    today, handed_on = timezone.localdate(at), timezone.localdate(assignment.assigned_at)
    wrong = {}
    if on is None or not handed_on <= on <= today:
        wrong["on"] = f"日期应在交办（{handed_on.month}月{handed_on.day}日）以后，不晚于今天。"
    if not with_whom.strip():
        wrong["with_whom"] = "请填写联系了谁。"
    if not words.strip():
        wrong["words"] = "请写明沟通的情况和对方的意见。"
    if wrong:
        raise Incomplete("".join(wrong.values()), wrong)
    Assignment.objects.select_for_update().filter(pk=assignment.pk).values_list("pk", flat=True).get()
    assignment.refresh_from_db()
    if assignment.state not in TALKED_IN.get(stage, ()):
        label = ContactStage(stage).label if stage in ContactStage.values else "沟通"
        raise WrongState(f"“{assignment.get_state_display()}”的交办件不能登记“{label}”。")
    talk = Contact(
        assignment=assignment, stage=stage, way=way, on=on, with_whom=with_whom.strip(), words=words.strip(),
        by=by, at=at,
    )  # fmt: skip
    if assignment.contacts.filter(stage=stage, way=way, on=on, words=talk.words).exists():
        raise WrongState(DOUBLED)
    save(talk)
    log.record("contact.add", talk, by=by, at=at, scope=assignment.scope, stage=talk.get_stage_display(), on=on)
    if assignment.contacted_at is None:
        Assignment.objects.filter(pk=assignment.pk, contacted_at=None).update(contacted_at=at, updated_at=at)
        assignment.contacted_at = at
        clock.cancel(assignment, kind=CONTACT, reason="已联系提案者", at=at)
    return talk
