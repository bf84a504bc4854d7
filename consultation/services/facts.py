"""What this app tells the duty ledger, each inside the transaction of the deed; who spoke is not guessed."""

from django.utils import timezone

from consultation.models import Session, Topic
from members.facts import Fact, Mark
from members.services import duty


def attendance(session: Session, *, by, at) -> None:
    """Who of the invited members was there and who was not; told again it corrects what was told before."""
    seated = session.participants.filter(member__isnull=False, attended__isnull=False)
    deeds = [
        duty.Deed(
            member=member, on=timezone.localdate(session.starts_at), fact=Fact.CONSULTATION, key=_of_session(session),
            title=session.consultation.title, mark=Mark.PRESENT if attended else Mark.ABSENT,
            url=session.get_absolute_url(),
        )
        for member, attended in seated.values_list("member", "attended")
    ]  # fmt: skip
    duty.record(deeds, by=by, at=at)


def uninvited(session: Session, member: int, *, by, at) -> None:
    duty.retract(_of_session(session), reason="已移出参会名单", by=by, at=at, members=[member])


def suggested(topic: Topic, *, by, at) -> None:
    _of_topic(topic, Fact.TOPIC, by=by, at=at)


def selected(topic: Topic, *, by, at) -> None:
    _of_topic(topic, Fact.TOPIC_SELECTED, by=by, at=at)


def declined(topic: Topic, *, by, at) -> None:
    """Not selected after all; that it was suggested stays."""
    duty.retract(f"topic:{topic.pk}", reason="议题未采用", by=by, at=at, facts=[Fact.TOPIC_SELECTED])


def _of_session(session):
    return f"session:{session.pk}"


def _of_topic(topic, fact, *, by, at):
    """Topics that no member suggested are nobody's fact."""
    if topic.suggested_by_id:
        deed = duty.Deed(
            member=topic.suggested_by_id, on=timezone.localdate(at), fact=fact, key=f"topic:{topic.pk}",
            title=topic.title, url=topic.get_absolute_url(),
        )  # fmt: skip
        duty.record([deed], by=by, at=at)
