"""Questions asked back, inquiries and replies in any state, reached by the services; around 2026-11-20."""

from datetime import timedelta

from members.models import Inquiry, InquiryReply, QuestionTurn
from members.services import studio as services
from members.services import turns
from members.states import InquiryReplyState, InquiryState, QuestionState
from tests.factories import profiles as asked
from tests.factories.profiles import AT

AGAIN = "下周修好，那灌溉怎么办？"
TITLE, ABOUT = "闲置校舍怎么用好？", "想听听大家的想法，用在明年的提案里。"
REPLY = "可以做成老年食堂，村里老人多。"


def turn(cast, state=QuestionState.ASKED, *, words=AGAIN, question=None, at=AT):
    """A question asked back in `state`."""
    question = question or asked.question(cast, QuestionState.ANSWERED)
    row = turns.ask_back(question, words=words, address="203.0.113.7", at=at)
    if state in (QuestionState.PASSED, QuestionState.ANSWERED):
        turns.pass_on(row, by=cast.li, at=at)
    if state == QuestionState.ANSWERED:
        turns.answer(row, answer="先用抽水泵，镇里已经送来两台。", by=cast.wang, at=at)
    if state == QuestionState.REFUSED:
        turns.refuse(row, reason="不属于政协受理的事项", by=cast.li, at=at)
    return QuestionTurn.objects.get(pk=row.pk)


def inquiry(cast, state=InquiryState.OPEN, *, title=TITLE, days=10, at=AT):
    """What 王委员 asks the public, in `state`."""
    row = services.inquire(
        cast.wang_member, title=title, words=ABOUT, until=at.date() + timedelta(days=days), by=cast.wang, at=at
    )
    if state == InquiryState.SUMMED:
        services.sum_up(row, summary="谢谢大家，已写进提案。", by=cast.wang, at=at)
    if state == InquiryState.TAKEN_DOWN:
        services.take_down(row, reason="表述不妥", by=cast.li, at=at)
    return Inquiry.objects.get(pk=row.pk)


def reply(cast, state=InquiryReplyState.SENT, *, row=None, words=REPLY, at=AT, address="203.0.113.7"):
    """A visitor's reply in `state`."""
    sent, _ = services.reply(row or inquiry(cast), words=words, place="珠泉镇", address=address, at=at)
    if state == InquiryReplyState.SHOWN:
        services.show(sent, by=cast.li, at=at)
    if state == InquiryReplyState.HIDDEN:
        services.hide(sent, reason="说到了别人的姓名", by=cast.li, at=at)
    return InquiryReply.objects.get(pk=sent.pk)
