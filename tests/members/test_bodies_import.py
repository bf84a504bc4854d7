"""Whole lists of people at once, all or none; and the word before their appointments run out."""

import datetime
import io
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from config.documents import tables
from config.milestones import clock
from config.milestones.models import Milestone, MilestoneState
from config.notices.models import Notice
from config.refusals import Incomplete
from members.models import BodyKind, Membership, Post, Standing
from members.presets import bodies as presets
from members.services import body_import, body_seats
from tests.factories import bodies as make
from tests.factories.bodies import AT, TODAY

pytestmark = pytest.mark.django_db
HEAD = "姓名\t单位及职务\t身份\t专长\t聘期止\n"


@pytest.fixture
def pool(cast):
    presets.load()
    return make.body(cast.committee, BodyKind.EXPERT_POOL, "基层协商人才库")


def bring(pool, words, by=None):
    return body_import.import_people(pool, tables.pasted(words, body_import.SHAPE).lines, by=by, at=AT)


def people(pool):
    return list(pool.posts.order_by("pk").values_list("person_name", "person_title", "standing", "specialty", "until"))


def test_a_pasted_list_with_or_without_head_line(pool):
    end = datetime.date(2027, 12, 31)
    assert bring(pool, HEAD + "甲某\t金田村书记\t村干部\t调解\t2027年12月31日\n\n乙某\t\t“五老”人员\t\t\n") == 2
    assert bring(pool, "丙某，珠泉镇，乡贤，种植，2027/12/31") == 1
    assert people(pool) == [
        ("甲某", "金田村书记", Standing.VILLAGE_CADRE, "调解", end),
        ("乙某", "", Standing.ELDER, "", None),
        ("丙某", "珠泉镇", Standing.NOTABLE, "种植", end),
    ]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("\t某单位\t乡贤", "第 3 行：姓名没有填写"),
        ("丁某\t某单位\t神仙", "第 3 行：身份“神仙”不认识"),
        ("丁某\t某单位\t乡贤\t\t明年", "第 3 行：聘期止“明年”不是日期"),
        ("丁某\t某单位\t乡贤\t\t2026-13-45", "不是日期"),
        ("丁某\t某单位\t乡贤\t\t2020-01-01", "已经过去"),
        ("甲某\t金田村", "第 3 行：甲某与第 2 行重复"),
        ("老某\t在册", "第 3 行：老某已在名单里"),
        ("丁" * 33, "姓名超过 32 个字"),
    ],
)
def test_one_wrong_line_and_nobody_is_seated(pool, line, wrong):
    make.seat(pool, "老某", person_title="在册")
    with pytest.raises(Incomplete) as refused:
        bring(pool, HEAD + "甲某\t金田村\n" + line)
    assert wrong in refused.value.fields["text"]
    assert [name for name, *_ in people(pool)] == ["老某"]


def test_eighteen_hundred_people_come_in_within_seconds(pool):
    words = HEAD + "".join(f"人{n}\t第{n}村\t村干部\t调解\t2027-12-31\n" for n in range(1810))
    began = time.perf_counter()
    assert bring(pool, words) == 1810
    assert time.perf_counter() - began < 5
    assert Milestone.objects.of(pool).count() == 3  # one ladder for the day, not one for each person


def test_only_councils_and_pools_take_lists_and_only_from_the_office(cast, pool, as_):
    with pytest.raises(Incomplete, match="批量聘任"):
        bring(make.body(cast.committee, BodyKind.ZONE, "片区"), "甲某")
    address = reverse("body-import", args=[pool.pk])
    assert as_(cast.wang).get(address).status_code == 403
    assert as_(cast.zhao).get(address).status_code == 404
    assert as_(cast.li).get(reverse("body-import", args=[make.body(cast.committee).pk])).status_code == 404


def test_the_page_takes_text_or_a_table_and_keeps_what_was_wrong(cast, pool, as_):
    li, address = as_(cast.li), reverse("body-import", args=[pool.pk])
    wrong = li.post(address, {"text": "甲某\t金田村\t神仙"})
    assert "神仙”不认识" in wrong.content.decode()
    assert "甲某\t金田村\t神仙" in wrong.content.decode()
    assert "只用一种" in li.post(address, {"text": ""}).content.decode()
    book = Workbook()
    book.active.append(["姓名", "单位及职务", "身份", "专长", "聘期止"])
    book.active.append(["甲某", "金田村", "群众代表", "", datetime.date(2028, 1, 1)])
    buffer = io.BytesIO()
    book.save(buffer)
    answer = li.post(address, {"file": SimpleUploadedFile("名单.xlsx", buffer.getvalue())})
    assert answer.url == reverse("body-roster", args=[pool.pk])
    table = "姓名,身份\n乙某,乡贤\n".encode("gb18030")
    assert li.post(address, {"file": SimpleUploadedFile("名单.csv", table)}).status_code == 302
    assert [(row[0], row[2]) for row in people(pool)] == [("甲某", Standing.PUBLIC), ("乙某", Standing.NOTABLE)]
    broken = li.post(address, {"file": SimpleUploadedFile("名单.xlsx", b"PK not a table")})
    assert broken.status_code == 200
    assert broken.context["form"].errors["file"]
    book["Sheet"].row_dimensions[2].hidden = True
    buffer = io.BytesIO()
    book.save(buffer)
    hidden = li.post(address, {"file": SimpleUploadedFile("名单.xlsx", buffer.getvalue())})
    assert hidden.context["form"].errors["file"][0].startswith("第 2 行：这一行是隐藏的")
    assert "xlsx 或 .csv" in li.post(address, {"file": SimpleUploadedFile("a.doc", b"x")}).content.decode()
    roster = li.get(reverse("body-roster", args=[pool.pk]), {"standing": "notable"})
    assert [seat.person for seat in roster.context["page"]] == ["乙某"]


# --- before appointments run out -----------------------------------------------------------------------------------


def told(kind=body_seats.EXPIRY):
    return list(Notice.objects.filter(kind=kind).order_by("pk").values_list("recipient__username", "title"))


def on(days):
    return AT + datetime.timedelta(days=days)


def test_office_and_leader_are_told_sixty_thirty_and_seven_days_before_once(cast, pool):
    make.seat(pool, cast.wang_member, Post.LEADER)
    bring(pool, HEAD + "甲某\t\t乡贤\t\t2027-03-10\n乙某\t\t乡贤\t\t2027-03-10")
    for days in (40, 50, 51):
        clock.sweep(on(days))
    title = "基层协商人才库有 2 人的聘期还有 60 天届满"
    assert sorted(told()) == [("li", title), ("wang", title)]
    clock.sweep(on(80))
    clock.sweep(on(80))
    assert len(told()) == 4
    body_seats.unseat(pool.posts.get(person_name="甲某"), on=TODAY, by=cast.li, at=AT)
    clock.sweep(on(104))
    assert [title for _, title in told()[4:]] == ["基层协商人才库有 1 人的聘期还有 6 天届满"] * 2


def test_nobody_is_told_of_those_who_left_or_were_appointed_anew(cast, pool):
    bring(pool, HEAD + "甲某\t金田村\t乡贤\t\t2027-03-10\n乙某\t\t乡贤\t\t2027-03-10")
    first, _ = pool.posts.order_by("pk")
    body_seats.unseat(first, on=TODAY, by=cast.li, at=AT)
    Membership.objects.create(
        body=pool, person_name="乙某", since=TODAY, until=datetime.date(2029, 1, 1), standing=Standing.NOTABLE
    )
    clock.sweep(on(51))
    assert told() == []
    skipped = Milestone.objects.of(pool).filter(state=MilestoneState.SKIPPED)
    assert "不必提醒" in skipped.first().reason
