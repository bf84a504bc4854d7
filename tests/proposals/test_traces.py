"""Traces: one thread on one page; public when opened, without quotes and without numbers of persons."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from config.refusals import Incomplete, Refusal, WrongState
from proposals.models import Trace, TraceStep
from proposals.services import traces as services
from proposals.states import InformationState
from tests.factories import information as make
from tests.factories.information import AT, TODAY

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def add(cast, trace, *, by=None, **fields):
    given = {"kind": "measure", "on": TODAY, "title": "出台措施", **fields}
    return services.add(trace, by=by or cast.li, at=AT, **given)


def test_the_public_reads_an_opened_one_only(cast, as_):
    trace = make.trace(cast)
    address, everybody = trace.get_absolute_url(), [None, cast.wang, cast.zhao]
    assert [as_(who).get(address).status_code for who in everybody] == [404, 404, 404]
    assert as_(cast.li).get(address).status_code == as_(cast.zhou).get(address).status_code == 200
    services.show(trace, public=True, by=cast.li, at=AT)
    assert [as_(who).get(address).status_code for who in everybody] == [200, 200, 200]
    listed = as_(None).get(reverse("trace-public-list", args=[cast.committee.slug])).content.decode()
    assert trace.title in listed
    services.show(trace, public=False, by=cast.li, at=AT)
    assert as_(None).get(address).status_code == 404


def test_a_quote_and_a_report_are_never_shown_to_the_public(cast, as_):
    report = make.report(cast, InformationState.ISSUED, title="内部的标题")
    row = make.instruction(cast, report.bulletin)
    trace = make.trace(cast, steps=0)
    add(cast, trace, kind="information", title="委员反映", information=report)
    add(cast, trace, kind="instruction", title="县长作出批示", instruction=row)
    services.show(trace, public=True, by=cast.li, at=AT)
    public = as_(None).get(trace.get_absolute_url()).content.decode()
    assert "县长作出批示" in public
    for kept in (row.quote, report.title, row.get_absolute_url(), report.get_absolute_url()):
        assert kept not in public
    inside = as_(cast.li).get(trace.get_absolute_url()).content.decode()
    assert row.get_absolute_url() in inside
    assert report.get_absolute_url() in inside


@pytest.mark.parametrize("who", ["wang", "zhou", "sun", "zhao"])
def test_only_the_register_keeps_it(cast, who):
    trace, by = make.trace(cast), getattr(cast, who)
    for do in (
        lambda: services.begin(committee=cast.committee, title="乙", by=by, at=AT),
        lambda: services.rename(Trace.objects.get(pk=trace.pk), title="丙", by=by, at=AT),
        lambda: add(cast, trace, by=by),
        lambda: services.remove(trace.steps.first(), by=by, at=AT),
        lambda: services.show(trace, public=True, by=by, at=AT),
    ):
        with pytest.raises(PermissionDenied):
            do()
    assert (Trace.objects.get().title, TraceStep.objects.count()) == (trace.title, 2)


@pytest.mark.parametrize("public", [True, False])
def test_shown_twice_is_shown_once(cast, public):
    trace = make.trace(cast, public=public)
    with pytest.raises(WrongState):
        services.show(trace, public=public, by=cast.li, at=AT)


def test_an_empty_one_is_not_opened_and_an_open_one_not_emptied(cast):
    with pytest.raises(Refusal):
        services.show(make.trace(cast, title="空的", steps=0), public=True, by=cast.li, at=AT)
    trace = make.trace(cast, steps=1, public=True)
    with pytest.raises(Refusal):
        services.remove(trace.steps.get(), by=cast.li, at=AT)
    services.show(trace, public=False, by=cast.li, at=AT)
    services.remove(trace.steps.get(), by=cast.li, at=AT)


def test_numbers_of_persons_do_not_become_public(cast):
    trace = make.trace(cast, steps=1)
    add(cast, trace, words="联系 13900000001")
    with pytest.raises(Refusal, match="电话"):
        services.show(trace, public=True, by=cast.li, at=AT)
    opened = make.trace(cast, title="另一条", public=True)
    with pytest.raises(Incomplete) as refused:
        add(cast, opened, who="王13900000001")
    assert set(refused.value.fields) == {"who"}
    with pytest.raises(Incomplete):
        services.rename(opened, title="打13900000001", by=cast.li, at=AT)


@pytest.mark.parametrize(
    "wrong",
    [{"on": TODAY + DAY}, {"title": " "}, {"kind": "dream"}, {"url": "javascript:alert(1)"}, {"title": "x" * 101}],
)
def test_what_cannot_be_is_refused(cast, wrong):
    trace = make.trace(cast)
    with pytest.raises(Incomplete) as refused:
        add(cast, trace, **wrong)
    assert set(refused.value.fields) & set(wrong)
    assert TraceStep.objects.count() == 2


def test_doubled_links_and_titles_are_refused(cast):
    trace = make.trace(cast)
    add(cast, trace)
    with pytest.raises((WrongState, Incomplete)):
        add(cast, trace)
    with pytest.raises((WrongState, Incomplete)):
        services.begin(committee=cast.committee, title=trace.title, by=cast.li, at=AT)


def test_a_row_of_another_county_is_not_linked(cast):
    trace = make.trace(cast)
    foreign = make.report(cast, InformationState.REGISTERED)
    type(foreign).objects.filter(pk=foreign.pk).update(committee=cast.other_committee)
    foreign.refresh_from_db()
    with pytest.raises(Refusal):
        add(cast, trace, information=foreign)


def test_composed_and_opened_on_the_page(cast, as_):
    client = as_(cast.li)
    made = client.post(reverse("trace-new"), {"title": "从停运到公交化"})
    trace = Trace.objects.get()
    assert made.url == trace.get_absolute_url()
    given = {"step-kind": "visit", "step-on": "2026-11-01", "step-title": "走访金田村", "step-who": "王委员"}
    assert client.post(reverse("trace-step", args=[trace.pk]), given).status_code == 302
    twice = client.post(reverse("trace-step", args=[trace.pk]), given)
    assert TraceStep.objects.count() == 1
    assert twice.status_code in (302, 400)
    bad = client.post(reverse("trace-step", args=[trace.pk]), {**given, "step-on": "", "step-words": "留着"})
    assert bad.status_code == 400
    assert "留着" in bad.content.decode()
    client.post(reverse("trace-show", args=[trace.pk]), {"public": "1"})
    assert "走访金田村" in as_(None).get(trace.get_absolute_url()).content.decode()
    client.post(reverse("trace-edit", args=[trace.pk]), {"title": "新标题"})
    assert Trace.objects.get().title == "新标题"
    assert as_(cast.wang).post(reverse("trace-show", args=[trace.pk]), {"public": "0"}).status_code == 403


def test_many_traces_cost_as_much_as_one(cast, as_, django_assert_max_num_queries):
    for number in range(3):
        make.trace(cast, title=f"第 {number} 条", public=True)
    with django_assert_max_num_queries(8):
        as_(None).get(reverse("trace-public-list", args=[cast.committee.slug]))
