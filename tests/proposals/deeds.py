"""Everything that anybody may try with a proposal and its cases: for the machine that tries it in any order.

A deed names the rows it is done to, the states of these in which it may lead anywhere, and whose it is; it is tried
in other states and by other people all the same. `n` settles what a person would choose: a grade, a unit, a word.
"""

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model

from members.models import Committee
from proposals import services
from proposals.models import (
    Assignment,
    Extension,
    HandingMeeting,
    LookBack,
    LookBackItem,
    Proposal,
    RejectionGround,
    Reply,
    ReturnRequest,
    Supervision,
)
from proposals.services import (
    contacts,
    coordination,
    disclosure,
    drafting,
    handing,
    look_backs,
    merging,
    opinions,
    pauses,
    returns,
    reviewing,
    signing,
    supervision,
)
from proposals.services.draft_text import digest_of
from proposals.states import (
    AssignmentRole,
    AssignmentState,
    LookBackItemState,
    LookBackState,
    ProposalState,
    ReplyState,
    RequestState,
    SignatureState,
    SupervisionState,
)

P, A, R = ProposalState, AssignmentState, ReplyState
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


@dataclass(frozen=True)
class Deed:
    on: type[Model]
    states: tuple
    right: Callable
    do: Callable


def nth(rows, n):
    rows = list(rows)
    return rows[n % len(rows)] if rows else None


# --- whose it is --------------------------------------------------------------------------------------------------


def drafter(cast, row):
    return row.drafter


def asked(cast, row):
    first = row.signatures.filter(state=SignatureState.ASKED).select_related("member__user").first()
    return first.member.user if first else cast.qin


def office(cast, row):
    return cast.li


def supervisor(cast, row):
    return cast.sun


def _case(row):
    if isinstance(row, Assignment):
        return row
    return row.round.assignment if isinstance(row, Reply) else row.assignment


def handler(cast, row):
    return cast.staffed[_case(row).unit_id].handler


def leader(cast, row):
    return cast.staffed[_case(row).unit_id].leader


def silent(cast, row):
    """The first signer who has not rated this reply."""
    present = Reply.objects.filter(round__assignment=row, round__number=row.round).first()
    rated = set(present.ratings.values_list("by", flat=True)) if present else set()
    return next((one for one in [row.rater, *row.co_raters.order_by("pk")] if one and one.pk not in rated), cast.wang)


# --- proposals ----------------------------------------------------------------------------------------------------


def write(cast, row, by, at, n):
    texts = {"situation": f"部分村组公交班次少，每天 {n} 班。"} if n % 3 else {"points": ["加密早晚班次", "增设停靠点"]}
    drafting.keep_draft(row.key, committee=row.committee, by=by, at=at, kind=row.kind, **texts)


def begin(cast, row, by, at, n):
    """A proposal of one's own, beside `row`."""
    if Proposal.objects.count() > 4:
        return
    drafting.keep_draft(
        uuid.UUID(int=100 + Proposal.objects.count()), committee=cast.committee, by=by, at=at, sphere=row.sphere,
        title=f"关于第 {n} 件事的提案", situation="情况", analysis="分析", points=["一条建议"],
    )  # fmt: skip


def invite(cast, row, by, at, n):
    signing.invite(row, [nth([cast.qin_member, cast.hu_member, cast.qian_member], n)], by=by, at=at)


def sign(cast, row, by, at, n):
    signing.sign(row, seen=digest_of(row) if n % 5 else "", by=by, at=at)


def take_off(cast, row, by, at, n):
    signature = nth(row.signatures.select_related("proposal", "member").order_by("pk"), n)
    if signature:
        signing.take_off(signature, by=by, at=at)


def disclose(cast, row, by, at, n):
    level = ["full", "summary", "none"][n % 3]
    disclosure.disclose(row, publication=level, private_reason="涉及隐私", public_summary="摘要", by=by, at=at)


def reject(cast, row, by, at, n):
    grounds = RejectionGround.objects.filter(committee=None).order_by("pk")[: n % 2]
    reviewing.reject(row, grounds=grounds, by=by, at=at)


def file(cast, row, by, at, n):
    reviewing.file(row, checks=reviewing.Checks(form_ok=n % 6 != 0), by=by, at=at)


def merge(cast, row, by, at, n):
    merging.merge(row, nth(Proposal.objects.order_by("pk"), n), by=by, at=at)


def five(cast, unit, at):
    people = cast.staffed[unit.pk]
    return {
        "unit": unit, "leader_name": unit.leader_name, "leader_post": unit.leader_post, "handler": people.handler,
        "due_on": at.date() + datetime.timedelta(days=60), "duty": "研究办理", "quality": "按期答复",
    }  # fmt: skip


def hand(cast, row, by, at, n):
    role = nth(AssignmentRole.values, n)
    handing.hand_one(row, role=role, by=by, at=at, **five(cast, nth(cast.units, n // 3), at))


def plan(cast, row, by, at, n):
    meeting, role = HandingMeeting.objects.get(), nth(AssignmentRole.values, n)
    handing.plan_line(meeting, row, unit=nth(cast.units, n // 3), role=role, by=by, at=at)


# --- cases --------------------------------------------------------------------------------------------------------


def ask_return(cast, row, by, at, n):
    returns.ask_return(row, reason="不属于本单位职责" if n % 4 else " ", suggested=None, by=by, at=at)


def change_unit(cast, row, by, at, n):
    fixings = five(cast, nth(cast.units, n), at)
    returns.change_unit(row, reason="职责调整", by=by, at=at, **fixings)


def talk(cast, row, by, at, n):
    stage = ["before", "during", "after"][n % 3]
    contacts.add(row, stage=stage, way="phone", on=at.date(), with_whom="王委员", words=f"谈了第 {n} 点", by=by, at=at)


def extend(cast, row, by, at, n):
    until = row.due_on + datetime.timedelta(days=5 * n - 5)
    services.ask_extension(row, until=until, reason="等待招标", by=by, at=at)


def hold(cast, row, by, at, n):
    coordination.hold(
        row, about=nth(["rating", "return", "opinion"], n), held_on=at.date(), chaired_by="周主席", attended="各方",
        decision=f"议定第 {n} 项", outcome=nth(["rework", "settle", ""], n // 3), by=by, at=at,
    )  # fmt: skip


def draft(cast, row, by, at, n):
    grade = "ABCB"[n % 4]
    given = {"text": f"感谢支持（{n}）。", "grade": grade, "publication": "full"}
    if grade == "B":
        given |= {"promise": "建成停靠点", "promised_on": at.date() + datetime.timedelta(days=40)}
    if grade == "C":
        given["reason"] = "不在近期规划内" if n % 3 else ""
    if row.proposal and not row.is_co:
        given["answers"] = ["已办。"] * len(row.proposal.points)
    services.draft_reply(row, by=by, at=at, **given)


def rate(cast, row, by, at, n):
    said = ["satisfied", "basic", "unsatisfied", "satisfied", ""][n % 5]
    services.rate(row, satisfaction=said, attitude="basic", words=f"意见 {n}", by=by, at=at)


def enter_paper(cast, row, by, at, n):
    scan = SimpleUploadedFile("意见表.pdf", PDF) if n % 2 else None
    signer = nth([cast.wang, cast.qin, cast.hu, cast.qian], n)
    services.enter_paper(row, signer=signer, satisfaction="satisfied", scan=scan, by=by, at=at)


def supervise(cast, row, by, at, n):
    kind = nth(["leader", "dunning", "visit"], n)
    supervision.open_supervision(row, kind=kind, words="请加快", on=at.date(), led_by="副主席", by=by, at=at)


# --- looking back -------------------------------------------------------------------------------------------------


def start(cast, row, by, at, n):
    due = at.date() + datetime.timedelta(days=20)
    look_backs.start(row, name=f"第 {LookBack.objects.count() + 1} 次回头看", check_due_on=due, by=by, at=at)


def spot(cast, row, by, at, n):
    look_backs.spot(row, has_leader=True, has_person=n % 2 == 0, in_order=True, words="看过", by=by, at=at)


def explain(cast, row, by, at, n):
    again = at.date() + datetime.timedelta(days=30)
    look_backs.explain(row, words="资金未到位", cause="money", promised_on=again, by=by, at=at)


def rework(cast, row, by, at, n):
    look_backs.rework(row, words="重新办理", cause="attention", by=by, at=at)


BEFORE_FILING = (P.DRAFT, P.SUBMITTED, P.RETURNED)
AT_WORK = (A.PENDING, A.HANDLING)
UNSETTLED = (LookBackItemState.WAITING, LookBackItemState.CHECKED)
DEEDS = {
    "begin": Deed(Proposal, tuple(P), drafter, begin),
    "write": Deed(Proposal, (P.DRAFT, P.RETURNED), drafter, write),
    "invite": Deed(Proposal, (P.DRAFT, P.RETURNED), drafter, invite),
    "sign": Deed(Proposal, (P.DRAFT, P.RETURNED), asked, sign),
    "decline": Deed(
        Proposal, (P.RETURNED,), asked, lambda cast, row, by, at, n: signing.decline(row, by=by, at=at)
    ),
    "take_off": Deed(Proposal, BEFORE_FILING, drafter, take_off),
    "submit": Deed(
        Proposal, (P.DRAFT, P.RETURNED), drafter, lambda cast, row, by, at, n: drafting.submit(row, by=by, at=at)
    ),
    "withdraw": Deed(
        Proposal, (P.RETURNED,), drafter, lambda cast, row, by, at, n: drafting.withdraw(row, by=by, at=at)
    ),
    "file": Deed(Proposal, (P.SUBMITTED,), office, file),
    "reject": Deed(Proposal, (P.SUBMITTED,), office, reject),
    "send_back": Deed(
        Proposal, (P.SUBMITTED,), office,
        lambda cast, row, by, at, n: reviewing.send_back(row, words="请补充", by=by, at=at),
    ),
    "turn": Deed(Proposal, (P.SUBMITTED,), office, lambda cast, row, by, at, n: reviewing.turn(row, by=by, at=at)),
    "merge": Deed(Proposal, (P.SUBMITTED, P.FILED), office, merge),
    "unmerge": Deed(
        Proposal, (P.MERGED,), office, lambda cast, row, by, at, n: merging.unmerge(row, words="分开", by=by, at=at)
    ),
    "disclose": Deed(Proposal, (P.FILED, P.MERGED, P.ASSIGNED, P.CLOSED), office, disclose),
    "hand": Deed(Proposal, (P.FILED, P.ASSIGNED), office, hand),
    "plan": Deed(Proposal, (P.FILED, P.ASSIGNED), office, plan),
    "hand_over": Deed(
        HandingMeeting, (None,), office, lambda cast, row, by, at, n: handing.hand_over(row, by=by, at=at)
    ),
    "accept": Deed(
        Assignment, (A.PENDING,), handler, lambda cast, row, by, at, n: services.accept(row, by=by, at=at)
    ),
    "ask_return": Deed(Assignment, AT_WORK, handler, ask_return),
    "return_": Deed(
        Assignment, (), handler, lambda cast, row, by, at, n: services.return_(row, reason="不归我", by=by, at=at)
    ),
    "grant_return": Deed(
        ReturnRequest, (RequestState.ASKED,), office,
        lambda cast, row, by, at, n: returns.grant_return(row, by=by, at=at),
    ),
    "refuse_return": Deed(
        ReturnRequest, (RequestState.ASKED,), office,
        lambda cast, row, by, at, n: returns.refuse_return(row, words="请继续办理", by=by, at=at),
    ),
    "change_unit": Deed(Assignment, AT_WORK, office, change_unit),
    "talk": Deed(Assignment, (A.HANDLING, A.REPLIED, A.MEETING, A.FOLLOWING), handler, talk),
    "waive": Deed(
        Assignment, AT_WORK, supervisor,
        lambda cast, row, by, at, n: opinions.waive(row, reason="意见已经说清", by=by, at=at),
    ),
    "pause": Deed(
        Assignment, AT_WORK, supervisor,
        lambda cast, row, by, at, n: pauses.pause(row, reason="等待规划批复", by=by, at=at),
    ),
    "resume": Deed(Assignment, tuple(A), supervisor, lambda cast, row, by, at, n: pauses.resume(row, by=by, at=at)),
    "extend": Deed(Assignment, AT_WORK, handler, extend),
    "grant_extension": Deed(
        Extension, (RequestState.ASKED,), supervisor,
        lambda cast, row, by, at, n: services.grant_extension(row, by=by, at=at),
    ),
    "refuse_extension": Deed(
        Extension, (RequestState.ASKED,), supervisor,
        lambda cast, row, by, at, n: services.refuse_extension(row, words="不必", by=by, at=at),
    ),
    "hold": Deed(Assignment, (*AT_WORK, A.MEETING), office, hold),
    "draft": Deed(Assignment, (A.HANDLING,), handler, draft),
    "rate": Deed(Assignment, (A.REPLIED,), silent, rate),
    "enter_paper": Deed(Assignment, (A.REPLIED,), office, enter_paper),
    "conclude": Deed(
        Assignment, (A.REPLIED,), supervisor,
        lambda cast, row, by, at, n: services.conclude(row, reason="多次提醒", by=by, at=at),
    ),
    "verify": Deed(
        Assignment, (A.FOLLOWING,), supervisor,
        lambda cast, row, by, at, n: services.verify(row, kept=n % 2 == 0, words="看过", by=by, at=at),
    ),
    "supervise": Deed(Assignment, (*AT_WORK, A.FOLLOWING), supervisor, supervise),
    "answer": Deed(
        Supervision, (SupervisionState.OPEN,), handler,
        lambda cast, row, by, at, n: supervision.answer(row, words="正在招标", by=by, at=at),
    ),
    "put_forward": Deed(Reply, (), handler, lambda cast, row, by, at, n: services.put_forward(row, by=by, at=at)),
    "hand_in": Deed(Reply, (R.DRAFT,), handler, lambda cast, row, by, at, n: services.hand_in(row, by=by, at=at)),
    "check": Deed(Reply, (R.CHECKING,), leader, lambda cast, row, by, at, n: services.check(row, by=by, at=at)),
    "reply_back": Deed(
        Reply, (R.CHECKING, R.SUBMITTED, R.SIGNED), leader,
        lambda cast, row, by, at, n: services.send_back(row, words="写具体些", by=by, at=at),
    ),
    "sign_reply": Deed(
        Reply, (R.SUBMITTED,), leader,
        lambda cast, row, by, at, n: services.sign(row, number="嘉函〔2026〕1号", by=by, at=at),
    ),
    "send": Deed(Reply, (R.SIGNED,), handler, lambda cast, row, by, at, n: services.send(row, by=by, at=at)),
    "start": Deed(Committee, (None,), supervisor, start),
    "self_check": Deed(
        LookBackItem, UNSETTLED, handler,
        lambda cast, row, by, at, n: look_backs.check(row, found="under_way", words="正在办", by=by, at=at),
    ),
    "spot": Deed(LookBackItem, UNSETTLED, supervisor, spot),
    "look_verify": Deed(
        LookBackItem, (LookBackItemState.CHECKED,), supervisor,
        lambda cast, row, by, at, n: look_backs.verify(row, words="已经建成", by=by, at=at),
    ),
    "explain": Deed(LookBackItem, (LookBackItemState.CHECKED,), supervisor, explain),
    "rework": Deed(LookBackItem, UNSETTLED, supervisor, rework),
    "close": Deed(
        LookBack, (LookBackState.OPEN,), supervisor,
        lambda cast, row, by, at, n: look_backs.close(row, by=by, at=at),
    ),
}  # fmt: skip
