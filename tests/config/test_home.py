from django.urls import reverse

from tests.factories import members as make


def test_a_visitor_chooses_among_the_committees(client, cast):
    answer = client.get(reverse("home"))
    assert answer.status_code == 200
    for committee in (cast.committee, cast.other_committee):
        assert f'<a href="/c/{committee.slug}/">{committee.brand}</a>' in answer.text


def test_a_visitor_of_the_only_committee_is_led_to_its_page(client, db):
    make.committee(slug="jiahe")
    assert client.get(reverse("home")).url == "/c/jiahe/"


def test_an_empty_site_says_so(client, db):
    assert client.get(reverse("home")).text.count('<div class="empty">') == 1


def test_everybody_has_a_home_of_their_own(as_, cast):
    for person, template in [(cast.wang, "member"), (cast.zhang, "unit"), (cast.li, "office")]:
        answer = as_(person).get(reverse("home"))
        assert answer.templates[0].name == f"home/{template}.html"


def test_who_has_two_homes_may_choose(as_, cast):
    make.member(cast.li, cast.committee)
    li = as_(cast.li)
    assert li.get(reverse("home")).templates[0].name == "home/office.html"
    assert li.get(reverse("home"), {"as": "member"}).templates[0].name == "home/member.html"
    assert li.get(reverse("home"), {"as": "unit"}).templates[0].name == "home/office.html"


def test_the_masthead_names_the_committee_and_what_is_unread(as_, cast):
    shown = as_(cast.wang).get("/notices/").text
    assert "<b>嘉事好商量</b>" in shown
    assert '<b class="count">' not in shown
