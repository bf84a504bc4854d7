"""Lists of information cost the same with one row and with three; every page says whose it is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from proposals.services import instructions
from proposals.states import BulletinState, InformationState
from tests.factories import information as make
from tests.factories.information import AT, TODAY

pytestmark = pytest.mark.django_db
S, B = InformationState, BulletinState


def an_own_one(cast, n):
    make.report(cast, [S.DRAFT, S.RETURNED, S.REGISTERED][n % 3], title=f"第 {n} 件")


def one_at_the_desk(cast, n):
    row = make.report(cast, S.ISSUED, title=f"第 {n} 件")
    make.adopted(cast, row.bulletin)


def one_to_edit(cast, n):
    make.report(cast, S.REGISTERED, title=f"第 {n} 件")


def an_issue(cast, n):
    issue = make.bulletin(cast, B.ISSUED, reports=[make.report(cast, S.REGISTERED, title=f"第 {n} 件")])
    make.adopted(cast, issue)


def an_instruction(cast, n):
    row = make.instruction(cast, about=f"第 {n} 份报告")
    instructions.follow(row, on=TODAY, who="县交通局", words="已办", by=cast.li, at=AT)


def a_trace(cast, n):
    make.trace(cast, title=f"第 {n} 条", public=True)


LISTS = {
    "information-list": ("wang", an_own_one), "information-desk": ("li", one_at_the_desk),
    "information-table": ("li", one_at_the_desk), "bulletin-list": ("zhou", an_issue),
    "bulletin-new": ("li", one_to_edit), "instruction-list": ("zhou", an_instruction),
    "trace-list": ("zhou", a_trace), "information-figures": ("zhou", one_at_the_desk),
    "information-circular": ("zhou", one_at_the_desk), "information-circular-table": ("zhou", one_at_the_desk),
    "information-topics": ("zhou", one_at_the_desk), "trace-public-list": (None, a_trace),
    "information-voices": (None, one_at_the_desk),
}  # fmt: skip
PUBLIC = ("trace-public-list", "information-voices")


def address_of(cast, name):
    return reverse(name, args=[cast.committee.slug] if name in PUBLIC else [])


def cost(client, address):
    with CaptureQueriesContext(connection) as found:
        answer = client.get(address)
        b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer.status_code == 200
    return len(found)


@pytest.mark.parametrize("name", LISTS)
def test_three_rows_cost_as_much_as_one(cast, as_, name):
    who, made = LISTS[name]
    client, address = as_(who and getattr(cast, who)), address_of(cast, name)
    made(cast, 0)
    cost(client, address)
    one = cost(client, address)
    made(cast, 1)
    made(cast, 2)
    assert cost(client, address) <= one <= 20


@pytest.mark.parametrize("who", [None, "wang", "zhang", "sun", "qian", "chen"])
@pytest.mark.parametrize("name", [name for name in LISTS if name not in (*PUBLIC, "information-list")])
def test_who_does_not_read_information_opens_no_list_of_it(cast, as_, name, who):
    answer = as_(who and getattr(cast, who)).get(reverse(name))
    assert answer.status_code == (302 if who is None else 403)


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("who", [None, "zhang", "sun", "zhao", "qian"])
def test_a_report_is_not_there_for_strangers(cast, as_, state, who):
    row = make.report(cast, state)
    answer = as_(who and getattr(cast, who)).get(row.get_absolute_url())
    assert answer.status_code == (302 if who is None else 404)


@pytest.mark.parametrize("who", [None, "zhao", "qian", "wang"])
def test_the_doors_of_writing_are_closed_to_others(cast, as_, who):
    """Another's draft, an issue and a trace: found by nobody who may not read them, and nothing changes."""
    row, trace = make.report(cast, by=cast.li, whose=make.information.Whose(reporter="县工商联")), make.trace(cast)
    issue = make.bulletin(cast)
    client = as_(who and getattr(cast, who))
    expected = (302,) if who is None else (404,)
    for name, args in {
        "information-submit": [row.key], "information-withdraw": [row.key], "bulletin-put-forward": [issue.pk],
        "bulletin-drop": [issue.pk], "bulletin-deliver": [issue.pk], "trace-show": [trace.pk],
        "trace-step": [trace.pk], "trace-edit": [trace.pk],
    }.items():  # fmt: skip
        assert client.post(reverse(name, args=args), {"public": "1", "title": "改"}).status_code in expected, name
    row.refresh_from_db()
    trace.refresh_from_db()
    issue.refresh_from_db()
    assert (row.state, trace.is_public, trace.title) == (S.DRAFT, False, "农村客运从停运到公交化")
    assert issue.state == B.EDITING


def test_what_was_typed_stays_in_every_form(cast, as_):
    """Each is sent with one thing missing and one sentence that must come back."""
    client, kept = as_(cast.li), "这句话要留着"
    issue, sent = make.bulletin(cast, B.ISSUED), make.delivery(cast)
    editing = make.bulletin(cast, reports=[make.report(cast, S.REGISTERED, title="正在编")])
    row, trace = make.instruction(cast), make.trace(cast)
    for address, given in {
        reverse("bulletin-edit", args=[editing.pk]): {"title": "", "text": kept, "range": "县委"},
        reverse("bulletin-deliver", args=[issue.pk]): {"delivery-receiver": kept, "delivery-sent_on": "x"},
        reverse("delivery-adopt", args=[sent.pk]): {f"adopt-{sent.pk}-adopted_as": kept},
        reverse("instruction-edit", args=[row.pk]): {"quote": kept},
        reverse("instruction-follow", args=[row.pk]): {"follow-words": kept},
        reverse("trace-step", args=[trace.pk]): {"step-words": kept, "step-on": "2099-01-01"},
        reverse("trace-new"): {"title": kept * 20},
    }.items():
        answer = client.post(address, given)
        assert answer.status_code == 400, address
        assert kept in answer.content.decode(), address
