"""向您请教: a member asks the public, visitors reply without an account, read first by staff (row 115)."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.notices import outbox
from config.privacy import PLAIN, reaches_somebody, require_plain
from config.refusals import Incomplete, Refusal
from config.search.words import normalise
from config.transitions import take
from members.models import Inquiry, InquiryReply, Member, User
from members.queries import holders
from members.roles import Permission
from members.rules import studio as rules
from members.services import visitors
from members.states import InquiryReplyState, InquiryState

KIND = "inquiry"  # of its milestones and notices
LONGEST = timedelta(days=180)
LOOKS_A_DAY = 30  # codes that one address may try in a day


@transaction.atomic
def inquire(member: Member, *, title: str, words: str, until: date, by: User, at: datetime) -> Inquiry:
    """发布请教: the member's own words, shown at once; at the end the member is reminded to sum up."""
    inquiry = Inquiry(committee=member.committee, member=member, title=title.strip(), words=words.strip(), until=until)
    rules.require("inquire", by, inquiry)
    if not member.is_public:
        raise Refusal("您的主页没有公开展示，群众看不到；请先在“修改我的主页”里公开。")
    wrong = {name: PLAIN for name in ("title", "words") if reaches_somebody(getattr(inquiry, name))}
    today = timezone.localdate(at)
    if not today < until <= today + LONGEST:
        wrong["until"] = f"请选明天以后、{LONGEST.days} 天以内的一天。"
    if wrong:
        raise Incomplete("".join(wrong.values()), wrong)
    if Inquiry.objects.filter(member=member, state=InquiryState.OPEN, title=inquiry.title).exists():
        raise Refusal("同样的请教正在征求，不用再发。")
    inquiry.at = at
    try:
        inquiry.full_clean()
    except ValidationError as problem:
        raise Incomplete("".join(problem.messages), {name: "".join(said) for name, said in problem}) from problem
    inquiry.save()
    log.record("inquiry.publish", inquiry, by=by, at=at, scope=inquiry.scope)
    clock.plan(inquiry, kind=KIND, due_on=until, round=1, scope=inquiry.scope, at=at)
    return inquiry


@transaction.atomic
def sum_up(inquiry: Inquiry, *, summary: str, by: User | None, at: datetime) -> None:
    """写结语: thanks and what comes of it; no reply is taken any more."""
    rules.require("inquire", by, inquiry)
    summary = summary.strip()
    if not summary:
        raise Incomplete("请写结语。", {"summary": "请写结语。"})
    require_plain(summary=summary)
    take(inquiry, "sum_up", by=by, at=at, summary=summary, summed_at=at)
    clock.cancel(inquiry, kind=KIND, reason="已写结语", at=at)


@transaction.atomic
def take_down(inquiry: Inquiry, *, reason: str, by: User | None, at: datetime) -> None:
    """撤下, with the reason that the member reads; its replies leave the public pages with it."""
    rules.require("take_down", by, inquiry)
    reason = reason.strip()
    if not reason:
        raise Incomplete("请写明原因。", {"reason": "请写明原因，委员会看到。"})
    take(inquiry, "take_down", by=by, at=at, why_taken_down=reason)
    clock.cancel(inquiry, kind=KIND, reason="已撤下", at=at)
    _tell([inquiry.member.user_id], inquiry, "down", f"您的请教已撤下：{inquiry}", f"原因：{reason}", at=at)


# --- replies -----------------------------------------------------------------------------------------------------


@transaction.atomic
def reply(inquiry: Inquiry, *, words: str, place: str = "", address: str, at: datetime) -> tuple[InquiryReply, str]:
    """回应 without an account; returns the reply and the code to look it up by, which is kept nowhere."""
    words, place = visitors.plain_words(words, PLAIN), place.strip()
    if reaches_somebody(place):
        raise Incomplete("这里只写乡镇或村，请不要写电话。", {"place": "这里只写乡镇或村，请不要写电话。"})
    if not Inquiry.objects.public().open(timezone.localdate(at)).filter(pk=inquiry.pk).exists():
        raise Refusal("这次请教已经结束，不再收回应。")
    # Counting holds the row of this address: of two clicks the second sees what the first one wrote.
    if not visitors.count(KIND, address, at=at, most=inquiry.committee.parameter("question.daily")):
        raise Refusal("今天从您这里提交的已经够多了，请明天再来。")
    said = inquiry.replies.exclude(state=InquiryReplyState.HIDDEN).values_list("words", flat=True)
    if any(normalise(words) == normalise(one) for one in said):
        raise Refusal("同样的话已经提交过了，不用再提交。")
    code = visitors.new_code()
    row = InquiryReply.objects.create(
        inquiry=inquiry, words=words, place=place, receipt=visitors.digest(code, "inquiry-reply"), at=at
    )
    log.record("inquiryreply.send", row, by=None, at=at, scope=row.scope)
    staff = holders(Permission.DUTY_MANAGE, inquiry.committee)
    _tell(staff, inquiry, f"reply:{row.pk}", f"待审核的群众回应：{row}", f"回应{inquiry.member}委员的请教", at=at)
    return row, code


@transaction.atomic
def show(row: InquiryReply, *, by: User | None, at: datetime) -> None:
    """公开 a reply, and tell the member."""
    rules.require("show", by, row)
    take(row, "show", by=by, at=at, moderated_by=by)
    _tell(
        [row.inquiry.member.user_id], row.inquiry, f"shown:{row.pk}", f"群众回应了您：{row.inquiry}", row.words, at=at
    )


@transaction.atomic
def hide(row: InquiryReply, *, reason: str, by: User | None, at: datetime) -> None:
    """不公开, with the reason that who wrote it reads by the code."""
    rules.require("hide", by, row)
    reason = reason.strip()
    if not reason:
        raise Incomplete("请写明原因。", {"reason": "请写明原因，回应的人凭查询码能看到。"})
    take(row, "hide", by=by, at=at, why_hidden=reason, moderated_by=by)


@transaction.atomic
def look_up(code: str, *, address: str, at: datetime) -> InquiryReply | None:
    """The reply of a code, or None; Refusal after too many tries in a day."""
    if not visitors.count("receipt", address, at=at, most=LOOKS_A_DAY):
        raise Refusal("今天查询的次数太多了，请明天再查。")
    found = InquiryReply.objects.filter(receipt=visitors.digest(code, "inquiry-reply"))
    return found.select_related("inquiry__member__user", "inquiry__committee").first()


def _tell(recipients, inquiry, what, title, body, *, at):
    outbox.send(
        recipients, kind=KIND, title=title, body=body, url=inquiry.get_absolute_url(),
        key=f"inquiry:{inquiry.pk}:{what}", at=at, scope=inquiry.scope,
    )  # fmt: skip
