"""Instructions: quoted inside, told outside without the quote, followed by steps; the ledger hears once."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from config.notices.models import Notice
from config.refusals import Incomplete, Refusal
from members.facts import Fact, Share
from members.models import DutyRecord
from proposals.models import Instruction, InstructionStep
from proposals.services import instructions as services
from proposals.services import traces
from proposals.states import BulletinState, InformationState, ProposalState
from tests.factories import formal
from tests.factories import information as make
from tests.factories import members as people
from tests.factories.information import AT, TODAY

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def records():
    found = DutyRecord.objects.standing().filter(fact=Fact.INSTRUCTION)
    return sorted(found.values_list("member__user__name", "detail", "share"))


def test_on_an_issue_its_authors_hear_without_the_quote(cast):
    row = make.instruction(cast)
    assert records() == [("王委员", "county", Share.SOLE)]
    told = Notice.objects.get(recipient=cast.wang, kind="information-instruction")
    assert told.title == "您反映的《农村客运停运老人就医不便》得到县级领导批示"
    assert row.quote not in told.title + told.body
    assert row.leader_name not in told.title + told.body


def test_on_a_proposal_its_signers_count_by_their_share(cast):
    colleague = people.member(people.user("colleague", "另一委员"), cast.committee)
    proposal = formal.proposal(cast, ProposalState.FILED, co=[colleague])
    make.instruction(cast, proposal=proposal, level="city")
    assert records() == [("另一委员", "city", Share.JOINT), ("王委员", "city", Share.FIRST)]


def test_on_another_paper_nobody_counts(cast):
    make.instruction(cast, about="关于农村客运的调研报告")
    assert records() == []


@pytest.mark.parametrize("state", [state for state in BulletinState if state != BulletinState.ISSUED])
def test_not_before_the_issue_is_signed(cast, state):
    with pytest.raises(Refusal):
        make.instruction(cast, make.bulletin(cast, state))


@pytest.mark.parametrize("state", [ProposalState.DRAFT, ProposalState.SUBMITTED, ProposalState.REJECTED])
def test_not_before_the_proposal_is_filed(cast, state):
    with pytest.raises(Refusal):
        make.instruction(cast, proposal=formal.proposal(cast, state))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"about": " "}, "about"), ({"about": "报告", "quote": " "}, "quote"),
        ({"about": "报告", "on": TODAY + DAY}, "on"), ({"about": "报告", "on": None}, "on"),
        ({"about": "报告", "leader_name": ""}, "leader_name"), ({"about": "报告", "level": "moon"}, "level"),
        ({"about": "报告", "on": datetime.date(1, 1, 1)}, None),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(cast, wrong, field):
    with pytest.raises(Incomplete) as refused:
        make.instruction(cast, **wrong)
    assert field is None or field in refused.value.fields
    assert not Instruction.objects.exists()


def test_the_same_one_is_noted_once(cast):
    make.instruction(cast, about="报告")
    with pytest.raises(Refusal):
        make.instruction(cast, about="报告")
    assert Instruction.objects.count() == 1


@pytest.mark.parametrize("who", ["wang", "zhou", "sun", "zhang", "zhao"])
def test_only_the_register_notes_it_down(cast, who):
    row, by = make.instruction(cast), getattr(cast, who)
    for do in (
        lambda: services.note(committee=cast.committee, about="报告", by=by, at=AT),
        lambda: services.edit(row, quote="改", by=by, at=AT),
        lambda: services.follow(row, on=TODAY, who="县交通局", words="已恢复", by=by, at=AT),
        lambda: services.strike(row, words="错", by=by, at=AT),
    ):
        with pytest.raises(PermissionDenied):
            do()
    assert Instruction.objects.get().quote == row.quote


def test_who_reads_the_quote(cast, as_):
    on_issue = make.instruction(cast)
    on_proposal = make.instruction(cast, proposal=formal.proposal(cast, ProposalState.FILED))
    seen = {
        name: [as_(getattr(cast, name)).get(row.get_absolute_url()).status_code for row in (on_issue, on_proposal)]
        for name in ("li", "zhou", "sun", "wang", "zhang", "zhao")
    }
    assert seen == {
        "li": [200, 200], "zhou": [200, 200], "sun": [404, 200], "wang": [404, 404], "zhang": [404, 404],
        "zhao": [404, 404],
    }  # fmt: skip


def test_what_followed_is_told_to_the_author_once(cast):
    row = make.instruction(cast)
    given = {"on": TODAY, "who": "县交通局", "words": "已恢复早晚班次"}
    services.follow(row, **given, by=cast.li, at=AT)
    with pytest.raises(Refusal):
        services.follow(row, **given, by=cast.li, at=AT)
    assert InstructionStep.objects.count() == 1
    assert Notice.objects.get(recipient=cast.wang, kind="information-followed").body == "县交通局：已恢复早晚班次"
    with pytest.raises(Incomplete):
        services.follow(row, **{**given, "on": row.on - DAY}, by=cast.li, at=AT)
    with pytest.raises(Incomplete):
        services.follow(row, **{**given, "words": " "}, by=cast.li, at=AT)


def test_corrected_the_ledger_follows(cast):
    row = make.instruction(cast)
    services.edit(row, level="city", by=cast.li, at=AT)
    assert records() == [("王委员", "city", Share.SOLE)]


def test_noted_by_mistake_it_goes_and_the_ledger_with_it(cast):
    row = make.instruction(cast)
    services.follow(row, on=TODAY, who="县交通局", words="已恢复", by=cast.li, at=AT)
    with pytest.raises(Incomplete):
        services.strike(row, words="", by=cast.li, at=AT)
    services.strike(row, words="登记错了", by=cast.li, at=AT)
    assert records() == []
    assert not Instruction.objects.exists()


def test_one_in_a_trace_stays(cast):
    row = make.instruction(cast)
    trace = make.trace(cast, steps=0)
    traces.add(trace, kind="instruction", on=row.on, title="县长批示", instruction=row, by=cast.li, at=AT)
    with pytest.raises(Refusal, match="跟踪链"):
        services.strike(row, words="错", by=cast.li, at=AT)


def test_the_course_of_a_report_says_level_and_steps_but_not_the_quote(cast, as_):
    report = make.report(cast, InformationState.ISSUED)
    make.adopted(cast, report.bulletin)
    row = make.instruction(cast, report.bulletin)
    services.follow(row, on=TODAY, who="县交通局", words="已恢复早晚班次", by=cast.li, at=AT)
    page = as_(cast.wang).get(report.get_absolute_url()).content.decode()
    for told in ("县级领导批示", "已恢复早晚班次", "编入社情民意2026年第1期", "县委办公室采用"):
        assert told in page
    assert row.quote not in page
