"""What is said to whom when a micro-proposal is led; one function a notice."""

from collections.abc import Iterable

from config.notices import outbox
from members.models import Membership
from members.queries import holders
from members.roles import Permission
from proposals.models import MicroLead
from proposals.rules.proposals import SIGNS_FOR_BODY
from proposals.states import Satisfaction

KIND = "micro-lead"


def leaders_of(leads: Iterable[MicroLead]) -> dict[int, set[int]]:
    """Lead → the users who answer for it: the member, or who holds a leading post of the body (its members where
    nobody does); a handful of statements for many."""
    leads = list(leads)
    seats = Membership.objects.in_force().filter(body__in={lead.body_id for lead in leads if lead.body_id})
    first, others = {}, {}
    for body, post, user in seats.values_list("body", "post", "member__user"):
        (first if post in SIGNS_FOR_BODY else others).setdefault(body, set()).add(user)
    found = {}
    for lead in leads:
        people = first.get(lead.body_id) or others.get(lead.body_id, set()) if lead.body_id else {lead.member.user_id}
        found[lead.pk] = people - {None}
    return found


def _tell(people, lead, what, title, body="", *, about=None, at):
    outbox.send(
        people, kind=KIND, title=title, body=body, url=(about or lead).get_absolute_url(),
        key=f"{KIND}:{lead.pk}:{what}", at=at, scope=lead.scope,
    )  # fmt: skip


def begun(lead: MicroLead, *, at) -> None:
    micro, due = lead.micro, f"{lead.due_on.month}月{lead.due_on.day}日"
    _tell(leaders_of([lead])[lead.pk], lead, "begun", f"请领办微建议：{micro.title}", f"{due}前写明领办结果。", at=at)
    title = f"您的微建议《{micro.title}》由{lead.leader}领办"
    _tell([micro.author.user_id], lead, "author", title, f"{due}前有结果，届时请您评价。", about=micro, at=at)


def finished(lead: MicroLead, *, at) -> None:
    title = f"{lead.leader}已办完《{lead.micro.title}》，请您评价"
    _tell([lead.micro.author.user_id], lead, "finished", title, lead.result, about=lead.micro, at=at)


def rated(lead: MicroLead, *, at) -> None:
    micro, said = lead.micro, lead.get_satisfaction_display()
    people = set(leaders_of([lead])[lead.pk])
    body = lead.rating_words
    if lead.satisfaction == Satisfaction.UNSATISFIED:
        people |= holders(Permission.MATTER_ASSIGN, micro.committee)
        body = f"{body}\n请政协办研究是否收回，另行交办或领办。"
    _tell(people, lead, "rated", f"{micro.author}评价为“{said}”：{micro.title}", body, at=at)


def taken_back(lead: MicroLead, *, at) -> None:
    micro = lead.micro
    people = leaders_of([lead])[lead.pk] | {micro.author.user_id}
    _tell(people, lead, "back", f"领办已收回，将重新安排：{micro.title}", lead.end_reason, at=at)
