"""What a word of the public, or a micro-proposal, becomes: information, and what is told of it in public words."""

import datetime
import re
import uuid

import pytest
from django.urls import reverse

from proposals import threads_information as threads
from proposals.models import Information
from proposals.services import information as services
from proposals.services import information_desk as desk
from proposals.services.information import Whose
from proposals.states import InformationState, MicroState
from tests.factories import boxes as letters
from tests.factories import information as reports
from tests.factories import proposals as matters
from tests.factories import reception as make
from tests.factories.reception import AT, BODY
from workstations.models import Channel, Word
from workstations.queries import words as queries
from workstations.services import boxes, words
from workstations.states import WordState

pytestmark = pytest.mark.django_db
S, W = InformationState, WordState


def of_word(cast, word, state, **fields):
    return reports.report(cast, state, word=word, at=AT, **fields)


LEADS = {
    S.DRAFT: W.HANDED, S.SUBMITTED: W.CARRIED, S.RETURNED: W.CARRIED, S.REGISTERED: W.CARRIED,
    S.IN_ISSUE: W.CARRIED, S.ISSUED: W.SETTLED, S.UNUSED: W.NEW, S.WITHDRAWN: W.NEW,
}  # fmt: skip


@pytest.mark.parametrize("state", list(S))
def test_the_word_goes_as_its_report_goes(cast, state):
    word = make.word(cast, W.HANDED)
    row = of_word(cast, word, state)
    assert (row.state, row.word) == (state, word)
    word = Word.objects.get(pk=word.pk)
    assert word.state == LEADS[state]
    assert threads.holds(word) is (word.state == W.CARRIED)


SENT = "已写成社情民意信息，报送政协"
TOLD = {
    S.DRAFT: [], S.WITHDRAWN: [], S.SUBMITTED: [SENT], S.REGISTERED: [SENT],
    S.UNUSED: [SENT, "社情民意信息留存，暂未编用"], S.ISSUED: [SENT, "已向有关领导和部门反映"],
}  # fmt: skip


@pytest.mark.parametrize("state", list(TOLD))
def test_what_is_told_says_no_name_no_receiver_and_nothing_of_a_draft(cast, state):
    word = make.word(cast, W.HANDED)
    row = of_word(cast, word, state)
    if state == S.ISSUED:
        reports.instruction(cast, row.bulletin)
    steps = threads.follow([word]).get(word.pk, [])
    assert [step.label for step in steps] == TOLD[state]
    assert all(step.url == "" for step in steps)
    for kept in ("王委员", "县委", "批示", row.title):
        assert kept not in str(steps)


def test_taken_up_again_the_word_is_carried_again(cast):
    word = make.word(cast, W.HANDED)
    row = of_word(cast, word, S.UNUSED)
    desk.take_up(row, by=cast.li, at=AT)
    assert Word.objects.get().state == W.CARRIED


def test_the_word_of_a_double_is_settled_with_it(cast):
    main = reports.report(cast, S.ISSUED, at=AT)
    word = make.word(cast, W.HANDED)
    double = of_word(cast, word, S.SUBMITTED, title="同一件事")
    desk.mark_same(double, of=main, by=cast.li, at=AT)
    assert Word.objects.get().state == W.SETTLED
    assert [step.label for step in threads.follow([word])[word.pk]] == [SENT, "同一件事已经反映过"]


def test_many_words_are_followed_by_one_statement(cast, django_assert_max_num_queries):
    found = [make.word(cast, W.HANDED) for _ in range(3)]
    for word in found:
        of_word(cast, word, S.REGISTERED)
    with django_assert_max_num_queries(1):
        assert len(threads.follow(found)) == 3


def test_who_takes_up_which_word(cast):
    handed, fresh = make.word(cast, W.HANDED), make.word(cast)
    takes = {
        (who.username, word.state)
        for who in (cast.wang, cast.li, cast.zhou, cast.zhang, cast.qian, cast.zhao)
        for word in (handed, fresh)
        if threads.offer(who, word)
    }
    assert takes == {("wang", W.HANDED), ("li", W.HANDED), ("li", W.NEW)}
    assert threads.offer(cast.wang, make.word(cast, W.ANSWERED)) is None


def test_a_word_that_is_not_ones_to_take_up_is_not_linked(cast):
    assert of_word(cast, make.word(cast), S.DRAFT).word is None
    assert of_word(cast, make.word(cast, W.ANSWERED), S.DRAFT).word is None


def test_a_word_answered_meanwhile_does_not_stop_the_report(cast):
    word = make.word(cast, W.HANDED)
    row = of_word(cast, word, S.DRAFT)
    words.answer(word, answer="已经修好。", by=cast.li, at=AT)
    row.refresh_from_db()
    services.submit(row, by=cast.wang, at=AT)
    assert Word.objects.get().state == W.ANSWERED


def test_the_register_reports_it_for_the_people_without_a_name(cast):
    word = make.word(cast)
    row = of_word(cast, word, S.SUBMITTED, by=cast.li, whose=Whose())
    assert (row.author, row.word) == (None, word)


def test_one_click_opens_the_form_filled_in_and_the_draft_is_linked(cast, as_):
    word, client = make.word(cast, W.HANDED, body=f"{BODY}电话13900000001"), as_(cast.wang)
    action = threads.offer(cast.wang, word)
    assert action.label == "转为社情民意信息"
    assert action.url.replace("&", "&amp;") in client.get(word.get_absolute_url()).content.decode()
    opened = client.get(action.url, follow=True)
    text = opened.content.decode()
    assert BODY in text
    assert "13900000001" not in text
    given = {"committee": cast.committee.pk, "word": word.pk, "title": "修好路灯", "problem": BODY, "save": "1"}
    client.post(opened.request["PATH_INFO"], given)
    assert Information.objects.get().word == word
    assert threads.offer(cast.wang, word).label == "接着写社情民意信息"
    assert BODY not in as_(cast.qian).get(action.url, follow=True).content.decode()


def said(cast, channel):
    """A word, its receipt and where that is asked about; a letter in a box becomes a word the next morning."""
    if channel == Channel.BOX:
        box = letters.box(cast.committee, at=AT)
        code = letters.put(box, BODY, at=AT)
        boxes.deliver(cast.committee, at=AT + datetime.timedelta(days=1))
        return Word.objects.get(), code, reverse("box-progress", args=[box.code])
    by = None if channel in (Channel.PAGE, Channel.QR) else cast.li
    word, code = words.take_down(committee=cast.committee, channel=channel, body=BODY, by=by, at=AT)
    return word, code, reverse("word-progress", args=[cast.committee.slug])


@pytest.mark.parametrize("channel", Channel.values)
def test_wherever_it_was_said_one_click_takes_it_up_and_the_receipt_tells_it(cast, as_, channel):
    """At a desk, by telephone, on a page, by code, in a box, on a visit: the same two buttons, the same receipt."""
    word, code, asked = said(cast, channel)
    words.hand(word, member=cast.wang_member, by=cast.li, at=AT)
    page = as_(cast.wang).get(word.get_absolute_url()).content.decode()
    assert ">转为社情民意信息</a>" in page
    assert ">转为微建议</a>" in page
    of_word(cast, Word.objects.get(pk=word.pk), S.SUBMITTED)
    told = as_(None).post(asked, {"code": code}).content.decode()
    assert "已写成社情民意信息，报送政协" in told
    assert "王委员" not in told


def test_the_progress_page_tells_it(cast):
    word = make.word(cast, W.HANDED)
    of_word(cast, word, S.ISSUED)
    labels = [step.label for step in queries.course(Word.objects.get())]
    assert labels[0] == "已收到"
    assert "已转为社情民意信息" in labels
    assert labels[-1] == "已办结"


# --- micro-proposals ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [MicroState.DRAFT, MicroState.WITHDRAWN, MicroState.DECLINED, MicroState.ASSIGNED])
def test_a_micro_proposal_that_was_handed_in_may_be_raised(cast, state):
    micro = matters.micro(cast, state)
    offered = {who.username for who in (cast.wang, cast.li, cast.zhou, cast.qian, cast.zhao) if raises(who, micro)}
    assert offered == (set() if state in (MicroState.DRAFT, MicroState.WITHDRAWN) else {"wang", "li"})


def raises(who, micro):
    return threads.offer_for_micro(who, micro) is not None


def test_it_begins_with_the_micro_proposals_words_and_is_linked(cast, as_):
    micro, client = matters.micro(cast, MicroState.DECLINED), as_(cast.wang)
    opened = client.get(threads.offer_for_micro(cast.wang, micro).url, follow=True)
    text = opened.content.decode()
    assert micro.title in text
    assert micro.body in text
    given = {"committee": cast.committee.pk, "micro": micro.key, "title": "路口没有信号灯", "save": "1"}
    client.post(opened.request["PATH_INFO"], given)
    row = Information.objects.get()
    assert (row.micro, row.author) == (micro, cast.wang_member)
    assert threads.offer_for_micro(cast.wang, micro).url == reverse("information-edit", args=[row.key])


def test_the_button_on_its_page_keeps_the_thread(cast, as_):
    """As a person goes: from the page of the micro-proposal by its button, and back by the link of what grew."""
    micro, client = matters.micro(cast, MicroState.DECLINED), as_(cast.wang)
    page = client.get(micro.get_absolute_url()).content.decode()
    address = re.search(r'href="([^"]+)">转为社情民意信息</a>', page)[1].replace("&amp;", "&")
    opened = client.get(address, follow=True)
    typed = {**opened.context["form"].initial, "suggestion": "请装信号灯。", "micro": micro.key}
    given = {name: getattr(value, "pk", value) for name, value in typed.items() if value is not None}
    client.post(opened.request["PATH_INFO"], {**given, "committee": cast.committee.pk})
    row = Information.objects.get()
    assert row.micro == micro
    services.submit(row, by=cast.wang, at=AT)
    page = client.get(micro.get_absolute_url()).content.decode()
    assert row.get_absolute_url() in page
    assert "转为社情民意信息" not in page
    assert micro.get_absolute_url() in as_(cast.li).get(row.get_absolute_url()).content.decode()


def test_that_of_another_is_not_linked(cast):
    micro = matters.micro(cast, MicroState.DECLINED)
    made = services.keep_draft(
        uuid.uuid4(), committee=cast.other_committee, by=cast.qian, micro=micro, title="别人的微建议"
    )
    assert made.micro is None
