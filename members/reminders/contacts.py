"""Planned visits that come near, and links that nobody kept for half a year."""

from collections import defaultdict

from django.db.models import Max, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from config.milestones.clock import Skip, Tell, handler
from config.workdays.count import add_months
from members.models import ContactLink, ContactScheme, ContactVisit
from members.roles import Permission
from members.services.contacts import GAP, VISIT, watch

# Days before (−) or after (+) the planned day.
LADDER = {-3: "contact", 0: "contact", 7: "contact"}


@handler(VISIT, label="计划走访", circles={"contact": "联系人"})
def remind_of_visits(milestones, at):
    """The contact, before the day and once after it; who has logged the visit hears nothing."""
    today = timezone.localdate(at)
    related = ("link__scheme", "link__contact__user", "link__to_member__user", "link__to_organisation")
    visits = ContactVisit.objects.select_related(*related).in_bulk({m.subject_id for m in milestones})
    return {m.pk: _of_visit(visits[m.subject_id], today) for m in milestones}


def _of_visit(visit, today):
    link = visit.link
    if visit.held_on or visit.withdrawn_why:
        return Skip("已登记或已撤回，不必提醒")
    if link.until and link.until < today:
        return Skip("联系已结束")
    days = (visit.planned_on - today).days
    when = "今天" if days == 0 else f"{days} 天后" if days > 0 else f"{-days} 天前"
    title = f"{when}计划{visit.get_way_display()}：{link.target}"
    body = "联系以后请登记。" if days >= 0 else "如果已经联系，请登记；没有成行的，请另定日期。"
    return Tell([link.contact.user_id], VISIT, title, body, link.get_absolute_url())


def _managed_by(user):
    """The schemes whose page `user` may open."""
    return ContactScheme.objects.filter(committee__in=user.committees_with(Permission.DUTY_MANAGE))


@handler(GAP, label="久未联系", matters=_managed_by)
def remind_of_gaps(milestones, at):
    """Each month those contacts who left somebody alone for longer than the committee allows."""
    schemes = ContactScheme.objects.select_related("committee").in_bulk({m.subject_id for m in milestones})
    left = _left_alone(schemes, timezone.localdate(at))
    answers = {}
    for m in milestones:
        scheme = schemes[m.subject_id]
        if not scheme.is_active:
            answers[m.pk] = Skip("联系制度已停用")
            continue
        watch(scheme, at=at)
        people = left[scheme.pk]
        months = scheme.committee.parameter("contact.gap_months")
        answers[m.pk] = (
            Tell(people, GAP, f"有 {months} 个月没有联系了", f"“{scheme}”：请看看该联系谁，联系后登记。", "/contacts/")
            if people
            else Skip("都有联系，不必提醒")
        )
    return answers


def _left_alone(schemes, today) -> dict[int, set[int]]:
    """Scheme → the users whose contact is overdue, counted from the last visit or from the day of the link."""
    gap = {pk: add_months(today, -scheme.committee.parameter("contact.gap_months")) for pk, scheme in schemes.items()}
    held = Max("visits__held_on", filter=Q(visits__withdrawn_why=""))
    links = ContactLink.objects.in_force(today).filter(scheme__in=schemes).order_by()
    left = defaultdict(set)
    for scheme, user, last in links.annotate(last=Coalesce(held, "since")).values_list(
        "scheme", "contact__user", "last"
    ):
        if last < gap[scheme]:
            left[scheme].add(user)
    return left
