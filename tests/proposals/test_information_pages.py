"""The pages of information: a member on the phone, the register, issues, instructions; double clicks and bad input."""

import io
import uuid

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from config.audit.models import AuditEntry
from config.uploads import store
from proposals.models import Bulletin, Delivery, Information, Instruction, InstructionStep
from proposals.queries import information as queries
from proposals.services.information import Whose
from proposals.states import BulletinState, InformationState
from tests.factories import information as make
from tests.factories.information import AT, PROBLEM, SUGGESTION
from tests.factories.proposals import category
from tests.factories.standards import photo

pytestmark = pytest.mark.django_db
S, B = InformationState, BulletinState


def typed(cast, **fields):
    given = {
        "committee": cast.committee.pk, "title": "班车停运", "problem": PROBLEM, "suggestion": SUGGESTION,
        "category": category().pk, **fields,
    }  # fmt: skip
    return given


def at(name, row, *more):
    return reverse(name, args=[row.key if isinstance(row, Information) else row.pk, *more])


# --- a member ----------------------------------------------------------------------------------------------------


def test_from_the_first_word_to_the_register(cast, as_):
    client = as_(cast.wang)
    opened = client.get(reverse("information-new"), follow=True)
    page = opened.content.decode()
    assert "哪些该报、哪些不必报" in page
    assert 'data-soft="500"' in page
    address = opened.request["PATH_INFO"]
    saved = client.post(address, typed(cast, title=""), headers={"X-Autosave": "1"})
    assert saved.json()["saved"] is True
    checked = client.post(address, typed(cast), follow=True)
    assert "没有找到相近的信息" in checked.content.decode()
    row = Information.objects.get()
    sent = client.post(at("information-submit", row), follow=True)
    assert "已报送" in sent.content.decode()
    client.post(at("information-submit", row))
    row.refresh_from_db()
    assert row.state == S.SUBMITTED
    assert AuditEntry.objects.filter(verb="information.submit").count() == 1
    assert row.title in client.get(reverse("information-list")).content.decode()


def test_what_was_typed_stays_when_something_is_wrong(cast, as_):
    address = reverse("information-edit", args=[uuid.uuid4()])
    for headers, status in (({}, 400), ({"X-Autosave": "1"}, 400)):
        answer = as_(cast.wang).post(address, typed(cast, title="长" * 51, cause="留着这句"), headers=headers)
        assert answer.status_code == status
    assert "留着这句" in as_(cast.wang).post(address, typed(cast, title="长" * 51, cause="留着这句")).content.decode()
    assert not Information.objects.exists()


def test_an_autosave_after_sending_says_so_and_changes_nothing(cast, as_):
    row = make.report(cast, S.SUBMITTED)
    answer = as_(cast.wang).post(at("information-edit", row), typed(cast), headers={"X-Autosave": "1"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.title != "班车停运"


def test_the_check_names_what_is_missing_and_offers_no_button(cast, as_):
    row = make.report(cast, suggestion="")
    page = as_(cast.wang).get(at("information-check", row)).content.decode()
    assert "请写意见建议。" in page
    assert 'class="main"' not in page
    as_(cast.wang).post(at("information-submit", row))
    assert Information.objects.get().state == S.DRAFT


def test_a_returned_one_is_supplemented_and_sent_again(cast, as_):
    row, client = make.report(cast, S.RETURNED), as_(cast.wang)
    assert "请补充停运的线路" in client.get(at("information", row)).content.decode()
    assert "请补充停运的线路" in client.get(at("information-edit", row)).content.decode()
    client.post(at("information-edit", row), typed(cast, problem=f"{PROBLEM}停运的是 3 路。"))
    client.post(at("information-submit", row))
    row.refresh_from_db()
    assert (row.state, "3 路" in row.problem) == (S.SUBMITTED, True)


def test_withdrawn_on_the_page(cast, as_):
    row = make.report(cast, S.SUBMITTED)
    as_(cast.wang).post(at("information-withdraw", row))
    row.refresh_from_db()
    assert row.state == S.WITHDRAWN
    registered = make.report(cast, S.REGISTERED)
    assert as_(cast.wang).post(at("information-withdraw", registered)).status_code == 403


def test_photos_are_kept_and_seen_by_readers_only(cast, as_):
    row, client = make.report(cast), as_(cast.wang)
    answer = client.post(at("information-edit", row), typed(cast, photos=[photo()], save="1"))
    assert answer.status_code == 302
    kept = store.of(row, "photo").get()
    page = client.get(at("information-edit", row)).content.decode()
    assert f'<a href="{kept.get_absolute_url()}">' in page
    seen = [as_(who).get(kept.get_absolute_url()).status_code for who in (cast.wang, cast.li, cast.qian)]
    assert seen == [200, 404, 404]
    client.post(at("information-photo-remove", row, kept.pk))
    assert not store.of(row, "photo").exists()


@pytest.mark.parametrize("who", ["zhang", "chen", "sun", "zhou"])
def test_who_is_no_member_and_keeps_no_register_does_not_write(cast, as_, who):
    client = as_(getattr(cast, who))
    assert client.get(reverse("information-new")).status_code == 403
    assert client.get(reverse("information-list")).status_code == 200


@pytest.mark.parametrize("name", ["committee", "word", "micro"])
@pytest.mark.parametrize("value", ["²", "x", "9" * 400, "-1", "\x00"])
def test_odd_addresses_do_no_harm(cast, as_, name, value):
    address = reverse("information-edit", args=[uuid.uuid4()])
    assert as_(cast.wang).get(address, {name: value}).status_code == 200


# --- the register ------------------------------------------------------------------------------------------------


def test_entered_for_an_organisation_and_registered_at_once(cast, as_):
    client = as_(cast.li)
    opened = client.get(reverse("information-new"), {"desk": "1"}, follow=True)
    address = opened.request["PATH_INFO"]
    given = typed(cast, desk="1", author="", reporter="县工商联")
    client.post(address, given)
    row = Information.objects.get()
    client.post(at("information-submit", row), {"register": "1"})
    row.refresh_from_db()
    assert (row.state, row.reporter, row.author) == (S.REGISTERED, "县工商联", None)


def test_entered_for_a_member_by_name(cast, as_):
    address = reverse("information-edit", args=[uuid.uuid4()])
    client = as_(cast.li)
    wrong = client.post(address, typed(cast, desk="1", author="没有这个人"))
    assert wrong.status_code == 400
    client.post(address, typed(cast, desk="1", author="王委员"))
    assert Information.objects.get().author == cast.wang_member
    assert "王委员" in client.get(address).content.decode()


def test_a_member_cannot_register_what_is_sent(cast, as_):
    row = make.report(cast)
    as_(cast.wang).post(at("information-submit", row), {"register": "1"})
    row.refresh_from_db()
    assert row.state == S.SUBMITTED


DECIDE = {
    "information-register": {}, "information-return": {"return-words": "补充"},
    "information-shelve": {"shelve-words": "已报"}, "information-take-up": {}, "information-put-in": {},
}  # fmt: skip


@pytest.mark.parametrize("name", DECIDE)
def test_decisions_are_the_registers(cast, as_, name):
    row = make.report(cast, S.SUBMITTED)
    for who, status in (("zhou", 403), ("sun", 404), ("wang", 403), ("zhao", 404)):
        assert as_(getattr(cast, who)).post(at(name, row), DECIDE[name]).status_code == status
    assert as_(cast.li).get(at(name, row)).status_code == 405
    row.refresh_from_db()
    assert row.state == S.SUBMITTED


def test_registered_sent_back_shelved_on_the_page(cast, as_):
    client = as_(cast.li)
    one, two, three = (make.report(cast, S.SUBMITTED, title=title) for title in ("甲", "乙", "丙"))
    client.post(at("information-register", one))
    client.post(at("information-return", two), DECIDE["information-return"])
    client.post(at("information-shelve", three), DECIDE["information-shelve"])
    states = list(Information.objects.order_by("pk").values_list("state", flat=True))
    assert states == [S.REGISTERED, S.RETURNED, S.UNUSED]
    client.post(at("information-take-up", three))
    three.refresh_from_db()
    assert three.state == S.REGISTERED


def test_without_words_the_page_comes_again_with_the_form_open(cast, as_):
    row = make.report(cast, S.SUBMITTED)
    answer = as_(cast.li).post(at("information-return", row), {"return-words": ""})
    assert answer.status_code == 400
    assert "<details open>" in answer.content.decode()


@pytest.mark.parametrize("state", list(S))
def test_the_page_stands_in_every_state_with_one_main_thing(cast, as_, state):
    row = make.report(cast, state)
    for who in (cast.wang, cast.li, cast.zhou):
        answer = as_(who).get(at("information", row))
        assert answer.status_code in (200, 404)
        page = answer.content.decode()
        assert page.count('class="main"') + page.count('class="button main"') <= 1


def test_the_list_is_narrowed_and_costs_the_same_with_more_rows(cast, as_, django_assert_max_num_queries):
    for number in range(3):
        make.report(cast, S.REGISTERED, title=f"第{number}件")
    make.report(cast, S.SUBMITTED, title="等登记", by=cast.li, whose=Whose(reporter="县工商联"))
    client = as_(cast.li)
    with django_assert_max_num_queries(16):
        page = client.get(reverse("information-desk")).content.decode()
    assert "1 件" in page
    found = {
        query: len(client.get(reverse("information-desk") + query).context["rows"])
        for query in ("?state=submitted", "?kind=other", "?kind=member", "?adopted=any", "?instructed=on",
                      "?since=2030-01-01", "?since=0001-01-01", "?category=999", f"?author={cast.wang_member.pk}")
    }  # fmt: skip
    assert found == {
        "?state=submitted": 1, "?kind=other": 1, "?kind=member": 3, "?adopted=any": 0, "?instructed=on": 0,
        "?since=2030-01-01": 0, "?since=0001-01-01": 4, "?category=999": 4, f"?author={cast.wang_member.pk}": 3,
    }  # fmt: skip


def test_the_table_has_real_dates_and_what_came_of_each(cast, as_):
    row = make.report(cast, S.ISSUED)
    make.adopted(cast, row.bulletin)
    make.report(cast, S.SUBMITTED, title="=1+1")
    answer = as_(cast.li).get(reverse("information-table"))
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    lines = list(sheet.iter_rows(min_row=2, values_only=True))
    assert lines[0][:4] == ("登记号", "报送日期", "标题", "反映人")
    assert lines[1][2] == "=1+1"
    assert lines[2][0] == "信息〔2026〕1号"
    assert lines[2][1].date() == AT.date()
    assert lines[2][10] == "县委办公室 2026-11-20"
    narrowed = as_(cast.li).get(reverse("information-table"), {"state": "issued"})
    assert load_workbook(io.BytesIO(b"".join(narrowed.streaming_content))).active.max_row == 3
    assert as_(cast.wang).get(reverse("information-table")).status_code == 403


# --- issues ------------------------------------------------------------------------------------------------------


def test_from_the_register_to_the_signed_issue(cast, as_):
    first, second = (make.report(cast, S.REGISTERED, title=title) for title in ("班车停运", "公交太少"))
    client, chair = as_(cast.li), as_(cast.zhou)
    assert client.post(reverse("bulletin-new"), {}).status_code == 400
    client.post(reverse("bulletin-new"), {"report": [first.key, second.key]})
    issue = Bulletin.objects.get()
    assert client.get(at("bulletin-edit", issue)).status_code == 200
    client.post(at("bulletin-edit", issue), {"title": "客运", "text": "一、情况和问题\n停运", "range": "县委"})
    client.post(at("bulletin-put-forward", issue))
    assert client.get(at("bulletin-edit", issue)).status_code == 302
    bare = chair.post(at("bulletin-send-back", issue), {"back-words": ""})
    assert bare.status_code == 400
    chair.post(at("bulletin-send-back", issue), {"back-words": "加一组数据"})
    assert "加一组数据" in client.get(at("bulletin", issue)).content.decode()
    client.post(at("bulletin-put-forward", issue))
    for _ in range(2):
        chair.post(at("bulletin-sign", issue))
    issue.refresh_from_db()
    assert (issue.number, issue.signer, issue.title) == (1, cast.zhou, "客运")


def test_put_in_from_the_report_into_a_new_or_an_open_one(cast, as_):
    client = as_(cast.li)
    first, second = (make.report(cast, S.REGISTERED, title=title) for title in ("甲", "乙"))
    client.post(at("information-put-in", first), {})
    issue = Bulletin.objects.get()
    client.post(at("information-put-in", second), {"put-in-bulletin": issue.pk})
    assert issue.reports.count() == 2
    client.post(at("bulletin-take-out", issue, second.key))
    assert issue.reports.count() == 1
    client.post(at("bulletin-drop", issue))
    assert not Bulletin.objects.exists()


def test_sent_adopted_taken_back_struck_on_the_page(cast, as_):
    issue, client = make.bulletin(cast, B.ISSUED), as_(cast.li)
    given = {"delivery-level": "county", "delivery-receiver": "县委办", "delivery-sent_on": "2026-11-20"}
    for _ in range(2):
        client.post(at("bulletin-deliver", issue), given)
    sent = Delivery.objects.get()
    name = f"adopt-{sent.pk}"
    client.post(at("delivery-adopt", sent), {f"{name}-adopted_on": "2026-11-20", f"{name}-adopted_as": "要情"})
    sent.refresh_from_db()
    assert sent.adopted_as == "要情"
    assert "要情" in client.get(at("bulletin", issue)).content.decode()
    bad = client.post(at("delivery-unadopt", sent), {f"undo-{sent.pk}-words": ""})
    assert bad.status_code == 400
    client.post(at("delivery-unadopt", sent), {f"undo-{sent.pk}-words": "错"})
    client.post(at("delivery-strike", sent))
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("state", list(B))
def test_the_issue_stands_in_every_state_for_its_readers_only(cast, as_, state, django_assert_max_num_queries):
    issue = make.bulletin(cast, state)
    for who, status in ((cast.li, 200), (cast.zhou, 200), (cast.wang, 404), (cast.sun, 404), (cast.zhao, 404)):
        client = as_(who)
        with django_assert_max_num_queries(20):
            answer = client.get(at("bulletin", issue))
        assert answer.status_code == status
        page = answer.content.decode()
        assert page.count('class="main"') + page.count('class="button main"') <= 1
    listed = as_(cast.zhou).get(reverse("bulletin-list"), {"state": state}).content.decode()
    assert issue.title in listed


# --- instructions ------------------------------------------------------------------------------------------------


def test_noted_followed_corrected_struck_on_the_page(cast, as_):
    issue, client = make.bulletin(cast, B.ISSUED), as_(cast.li)
    given = {"leader_name": "李县长", "leader_post": "县长", "level": "county", "on": "2026-11-20", "quote": "速办。"}
    address = reverse("instruction-new") + f"?bulletin={issue.pk}"
    assert "批在：" in client.get(address).content.decode()
    for _ in range(2):
        client.post(address, {**given, "bulletin": issue.pk})
    row = Instruction.objects.get()
    assert row.bulletin == issue
    step = {"follow-on": "2026-11-21", "follow-who": "县交通局", "follow-words": "已恢复"}
    assert client.post(at("instruction-follow", row), {**step, "follow-on": "2026-11-01"}).status_code == 400
    client.post(at("instruction-follow", row), step)
    assert InstructionStep.objects.count() == 1
    client.post(at("instruction-edit", row), {**given, "quote": "请速办。"})
    row.refresh_from_db()
    assert row.quote == "请速办。"
    listed = as_(cast.zhou).get(reverse("instruction-list"), {"on": "bulletin", "leader": "李"}).content.decode()
    assert "请速办。" in listed
    assert client.post(at("instruction-strike", row), {"strike-words": ""}).status_code == 400
    client.post(at("instruction-strike", row), {"strike-words": "错"})
    assert not Instruction.objects.exists()


def test_on_a_paper_of_no_kind_its_name_is_asked_for(cast, as_):
    given = {"leader_name": "李县长", "leader_post": "县长", "level": "county", "on": "2026-11-20", "quote": "速办。"}
    bad = as_(cast.li).post(reverse("instruction-new"), given)
    assert bad.status_code == 400
    assert "请写明批在哪份文件上" in bad.content.decode()
    for value in ("x", "9" * 400, str(uuid.uuid4())):
        assert as_(cast.li).get(reverse("instruction-new"), {"bulletin": value, "proposal": value}).status_code == 200


def test_the_course_says_when_it_was_registered(cast):
    row = make.report(cast, S.REGISTERED)
    assert [event.what for event in queries.course(row)] == ["登记", "报送"]
    assert [step["state"] for step in queries.steps(row)] == ["done", "done", "now", "next", "next"]
