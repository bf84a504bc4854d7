"""The choice of key and excellent proposals: what comes up by itself, step after step, figures, what follows."""

import datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.audit.models import AuditEntry
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from members.facts import Fact
from members.models import DutyRecord, OrganisationKind
from proposals import offers
from proposals.models import Candidate, Proposal, Selection, SelectionStep
from proposals.queries import selections as queries
from proposals.services import merging, reviewing
from proposals.services import selections as services
from proposals.services.selections import Judgement
from proposals.states import ProposalState, ProposerKind, PublicationLevel, SelectionKind, SelectionStage
from tests.factories import formal
from tests.factories import members as make
from tests.factories.formal import AT

pytestmark = pytest.mark.django_db
S, K = SelectionStage, SelectionKind
TODAY = AT.date()


def party(cast, name="民盟嘉禾支部", **fields):
    given = {"proposals_are_key": True, **fields}
    return make.organisation(cast.committee, name, OrganisationKind.PARTY_GROUP, **given)


def of_party(cast, organisation, state=ProposalState.FILED, **fields):
    return formal.proposal(cast, state, kind=ProposerKind.PARTY, organisation=organisation, **fields)


def filed(cast, count=1, **fields):
    rows = [formal.proposal(cast, ProposalState.FILED, **fields) for _ in range(count)]
    return rows if count > 1 else rows[0]


def opened(cast, kind=K.KEY):
    return services.open_selection(formal.plenary(cast.committee), kind=kind, by=cast.li, at=AT)


def nominated(cast, selection, *rows):
    return [services.nominate(selection, row, why="切口小、可操作", by=cast.li, at=AT) for row in rows]


def done(cast, selection, stage, judgements=None, **fields):
    given = {"on": TODAY, "meeting": "第 28 次主席会议", "words": "", **fields}
    return services.finish_step(selection, stage=stage, judgements=judgements or {}, by=cast.li, at=AT, **given)


KEPT = Judgement(kept=True, led_by="县委副书记", supervised_by="政协主席")


# --- by rule -----------------------------------------------------------------------------------------------------


def test_what_parties_have_filed_comes_up_when_the_selection_opens(cast):
    key = party(cast)
    mine, other = of_party(cast, key), of_party(cast, party(cast, "另一个党派", proposals_are_key=False))
    plain, waiting = filed(cast), of_party(cast, key, ProposalState.SUBMITTED)
    selection = opened(cast)
    row = Candidate.objects.get()
    assert (row.proposal, row.is_automatic, row.by) == (mine, True, None)
    assert "民盟嘉禾支部的提案按规则列入" in row.why
    assert {other, plain, waiting}.isdisjoint(Proposal.objects.filter(candidacies__selection=selection))


def test_what_a_party_files_while_candidates_are_collected_comes_up_at_once(cast):
    selection = opened(cast)
    made = of_party(cast, party(cast), ProposalState.SUBMITTED)
    reviewing.file(made, by=cast.li, at=AT)
    assert selection.candidates.get().proposal == made
    assert selection.candidates.get().is_automatic


def test_what_a_party_has_back_from_a_merging_comes_up_as_well(cast):
    selection = opened(cast)
    made = of_party(cast, party(cast), ProposalState.SUBMITTED)
    merging.merge(made, filed(cast), by=cast.li, at=AT)
    assert not selection.candidates.exists()  # its lead case stands for it
    merging.unmerge(made, words="分开办", by=cast.li, at=AT)
    assert selection.candidates.get().proposal == made


def test_after_collecting_nothing_comes_up_any_more(cast):
    selection = opened(cast)
    nominated(cast, selection, filed(cast))
    done(cast, selection, S.COLLECT)
    reviewing.file(of_party(cast, party(cast), ProposalState.SUBMITTED), by=cast.li, at=AT)
    assert selection.candidates.count() == 1


def test_excellent_ones_never_come_up_by_rule(cast):
    of_party(cast, party(cast))
    assert opened(cast, K.EXCELLENT).candidates.count() == 0


def test_one_selection_of_a_kind_for_a_plenary(cast):
    opened(cast)
    opened(cast, K.EXCELLENT)
    with pytest.raises(WrongState, match="已经开始"):
        opened(cast)
    assert Selection.objects.count() == 2


# --- candidates --------------------------------------------------------------------------------------------------


def test_nominating_names_what_is_wrong(cast):
    selection, made = opened(cast), filed(cast)
    with pytest.raises(Incomplete) as refused:
        services.nominate(selection, made, why=" ", by=cast.li, at=AT)
    assert "why" in refused.value.fields
    elsewhere = filed(cast)
    Proposal.objects.filter(pk=elsewhere.pk).update(plenary=formal.plenary(cast.committee, number=6, year=2027))
    lead = filed(cast)
    child = merging.merge(filed(cast), lead, by=cast.li, at=AT)
    submitted = formal.proposal(cast, ProposalState.SUBMITTED)
    for wrong in (None, Proposal.objects.get(pk=elsewhere.pk), child, submitted):
        with pytest.raises(Incomplete) as refused:
            services.nominate(selection, wrong, why="好", by=cast.li, at=AT)
        assert "number" in refused.value.fields
    nominated(cast, selection, made)
    with pytest.raises(WrongState, match="已经在候选名单里"):
        nominated(cast, selection, made)


def test_after_collecting_nobody_is_nominated(cast):
    selection, (one, two) = opened(cast), filed(cast, 2)
    nominated(cast, selection, one)
    done(cast, selection, S.COLLECT)
    with pytest.raises(WrongState, match="征集已经结束"):
        nominated(cast, selection, two)


# --- steps -------------------------------------------------------------------------------------------------------


def test_the_chair_meeting_makes_them_key_with_who_leads_and_who_supervises(cast):
    selection, (one, two) = opened(cast), filed(cast, 2)
    first, second = nominated(cast, selection, one, two)
    done(cast, selection, S.COLLECT)
    selection.refresh_from_db()
    assert selection.stage == S.DECIDE
    judgements = {first.pk: KEPT, second.pk: Judgement(kept=False, words="已列入民生实事")}
    done(cast, selection, S.DECIDE, judgements)
    selection.refresh_from_db()
    assert (selection.stage, selection.closed_at) == ("", AT)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.is_chosen, first.led_by, first.supervised_by) == (True, "县委副书记", "政协主席")
    assert (second.is_chosen, second.dropped_at, second.words) == (False, S.DECIDE, "已列入民生实事")
    assert list(Proposal.objects.filter(is_key=True)) == [one]
    assert DutyRecord.objects.get(fact=Fact.PROPOSAL_KEY).key == f"proposal:{one.pk}"
    [notice] = Notice.objects.filter(recipient=cast.wang, kind="proposal-chosen")
    assert "重点提案" in notice.title
    assert "第 28 次主席会议" in notice.body
    assert "县委副书记" in notice.body
    assert AuditEntry.objects.filter(verb="proposal.made_key").count() == 1
    step = SelectionStep.objects.get(stage=S.DECIDE)
    assert (step.meeting, step.on, step.by) == ("第 28 次主席会议", TODAY, cast.li)


def test_excellent_ones_go_through_four_steps_and_lose_some_on_the_way(cast):
    selection, rows = opened(cast, K.EXCELLENT), filed(cast, 4)
    candidates = nominated(cast, selection, *rows)
    for number, stage in enumerate([S.COLLECT, S.SCREEN, S.DELIBERATE]):
        gone = candidates[number]
        done(cast, selection, stage, {gone.pk: Judgement(kept=False, words="不够具体")})
        gone.refresh_from_db()
        assert gone.dropped_at == stage
        assert not Proposal.objects.filter(is_excellent=True).exists()
    done(cast, selection, S.PUBLISH)
    assert list(Proposal.objects.filter(is_excellent=True)) == [rows[3]]
    assert DutyRecord.objects.filter(fact=Fact.PROPOSAL_EXCELLENT).count() == 1
    assert [step.stage for step in selection.steps.all()] == [S.COLLECT, S.SCREEN, S.DELIBERATE, S.PUBLISH]


@pytest.mark.parametrize("kind", list(K), ids=str)
@pytest.mark.parametrize("asked", list(S), ids=str)
def test_only_the_step_under_way_can_be_done(cast, kind, asked):
    """Every stage of the table against every stage that may be asked for."""
    selection = opened(cast, kind)
    nominated(cast, selection, filed(cast))
    for under_way in [*selection.stages, ""]:
        if asked != under_way:
            with pytest.raises(WrongState):
                done(cast, selection, asked, {row.pk: KEPT for row in selection.candidates.all()})
            selection.refresh_from_db()
            assert selection.stage == under_way
        if under_way:
            done(cast, selection, under_way, {row.pk: KEPT for row in selection.candidates.all()})
            selection.refresh_from_db()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"on": None}, "on"),
        ({"on": TODAY + datetime.timedelta(days=1)}, "on"),
        ({"on": TODAY - datetime.timedelta(days=1)}, "on"),
        ({"meeting": "  "}, "meeting"),
        ({"verdict": Judgement(kept=False)}, "words"),
        ({"verdict": Judgement(kept=True, supervised_by="政协主席")}, "led_by"),
        ({"verdict": Judgement(kept=True, led_by="县长")}, "supervised_by"),
    ],
)
def test_a_step_names_what_is_missing_and_changes_nothing(cast, given, field):
    selection, (one, two) = opened(cast), filed(cast, 2)
    first, second = nominated(cast, selection, one, two)
    done(cast, selection, S.COLLECT)
    judgements = {first.pk: given.pop("verdict", KEPT), second.pk: KEPT}
    with pytest.raises(Incomplete) as refused:
        done(cast, selection, S.DECIDE, judgements, **given)
    assert {field, f"{field}-{first.pk}"} & set(refused.value.fields)
    selection.refresh_from_db()
    assert selection.stage == S.DECIDE
    assert not Proposal.objects.filter(is_key=True).exists()
    assert not Candidate.objects.exclude(dropped_at="").exists()


def test_a_step_that_leaves_nobody_is_not_done(cast):
    selection = opened(cast)
    with pytest.raises(Incomplete, match="至少要留下一件"):
        done(cast, selection, S.COLLECT)
    [row] = nominated(cast, selection, filed(cast))
    with pytest.raises(Incomplete, match="至少要留下一件"):
        done(cast, selection, S.COLLECT, {row.pk: Judgement(kept=False, words="不合适")})


@pytest.mark.parametrize("who", ["wang", "zhang", "sun", "zhou", "zhao", "qian"])
def test_nobody_else_runs_a_selection(cast, who):
    selection, made, by = opened(cast), filed(cast), getattr(cast, who)
    nominated(cast, selection, made)
    deeds = [
        lambda: services.open_selection(formal.plenary(cast.committee), kind=K.EXCELLENT, by=by, at=AT),
        lambda: services.nominate(selection, filed(cast), why="好", by=by, at=AT),
        lambda: services.finish_step(selection, stage=S.COLLECT, on=TODAY, judgements={}, by=by, at=AT),
    ]
    for deed in deeds:
        with pytest.raises(PermissionDenied):
            deed()


# --- figures -----------------------------------------------------------------------------------------------------


def test_the_share_of_the_filed_and_of_the_collective_is_counted_and_warned_of(cast):
    rows = filed(cast, 19)
    of_party(cast, party(cast, proposals_are_key=False))
    selection = opened(cast, K.EXCELLENT)
    assert queries.balance(selection).warnings == ["现有 0 件，按立案数的 5% 应为 1 件左右，少了。"]
    nominated(cast, selection, rows[0])
    balance = queries.balance(selection)
    assert (balance.left, balance.filed, balance.wanted, balance.collective) == (1, 20, 1, 0)
    assert balance.warnings == ["集体提案 0 件，占比不到 20%。"]
    nominated(cast, selection, Proposal.objects.get(kind=ProposerKind.PARTY))
    balance = queries.balance(selection)
    assert (balance.left, balance.collective) == (2, 1)
    assert balance.warnings == ["现有 2 件，按立案数的 5% 应为 1 件左右，多了。"]
    assert queries.balance(opened(cast)) is None


# --- pages -------------------------------------------------------------------------------------------------------


@time_machine.travel(AT, tick=False)
def test_the_whole_way_on_the_pages(cast, as_):
    browser, (one, two) = as_(cast.li), filed(cast, 2)
    plenary = formal.plenary(cast.committee)
    begun = browser.post(reverse("selection-list"), {"kind": "key", "plenary": plenary.pk})
    selection = Selection.objects.get()
    assert begun.url == selection.get_absolute_url()
    again = browser.post(reverse("selection-list"), {"kind": "key", "plenary": plenary.pk})
    assert again.status_code == 400
    assert "已经开始" in again.content.decode()
    page = browser.get(f"{begun.url}?number=1")
    assert page.status_code == 200
    assert "还没有候选提案" in page.content.decode()
    nominate = reverse("selection-nominate", args=[selection.pk])
    wrong = browser.post(nominate, {"number": "99", "why": "我的理由"})
    assert wrong.status_code == 400
    assert "我的理由" in wrong.content.decode()
    for row in (one, two):
        assert browser.post(nominate, {"number": row.number, "why": "好"}).url == begun.url
    first, second = selection.candidates.order_by("pk")

    def step(stage, **fields):
        return browser.post(reverse("selection-step", args=[selection.pk, stage]), {"on": TODAY.isoformat(), **fields})

    assert step("collect", **{f"kept-{first.pk}": "on", f"kept-{second.pk}": "on"}).url == begun.url
    refused = step("decide", meeting="第 28 次主席会议", **{f"kept-{first.pk}": "on", f"led_by-{first.pk}": "县长"})
    assert refused.status_code == 400
    assert {f"supervised_by-{first.pk}", f"words-{second.pk}"} <= set(refused.context["step"].errors)
    assert "县长" in refused.content.decode()
    fields = {
        f"kept-{first.pk}": "on", f"led_by-{first.pk}": "县长", f"supervised_by-{first.pk}": "主席",
        f"words-{second.pk}": "明年再议",
    }  # fmt: skip
    assert step("decide", meeting="第 28 次主席会议", **fields).url == begun.url
    text = browser.get(begun.url).content.decode()
    assert "领办：县长" in text
    assert "明年再议" in text
    assert "已完成" in text
    assert step("decide", meeting="第 28 次主席会议", **fields).url == begun.url  # a second click changes nothing
    assert Proposal.objects.filter(is_key=True).count() == 1


def test_the_page_of_a_proposal_offers_to_put_it_up_while_that_is_possible(cast):
    made, label = filed(cast), "推荐为优秀提案"

    def offered(user):
        return {action.label: action.url for action in offers.actions(user, made)}

    assert label not in offered(cast.li)
    selection = opened(cast, K.EXCELLENT)
    assert offered(cast.li)[label] == f"{selection.get_absolute_url()}?number=1"
    assert label not in offered(cast.zhou)
    nominated(cast, selection, made)
    assert label not in offered(cast.li)


@pytest.mark.parametrize(("who", "answer"), [("wang", 403), ("zhang", 403), ("zhou", 200), ("zhao", 200)])
def test_who_sees_the_list(cast, as_, who, answer):
    opened(cast)
    page = as_(getattr(cast, who)).get(reverse("selection-list"))
    assert page.status_code == answer
    if who == "zhao":
        assert "十届五次会议重点提案遴选" not in page.content.decode()
    if who == "zhou":
        assert page.context["form"] is None
        assert as_(cast.zhou).post(reverse("selection-list"), {}).status_code == 403


@pytest.mark.parametrize(("who", "answer"), [("wang", 404), ("zhou", 200), ("zhao", 404), ("li", 200)])
def test_who_sees_one(cast, as_, who, answer):
    selection = opened(cast)
    nominated(cast, selection, filed(cast))
    page = as_(getattr(cast, who)).get(reverse("selection", args=[selection.pk]))
    assert page.status_code == answer
    if who == "zhou":
        assert page.context["step"] is None
        assert page.context["nominate"] is None
        posted = as_(cast.zhou).post(reverse("selection-step", args=[selection.pk, "collect"]), {})
        assert posted.status_code == 403


def test_the_page_needs_no_more_statements_for_more_candidates(cast, as_):
    selection = opened(cast, K.EXCELLENT)
    browser, url = as_(cast.li), reverse("selection", args=[selection.pk])

    def cost():
        browser.get(url)
        with CaptureQueriesContext(connection) as captured:
            browser.get(url)
        return len(captured)

    nominated(cast, selection, filed(cast))
    one = cost()
    nominated(cast, selection, *filed(cast, 3))
    assert cost() == one <= 20


def test_the_public_reads_the_excellent_ones_that_are_published_and_nothing_before(cast, as_):
    shown, hidden = filed(cast, title="关于公开的事的提案"), filed(cast, title="关于保密的事的提案")
    Proposal.objects.filter(pk=shown.pk).update(publication=PublicationLevel.FULL)
    selection, url = opened(cast, K.EXCELLENT), reverse("excellent-list", args=[cast.committee.slug])
    nominated(cast, selection, shown, hidden)
    for stage in selection.stages:
        before = as_(None).get(url).content.decode()
        assert "还没有公布优秀提案" in before
        assert "公开的事" not in before
        done(cast, selection, stage)
    text = as_(None).get(url).content.decode()
    assert "关于公开的事的提案" in text
    assert "王委员" in text
    assert "保密的事" not in text
    assert "另有 1 件按规定不公开" in text
    other = as_(None).get(reverse("excellent-list", args=[cast.other_committee.slug]))
    assert "关于公开的事" not in other.content.decode()


def test_the_public_list_has_two_plenaries_on_a_page_and_leads_on(cast, as_):
    url = reverse("excellent-list", args=[cast.committee.slug])
    for number in (3, 4, 5):
        plenary = formal.plenary(cast.committee, number=number, year=2021 + number)
        made = filed(cast, title=f"关于第{number}次会上的事的提案")
        Proposal.objects.filter(pk=made.pk).update(plenary=plenary, publication=PublicationLevel.FULL)
        made.refresh_from_db()
        selection = services.open_selection(plenary, kind=K.EXCELLENT, by=cast.li, at=AT)
        nominated(cast, selection, made)
        for stage in selection.stages:
            done(cast, selection, stage)
        Selection.objects.filter(pk=selection.pk).update(closed_at=AT + datetime.timedelta(days=number))
    guest = as_(None)

    def told(address):
        text = guest.get(address).content.decode()
        return [number for number in (5, 4, 3) if f"关于第{number}次会上的事的提案" in text], text

    numbers, text = told(url)
    assert numbers == [5, 4]
    assert 'href="?page=2"' in text
    numbers, text = told(f"{url}?page=2")
    assert numbers == [3]
    assert 'href="?page=1"' in text
    assert 'href="?page=3"' not in text
    numbers, text = told(f"{url}?page=3")
    assert numbers == []
    assert "还没有公布" not in text
    assert f'href="{url}"' in text
