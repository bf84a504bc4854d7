"""The demo, loaded on an ordinary day and on the first working day of a year, and what a person then finds."""

import csv
import lzma
from collections import Counter
from datetime import datetime
from io import StringIO

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from config.demo.accounts import ACCOUNTS, PASSWORD, TABLE
from config.demo.names import FIRST, SECOND, SURNAMES
from config.milestones import clock
from config.notices.models import Notice
from consultation.models import AnnualPlan, Consultation, Outcome, OutcomeTask, Session, Topic
from consultation.states import ConsultationState, OutcomeClass, OutcomeState, PlanState, TaskState, TopicSource
from members.models import (
    Body,
    BodyKind,
    Committee,
    Member,
    Membership,
    Organisation,
    OrganisationKind,
    Post,
    Region,
    RegionLevel,
    User,
)
from members.presets import committees as presets
from proposals.models import (
    Appraised,
    Assignment,
    Bulletin,
    Extension,
    HandingMeeting,
    Information,
    LookBackItem,
    MicroProposal,
    MicroResult,
    Proposal,
    Rating,
    Reply,
    ResultTag,
    Round,
    Signature,
    Trace,
    UnitAppraisal,
)
from proposals.queries import matters as queries
from proposals.states import (
    AppraisalState,
    AssignmentRole,
    AssignmentState,
    BulletinState,
    InformationState,
    LookBackItemState,
    MicroState,
    ProposalState,
    ProposerKind,
    ReplyState,
    RequestState,
    Satisfaction,
    SignatureState,
    SupervisionKind,
    Timing,
)
from workstations.models import Workstation
from workstations.queries.stations import coverage

DAYS = ["2026-11-23 10:00", "2027-01-04 08:30"]
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # as tests/conftest.py has it
PLACES = ("430000", "4310", "440000", "441900")  # prefixes of the codes that the demo stands on


@pytest.fixture(scope="module")
def few_regions(tmp_path_factory):
    """The shipped divisions of the demo's places alone: the whole country has a test of its own."""
    path = tmp_path_factory.mktemp("regions") / "regions.csv"
    with lzma.open(presets.REGIONS, "rt", encoding="utf-8") as source, path.open("w", encoding="utf-8") as target:
        rows = csv.reader(source)
        csv.writer(target).writerows([next(rows), *(row for row in rows if row[0].startswith(PLACES))])
    return path


@pytest.fixture(scope="module", params=DAYS)
def demo(request, django_db_setup, django_db_blocker, few_regions, tmp_path_factory):
    """Loaded once for the module, in a transaction that is rolled back."""
    now = datetime.strptime(request.param, "%Y-%m-%d %H:%M").replace(tzinfo=timezone.get_default_timezone())
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), time_machine.travel(now):
        patch.setattr(presets, "REGIONS", few_regions)
        uploads = tmp_path_factory.mktemp("uploads")
        with override_settings(MEDIA_ROOT=uploads, PASSWORD_HASHERS=QUICK), transaction.atomic():
            call_command("load_demo", stdout=StringIO())
            yield Committee.objects.get(slug="jiahe")
            transaction.set_rollback(True)


def as_(username):
    client = Client()
    client.force_login(User.objects.get(username=username), backend="members.auth.NameOrPhoneBackend")
    return client


# --- places and people -------------------------------------------------------------------------------------------


def test_jiahe_is_as_large_as_it_really_is(demo):
    inside = Region.objects.within(demo.region)
    assert [inside.filter(level=level).count() for level in (RegionLevel.TOWN, RegionLevel.VILLAGE)] == [10, 201]
    assert demo.members.count() == 188
    kinds = Counter(demo.bodies.values_list("kind", flat=True))
    assert kinds == {BodyKind.SECTOR: 18, BodyKind.SPECIAL_COMMITTEE: 5, BodyKind.DUTY_GROUP: 10}
    assert (demo.upper.slug, [below.slug for below in demo.upper.lower.all()]) == ("chenzhou", ["yongxing", "jiahe"])


def test_every_member_sits_in_one_special_committee_of_one_director_one_deputy_and_others(demo):
    seats = Membership.objects.filter(body__committee=demo, body__kind=BodyKind.SPECIAL_COMMITTEE)
    assert Counter(seats.values_list("member", flat=True)) == dict.fromkeys(
        demo.members.values_list("pk", flat=True), 1
    )
    ranks = Counter(seats.exclude(post=Post.MEMBER).values_list("body", "post"))
    special = Body.objects.filter(committee=demo, kind=BodyKind.SPECIAL_COMMITTEE)
    assert ranks == {(body.pk, post): 1 for body in special for post in (Post.DIRECTOR, Post.DEPUTY)}


def test_every_town_has_a_duty_group_with_leader_and_secretary_and_a_station(demo):
    ranks = Membership.objects.filter(body__committee=demo, body__kind=BodyKind.DUTY_GROUP).exclude(post=Post.MEMBER)
    towns = Region.objects.within(demo.region).filter(level=RegionLevel.TOWN)
    assert Counter(ranks.values_list("body__region", "post")) == {
        (town.pk, post): 1 for town in towns for post in (Post.LEADER, Post.SECRETARY)
    }
    leaders = ranks.filter(post=Post.LEADER)
    assert {seat.member.work_post == f"{seat.body.region}党委副书记" for seat in leaders} == {True}
    assert (coverage(demo).covered, coverage(demo).total) == (10, 10)
    assert Workstation.objects.filter(committee=demo).values("kind").distinct().count() == 12


def test_units_can_be_handed_something_at_once(demo):
    units = Organisation.objects.filter(committee=demo).that_handle()
    kinds = Counter(units.values_list("kind", flat=True))
    assert kinds == {
        OrganisationKind.HANDLING_UNIT: 14,
        OrganisationKind.TOWN: 10,
        OrganisationKind.VILLAGE_COMMITTEE: 4,
    }
    assert not units.filter(leader_name="").exists()
    assert not units.filter(default_handler=None).exists()


def test_all_names_are_invented_and_all_numbers_belong_to_nobody(demo):
    named = {account.username: account.name for account in ACCOUNTS}
    invented = set(User.objects.exclude(username__in=named).values_list("name", flat=True))
    assert {name for name in invented if not (name[0] in SURNAMES and name[1] in FIRST and name[2] in SECOND)} == set()
    assert len(invented) == User.objects.exclude(username__in=named).count()
    assert dict(User.objects.filter(username__in=named).values_list("username", "name")) == named
    assert User.objects.exclude(phone__startswith="1000000").count() == 0


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.username)
def test_every_account_of_the_table_signs_in_and_has_something_to_see(demo, account):
    client = Client()
    client.post(reverse("login"), {"username": account.username, "password": PASSWORD})
    home = client.get(reverse("home"))
    assert (home.status_code, home.context["user"].name) == (200, account.name)
    assert (account.role, account.username, PASSWORD, account.first) in TABLE


# --- what happened -----------------------------------------------------------------------------------------------


def test_there_is_a_matter_in_every_state(demo):
    micros = MicroProposal.objects.filter(committee=demo)
    assert micros.count() == 50
    assert set(micros.values_list("state", flat=True)) == set(MicroState.values)
    assert set(Assignment.objects.filter(committee=demo).values_list("state", flat=True)) == set(AssignmentState.values)
    assert set(Extension.objects.values_list("state", flat=True)) == set(RequestState.values)
    assert Assignment.objects.filter(committee=demo).overdue(timezone.localdate()).count() >= 3
    assert set(Round.objects.filter(number=2).values_list("assignment__state", flat=True)) == {
        AssignmentState.HANDLING,
        AssignmentState.REPLIED,
        AssignmentState.MEETING,
        AssignmentState.FOLLOWING,
    }


def test_what_the_accounts_are_told_to_try_first_is_there(demo):
    def waiting(username):
        return {question["title"] for question in as_(username).get(reverse("home")).context["desk"].to_do}

    assert {"等我评价的答复", "等我补正或提交的微建议"} <= waiting("wang")
    assert {"等本办联审的微建议", "等我会签的计划"} <= waiting("dang") & waiting("zheng")
    assert {"等我交办的微建议", "等我办的协商成果"} <= waiting("li")
    assert {"等我签发的答复"} <= waiting("chen")
    assert {"等我签收的交办件"} <= waiting("zhang")
    assert {"等我签发的答复", "等我评价的答复"} <= waiting("deng")
    user, today = User.objects.get(username="sun"), timezone.localdate()
    assert queries.awaiting_extension(user).count() == 1
    assert queries.awaiting_verification(user, today).filter(micro__isnull=False).count() == 1


def test_this_years_plan_was_issued_by_three_offices_and_its_items_come_from_five_sources(demo):
    year = timezone.localdate().year
    plan = AnnualPlan.objects.current().get(committee=demo, year=year)
    assert plan.formula_name == "1124+N"
    assert [(quota.count, quota.open_ended) for quota in plan.quotas.all()] == [
        (1, False), (1, False), (2, False), (4, False), (0, True),
    ]  # fmt: skip
    assert plan.signatures.filter(void_at=None).count() == 3
    assert set(Topic.objects.filter(items__plan=plan).values_list("source", flat=True)) == set(TopicSource.values)
    waiting = AnnualPlan.objects.get(committee=demo, year=year + 1)
    assert (waiting.state, waiting.signatures.count()) == (PlanState.APPROVED, 1)


def test_consultations_stand_at_different_points_and_outcomes_of_all_classes_were_routed(demo):
    states = set(Consultation.objects.filter(committee=demo).values_list("state", flat=True))
    assert states == set(ConsultationState.values)
    assert Session.objects.filter(consultation__committee=demo, starts_at__gt=timezone.now()).count() == 2
    outcomes = Outcome.objects.filter(committee=demo)
    for state in (OutcomeState.ROUTED, OutcomeState.DONE):
        assert set(outcomes.filter(state=state).values_list("outcome_class", flat=True)) == set(OutcomeClass.values)
    assert outcomes.filter(state=OutcomeState.DRAFTED).count() == 1
    assert set(OutcomeTask.objects.values_list("state", flat=True)) == {TaskState.OPEN, TaskState.DONE}


def test_the_neighbours_have_their_own(demo):
    neighbour = Committee.objects.get(slug="yongxing")
    assert (neighbour.members.count(), neighbour.micros.count()) == (38, 6)
    assert AnnualPlan.objects.current().filter(committee__in=[neighbour, demo.upper]).count() == 2
    assert as_("zhao").get(reverse("micro-detail", args=[demo.micros.first().key])).status_code == 404


# --- the proposals' year -----------------------------------------------------------------------------------------


def test_proposals_stand_at_every_point_of_their_way(demo):
    proposals = Proposal.objects.filter(committee=demo)
    assert set(proposals.values_list("state", flat=True)) == set(ProposalState.values) - {ProposalState.WITHDRAWN}
    assert set(proposals.values_list("timing", flat=True)) == {"", *Timing.values}
    assert {
        ProposerKind.MEMBER,
        ProposerKind.JOINT,
        ProposerKind.MASS,
        ProposerKind.SECTOR,
        ProposerKind.SPECIAL,
    } == set(proposals.values_list("kind", flat=True))
    assert set(Signature.objects.values_list("state", flat=True)) == {
        SignatureState.SIGNED, SignatureState.ASKED, SignatureState.LAPSED,
    }  # fmt: skip
    rejected = proposals.get(state=ProposalState.REJECTED).reviews.get()
    assert rejected.grounds.get().words == "为本人或亲属解决个人问题的"
    assert proposals.get(state=ProposalState.TURNED).information.get().state == InformationState.SUBMITTED
    merged = proposals.get(state=ProposalState.MERGED)
    own = merged.assignments.get()
    assert (own.lead.proposal, own.unit) == (merged.lead, merged.lead.unit)
    assert own.rounds.get().reply.text != merged.lead.assignments.get().rounds.get().reply.text


def test_units_lead_join_and_share_and_one_proposal_went_to_the_wrong_one_first(demo):
    cases = Assignment.objects.filter(proposal__committee=demo)
    assert set(cases.values_list("role", flat=True)) == set(AssignmentRole.values)
    assert HandingMeeting.objects.filter(committee=demo, done_at=None).count() == 1
    wrong = cases.get(state=AssignmentState.RETURNED)
    right = wrong.proposal.assignments.get(role=AssignmentRole.LEAD, unit=wrong.proposal.unit)
    assert wrong.returnrequests.get().suggested == right.unit
    assert (right.contacts.count(), right.joined.filter(waived_at=None).count(), right.joined.count()) == (3, 1, 2)
    replies = Reply.objects.filter(round__assignment__in=cases, state=ReplyState.SENT)
    assert set(replies.values_list("grade", flat=True)) == {"", "A", "B", "C"}
    ratings = Rating.objects.filter(reply__in=replies)
    assert set(ratings.values_list("satisfaction", flat=True)) == set(Satisfaction.values)


def test_late_extended_and_paused_proposals_differ(demo):
    today = timezone.localdate()
    late = Assignment.objects.filter(proposal__isnull=False).overdue(today).get()
    assert late.supervisions.get(kind=SupervisionKind.DUNNING).serial.startswith("催办〔")
    extended = Assignment.objects.get(extensions__state=RequestState.GRANTED, proposal__isnull=False)
    assert extended.due_on > today
    assert Assignment.objects.filter(paused_on__isnull=False).get().state == AssignmentState.HANDLING


def test_key_and_excellent_ones_were_chosen_and_the_public_follows_one(demo):
    keys = Proposal.objects.filter(committee=demo, is_key=True)
    ruled = keys.get(candidacies__is_automatic=True)
    assert (keys.count(), ruled.organisation.short_name) == (2, "县工商联")
    assert Proposal.objects.filter(committee=demo, is_excellent=True).count() == 2
    page = Client().get(reverse("showcase", args=[ruled.key]))
    assert page.status_code == 200
    for words in ("确定为重点提案", "https://news.example.org/foundry-visit", "盼着早点改好", "首批三家企业已经开工"):
        assert words in page.content.decode()
    assert "留一条给行人走的路" not in page.content.decode()


def test_last_years_promises_are_looked_back_at_and_its_units_are_appraised(demo):
    items = LookBackItem.objects.filter(campaign__committee=demo)
    assert Counter(items.values_list("state", flat=True)) == dict.fromkeys(LookBackItemState.values, 1)
    drafts = dict(UnitAppraisal.objects.filter(committee=demo).values_list("of", "state"))
    assert drafts == {Appraised.UNITS: AppraisalState.PUBLISHED, Appraised.TOWNS: AppraisalState.DRAFT}


def test_a_report_became_an_issue_an_instruction_and_a_measure_that_everybody_can_read(demo):
    assert set(Information.objects.filter(committee=demo).values_list("state", flat=True)) == set(
        InformationState.values
    ) - {InformationState.DRAFT, InformationState.WITHDRAWN}
    issue = Bulletin.objects.get(committee=demo, state=BulletinState.ISSUED)
    assert issue.deliveries.filter(adopted_on__isnull=False).count() == 2
    assert issue.instructions.get().steps.count() == 2
    trace = Client().get(Trace.objects.get(committee=demo).get_absolute_url()).content.decode()
    assert trace.index("家长会上的一句话") < trace.index("县领导批示") < trace.index("两处早餐便民点建成")


def test_a_member_led_a_micro_proposal_to_a_service(demo):
    result = MicroResult.objects.get(micro__committee=demo)
    assert (result.tag, result.micro.state) == (ResultTag.SERVICE, MicroState.CLOSED)
    assert result.micro.leads.get().member.user.username == "wang"
    assert result.title in Client().get(result.micro.get_absolute_url()).content.decode()


def test_the_accounts_find_their_part_of_the_proposals(demo):
    def waiting(username):
        desk = as_(username).get(reverse("home")).context["desk"].to_do
        return {row["title"] for question in desk for row in question["rows"]}

    assert {"提案请您签名", "提案草稿和退回补充的"} <= waiting("wang")
    assert {"提案等您审查", "已立案等您交办"} <= waiting("lu")
    assert {"社情民意等您签发"} <= waiting("zhou")
    assert {"回头看等您单位自查"} <= waiting("deng")
    people = {user.username: user for user in User.objects.filter(username__in=["chen", "zhang", "xiang"])}
    to_sign = queries.awaiting_signature(people["chen"]).values_list("round__assignment__title", flat=True)
    assert "关于老旧小区加装电梯的提案" in set(to_sign)
    pending = Assignment.objects.filter(state=AssignmentState.PENDING, handler=people["zhang"])
    assert "关于乡镇敬老院开展日间照料的提案" in set(pending.values_list("title", flat=True))
    to_rate = queries.awaiting_rating(people["xiang"]).values_list("title", flat=True)
    assert list(to_rate) == ["关于改进小微企业用工对接的提案"]


# --- how it was told ---------------------------------------------------------------------------------------------


def test_the_reminders_of_the_past_have_gone_out_and_none_is_left_to_flood(demo):
    assert Notice.objects.filter(kind="assignment-due").count() > 100
    assert Notice.objects.filter(kind="reminder.digest").count() == 0
    report = clock.sweep(at=timezone.now())
    assert (report.done, report.failed, report.notices) == (0, 0, 0)
    assert Notice.objects.filter(created_at__gt=timezone.now()).count() == 0


def test_what_was_said_was_said_before_today(demo):
    assert MicroProposal.objects.filter(created_at__date__gte=timezone.localdate()).count() == 0
    late = Assignment.objects.filter(rounds__reply__state=ReplyState.SENT, replied_at__date__gte=timezone.localdate())
    assert late.count() == 0


def test_a_second_run_changes_nothing(demo):
    def counts():
        return {model._meta.label: model.objects.count() for model in apps.get_models() if hasattr(model, "objects")}

    before, out = counts(), StringIO()
    call_command("load_demo", stdout=out)
    assert (out.getvalue(), counts()) == ("演示数据已经在库中，没有改动。\n", before)


def test_a_county_that_is_there_already_is_left_alone(cast, few_regions, monkeypatch):
    monkeypatch.setattr(presets, "REGIONS", few_regions)
    with pytest.raises(CommandError, match="嘉禾县已经有"):
        call_command("load_demo")
    assert [Committee.objects.count(), cast.committee.members.count()] == [2, 1]


def test_production_has_no_demo(db, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="演示数据不能载入正式环境"):
        call_command("load_demo")
    assert Member.objects.count() == 0
