"""全员入委: plan, correct by hand, plan again around it, and put into force. Nothing changes for anybody until then.

The solver runs outside the transaction (it may take eight seconds); `at` of the row is compared when the plan is
written, so that of two planners the slower one is told.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.refusals import Incomplete, WrongState
from members import grouping as planner
from members.grouping.report import reasons
from members.models import Body, Grouping, GroupingKey, GroupingSeat, Member, User
from members.queries import grouping as queries
from members.rules import grouping as rules
from members.services import grouping_apply
from members.states import GroupingState

BY_HAND = "手工指定："


def open_grouping(grouping: Grouping, *, bodies: list[Body], by: User | None, at: datetime) -> Grouping:
    """编制: plan for these special committees; `grouping` is not saved yet."""
    rules.require("open", by, grouping)
    if any(body.committee_id != grouping.committee_id or body.kind not in queries.UNITS for body in bodies):
        raise Incomplete("请只选择本会的专委会或办公室。", {"bodies": "请只选择本会的专委会或办公室。"})
    if not bodies:
        raise Incomplete("请选择要编入的专委会。", {"bodies": "请至少选择一个。"})
    grouping.by, grouping.at = by, at
    try:
        grouping.full_clean(exclude=["bodies"])
    except ValidationError as wrong:
        raise Incomplete("".join(wrong.messages), {k: "".join(v) for k, v in wrong.message_dict.items()}) from wrong
    asked, plan = _solve(grouping, bodies, {}, at)
    with transaction.atomic():
        grouping.save()
        grouping.bodies.set(bodies)
        _write(grouping, asked, plan, {})
        log.record("grouping.open", grouping, by=by, at=at, scope=grouping.committee_id, **_figures(grouping))
    return grouping


def replan(grouping: Grouping, *, by: User | None, at: datetime) -> Grouping:
    """重新编排: everybody anew around the seats that were fixed by hand."""
    rules.require("replan", by, grouping)
    _require_draft(grouping, "重新编排")
    return _again(grouping, _fixed(grouping), "grouping.replan", by=by, at=at)


def move(
    grouping: Grouping,
    member: Member,
    *,
    body: Body,
    group: int,
    reason: str,
    whole: bool = False,
    by: User | None,
    at: datetime,
) -> Grouping:
    """手工调整: this member into that group, for good; the reason is written down.

    Where sectors or places go in as a whole, another committee means the whole of it (`whole`), and the rest is planned
    anew; inside the committee only this seat changes.
    """
    rules.require("move", by, grouping)
    _require_draft(grouping, "调整")
    seat = grouping.seats.filter(member=member).select_related("body").first()
    _check_wish(grouping, seat, member, body, group, reason, whole)
    fixed = _fixed(grouping) | {member.pk: (body.pk, group, f"{BY_HAND}{reason.strip()}"[:200])}
    told = {"member": str(member), "body": body.name, "group": group, "reason": reason.strip()}
    if seat and (seat.body_id == body.pk or grouping.by_key == GroupingKey.FREE):
        return _shift(grouping, seat, fixed, told, by=by, at=at)
    return _again(grouping, fixed, "grouping.move", by=by, at=at, **told)


def release(grouping: Grouping, member: Member, *, by: User | None, at: datetime) -> None:
    """解除指定: the seat stays where it is until the next planning."""
    rules.require("release", by, grouping)
    _require_draft(grouping, "调整")
    with transaction.atomic():
        _claim(grouping, at)
        freed = grouping.seats.filter(member=member, is_fixed=True)
        if not freed.update(is_fixed=False, why="已解除手工指定，待重新编排"):
            raise WrongState(f"{member}没有手工指定，不必解除。")
        told = {"member": str(member)}
        log.record("grouping.release", grouping, by=by, at=at, scope=grouping.committee_id, **told)


def apply(grouping: Grouping, *, by: User | None, at: datetime) -> Grouping:
    """实施: groups, posts and 归口 as planned, in one transaction; everybody hears where he sits."""
    rules.require("apply", by, grouping)
    return grouping_apply.apply(grouping, by=by, at=at)


@transaction.atomic
def discard(grouping: Grouping, *, by: User | None, at: datetime) -> None:
    """作废: the draft is kept as what was considered."""
    rules.require("discard", by, grouping)
    grouping_apply.take(grouping, "discard", by=by, at=at)


# --- inside ------------------------------------------------------------------------------------------------------


def _require_draft(grouping, verb):
    if grouping.state != GroupingState.DRAFT:
        raise WrongState(f"方案{grouping.get_state_display()}，不能再{verb}。请另建一个方案。")


def _check_wish(grouping, seat, member, body, group, reason, whole):
    if not reason.strip():
        raise Incomplete("请写明调整的理由。", {"reason": "请写明调整的理由。"})
    if not grouping.bodies.filter(pk=body.pk).exists():
        raise Incomplete(f"{body}不在这个方案里。", {"body": f"{body}不在这个方案里。"})
    if not 1 <= group <= grouping.most:
        words = f"每个专委会至多 {grouping.most} 个组，没有第 {group} 组。"
        raise Incomplete(words, {"group": words})
    if grouping.by_key != GroupingKey.FREE and not whole and seat and seat.body_id != body.pk:
        what = "界别" if grouping.by_key == GroupingKey.SECTOR else "地方或界别"
        words = (
            f"本方案{grouping.get_by_key_display()}，{member}不能单独从{seat.body}调到{body}。"
            f"请勾选“整个{what}一起调整”，或另建一个“逐人均衡”的方案。"
        )
        raise Incomplete(words, {"body": words})


def _fixed(grouping) -> dict[int, tuple[int, int, str]]:
    return {
        member: (body, group, why)
        for member, body, group, why in grouping.seats.filter(is_fixed=True).values_list(
            "member", "body", "group", "why"
        )
    }


def _again(grouping, fixed, verb, *, by, at, **told):
    asked, plan = _solve(grouping, list(grouping.bodies.order_by("position", "pk")), fixed, at)
    with transaction.atomic():
        _claim(grouping, at)
        _write(grouping, asked, plan, fixed)
        log.record(verb, grouping, by=by, at=at, scope=grouping.committee_id, **told, **_figures(grouping))
    return grouping


@transaction.atomic
def _shift(grouping, seat, fixed, told, *, by, at):
    """One seat; the numbers follow, the others stay where they are."""
    _claim(grouping, at)
    seat.body_id, seat.group, seat.why = fixed[seat.member_id]
    seat.is_fixed = True
    seat.save(update_fields=["body", "group", "why", "is_fixed"])
    bodies = list(grouping.bodies.order_by("position", "pk"))
    asked = queries.problem(grouping, bodies, fixed={}, on=timezone.localdate(at))
    rows = grouping.seats.values_list("member", "body", "group")
    seats, groups = {member: (body, group) for member, body, group in rows}, {}
    for body, group in seats.values():
        groups[body] = max(groups.get(body, 0), group)
    for row in grouping.report["units"]:
        groups[row["unit"]] = max(groups.get(row["unit"], 0), len(row["groups"]))
    uncovered = {row["member"]: row["why"] for row in grouping.report["uncovered"]}
    plan = planner.Plan(seats, groups, uncovered, False, False, grouping.report["seconds"])
    grouping.report = planner.report(asked, plan)
    grouping.save(update_fields=["report"])
    log.record("grouping.move", grouping, by=by, at=at, scope=grouping.committee_id, **told)
    return grouping


def _solve(grouping, bodies, fixed, at):
    places = {member: (body, group) for member, (body, group, _) in fixed.items()}
    asked = queries.problem(grouping, bodies, fixed=places, on=timezone.localdate(at))
    return asked, planner.plan(asked)


def _claim(grouping, at):
    """Hold the row, unless somebody else planned or decided since it was read."""
    seen = Grouping.objects.filter(pk=grouping.pk, state=GroupingState.DRAFT, at=grouping.at)
    if not seen.update(at=at):
        raise WrongState("这个方案刚刚已由他人修改，请刷新后再看。")
    grouping.at = at


def _write(grouping, asked, plan, fixed):
    """The seats of the draft, in the order in which a list shows them (the last row first)."""
    why = reasons(asked, plan)
    grouping.seats.all().delete()
    ordered = sorted(plan.seats.items(), key=lambda seat: (seat[1], seat[0]), reverse=True)
    GroupingSeat.objects.bulk_create(
        [
            GroupingSeat(
                grouping=grouping, member_id=member, body_id=body, group=group, is_fixed=member in fixed,
                why=fixed[member][2] if member in fixed else why[member][:200],
            )
            for member, (body, group) in ordered
        ],
        batch_size=1000,
    )  # fmt: skip
    grouping.report = planner.report(asked, plan)
    grouping.save(update_fields=["report"])


def _figures(grouping) -> dict:
    told = grouping.report
    return {"seated": told["seated"], "uncovered": len(told["uncovered"]), "seconds": told["seconds"]}
