"""What a word of the public becomes: a micro-proposal, and what is told of it."""

import uuid

import pytest
from django.urls import reverse

from proposals import services, threads
from proposals.models import MicroProposal
from proposals.states import MicroState
from tests.factories import proposals as matters
from tests.factories import reception as make
from tests.factories.reception import AT, BODY
from workstations.models import Word
from workstations.queries import words as queries
from workstations.services import words
from workstations.states import WordState

pytestmark = pytest.mark.django_db
S = WordState


def test_a_draft_made_from_a_word_carries_no_number_of_a_person(cast):
    word = make.word(cast, body=f"{BODY}电话13900000001", place="村口，找13900000002")
    begun = threads.begin(word)["body"]
    assert BODY in begun
    assert "1390000000" not in begun


def drafted(cast, word, by=None):
    by = by or cast.wang
    return services.keep_draft(
        uuid.uuid4(), committee=cast.committee, by=by, word=word, title="修好路灯", body=f"群众反映：{BODY}建议修好。",
        category=matters.category(), region=make.places.town(cast.committee),
    )  # fmt: skip


def reached(cast, word, state):
    """A micro-proposal made from `word`, in `state`."""
    made = drafted(cast, word)
    if state == MicroState.DRAFT:
        return made
    services.submit(made, by=cast.wang, at=AT)
    if state == MicroState.WITHDRAWN:
        services.withdraw(made, by=cast.wang, at=AT)
    verdict = {MicroState.DECLINED: "disagree", MicroState.RETURNED: "supplement"}.get(state, "agree")
    if state not in (MicroState.REVIEWING, MicroState.WITHDRAWN):
        matters.verdicts(cast, made, verdict, at=AT)
    if state in (MicroState.ASSIGNED, MicroState.CLOSED):
        given = matters.assign(cast, made, at=AT)
        if state == MicroState.CLOSED:
            matters.to_state(cast, given, matters.AssignmentState.CLOSED, at=AT)
    if state == MicroState.LED:
        matters.lead(cast, made, at=AT)
    return MicroProposal.objects.get(pk=made.pk)


LEADS = {
    MicroState.DRAFT: S.HANDED,
    MicroState.REVIEWING: S.CARRIED,
    MicroState.RETURNED: S.CARRIED,
    MicroState.AGREED: S.CARRIED,
    MicroState.ASSIGNED: S.CARRIED,
    MicroState.LED: S.CARRIED,
    MicroState.CLOSED: S.SETTLED,
    MicroState.DECLINED: S.NEW,
    MicroState.WITHDRAWN: S.NEW,
}


@pytest.mark.parametrize("state", list(MicroState))
def test_the_word_goes_as_its_micro_proposal_goes(cast, state):
    word = make.word(cast, S.HANDED)
    micro = reached(cast, word, state)
    assert (micro.state, micro.word) == (state, word)
    word = Word.objects.get(pk=word.pk)
    assert word.state == LEADS[state]
    assert threads.holds(word) is (word.state == S.CARRIED)


TOLD = {
    MicroState.DRAFT: [],
    MicroState.WITHDRAWN: [],
    MicroState.REVIEWING: ["委员写成微建议，已提交"],
    MicroState.DECLINED: ["委员写成微建议，已提交", "微建议未被采纳"],
    MicroState.ASSIGNED: ["委员写成微建议，已提交", "交县住建局办理"],
    MicroState.LED: ["委员写成微建议，已提交", "由提案委员会领办"],
    MicroState.CLOSED: [
        "委员写成微建议，已提交",
        "交县住建局办理",
        "县住建局已答复：A类：已经解决或基本解决",
        "微建议已办结",
    ],
}


@pytest.mark.parametrize("state", list(TOLD))
def test_what_is_told_of_it_says_no_name_and_nothing_of_a_draft(cast, state):
    word = make.word(cast, S.HANDED)
    reached(cast, word, state)
    steps = threads.follow([word]).get(word.pk, [])
    assert [step.label for step in steps] == TOLD[state]
    assert "王委员" not in str(steps)
    assert all(step.url == "" for step in steps) is (state != MicroState.CLOSED)


@pytest.mark.parametrize(
    ("publication", "grade", "text"), [("full", True, True), ("summary", True, False), ("none", False, False)]
)
def test_a_reply_is_told_as_far_as_it_was_published(cast, publication, grade, text):
    word = make.word(cast, S.HANDED)
    micro = reached(cast, word, MicroState.ASSIGNED)
    given = micro.assignments.get()
    services.accept(given, by=cast.zhang, at=AT)
    private = {"private_reason": "涉及个人信息"} if publication == "none" else {}
    text_of_it = "已会同交警现场勘察，信号灯本月安装，联系人电话 13807350001。"
    reply = matters.reply(cast, given, publication=publication, text=text_of_it, **private)
    services.send(reply, by=cast.chen, at=AT)
    unpublished = str(threads.follow([word]))
    assert "信号灯" not in unpublished
    assert "A类" not in unpublished
    given.refresh_from_db()
    services.rate(given, satisfaction="satisfied", by=cast.wang, at=AT)
    told = str(threads.follow([word]))
    assert ("县住建局已答复：A类" in told, "信号灯本月安装" in told) == (grade, text)
    assert "13807350001" not in told


def test_many_words_are_followed_by_as_many_statements_as_one(cast, django_assert_max_num_queries):
    found = [make.word(cast, S.HANDED) for _ in range(3)]
    for word in found:
        reached(cast, word, MicroState.CLOSED)
    with django_assert_max_num_queries(5):
        assert len(threads.follow(found)) == 3


def test_who_takes_up_which_word(cast):
    station = make.station(cast)
    handed, fresh = make.word(cast, S.HANDED, station=station), make.word(cast, station=station)
    make.places.post(station, cast.colleagues[0])  # a keeper who is a member
    takes = {
        (who.username, word.state): bool(threads.offer(who, word))
        for who in (cast.wang, cast.colleagues[0].user, cast.keeper, cast.li, cast.qian)
        for word in (handed, fresh)
    }
    keeper = cast.colleagues[0].user.username
    assert {pair for pair, offered in takes.items() if offered} == {
        ("wang", S.HANDED), (keeper, S.HANDED), (keeper, S.NEW),
    }  # fmt: skip
    assert threads.offer(cast.wang, make.word(cast, S.ANSWERED)) is None


def test_a_word_that_is_not_ones_to_take_up_is_not_linked(cast):
    assert drafted(cast, make.word(cast)).word is None
    assert drafted(cast, make.word(cast, S.ANSWERED)).word is None


def test_a_word_answered_meanwhile_does_not_stop_the_micro_proposal(cast):
    word = make.word(cast, S.HANDED)
    made = drafted(cast, word)
    words.answer(word, answer="已经修好。", by=cast.li, at=AT)
    services.submit(made, by=cast.wang, at=AT)
    word.refresh_from_db()
    assert word.state == S.ANSWERED


def test_while_another_is_under_way_the_word_is_not_brought_back(cast):
    word = make.word(cast, S.HANDED)
    first, second = drafted(cast, word), drafted(cast, word)
    for micro in (first, second):
        services.submit(micro, by=cast.wang, at=AT)
    services.withdraw(first, by=cast.wang, at=AT)
    assert Word.objects.get().state == S.CARRIED
    services.withdraw(second, by=cast.wang, at=AT)
    assert Word.objects.get().state == S.NEW
    assert Word.objects.get().note == "委员撤回了微建议"


def test_one_click_opens_the_form_filled_in_and_the_draft_is_linked(cast, as_):
    station = make.station(cast)
    word, client = make.word(cast, S.HANDED, station=station, place="一组"), as_(cast.wang)
    action = threads.offer(cast.wang, word)
    assert action.label == "转为微建议"
    assert action.url.replace("&", "&amp;") in client.get(word.get_absolute_url()).content.decode()
    opened = client.get(action.url, follow=True)
    text = opened.content.decode()
    assert BODY in text
    assert f'name="word" value="{word.pk}"' in text
    given = {"committee": cast.committee.pk, "word": word.pk, "title": "修好路灯", "body": BODY, "save": "1"}
    client.post(opened.request["PATH_INFO"], given)
    micro = MicroProposal.objects.get()
    assert micro.word == word
    assert threads.offer(cast.wang, word).label == "接着写微建议"
    client.post(opened.request["PATH_INFO"], {**given, "body": f"{BODY}建议修好。"})
    micro.refresh_from_db()
    assert micro.word == word
    assert as_(cast.qian).get(action.url, follow=True).content.decode().find(BODY) == -1


def test_the_progress_page_tells_it(cast):
    word = make.word(cast, S.HANDED)
    reached(cast, word, MicroState.CLOSED)
    labels = [step.label for step in queries.course(Word.objects.get())]
    assert labels[0] == "已收到"
    assert labels[-1] == "已办结"
    assert "交县住建局办理" in labels
    assert reverse("micro-detail", args=[MicroProposal.objects.get().key]) in [
        step.url for step in queries.course(Word.objects.get())
    ]
