import re
import time
from unittest import mock

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.stamped import SALT
from tests.factories import reception as make
from tests.factories.reception import BODY
from workstations.models import Channel, Word
from workstations.services import words as services
from workstations.states import WordState

pytestmark = pytest.mark.django_db
S = WordState
SECRET, NUMBER = "老周头", "13800000001"


def stamp(seed="sheet", age=60):
    """What a form that was shown `age` seconds ago carries."""
    with mock.patch("django.core.signing.time.time", return_value=time.time() - age):
        return signing.dumps(seed, salt=SALT)


def page(name, cast, **kwargs):
    return reverse(name, kwargs={"slug": cast.committee.slug, **kwargs})


def send(client, cast, query="", **fields):
    return client.post(page("word-new", cast) + query, {"body": BODY, "stamp": stamp(), **fields})


def code_of(answer):
    return re.search(r"(\d{4} \d{4} \d{4} \d{4})", answer.content.decode()).group(1)


# --- without an account ------------------------------------------------------------------------------------------


def test_the_front_page_leads_to_every_way_of_speaking(cast):
    station = make.station(cast)
    today = timezone.localdate()
    make.shift(cast, station, on=today, at=timezone.now())
    make.box(cast)
    text = Client().get(page("words-public", cast)).content.decode()
    for said in ("珠泉镇委员工作室", "0735-6600001", "王委员", "公告栏意见箱", page("word-new", cast)):
        assert said in text
    assert "邻县" not in text


@pytest.mark.parametrize("count", [0, 1, 3])
def test_the_front_page_costs_the_same_however_many_stations(cast, count, django_assert_max_num_queries):
    for number in range(count):
        make.station(cast, f"工作室{number}", keeper=False, residents=False)
    with django_assert_max_num_queries(12):
        answer = Client().get(page("words-public", cast))
    assert answer.status_code == 200


@pytest.mark.parametrize(("query", "channel"), [("", Channel.PAGE), ("?by=qr", Channel.QR), ("?by=desk", Channel.PAGE)])
def test_a_visitor_writes_reads_the_code_once_and_follows_it(cast, query, channel):
    station, client = make.station(cast), Client()
    answer = send(client, cast, query, station=station.pk, speaker=SECRET, contact=NUMBER)
    word, code = Word.objects.get(), code_of(answer)
    assert (word.channel, word.station, word.speaker, word.taken_by) == (channel, station, SECRET, None)
    assert answer.headers["Cache-Control"].startswith("max-age=0")
    progress = client.post(page("word-progress", cast), {"code": code})
    text = progress.content.decode()
    assert progress.status_code == 200
    assert "已收到" in text
    assert SECRET not in text
    assert NUMBER not in text
    assert code_of(send(client, cast, query, station=station.pk)) == code  # the second click
    assert Word.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"website": "http://spam"}, "看不见的栏目"),
        ({"stamp": ""}, "再点一次"),
        ({"stamp": "forged"}, "再点一次"),
        ({"stamp": None}, "再点一次"),
        ({"body": "太短"}, "至少 6 个字"),
        ({"body": ""}, "请填写"),
        ({"body": "x" * 2001}, "2000"),
        ({"station": "999999"}, "有效"),
        ({"body": "有\0空字符的一句话"}, "空字符"),
    ],
)
def test_bad_input_is_answered_in_words_and_stays_in_the_form(cast, fields, said):
    given = {"place": "金田村三组", **fields}
    given = {name: value for name, value in {"body": BODY, "stamp": stamp(), **given}.items() if value is not None}
    answer = Client().post(page("word-new", cast), given)
    assert answer.status_code == 400
    text = answer.content.decode()
    assert said in text
    assert "金田村三组" in text
    assert not Word.objects.exists()


@pytest.mark.parametrize(("age", "said"), [(0, "太快"), (25 * 3600, "打开太久")])
def test_too_quick_and_too_slow_are_asked_again(cast, age, said):
    answer = Client().post(page("word-new", cast), {"body": BODY, "stamp": stamp(age=age)})
    assert answer.status_code == 400
    assert said in answer.content.decode()
    again = re.search(r'name="stamp" value="([^"]+)"', answer.content.decode()).group(1)
    assert signing.loads(again, salt=SALT) == "sheet"


def test_a_station_of_another_county_cannot_be_chosen(cast):
    foreign = make.places.station(cast.other_committee, "外县站")
    assert send(Client(), cast, station=foreign.pk).status_code == 400
    assert foreign.name not in Client().get(page("word-new", cast)).content.decode()


@pytest.mark.parametrize("code", ["", "1234", "0000 0000 0000 0000", "abc", "\0" * 16])
def test_a_wrong_code_tells_nothing(cast, code):
    make.word(cast)
    answer = Client().post(page("word-progress", cast), {"code": code})
    assert answer.status_code == 400
    assert BODY not in answer.content.decode()


def test_look_ups_are_throttled_with_a_sentence(cast, monkeypatch):
    monkeypatch.setattr(services, "LOOKS_A_DAY", 1)
    client = Client()
    client.post(page("word-progress", cast), {"code": "1234"})
    assert "太多" in client.post(page("word-progress", cast), {"code": "1234"}).content.decode()


def published(cast, **fields):
    word = make.word(cast, body=f"{BODY}电话{NUMBER}", speaker=SECRET, contact="13900000002", **fields)
    services.answer(word, answer="已报供电所，本周修好。", publish=True, by=cast.li, at=make.AT)
    return word


@pytest.mark.parametrize("count", [0, 1, 3])
def test_what_is_public_is_masked_and_only_what_was_published(cast, count, django_assert_max_num_queries):
    make.word(cast, S.ANSWERED, body="这一件没有公开出来的。")
    for _ in range(count):
        published(cast)
    with django_assert_max_num_queries(8):
        text = Client().get(page("word-answered", cast)).content.decode()
    assert text.count("已报供电所") == count
    for hidden in (NUMBER, "13900000002", SECRET, "没有公开出来的"):
        assert hidden not in text


def test_the_api_gives_the_published_ones_masked(cast):
    word = published(cast)
    make.word(cast, S.ANSWERED)
    rows = Client().get("/api/v1/words/?committee=jiahe").json()["results"]
    assert [row["key"] for row in rows] == [word.pk]
    assert rows[0]["body"] == f"{BODY}电话****"
    text = str(rows) + Client().get(f"/api/v1/words/{word.pk}/").content.decode()
    for hidden in (NUMBER, "13900000002", SECRET):
        assert hidden not in text


def test_who_spoke_is_found_by_no_search(cast):
    published(cast)
    assert not Word.objects.all().matching(SECRET).exists()
    assert not Word.objects.all().matching("13900000002").exists()
    assert Word.objects.all().matching("路灯").exists()


# --- the desk ----------------------------------------------------------------------------------------------------

WHO = [None, "li", "keeper", "other_keeper", "wang", "zhang", "zhao", "qian"]


def answered(cast, as_, url):
    return {who: as_(who and getattr(cast, who)).get(url).status_code for who in WHO}


@pytest.fixture
def place(cast):
    station = make.station(cast)
    cast.other_keeper = make.make.user("other", "邻站站长")
    make.places.post(make.places.station(cast.committee, "邻站"), cast.other_keeper)
    return station


def test_who_opens_which_page(cast, as_, place):
    word = make.word(cast, S.HANDED, station=place)
    outside = {None: 302, "other_keeper": 404, "zhang": 404, "zhao": 404, "qian": 404}
    kept = {**outside, "li": 200, "keeper": 200, "wang": 404}
    assert answered(cast, as_, word.get_absolute_url()) == {**kept, "wang": 200}
    for name in ("station-words", "station-word-new", "station-poster", "visit-list", "visit-new", "station-roster"):
        assert answered(cast, as_, reverse(name, args=[place.pk])) == kept
    office = {**dict.fromkeys(WHO, 403), None: 302, "li": 200, "zhao": 200}
    for name in ("word-desk", "word-figures"):
        assert answered(cast, as_, reverse(name)) == office
    members = {**dict.fromkeys(WHO, 403), None: 302, "wang": 200, "qian": 200}
    assert answered(cast, as_, reverse("word-grid-new")) == members


def test_another_countys_office_sees_none_of_it(cast, as_):
    make.word(cast)
    assert BODY not in as_(cast.zhao).get(reverse("word-desk") + "?state=").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_desks_cost_the_same_however_many_words(cast, as_, place, count, django_assert_max_num_queries):
    for _ in range(count):
        make.word(cast, station=place)
        make.word(cast, S.HANDED, station=place)
    for who, url in (
        ("li", reverse("word-desk") + "?state="),
        ("keeper", reverse("station-words", args=[place.pk])),
        ("wang", reverse("word-mine")),
        ("li", reverse("word-figures")),
    ):
        client = as_(getattr(cast, who))
        with django_assert_max_num_queries(24):
            assert client.get(url).status_code == 200


def test_new_words_stand_first_and_filters_narrow(cast, as_):
    make.word(cast, body="还没处理的这一件。")
    make.word(cast, S.ANSWERED, body="已经答复的这一件。")
    client = as_(cast.li)

    def shown(query):
        text = client.get(reverse("word-desk") + query).content.decode()
        return "还没处理" in text, "已经答复的" in text

    assert shown("") == (True, False)
    assert shown("?state=") == (True, True)
    assert shown("?state=answered") == (False, True)
    assert shown("?channel=phone") == (False, False)
    assert shown("?q=答复的") == (False, True)
    Word.objects.update(due_on=make.date(2026, 1, 5))
    assert shown("?late=1") == (True, False)


def test_who_spoke_is_for_the_station_and_the_office_not_for_the_member(cast, as_, place):
    word = make.word(cast, S.HANDED, station=place, speaker=SECRET, contact=NUMBER)
    url, people = word.get_absolute_url(), ("li", "keeper", "wang")
    seen = {who: as_(getattr(cast, who)).get(url).content.decode() for who in people}
    assert {who: SECRET in text and NUMBER in text for who, text in seen.items()} == {
        "li": True, "keeper": True, "wang": False,
    }  # fmt: skip
    assert NUMBER not in seen["wang"]


def test_the_keeper_writes_down_what_was_said_and_gives_the_slip(cast, as_, place):
    client = as_(cast.keeper)
    url = reverse("station-word-new", args=[place.pk])
    given = {"channel": "phone", "body": BODY, "contact": NUMBER, "stamp": stamp(age=0)}
    first = client.post(url, given)
    assert code_of(first) == code_of(client.post(url, given))
    word = Word.objects.get()
    assert (word.channel, word.station, word.taken_by) == ("phone", place, cast.keeper)
    bad = client.post(url, {**given, "channel": "box"})
    assert bad.status_code == 400
    assert BODY in bad.content.decode()


def test_a_member_writes_down_what_was_heard_on_a_visit(cast, as_):
    answer = as_(cast.wang).post(reverse("word-grid-new"), {"channel": "grid", "body": BODY, "stamp": stamp()})
    word = Word.objects.get()
    assert (word.channel, word.taken_by, word.station) == ("grid", cast.wang, None)
    assert code_of(answer)
    assert as_(cast.wang).get(word.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    ("verb", "given", "state"),
    [
        ("answer", {"answer": "已经修好。", "publish": "on"}, S.ANSWERED),
        ("decline", {"reason": "请向法院咨询。"}, S.DECLINED),
        ("hand", {"member": "wang"}, S.HANDED),
    ],
)
def test_the_verbs_of_the_page(cast, as_, place, verb, given, state):
    word = make.word(cast, station=place)
    given = {name: cast.wang_member.pk if value == "wang" else value for name, value in given.items()}
    url = reverse(f"word-{verb}", args=[word.pk])
    for who, status in (("zhao", 404), ("wang", 404), ("other_keeper", 404)):
        assert as_(getattr(cast, who)).post(url, given).status_code == status
    bad = as_(cast.keeper).post(url, {"answer": "打13800000001", "reason": "", "member": ""})
    assert bad.status_code == 400
    assert as_(cast.keeper).get(url).status_code == 405
    assert as_(cast.keeper).post(url, given).status_code == 302
    word.refresh_from_db()
    assert word.state == state
    again = as_(cast.li).post(url, given, follow=True)
    assert ("的群众反映不能" in again.content.decode()) is (state != S.HANDED)


def test_a_member_may_not_decline_or_hand_on(cast, as_, place):
    word = make.word(cast, S.HANDED, station=place)
    for verb in ("decline", "hand"):
        assert as_(cast.wang).post(reverse(f"word-{verb}", args=[word.pk]), {}).status_code == 403
    for verb in ("publish", "forget"):
        assert as_(cast.wang).post(reverse(f"word-{verb}", args=[word.pk]), {}).status_code == 403


def test_publishing_and_forgetting_from_the_page(cast, as_):
    word = make.word(cast, S.ANSWERED, contact=NUMBER)
    client = as_(cast.li)
    client.post(reverse("word-publish", args=[word.pk]), {"shown": "1"})
    word.refresh_from_db()
    assert word.is_published
    client.post(reverse("word-publish", args=[word.pk]), {"shown": "0"})
    client.post(reverse("word-forget", args=[word.pk]))
    word.refresh_from_db()
    assert (word.is_published, word.contact) == (False, "")


def test_the_poster_carries_the_stations_own_address(cast, as_, place):
    text = as_(cast.keeper).get(reverse("station-poster", args=[place.pk])).content.decode()
    assert "<svg" in text
    assert page("word-new", cast) in text
