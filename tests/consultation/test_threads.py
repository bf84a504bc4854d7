"""What a word of the public becomes: a topic, and what is told of it."""

import pytest

from consultation import services, threads
from consultation.models import Topic
from consultation.states import ConsultationState, TopicSource, TopicState
from tests.factories import consultation as talks
from tests.factories import reception as make
from tests.factories.reception import AT, BODY
from workstations.models import Channel, Word
from workstations.states import WordState

pytestmark = pytest.mark.django_db
S = WordState
LEADS = {
    TopicState.COLLECTED: S.CARRIED,
    TopicState.SELECTED: S.CARRIED,
    TopicState.IN_PLAN: S.CARRIED,
    TopicState.DECLINED: S.NEW,
}


def test_a_topic_made_from_a_word_carries_no_number_of_a_person(cast):
    word = make.word(cast, body=f"{BODY}电话13900000001", place="村口，找13900000002")
    begun = threads.begin(word)["reason"]
    assert BODY in begun
    assert "1390000000" not in begun


@pytest.mark.parametrize("state", list(TopicState))
def test_the_word_goes_as_its_topic_goes(cast, state):
    word = make.word(cast)
    topic = talks.topic(cast, state, word=word)
    assert topic.word == word
    assert Word.objects.get().state == LEADS[state]
    labels = [step.label for step in threads.follow([word])[word.pk]]
    assert labels[0] == "已提为协商议题"
    assert ("议题未采用" in labels) is (state == TopicState.DECLINED)
    assert "已有专题研究" not in str(threads.follow([word]))


def test_chosen_after_all_the_word_is_carried_again(cast):
    word = make.word(cast)
    topic = talks.topic(cast, TopicState.DECLINED, word=word)
    services.select_topic(topic, by=cast.li, at=AT)
    assert Word.objects.get().state == S.CARRIED


@pytest.mark.parametrize("public", [True, False])
def test_when_it_was_consulted_about_the_word_is_settled(cast, public):
    word = make.word(cast)
    topic = talks.topic(cast, TopicState.SELECTED, word=word)
    running = talks.consultation(cast, ConsultationState.RUNNING, topic=topic)
    type(running).objects.update(is_public=public)
    assert (running.title in str(threads.follow([word]))) is public
    assert Word.objects.get().state == S.CARRIED
    type(running).objects.update(state=ConsultationState.CONCLUDED, held_on=AT.date())
    running.refresh_from_db()
    threads.consulted(running, by=cast.li, at=AT)
    assert Word.objects.get().state == S.SETTLED
    urls = [step.url for step in threads.follow([word])[word.pk] if step.url]
    assert urls == ([running.public_url] if public else [])


def test_who_takes_up_which_word(cast):
    word, handed = make.word(cast), make.word(cast, S.HANDED)
    offers = {
        (who, one.state): bool(threads.offer(getattr(cast, who), one))
        for who in ("li", "wang", "zhang", "qian", "zhao")
        for one in (word, handed)
    }
    assert {pair for pair, offered in offers.items() if offered} == {
        ("li", S.NEW), ("li", S.HANDED), ("wang", S.HANDED),
    }  # fmt: skip
    assert talks.topic(cast, by=cast.wang, word=word).word is None


@pytest.mark.parametrize(
    ("channel", "source"), [(Channel.GRID, TopicSource.VILLAGE), (Channel.PHONE, TopicSource.PUBLIC)]
)
def test_one_click_opens_the_form_filled_in_with_its_source(cast, as_, channel, source):
    word, client = make.word(cast, channel=channel), as_(cast.li)
    url = threads.offer(cast.li, word).url
    form = client.get(url).context["form"]
    assert form.initial["source"] == source
    given = {
        "key": form.initial["key"], "title": "村里的路灯", "reason": f"群众反映：{BODY}", "content_kind": "at_hand",
        "source": source.value,
    }  # fmt: skip
    for _ in range(2):
        assert client.post(url, given).status_code == 302
    assert Topic.objects.get().word == word
    assert Word.objects.get().state == S.CARRIED


def test_a_bad_address_opens_the_empty_form(cast, as_):
    for asked in ("abc", "99999999999999999999", "٣", "1"):
        assert as_(cast.li).get(f"/topics/new/?word={asked}").status_code == 200


def test_a_word_of_another_county_cannot_be_taken_up(cast, as_):
    word = make.word(cast)
    assert BODY not in as_(cast.zhao).get(f"/topics/new/?word={word.pk}").content.decode()
