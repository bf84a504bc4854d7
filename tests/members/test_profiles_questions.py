"""委员问答: asked without an account, read by the desk, answered by the member, taken back."""

import datetime
import re

import pytest
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from config import stamped
from config.milestones import clock
from config.notices.models import Notice
from config.refusals import Incomplete, Refusal, WrongState
from members.facts import Fact
from members.models import DutyRecord, MemberQuestion, Parameter, VisitCount
from members.presets import profiles as presets
from members.services import profiles as services
from members.states import QuestionState
from tests.factories import members as make
from tests.factories import profiles as asked
from tests.factories.profiles import AT, WORDS

pytestmark = pytest.mark.django_db
S = QuestionState


def stamp(monkeypatch, seconds=10):
    """A hidden stamp that says the form was drawn `seconds` ago."""
    import time

    now = time.time()
    with monkeypatch.context() as patch:
        patch.setattr("django.core.signing.time.time", lambda: now - seconds)
        return signing.dumps("sheet", salt=stamped.SALT)


def send(client, cast, monkeypatch, *, seconds=10, **changed):
    given = {"words": WORDS, "place": "珠泉镇", "website": "", "stamp": stamp(monkeypatch, seconds), **changed}
    return client.post(reverse("question-new", args=["jiahe", cast.wang_member.pk]), given)


# --- asking ------------------------------------------------------------------------------------------------------


def test_a_visitor_asks_and_reads_by_the_code_what_became_of_it(cast, as_, monkeypatch):
    visitor = as_(None)
    code = send(visitor, cast, monkeypatch).context["code"]
    question = MemberQuestion.objects.get()
    assert question.receipt != code
    look = reverse("question-receipt", args=["jiahe"])
    assert "工作人员正在审看" in visitor.post(look, {"code": code}).content.decode()
    services.refuse(question, reason="请拨打供水热线处理", by=cast.li, at=AT)
    page = visitor.post(look, {"code": code.upper().replace("-", " ")}).content.decode()
    assert "请拨打供水热线处理" in page
    elsewhere = visitor.post(reverse("question-receipt", args=["yongxing"]), {"code": code})
    assert elsewhere.context["form"].errors == {"code": ["没有这个查询码，请核对后再查。"]}


@pytest.mark.parametrize(
    ("changed", "seconds", "said"),
    [
        ({"words": "太短"}, 10, "至少 6 个字"),
        ({"words": f"{WORDS}电话13900000001"}, 10, "请不要写电话、邮箱和身份证号"),
        ({"place": "珠泉镇 13900000001"}, 10, "请不要写电话"),
        ({"website": "http://spam"}, 10, "没有提交成功"),
        ({}, 0, "提交得太快了"),
        ({}, 25 * 3600, "打开太久了"),
        ({"stamp": "forged"}, 10, "没有提交成功"),
        ({"stamp": ""}, 10, "没有提交成功"),
        ({"words": "长" * 501}, 10, "500"),
    ],
)
def test_a_refused_question_says_why_keeps_the_words_and_stores_nothing(cast, as_, monkeypatch, changed, seconds, said):
    page = send(as_(None), cast, monkeypatch, seconds=seconds, **changed)
    text = page.content.decode()
    assert page.status_code == 400
    assert said in text
    assert changed.get("words", WORDS) in text
    assert not MemberQuestion.objects.exists()


def test_a_page_that_stood_open_too_long_can_be_sent_again(cast, as_, monkeypatch):
    page = send(as_(None), cast, monkeypatch, seconds=25 * 3600)
    fresh = re.search(r'name="stamp" value="([^"]+)"', page.content.decode())[1]
    monkeypatch.setattr(stamped, "QUICKEST", -1)
    assert send(as_(None), cast, monkeypatch, stamp=fresh).status_code == 200


def test_the_same_words_to_the_same_member_are_one_question(cast):
    asked.question(cast)
    with pytest.raises(Refusal, match="同样的问题"):
        asked.question(cast, words=f" {WORDS} ", address="198.51.100.1")
    other = make.member(make.user("m2", "李委员"), cast.committee)
    asked.question(cast, member=other)
    assert MemberQuestion.objects.count() == 2


def test_one_address_asks_so_often_a_day_and_only_a_digest_of_the_day_is_kept(cast):
    Parameter.objects.create(committee=cast.committee, code="question.daily", value="2")
    asked.question(cast, words="第一个问题在这里")
    asked.question(cast, words="第二个问题在这里")
    with pytest.raises(Refusal, match="明天再来"):
        asked.question(cast, words="第三个问题在这里")
    asked.question(cast, words="别处来的问题在这里", address="198.51.100.1")
    today = VisitCount.objects.get(number=2)
    assert "203.0.113.7" not in today.digest
    tomorrow = AT + datetime.timedelta(days=1)
    asked.question(cast, words="第二天再问一个问题", at=tomorrow)
    (count,) = VisitCount.objects.all()
    assert (count.day, count.number) == (tomorrow.date(), 1)
    assert count.digest != today.digest


def test_codes_cannot_be_tried_without_end(cast, as_):
    client, look = as_(None), reverse("question-receipt", args=["jiahe"])
    VisitCount.objects.all().delete()
    for _ in range(services.LOOKS_A_DAY):
        client.post(look, {"code": "aaaa-bbbb-cccc"})
    assert "今天查询的次数太多了" in client.post(look, {"code": "aaaa-bbbb-cccc"}).content.decode()


def test_a_member_without_a_page_is_not_asked(cast, as_):
    cast.wang_member.is_public = False
    cast.wang_member.save()
    with pytest.raises(Refusal, match="不接受网上提问"):
        asked.question(cast)
    assert as_(None).get(reverse("question-new", args=["jiahe", cast.wang_member.pk])).status_code == 404


# --- verbs × states ----------------------------------------------------------------------------------------------

VERBS = {
    "pass": lambda question, by: services.pass_on(question, by=by, at=AT),
    "refuse": lambda question, by: services.refuse(question, reason="不宜公开", by=by, at=AT),
    "answer": lambda question, by: services.answer(question, answer="已经请人去看。", by=by, at=AT),
}
RIGHT = {"pass": {S.ASKED}, "refuse": {S.ASKED, S.PASSED, S.ANSWERED}, "answer": {S.PASSED}}
WHO = {"pass": "li", "refuse": "li", "answer": "wang"}
AFTER = {"pass": S.PASSED, "refuse": S.REFUSED, "answer": S.ANSWERED}


@pytest.mark.parametrize("state", S.values)
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_in_every_state(cast, verb, state):
    question = asked.question(cast, state)
    by = getattr(cast, WHO[verb])
    if state in RIGHT[verb]:
        VERBS[verb](question, by)
        question.refresh_from_db()
        assert question.state == AFTER[verb]
    else:
        with pytest.raises(WrongState):
            VERBS[verb](question, by)


@pytest.mark.parametrize("verb", VERBS)
def test_only_the_right_people(cast, verb):
    question = asked.question(cast, next(iter(sorted(RIGHT[verb]))))
    for name in ("wang", "li", "zhou", "sun", "zhang", "zhao", "qian"):
        if name != WHO[verb]:
            with pytest.raises(PermissionDenied):
                VERBS[verb](question, getattr(cast, name))


@pytest.mark.parametrize("state", S.values)
def test_who_sees_a_question(cast, as_, state):
    address = asked.question(cast, state).get_absolute_url()
    codes = {name: as_(getattr(cast, name)).get(address).status_code for name in ("li", "wang", "zhao", "qian")}
    everybody = 200 if state == S.ANSWERED else 404
    assert codes == {
        "li": 200, "wang": 200 if state in (S.PASSED, S.ANSWERED) else 404, "zhao": everybody, "qian": everybody
    }  # fmt: skip
    assert as_(None).get(address).status_code == 302


# --- what follows ------------------------------------------------------------------------------------------------


def test_the_desk_passes_on_the_member_answers_and_the_answer_is_public_and_a_fact(cast, as_):
    question = asked.question(cast)
    assert Notice.objects.filter(recipient=cast.li, title__contains="待审核的群众提问").exists()
    desk = as_(cast.li)
    assert WORDS[:10] in desk.get(reverse("question-desk")).content.decode()
    desk.post(reverse("question-pass", args=[question.pk]))
    mine = as_(cast.wang)
    assert [row.pk for row in mine.get(reverse("question-mine")).context["waiting"]] == [question.pk]
    mine.post(question.get_absolute_url(), {"answer": "已请水利站查看，下周修好。"})
    profile = as_(None).get(reverse("member-profile", args=["jiahe", cast.wang_member.pk])).content.decode()
    assert "已请水利站查看" in profile
    record = DutyRecord.objects.get(key=f"question:{question.pk}")
    assert (record.member, record.fact, record.is_standing) == (cast.wang_member, Fact.ANSWER, True)


def test_an_answer_taken_back_takes_its_fact_back_and_the_member_is_told_why(cast, as_):
    question = asked.question(cast, S.ANSWERED)
    page = as_(cast.li).post(reverse("question-refuse", args=[question.pk]), {"reason": "泄露他人隐私"})
    assert page.status_code == 302
    assert not DutyRecord.objects.standing().filter(key=f"question:{question.pk}").exists()
    told = Notice.objects.get(recipient=cast.wang, title__contains="您的答复已撤下")
    assert "泄露他人隐私" in told.body
    profile = as_(None).get(reverse("member-profile", args=["jiahe", cast.wang_member.pk])).content.decode()
    assert "已请水利站查看" not in profile


@pytest.mark.parametrize(("name", "form"), [("refuse", "refuse_form"), ("answer", "answer_form")])
def test_nothing_happens_without_words(cast, as_, name, form):
    question = asked.question(cast, S.PASSED)
    client = as_(getattr(cast, WHO[name]))
    address = reverse("question-refuse", args=[question.pk]) if name == "refuse" else question.get_absolute_url()
    page = client.post(address, {})
    assert page.status_code == 400
    assert page.context[form].errors
    with pytest.raises(Incomplete):
        {"refuse": lambda: services.refuse(question, reason=" ", by=cast.li, at=AT),
         "answer": lambda: services.answer(question, answer=" ", by=cast.wang, at=AT)}[name]()  # fmt: skip


def test_the_member_is_reminded_then_the_office_and_nobody_after_the_answer(cast):
    presets.load()
    question = asked.question(cast, S.PASSED)
    assert question.due_on == datetime.date(2026, 12, 4)  # ten workdays after Friday 20 November
    due = datetime.datetime.combine(question.due_on, datetime.time(10), tzinfo=AT.tzinfo)

    def told():
        found = Notice.objects.filter(kind="question-due").values_list("recipient__name", flat=True)
        return sorted(found)

    clock.sweep(due - datetime.timedelta(days=2))
    assert told() == ["王委员"]
    clock.sweep(due - datetime.timedelta(days=2))
    assert told() == ["王委员"]
    clock.sweep(due)
    clock.sweep(due + datetime.timedelta(days=3))
    assert told() == ["李主任", "王委员", "王委员", "王委员"]
    other = asked.question(cast, S.PASSED, words="另外一个问题，请答复")
    services.answer(other, answer="好的，已经办了。", by=cast.wang, at=AT)
    clock.sweep(due + datetime.timedelta(days=30))
    assert len(told()) == 4


@pytest.mark.parametrize("rows", [1, 3])
def test_the_desk_and_the_members_page_need_the_same_statements_for_more_rows(
    cast, as_, rows, django_assert_max_num_queries
):
    for number in range(rows):
        asked.question(cast, S.PASSED, words=f"第{number}个问题，请回答一下")
    desk, mine = as_(cast.li), as_(cast.wang)
    with django_assert_max_num_queries(12):
        desk.get(reverse("question-desk"), {"state": "passed"})
    with django_assert_max_num_queries(14):
        mine.get(reverse("question-mine"))
    question = MemberQuestion.objects.first()
    with django_assert_max_num_queries(14):
        desk.get(question.get_absolute_url())


def test_the_desk_is_for_those_who_manage_duty(cast, as_):
    codes = [as_(user).get(reverse("question-desk")).status_code for user in (None, cast.wang, cast.zhou, cast.li)]
    assert codes == [302, 403, 403, 200]
