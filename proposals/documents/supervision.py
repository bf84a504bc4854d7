"""Papers of supervision: the dunning letter, and the table of a look-back."""

from tempfile import TemporaryFile

from django.utils import timezone

from config.documents.docx import Heading, Paragraph, Table, official
from config.documents.sheet import Sheet, save
from proposals.models import LookBack, LookBackItem, Supervision
from proposals.states import ReplyState

ANSWERED = {True: "有", False: "没有", None: ""}
HEADER = (
    "事项", "承办单位", "当时承诺", "承诺日期", "状态", "自查结果", "自查情况", "自查时间", "有领导分管", "有专人负责",
    "有序推进", "抽查情况", "B 类原因", "结论", "新的承诺日期", "二次办理轮次", "结论时间",
    "二次答复类别", "二次答复时间",
)  # fmt: skip


def dunning_letter(letter: Supervision) -> bytes:
    """催办函, numbered, in the committee's own name, with the five fixings that the unit took on."""
    assignment = letter.assignment
    due = assignment.due_on
    facts = [
        ["事项", assignment.title],
        ["办结期限", f"{due.year}年{due.month}月{due.day}日"],
        ["分管领导", f"{assignment.leader_name}（{assignment.leader_post}）"],
        ["承办人", str(assignment.handler)],
        ["反馈期限", f"{letter.answer_due_on.year}年{letter.answer_due_on.month}月{letter.answer_due_on.day}日"],
    ]
    issuer = assignment.committee.name
    return official(
        mark=[issuer],
        number=letter.serial,
        title=f"关于催办《{assignment.title}》的函",
        to=assignment.unit.name,
        blocks=[
            Paragraph(letter.words),
            Heading(1, "催办事项"),
            Table(["项目", "内容"], facts),
            Heading(1, "有关要求"),
            Paragraph("确需延期的，请在平台上提出延期申请并说明理由。逾期不反馈的，提请领导督办。"),
        ],
        signers=[issuer],
        on=letter.on,
    )


def look_back_book(campaign: LookBack, items):
    """An open file with one row an item, written row by row; whoever sends it closes it."""
    file = TemporaryFile()  # noqa: SIM115 (the answer closes it)
    rows = (_row(item) for item in items.select_related("again__reply").iterator(chunk_size=500))
    save(file, Sheet("回头看", HEADER, rows, above=f"{campaign.committee}：{campaign.name}"))
    file.seek(0)
    return file


def _row(item: LookBackItem):
    reply = item.round.reply
    now = getattr(item.again, "reply", None) if item.again_id else None
    if now is None or now.state != ReplyState.SENT:
        now = None
    return (
        item.assignment.title, item.assignment.unit.name, reply.promise, reply.promised_on, item.get_state_display(),
        item.get_found_display(), item.check_words, _day(item.checked_at), ANSWERED[item.has_leader],
        ANSWERED[item.has_person], ANSWERED[item.in_order], item.spot_words, item.get_cause_display(), item.words,
        item.promised_on, item.again.number if item.again_id else None, _day(item.settled_at),
        now.get_grade_display() if now else None, _day(now.sent_at) if now else None,
    )  # fmt: skip


def _day(moment):
    return timezone.localdate(moment) if moment else None
