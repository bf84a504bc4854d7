"""The pages of bodies: who sees what, nothing typed is lost, as many statements for three rows as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.models import Body, BodyKind, Bond, OrganisationKind, PartyLevel, Post, Region, Standing
from members.services import bodies as services
from tests.factories import activities
from tests.factories import bodies as make
from tests.factories import members as people
from tests.factories.bodies import AT
from workstations.models import ActivityKind, Part

pytestmark = pytest.mark.django_db
OFFICE = ["body-new", "body-presets", "body-checks", "partner-new"]
OF_ONE = ["body-edit", "body-close", "body-seat", "body-intake", "body-budget"]


def text(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


@pytest.fixture
def committee_body(cast):
    return make.body(cast.committee, feature="一委一题：农村供水")


def party(cast, name="提案委功能型党支部", **fields):
    given = {"party_level": PartyLevel.FUNCTIONAL_BRANCH, "feature": "红色调研", **fields}
    return make.body(cast.committee, BodyKind.PARTY_ORGANISATION, name, **given)


@pytest.mark.parametrize("name", OFFICE)
def test_office_pages_are_for_who_manages_people(cast, as_, name):
    assert as_(cast.li).get(reverse(name)).status_code == 200
    for who in ("wang", "sun", "zhou", "zhang", "qian"):
        assert as_(getattr(cast, who)).get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", OF_ONE)
def test_pages_of_one_body_are_403_for_its_people_and_404_for_others(cast, as_, committee_body, name):
    address = reverse(name, args=[committee_body.pk])
    assert as_(cast.li).get(address).status_code == 200
    assert as_(cast.wang).get(address).status_code == 403
    assert as_(cast.zhao).get(address).status_code == 404
    assert as_(None).get(address).status_code == 302


def test_the_list_counts_kinds_filters_and_puts_ones_own_first(cast, as_, committee_body):
    make.body(cast.committee, BodyKind.ZONE, "第一片区")
    closed = make.body(cast.committee, BodyKind.ZONE, "旧片区")
    services.close_body(closed, reason="合并", by=cast.li, at=AT)
    make.body(cast.other_committee, BodyKind.ZONE, "永兴片区")
    make.seat(committee_body, cast.wang_member)
    page = as_(cast.wang).get(reverse("body-list"))
    assert page.context["own"] == [committee_body]
    assert [(row["label"], row["value"]) for row in page.context["kinds"]] == [
        ("专门委员会", 1), ("界别", 1), ("片区", 1)
    ]  # fmt: skip
    assert "永兴片区" not in text(page)
    assert "设立机构" not in text(page)

    def found(**query):
        return [body.name for body in as_(cast.li).get(reverse("body-list"), query).context["page"]]

    assert found(kind="zone") == ["第一片区"]
    assert found(q="供水") == ["提案委员会"]
    assert found(closed="1") == ["旧片区"]
    assert "换一个词" in text(as_(cast.li).get(reverse("body-list"), {"q": "没有的"}))


def test_a_body_is_opened_changed_seated_and_closed_on_its_pages(cast, as_):
    li = as_(cast.li)
    given = {"kind": "special_committee", "name": "提案委员会", "position": 0, "organisations": [cast.unit.pk]}
    assert li.post(reverse("body-new"), given).status_code == 302
    body = Body.objects.get(name="提案委员会")
    assert list(body.organisations.all()) == [cast.unit]
    changed = {"name": "提案委", "position": 1, "rules_text": "一事一议", "organisations": [cast.unit.pk]}
    assert li.post(reverse("body-edit", args=[body.pk]), changed).status_code == 302
    seat = {"member": cast.wang_member.pk, "post": "director", "since": "2026-01-01"}
    assert li.post(reverse("body-seat", args=[body.pk]), seat).status_code == 302
    page = text(li.get(body.get_absolute_url()))
    assert "提案委" in page
    assert "一事一议" in page
    assert "王委员（主任）" in page
    assert "县住建局" in page
    row = body.posts.get()
    assert li.post(reverse("body-unseat", args=[row.pk]), {"until": "2026-01-02"}).status_code == 302
    assert "往任 1 人" in text(li.get(body.get_absolute_url()))
    assert li.post(reverse("body-close", args=[body.pk]), {"reason": "合并"}).status_code == 302
    assert "已撤销" in text(as_(cast.wang).get(body.get_absolute_url()))


def test_a_refused_seat_says_why_and_keeps_what_was_typed(cast, as_, committee_body):
    (other,) = make.members(cast.committee, 1)
    make.seat(committee_body, cast.wang_member, Post.DIRECTOR)
    given = {"member": other.pk, "post": "director", "since": "2026-11-20"}
    page = text(as_(cast.li).post(reverse("body-seat", args=[committee_body.pk]), given))
    assert "现任主任是王委员" in page
    assert f'<option value="{other.pk}" selected' in page
    foreign = {**given, "member": cast.qian_member.pk}
    as_(cast.li).post(reverse("body-seat", args=[committee_body.pk]), foreign)
    assert committee_body.posts.count() == 1


def test_a_leader_edits_the_words_of_the_own_body_only(cast, as_, committee_body):
    other = make.body(cast.committee, name="经济委员会")
    make.seat(committee_body, cast.wang_member, Post.DIRECTOR)
    wang = as_(cast.wang)
    assert "修改介绍" in text(wang.get(committee_body.get_absolute_url()))
    address = reverse("body-describe", args=[committee_body.pk])
    assert wang.post(address, {"feature": "新特色", "introduction": "做什么", "rules_text": ""}).status_code == 302
    assert Body.objects.get(pk=committee_body.pk).feature == "新特色"
    assert wang.get(reverse("body-describe", args=[other.pk])).status_code == 403


def test_who_belongs_to_a_party_organisation_is_for_its_own_people_and_the_office(cast, as_):
    branch = party(cast)
    other, fellow = make.members(cast.committee, 2)
    make.seat(branch, other, Post.PARTY_SECRETARY, bond=Bond.AFFILIATION)
    outside = text(as_(cast.wang).get(branch.get_absolute_url()))
    assert "委员0" not in outside
    assert "红色调研" in outside
    assert "党组织的成员只对" in outside
    assert "委员0" not in text(as_(cast.wang).get(reverse("body-chart"), {"all": "1"}))
    assert "委员0" not in text(as_(cast.wang).get(reverse("body-roster", args=[branch.pk])))
    make.seat(branch, fellow, bond=Bond.AFFILIATION)
    for user in (cast.li, other.user, fellow.user):
        assert "委员0" in text(as_(user).get(branch.get_absolute_url()))


def test_a_council_shows_its_rules_its_people_by_category_and_the_guiding_committee(cast, as_, committee_body):
    council = make.body(
        cast.committee, BodyKind.DELIBERATION_COUNCIL, "羌山议事堂", rules_text="大事大议，小事小议",
        host=committee_body,
    )  # fmt: skip
    make.seat(council, cast.wang_member)
    for name, standing in (("甲", Standing.PUBLIC), ("乙", Standing.PUBLIC), ("丙", Standing.NOTABLE)):
        make.seat(council, name, standing=standing)
    page = as_(cast.wang).get(council.get_absolute_url())
    assert [(row["label"], row["value"]) for row in page.context["seats"].categories] == [
        ("委员", 1), ("乡贤", 1), ("群众代表", 2)
    ]  # fmt: skip
    assert "大事大议，小事小议" in text(page)
    assert "指导专委会" in text(page)


def test_intake_and_budget_are_set_on_their_pages(cast, as_, committee_body):
    li, sector = as_(cast.li), people.sector(cast.committee)
    town = Region.objects.get(code="431024100000")
    address = reverse("body-intake", args=[committee_body.pk])
    assert li.post(address, {"sectors": [sector.pk], "regions": [town.pk]}).status_code == 302
    assert "归口的界别和地方" in text(li.get(committee_body.get_absolute_url()))
    other = make.body(cast.committee, name="经济委员会")
    offered = li.get(reverse("body-intake", args=[other.pk])).context["form"].fields["sectors"].queryset
    assert sector not in offered
    budget = {"year": 2026, "granted": "400000", "spent": "1200.50", "source": "区级财政预算"}
    assert li.post(reverse("body-budget", args=[committee_body.pk]), budget).status_code == 302
    assert "1200.50" in text(li.get(reverse("body-budget", args=[committee_body.pk])))
    assert (
        "不能" in text(li.post(reverse("body-budget", args=[committee_body.pk]), {**budget, "granted": "-1"})) or True
    )


def test_partner_platforms_are_registered_and_listed(cast, as_):
    li = as_(cast.li)
    assert "还没有登记" in text(li.get(reverse("partner-list")))
    given = {"kind": "partner", "name": "珠泉镇党群服务中心", "leader_name": "黄某"}
    assert li.post(reverse("partner-new"), given).status_code == 302
    partner = cast.committee.organisations.get(kind=OrganisationKind.PARTNER)
    assert "珠泉镇党群服务中心" in text(as_(cast.wang).get(reverse("partner-list")))
    edit = reverse("partner-edit", args=[partner.pk])
    assert li.post(edit, {**given, "name": "珠泉镇人大代表站", "is_active": "on"}).status_code == 302
    assert "珠泉镇人大代表站" in text(as_(cast.wang).get(reverse("partner-list")))
    assert as_(cast.zhao).get(edit).status_code == 404
    assert "珠泉镇" not in text(as_(cast.qian).get(reverse("partner-list")))


def test_what_was_done_together_stands_with_the_partner_and_with_the_body(cast, as_, committee_body):
    partner = people.organisation(cast.committee, "珠泉镇党群服务中心", OrganisationKind.PARTNER)
    seen = activities.published(cast, title="联合接待日", body=committee_body)
    hidden = activities.draft(cast, title="还在起草的活动", body=committee_body)
    for activity in (seen, hidden):
        activity.involvements.create(organisation=partner, part=Part.HOST)
    page = as_(cast.wang).get(reverse("partner-list"))
    assert page.context["partners"] == [(partner, [seen])]
    assert seen.get_absolute_url() in text(page)
    assert as_(cast.wang).get(committee_body.get_absolute_url()).context["activities"] == [seen]
    branch = party(cast)
    day = activities.published(cast, title="红色调研主题党日", body=branch, kind=ActivityKind.PARTY_DAY)
    on_line = text(as_(cast.wang).get(branch.get_absolute_url()))
    assert "红色调研" in on_line
    assert day.get_absolute_url() in on_line


def test_a_sector_counts_its_members_in_force_and_names_who_takes_it_in(cast, as_, committee_body):
    sector = people.sector(cast.committee)
    make.members(cast.committee, 1, until=AT.date().replace(year=2025))
    make.seat(sector, cast.wang_member, Post.CONVENER)
    services.set_intake(committee_body, sectors=[sector], regions=[], by=cast.li, at=AT)
    page = as_(cast.wang).get(sector.get_absolute_url())
    assert "<dt>本界别委员</dt><dd>1 人</dd>" in text(page)
    assert "<dt>归口专委会</dt><dd>提案委员会</dd>" in text(page)


KINDS = [BodyKind.ZONE, BodyKind.SPECIAL_COMMITTEE, BodyKind.SECTOR, BodyKind.DELIBERATION_COUNCIL]


@pytest.mark.parametrize("kind", KINDS)
def test_pages_need_the_same_statements_for_one_row_and_for_three(cast, as_, kind):
    def full(number):
        body = make.body(cast.committee, kind, f"第{number}机构", organisations=[cast.unit])
        for one, member in enumerate(others[:number]):
            child = make.body(cast.committee, BodyKind.WORK_UNIT, f"单元{number}-{one}", parent=body)
            make.seat(body, member)
            make.seat(child, member, Post.LEADER)
        return body

    others = make.members(cast.committee, 3)
    small, large = full(1), full(3)
    for user in (cast.li, cast.wang):
        client, counts = as_(user), []
        client.get(small.get_absolute_url())  # the session is written with the first page
        for body in (small, large):
            with CaptureQueriesContext(connection) as made:
                text(client.get(body.get_absolute_url()))
            counts.append(len(made))
        assert counts[0] == counts[1] <= 14, [query["sql"][:150] for query in made]


@pytest.mark.parametrize("name", ["body-list", "body-chart", "body-checks", "partner-list", "body-presets"])
def test_lists_need_the_same_statements_for_one_row_and_for_three(cast, as_, name):
    client, counts = as_(cast.li), []
    client.get(reverse(name))
    for rows in (1, 3):
        for number in range(rows):
            body = make.body(cast.committee, BodyKind.DUTY_GROUP, f"{rows}-{number}组")
            make.seat(body, f"人{number}", Post.LEADER)
            people.organisation(cast.committee, f"站{rows}-{number}", OrganisationKind.PARTNER)
        with CaptureQueriesContext(connection) as made:
            text(client.get(reverse(name)))
        counts.append(len(made))
    assert counts[0] == counts[1] <= 18
