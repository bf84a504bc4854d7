"""What happens to a membership: sector, standing, leave, end, the next term; each verb tells history, trail and person.

A person whose membership ends loses what it gave with the next request, because every right is asked of rows in
force; what was done stays.
"""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from knox.models import AuthToken

from config.audit import log
from config.audit.log import Line
from config.notices import outbox
from config.notices.outbox import Letter
from config.refusals import Incomplete, WrongState
from config.search import index
from members.models import Body, BodyKind, ChangeKind, Committee, Member, MemberChange, Membership, RoleGrant, User
from members.rules import people as rules
from members.services import scoring

DAY = timedelta(days=1)
BATCH = 500
CARRIED = (
    "user_id", "region_id", "number", "party", "work_post", "specialties", "introduction", "is_public",
)  # fmt: skip
"""What a person takes along into the next term; standing committees are elected anew."""


@transaction.atomic
def transfer(member: Member, *, sector: Body, reason: str, by: User | None, at: datetime) -> MemberChange:
    """调整界别: from today on the member sits in another sector of the same committee."""
    rules.require("member", by, member)
    _require_reason(reason)
    if sector.kind != BodyKind.SECTOR or sector.committee_id != member.committee_id or not sector.is_active:
        raise Incomplete("请选择本会的一个界别。", {"sector": "请选择本会的一个界别。"})
    if sector.pk == member.sector_id:
        words = f"{member}已经在{sector}，请选择另一个界别。"
        raise Incomplete(words, {"sector": words})
    before = member.sector
    _set(member, at, sector=sector)
    return _tell(
        member, ChangeKind.SECTOR, reason, before=str(before), after=str(sector), by=by, at=at,
        verb="member.transfer", title=f"您的界别已调整为{sector}",
    )  # fmt: skip


@transaction.atomic
def set_standing(member: Member, *, is_standing: bool, reason: str, by: User | None, at: datetime) -> MemberChange:
    """增选常委，或不再担任常委."""
    rules.require("member", by, member)
    _require_reason(reason)
    if is_standing == member.is_standing:
        raise WrongState(f"{member}{'已经是' if is_standing else '现在不是'}常务委员。")
    _set(member, at, is_standing=is_standing)
    _score_again(member, [timezone.localdate(at).year], at=at)
    words = {True: "常务委员", False: "委员"}
    return _tell(
        member, ChangeKind.STANDING, reason, before=words[not is_standing], after=words[is_standing], by=by, at=at,
        verb="member.standing", title="您已增选为常务委员" if is_standing else "您不再担任常务委员",
    )  # fmt: skip


@transaction.atomic
def grant_leave(
    member: Member, *, since: date, until: date, reason: str, by: User | None, at: datetime
) -> MemberChange:
    """准假: from `since` to `until`, both included; what falls into it is excused."""
    rules.require("member", by, member)
    _require_reason(reason)
    _hold(member, at)
    if until < since:
        raise Incomplete("止日不能早于起日。", {"until": "止日不能早于起日。"})
    met = member.changes.filter(kind=ChangeKind.ON_LEAVE, since__lte=until, until__gte=since).first()
    if met:
        words = f"{met.since:%Y-%m-%d} 至 {met.until:%Y-%m-%d} 已经准假，日期不能重叠。"
        raise Incomplete(words, {"since": words})
    granted = _tell(
        member, ChangeKind.ON_LEAVE, reason, since=since, until=until, by=by, at=at,
        verb="member.leave", title=f"您的请假已登记：{_span(since, until)}",
    )  # fmt: skip
    _score_again(member, range(since.year, until.year + 1), at=at)
    return granted


@transaction.atomic
def return_from_leave(
    leave: MemberChange, *, on: date, reason: str = "", by: User | None, at: datetime
) -> MemberChange:
    """销假: back from the day `on`; a leave that has not begun by then is dropped whole."""
    member = leave.member
    rules.require("member", by, member)
    _hold(member, at)
    if on > leave.until:
        words = f"这次请假到 {leave.until:%Y-%m-%d} 就结束了，销假日期要在此之前。"
        raise Incomplete(words, {"on": words})
    changed = {"kind": ChangeKind.LEAVE_DROPPED} if on <= leave.since else {"until": on - DAY}
    seen = MemberChange.objects.filter(pk=leave.pk, kind=ChangeKind.ON_LEAVE, until=leave.until)
    if not seen.update(**changed):
        raise WrongState("这次请假刚刚已经变动，请刷新后再看。")
    _score_again(member, range(leave.since.year, leave.until.year + 1), at=at)
    return _tell(
        member, ChangeKind.RETURNED, reason or "提前销假", since=on, by=by, at=at,
        before=_span(leave.since, leave.until), after="" if on <= leave.since else _span(leave.since, on - DAY),
        verb="member.return", title=f"您已销假，自 {on:%Y-%m-%d} 起恢复履职",
    )  # fmt: skip


@transaction.atomic
def end(member: Member, *, on: date, reason: str, by: User | None, at: datetime) -> MemberChange:
    """不再担任委员: from the day `on`; posts in bodies end with it, rights vanish at once when that day has come."""
    rules.require("member", by, member)
    _require_reason(reason)
    _hold(member, at)
    last = on - DAY
    if member.until is not None and member.until <= last:
        words = f"任职已定于 {member.until:%Y-%m-%d} 结束，终止日期只能比它更早。"
        raise Incomplete(words, {"on": words})
    _close(Member.objects.filter(pk=member.pk), last)
    member.refresh_from_db(fields=["since", "until"])
    posts = _close(Membership.objects.filter(member=member), last)
    change = _tell(
        member, ChangeKind.ENDED, reason, since=on, by=by, at=at, posts_ended=posts,
        verb="member.end", title=f"您自 {on:%Y-%m-%d} 起不再担任{member.committee}委员",
    )  # fmt: skip
    if last < timezone.localdate(at):
        _drop_tokens([member.user_id], timezone.localdate(at))
    return change


def _score_again(member, years, *, at):
    """What a leave excuses, and what only 常委 owe, changes the score of facts that are told already."""
    for year in years:
        scoring.post(member.committee_id, year, members=[member.pk], at=at, why="请假或职务变动")


@transaction.atomic
def new_term(
    committee: Committee, *, term: int, since: date, seats: dict[int, Body], by: User | None, at: datetime
) -> list[Member]:
    """换届: those in `seats` (member's id → sector) go on in `term` from `since`; everybody else's membership ends.

    The committee's term goes up; old memberships and posts in bodies end the day before.
    """
    rules.require("people", by, committee)
    if term != committee.term + 1:
        raise WrongState(f"本会现为第 {committee.term} 届，只能换到第 {committee.term + 1} 届。")
    if any(sector.kind != BodyKind.SECTOR or sector.committee_id != committee.pk for sector in seats.values()):
        raise Incomplete("请给每位连任的委员选择本会的一个界别。")
    if not Committee.objects.filter(pk=committee.pk, term=term - 1).update(term=term, updated_at=at):
        raise WrongState("刚刚已由他人办理换届，请刷新后再看。")
    serving = Member.objects.filter(committee=committee, term=term - 1).not_ended(since - DAY)
    serving = {member.pk: member for member in serving.select_related("user").select_for_update(of=("self",))}
    if unknown := set(seats) - set(serving):
        raise WrongState(f"有 {len(unknown)} 位选中的委员已经离任，请刷新后再选。")
    committee.term = term
    _close(Membership.objects.filter(member__committee=committee, member__term=term - 1), since - DAY)
    _close(Member.objects.filter(committee=committee, term=term - 1), since - DAY)
    carried = _carry(committee, term, since, [(serving[pk], sector) for pk, sector in seats.items()])
    left = [member for pk, member in serving.items() if pk not in seats]
    _tell_term(committee, carried, left, since=since, by=by, at=at)
    if since <= timezone.localdate(at):
        _drop_tokens([member.user_id for member in left], timezone.localdate(at))
    return carried


def reveal_phone(member: Member, *, by: User, at: datetime) -> str:
    """查看手机号: the number in clear, and one line in the trail saying who looked."""
    rules.require("phone", by, member)
    log.record("member.phone", member, by=by, at=at, scope=member.committee_id)
    return member.user.phone or ""


# --- in steps ----------------------------------------------------------------------------------------------------


def _require_reason(reason):
    if not reason.strip():
        raise Incomplete("请写明原因或依据。", {"reason": "请写明原因或依据。"})


def _hold(member, at):
    """One verb at a time on a member who has not left; refused otherwise."""
    found = Member.objects.select_for_update().not_ended(timezone.localdate(at)).filter(pk=member.pk)
    if found.first() is None:
        raise WrongState(f"{member}已经离任，不能再办理变动。")


def _set(member, at, **changes):
    """Compare and set: who was slower is told so."""
    seen = {name: getattr(member, name) for name in changes}
    same = Member.objects.not_ended(timezone.localdate(at)).filter(pk=member.pk, **seen)
    if not same.update(**changes):
        raise WrongState(f"{member}的资料刚刚已有变动或已离任，请刷新后再看。")
    for name, value in changes.items():
        setattr(member, name, value)


def _tell(
    member, kind, reason, *, by, at, verb, title, since=None, until=None, before="", after="", **data
) -> MemberChange:
    """History, trail and the person, in this order."""
    change = MemberChange.objects.create(
        member=member, kind=kind, since=since or timezone.localdate(at), until=until, reason=reason.strip(),
        before=before, after=after, by=by, at=at,
    )  # fmt: skip
    told = {"reason": reason, "since": change.since, "until": until, "before": before, "after": after}
    log.record(verb, member, by=by, at=at, scope=member.committee_id, **{k: v for k, v in told.items() if v}, **data)
    outbox.send(
        [member.user_id], kind="member", title=title, body=f"{member.committee}。原因：{reason.strip() or '无'}",
        key=f"member-change:{change.pk}", at=at, scope=member.committee_id,
    )  # fmt: skip
    return change


def _span(since, until):
    return f"{since:%Y-%m-%d} 至 {until:%Y-%m-%d}"


def _close(rows, last: date) -> int:
    """End what is open or ends later with the day `last`; what would begin later never begins. Returns how many."""
    later = rows.filter(Q(until__isnull=True) | Q(until__gt=last))
    never = later.filter(since__gt=last).update(since=last, until=last)
    return never + rows.filter(Q(until__isnull=True) | Q(until__gt=last)).update(until=last)


def _drop_tokens(users, today):
    """API tokens of those who hold nothing else."""
    holding = set(RoleGrant.objects.in_force(today).filter(user__in=users).values_list("user", flat=True))
    holding |= set(Member.objects.in_force(today).filter(user__in=users).values_list("user", flat=True))
    AuthToken.objects.filter(user__in=set(users) - holding).delete()


def _carry(committee, term, since, seats) -> list[Member]:
    try:
        carried = Member.objects.bulk_create(
            [
                Member(
                    committee=committee, term=term, since=since, sector=sector,
                    **{name: getattr(old, name) for name in CARRIED},
                )
                for old, sector in seats
            ],
            batch_size=BATCH,
        )  # fmt: skip
    except IntegrityError as problem:
        raise WrongState("有的委员已经在下一届名单里，请刷新后再看。") from problem
    for member, (old, _) in zip(carried, seats, strict=True):
        member.user = old.user
    kind = Member._meta.label_lower
    index.index_new(kind, ((str(row.pk), row.search_scope, row.search_document()) for row in carried))
    return carried


def _tell_term(committee, carried, left, *, since, by, at):
    term = committee.term
    changes = [(member, ChangeKind.CONTINUED, f"第 {term} 届连任") for member in carried]
    changes += [(member, ChangeKind.ENDED, f"第 {term - 1} 届届满") for member in left]
    MemberChange.objects.bulk_create(
        [
            MemberChange(member=member, kind=kind, since=since, reason=reason, by=by, at=at)
            for member, kind, reason in changes
        ],
        batch_size=BATCH,
    )
    scope = committee.pk
    counts = {"term": term, "since": since, "continued": len(carried), "left": len(left)}
    verbs = {ChangeKind.CONTINUED: "member.continue", ChangeKind.ENDED: "member.end"}
    lines = [Line("people.new_term", committee, by, at, scope, counts)]
    lines += [Line(verbs[kind], member, by, at, scope, {"reason": reason}) for member, kind, reason in changes]
    log.record_many(lines)
    key = f"new-term:{committee.pk}:{term}"
    outbox.send_many(
        [
            Letter(
                tuple(member.user_id for member in carried), "member", f"您连任{committee}第 {term} 届委员",
                f"{key}:continued", f"任职自 {since:%Y-%m-%d} 起。界别和资料请到“我的”里核对。", scope=scope,
            ),
            Letter(
                tuple(member.user_id for member in left), "member", f"您在{committee}第 {term - 1} 届的任职已届满",
                f"{key}:left", f"任职到 {since - DAY:%Y-%m-%d} 为止，感谢您的履职。", scope=scope,
            ),
        ],
        at=at,
    )  # fmt: skip
