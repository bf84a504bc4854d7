"""The pages of letters: one inbox for both sides, writing, one letter, answer times; who may open which."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tests.factories import letters as make
from workstations.models import Letter
from workstations.services import letters as services


@pytest.fixture
def town(cast):
    return make.town(cast.committee)


@pytest.fixture
def letter(cast, town):
    return make.letter(town, by=cast.li, at=timezone.now())


def said(**fields):
    return {"kind": "consult", "subject": "征求意见", "body": "请提意见。", "wants_answer": "on", **fields}


PEOPLE = ["visitor", "wang", "li", "zhang", "zhou", "sun", "zhao", "qian", "handler", "other town"]


def person(cast, town, who):
    if who == "visitor":
        return None
    if who == "other town":
        return make.town(cast.committee, "塘村镇").handler
    return town.handler if who == "handler" else getattr(cast, who)


@pytest.mark.parametrize("who", PEOPLE)
def test_who_opens_which_page(cast, town, letter, as_, who):
    client = as_(person(cast, town, who))
    writes, sees = {"li", "zhao", "handler", "other town"}, {"li", "handler"}
    expected = {
        "letter-list": 302 if who == "visitor" else 200 if who in writes else 403,
        "letter-new": 302 if who == "visitor" else 200 if who in writes else 403,
        "letter": 302 if who == "visitor" else 200 if who in sees else 404,
        "letter-figures": 302 if who == "visitor" else 200 if who in {"li", "zhao"} else 403,
    }
    for name, status in expected.items():
        address = reverse(name, args=[letter.pk] if name == "letter" else [])
        assert (name, client.get(address).status_code) == (name, status)


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", ["letter-read", "letter-close"])
def test_who_takes_note_and_who_closes(cast, town, letter, as_, who, name):
    Letter.objects.filter(pk=letter.pk).update(state="sent" if name == "letter-read" else "read")
    answer = as_(person(cast, town, who)).post(reverse(name, args=[letter.pk]))
    letter.refresh_from_db()
    may = {"letter-read": "handler", "letter-close": "li"}[name]
    moved = {"letter-read": "read", "letter-close": "closed"}[name]
    if who == may:
        assert (answer.status_code, letter.state) == (302, moved)
    else:
        assert answer.status_code in (302, 403, 404)
        assert letter.state != moved


def test_opening_the_page_changes_nothing_and_one_tap_does(town, letter, as_):
    client = as_(town.handler)
    page = client.get(letter.get_absolute_url()).content.decode()
    letter.refresh_from_db()
    assert (letter.state, "请签收" in page) == ("sent", True)
    page = client.post(reverse("letter-read", args=[letter.pk]), follow=True).content.decode()
    assert "已签收" in page
    again = client.post(reverse("letter-read", args=[letter.pk]), follow=True).content.decode()
    assert "不能签收" in again


def test_the_office_sends_to_all_towns_and_a_village(cast, town, as_):
    other, village = make.town(cast.committee, "塘村镇"), make.village(cast.committee)
    client = as_(cast.li)
    page = client.get("/letters/new/").content.decode()
    assert "村（居）“两委”" in page
    answer = client.post("/letters/new/", said(every_town="on", organisations=[village.pk, town.pk]), follow=True)
    assert "已发出 3 封" in answer.content.decode()
    assert set(Letter.objects.values_list("organisation", flat=True)) == {town.pk, other.pk, village.pk}


def test_a_town_writes_and_sees_no_choice_of_units(cast, town, as_):
    client = as_(town.handler)
    assert "every_town" not in client.get("/letters/new/").content.decode()
    client.post("/letters/new/", said(kind="report"))
    letter = Letter.objects.get()
    assert (letter.outgoing, letter.organisation) == (False, town)
    assert "等您签收" in as_(cast.li).get("/letters/").content.decode()


def test_who_speaks_for_two_units_chooses_by_the_address(cast, town, as_):
    from members.roles import Role
    from tests.factories import members as people

    village = make.village(cast.committee, people=False)
    people.grant(town.handler, Role.UNIT_HANDLER, village)
    client = as_(town.handler)
    assert f"以{village}的名义写" in client.get("/letters/new/").content.decode()
    client.post(f"/letters/new/?from=o{village.pk}", said())
    assert Letter.objects.get().organisation == village
    client.post("/letters/new/?from=o999999", said(subject="另一件"))
    assert Letter.objects.latest("pk").organisation == town


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "请至少选一个乡镇或村"),
        ({"organisations": ["999999"]}, "999999"),
        ({"every_town": "on", "subject": ""}, "标题"),
        ({"every_town": "on", "body": "长" * 5001}, "5000"),
    ],
)
def test_bad_input_is_said_and_what_was_typed_stays(cast, town, as_, fields, words):
    answer = as_(cast.li).post("/letters/new/", said(**{"body": "请提宝贵意见。", **fields}))
    page = answer.content.decode()
    assert (answer.status_code, words in page) == (400, True)
    assert "请提宝贵意见。" in page or "长长长" in page
    assert not Letter.objects.exists()


def test_a_file_that_is_not_what_it_says_is_refused(cast, town, as_):
    wrong = SimpleUploadedFile("方案.pdf", b"MZ")
    answer = as_(cast.li).post("/letters/new/", said(every_town="on", files=[wrong]))
    assert (answer.status_code, "方案.pdf" in answer.content.decode()) == (400, True)


def test_answer_with_a_file_then_closed(cast, town, letter, as_):
    client = as_(town.handler)
    given = {"body": "没有意见。", "files": [SimpleUploadedFile("回函.txt", "好".encode())]}
    page = client.post(letter.get_absolute_url(), given, follow=True).content.decode()
    assert "珠泉镇回复" in page
    assert "回函.txt" in page
    assert as_(cast.li).post(letter.get_absolute_url(), {"body": "谢谢。"}).status_code == 302
    as_(cast.li).post(reverse("letter-close", args=[letter.pk]))
    closed = client.post(letter.get_absolute_url(), {"body": "还有。"})
    assert "不能回复" in closed.content.decode()
    assert letter.replies.count() == 2


def test_an_empty_answer_is_said(town, letter, as_):
    answer = as_(town.handler).post(letter.get_absolute_url(), {"body": ""})
    assert answer.status_code == 400


def test_the_office_sees_who_of_those_asked_together_has_answered(cast, town, as_):
    other = make.town(cast.committee, "塘村镇")
    first, second = services.send(
        cast.committee, [town, other], make.content(), outgoing=True, by=cast.li, at=timezone.now()
    )
    services.answer(second, body="好。", by=other.handler, at=timezone.now())
    assert "已回复" in as_(cast.li).get(first.get_absolute_url()).content.decode()
    assert "同时发给" not in as_(town.handler).get(first.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("way=1", {"去信"}),
        ("way=0", {"来信"}),
        ("kind=report", {"来信"}),
        ("stands=sent", {"来信", "去信"}),
        ("stands=late", set()),
        ("stands=open", {"来信", "去信"}),
        ("stands=answered", set()),
        ("q=来信", {"来信"}),
        ("way=x", {"来信", "去信"}),
    ],
)
def test_the_inbox_is_narrowed(cast, town, as_, query, found):
    make.letter(town, by=cast.li, subject="去信", at=timezone.now())
    make.letter(town, by=town.handler, outgoing=False, subject="来信", kind="report", at=timezone.now())
    page = as_(cast.li).get(f"/letters/?{query}").context["page"]
    assert {row.subject for row in page} == found


def test_by_unit_and_never_a_foreign_unit(cast, town, letter, as_):
    foreign = make.town(cast.other_committee, "外县的镇")
    make.letter(foreign, by=cast.zhao)
    client = as_(cast.li)
    assert [row.pk for row in client.get(f"/letters/?organisation={town.pk}").context["page"]] == [letter.pk]
    page = client.get(f"/letters/?organisation={foreign.pk}")
    assert "外县的镇" not in page.content.decode()


def test_an_empty_inbox_says_what_to_do(cast, as_):
    assert "写信" in as_(cast.li).get("/letters/").content.decode()
    assert "登记单位" in as_(cast.li).get("/letters/new/").content.decode()
    assert "还没有要求回复的信" in as_(cast.li).get("/office/letters/figures/").content.decode()


@pytest.mark.parametrize("name", ["letter-list", "letter-figures", "letter"])
def test_as_many_statements_for_three_as_for_one(cast, town, as_, name, django_assert_max_num_queries):
    client, most = as_(cast.li), 16
    units = [town]
    for round_ in range(2):
        for unit in units:
            made = make.letter(unit, by=cast.li, subject=f"第{round_}封", at=timezone.now())
            services.answer(made, body="好。", by=unit.handler, at=timezone.now())
        address = reverse(name, args=[made.pk] if name == "letter" else [])
        with django_assert_max_num_queries(most) as captured:
            client.get(address)
        most = len(captured)
        units = [make.town(cast.committee, f"{name}镇{round_}") for name in ("塘村", "车头")]


def test_the_figures_as_a_page_and_as_a_table(cast, town, as_):
    for number in range(3):
        made = make.letter(town, by=cast.li, subject=f"第{number}封", at=timezone.now())
    services.answer(made, body="好。", by=town.handler, at=timezone.now())
    client = as_(cast.li)
    page = client.get("/office/letters/figures/").content.decode()
    assert "1 / 3" in page
    assert client.get("/office/letters/figures/?year=1900").status_code == 200
    table = client.get("/office/letters/figures/?as=xlsx")
    assert table["Content-Disposition"].startswith("attachment")
