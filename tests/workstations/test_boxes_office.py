"""The pages of boxes for the office and the keepers, the poster, and the way to a box."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.urls import reverse

from tests.factories import boxes as make
from tests.factories.boxes import AT, MORNING
from workstations.models import OpinionBox
from workstations.services import boxes as services

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(cast):
    with time_machine.travel(AT, tick=False):
        yield make.kept(cast)


CAST = ["wang", "li", "zhang", "zhao", "qian", None]
PAGES = {  # who gets what: keeper, office, handler, another county's office and member, visitor
    "office-boxes": [200, 200, 403, 200, 403, 302],
    "box-office": [200, 200, 403, 404, 403, 302],
    "box-poster": [200, 200, 403, 404, 403, 302],
    "box-edit": [403, 200, 403, 404, 403, 302],
    "box-close": [403, 200, 403, 404, 403, 302],
    "box-new": [403, 200, 403, 200, 403, 302],
    "box-list": [200] * 6,
    "box": [200] * 6,
    "box-progress": [200] * 6,
}


@pytest.mark.parametrize("name", PAGES)
def test_who_opens_which_page(as_, cast, box, name):
    of = {"box-list": [box.committee.slug], "box": [box.code], "box-progress": [box.code]}
    args = of.get(name, [] if name in {"office-boxes", "box-new"} else [box.pk])
    found = [as_(who and getattr(cast, who)).get(reverse(name, args=args)).status_code for who in CAST]
    assert found == PAGES[name]


def test_the_office_sets_up_a_box_on_its_pages(as_, cast):
    li = as_(cast.li)
    empty = li.post(reverse("box-new"), {"name": "", "place": "东门"})
    assert "请填写" in empty.content.decode()
    assert "东门" in empty.content.decode()
    answer = li.post(reverse("box-new"), {"name": "东门意见箱", "place": "东门"})
    box = OpinionBox.objects.get()
    assert answer.url == reverse("box-office", args=[box.pk])
    li.post(reverse("box-edit", args=[box.pk]), {"name": "东门意见箱", "place": "西门"})
    li.post(reverse("box-close", args=[box.pk]), {"reason": "迁址"})
    box.refresh_from_db()
    assert (box.place, box.is_open) == ("西门", False)
    li.post(reverse("box-reopen", args=[box.pk]))
    box.refresh_from_db()
    assert box.is_open


def test_nobody_sees_whether_today_something_came(as_, cast, box):
    before = [as_(cast.wang).get(reverse(name, args=args)).content for name, args in _own(box)]
    make.put(box, at=AT)
    after = [as_(cast.wang).get(reverse(name, args=args)).content for name, args in _own(box)]
    assert [_plain(page) for page in before] == [_plain(page) for page in after]
    assert "今天的意见明早送达" in after[1].decode()


def _own(box):
    return [("office-boxes", []), ("box-office", [box.pk])]


def _plain(page):
    return "\n".join(line for line in page.decode().splitlines() if "nonce" not in line and "csrf" not in line)


def test_small_numbers_are_not_told(as_, cast, box):
    def shown():
        return as_(cast.li).get(reverse("box-office", args=[box.pk])).content.decode()

    for number in range(4):
        make.put(box, f"第 {number} 件要说的事情", seed=f"s{number}")
    services.deliver(box.committee, at=MORNING)
    assert "不足 5 条" in shown()
    assert "4 条" not in shown()
    make.put(box, "第五件要说的事情", seed="s5", at=MORNING)
    services.deliver(box.committee, at=MORNING + timedelta(days=1))
    assert "5 条</td>" in shown()
    assert "不足 5 条" not in shown()


def test_the_poster_leads_to_the_box(as_, cast, box, settings):
    settings.SITE_URL = "https://shangliang.example"
    page = as_(cast.wang).get(reverse("box-poster", args=[box.pk])).content.decode()
    assert f"https://shangliang.example/box/{box.code}/" in page
    assert "<svg" in page
    assert box.name in page
    assert urlsplit(box.address).path == box.get_absolute_url()


@pytest.mark.parametrize("name", ["office-boxes", "box-list"])
def test_a_list_asks_no_more_for_three_than_for_one(as_, cast, box, name, django_assert_max_num_queries):
    address = reverse(name, args=[cast.committee.slug] if name == "box-list" else [])
    client, counts = as_(cast.li), []
    client.get(address)
    for more in (["第二个", "第三个"], []):
        with django_assert_max_num_queries(14) as asked:
            client.get(address)
        counts.append(len(asked))
        for name in more:
            make.box(cast.committee, name)
    assert counts[0] == counts[1]


def test_the_station_page_names_its_box(client, box):
    assert box.name in client.get(reverse("station-detail", args=[box.station_id])).content.decode()
