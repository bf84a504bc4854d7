"""Pages of instructions: who opens them, on which paper, what a proposal's page tells, when nothing followed."""

import re

import pytest
from django.urls import reverse

from config.milestones import clock
from config.milestones.models import Milestone
from config.notices.models import Notice
from proposals.models import Instruction
from proposals.services import instructions as services
from proposals.services import traces
from proposals.states import BulletinState, ProposalState
from tests.factories import formal
from tests.factories import information as make
from tests.factories.information import AT, TODAY

pytestmark = pytest.mark.django_db
GIVEN = {"leader_name": "李县长", "leader_post": "县长", "level": "county", "on": "2026-11-20", "quote": "请速办。"}
LATE = AT.replace(month=12, day=20)


def filed(cast, **fields):
    return formal.proposal(cast, ProposalState.FILED, **fields)


def page_of(client, row):
    return client.get(row.get_absolute_url()).content.decode()


@pytest.mark.parametrize("who", [None, "wang", "zhang", "sun", "zhao", "qian"])
def test_the_list_and_the_form_are_for_those_who_read_and_keep(cast, as_, who):
    row = make.instruction(cast)
    client = as_(who and getattr(cast, who))
    refused = (302,) if who is None else (403,)
    if who == "zhao":  # keeps the register of another county: an own list, without this one
        assert row.quote not in client.get(reverse("instruction-list")).content.decode()
    else:
        for name in ("instruction-list", "instruction-new"):
            assert client.get(reverse(name)).status_code in refused
    for name, data in {"instruction": {}, "instruction-edit": GIVEN, "instruction-follow": {}}.items():
        address = reverse(name, args=[row.pk])
        answer = client.post(address, data) if data or name == "instruction-follow" else client.get(address)
        assert answer.status_code == (302 if who is None else 404)
    row.refresh_from_db()
    assert (row.quote, row.steps.count()) == ("请交通局一周内拿出方案。", 0)


def test_the_chair_reads_and_does_not_write(cast, as_):
    row, chair = make.instruction(cast), as_(cast.zhou)
    page = page_of(chair, row)
    assert row.quote in page
    assert reverse("instruction-follow", args=[row.pk]) not in page
    assert chair.post(reverse("instruction-strike", args=[row.pk]), {"strike-words": "错"}).status_code == 403
    assert chair.get(reverse("instruction-new")).status_code == 403


@pytest.mark.parametrize("paper", ["bulletin", "proposal"])
def test_from_the_paper_the_form_keeps_it_until_it_is_noted(cast, as_, paper):
    """The form is sent to the address it was opened at, as a browser does it, first with something missing."""
    client = as_(cast.li)
    row = make.bulletin(cast, BulletinState.ISSUED) if paper == "bulletin" else filed(cast)
    found = re.search(r'href="(/office/instructions/new/[^"]*)"', page_of(client, row))
    address = found[1].replace("&amp;", "&")
    assert 'name="about"' not in client.get(address).content.decode()
    bad = client.post(address, {**GIVEN, "leader_post": ""})
    assert bad.status_code == 400
    assert "请速办。" in bad.content.decode()
    assert client.post(address, GIVEN).status_code == 302
    assert getattr(Instruction.objects.get(), paper) == row


def test_a_proposals_page_quotes_for_the_office_and_tells_its_signers_what_followed(cast, as_):
    proposal = filed(cast, publication="full")
    row = make.instruction(cast, proposal=proposal)
    services.follow(row, on=TODAY, who="县交通局", words="已恢复班次。", by=cast.li, at=AT)
    office = page_of(as_(cast.li), proposal)
    assert row.quote in office
    assert row.get_absolute_url() in office
    signer = page_of(as_(cast.wang), proposal)
    assert "县级领导批示" in signer
    assert "已恢复班次。" in signer
    for kept in (row.quote, row.leader_name, row.get_absolute_url()):
        assert kept not in signer
    assert "领导批示" not in page_of(as_(None), proposal)


def test_who_signed_the_proposal_hears_of_it_without_the_quote(cast):
    row = make.instruction(cast, proposal=filed(cast))
    told = Notice.objects.get(recipient=cast.wang, kind="proposal-instruction")
    assert told.url == row.proposal.get_absolute_url()
    assert row.quote not in told.title + told.body
    services.follow(row, on=TODAY, who="县交通局", words="已恢复班次。", by=cast.li, at=AT)
    assert "县交通局" in Notice.objects.get(recipient=cast.wang, kind="proposal-followed").body


def test_the_register_is_asked_once_what_followed(cast):
    row = make.instruction(cast)
    for _ in range(2):
        clock.sweep(at=LATE)
    told = Notice.objects.get(kind="instruction-due")
    assert (told.recipient, told.url) == (cast.li, row.get_absolute_url())


@pytest.mark.parametrize("how", ["followed", "struck"])
def test_nobody_is_asked_where_it_is_settled(cast, how):
    row = make.instruction(cast)
    if how == "followed":
        services.follow(row, on=TODAY, who="县交通局", words="已恢复", by=cast.li, at=AT)
    else:
        services.strike(row, words="记错了", by=cast.li, at=AT)
    clock.sweep(at=LATE)
    assert not Notice.objects.filter(kind="instruction-due").exists()
    assert not Milestone.objects.pending().filter(kind=services.KIND).exists()


def test_a_step_noted_while_the_clock_runs_is_seen(cast):
    """The moment still stands, but a line came in without it being cancelled."""
    row = make.instruction(cast)
    row.steps.create(on=TODAY, who="县交通局", words="已恢复", by=cast.li, at=AT)
    clock.sweep(at=LATE)
    assert not Notice.objects.filter(kind="instruction-due").exists()


def test_it_leads_to_the_traces_that_it_is_part_of(cast, as_):
    row = make.instruction(cast)
    report = row.bulletin.reports.get()
    trace = make.trace(cast)
    for kind, own in (("instruction", {"instruction": row}), ("information", {"information": report})):
        traces.add(trace, kind=kind, on=TODAY, title="列入", by=cast.li, at=AT, **own)
    assert trace.get_absolute_url() in page_of(as_(cast.li), row)
    assert trace.get_absolute_url() in page_of(as_(cast.li), report)
    assert trace.get_absolute_url() not in page_of(as_(cast.wang), report)  # not opened to the public yet
    traces.show(trace, public=True, by=cast.li, at=AT)
    assert trace.get_absolute_url() in page_of(as_(cast.wang), report)
