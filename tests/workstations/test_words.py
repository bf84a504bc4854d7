import io
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from config.audit.models import AuditEntry
from config.milestones import clock
from config.milestones.models import Milestone, MilestoneState
from config.notices.models import Notice
from config.refusals import Incomplete, Refusal, WrongState
from config.uploads import store
from tests.factories import reception as make
from tests.factories.reception import AT, BODY, TODAY
from workstations.models import Channel, Word
from workstations.models.words import new_key
from workstations.queries import words as queries
from workstations.services import words as services
from workstations.states import WORD_MOVES, WordState

pytestmark = pytest.mark.django_db
S = WordState


def written(cast, **fields):
    given = {"channel": Channel.PAGE, "body": BODY, "by": None, "address": "203.0.113.9", "at": AT, **fields}
    return services.take_down(committee=cast.committee, **given)


# --- the receipt -------------------------------------------------------------------------------------------------


def test_a_receipt_is_sixteen_digits_in_groups_and_its_digest_does_not_show_them():
    code, digest = services.new_receipt()
    assert [len(group) for group in code.split(" ")] == [4, 4, 4, 4]
    assert code.replace(" ", "").isdigit()
    assert len(digest) == 64
    assert code.replace(" ", "") not in digest
    assert services.new_receipt()[0] != code


@pytest.mark.parametrize("typed", ["{}", " {} ", "{:-}", "{:wide}", "{:none}"])
def test_a_code_is_known_however_it_is_typed(typed):
    code, digest = services.new_receipt()
    wide = code.translate({ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789"})
    shapes = {"{:-}": code.replace(" ", "-"), "{:wide}": wide, "{:none}": code.replace(" ", "")}
    assert services.digest_of(shapes.get(typed) or typed.format(code)) == digest


@pytest.mark.parametrize("typed", ["", "1234", "１２３", "abcd efgh ijkl mnop", "1" * 17, "٠" * 16, "\0" * 16])
def test_what_is_no_code_has_no_digest(typed):
    assert services.digest_of(typed) == ""


def test_the_digest_hangs_on_the_servers_secret(settings):
    code, digest = services.new_receipt()
    settings.SECRET_KEY = "another"
    assert services.digest_of(code) != digest


def test_a_word_is_looked_up_by_its_code_at_its_committee_only(cast):
    word, code = written(cast)
    ask = {"address": "a", "at": AT}
    assert services.look_up(code, committee=cast.committee, **ask) == word
    assert services.look_up(code, committee=cast.other_committee, **ask) is None
    assert services.look_up("0000 0000 0000 0000", committee=cast.committee, **ask) is None
    assert services.look_up("nonsense", committee=cast.committee, **ask) is None


def test_codes_cannot_be_tried_through(cast):
    for _ in range(services.LOOKS_A_DAY):
        services.look_up("1234", committee=cast.committee, address="a", at=AT)
    with pytest.raises(Refusal, match="太多"):
        services.look_up("1234", committee=cast.committee, address="a", at=AT)
    services.look_up("1234", committee=cast.committee, address="b", at=AT)
    services.look_up("1234", committee=cast.committee, address="a", at=AT + timedelta(days=1))


# --- taking down -------------------------------------------------------------------------------------------------


def test_a_key_says_the_day_and_within_the_day_only_chance(cast):
    keys = {new_key(TODAY) for _ in range(50)}
    assert len(keys) == 50
    assert max(keys) < new_key(TODAY + timedelta(days=1)) < 2**53
    assert len({key & 0xFFFFFFFF for key in keys}) == 50


def test_who_writes_twice_from_one_sheet_has_one_word_and_one_code(cast):
    word, code = written(cast, seed="sheet")
    again, same = written(cast, seed="sheet", body="另外的话，也写得够长。")
    assert (again, same) == (word, code)
    assert Word.objects.count() == 1
    assert Notice.objects.filter(kind="word").count() == 1
    assert written(cast, seed="other sheet")[1] != code


def test_one_address_has_so_many_words_a_day(cast):
    for _ in range(cast.committee.parameter("words.daily")):
        written(cast)
    with pytest.raises(Refusal, match="明天再来"):
        written(cast)
    written(cast, address="198.51.100.1")
    written(cast, at=AT + timedelta(days=1))
    written(cast, channel=Channel.PHONE, by=cast.li)  # a desk is not counted


def test_the_office_hears_of_a_word_and_a_stations_keeper_of_the_stations(cast):
    word, _ = written(cast)
    station = make.station(cast)
    at_station, _ = written(cast, station=station)
    told = Notice.objects.filter(kind="word").values_list("url", "recipient__username")
    assert set(told) == {(word.get_absolute_url(), "li"), (at_station.get_absolute_url(), "keeper")}
    assert at_station.region == station.region


def test_a_short_word_a_closed_station_and_foreign_places_are_refused(cast):
    station, other = make.station(cast), make.places.station(cast.other_committee, "外县站")
    with pytest.raises(Incomplete) as refusal:
        written(cast, body="太短")
    assert "body" in refusal.value.fields
    with pytest.raises(Refusal, match="不属于本会"):
        written(cast, station=other)
    with pytest.raises(Incomplete, match="本地"):
        written(cast, region=other.region)
    type(station).objects.filter(pk=station.pk).update(is_open=False, closed_on=TODAY)
    station.refresh_from_db()
    with pytest.raises(Refusal, match="已经关闭"):
        written(cast, station=station)
    assert not Word.objects.exists()


@pytest.mark.parametrize(
    ("who", "channel", "allowed"),
    [
        (None, Channel.PAGE, True),
        (None, Channel.QR, True),
        (None, Channel.DESK, False),
        (None, Channel.BOX, False),
        ("li", Channel.DESK, True),
        ("li", Channel.PAGE, False),
        ("keeper", Channel.PHONE, True),
        ("wang", Channel.DESK, False),  # serves here, but is not on duty today
        ("wang", Channel.GRID, True),
        ("zhang", Channel.GRID, False),
        ("zhao", Channel.DESK, False),
        ("qian", Channel.GRID, False),
    ],
)
def test_who_takes_down_by_which_channel(cast, who, channel, allowed):
    station = make.station(cast)
    by = who and getattr(cast, who)
    if allowed:
        assert written(cast, station=station, channel=channel, by=by)[0].channel == channel
    else:
        with pytest.raises(PermissionDenied):
            written(cast, station=station, channel=channel, by=by)


def test_the_member_on_duty_today_takes_words_down_at_the_desk(cast):
    station, now = make.station(cast), timezone.now()
    make.shift(cast, station, on=timezone.localdate(now), at=now)
    word, _ = written(cast, station=station, channel=Channel.DESK, by=cast.wang, at=now)
    assert word.taken_by == cast.wang


def test_photos_lose_where_they_were_taken_and_only_the_desk_opens_them(cast, as_):
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "where it was"
    Image.new("RGB", (40, 40)).save(out, "JPEG", exif=exif)
    photos = [SimpleUploadedFile("a.jpg", out.getvalue(), "image/jpeg") for _ in range(4)]
    word, _ = written(cast, photos=[store.clean_image(photo) for photo in photos])
    kept = list(store.of(word))
    assert len(kept) == services.MOST_PHOTOS
    with kept[0].file.open() as stored:
        assert b"where it was" not in stored.read()
    asked = {who: as_(who and getattr(cast, who)).get(kept[0].get_absolute_url()) for who in (None, "li", "zhao")}
    assert {who: answer.status_code for who, answer in asked.items()} == {None: 404, "li": 200, "zhao": 404}


def test_a_due_day_explains_itself_and_is_reminded_of_up_to_the_office(cast):
    word = make.word(cast, station=make.station(cast), by=cast.keeper)
    assert word.due_on > TODAY
    assert word.due_why["rule"] == "收到群众反映之日起 10 个工作日"
    clock.sweep(AT + (word.due_on - TODAY))
    assert told("word-due") == {"keeper"}
    clock.sweep(AT + timedelta(days=40))
    assert told("word-due") == {"keeper", "li"}
    count = Notice.objects.count()
    clock.sweep(AT + timedelta(days=40))
    assert Notice.objects.count() == count


def told(kind):
    return set(Notice.objects.filter(kind=kind).values_list("recipient__username", flat=True))


def test_a_handed_words_reminder_goes_to_the_member_and_none_after_the_answer(cast):
    make.word(cast, S.HANDED, station=make.station(cast))
    make.word(cast, S.ANSWERED)
    clock.sweep(AT + timedelta(days=14))
    assert told("word-due") == {"wang"}


# --- every state and every verb ----------------------------------------------------------------------------------

VERBS = {
    "hand": lambda word, cast: services.hand(word, member=cast.wang_member, by=cast.li, at=AT),
    "answer": lambda word, cast: services.answer(word, answer="已经修好。", by=cast.li, at=AT),
    "decline": lambda word, cast: services.decline(word, reason="不属于本会。", by=cast.li, at=AT),
    "carry": lambda word, cast: services.carry(word, into="微建议", by=cast.li, at=AT),
    "bring_back": lambda word, cast: services.bring_back(word, note="未被采纳", by=None, at=AT),
    "settle": lambda word, cast: services.settle(word, note="办完了", by=None, at=AT),
}
QUIET = {"carry", "bring_back", "settle"}  # news from above: what does not fit changes nothing, and says so


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("verb", list(VERBS))
def test_every_verb_in_every_state(cast, state, verb):
    word = make.word(cast, state)
    fits = state in WORD_MOVES[verb].sources
    lines = AuditEntry.objects.count()
    if fits or verb in QUIET:
        assert (VERBS[verb](word, cast) is False) is (not fits and verb in QUIET)
    else:
        with pytest.raises(WrongState):
            VERBS[verb](word, cast)
    word = Word.objects.get(pk=word.pk)
    assert word.state == (WORD_MOVES[verb].target if fits else state)
    assert AuditEntry.objects.count() - lines == int(fits)


ALLOWED = {
    "li": {"hand", "answer", "decline", "publish", "forget"},
    "keeper": {"hand", "answer", "decline", "publish", "forget"},
    "wang": {"answer"},
    "other_keeper": set(),
    "colleague": set(),
    "zhang": set(),
    "zhao": set(),
    "qian": set(),
}
DOERS = {
    "hand": lambda word, by, cast: services.hand(word, member=cast.wang_member, by=by, at=AT),
    "answer": lambda word, by, cast: services.answer(word, answer="已经修好。", by=by, at=AT),
    "decline": lambda word, by, cast: services.decline(word, reason="不属于本会。", by=by, at=AT),
    "publish": lambda word, by, cast: services.publish(word, shown=True, by=by, at=AT),
    "forget": lambda word, by, cast: services.forget(word, by=by, at=AT),
}


@pytest.mark.parametrize("who", list(ALLOWED))
@pytest.mark.parametrize("verb", list(DOERS))
def test_who_may_do_what_with_a_word_that_was_handed_to_wang(cast, who, verb):
    word = make.word(cast, S.HANDED, station=make.station(cast), speaker="老周")
    if verb == "publish":
        services.answer(word, answer="已经修好。", by=cast.li, at=AT)
    cast.colleague = cast.colleagues[0].user
    cast.other_keeper = make.make.user("other", "邻站站长")
    make.places.post(make.places.station(cast.committee, "邻站"), cast.other_keeper)
    by = getattr(cast, who)
    if verb in ALLOWED[who]:
        DOERS[verb](word, by, cast)
    else:
        with pytest.raises(PermissionDenied):
            DOERS[verb](word, by, cast)


def test_a_member_answers_but_the_desk_decides_what_is_public(cast):
    word = make.word(cast, S.HANDED, station=make.station(cast))
    with pytest.raises(PermissionDenied):
        services.answer(word, answer="已经修好。", publish=True, by=cast.wang, at=AT)
    services.answer(word, answer="已经修好。", by=cast.wang, at=AT)
    assert not word.is_published


@pytest.mark.parametrize("text", ["", "  ", "请打 13800000001", "请打0735-6600001", "写信到 a@b.cn"])
def test_answers_say_something_and_reach_nobody(cast, text):
    word = make.word(cast)
    with pytest.raises(Incomplete) as refusal:
        services.answer(word, answer=text, by=cast.li, at=AT)
    assert "answer" in refusal.value.fields
    with pytest.raises(Incomplete) as refusal:
        services.decline(word, reason=text, by=cast.li, at=AT)
    assert "reason" in refusal.value.fields


def test_a_word_goes_to_who_serves_at_its_station_only(cast):
    word = make.word(cast, station=make.station(cast, residents=False))
    with pytest.raises(Incomplete, match="驻站委员"):
        services.hand(word, member=cast.wang_member, by=cast.li, at=AT)
    with pytest.raises(Incomplete):
        services.hand(make.word(cast), member=cast.qian_member, by=cast.li, at=AT)


def test_what_is_published_can_be_taken_down_and_an_open_word_not_be_published(cast):
    word = make.word(cast)
    with pytest.raises(Refusal, match="答复之后"):
        services.publish(word, shown=True, by=cast.li, at=AT)
    services.answer(word, answer="已经修好。", publish=True, by=cast.li, at=AT)
    assert list(Word.objects.answered()) == [word]
    services.publish(word, shown=False, by=cast.li, at=AT)
    services.publish(word, shown=False, by=cast.li, at=AT)
    assert not Word.objects.answered().exists()
    assert AuditEntry.objects.filter(verb="word.unpublish").count() == 1


# --- who spoke is forgotten --------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [S.ANSWERED, S.DECLINED, S.SETTLED])
def test_who_spoke_is_cleared_some_days_after_it_is_settled(cast, state):
    word = make.word(cast, state, speaker="老周", contact="13800000001")
    days = cast.committee.parameter("words.contact_days")
    clock.sweep(AT + timedelta(days=days))
    word.refresh_from_db()
    assert word.contact == "13800000001"
    clock.sweep(AT + timedelta(days=days + 1))
    word.refresh_from_db()
    assert (word.speaker, word.contact) == ("", "")
    assert AuditEntry.objects.filter(verb="word.forget").count() == 1
    assert not AuditEntry.objects.filter(data__icontains="13800000001").exists()


def test_nobody_is_planned_to_be_forgotten_where_nobody_spoke_or_it_is_open(cast):
    make.word(cast, S.ANSWERED)
    make.word(cast, speaker="老周")
    assert not Milestone.objects.filter(kind=services.FORGET).exists()


def test_who_spoke_can_be_cleared_at_once(cast):
    word = make.word(cast, S.ANSWERED, contact="13800000001")
    assert services.forget(word, by=cast.li, at=AT)
    assert not services.forget(word, by=cast.li, at=AT)
    pending = Milestone.objects.filter(kind=services.FORGET, state=MilestoneState.PENDING)
    assert not pending.exists()


# --- boxes -------------------------------------------------------------------------------------------------------


def slips(box, number, day=TODAY):
    return [
        services.Slip(box=box, day=day, body=f"第{n}件，路灯不亮。", place="一组", digest=services.new_receipt()[1])
        for n in range(number)
    ]


def test_what_lay_in_a_box_becomes_words_that_tell_no_moment_and_no_one(cast, django_assert_max_num_queries):
    make.seed.load(services.KIND, make.LADDER)
    box = make.box(cast, make.station(cast))
    given = slips(box, 5)
    with django_assert_max_num_queries(25):
        words = services.deliver(given, at=AT)
    assert [word.receipt for word in words] == [slip.digest for slip in given]
    assert {(word.channel, word.taken_by_id, word.received_on) for word in words} == {(Channel.BOX, None, TODAY)}
    assert not AuditEntry.objects.filter(target_type="workstations.word").exists()
    assert Word.objects.filter(committee=cast.committee).matching("路灯").count() == 5
    assert told("word") == {"keeper"}
    assert Notice.objects.filter(kind="word").count() == 1
    assert Milestone.objects.filter(kind=services.KIND).values("subject_id").distinct().count() == 5


def test_delivered_twice_is_delivered_once(cast):
    given = slips(make.box(cast), 3)
    services.deliver(given, at=AT)
    assert services.deliver([*given, *slips(given[0].box, 1)], at=AT) != []
    assert Word.objects.count() == 4
    assert services.deliver([], at=AT) == []


# --- what became of it -------------------------------------------------------------------------------------------


def test_the_course_of_a_word_names_nobody(cast):
    station = make.station(cast)
    word = make.word(cast, S.HANDED, station=station, speaker="老周", contact="13800000001")
    services.answer(word, answer="已经修好。", by=cast.wang, at=AT)
    steps = queries.course(word)
    assert [step.label for step in steps] == ["已收到", "已交驻站委员了解情况", "已答复"]
    text = " ".join(f"{step.label}{step.words}" for step in steps)
    assert "王委员" not in text
    assert "老周" not in text
    assert steps[-1].words == "已经修好。"


def test_figures_count_what_came_in_and_what_was_answered_in_time(cast):
    make.word(cast, S.ANSWERED)
    make.word(cast, S.CARRIED)
    make.word(cast, channel=Channel.PHONE, at=AT - timedelta(days=60))
    words = queries.of_year(Word.objects.filter(committee=cast.committee), 2026)
    assert queries.punctual(words, TODAY) == queries.Punctual(done=1, total=2)
    numbers = {row["label"]: row["value"] for row in queries.by_channel(words)}
    assert (numbers["当面"], numbers["电话"], numbers["匿名意见箱"]) == (2, 1, 0)
    assert not queries.of_year(words, 2025).exists()
