import datetime
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.audit import log
from config.milestones import clock
from config.milestones.models import Milestone, MilestoneState
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from members.facts import Fact
from members.models import Body, BodyKind, DutyRecord, Membership, Parameter, Post
from proposals import presets, threads, timeline
from proposals import services as matters
from proposals.models import MicroLead, MicroProposal
from proposals.queries import led as queries
from proposals.services import led as services
from proposals.states import MicroState, Verdict
from tests.factories import members as people
from tests.factories import proposals as make
from tests.factories import reception
from tests.factories.proposals import AT
from workstations.services import words
from workstations.states import WordState

pytestmark = pytest.mark.django_db
DUE = datetime.date(2026, 12, 31)
LATER = AT + timedelta(days=3)
GIVEN = {"result": "已会同交警和社区装好信号灯。", "publication": "full"}


@pytest.fixture
def wu(cast):
    """A member who leads 提案委员会."""
    user = people.user("wu", "吴委员")
    cast.wu = people.member(user, cast.committee)
    make.special(cast, director=cast.wu)
    return user


@pytest.fixture
def lead(cast, wu):
    presets.load()
    return make.lead(cast, make.micro(cast, MicroState.AGREED))


def state_of(lead):
    return MicroProposal.objects.get(pk=lead.micro_id).state


def facts_of(micro):
    rows = DutyRecord.objects.filter(key=f"micro:{micro.pk}", reverses__isnull=True, reversed_by__isnull=True)
    return set(rows.values_list("fact", flat=True))


# --- who leads ---------------------------------------------------------------------------------------------------


def test_a_special_committee_takes_it_on_and_everybody_concerned_is_told(cast, wu, lead):
    assert state_of(lead) == MicroState.LED
    assert str(lead) == "提案委员会领办"
    told = dict(Notice.objects.filter(kind="micro-lead").values_list("recipient", "url"))
    assert told == {wu.pk: lead.get_absolute_url(), cast.wang.pk: lead.micro.get_absolute_url()}
    assert Fact.MICRO_ADOPTED in facts_of(lead.micro)
    planned = Milestone.objects.of(lead).pending().values_list("code", flat=True)
    assert set(planned) == {"T-7", "T-1", "T0", "T+1", "T+7"}


def test_a_member_takes_it_on(cast, wu):
    lead = make.lead(cast, make.micro(cast, MicroState.AGREED), member=cast.wu, team=" 吴委员、社区干部 ")
    assert (lead.leader, lead.team) == ("吴委员", "吴委员、社区干部")
    assert MicroProposal.objects.followed_by(wu).filter(pk=lead.micro_id).exists()


def test_one_leads_a_body_or_a_member_of_the_committee_and_never_the_author(cast, wu):
    micro = make.micro(cast, MicroState.AGREED)
    other = Body.objects.create(committee=cast.other_committee, kind=BodyKind.SPECIAL_COMMITTEE, name="永兴提案委")
    party = Body.objects.create(committee=cast.committee, kind=BodyKind.PARTY_ORGANISATION, name="机关党委")
    own, nobody = make.special(cast), {"body": None, "member": None}
    wrong = [
        ("member", nobody), ("member", {"body": own, "member": cast.wu}), ("body", {"body": other}),
        ("body", {"body": party}), ("member", {"body": None, "member": cast.qian_member}),
        ("member", {"body": None, "member": cast.wang_member}),
    ]  # fmt: skip
    for field, who in wrong:
        with pytest.raises(Incomplete) as refused:
            services.lead_micro(micro, **{"member": None, **who}, due_on=DUE, by=cast.li, at=AT)
        assert list(refused.value.fields) == [field]
    with pytest.raises(Incomplete) as refused:
        services.lead_micro(micro, body=own, member=None, due_on=AT.date() - timedelta(1), by=cast.li, at=AT)
    assert list(refused.value.fields) == ["due_on"]
    assert MicroProposal.objects.get(pk=micro.pk).state == MicroState.AGREED


def test_a_closed_body_cannot_lead(cast):
    closed = make.special(cast)
    Body.objects.filter(pk=closed.pk).update(is_active=False)
    closed.refresh_from_db()
    with pytest.raises(Incomplete):
        make.lead(cast, make.micro(cast, MicroState.AGREED), body=closed)


@pytest.mark.parametrize("who", ["wang", "zhang", "sun", "zhou", "zhao", "qian"])
def test_only_the_desk_decides_who_leads(cast, who):
    micro = make.micro(cast, MicroState.AGREED)
    with pytest.raises(PermissionDenied):
        services.lead_micro(micro, body=make.special(cast), member=None, due_on=DUE, by=getattr(cast, who), at=AT)


def test_the_due_date_is_the_usual_one_with_its_reason_or_one_given_by_hand(cast):
    usual = services.usual_deadline(cast.committee, parameter="led.workdays", start=AT.date()).due_on
    lead = make.lead(cast, make.micro(cast, MicroState.AGREED), due_on=usual)
    other = make.lead(cast, make.micro(cast, MicroState.AGREED, title="另一件"), due_on=DUE)
    assert "30 个工作日" in str(lead.due_why)
    assert "李主任确定领办时指定的日期" in str(other.due_why)


# --- on the way --------------------------------------------------------------------------------------------------


def test_visits_and_small_consultations_are_noted_once(cast, wu, lead):
    note = {"kind": "visit", "on": AT.date(), "words": "走访西街居民十二户。"}
    services.note_step(lead, **note, by=wu, at=AT)
    with pytest.raises(WrongState):
        services.note_step(lead, **note, by=wu, at=AT)
    services.note_step(lead, **{**note, "kind": "supervision"}, by=cast.li, at=AT)
    assert [step.get_kind_display() for step in lead.steps.all()] == ["走访", "微监督"]


@pytest.mark.parametrize(
    ("field", "given"), [("words", {"words": " "}), ("on", {"on": AT.date() + timedelta(1)}), ("kind", {"kind": "x"})]
)
def test_a_note_says_what_was_done_and_when(wu, lead, field, given):
    with pytest.raises(Incomplete) as refused:
        services.note_step(lead, **{"kind": "visit", "on": AT.date(), "words": "走访居民。", **given}, by=wu, at=AT)
    assert field in refused.value.fields


def test_everybody_of_the_body_notes_but_who_speaks_for_it_finishes(cast, wu, lead):
    user = people.user("zheng-w", "郑委员")
    Membership.objects.create(body=lead.body, member=people.member(user, cast.committee), post=Post.MEMBER)
    services.note_step(lead, kind="other", on=AT.date(), words="参加讨论。", by=user, at=AT)
    with pytest.raises(PermissionDenied):
        services.finish(lead, **GIVEN, by=user, at=AT)
    services.finish(lead, **GIVEN, by=wu, at=AT)


@pytest.mark.parametrize("who", ["wang", "zhang", "sun", "zhao", "qian"])
def test_nobody_else_notes_finishes_or_takes_back(cast, lead, who):
    by = getattr(cast, who)
    for verb in (
        lambda: services.note_step(lead, kind="visit", on=AT.date(), words="走访。", by=by, at=AT),
        lambda: services.finish(lead, **GIVEN, by=by, at=AT),
        lambda: services.take_back(lead, reason="不办了", by=by, at=AT),
    ):
        with pytest.raises(PermissionDenied):
            verb()


# --- the end -----------------------------------------------------------------------------------------------------


def test_a_result_says_how_far_it_is_public(wu, lead):
    with pytest.raises(Incomplete) as refused:
        services.finish(lead, result=" ", publication="none", by=wu, at=AT)
    assert set(refused.value.fields) == {"result", "private_reason"}
    with pytest.raises(Incomplete) as refused:
        services.finish(lead, result="请找 13812345678 了解", publication="full", by=wu, at=AT)
    assert list(refused.value.fields) == ["result"]


def test_the_author_is_asked_and_the_reminders_of_the_leader_stop(cast, wu, lead):
    services.finish(lead, **GIVEN, by=wu, at=AT)
    assert state_of(lead) == MicroState.LED
    assert list(queries.awaiting_rating(cast.wang)) == [lead]
    assert not queries.awaiting_result(wu).exists()
    assert not Milestone.objects.of(lead).pending().filter(kind=services.KIND).exists()
    assert Milestone.objects.of(lead).pending().filter(kind=services.RATING).count() == 1
    with pytest.raises(WrongState):
        services.finish(lead, **GIVEN, by=wu, at=AT)
    with pytest.raises(WrongState):
        services.note_step(lead, kind="visit", on=AT.date(), words="又去了一次。", by=wu, at=AT)


@pytest.mark.parametrize("said", ["satisfied", "basic"])
def test_content_closes_it_with_the_publication_of_the_result(cast, wu, lead, said):
    services.finish(lead, **{**GIVEN, "publication": "summary"}, by=wu, at=AT)
    services.rate(lead, satisfaction=said, by=cast.wang, at=LATER)
    micro = MicroProposal.objects.get(pk=lead.micro_id)
    assert (micro.state, micro.publication, micro.closed_at) == (MicroState.CLOSED, "summary", LATER)
    done = DutyRecord.objects.get(key=f"micro:{micro.pk}", fact=Fact.MICRO_DONE)
    assert done.detail == said
    assert not Milestone.objects.of(lead).pending().exists()
    assert [line.verb for line in log.history(micro)][:1] == ["microproposal.close"]
    with pytest.raises(WrongState):
        services.rate(lead, satisfaction=said, by=cast.wang, at=LATER)


def test_discontent_closes_nothing_and_the_desk_takes_it_back_for_another(cast, wu, lead):
    services.finish(lead, **GIVEN, by=wu, at=AT)
    with pytest.raises(Incomplete):
        services.rate(lead, satisfaction="unsatisfied", by=cast.wang, at=LATER)
    services.rate(lead, satisfaction="unsatisfied", words="灯还没有亮。", by=cast.wang, at=LATER)
    assert state_of(lead) == MicroState.LED
    assert list(queries.unhappy(cast.li)) == [lead]
    told = Notice.objects.filter(key=f"micro-lead:{lead.pk}:rated").values_list("recipient", flat=True)
    assert set(told) == {wu.pk, cast.li.pk}
    services.take_back(lead, reason="结果没有落实，交单位办理。", by=cast.li, at=LATER)
    assert state_of(lead) == MicroState.AGREED
    assert Fact.MICRO_ADOPTED not in facts_of(lead.micro)
    assert not queries.unhappy(cast.li).exists()
    again = make.lead(cast, MicroProposal.objects.get(pk=lead.micro_id), member=cast.wu)
    assert queries.standing_of(again.micro) == again
    assert again.micro.leads.count() == 2


def test_a_place_that_accepts_only_the_best_word_does_not_close_at_the_second(cast, wu, lead):
    Parameter.objects.create(committee=cast.committee, code="satisfaction.accepts", value="full")
    services.finish(lead, **GIVEN, by=wu, at=AT)
    lead = MicroLead.objects.get(pk=lead.pk)
    services.rate(lead, satisfaction="basic", by=cast.wang, at=LATER)
    assert state_of(lead) == MicroState.LED


def test_nobody_but_the_author_rates_and_nothing_before_it_is_finished(cast, wu, lead):
    with pytest.raises(WrongState):
        services.rate(lead, satisfaction="satisfied", by=cast.wang, at=AT)
    services.finish(lead, **GIVEN, by=wu, at=AT)
    for by in (wu, cast.li, cast.qian):
        with pytest.raises(PermissionDenied):
            services.rate(lead, satisfaction="satisfied", by=by, at=AT)


def test_taking_back_needs_a_reason_and_happens_once(cast, wu, lead):
    with pytest.raises(Incomplete):
        services.take_back(lead, reason=" ", by=cast.li, at=AT)
    services.take_back(lead, reason="改由单位办理", by=cast.li, at=AT)
    stale = MicroLead.objects.get(pk=lead.pk)
    with pytest.raises(WrongState):
        services.take_back(stale, reason="再收回", by=cast.li, at=AT)
    with pytest.raises(WrongState):
        services.finish(stale, **GIVEN, by=cast.li, at=AT)
    assert set(Milestone.objects.of(lead).values_list("state", flat=True)) <= {
        MilestoneState.CANCELLED, MilestoneState.SKIPPED,
    }  # fmt: skip


def test_a_word_of_the_public_hears_of_it_and_is_settled(cast, wu):
    word = reception.word(cast)
    words.hand(word, member=cast.wang_member, by=cast.li, at=AT)
    micro = make.micro(cast, MicroState.DRAFT)
    MicroProposal.objects.filter(pk=micro.pk).update(word=word)
    micro.refresh_from_db()
    matters.submit(micro, by=cast.wang, at=AT)
    make.verdicts(cast, micro, Verdict.AGREE)
    lead = make.lead(cast, micro)
    labels = [step.label for step in threads.follow([word])[word.pk]]
    assert "由提案委员会领办" in labels
    services.finish(lead, **GIVEN, by=wu, at=AT)
    services.rate(lead, satisfaction="satisfied", by=cast.wang, at=LATER)
    word.refresh_from_db()
    assert word.state == WordState.SETTLED
    step = next(step for step in threads.follow([word])[word.pk] if step.label == "已写明领办结果")
    assert step.words == GIVEN["result"]


# --- reminders ---------------------------------------------------------------------------------------------------


def test_the_leader_is_reminded_and_late_the_desk(cast, wu, lead):
    clock.sweep(at=AT.replace(year=2027, month=1, day=8))
    due = Notice.objects.filter(kind="lead-due")
    assert {notice.recipient_id for notice in due} == {wu.pk, cast.li.pk}
    assert "已逾期" in due.latest("pk").title


def test_a_lead_that_is_over_is_not_reminded_of(cast, wu, lead):
    services.finish(lead, **GIVEN, by=wu, at=AT)
    Milestone.objects.of(lead).filter(kind=services.KIND).update(
        state=MilestoneState.PENDING, settled_at=None, reason=""
    )
    clock.sweep(at=AT.replace(year=2027, month=1, day=8))
    assert not Notice.objects.filter(kind="lead-due").exists()


def test_silence_of_the_author_is_asked_about_once(cast, wu, lead):
    services.finish(lead, **GIVEN, by=wu, at=AT)
    clock.sweep(at=AT + timedelta(days=60))
    asked = Notice.objects.get(kind="lead-rating-due")
    assert (asked.recipient_id, asked.url) == (cast.wang.pk, lead.micro.get_absolute_url())
    assert state_of(lead) == MicroState.LED


# --- pages -------------------------------------------------------------------------------------------------------


def test_the_desk_leads_from_the_page_and_a_wrong_choice_stays_in_the_form(cast, wu, as_):
    micro, body = make.micro(cast, MicroState.AGREED), make.special(cast)
    url, li = reverse("micro-lead", args=[micro.key]), as_(cast.li)
    assert reverse("micro-lead", args=[micro.key]) in li.get(micro.get_absolute_url()).content.decode()
    refused = li.post(url, {"team": "西街小组", "due_on": "2126-12-31"})
    assert refused.status_code == 400
    assert "西街小组" in refused.content.decode()
    assert li.post(url, {"body": body.pk, "due_on": "2099-12-31"}).status_code == 302
    assert MicroLead.objects.get(micro=micro).body == body
    assert as_(wu).get(reverse("led-list")).status_code == 200
    assert as_(cast.zhang).get(reverse("led-list")).status_code == 403


def test_the_leader_works_and_the_author_rates_on_the_pages(cast, wu, lead, as_):
    leader, author = as_(wu), as_(cast.wang)
    assert lead.micro.title in leader.get(reverse("led-list")).content.decode()
    step = {"kind": "visit", "on": AT.date().isoformat(), "words": "走访西街。"}
    assert leader.post(reverse("led-step", args=[lead.pk]), step).status_code == 302
    bad = leader.post(reverse("led-finish", args=[lead.pk]), {"result": "装好了信号灯", "publication": "none"})
    assert bad.status_code == 400
    assert "装好了信号灯" in bad.content.decode()
    assert leader.post(reverse("led-finish", args=[lead.pk]), GIVEN).status_code == 302
    page = author.get(lead.micro.get_absolute_url()).content.decode()
    assert "请您评价领办结果" in page
    assert author.post(reverse("led-rate", args=[lead.pk]), {"satisfaction": "unsatisfied"}).status_code == 400
    assert author.post(reverse("led-rate", args=[lead.pk]), {"satisfaction": "satisfied"}).status_code == 302
    public = as_(None).get(lead.micro.get_absolute_url()).content.decode()
    assert GIVEN["result"] in public
    assert "走访西街。" not in public


def test_a_summary_keeps_the_result_inside(cast, wu, lead, as_):
    services.finish(lead, **{**GIVEN, "publication": "summary"}, by=wu, at=AT)
    services.rate(lead, satisfaction="satisfied", words="很好，谢谢吴委员", by=cast.wang, at=LATER)
    public = as_(None).get(lead.micro.get_absolute_url()).content.decode()
    assert GIVEN["result"] not in public
    assert "很好，谢谢吴委员" not in public
    assert GIVEN["result"] in as_(wu).get(lead.get_absolute_url()).content.decode()


@pytest.mark.parametrize("who", [None, "zhao", "qian"])
def test_outsiders_find_no_lead(cast, lead, as_, who):
    answer = as_(who and getattr(cast, who)).get(lead.get_absolute_url())
    assert answer.status_code in ((302,) if who is None else (404,))


def test_the_desk_takes_back_on_the_page(cast, lead, as_):
    url = reverse("led-take-back", args=[lead.pk])
    assert as_(cast.li).post(url, {"reason": ""}).status_code == 400
    assert as_(cast.li).post(url, {"reason": "改交单位"}).status_code == 302
    assert "改交单位" in as_(cast.li).get(reverse("micro-lead", args=[lead.micro.key])).content.decode()


def test_the_story_tells_of_every_lead_to_those_who_follow_it(cast, wu, lead):
    services.take_back(lead, reason="改由委员领办", by=cast.li, at=AT)
    again = make.lead(cast, MicroProposal.objects.get(pk=lead.micro_id), member=cast.wu, at=LATER)
    inside = [event.what for event in timeline.of_micro(again.micro, [], in_public=False)]
    public = [event.what for event in timeline.of_micro(again.micro, [], in_public=True)]
    assert {"由提案委员会领办", "收回领办", "由吴委员领办"} <= set(inside)
    assert "由提案委员会领办" not in public
    names = [step["name"] for step in timeline.steps_of(again.micro, [], None, again)]
    assert names == ["提交", "三办联审", "领办", "写明结果", "评价", "办结"]


def test_the_list_asks_as_often_for_three_as_for_one(cast, wu, lead, as_):
    def statements():
        with CaptureQueriesContext(connection) as seen:
            assert as_(cast.li).get(reverse("led-list")).status_code == 200
        return len(seen)

    statements()
    one = statements()
    for title in ("第二件", "第三件"):
        make.lead(cast, make.micro(cast, MicroState.AGREED, title=title))
    assert statements() == one


@pytest.mark.parametrize(("who", "status"), [("li", 200), ("zhao", 404)])
def test_the_office_finds_leads_in_the_admin_another_county_does_not(cast, lead, as_, who, status):
    client = as_(getattr(cast, who))
    listed = client.get(reverse("admin:proposals_microlead_changelist"))
    assert listed.status_code == 200
    assert (str(lead.micro) in listed.content.decode()) is (status == 200)
    assert client.get(reverse("admin:proposals_microlead_change", args=[lead.pk])).status_code == status


def test_the_lists_of_micro_proposals_lead_to_those_that_are_led(cast, wu, lead, as_):
    address = reverse("led-list")
    assert address in as_(wu).get(reverse("micro-list")).content.decode()
    assert address in as_(cast.li).get(reverse("assign-desk")).content.decode()
    assert lead.get_absolute_url() in as_(wu).get(address).content.decode()
