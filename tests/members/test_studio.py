"""网上委员工作室: asked back under the receipt, members asking the public; moderation, double clicks, leaks."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config.milestones import clock
from config.notices.models import Notice
from config.refusals import Incomplete, Refusal, WrongState
from members.facts import Fact
from members.models import DutyRecord, Inquiry, InquiryReply, QuestionTurn
from members.presets import profiles as presets
from members.services import profiles as asking
from members.services import studio as services
from members.services import turns
from members.states import InquiryReplyState as R
from members.states import InquiryState as I
from members.states import QuestionState as S
from tests.factories import profiles as asked
from tests.factories import studio as make
from tests.factories import workstations as places
from tests.factories.profiles import AT, WORDS
from tests.members.test_profiles_questions import stamp

pytestmark = pytest.mark.django_db
VISITOR = {"place": "", "website": ""}


def text(response):
    return response.content.decode()


@pytest.fixture
def answered(cast):
    """A question with its code, answered today, so that pages that look at the clock agree."""
    question, code = asking.ask(cast.wang_member, words=WORDS, address="203.0.113.9", at=AT)
    asking.pass_on(question, by=cast.li, at=AT)
    asking.answer(question, answer="已请水利站查看，下周修好。", by=cast.wang, at=AT)
    return question, code


# --- asked back --------------------------------------------------------------------------------------------------


def test_who_asked_asks_back_and_it_is_one_thread(cast, as_, answered, monkeypatch):
    """Row 115: two-way, moderated."""
    question, code = answered
    visitor, member, office = as_(None), as_(cast.wang), as_(cast.li)
    receipt = reverse("question-receipt", args=["jiahe"])
    assert "接着问" in text(visitor.post(receipt, {"code": code}))
    given = {**VISITOR, "code": code, "words": make.AGAIN, "stamp": stamp(monkeypatch)}
    again = reverse("question-again", args=["jiahe"])
    assert "追问已提交" in text(visitor.post(again, given))
    twice = visitor.post(again, {**given, "stamp": stamp(monkeypatch)})
    assert twice.status_code == 400
    assert "还没有答复" in text(twice)
    turn = QuestionTurn.objects.get()
    profile = reverse("member-profile", args=["jiahe", cast.wang_member.pk])
    assert make.AGAIN not in text(visitor.get(profile))
    assert make.AGAIN not in text(member.get(question.get_absolute_url()))
    assert make.AGAIN in text(office.get(reverse("studio-desk")))
    office.post(reverse("turn-pass", args=[turn.pk]))
    assert make.AGAIN[:8] in text(member.get(reverse("question-mine")))
    member.post(reverse("turn-answer", args=[turn.pk]), {"answer": "先用抽水泵。"})
    for page in (visitor.get(profile), visitor.get(reverse("studio", args=["jiahe"])),
                 visitor.post(receipt, {"code": code})):  # fmt: skip
        assert "先用抽水泵" in text(page)
    records = DutyRecord.objects.standing().filter(fact=Fact.ANSWER)
    assert set(records.values_list("key", flat=True)) == {f"question:{question.pk}", f"question:{question.pk}:2"}


@pytest.mark.parametrize(
    ("changed", "seconds", "said"),
    [
        ({"words": "短"}, 10, "至少 6 个字"),
        ({"words": "请打13900000001找我谈"}, 10, "请不要写电话"),
        ({"website": "x"}, 10, "没有提交成功"),
        ({}, 0, "提交得太快了"),
        ({"words": WORDS}, 10, "同样的话"),
    ],
)
def test_a_refused_turn_says_why_and_keeps_the_words(cast, as_, answered, monkeypatch, changed, seconds, said):
    _, code = answered
    given = {**VISITOR, "code": code, "words": make.AGAIN, "stamp": stamp(monkeypatch, seconds), **changed}
    page = as_(None).post(reverse("question-again", args=["jiahe"]), given)
    assert page.status_code == 400
    assert said in text(page)
    assert given["words"] in text(page)
    assert not QuestionTurn.objects.exists()


def test_without_the_code_or_before_an_answer_nobody_asks_back(cast, as_, answered, monkeypatch):
    given = {**VISITOR, "code": "aaaa-bbbb-cccc", "words": make.AGAIN, "stamp": stamp(monkeypatch)}
    assert "没有这个查询码" in text(as_(None).post(reverse("question-again", args=["jiahe"]), given))
    elsewhere = as_(None).post(reverse("question-again", args=["yongxing"]), {**given, "code": answered[1]})
    assert "没有这个查询码" in text(elsewhere)
    for state in (S.ASKED, S.PASSED, S.REFUSED):
        with pytest.raises(Refusal, match="不能追问"):
            make.turn(cast, question=asked.question(cast, state, words=f"{WORDS}{state}"))
    assert not QuestionTurn.objects.exists()


TURN_VERBS = {
    "pass": lambda row, by: turns.pass_on(row, by=by, at=AT),
    "refuse": lambda row, by: turns.refuse(row, reason="不宜公开", by=by, at=AT),
    "answer": lambda row, by: turns.answer(row, answer="已经请人去看。", by=by, at=AT),
}
TURN_RIGHT = {"pass": {S.ASKED}, "refuse": {S.ASKED, S.PASSED, S.ANSWERED}, "answer": {S.PASSED}}
TURN_WHO = {"pass": "li", "refuse": "li", "answer": "wang"}


@pytest.mark.parametrize("state", S.values)
@pytest.mark.parametrize("verb", TURN_VERBS)
def test_every_verb_of_a_turn_in_every_state(cast, verb, state):
    row = make.turn(cast, state)
    if state in TURN_RIGHT[verb]:
        TURN_VERBS[verb](row, getattr(cast, TURN_WHO[verb]))
    else:
        with pytest.raises(WrongState):
            TURN_VERBS[verb](row, getattr(cast, TURN_WHO[verb]))
    for name in {"wang", "li", "zhou", "zhang", "zhao", "qian"} - {TURN_WHO[verb]}:
        with pytest.raises(PermissionDenied):
            TURN_VERBS[verb](row, getattr(cast, name))


def test_a_question_taken_down_takes_its_turns_and_their_facts(cast, as_):
    row = make.turn(cast, S.ANSWERED)
    waiting = make.turn(cast, S.PASSED, question=row.question, words="那下个月还会坏吗？")
    assert waiting.number == 3
    asking.refuse(row.question, reason="说到了别人", by=cast.li, at=AT)
    assert set(QuestionTurn.objects.values_list("state", flat=True)) == {S.REFUSED}
    assert not DutyRecord.objects.standing().exists()
    assert not QuestionTurn.objects.public().exists()
    assert as_(None).get(reverse("member-profile", args=["jiahe", cast.wang_member.pk])).status_code == 200


def test_the_member_is_reminded_of_a_turn(cast):
    presets.load()
    row = make.turn(cast, S.PASSED)
    clock.sweep(AT + timedelta(days=40))
    told = Notice.objects.filter(kind="question-due")
    assert set(told.values_list("recipient__username", flat=True)) == {"wang", "li"}
    assert row.due_why


# --- members ask the public --------------------------------------------------------------------------------------


def test_a_member_asks_visitors_reply_the_member_sums_up(cast, as_, monkeypatch):
    """Row 115: the other direction."""
    visitor, member, office = as_(None), as_(cast.wang), as_(cast.li)
    until = timezone.localdate() + timedelta(days=10)
    form = {"title": make.TITLE, "words": make.ABOUT, "until": until.isoformat()}
    wrong = member.post(reverse("inquiry-mine"), {**form, "words": "请打13900000001"})
    assert wrong.status_code == 400
    assert "请打13900000001" in text(wrong)
    member.post(reverse("inquiry-mine"), form)
    row = Inquiry.objects.get()
    studio = reverse("studio", args=["jiahe"])
    assert make.TITLE in text(visitor.get(studio))
    given = {**VISITOR, "words": make.REPLY, "stamp": stamp(monkeypatch)}
    sent = visitor.post(row.get_absolute_url(), given)
    code = sent.context["code"]
    again = visitor.post(row.get_absolute_url(), {**given, "stamp": stamp(monkeypatch)})
    assert "同样的话" in text(again)
    reply = InquiryReply.objects.get()
    assert reply.receipt != code
    assert make.REPLY not in text(visitor.get(row.get_absolute_url()))
    assert make.REPLY not in text(member.get(row.get_absolute_url()))
    assert make.REPLY in text(office.get(row.get_absolute_url()))
    look = reverse("reply-receipt", args=["jiahe"])
    assert "正在审看" in text(visitor.post(look, {"code": code}))
    assert member.post(reverse("reply-show", args=[reply.pk])).status_code == 404
    office.post(reverse("reply-show", args=[reply.pk]))
    assert make.REPLY in text(visitor.get(row.get_absolute_url()))
    office.post(reverse("reply-hide", args=[reply.pk]), {"reason": "说到了别人的姓名"})
    assert "说到了别人的姓名" in text(visitor.post(look, {"code": code}))
    assert make.REPLY not in text(visitor.get(row.get_absolute_url()))
    member.post(reverse("inquiry-sum-up", args=[row.pk]), {"summary": "谢谢大家，已写进提案。"})
    assert "谢谢大家，已写进提案" in text(visitor.get(row.get_absolute_url()))
    assert visitor.post(row.get_absolute_url(), given).status_code == 400
    profile = visitor.get(reverse("member-profile", args=["jiahe", cast.wang_member.pk]))
    assert make.TITLE in text(profile)
    assert not DutyRecord.objects.exists()


INQUIRY_VERBS = {
    "sum_up": lambda row, by: services.sum_up(row, summary="谢谢大家。", by=by, at=AT),
    "take_down": lambda row, by: services.take_down(row, reason="表述不妥", by=by, at=AT),
}


@pytest.mark.parametrize("state", I.values)
@pytest.mark.parametrize(("verb", "who"), [("sum_up", "wang"), ("take_down", "li")])
def test_every_verb_of_an_inquiry_in_every_state(cast, verb, who, state):
    row = make.inquiry(cast, state)
    right = {"sum_up": {I.OPEN}, "take_down": {I.OPEN, I.SUMMED}}[verb]
    if state in right:
        INQUIRY_VERBS[verb](row, getattr(cast, who))
    else:
        with pytest.raises(WrongState):
            INQUIRY_VERBS[verb](row, getattr(cast, who))
    for name in {"wang", "li", "zhou", "zhang", "zhao", "qian"} - {who}:
        with pytest.raises(PermissionDenied):
            INQUIRY_VERBS[verb](row, getattr(cast, name))


@pytest.mark.parametrize("state", R.values)
def test_every_verb_of_a_reply_in_every_state(cast, state):
    row = make.reply(cast, state)
    for name in ("wang", "zhou", "zhao", "qian"):
        with pytest.raises(PermissionDenied):
            services.show(row, by=getattr(cast, name), at=AT)
        with pytest.raises(PermissionDenied):
            services.hide(row, reason="不宜", by=getattr(cast, name), at=AT)
    if state == R.SENT:
        services.show(row, by=cast.li, at=AT)
        assert Notice.objects.filter(recipient=cast.wang, title__contains="群众回应了您").exists()
    else:
        with pytest.raises(WrongState):
            services.show(row, by=cast.li, at=AT)


def test_a_visitor_replies_so_often_a_day_and_only_while_it_is_open(cast):
    row = make.inquiry(cast)
    for n in range(cast.committee.parameter("question.daily")):
        make.reply(cast, row=row, words=f"第 {n} 个想法在这里")
    with pytest.raises(Refusal, match="明天再来"):
        make.reply(cast, row=row, words="还有一个想法在这里")
    with pytest.raises(Refusal, match="已经结束"):
        make.reply(cast, row=row, at=AT + timedelta(days=30))
    with pytest.raises(Incomplete):
        make.reply(cast, row=row, words="请打13900000001")
    for done in (I.SUMMED, I.TAKEN_DOWN):
        with pytest.raises(Refusal, match="已经结束"):
            make.reply(cast, row=make.inquiry(cast, done, title=f"另一个{done}"))


def test_what_was_taken_down_is_gone_for_everybody_but_the_member_and_the_office(cast, as_):
    row = make.inquiry(cast, I.TAKEN_DOWN)
    codes = {name: as_(getattr(cast, name)).get(row.get_absolute_url()).status_code for name in ("li", "wang", "zhao")}
    assert codes == {"li": 200, "wang": 200, "zhao": 404}
    assert as_(None).get(row.get_absolute_url()).status_code == 404
    assert make.TITLE not in text(as_(None).get(reverse("studio", args=["jiahe"])))


def test_a_member_without_a_page_asks_nobody_and_days_are_checked(cast):
    for days in (0, 200):
        with pytest.raises(Incomplete, match="请选"):
            make.inquiry(cast, days=days)
    make.inquiry(cast)
    with pytest.raises(Refusal, match="同样的请教"):
        make.inquiry(cast)
    with pytest.raises(PermissionDenied):
        services.inquire(cast.wang_member, title="替人问", words="替人问", until=AT.date(), by=cast.qian, at=AT)
    cast.wang_member.is_public = False
    cast.wang_member.save()
    with pytest.raises(Refusal, match="没有公开展示"):
        make.inquiry(cast, title="另一个")


def test_the_member_is_reminded_to_sum_up_then_the_office(cast):
    presets.load()
    row = make.inquiry(cast)
    clock.sweep(AT + timedelta(days=11))
    told = Notice.objects.filter(kind="inquiry-due")
    assert set(told.values_list("recipient__username", flat=True)) == {"wang"}
    clock.sweep(AT + timedelta(days=18))
    assert set(told.values_list("recipient__username", flat=True)) == {"wang", "li"}
    services.sum_up(row, summary="谢谢大家。", by=cast.wang, at=AT + timedelta(days=18))


def test_the_page_of_the_committee_lists_studios_on_line(cast, as_):
    places.station(cast.committee, "王委员网上工作室", kind="online_studio", member=cast.wang_member)
    places.station(cast.committee, "珠泉镇委员工作室")
    page = text(as_(None).get(reverse("studio", args=["jiahe"])))
    assert "王委员网上工作室" in page
    assert "珠泉镇委员工作室" not in page


@pytest.mark.parametrize(("name", "who"), [("studio", None), ("studio-desk", "li"), ("inquiry-mine", "wang")])
def test_lists_cost_the_same_with_one_row_and_with_three(cast, as_, name, who):
    client, counts = as_(getattr(cast, who) if who else None), []
    args = ["jiahe"] if name == "studio" else []
    for n in range(3):
        row = make.inquiry(cast, title=f"请教{n}", at=timezone.now())
        make.reply(cast, row=row)
        make.turn(cast, question=asked.question(cast, S.ANSWERED, words=f"{WORDS}{n}", address=f"10.0.0.{n}"),
                  words=f"{make.AGAIN}{n}")  # fmt: skip
        if n in (0, 2):
            client.get(reverse(name, args=args))
            with CaptureQueriesContext(connection) as caught:
                assert client.get(reverse(name, args=args)).status_code == 200
            counts.append(len(caught))
    assert counts[0] == counts[1]
    assert counts[1] <= 14


def test_the_desk_is_the_office_s(cast, as_):
    for who in (cast.wang, cast.zhang, cast.qian):
        assert as_(who).get(reverse("studio-desk")).status_code == 403
    assert as_(cast.zhang).get(reverse("inquiry-mine")).status_code == 403
    row = make.turn(cast)
    assert as_(cast.zhao).post(reverse("turn-pass", args=[row.pk])).status_code == 404
    assert as_(cast.wang).post(reverse("turn-pass", args=[row.pk])).status_code == 404
