"""Questions of visitors in any state, reached by the services themselves."""

import datetime

from django.utils import timezone

from members.models import MemberQuestion
from members.services import profiles as services
from members.states import QuestionState

AT = datetime.datetime(2026, 11, 20, 10, tzinfo=timezone.get_default_timezone())
WORDS = "我们村的机井坏了半个月，请委员帮忙反映。"


def question(cast, state=QuestionState.ASKED, *, words=WORDS, member=None, at=AT, address="203.0.113.7"):
    """A question to 王委员 in `state`."""
    asked, _ = services.ask(member or cast.wang_member, words=words, place="珠泉镇", address=address, at=at)
    if state in (QuestionState.PASSED, QuestionState.ANSWERED):
        services.pass_on(asked, by=cast.li, at=at)
    if state == QuestionState.ANSWERED:
        services.answer(asked, answer="已请水利站查看，下周修好。", by=asked.member.user, at=at)
    if state == QuestionState.REFUSED:
        services.refuse(asked, reason="不属于政协受理的事项", by=cast.li, at=at)
    return MemberQuestion.objects.get(pk=asked.pk)
