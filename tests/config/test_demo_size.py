"""`load_demo --size` with few proposals: rows stand as the services leave them, people see what is theirs."""

import csv
import lzma
from io import StringIO

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import Count, Q
from django.test import override_settings

from config.audit.models import AuditEntry
from config.demo import sized, sized_world
from config.demo.accounts import PASSWORD
from config.milestones.models import Milestone
from config.search.entries import SearchEntry
from members.models import Committee, Member, Organisation, User, next_number
from members.presets import committees as presets
from proposals.models import (
    Assignment,
    Bulletin,
    Information,
    LookBack,
    LookBackItem,
    Plenary,
    Proposal,
    Rating,
    Reply,
    Round,
    Signature,
    Supervision,
)
from proposals.queries import look_backs
from proposals.states import (
    FILED,
    OPEN,
    UNSENT,
    AssignmentRole,
    AssignmentState,
    InformationState,
    LookBackState,
    ProposalState,
    ReplyState,
    SignatureState,
)

NOW = "2026-11-23 10:00+08:00"
SIZE = 120
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]
S, A = ProposalState, AssignmentState


@pytest.fixture(scope="module")
def no_regions(tmp_path_factory):
    """The county is invented: it needs no real division."""
    path = tmp_path_factory.mktemp("regions") / "regions.csv"
    with lzma.open(presets.REGIONS, "rt", encoding="utf-8") as source, path.open("w", encoding="utf-8") as target:
        rows = csv.reader(source)
        csv.writer(target).writerows([next(rows), *(row for row in rows if row[0] == "110000000000")])
    return path


@pytest.fixture
def county(db, no_regions, monkeypatch):
    monkeypatch.setattr(presets, "REGIONS", no_regions)
    with time_machine.travel(NOW), override_settings(PASSWORD_HASHERS=QUICK):
        out = StringIO()
        call_command("load_demo", size=SIZE, stdout=out)
        committee = Committee.objects.get(slug=sized_world.SLUG)
        committee.told = out.getvalue()
        yield committee


def everything() -> dict:
    models = [*apps.get_app_config("proposals").get_models(), User, Member, Organisation, Milestone, AuditEntry]
    return {model._meta.label: model.objects.count() for model in models}


def test_a_second_run_adds_nothing(county):
    before = everything()
    out = StringIO()
    call_command("load_demo", size=SIZE * 2, stdout=out)
    assert "没有改动" in out.getvalue()
    assert everything() == before


def test_so_many_proposals_of_five_years_in_every_state(county):
    proposals = Proposal.objects.filter(committee=county)
    assert proposals.count() == SIZE
    assert Plenary.objects.filter(committee=county).count() == 5
    assert Organisation.objects.filter(committee=county).that_handle().count() == 40
    states = set(proposals.values_list("state", flat=True))
    assert {S.DRAFT, S.SUBMITTED, S.RETURNED, S.FILED, S.ASSIGNED, S.CLOSED} <= states
    assert {A.PENDING, A.HANDLING, A.REPLIED, A.CLOSED} <= set(Assignment.objects.values_list("state", flat=True))
    assert Information.objects.filter(committee=county).count() >= SIZE // 3
    assert f"提案 {SIZE}" in county.told
    assert User.objects.get(username=sized_world.SLUG).check_password(PASSWORD)
    assert not User.objects.filter(phone__regex=r"^1[3-9]").exists()


def test_every_row_passes_its_own_validation(county):
    for model in apps.get_app_config("proposals").get_models():
        for row in model.objects.all():
            row.full_clean(validate_unique=False, exclude=_blank(row))


def _blank(row):
    """Fields that services leave empty although a form would ask for them."""
    return [field.name for field in row._meta.fields if not field.editable or not getattr(row, field.attname)]


def test_numbers_have_no_gap_and_the_next_one_comes_after(county):
    for plenary in Plenary.objects.filter(committee=county):
        numbers = sorted(plenary.proposals.filter(number__isnull=False).values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
        assert next_number(county, f"proposal-{plenary.term}", plenary.number) == len(numbers) + 1
    assert not Proposal.objects.filter(state__in=FILED, number=None).exists()
    bulletins = Bulletin.objects.filter(year=2026)
    assert next_number(county, "bulletin", 2026) == bulletins.count() + 1


def test_a_proposal_repeats_how_its_lead_units_case_stands(county):
    handed = Proposal.objects.filter(state__in=[S.ASSIGNED, S.CLOSED, S.MERGED]).order_by("pk")
    for proposal in handed:
        live = proposal.assignments.exclude(state=A.RETURNED).exclude(role=AssignmentRole.CO)
        lead = live.first()
        if lead is None:
            assert (proposal.state, proposal.unit) == (S.MERGED, None)
            continue
        assert proposal.unit == lead.unit
        sent = Reply.objects.filter(round__assignment=lead, state=ReplyState.SENT).order_by("round__number").last()
        assert proposal.grade == (sent.grade if sent else "")
        if sent:
            assert (proposal.publication, proposal.private_reason) == (sent.publication, sent.private_reason)
        said = Rating.objects.filter(reply__round__assignment=lead, by=lead.rater).order_by("at").last()
        assert proposal.satisfaction == (said.satisfaction if said else "")
        if proposal.state != S.MERGED:
            assert (proposal.state == S.CLOSED) == (lead.state == A.CLOSED)
        else:
            assert lead.lead.proposal == proposal.lead
            assert lead.unit == lead.lead.unit


def test_assignments_stand_as_their_replies_and_ratings_say(county):
    for made in Assignment.objects.select_related("lead").order_by("pk"):
        rounds = list(made.rounds.order_by("number"))
        assert [one.number for one in rounds] == list(range(1, made.round + 1))
        assert rounds[-1].due_on == made.due_on
        reply = Reply.objects.filter(round=rounds[-1]).first()
        sent = bool(reply and reply.state == ReplyState.SENT)
        assert sent == (made.state in (A.REPLIED, A.MEETING, A.FOLLOWING, A.CLOSED))
        assert (made.replied_at is not None) == sent
        assert (made.accepted_at is None) == (made.state == A.PENDING)
        if made.role == AssignmentRole.CO:
            assert made.lead.proposal_id == made.proposal_id
            assert made.lead.replied_at is None or made.replied_at < made.lead.replied_at
            continue
        assert made.contacted_at or not sent
        raters = {made.rater_id, *made.co_raters.values_list("pk", flat=True)} - {None}
        given = dict(reply.ratings.values_list("by", "satisfaction")) if reply else {}
        assert set(given) <= raters
        if made.state in (A.FOLLOWING, A.CLOSED) and not made.settlement:
            assert set(given) == raters
            assert "unsatisfied" not in given.values()
        if made.state == A.FOLLOWING:
            assert reply.grade == "B"
    assert not Round.objects.filter(opened_at__gt="2026-11-23T02:00Z").exists()


def test_nothing_lies_ahead_of_now(county):
    for model, name in ((Proposal, "filed_at"), (Proposal, "closed_at"), (Assignment, "assigned_at"),
                        (Reply, "sent_at"), (Rating, "at"), (Bulletin, "issued_at"), (AuditEntry, "at")):  # fmt: skip
        assert not model.objects.filter(**{f"{name}__gt": "2026-11-23T02:00:01Z"}).exists(), name


def test_signatures_suit_the_kind(county):
    for proposal in Proposal.objects.prefetch_related("signatures").order_by("pk"):
        roles = [row.role for row in proposal.signatures.all()]
        expected = {
            "member": ["first"], "joint": ["first", *["joint"] * (len(roles) - 1)], "party": [],
            "sector": ["convener"], "special": ["convener"],
        }[proposal.kind]  # fmt: skip
        assert roles == expected
        assert (proposal.organisation is not None) == (proposal.kind == "party")
    assert set(Signature.objects.values_list("state", flat=True)) == {SignatureState.SIGNED}


def test_people_see_what_is_theirs(county):
    staff = User.objects.get(username="shifan")
    sent = Proposal.objects.exclude(state__in=UNSENT)
    assert Proposal.objects.visible_to(staff).count() == sent.count()
    first = Signature.objects.filter(role="first", proposal__state=S.ASSIGNED).first()
    assert first.proposal in Proposal.objects.visible_to(first.member.user)
    made = Assignment.objects.filter(state__in=OPEN).order_by("pk").first()
    handler = made.handler
    assert made in Assignment.objects.visible_to(handler)
    assert set(Assignment.objects.visible_to(handler).values_list("unit", flat=True)) == {made.unit_id}
    visitor = Proposal.objects.public()
    assert 0 < visitor.count() < sent.count()


def test_what_is_owed_is_reminded_of_and_what_is_done_is_not(county):
    reminded = set(
        Milestone.objects.filter(kind="assignment", subject_type="proposals.assignment").values_list(
            "subject_id", flat=True
        )
    )
    assert reminded == set(Assignment.objects.filter(state__in=OPEN).values_list("pk", flat=True))
    following = Assignment.objects.filter(state=A.FOLLOWING)
    assert Milestone.objects.filter(kind="promise").count() == following.count()


def test_every_b_that_was_not_seen_kept_is_in_the_running_look_back(county):
    campaign = LookBack.objects.get(state=LookBackState.OPEN)
    held = set(campaign.items.values_list("assignment", flat=True))
    assert held == set(look_backs.to_look_back(county).values_list("pk", flat=True))
    over = LookBackItem.objects.exclude(campaign=campaign)
    assert set(over.values_list("state", flat=True)) <= {"verified"}
    assert not over.filter(assignment__implemented_at=None).exists()


def test_information_is_numbered_and_issued_in_issues(county):
    assert not Information.objects.filter(state=InformationState.ISSUED, bulletin=None).exists()
    empty = Bulletin.objects.annotate(n=Count("reports")).filter(n=0)
    assert not empty.exists()
    unnumbered = Information.objects.filter(Q(number=None), state__in=["registered", "issued", "unused"])
    assert not unnumbered.exists()
    turned = Proposal.objects.filter(state=S.TURNED)
    assert turned.count() == Information.objects.filter(proposal__in=turned).count()


def test_everything_is_found_and_told(county):
    for model in (Proposal, Assignment, Information, Bulletin):
        entries = SearchEntry.objects.filter(kind=model._meta.label_lower, scope=county.pk)
        assert entries.count() == model.objects.count()
    wanted = Proposal.objects.exclude(state=S.DRAFT).first()
    assert wanted in Proposal.objects.matching(wanted.title)
    verbs = AuditEntry.objects.filter(verb="proposal.close").count()
    assert verbs == Proposal.objects.filter(state=S.CLOSED).count()
    letters = Supervision.objects.filter(kind="dunning")
    assert letters.count() == letters.filter(number__isnull=False).count() > 0


def test_sizes_and_mixtures_that_are_none(db):
    for given, words in (({"size": 0}, "数量应在"), ({"size": 3, "city": "panjin"}, "不能一起用")):
        with pytest.raises(CommandError, match=words):
            call_command("load_demo", stdout=StringIO(), **given)


def test_the_dice_always_fall_the_same_way():
    assert sized._shares(63, 5) == [12, 12, 12, 12, 15]
