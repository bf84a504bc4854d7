import csv
import datetime
import io

import pytest

from consultation import services
from consultation.models import Outcome, PlanItem, Topic
from consultation.states import ConsultationState, OutcomeState, PlanState, TopicState
from tests.factories import consultation as make


def rows(client, name, **query):
    answer = client.get(f"/api/v1/{name}/", query)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


# --- plans -------------------------------------------------------------------------------------------------------


def test_the_issued_plan_is_there_with_a_tag_and_not_sent_twice(cast, client):
    plan = make.plan(cast, PlanState.ISSUED)
    assert [row["id"] for row in rows(client, "plans", committee="jiahe", year=2026)] == [plan.pk]
    answer = client.get(f"/api/v1/plans/{plan.pk}/")
    whole = answer.json()
    assert (whole["number"], whole["issued_on"], whole["version"]) == ("嘉政协办发〔2026〕3号", "2026-03-10", 1)
    assert whole["issuers"] == ["县党委办", "县政府办", "县政协办"]
    assert [item["title"] for item in whole["items"]] == ["推进农村饮水安全"]
    assert {"label": "其他协商", "done": 0, "planned": 1, "total": 1, "open_ended": True} in whole["quotas"]
    again = client.get(f"/api/v1/plans/{plan.pk}/", HTTP_IF_NONE_MATCH=answer.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("state", [PlanState.DRAFTING, PlanState.APPROVING, PlanState.APPROVED])
def test_a_plan_that_was_not_issued_is_not_there_even_for_the_staff(cast, as_, state):
    plan = make.plan(cast, state)
    for user in (None, cast.wang, cast.li, cast.zhao):
        assert rows(as_(user), "plans") == []
        assert rows(as_(user), "plan-items") == []
        assert rows(as_(user), "plan-items", plan=plan.pk) == []
        for address in ("", "items.csv", "items.ics"):
            assert as_(user).get(f"/api/v1/plans/{plan.pk}/{address}").status_code == 404


def test_an_adjustment_makes_the_next_version_the_current_one(cast, client):
    first = make.plan(cast, PlanState.SUPERSEDED)
    second = first.next
    tag = client.get("/api/v1/plans/").headers["ETag"]
    assert [row["id"] for row in rows(client, "plans")] == [second.pk]
    assert [row["id"] for row in rows(client, "plans", version=1)] == [first.pk]
    assert client.get(f"/api/v1/plans/{first.pk}/").json()["state"] == "superseded"
    assert client.get(f"/api/v1/plans/{first.pk}/items.csv").status_code == 200
    ours, older = rows(client, "plan-items"), rows(client, "plan-items", plan=first.pk)
    assert ([row["plan"] for row in ours], [row["plan"] for row in older]) == ([second.pk], [first.pk])
    assert ours[0]["lineage"] == older[0]["lineage"]
    third = make.next_version(second, cast)
    assert client.get("/api/v1/plans/", HTTP_IF_NONE_MATCH=tag).status_code == 304
    services.settle_plan(third, by=cast.li, at=make.AT)
    make.sign_and_issue(third, cast, number="嘉政协办发〔2026〕12号")
    assert client.get("/api/v1/plans/", HTTP_IF_NONE_MATCH=tag).status_code == 200


def test_what_was_issued_is_news_although_it_was_written_before(cast, client):
    plan = make.plan(cast, PlanState.APPROVED)
    PlanItem.objects.update(updated_at="2026-01-01T00:00:00Z")
    make.sign_and_issue(plan, cast)
    assert len(rows(client, "plan-items", updated_since="2026-03-01T00:00:00Z")) == 1


def test_items_by_form_month_topic_and_words(cast, client):
    topic = make.topic(cast, TopicState.SELECTED)
    plan = make.plan(cast, topics=[topic])
    services.add_item(
        plan, title="城区停车难", form="roundtable", month=9, lead="某", units=[cast.unit], by=cast.li, at=make.AT
    )
    services.submit_plan(plan, procedure=make.procedure("县级计划审批", "plan"), by=cast.li, at=make.AT)
    make.walk_steps(plan, cast)
    make.sign_and_issue(plan, cast)

    def titles(**query):
        return [row["title"] for row in rows(client, "plan-items", **query)]

    assert titles() == ["城区停车难", "推进农村饮水安全"]
    assert titles(form="roundtable") == titles(month=9) == titles(q="停车") == ["城区停车难"]
    assert titles(topic=topic.pk) == ["推进农村饮水安全"]
    assert titles(year=2025) == titles(committee="yongxing") == []
    assert rows(client, "plan-items", month=9)[0]["units"] == ["县住建局"]


def test_the_table_opens_in_office_programs_and_holds_no_formula(cast, client):
    plan = make.plan(cast)
    item = make.item(plan, cast, title='=HYPERLINK("http://x","点")', lead="+86", participants="@all")
    PlanItem.objects.exclude(pk=item.pk).delete()
    services.submit_plan(plan, procedure=make.procedure("县级计划审批", "plan"), by=cast.li, at=make.AT)
    make.walk_steps(plan, cast)
    make.sign_and_issue(plan, cast)
    answer = client.get(f"/api/v1/plans/{plan.pk}/items.csv")
    assert answer.streaming
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    body = b"".join(answer).decode()
    assert body.startswith("\ufeff序号,议题,")
    [_, row] = csv.reader(io.StringIO(body))
    assert [row[1], row[4], row[7]] == ['\'=HYPERLINK("http://x","点")', "'+86", "'@all"]


def test_the_calendar_has_one_whole_month_or_day_for_an_item(cast, client):
    plan = make.plan(cast)
    make.item(plan, cast, title="城区停车,难;", month=12, planned_on=datetime.date(2026, 12, 31))
    services.submit_plan(plan, procedure=make.procedure("县级计划审批", "plan"), by=cast.li, at=make.AT)
    make.walk_steps(plan, cast)
    make.sign_and_issue(plan, cast)
    answer = client.get(f"/api/v1/plans/{plan.pk}/items.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    again = client.get(f"/api/v1/plans/{plan.pk}/items.ics", HTTP_IF_NONE_MATCH=answer.headers["ETag"])
    assert again.status_code == 304
    lines = answer.content.decode().replace("\r\n ", "").split("\r\n")
    assert [line for line in lines if line.startswith(("DTSTART", "DTEND", "SUMMARY"))] == [
        "DTSTART;VALUE=DATE:20260601",
        "DTEND;VALUE=DATE:20260701",
        "SUMMARY:推进农村饮水安全",
        "DTSTART;VALUE=DATE:20261231",
        "DTEND;VALUE=DATE:20270101",
        "SUMMARY:城区停车\\,难\\;",
    ]
    assert max(len(line.encode()) for line in answer.content.decode().split("\r\n")) <= 75


# --- topics, consultations, outcomes -----------------------------------------------------------------------------


def test_topics_are_public_when_they_stand_in_an_issued_plan(cast, as_):
    hidden = make.topic(cast, title="城区停车难")
    public = make.topic(cast, TopicState.IN_PLAN)
    assert [row["id"] for row in rows(as_(None), "topics")] == [public.pk]
    assert [row["id"] for row in rows(as_(cast.li), "topics")] == [public.pk, hidden.pk]
    assert [row["id"] for row in rows(as_(cast.zhao), "topics")] == [public.pk]
    assert as_(None).get(f"/api/v1/topics/{hidden.pk}/").status_code == 404
    assert [row["id"] for row in rows(as_(cast.li), "topics", state="collected", q="停车")] == [hidden.pk]


def test_consultations_that_are_public_with_the_minutes_that_are(cast, client):
    running = make.consultation(cast, ConsultationState.RUNNING)
    make.consultation(cast, ConsultationState.RUNNING, title="内部协商", is_public=False)
    make.consultation(cast, title="尚未启动")
    session = make.session(running, cast)
    make.minutes(session, cast, text="讨论稿")
    assert [row["title"] for row in rows(client, "consultations")] == ["农村饮水安全协商"]
    address = f"/api/v1/consultations/{running.pk}/"
    answer = client.get(address)
    assert [held["minutes"] for held in answer.json()["sessions"]] == [""]
    session.refresh_from_db()
    make.minutes(session, cast, text="会议形成三点共识。", publish=True)
    after = client.get(address, HTTP_IF_NONE_MATCH=answer.headers["ETag"])
    assert [held["minutes"] for held in after.json()["sessions"]] == ["会议形成三点共识。"]


def test_outcomes_that_were_routed_of_consultations_that_are_public(cast, as_):
    running = make.consultation(cast, ConsultationState.RUNNING)
    inside = make.consultation(cast, ConsultationState.RUNNING, title="内部协商", is_public=False)
    routed = make.outcome(running, cast, OutcomeState.ROUTED, given=make.class_a(cast))
    drafted = make.outcome(running, cast, text="修订用水公约")
    hidden = make.outcome(inside, cast, OutcomeState.ROUTED)
    [row] = rows(as_(None), "outcomes")
    assert (row["id"], row["outcome_class"], row["route"], row["unit"]) == (routed.pk, "A", "handling_unit", "县住建局")
    assert [row["id"] for row in rows(as_(cast.zhao), "outcomes")] == [routed.pk]
    assert [row["id"] for row in rows(as_(cast.li), "outcomes")] == [hidden.pk, drafted.pk, routed.pk]
    assert rows(as_(None), "outcomes", consultation=inside.pk) == []


def test_outcomes_are_news_when_they_are_shown_with_their_consultation(cast, client):
    inside = make.consultation(cast, ConsultationState.RUNNING, is_public=False)
    make.outcome(inside, cast, OutcomeState.ROUTED)
    Outcome.objects.update(updated_at="2026-01-01T00:00:00Z")
    inside.refresh_from_db()
    services.change_consultation(inside, is_public=True, by=cast.li, at=make.AT)
    assert len(rows(client, "outcomes", updated_since="2026-03-01T00:00:00Z")) == 1


def test_lists_need_as_many_queries_for_three_rows_as_for_one(cast, client, django_assert_num_queries):
    plan = make.plan(cast, PlanState.ISSUED)
    running = make.consultation(cast, ConsultationState.RUNNING)
    make.outcome(running, cast, OutcomeState.ROUTED, given=make.class_a(cast))
    topic = make.topic(cast)
    PlanItem.objects.update(topic=topic)
    expected = {"plans": 1, "plan-items": 2, "topics": 1, "consultations": 1, "outcomes": 1}

    def measure(number):
        for name, queries in expected.items():
            with django_assert_num_queries(queries):
                assert len(rows(client, name)) == number

    measure(1)
    for year in (2027, 2025):
        at = make.AT.replace(year=year)
        make.plan(cast, PlanState.ISSUED, year=year, number=f"嘉政协办发〔{year}〕3号", at=at)
    for item in PlanItem.objects.exclude(plan=plan):
        PlanItem.objects.filter(pk=item.pk).update(topic=make.topic(cast, title=f"议题{item.pk}"))
        item.units.add(cast.unit)
    for number in range(2):
        again = make.consultation(cast, ConsultationState.RUNNING, title=f"第{number}次协商")
        make.outcome(again, cast, OutcomeState.ROUTED, given=make.class_a(cast))
    assert Topic.objects.count() == 3
    measure(3)
