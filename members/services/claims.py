"""履职申报: what no app saw comes in with evidence and a second pair of eyes; confirmed it is a record like others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from config.audit import log
from config.audit.log import Line
from config.notices import outbox
from config.notices.outbox import Letter
from config.refusals import Incomplete, Refusal, WrongState
from config.transitions import take
from config.uploads import store
from members.facts import Fact, Share
from members.models import DutyClaim, DutyRecord, Member, User
from members.queries import holders
from members.roles import Permission
from members.rules import claims as rules
from members.services import duty

CLAIMABLE: dict[Fact, str] = {
    Fact.PLENARY: "会议在线下召开，按签到册补登",
    Fact.STANDING: "会议在线下召开，按签到册补登",
    Fact.SPEECH: "发言稿由会务组汇总",
    Fact.CHARITY: "不是本会组织的公益活动",
    Fact.PROPOSAL: "提案在提案系统里提交",
    Fact.PROPOSAL_FILED: "立案由提案委在提案系统里办理",
    Fact.PROPOSAL_KEY: "重点提案由主席会议确定并发文",
    Fact.PROPOSAL_EXCELLENT: "优秀提案以表彰文件为准",
    Fact.INFORMATION: "信息在信息报送系统里提交",
    Fact.INFORMATION_ADOPTED: "采用以上级刊物或通报为准",
    Fact.INSTRUCTION: "以领导批示件为准",
    Fact.PROJECT: "助力的实事工程由责任单位证明",
    Fact.UNIT_VISITED: "自行深入基层单位，由单位证明",
    Fact.REPORT: "书面履职报告",
    Fact.PUBLICITY: "以刊播的报道为准",
    Fact.HONOUR: "以表彰文件或证书为准",
}
"""What may be claimed, and why no app of the platform can know it; everything else is recorded where it happens."""

CALLED_UP = (Fact.PLENARY, Fact.STANDING)  # there the mark says who came
KNOWN = "当天这个会议的考勤已经记入，不能再记一次。请退回这一件。"
LEVELS = ("town", "county", "city", "province", "nation")


@dataclass(frozen=True)
class Told:
    """One deed as somebody tells it."""

    member: Member
    on: date
    fact: str
    title: str
    detail: str = ""
    mark: str = ""
    share: str = Share.SOLE
    sharers: int = 0
    quantity: Decimal | int = 1
    words: str = ""


@dataclass
class Outcome:
    """What came of many at once: how many were done, and (claim, why not) of the others."""

    done: int = 0
    refused: list[tuple[DutyClaim, str]] = field(default_factory=list)


@transaction.atomic
def claim(told: Told, *, files: Sequence, key: UUID, by: User, at: datetime) -> DutyClaim:
    """申报: one deed with at least one file of evidence; the same form sent twice (`key`) is one claim."""
    return claim_many([told], files=files, key=key, by=by, at=at)[0]


@transaction.atomic
def claim_many(tolds: Sequence[Told], *, files: Sequence, key: UUID, by: User, at: datetime) -> list[DutyClaim]:
    """成批申报: many deeds of one committee with the same evidence, such as the attendance list of a plenary.

    The files (`Checked`, with `.kind` by suffix) hang on the first claim. Raises Incomplete without any.
    """
    sent = DutyClaim.objects.filter(key=key, by=by).first()
    if sent:
        return [sent, *sent.others.all()]
    if not files:
        raise Incomplete("请至少上传一份佐证材料。", {"files": "请至少上传一份佐证材料（照片或文件）。"})
    if not tolds:
        raise Incomplete("没有可以申报的内容。", {"rows": "没有可以申报的内容。"})
    _require_all(tolds, by, at)
    try:
        with transaction.atomic():
            first = DutyClaim.objects.create(key=key, **_fields(tolds[0], by, at))
    except IntegrityError:  # the same form sent twice at the same moment
        raise WrongState("这份申报刚刚已经提交，请到“我的申报”里查看，不用再交。") from None
    rest = [DutyClaim(batch=first, **_fields(told, by, at)) for told in tolds[1:]]
    DutyClaim.objects.bulk_create(rest, batch_size=500)
    for file in files:
        _attach(first, file, by, at)
    claims = [first, *rest]
    log.record_many(
        [Line("dutyclaim.claim", one, by, at, one.committee_id, {"member": str(one.member)}) for one in claims]
    )
    _tell_confirmers(first, len(claims), by, at)
    others = [one for one in claims if one.member.user_id != by.pk]
    outbox.send_many(
        [
            _letter(one, [one.member.user_id], "claimed", f"{by}为您申报了：{one}", "复核后记入履职档案。")
            for one in others
        ],
        at=at,
    )
    return claims


def _require_all(tolds, by, at):
    """All members are of one committee and one's own to claim for; each deed is done, in the term, and claimable."""
    today, members = timezone.localdate(at), {told.member for told in tolds}
    own = {member.pk for member in members if member.user_id == by.pk}
    asked = {member.pk for member in members} - own
    kept = Member.objects.looked_after_by(by).filter(pk__in=asked).count()
    if kept != len(asked) or len({member.committee_id for member in members}) > 1:
        raise PermissionDenied("只能为本人，或由您负责日常履职的委员申报。")
    for told in tolds:
        if told.fact not in CLAIMABLE:
            raise Incomplete(
                f"“{Fact(told.fact).label}”由系统自动记录，不需要申报。如有遗漏，请联系活动或会议的组织者补登。",
                {"fact": "这一项由系统自动记录，不需要申报。"},
            )
        if told.on > today:
            raise Incomplete("日期不能晚于今天。", {"on": "日期不能晚于今天。"})
        if told.on < told.member.since or (told.member.until and told.on > told.member.until):
            words = f"{told.member}在这一天不是委员，不能记入履职档案。"
            raise Incomplete(words, {"on": words})
        if told.fact in CALLED_UP and not told.mark:
            raise Incomplete("会议要写明到会情况。", {"mark": "会议要写明到会情况：到会、请假或缺席。"})


def _fields(told, by, at) -> dict:
    names = ("member", "on", "fact", "detail", "mark", "share", "sharers", "quantity", "title", "words")
    return {name: getattr(told, name) for name in names} | {
        "committee_id": told.member.committee_id, "by": by, "at": at,
    }  # fmt: skip


def _attach(claim, file, by, at):
    kind = "image" if file.content_type.startswith("image/") else "document"
    try:
        store.attach(claim, file, by=by, at=at, purpose="evidence", kind=kind)
    except ValidationError as problem:
        words = "".join(problem.messages)
        raise Incomplete(words, {"files": words}) from None


def _tell_confirmers(first, count, by, at):
    committee = first.member.committee
    what = f"{first.member}申报：{first}" if count == 1 else f"{by}成批申报 {count} 件：{first.title}等"
    people = holders(Permission.DUTY_CONFIRM, committee) - {by.pk, first.member.user_id}
    outbox.send(
        people, kind="claim", title=f"待复核 {what}", url=first.get_absolute_url(), key=f"claim:{first.pk}:new",
        at=at, scope=committee.pk,
    )  # fmt: skip


# --- the second person -------------------------------------------------------------------------------------------


@transaction.atomic
def confirm(claim: DutyClaim, *, by: User, at: datetime, answer: str = "") -> None:
    """确认: the deed becomes a record with the key “claim:<pk>”."""
    rules.require("confirm", by, claim)
    if _is_known(claim, []):
        raise Refusal(f"{claim.member}{KNOWN}")
    _settle(claim, "confirm", answer, by=by, at=at)
    _enter([claim], by=by, at=at)


@transaction.atomic
def confirm_many(claims: Iterable[DutyClaim], *, by: User, at: datetime) -> Outcome:
    """成批确认: each on its own, all in one entry; what cannot be confirmed is told with the reason."""
    confirmed, outcome = [], Outcome()
    for one in claims:
        if not rules.can_confirm(by, one):
            outcome.refused.append((one, "是您本人申报的或涉及您本人，须由另一人复核"))
            continue
        if _is_known(one, confirmed):
            outcome.refused.append((one, f"{one.member}{KNOWN}".rstrip("。")))
            continue
        try:
            _settle(one, "confirm", "", by=by, at=at)
        except Refusal as refusal:
            outcome.refused.append((one, str(refusal)))
        else:
            confirmed.append(one)
    _enter(confirmed, by=by, at=at)
    outcome.done = len(confirmed)
    return outcome


def _is_known(claim, confirmed) -> bool:
    """Whether this attendance was told meanwhile, by the roll or by another claim; the member stays held."""
    if claim.fact not in CALLED_UP:
        return False
    Member.objects.select_for_update(no_key=True).get(pk=claim.member_id)
    place = claim.member_id, claim.fact, claim.on
    told = DutyRecord.objects.standing().filter(member=claim.member_id, fact=claim.fact, on=claim.on)
    return told.exists() or any((one.member_id, one.fact, one.on) == place for one in confirmed)


def _enter(claims, *, by, at):
    duty.record([_deed(one) for one in claims], by=by, at=at)
    outbox.send_many([_settled_letter(one, "已记入履职档案") for one in claims], at=at)


def _deed(claim) -> duty.Deed:
    return duty.Deed(
        member=claim.member_id, on=claim.on, fact=claim.fact, key=_key(claim), title=claim.title, detail=claim.detail,
        mark=claim.mark, share=claim.share, sharers=claim.sharers, quantity=claim.quantity,
        url=claim.get_absolute_url(),
    )  # fmt: skip


@transaction.atomic
def refuse(claim: DutyClaim, *, reason: str, by: User, at: datetime) -> None:
    """不予记入, with the reason."""
    rules.require("refuse", by, claim)
    _require_reason(reason)
    _settle(claim, "refuse", reason, by=by, at=at)
    outbox.send_many([_settled_letter(claim, f"没有记入：{claim.answer}")], at=at)


@transaction.atomic
def withdraw(claim: DutyClaim, *, by: User, at: datetime) -> None:
    """撤回, by who claimed it, before it is settled."""
    rules.require("withdraw", by, claim)
    take(claim, "withdraw", by=by, at=at)


@transaction.atomic
def reverse(claim: DutyClaim, *, reason: str, by: User, at: datetime) -> None:
    """冲销: a counter-entry in the ledger, by another one than who confirmed it; a frozen year keeps its snapshot."""
    rules.require("reverse", by, claim)
    _require_reason(reason)
    take(claim, "reverse", by=by, at=at, data={"reason": reason}, answer=reason.strip()[:200])
    duty.retract(_key(claim), reason=reason, by=by, at=at)
    outbox.send_many([_settled_letter(claim, f"已从履职档案冲销：{claim.answer}")], at=at)


def _key(claim) -> str:
    return f"claim:{claim.pk}"


def _require_reason(reason):
    if not reason.strip():
        raise Incomplete("请写明原因，申报人会看到。", {"reason": "请写明原因，申报人会看到。"})


def _settle(claim, verb, answer, *, by, at):
    take(claim, verb, by=by, at=at, answer=answer.strip()[:200], settled_by=by, settled_at=at)


def _settled_letter(claim, words) -> Letter:
    """Both the one who claimed it and the member hear what became of it."""
    return _letter(claim, {claim.by_id, claim.member.user_id}, claim.state, f"{claim}{words}")


def _letter(claim, people, stage, title, body="") -> Letter:
    url, key = claim.get_absolute_url(), f"claim:{claim.pk}:{stage}"
    return Letter(tuple(people), "claim", title, key, body, url, claim.committee_id)
