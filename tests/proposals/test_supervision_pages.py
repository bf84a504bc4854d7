"""Pages of supervision and look-backs: who opens which, what is told, what stays typed, what it costs."""

from io import BytesIO

import pytest
import time_machine
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from proposals import presets
from proposals.models import Assignment, LookBack, LookBackItem, Supervision
from proposals.queries import supervision as queries
from proposals.states import LookBackItemState, LookBackState, SupervisionKind, SupervisionState
from tests.factories import members as people
from tests.factories import supervision as make
from tests.factories.standards import photo
from tests.factories.supervision import DAY, LATE

pytestmark = pytest.mark.django_db
I = LookBackItemState  # noqa: E741
MOST_STATEMENTS = 20


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(LATE, tick=False):
        yield


def page(browser, name, *args, status=200, query=""):
    answer = browser.get(reverse(name, args=args) + query)
    assert answer.status_code == status
    return b"".join(answer).decode() if answer.streaming else answer.content.decode()


def cost(browser, name, *args):
    with CaptureQueriesContext(connection) as found:
        page(browser, name, *args)
    return len(found)


def one_main(html):
    assert html.count('class="main"') + html.count("button main") == 1


# --- 督办 --------------------------------------------------------------------------------------------------------


def new(case, **fields):
    return {"kind": "visit", "on": "2026-12-20", "words": "请加快办理。", **fields}


def test_the_board_shows_three_columns_and_costs_the_same_for_many(cast, as_):
    browser = as_(cast.sun)
    assert "没有等待反馈的督办" in page(browser, "supervision-board")
    late = make.late_case(cast)
    make.action(cast, make.late_case(cast, title="东街修路"))
    make.action(cast, make.late_case(cast, title="北街通水"), state=SupervisionState.ANSWERED)
    html = page(browser, "supervision-board")
    for words in (late.title, "东街修路", "北街通水", "已督办 1 次", "给勾选的发催办函"):
        assert words in html
    one_main(html)
    before = cost(browser, "supervision-board")
    for number in range(2):
        make.late_case(cast, title=f"修路 {number}")
        make.action(cast, make.late_case(cast, title=f"通水 {number}"))
    assert cost(browser, "supervision-board") == before <= MOST_STATEMENTS


def test_the_board_is_filtered_by_unit_and_kind(cast, as_):
    make.action(cast)
    letter = make.action(cast, make.late_case(cast, title="东街修路"), SupervisionKind.DUNNING)
    other = people.organisation(cast.committee, "县水利局")
    browser = as_(cast.sun)
    html = page(browser, "supervision-board", query="?kind=dunning")
    assert letter.serial in html
    assert "西街路口增设信号灯" not in html
    assert letter.serial not in page(browser, "supervision-board", query=f"?unit={other.pk}")
    assert page(browser, "supervision-board", query="?unit=x&kind=y")


@pytest.mark.parametrize("name", ["supervision-board", "supervision-list", "look-back-b"])
def test_who_opens_the_desks(cast, as_, name):
    unit = 200 if name == "supervision-list" else 403
    for who, status in {"sun": 200, "li": 200, "zhou": 200, "zhang": unit, "wang": 403, "zhao": 200}.items():
        page(as_(getattr(cast, who)), name, status=status)
    assert as_(None).get(reverse(name)).status_code == 302


def test_a_unit_finds_what_it_has_to_answer_in_the_list(cast, as_):
    browser = as_(cast.zhang)
    html = page(browser, "supervision-list")
    assert "没有对您的单位的督办" in html
    assert f'href="{reverse("supervision-board")}"' not in html, "the board is the office's"
    made = make.action(cast)
    case = make.late_case(cast, title="东街修路")
    make.action(cast, case)
    Assignment.objects.filter(pk=case.pk).update(unit=people.organisation(cast.committee, "县水利局"))
    html = page(browser, "supervision-list", query="?state=open")
    assert made.get_absolute_url() in html
    assert "有 1 件等您的单位反馈" in html
    assert "东街修路" not in html
    assert "东街修路" not in page(as_(cast.zhao), "supervision-list")


def test_a_unit_that_gave_the_matter_back_owes_no_answer(cast, as_):
    made = make.action(cast)
    Assignment.objects.filter(pk=made.assignment_id).update(
        state="returned", returned_at=LATE, return_reason="不属于本单位"
    )
    html = page(as_(cast.zhang), "supervision", made.pk)
    assert "不必反馈" in html
    assert "提交反馈" not in html
    assert "已退回，不必反馈" in page(as_(cast.sun), "supervision-list")
    assert made.get_absolute_url() not in page(as_(cast.sun), "supervision-board")
    assert not queries.awaiting_answer(cast.zhang).exists()


def test_the_chair_looks_but_is_offered_nothing(cast, as_):
    make.late_case(cast)
    html = page(as_(cast.zhou), "supervision-board")
    assert "催办</span>" not in html
    assert "发催办函" not in html


def test_the_list_is_filtered_by_state_and_costs_the_same(cast, as_):
    browser = as_(cast.sun)
    assert "还没有督办过" in page(browser, "supervision-list")
    make.action(cast)
    before = cost(browser, "supervision-list")
    assert "没有符合条件" in page(browser, "supervision-list", query="?state=answered")
    for number in range(2):
        make.action(cast, make.late_case(cast, title=f"修路 {number}"))
    assert cost(browser, "supervision-list") == before <= MOST_STATEMENTS


def test_many_are_dunned_with_counts_and_refusals(cast, as_):
    presets.load()
    late, answered = make.late_case(cast), make.answered(cast, make.handed(cast))
    browser = as_(cast.sun)
    told = browser.post(
        reverse("supervision-dun"), {"assignment": [late.pk, answered.pk, "x", "²"]}, follow=True
    ).content.decode()
    assert "已发出 1 份催办函：催办〔2026〕1号" in told
    assert f"《{answered}》没有发出" in told
    again = browser.post(reverse("supervision-dun"), {"assignment": [late.pk]}, follow=True).content.decode()
    assert "还没有反馈" in again
    assert Supervision.objects.count() == 1
    assert "请先勾选" in browser.post(reverse("supervision-dun"), follow=True).content.decode()


@pytest.mark.parametrize(("name", "status"), [("zhou", 403), ("zhang", 403), ("wang", 403), ("zhao", 302)])
def test_others_dun_nothing_here(cast, as_, name, status):
    late = make.late_case(cast)
    assert as_(getattr(cast, name)).post(
        reverse("supervision-dun"), {"assignment": [late.pk]}
    ).status_code == status  # fmt: skip
    assert not Supervision.objects.exists()


def test_supervising_from_the_case(cast, as_):
    presets.load()
    case = make.late_case(cast)
    address, browser = reverse("supervision-new", args=[case.pk]), as_(cast.sun)
    html = page(browser, "supervision-new", case.pk)
    one_main(html)
    refused = browser.post(address, new(case, kind="leader"))
    assert refused.status_code == 400
    assert "由哪位领导督办" in refused.content.decode()
    assert "请加快办理。" in refused.content.decode()
    done = browser.post(address, new(case))
    assert done.url == Supervision.objects.get().get_absolute_url()
    twice = browser.post(address, new(case))
    assert twice.status_code == 400
    assert "已经登记过" in twice.content.decode()
    assert Supervision.objects.count() == 1


@pytest.mark.parametrize(("name", "status"), [("zhou", 403), ("zhang", 403), ("wang", 403), ("zhao", 404)])
def test_who_may_not_supervise(cast, as_, name, status):
    case, browser = make.late_case(cast), as_(getattr(cast, name))
    page(browser, "supervision-new", case.pk, status=status)
    assert browser.post(reverse("supervision-new", args=[case.pk]), new(case)).status_code == status
    assert not Supervision.objects.exists()


def test_the_unit_answers_on_the_page_of_the_action(cast, as_):
    made = make.action(cast)
    browser, address = as_(cast.zhang), made.get_absolute_url()
    one_main(page(browser, "supervision", made.pk))
    assert browser.post(address, {"answer": " "}).status_code == 400
    assert browser.post(address, {"answer": "已开工。"}).url == address
    again = browser.post(address, {"answer": "又一次"}, follow=True).content.decode()
    assert "不能反馈" in again
    html = page(as_(cast.sun), "supervision", made.pk)
    assert "已开工。" in html
    assert "又一次" not in html


@pytest.mark.parametrize(
    ("name", "get", "answer"),
    [("sun", 200, 403), ("zhou", 200, 403), ("chen", 200, 302), ("wang", 200, 403), ("zhao", 404, 404)],
)
def test_who_reads_and_who_answers(cast, as_, name, get, answer):
    made, browser = make.action(cast), as_(getattr(cast, name))
    page(browser, "supervision", made.pk, status=get)
    assert browser.post(made.get_absolute_url(), {"answer": "已开工。"}).status_code == answer


def test_ballots_are_shown_as_a_rate(cast, as_):
    made = make.action(cast, kind=SupervisionKind.APPRAISAL)
    assert "满意 8 票，基本满意 2 票，不满意 1 票，共 11 票；满意率 72.7%" in page(
        as_(cast.sun), "supervision", made.pk
    )


def test_the_letter_is_for_letters_only(cast, as_):
    letter = make.action(cast, kind=SupervisionKind.DUNNING)
    assert as_(cast.zhang).get(reverse("supervision-letter", args=[letter.pk])).content[:2] == b"PK"
    page(as_(cast.zhao), "supervision-letter", letter.pk, status=404)
    other = make.action(cast, make.late_case(cast, title="东街修路"))
    page(as_(cast.sun), "supervision-letter", other.pk, status=404)


def test_the_piece_for_the_case_page(cast):
    made = make.action(cast)

    def piece(user):
        context = {"assignment": made.assignment, **queries.of_case(made.assignment, user)}
        return render_to_string("proposals/_supervisions.html", context)

    assert "去反馈" in piece(cast.zhang)
    assert reverse("supervision-new", args=[made.assignment_id]) in piece(cast.sun)
    assert reverse("supervision-new", args=[made.assignment_id]) not in piece(cast.zhang)
    made.assignment.supervisions.all().delete()
    assert "督办" not in piece(cast.wang)


# --- 回头看 ------------------------------------------------------------------------------------------------------


def test_a_campaign_from_the_beginning_to_the_end(cast, as_):
    presets.load()
    make.followed(cast)
    sun, zhang = as_(cast.sun), as_(cast.zhang)
    html = page(sun, "look-back-new")
    assert "现有 1 件" in html
    one_main(html)
    wrong = sun.post(reverse("look-back-new"), {"name": "回头看", "check_due_on": "2026-12-20"})
    assert wrong.status_code == 400
    assert "今天以后" in wrong.content.decode()
    made = sun.post(reverse("look-back-new"), {"name": "回头看", "check_due_on": "2027-01-20"})
    campaign, item = LookBack.objects.get(), LookBackItem.objects.get()
    assert made.url == campaign.get_absolute_url()
    twice = sun.post(reverse("look-back-new"), {"name": "又一次", "check_due_on": "2027-01-20"})
    assert "正在进行" in twice.content.decode()

    one_main(page(zhang, "look-back-item", item.pk))
    check = reverse("look-back-check", args=[item.pk])
    refused = zhang.post(check, {"found": "kept", "words": ""})
    assert refused.status_code == 400
    assert zhang.post(check, {"found": "kept", "words": "已经装好。", "photos": photo()}).url == item.get_absolute_url()
    html = page(sun, "look-back-item", item.pk)
    assert "已经装好。" in html
    assert "<img" in html
    one_main(html)

    sun.post(reverse("look-back-close", args=[campaign.pk]))
    assert LookBack.objects.get().state == LookBackState.OPEN
    spotted = {"has_leader": "yes", "has_person": "no", "in_order": "yes", "words": "看过现场。", "cause": "money"}
    assert sun.post(reverse("look-back-spot", args=[item.pk]), spotted).url == item.get_absolute_url()
    end = reverse("look-back-end", args=[item.pk])
    assert sun.post(end, {"end": "explained", "words": "差资金。"}).status_code == 400
    assert sun.post(end, {"end": "verified", "words": "装好了。"}).url == item.get_absolute_url()
    again = sun.post(end, {"end": "verified", "words": "装好了。"}, follow=True).content.decode()
    assert "不能核实兑现" in again
    assert Assignment.objects.get().state == "closed"
    html = page(sun, "look-back", campaign.pk)
    assert "结束回头看" in html
    sun.post(reverse("look-back-close", args=[campaign.pk]))
    assert LookBack.objects.get().state == LookBackState.CLOSED


DEEDS = {
    "look-back-check": {"found": "kept", "words": "已经装好。"},
    "look-back-spot": {"has_leader": "yes", "has_person": "no", "in_order": "yes", "words": "看过。"},
    "look-back-end": {"end": "reworked", "words": "没有做。", "cause": "money"},
}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize(
    ("name", "sees"),
    [("sun", 200), ("li", 200), ("zhou", 200), ("zhang", 200), ("chen", 200), ("wang", 404), ("zhao", 404)],
)
def test_who_does_what_with_an_item(cast, as_, name, sees, deed):
    item = make.item(cast, I.CHECKED)
    browser = as_(getattr(cast, name))
    page(browser, "look-back-item", item.pk, status=sees)
    page(browser, "look-back", item.campaign_id, status=sees)
    may = name in (("zhang", "chen") if deed == "look-back-check" else ("sun", "li"))
    answer = browser.post(reverse(deed, args=[item.pk]), DEEDS[deed])
    assert answer.status_code == (302 if may else 404 if sees == 404 else 403)


@pytest.mark.parametrize("state", I)
def test_an_item_is_drawn_in_every_state_for_everybody(cast, as_, state):
    item = make.item(cast, state)
    for user in (cast.sun, cast.zhang, cast.zhou):
        assert cost(as_(user), "look-back-item", item.pk) <= MOST_STATEMENTS
    html = page(as_(cast.sun), "look-back-item", item.pk)
    assert "当时的答复" in html
    assert ("登记结论" in html) is (state in (I.WAITING, I.CHECKED))


def test_result_then_and_result_now_stand_side_by_side(cast, as_):
    item = make.item(cast, I.REWORKED, case=make.followed_proposal(cast))
    assert "正在二次办理（第 2 轮）" in page(as_(cast.zhang), "look-back-item", item.pk)
    make.answered(cast, Assignment.objects.get(pk=item.assignment_id), text="班车已经开通。")
    html = page(as_(cast.zhang), "look-back-item", item.pk)
    assert html.index("已会同有关单位研究办理。") < html.index("班车已经开通。")


def test_a_campaign_lists_its_items_and_costs_the_same_for_many(cast, as_):
    make.followed(cast)
    first = make.campaign(cast)
    browser = as_(cast.sun)
    assert "还有 1 件没有结论" in page(browser, "look-back", first.pk)
    before = cost(browser, "look-back", first.pk)
    assert "没有符合条件" in page(browser, "look-back", first.pk, query="?state=verified")
    assert "各单位进度" not in page(browser, "look-back", first.pk), "one unit is compared with nobody"
    for number in range(2):
        LookBackItem.objects.create(
            campaign=first, assignment=(case := make.followed(cast, title=f"修路 {number}")), round=case.rounds.get()
        )
    assert cost(browser, "look-back", first.pk) == before <= MOST_STATEMENTS
    page(as_(cast.zhao), "look-back-export", first.pk, status=404)
    sheet = as_(cast.zhang).get(reverse("look-back-export", args=[first.pk]))
    assert len(list(load_workbook(BytesIO(b"".join(sheet))).active.values)) == 5


def test_lists_of_campaigns_say_what_to_do(cast, as_):
    assert "启动回头看" in page(as_(cast.sun), "look-back-list")
    assert "目前没有需要您自查" in page(as_(cast.zhang), "look-back-list")
    campaign = make.item(cast).campaign
    assert campaign.name in page(as_(cast.zhang), "look-back-list")
    for name, status in {"zhang": 403, "zhou": 403, "wang": 403}.items():
        page(as_(getattr(cast, name)), "look-back-new", status=status)
    page(as_(cast.wang), "look-back-list", status=403)
    assert as_(None).get(reverse("look-back-list")).status_code == 302
    assert campaign.name not in page(as_(cast.zhao), "look-back-list")


def test_every_b_is_listed_with_where_it_stands(cast, as_):
    browser = as_(cast.zhou)
    assert "还没有 B 类答复" in page(browser, "look-back-b")
    make.item(cast, I.EXPLAINED)
    before = cost(browser, "look-back-b")
    assert "改期" in page(browser, "look-back-b")
    for number in range(2):
        make.followed(cast, title=f"修路 {number}")
    assert "修路 1" in page(browser, "look-back-b", query="?state=following")
    assert "没有符合条件" in page(browser, "look-back-b", query="?state=closed")
    assert cost(browser, "look-back-b") == before <= MOST_STATEMENTS


def test_what_a_unit_has_to_check_leads_to_a_page(cast, as_):
    item = make.item(cast)
    for days in (0, 30):
        with time_machine.travel(LATE + days * DAY, tick=False):
            html = page(as_(cast.zhang), "look-back-item", item.pk)
            assert reverse("look-back-check", args=[item.pk]) in html
