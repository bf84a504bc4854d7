"""What is said to whom when a matter is supervised, looked back at, or its unit appraised."""

from config.notices import outbox
from members.queries import holders, holders_by
from members.roles import Permission, Scope
from proposals.states import SupervisionKind


def _day(day) -> str:
    return f"{day.month}月{day.day}日"


def opened(supervision, *, at):
    """The unit hears what is asked of it, and by when it answers."""
    assignment = supervision.assignment
    name = supervision.serial if supervision.kind == SupervisionKind.DUNNING else supervision.get_kind_display()
    outbox.send(
        holders(Permission.MATTER_HANDLE, assignment.unit), kind="supervised", title=f"{name}：{assignment.title}",
        body=f"请在{_day(supervision.answer_due_on)}前反馈办理情况。{supervision.words}",
        url=supervision.get_absolute_url(), key=f"supervised:{supervision.pk}", at=at, scope=supervision.scope,
    )  # fmt: skip


def answered(supervision, *, at):
    assignment = supervision.assignment
    outbox.send(
        holders(Permission.MATTER_SUPERVISE, assignment.committee) | {supervision.by_id}, kind="supervision-answered",
        title=f"{assignment.unit}已反馈{supervision.get_kind_display()}：{assignment.title}", body=supervision.answer,
        url=supervision.get_absolute_url(), key=f"supervision-answered:{supervision.pk}", at=at,
        scope=supervision.scope,
    )  # fmt: skip


def looked_back(campaign, number_by_unit: dict[int, int], *, at):
    """One notice a unit: how many of its B replies it is to check one by one."""
    people = holders_by(Permission.MATTER_HANDLE, Scope.ORGANISATION, number_by_unit)
    outbox.send_many(
        [
            outbox.Letter(
                tuple(people[unit]), "look-back", f"{campaign.name}：请逐件自查 {number} 件 B 类答复",
                f"look-back:{campaign.pk}:{unit}", f"{_day(campaign.check_due_on)}前完成。",
                campaign.get_absolute_url(), campaign.scope,
            )
            for unit, number in sorted(number_by_unit.items())
        ],
        at=at,
    )  # fmt: skip


def checked(item, *, at):
    outbox.send(
        holders(Permission.MATTER_SUPERVISE, item.campaign.committee), kind="look-back-checked",
        title=f"{item.assignment.unit}自查“{item.get_found_display()}”：{item.assignment.title}", body=item.check_words,
        url=item.get_absolute_url(), key=f"look-back-checked:{item.pk}:{item.found}", at=at, scope=item.scope,
    )  # fmt: skip


def settled(item, *, at):
    """The unit hears the end of its item."""
    outbox.send(
        holders(Permission.MATTER_HANDLE, item.assignment.unit), kind="look-back-settled",
        title=f"回头看结论“{item.get_state_display()}”：{item.assignment.title}", body=item.words,
        url=item.get_absolute_url(), key=f"look-back-settled:{item.pk}", at=at, scope=item.scope,
    )  # fmt: skip


def explained(item, *, at):
    """Those who put the matter forward hear why it is not yet done, and when it will be."""
    assignment = item.assignment
    until = f"新的承诺日期：{_day(item.promised_on)}。" if item.promised_on else ""
    matter = assignment.matter or assignment
    outbox.send(
        {assignment.rater_id, *assignment.co_raters.values_list("pk", flat=True)}, kind="look-back-explained",
        title=f"《{assignment.title}》的承诺还没有兑现，{assignment.unit}作了说明", body=f"{item.words}{until}",
        url=matter.get_absolute_url(), key=f"look-back-explained:{item.pk}", at=at, scope=item.scope,
    )  # fmt: skip


def appraised(appraisal, organisations, *, at):
    """Every unit hears that its own result can be read."""
    people = holders_by(Permission.MATTER_HANDLE, Scope.ORGANISATION, organisations)
    outbox.send_many(
        [
            outbox.Letter(
                tuple(people[unit]), "unit-appraised", f"{appraisal}已发布", f"unit-appraised:{appraisal.pk}:{unit}",
                "可以查看本单位的得分和每一项的依据。", appraisal.get_absolute_url(), appraisal.scope,
            )
            for unit in organisations
        ],
        at=at,
    )  # fmt: skip
