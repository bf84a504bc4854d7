"""交办会 on its pages: prepared, planned, handed over with counts and refusals; closed to others."""

import datetime
import uuid

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.refusals import WrongState
from proposals.models import Assignment, Handing, HandingMeeting, Proposal
from proposals.queries import handing as queries
from proposals.services import handing as services
from proposals.states import AssignmentRole, AssignmentState, ProposalState
from tests.factories import formal
from tests.factories import handing as make
from tests.factories.proposals import AT

CO = AssignmentRole.CO


def hand_over(cast, held, at=AT):
    return services.hand_over(held, by=cast.li, at=at)


@pytest.fixture
def at():
    with time_machine.travel(AT, tick=False):
        yield AT


def form_of(**fields):
    given = {
        "name": "交办会", "held_on": "2026-11-20", "due_on": "2027-02-20", "opinion_due_on": "2026-12-20",
        "duty": "办理", "quality": "满意",
    }  # fmt: skip
    return {**given, **fields}


def test_a_meeting_is_prepared_changed_and_held_on_its_pages(cast, as_, at):
    desk = as_(cast.li)
    page = desk.get(reverse("handing-meetings")).content.decode()
    assert "筹备交办会" in page
    assert desk.get(reverse("handing-meeting-new")).context["form"].initial["due_on"] == datetime.date(2027, 2, 20)
    bad = desk.post(reverse("handing-meeting-new"), form_of(due_on="2026-11-01"))
    assert bad.status_code == 400
    assert "答复期限要晚于" in bad.content.decode()
    assert desk.post(reverse("handing-meeting-new"), form_of()).status_code == 302
    held = HandingMeeting.objects.get()
    assert desk.post(reverse("handing-meeting-edit", args=[held.pk]), form_of(place="会议中心")).status_code == 302
    held.refresh_from_db()
    assert held.place == "会议中心"

    made = formal.proposal(cast, ProposalState.FILED)
    page = desk.get(held.get_absolute_url()).content.decode()
    assert made.title in page
    here = reverse("handing-proposal", args=[held.pk, made.key])
    assert desk.get(here).status_code == 200
    assert desk.post(here, {"role": "lead"}).status_code == 400
    assert desk.post(here, {"role": "lead", "unit": cast.unit.pk, "next": "1"}).url == held.get_absolute_url()
    assert desk.post(here, {"role": "co", "unit": cast.unit.pk}).status_code == 400
    line = Handing.objects.get()
    assert desk.post(reverse("handing-line-drop", args=[held.pk, line.pk])).status_code == 302
    desk.post(here, {"role": "lead", "unit": cast.unit.pk})
    page = desk.post(reverse("handing-hand-over", args=[held.pk]), follow=True).content.decode()
    assert "已交办 1 项" in page
    notice = desk.get(reverse("handing-notice", args=[held.pk, cast.unit.pk]))
    assert notice.status_code == 200
    assert desk.get(reverse("handing-notice", args=[held.pk, cast.other_unit.pk])).status_code == 404
    page = desk.post(reverse("handing-hand-over", args=[held.pk]), follow=True).content.decode()
    assert "没有等待交办" in page
    assert "已交办" in desk.get(reverse("handing-meetings")).content.decode()


def test_the_page_says_what_was_refused_and_why(cast, as_, at):
    held = make.meeting(cast)
    make.line(cast, held, to=make.unit(cast, handler=False))
    page = as_(cast.li).post(reverse("handing-hand-over", args=[held.pk]), follow=True).content.decode()
    assert "1 项未能交办" in page
    assert "还没有承办人账号" in page


def test_the_next_proposal_of_the_pile_follows(cast, as_, at):
    held = make.meeting(cast)
    first, second = (formal.proposal(cast, "filed", title=title) for title in ("甲", "乙"))
    here = reverse("handing-proposal", args=[held.pk, first.key])
    there = reverse("handing-proposal", args=[held.pk, second.key])
    assert as_(cast.li).post(here, {"role": "lead", "unit": cast.unit.pk, "next": "1"}).url == there


def test_one_proposal_is_handed_over_on_its_page(cast, as_, at):
    made, desk = formal.proposal(cast, ProposalState.FILED), as_(cast.li)
    here = reverse("proposal-assign", args=[made.key])
    page = desk.get(here, {"unit": cast.unit.pk})
    assert page.context["form"].initial["leader_name"] == "罗一鸣"
    assert page.context["form"].initial["due_on"] == datetime.date(2027, 2, 20)
    given = {
        "role": "lead", "unit": cast.unit.pk, "leader_name": "罗一鸣", "leader_post": "副局长",
        "handler": cast.zhang.pk, "due_on": "2027-02-20", "duty": "办", "quality": "好",
    }  # fmt: skip
    refused = desk.post(here, {**given, "duty": ""})
    assert refused.status_code == 400
    assert "定责任" in refused.content.decode()
    assert desk.post(here, given).url == Assignment.objects.get().get_absolute_url()
    assert desk.get(here).context["form"].initial["role"] == "co"
    assert desk.post(here, given).status_code == 400
    assert Assignment.objects.count() == 1


def test_a_unit_puts_right_and_accepts_on_its_page(cast, as_, at):
    given = formal.handed(cast, formal.proposal(cast, ProposalState.FILED))
    here, unit = reverse("assignment-take-on", args=[given.pk]), as_(cast.chen)
    assert here in unit.get(given.get_absolute_url()).content.decode()
    words = {"leader_name": "陈局长", "leader_post": "", "handler": cast.chen.pk}
    assert unit.get(here).context["form"].initial["leader_name"] == "罗一鸣"
    assert unit.post(here, words).status_code == 400
    assert unit.post(here, {**words, "leader_post": "局长", "handler": cast.wang.pk}).status_code == 400
    assert unit.post(here, {**words, "leader_post": "局长"}).status_code == 302
    given.refresh_from_db()
    assert (given.state, given.leader_name, given.handler) == (AssignmentState.HANDLING, "陈局长", cast.chen)
    assert "已经签收" in unit.get(here).content.decode()
    assert as_(cast.li).get(here).status_code == 403
    assert as_(cast.zhao).get(here).status_code == 404


def test_other_people_find_no_door(cast, as_, at):
    held = make.meeting(cast)
    line = make.line(cast, held)
    places = [
        ("get", "handing-meetings", []), ("get", "handing-meeting-new", []),
        ("get", "handing-meeting-edit", [held.pk]), ("post", "handing-hand-over", [held.pk]),
        ("get", "handing-proposal", [held.pk, line.proposal.key]), ("post", "handing-line-drop", [held.pk, line.pk]),
        ("get", "proposal-assign", [line.proposal.key]),
    ]  # fmt: skip
    for who in (cast.wang, cast.zhang, cast.zhou, cast.zhao):
        client = as_(who)
        for method, name, args in places:
            if who == cast.zhao and name in ("handing-meetings", "handing-meeting-new"):
                continue
            assert getattr(client, method)(reverse(name, args=args)).status_code in (403, 404), (who, name)
    assert as_(cast.zhao).get(held.get_absolute_url()).status_code == 404
    assert as_(cast.zhou).get(held.get_absolute_url()).status_code == 200
    assert as_(cast.li).get(reverse("proposal-assign", args=[uuid.uuid4()])).status_code == 404
    assert not Assignment.objects.exists()


def test_a_meeting_asks_no_more_with_three_lines_than_with_one(cast, as_, at):
    held, desk = make.meeting(cast), as_(cast.li)

    def fill(n):
        made = formal.proposal(cast, "filed", title=f"列上的{n}")
        make.line(cast, held, made, to=make.unit(cast, f"县第{n}局"))
        make.line(cast, held, made, role=CO)
        formal.proposal(cast, "filed", title=f"没列的{n}")

    def statements():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert desk.get(held.get_absolute_url()).status_code == 200
        return len(asked)

    fill(1)
    desk.get(held.get_absolute_url())
    one = statements()
    fill(2)
    fill(3)
    assert statements() == one
    assert one <= 20
    hand_over(cast, held)
    assert statements() <= one
    page = desk.get(held.get_absolute_url()).content.decode()
    assert Assignment.objects.count() == 6
    assert all(f'href="{given.get_absolute_url()}"' in page for given in Assignment.objects.all())


def test_what_came_in_from_old_tables_is_on_no_handing_desk(cast, as_, at):
    held, desk = make.meeting(cast), as_(cast.li)
    old = formal.proposal(cast, ProposalState.FILED, title="历年表格里的一件")
    Proposal.objects.filter(pk=old.pk).update(is_imported=True)
    fresh = formal.proposal(cast, ProposalState.FILED, title="今年的一件")
    assert list(queries.awaiting_handing(cast.li)) == list(queries.not_planned(held)) == [fresh]
    assert "还有 1 件已立案的提案没有交办" in desk.get(reverse("handing-meetings")).content.decode()
    page = desk.get(held.get_absolute_url()).content.decode()
    assert "今年的一件" in page
    assert "历年表格里的一件" not in page
    here = reverse("handing-proposal", args=[held.pk, old.key])
    assert desk.get(here).status_code == desk.post(here, {"role": "lead", "unit": cast.unit.pk}).status_code == 404
    old.refresh_from_db()
    with pytest.raises(WrongState, match="历年导入"):
        make.line(cast, held, old)
    assert "还没有承办单位" not in desk.get(old.get_absolute_url()).content.decode()
