"""Pages of 联系: on the member's phone, and for the office."""

import datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from config.uploads import store
from members.models import Circle, ContactLink, ContactScheme, ContactVisit, Way
from members.services import contact_visits as visits
from tests.factories import contacts as rows
from tests.factories import members as make


def photo():
    out = BytesIO()
    Image.new("RGB", (64, 48), "white").save(out, "JPEG")
    return SimpleUploadedFile("现场.jpg", out.getvalue(), "image/jpeg")


@pytest.fixture
def linked(cast):
    cast.target = make.member(make.user("target", "林委员"), cast.committee)
    cast.scheme = rows.scheme(cast.committee)
    cast.link = rows.link(cast.scheme, cast.wang_member, cast.target)
    return cast


def logged(cast, **fields):
    given = {"held_on": timezone.localdate(), "way": Way.VISIT, "words": "了解用工情况。", **fields}
    return visits.log_visit(cast.link, **given, by=cast.wang, at=timezone.now())


def said(**fields):
    return {"held_on": timezone.localdate().isoformat(), "way": Way.VISIT, "words": "了解企业用工情况。", **fields}


def test_my_page_says_whom_i_contact_and_who_contacts_me(linked, as_):
    mine = as_(linked.wang).get(reverse("contact-list")).content.decode()
    assert "林委员" in mine
    assert "今年 0 / 2 次" in mine
    assert "还没有联系过" in mine
    theirs = as_(linked.target.user).get(reverse("contact-list")).content.decode()
    assert "联系我的人" in theirs
    assert "王委员" in theirs


def test_a_visit_is_logged_on_the_phone_with_photos(linked, as_):
    address = reverse("contact-visit-new", args=[linked.link.pk])
    page = as_(linked.wang).post(address, said(photos=[photo(), photo()]), follow=True).content.decode()
    assert "已登记，并记入履职档案。" in page
    assert "了解企业用工情况。" in page
    assert store.of(ContactVisit.objects.get(), "photo").count() == 2


def test_a_wrong_visit_is_told_at_the_field_and_keeps_what_was_typed(linked, as_):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    address = reverse("contact-visit-new", args=[linked.link.pk])
    page = as_(linked.wang).post(address, said(held_on=tomorrow.isoformat())).content.decode()
    assert "联系日期还没有到" in page
    assert "了解企业用工情况。" in page
    assert not ContactVisit.objects.exists()


def test_a_visit_is_planned_then_kept(linked, as_):
    wang, day = as_(linked.wang), timezone.localdate() + datetime.timedelta(days=9)
    wang.post(reverse("contact-visit-plan", args=[linked.link.pk]), {"on": day.isoformat(), "way": Way.TALK})
    planned = ContactVisit.objects.get()
    page = wang.get(linked.link.get_absolute_url()).content.decode()
    assert f"?visit={planned.pk}" in page
    wang.post(f"{reverse('contact-visit-new', args=[linked.link.pk])}?visit={planned.pk}", said())
    planned.refresh_from_db()
    assert planned.held_on == timezone.localdate()


def test_a_visit_is_corrected_and_withdrawn_from_the_page(linked, as_):
    wang, visit = as_(linked.wang), logged(linked)
    wang.post(reverse("contact-visit-edit", args=[visit.pk]), said(words="改正：是电话联系。", way=Way.CALL))
    visit.refresh_from_db()
    assert (visit.words, visit.way) == ("改正：是电话联系。", Way.CALL)
    wang.post(reverse("contact-visit-withdraw", args=[visit.pk]), {"reason": "登记错了"})
    page = wang.get(linked.link.get_absolute_url()).content.decode()
    assert "已撤回" in page
    assert wang.get(reverse("contact-visit-edit", args=[visit.pk])).status_code == 404


@pytest.mark.parametrize(
    ("who", "status"), [("wang", 200), ("target", 403), ("li", 200), ("sun", 404), ("zhao", 404), ("qian", 404)]
)
def test_who_may_write_a_visit(linked, as_, who, status):
    user = linked.target.user if who == "target" else getattr(linked, who)
    assert as_(user).get(reverse("contact-visit-new", args=[linked.link.pk])).status_code == status


def test_the_office_adopts_a_preset_with_one_click(cast, as_):
    page = as_(cast.li).get(reverse("contact-scheme-new")).content.decode()
    assert "三联三带" in page
    as_(cast.li).post(reverse("contact-scheme-adopt", args=["three"]))
    names = set(ContactScheme.objects.values_list("name", flat=True))
    assert names == {"主席会议成员联系常委", "常委联系委员", "委员联系群众"}
    assert as_(cast.li).post(reverse("contact-scheme-adopt", args=["nothing"])).status_code == 404
    assert as_(cast.wang).post(reverse("contact-scheme-adopt", args=["three"])).status_code == 403


def test_the_office_makes_and_changes_a_scheme(cast, as_):
    given = {"name": "委员联系企业", "contacts": Circle.MEMBERS, "targets": Circle.PEOPLE, "visits_a_year": 3}
    as_(cast.li).post(reverse("contact-scheme-new"), {**given, "is_active": "on"})
    scheme = ContactScheme.objects.get()
    edit = reverse("contact-scheme-edit", args=[scheme.pk])
    as_(cast.li).post(edit, {**given, "visits_a_year": 5, "is_active": "on"})
    scheme.refresh_from_db()
    assert scheme.visits_a_year == 5
    wrong = as_(cast.li).post(edit, {**given, "visits_a_year": 0, "name": "改名"}).content.decode()
    assert 'value="改名"' in wrong


def test_the_scheme_page_shows_figures_and_names_the_gaps(linked, as_):
    make.member(make.user("alone", "无人委员"), linked.committee)
    make.member(make.user("idle", "闲着的常委"), linked.committee, is_standing=True)
    logged(linked)
    page = as_(linked.li).get(linked.scheme.get_absolute_url()).content.decode()
    assert "1 / 2" in page
    assert "无人委员" in page
    assert "还没有联系对象的常委" in page
    assert as_(linked.wang).get(linked.scheme.get_absolute_url()).status_code == 403
    assert as_(linked.zhao).get(linked.scheme.get_absolute_url()).status_code == 404


def test_proposed_pairs_are_looked_at_then_made(linked, as_):
    linked.wang_member.is_standing = True
    linked.wang_member.save()
    make.member(make.user("alone", "无人委员"), linked.committee)
    address = reverse("contact-propose", args=[linked.scheme.pk])
    page = as_(linked.li).get(address).content.decode()
    assert "无人委员" in page
    assert "同界别" in page
    pair = f"{linked.wang_member.pk}-{linked.committee.members.get(user__username='alone').pk}"
    done = as_(linked.li).post(address, {"pair": [pair, "x-y"]}, follow=True).content.decode()
    assert "1 对联系已建立" in done
    assert ContactLink.objects.count() == 2
    again = as_(linked.li).post(address, {"pair": [pair]}, follow=True).content.decode()
    assert "刚刚有变化" in again


def test_the_office_links_one_pair_and_ends_it(linked, as_):
    other = make.member(make.user("other", "新委员"), linked.committee)
    linked.wang_member.is_standing = True
    linked.wang_member.save()
    address = reverse("contact-link-new", args=[linked.scheme.pk])
    given = {"contact": linked.wang_member.pk, "to_member": other.pk, "since": "2026-01-01"}
    as_(linked.li).post(address, given)
    link = ContactLink.objects.get(to_member=other)
    as_(linked.li).post(reverse("contact-link-end", args=[link.pk]), {"on": timezone.localdate().isoformat()})
    link.refresh_from_db()
    assert link.until == timezone.localdate()
    assert "已结束" in as_(linked.li).get(link.get_absolute_url()).content.decode()
    foreign = as_(linked.li).post(address, given | {"to_member": linked.qian_member.pk})
    assert "选择一个有效" in foreign.content.decode()


def test_a_member_writes_down_the_people_he_contacts(cast, as_):
    scheme = rows.scheme(cast.committee, "委员联系群众", contacts=Circle.MEMBERS, targets=Circle.PEOPLE)
    assert reverse("contact-link-new", args=[scheme.pk]) in as_(cast.wang).get(reverse("contact-list")).content.decode()
    address = reverse("contact-link-new", args=[scheme.pk])
    as_(cast.wang).post(address, {"to_people": "金田村 5 户", "since": "2026-01-01"})
    assert ContactLink.objects.get().contact == cast.wang_member
    assert as_(cast.sun).get(address).status_code == 403


def test_empty_pages_say_what_comes_next(cast, as_):
    assert "政协办结对后" in as_(cast.wang).get(reverse("contact-list")).content.decode()
    assert reverse("contact-scheme-new") in as_(cast.li).get(reverse("contact-list")).content.decode()


@pytest.mark.parametrize("name", ["list", "link", "scheme"])
def test_more_rows_need_no_more_statements(linked, as_, name):
    user = linked.li if name == "scheme" else linked.wang
    address = {
        "list": reverse("contact-list"),
        "link": linked.link.get_absolute_url(),
        "scheme": linked.scheme.get_absolute_url(),
    }[name]
    logged(linked, photos=[photo()])
    client = as_(user)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(2):
        other = make.member(make.user(f"more{number}", f"又一位{number}"), linked.committee, is_standing=True)
        rows.link(linked.scheme, linked.wang_member, other)
        rows.link(linked.scheme, other, linked.wang_member)
        logged(linked, photos=[photo()])
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few) <= 14
