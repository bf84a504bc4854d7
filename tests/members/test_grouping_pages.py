"""Pages of 全员入委: plan, look, correct, apply, hand round the list."""

import datetime
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from members.models import Body, BodyKind, Grouping, GroupingKey
from members.services import grouping as services
from members.states import GroupingState
from tests.factories import contacts
from tests.factories import grouping as rosters


@pytest.fixture
def small(cast):
    cast.units = rosters.units(cast.committee, 3)
    rosters.roster(cast.committee, 30, 6)
    return cast


@pytest.fixture
def drafted(small):
    draft = rosters.draft(small.committee, small.units, fewest=2, most=3)
    small.grouping = services.open_grouping(draft, bodies=small.units, by=small.li, at=timezone.now())
    return small


def asked(cast, **fields):
    given = {
        "name": "第十一届全员入委方案", "by_key": GroupingKey.SECTOR, "bodies": [unit.pk for unit in cast.units],
        "fewest": 2, "most": 3, "mixes_parties": "on", "spreads_specialties": "on", "keeps_intakes": "on",
    }  # fmt: skip
    return given | fields


def test_the_office_plans_in_one_form_and_lands_on_the_result(small, as_):
    page = as_(small.li).get(reverse("grouping-new")).content.decode()
    assert page.count('name="bodies"') == 3
    done = as_(small.li).post(reverse("grouping-new"), asked(small), follow=True)
    grouping = Grouping.objects.get()
    assert done.redirect_chain[-1][0] == grouping.get_absolute_url()
    words = done.content.decode()
    assert "31 / 31" in words
    assert "人新编入" in words
    assert "占比最多偏离" in words


def test_bad_input_is_said_in_words_and_nothing_is_lost(small, as_):
    wrong = as_(small.li).post(reverse("grouping-new"), asked(small, fewest=5, most=3, name="我的方案"))
    words = wrong.content.decode()
    assert "“至多”不能小于“至少”。" in words
    assert 'value="我的方案"' in words
    assert not Grouping.objects.exists()


def test_a_foreign_committee_cannot_be_chosen(small, as_):
    foreign = rosters.units(small.other_committee, 1)[0]
    as_(small.li).post(reverse("grouping-new"), asked(small, bodies=[foreign.pk]))
    assert not Grouping.objects.exists()


@pytest.mark.parametrize("who", ["wang", "zhou", "sun", "zhao", "qian"])
@pytest.mark.parametrize("name", ["grouping", "grouping-export"])
def test_a_plan_does_not_exist_for_others(drafted, as_, who, name):
    assert as_(getattr(drafted, who)).get(reverse(name, args=[drafted.grouping.pk])).status_code == 404


@pytest.mark.parametrize("name", ["grouping-replan", "grouping-apply", "grouping-discard"])
def test_nobody_else_acts_on_a_plan(drafted, as_, name):
    for who in (drafted.wang, drafted.sun, drafted.zhao):
        assert as_(who).post(reverse(name, args=[drafted.grouping.pk])).status_code == 404
    drafted.grouping.refresh_from_db()
    assert drafted.grouping.state == GroupingState.DRAFT


def test_the_list_is_filtered_to_one_member_and_one_group(drafted, as_):
    address = drafted.grouping.get_absolute_url()
    one = as_(drafted.li).get(address, {"q": "王委员"}).content.decode()
    assert one.count('data-label="编入"') == 1
    unit = drafted.units[0]
    seats = drafted.grouping.seats.filter(body=unit, group=1)
    group = as_(drafted.li).get(address, {"body": unit.pk, "group": 1}).content.decode()
    assert group.count('data-label="编入"') == seats.count()


def test_a_hand_change_on_the_page_and_its_release(drafted, as_):
    seat = drafted.grouping.seats.select_related("member").first()
    address = reverse("grouping-move", args=[drafted.grouping.pk, seat.member_id])
    wish = {"body": seat.body_id, "group": 2, "reason": "担任组长"}
    page = as_(drafted.li).post(address, wish, follow=True).content.decode()
    assert "已调整" in page
    moved = drafted.grouping.seats.get(member=seat.member_id)
    assert (moved.group, moved.is_fixed, moved.why) == (2, True, "手工指定：担任组长")
    as_(drafted.li).post(reverse("grouping-release", args=[drafted.grouping.pk, seat.member_id]))
    assert not drafted.grouping.seats.get(member=seat.member_id).is_fixed


def test_an_impossible_wish_is_said_at_the_field_and_what_was_typed_stays(drafted, as_):
    seat = drafted.grouping.seats.select_related("member").first()
    elsewhere = next(unit for unit in drafted.units if unit.pk != seat.body_id)
    address = reverse("grouping-move", args=[drafted.grouping.pk, seat.member_id])
    page = as_(drafted.li).post(address, {"body": elsewhere.pk, "group": 1, "reason": "主席会议意见"})
    words = page.content.decode()
    assert "不能单独从" in words
    assert "主席会议意见" in words


def test_replanning_applying_and_discarding_from_the_page(drafted, as_):
    li, pk = as_(drafted.li), drafted.grouping.pk
    assert "重新编排" in li.post(reverse("grouping-replan", args=[pk]), follow=True).content.decode()
    applied = li.post(reverse("grouping-apply", args=[pk]), follow=True).content.decode()
    assert "方案已实施" in applied
    assert Body.objects.filter(kind=BodyKind.ACTIVITY_GROUP, committee=drafted.committee).exists()
    refused = li.post(reverse("grouping-discard", args=[pk]), follow=True).content.decode()
    assert "不能作废" in refused


def test_the_exported_list_has_everybody_and_no_party(drafted, as_):
    answer = as_(drafted.li).get(reverse("grouping-export", args=[drafted.grouping.pk]))
    rows = list(load_workbook(BytesIO(answer.content)).active.values)
    assert rows[0] == ("专委会", "活动小组", "姓名", "界别", "单位及职务", "手工指定", "理由")
    assert len(rows) == 32
    assert "王委员" in {row[2] for row in rows}
    assert "党派" not in rows[0]


def test_what_looks_like_a_formula_is_text_in_the_export(drafted, as_):
    drafted.wang.name = "=1+1"
    drafted.wang.save()
    answer = as_(drafted.li).get(reverse("grouping-export", args=[drafted.grouping.pk]))
    cells = [row[2] for row in load_workbook(BytesIO(answer.content)).active.iter_rows()]
    assert [cell.data_type for cell in cells if cell.value == "=1+1"] == ["s"]


def test_uncovered_members_are_named_with_the_reason(drafted, as_):
    report = drafted.grouping.report
    report["uncovered"] = [
        {"member": drafted.wang_member.pk, "name": "王委员", "why": "经济界归口的专委会不在本方案之内"}
    ]
    Grouping.objects.filter(pk=drafted.grouping.pk).update(report=report)
    page = as_(drafted.li).get(drafted.grouping.get_absolute_url()).content.decode()
    assert "还有 1 人没有编入" in page
    assert "归口的专委会不在本方案之内" in page


def test_the_empty_list_says_what_to_do_next(cast, as_):
    page = as_(cast.li).get(reverse("grouping-list")).content.decode()
    assert reverse("grouping-new") in page
    assert as_(cast.wang).get(reverse("grouping-list")).status_code == 403


def test_more_members_need_no_more_statements(drafted, as_, django_assert_max_num_queries):
    li = as_(drafted.li)
    li.get(drafted.grouping.get_absolute_url())
    with django_assert_max_num_queries(14):
        li.get(drafted.grouping.get_absolute_url())


def test_the_list_of_plans_needs_the_same_statements_for_one_and_three(drafted, as_, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    li = as_(drafted.li)
    li.get(reverse("grouping-list"))
    with CaptureQueriesContext(connection) as one:
        li.get(reverse("grouping-list"))
    for day in (1, 2):
        draft = rosters.draft(drafted.committee, drafted.units, fewest=2, most=3)
        at = timezone.now() + datetime.timedelta(days=day)
        services.open_grouping(draft, bodies=drafted.units, by=drafted.li, at=at)
    with django_assert_num_queries(len(one)):
        li.get(reverse("grouping-list"))


@pytest.mark.parametrize("name", ["grouping", "contactscheme"])
def test_the_admin_lists_it_for_reading(drafted, as_, name):
    contacts.scheme(drafted.committee)
    page = as_(drafted.li).get(reverse(f"admin:members_{name}_changelist"))
    assert page.status_code == 200
    assert {"grouping": "全员入委方案", "contactscheme": "常委联系委员"}[name] in page.content.decode()
