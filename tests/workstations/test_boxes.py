"""What goes into an anonymous box, what comes out of it the next morning, and what the office may do."""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied

from config.audit.models import AuditEntry
from config.milestones import clock
from config.milestones.models import Milestone
from config.notices.models import Notice
from config.privacy import reaches_somebody
from config.refusals import Incomplete, Refusal, WrongState
from config.uploads import store
from config.uploads.checks import clean_image
from members.models import Parameter
from tests.factories import boxes as make
from tests.factories import workstations as places
from tests.factories.boxes import AT, BODY, MORNING
from workstations.models import BoxBundle, BoxPhotos, Channel, OpinionBox, Word
from workstations.services import box_flood as flood
from workstations.services import box_letters as letters
from workstations.services import boxes as services

pytestmark = pytest.mark.django_db
DAY = "2026-11-10"


# --- setting up -----------------------------------------------------------------------------------------------------


def test_the_office_sets_up_changes_closes_and_opens_again(cast):
    box = OpinionBox(committee=cast.committee, name="东门意见箱")
    services.open_box(box, by=cast.li, at=AT)
    box.place = "东门公告栏"
    services.edit_box(box, changed=["place"], by=cast.li, at=AT)
    services.close_box(box, reason="迁址", by=cast.li, at=AT)
    assert (box.is_open, box.closed_on) == (False, AT.date())
    with pytest.raises(WrongState, match="已经关闭"):
        services.close_box(box, reason="迁址", by=cast.li, at=AT)
    services.reopen_box(box, by=cast.li, at=AT)
    with pytest.raises(WrongState, match="已经开放"):
        services.reopen_box(box, by=cast.li, at=AT)
    box.refresh_from_db()
    assert (box.is_open, box.closed_on, box.place) == (True, None, "东门公告栏")
    told = AuditEntry.objects.filter(verb__startswith="box.").order_by("id").values_list("verb", flat=True)
    assert list(told) == ["box.open", "box.edit", "box.close", "box.reopen"]


@pytest.mark.parametrize("who", ["zhao", "wang", "zhang", "sun"])
def test_nobody_else_does(cast, who):
    user, box = getattr(cast, who), make.kept(cast)
    for deed in (
        lambda: services.open_box(OpinionBox(committee=cast.committee, name="x"), by=user, at=AT),
        lambda: services.edit_box(box, changed=["place"], by=user, at=AT),
        lambda: services.close_box(box, reason="x", by=user, at=AT),
        lambda: services.reopen_box(box, by=user, at=AT),
    ):
        with pytest.raises(PermissionDenied):
            deed()


def test_what_is_wrong_with_a_box_is_said(cast):
    make.box(cast.committee, "同名")
    with pytest.raises(Incomplete, match="同名"):
        make.box(cast.committee, "同名")
    with pytest.raises(Incomplete, match="本会的站点"):
        make.box(cast.committee, "别县", station=places.station(cast.other_committee))
    with pytest.raises(Incomplete, match="原因"):
        services.close_box(OpinionBox.objects.get(), reason=" ", by=cast.li, at=AT)


def test_who_sees_a_closed_box(cast):
    box = make.kept(cast)
    services.close_box(box, reason="x", by=None, at=AT)
    seen = {
        name
        for name in ("wang", "li", "zhang", "zhao", "qian")
        if OpinionBox.objects.visible_to(getattr(cast, name)).exists()
    }
    assert seen == {"wang", "li"}


# --- putting in -------------------------------------------------------------------------------------------------------


def test_a_letter_lies_in_the_bundle_of_its_day_under_its_digest(cast):
    box = make.box(cast.committee)
    code = make.put(box, place=" 三组 ")
    ((digest, letter),) = make.lying(box)[DAY].items()
    assert letter == {"body": BODY, "place": "三组", "photos": []}
    assert len(code.replace(" ", "")) == 16
    assert code.replace(" ", "") not in json.dumps(make.lying(box))
    assert len(digest) == 64
    assert letters.find(box, code).word is None
    assert letters.find(box, "1234 5678 1234 5678") is None
    assert letters.find(box, "不是查询码") is None


def test_letters_lie_in_the_order_of_chance(cast):
    box = make.box(cast.committee)
    for number in range(12):
        make.put(box, f"第 {number} 件要说的事情", seed=f"s{number}")
    kept = list(BoxBundle.objects.values_list("letters", flat=True).get()[DAY])
    assert kept == sorted(kept)
    bodies = [make.lying(box)[DAY][digest]["body"] for digest in kept]
    assert bodies != [f"第 {number} 件要说的事情" for number in range(12)]


def test_a_letter_makes_no_row_and_no_line_of_the_trail(cast):
    box = make.box(cast.committee)
    counts = [model.objects.count() for model in (BoxBundle, BoxPhotos, Word, AuditEntry, Milestone, Notice)]
    make.put(box, photos=[clean_image(make.photo())])
    assert counts == [model.objects.count() for model in (BoxBundle, BoxPhotos, Word, AuditEntry, Milestone, Notice)]


def test_the_same_page_twice_is_one_letter_with_the_same_code(cast):
    box = make.box(cast.committee)
    assert make.put(box) == make.put(box)
    assert len(make.lying(box)[DAY]) == 1
    with pytest.raises(letters.UsedPage):
        make.put(box, "完全是另外一件事情")
    services.deliver(cast.committee, at=MORNING)
    with pytest.raises(letters.UsedPage):
        make.put(box, at=MORNING)


def test_the_very_same_text_is_refused_without_the_first_code(cast):
    box = make.box(cast.committee)
    make.put(box)
    with pytest.raises(Incomplete, match="完全相同") as refused:
        make.put(box, f"  {BODY} ", seed="other")
    assert "body" in refused.value.fields
    make.put(box, seed="other", at=AT + timedelta(days=1))


def test_numbers_that_lead_to_a_person_are_covered_before_anything_is_kept(cast):
    box = make.box(cast.committee)
    make.put(box, "请打 13912345678 找我，证号 430102199001011234", place="13912345678 旁边")
    kept = json.dumps(make.lying(box), ensure_ascii=False)
    assert "139" not in kept
    assert "430102" not in kept
    assert kept.count("****") == 3
    assert reaches_somebody("43010219900101123X")
    assert not reaches_somebody("路灯坏了 3 个月")


def test_a_full_box_and_too_little_text_are_refused(cast):
    box = make.box(cast.committee)
    Parameter.objects.create(committee=cast.committee, code="box.daily", value="10")
    for number in range(10):
        make.put(box, f"第 {number} 件要说的事情", seed=f"s{number}")
    with pytest.raises(Refusal, match="装满"):
        make.put(box, seed="more")
    make.put(box, seed="more", at=AT + timedelta(days=1))
    with pytest.raises(Incomplete):
        make.put(box, "太短", seed="x")


def test_a_closed_box_takes_nothing(cast):
    box = make.box(cast.committee)
    services.close_box(box, reason="x", by=None, at=AT)
    with pytest.raises(Refusal, match="已经关闭"):
        make.put(box)
    assert make.lying(box) == {}


def test_photos_wait_without_name_time_or_camera(cast, tmp_path):
    box = make.box(cast.committee)
    make.put(box, photos=[clean_image(make.photo()), clean_image(make.photo())])
    ((letter,),) = [day.values() for day in make.lying(box).values()]
    pictures = BoxPhotos.objects.get(box=box).pictures
    assert sorted(letter["photos"]) == list(pictures)
    assert len(pictures) == 2
    assert not list(tmp_path.rglob("*.jpg"))
    BoxPhotos.objects.update(pictures={str(number): "" for number in range(19)})
    with pytest.raises(Incomplete, match="放满") as refused:
        make.put(box, "另外一件要说的事", seed="other", photos=[clean_image(make.photo())] * 2)
    assert "photos" in refused.value.fields
    assert len(make.lying(box)[DAY]) == 1


# --- delivery ---------------------------------------------------------------------------------------------------------


def test_the_next_morning_letters_become_words_and_their_readers_are_told_once(cast):
    box = make.kept(cast)
    codes = [make.put(box, f"第 {number} 件要说的事情", seed=f"s{number}") for number in range(3)]
    clock.sweep(MORNING)
    assert make.lying(box) == {}
    words = list(Word.objects.all())
    assert {(word.channel, word.box, word.station, word.received_on) for word in words} == {
        (Channel.BOX, box, box.station, AT.date())
    }
    assert all(letters.find(box, code).word in words for code in codes)
    told = Notice.objects.filter(key__startswith="word-box")
    assert [(notice.recipient, "3 件" in notice.title) for notice in told] == [(cast.wang, True)]
    clock.sweep(MORNING)
    assert (Word.objects.count(), told.count()) == (3, 1)


def test_today_waits_and_days_that_were_missed_come_together(cast):
    box = make.box(cast.committee)
    for day in range(4):
        make.put(box, seed=f"s{day}", at=AT + timedelta(days=day))
    late = MORNING + timedelta(days=2)
    services.deliver(cast.committee, at=late)
    assert sorted(Word.objects.values_list("received_on", flat=True)) == [
        (AT + timedelta(days=day)).date() for day in range(3)
    ]
    assert list(make.lying(box)) == ["2026-11-13"]
    assert services.deliver(cast.committee, at=late) == 0


def test_each_morning_plans_the_next_with_letters_or_without(cast):
    make.box(cast.committee)
    planned = Milestone.objects.filter(kind=services.KIND)
    assert [milestone.code for milestone in planned.pending()] == ["20261111"]
    clock.sweep(MORNING)
    assert [milestone.code for milestone in planned.pending()] == ["20261112"]
    assert planned.get(code="20261111").state == "done"


def test_after_the_last_box_is_closed_and_empty_nothing_more_is_planned(cast):
    box = make.box(cast.committee)
    make.put(box)
    services.close_box(box, reason="x", by=None, at=AT)
    clock.sweep(MORNING)
    assert Word.objects.count() == 1
    assert not Milestone.objects.filter(kind=services.KIND).pending().exists()
    services.reopen_box(box, by=None, at=MORNING)
    assert Milestone.objects.filter(kind=services.KIND).pending().count() == 1


def test_a_letter_of_the_small_hours_waits_for_the_next_morning(cast):
    night = datetime(2026, 11, 11, 0, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
    box = make.box(cast.committee, at=night)
    assert Milestone.objects.get(kind=services.KIND).code == "20261111"
    make.put(box, at=night)
    services.deliver(cast.committee, at=MORNING)
    assert Word.objects.count() == 0


def test_photos_come_with_the_word_and_leave_the_box(cast):
    box = make.kept(cast)
    code = make.put(box, photos=[clean_image(make.photo())])
    make.put(box, "没有照片的另一封信", seed="other")
    services.deliver(cast.committee, at=MORNING)
    (photo,) = store.of(letters.find(box, code).word)
    assert (photo.name, photo.uploaded_by, photo.at) == ("照片1.jpg", None, AT.replace(hour=0))
    with photo.file.open("rb") as content:
        assert b"Phone" not in content.read()
    assert store.is_readable(photo, cast.wang)
    assert not store.is_readable(photo, cast.zhao)
    assert BoxPhotos.objects.get().pictures == {}


def test_of_two_committees_each_gets_its_own(cast):
    ours, theirs = make.box(cast.committee), make.box(cast.other_committee)
    make.put(ours), make.put(theirs, seed="other")
    services.deliver(cast.committee, at=MORNING)
    assert [word.committee for word in Word.objects.all()] == [cast.committee]
    assert make.lying(theirs)


# --- too much at once -------------------------------------------------------------------------------------------------


def test_pressure_grows_from_free_over_a_question_to_busy(cast):
    box, other = make.box(cast.committee), make.box(cast.committee, "另一个")
    felt = [flood.letter(box).value for _ in range(flood.MOST + 1)]
    assert (felt.count("free"), felt.count("ask"), felt.count("busy")) == (flood.FREE, flood.MOST - flood.FREE, 1)
    assert flood.now(box) is flood.Pressure.ASK
    assert flood.letter(other) is flood.Pressure.FREE


def test_receipt_codes_are_counted_too(cast):
    box = make.box(cast.committee)
    assert [flood.may_look(box) for _ in range(flood.LOOKS + 1)].count(True) == flood.LOOKS


@pytest.mark.parametrize(
    ("asked", "answer", "right"),
    [
        ([3, 4], "7", True), ([3, 4], " ７ ", True), ([3, 4], "七", True), ([3, 4], "8", False), ([3, 4], "", False),
        ([8, 8], "16", True), ([8, 8], "十六", True), ([8, 8], "一十六。", True), ([5, 5], "十", True),
        ([1, 1], "两", True), ([8, 8], "六", False),
    ],
)  # fmt: skip
def test_the_question_understands_digits_and_words(asked, answer, right):
    assert flood.is_right(asked, answer) is right


def test_the_question_is_in_words():
    assert flood.in_words([3, 4]) == "请写出三加四等于几"
    assert all(1 <= number <= 8 for _ in range(50) for number in flood.question())
