from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from config.audit.models import AuditEntry
from config.notices.models import Notice
from config.refusals import Incomplete, Refusal, WrongState
from members.models import Parameter
from proposals.models import Proposal, Showcase, ShowcaseComment, ShowcaseEntry, ShowcaseVote
from proposals.queries import showcase as queries
from proposals.services import showcase as services
from proposals.services import showcase_voices as voices
from proposals.services.showcase import Report
from proposals.states import COMMENT_MOVES, FILED, CommentState, ProposalState
from tests.factories import formal
from tests.factories.proposals import AT

pytestmark = pytest.mark.django_db
GIVEN = {"stage": "survey", "on": AT.date(), "title": "主席带队调研", "words": "走访三个村，召开座谈会。"}
REPORT = Report("县电视台", "农村公交怎么优化", "https://tv.example.cn/1")
SAID = "早班车多了一趟，老人出门方便了。"


def key_proposal(cast, **fields):
    given = {"is_key": True, "publication": "full", "unit": cast.unit, **fields}
    return formal.proposal(cast, given.pop("state", ProposalState.FILED), **given)


@pytest.fixture
def showcase(cast):
    """Public, with one stage."""
    made = services.begin(key_proposal(cast), by=cast.li, at=AT)
    entry = services.add_entry(made, **GIVEN, reports=[REPORT], by=cast.li, at=AT)
    services.publish_entry(entry, shown=True, by=cast.li, at=AT)
    services.open_showcase(made, by=cast.li, at=AT)
    return made


# --- composing ---------------------------------------------------------------------------------------------------


def test_a_key_proposal_has_one_showcase(cast):
    proposal = key_proposal(cast)
    assert services.begin(proposal, by=cast.li, at=AT) == services.begin(proposal, by=cast.li, at=AT)
    assert AuditEntry.objects.filter(verb="showcase.begin").count() == 1
    assert not Showcase.objects.public().exists()


@pytest.mark.parametrize("fields", [{"is_key": False}, {"state": ProposalState.SUBMITTED}])
def test_others_have_none(cast, fields):
    with pytest.raises(Refusal):
        services.begin(key_proposal(cast, **fields), by=cast.li, at=AT)


@pytest.mark.parametrize("who", ["wang", "zhang", "chen", "sun", "zhou", "zhao", "qian"])
def test_only_the_staff_compose(cast, showcase, who):
    by, entry = getattr(cast, who), showcase.entries.get()
    for verb in (
        lambda: services.begin(showcase.proposal, by=by, at=AT),
        lambda: services.open_showcase(showcase, by=by, at=AT),
        lambda: services.close_showcase(showcase, by=by, at=AT),
        lambda: services.take_votes(showcase, takes=False, by=by, at=AT),
        lambda: services.add_entry(showcase, **GIVEN, by=by, at=AT),
        lambda: services.change_entry(entry, **GIVEN, by=by, at=AT),
        lambda: services.publish_entry(entry, shown=False, by=by, at=AT),
        lambda: services.remove_entry(entry, by=by, at=AT),
    ):
        with pytest.raises(PermissionDenied):
            verb()


def test_it_opens_with_a_stage_and_only_for_what_everybody_may_read(cast):
    showcase = services.begin(key_proposal(cast, publication="none"), by=cast.li, at=AT)
    with pytest.raises(Refusal, match="不公开"):
        services.open_showcase(showcase, by=cast.li, at=AT)
    Proposal.objects.update(publication="summary")
    showcase = Showcase.objects.get()
    with pytest.raises(Refusal, match="至少一个环节"):
        services.open_showcase(showcase, by=cast.li, at=AT)
    entry = services.add_entry(showcase, **GIVEN, by=cast.li, at=AT)
    services.publish_entry(entry, shown=True, by=cast.li, at=AT)
    services.open_showcase(showcase, by=cast.li, at=AT)
    services.open_showcase(showcase, by=cast.li, at=AT + timedelta(days=1))
    assert Showcase.objects.get().opened_at == AT
    assert AuditEntry.objects.filter(verb="showcase.open").count() == 1


@pytest.mark.parametrize("change", [{"is_key": False}, {"publication": "none"}])
def test_what_is_taken_from_the_public_takes_its_showcase_with_it(cast, showcase, change):
    assert Showcase.objects.public().exists()
    Proposal.objects.update(**change)
    assert not Showcase.objects.public().exists()
    assert Showcase.objects.visible_to(cast.li).exists()
    assert not Showcase.objects.visible_to(cast.wang).exists()


@pytest.mark.parametrize("state", ProposalState.values)
def test_in_every_state_only_filed_ones_are_public(cast, showcase, state):
    closed = {"closed_at": AT} if state == ProposalState.CLOSED else {}
    lead = {"lead": formal.proposal(cast, ProposalState.FILED, title="主案")} if state == ProposalState.MERGED else {}
    Proposal.objects.filter(pk=showcase.proposal_id).update(state=state, **closed, **lead)
    assert Showcase.objects.public().exists() == (state in FILED)


def test_a_stage_is_public_once_it_is_published_and_gone_when_it_is_withdrawn(cast, showcase):
    entry = showcase.entries.get()
    services.publish_entry(entry, shown=True, by=cast.li, at=AT + timedelta(days=1))
    assert ShowcaseEntry.objects.get().published_at == AT
    with pytest.raises(WrongState):
        services.remove_entry(entry, by=cast.li, at=AT)
    services.publish_entry(entry, shown=False, by=cast.li, at=AT)
    services.remove_entry(entry, by=cast.li, at=AT)
    assert not ShowcaseEntry.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", " "), ("words", "请打 13812345678"), ("on", AT.date() + timedelta(1)), ("stage", "x"), ("words", " ")],
)
def test_a_stage_is_whole_and_reaches_nobody(cast, showcase, field, value):
    with pytest.raises(Incomplete) as refused:
        services.add_entry(showcase, **{**GIVEN, "title": "另一条", field: value}, by=cast.li, at=AT)
    assert field in refused.value.fields
    assert showcase.entries.count() == 1


@pytest.mark.parametrize(
    "report",
    [
        Report("县电视台", "标题", "javascript:alert(1)"), Report("县电视台", "标题", "ftp://tv.example.cn/1"),
        Report("", "标题", "https://tv.example.cn"), Report("县电视台", "电话 13812345678", "https://tv.example.cn"),
    ],
)  # fmt: skip
def test_a_report_has_an_outlet_a_title_and_an_address_of_the_web(cast, showcase, report):
    with pytest.raises(Incomplete):
        services.add_entry(showcase, **{**GIVEN, "title": "另一条"}, reports=[report], by=cast.li, at=AT)
    assert showcase.entries.count() == 1


def test_the_same_stage_twice_is_one(cast, showcase):
    with pytest.raises((Incomplete, WrongState)):
        services.add_entry(showcase, **GIVEN, by=cast.li, at=AT)
    assert showcase.entries.count() == 1


def test_reports_are_written_anew_with_a_change(cast, showcase):
    other = Report("红网", "公交加密了", "http://news.example.cn/2")
    services.change_entry(showcase.entries.get(), **GIVEN, reports=[other], by=cast.li, at=AT)
    assert [str(link) for link in showcase.entries.get().links.all()] == ["红网：公交加密了"]


def test_the_bar_says_what_is_done_and_what_is_next(cast, showcase):
    later = {**GIVEN, "stage": "talk", "title": "与提案者面商"}
    entries = [*showcase.entries.all(), services.add_entry(showcase, **later, by=cast.li, at=AT)]
    bar = [(step["name"], step["state"]) for step in queries.stage_bar(entries)]
    assert bar == [("调研", "done"), ("面商", "done"), ("督办", "now"), ("答复", "next"), ("成效", "next")]
    assert queries.stage_bar([])[0] == {"name": "立案", "state": "now", "when": ""}


# --- votes -------------------------------------------------------------------------------------------------------


def test_one_vote_a_person_and_it_may_be_changed(cast, showcase):
    assert voices.vote(showcase, satisfaction="basic", voter="user:1", at=AT) is True
    assert voices.vote(showcase, satisfaction="satisfied", voter="user:1", at=AT) is False
    assert voices.vote_of(showcase, "user:1") == "satisfied"
    assert voices.vote_of(showcase, "user:2") == ""
    assert ShowcaseVote.objects.count() == 1


def test_the_row_does_not_say_who_and_differs_in_every_showcase(cast, showcase):
    other = services.begin(key_proposal(cast, title="另一件重点提案"), by=cast.li, at=AT)
    assert voices.voter_digest(showcase, "user:1") != voices.voter_digest(other, "user:1")
    voices.vote(showcase, satisfaction="basic", voter="user:1", at=AT)
    assert "user" not in ShowcaseVote.objects.get().voter


def test_new_votes_of_one_address_are_counted_for_the_day(cast, showcase):
    Parameter.objects.create(committee=cast.committee, code="showcase.votes_daily", value="2")
    showcase = Showcase.objects.get()
    given = {"satisfaction": "basic", "address": "203.0.113.9"}
    for number in (1, 2, 2, 1):  # changing one's own is not a new vote
        voices.vote(showcase, **given, voter=f"visitor:{number}", at=AT)
    with pytest.raises(Refusal):
        voices.vote(showcase, **given, voter="visitor:3", at=AT)
    assert voices.vote(showcase, **given, voter="visitor:3", at=AT + timedelta(days=1)) is True


def test_a_share_is_shown_from_enough_votes_on(cast, showcase):
    Parameter.objects.create(committee=cast.committee, code="showcase.least_votes", value="5")
    showcase = Showcase.objects.get()
    for number, said in enumerate(["satisfied", "satisfied", "basic", "unsatisfied"]):
        voices.vote(showcase, satisfaction=said, voter=f"user:{number}", at=AT)
    few = queries.tally(showcase)
    assert (few.is_enough, few.missing) == (False, 1)
    voices.vote(showcase, satisfaction="unsatisfied", voter="user:9", at=AT)
    enough = queries.tally(showcase)
    assert (enough.is_enough, enough.content, enough.total) == (True, 3, 5)
    assert [row["value"] for row in enough.rows] == [2, 1, 2]


def test_nothing_is_voted_or_said_where_it_is_not_open(cast, showcase):
    with pytest.raises(Incomplete):
        voices.vote(showcase, satisfaction="splendid", voter="user:1", at=AT)
    services.take_votes(showcase, takes=False, by=cast.li, at=AT)
    with pytest.raises(Refusal):
        voices.vote(showcase, satisfaction="basic", voter="user:1", at=AT)
    with pytest.raises(Refusal):
        voices.leave(showcase, words=SAID, address="203.0.113.9", at=AT)
    services.take_votes(showcase, takes=True, by=cast.li, at=AT)
    services.close_showcase(showcase, by=cast.li, at=AT)
    with pytest.raises(Refusal):
        voices.vote(showcase, satisfaction="basic", voter="user:1", at=AT)


# --- comments ----------------------------------------------------------------------------------------------------


def left(showcase, words=SAID, *, address="203.0.113.9", at=AT):
    return voices.leave(showcase, words=words, address=address, at=at)


def in_state(cast, showcase, state, words=SAID):
    comment, _ = left(showcase, words)
    if state == CommentState.SHOWN:
        voices.show(comment, by=cast.li, at=AT)
    elif state == CommentState.HIDDEN:
        voices.hide(comment, reason="与提案无关", by=cast.li, at=AT)
    return ShowcaseComment.objects.get(pk=comment.pk)


def test_a_comment_waits_and_its_code_finds_it(cast, showcase):
    comment, code = left(showcase)
    assert comment.state == CommentState.WAITING
    assert code.replace("-", "") not in comment.receipt
    found = voices.look_up(code.upper().replace("-", " "), committee=cast.committee, address="203.0.113.9", at=AT)
    assert found == comment
    assert voices.look_up(code, committee=cast.other_committee, address="203.0.113.9", at=AT) is None
    assert voices.look_up("abcd-efgh-jkmn", committee=cast.committee, address="203.0.113.9", at=AT) is None
    assert not ShowcaseComment.objects.visible_to(cast.zhang).exists()
    assert list(queries.awaiting_moderation(cast.li)) == [comment]


@pytest.mark.parametrize("words", ["好", "请打 138 1234 5678 联系我", "写信到 wo@example.cn 谈谈"])
def test_a_comment_says_something_and_reaches_nobody(showcase, words):
    with pytest.raises(Incomplete):
        left(showcase, words)


def test_an_address_leaves_so_many_a_day_and_nobody_the_same_again(cast, showcase):
    left(showcase)
    with pytest.raises(Refusal, match="同样的留言"):
        left(showcase, f"  {SAID}  ", address="203.0.113.10")
    for number in range(4):
        left(showcase, f"第{number}条不同的留言，说说看法。")
    with pytest.raises(Refusal, match="明天再来"):
        left(showcase, "今天还想再说一条看法。")
    left(showcase, "第二天又来说一条看法。", at=AT + timedelta(days=1))


def test_a_code_is_not_guessed(cast, showcase):
    for _ in range(voices.LOOKS_A_DAY):
        voices.look_up("abcd-efgh-jkmn", committee=cast.committee, address="203.0.113.9", at=AT)
    with pytest.raises(Refusal):
        voices.look_up("abcd-efgh-jkmn", committee=cast.committee, address="203.0.113.9", at=AT)


def test_the_staff_are_told_once_a_day(cast, showcase):
    left(showcase)
    left(showcase, "同一天的第二条留言，说说看法。")
    assert Notice.objects.filter(kind=voices.KIND, recipient=cast.li).count() == 1


COMMENT_VERBS = {
    "show": lambda cast, comment, by: voices.show(comment, by=by, at=AT),
    "hide": lambda cast, comment, by: voices.hide(comment, reason="与提案无关", by=by, at=AT),
}


@pytest.mark.parametrize("verb", COMMENT_VERBS)
@pytest.mark.parametrize("state", CommentState.values)
def test_every_state_and_every_verb_of_a_comment(cast, showcase, state, verb):
    comment = in_state(cast, showcase, state)
    if state in COMMENT_MOVES[verb].sources:
        COMMENT_VERBS[verb](cast, comment, cast.li)
        assert ShowcaseComment.objects.get().state == COMMENT_MOVES[verb].target
    else:
        with pytest.raises(WrongState):
            COMMENT_VERBS[verb](cast, comment, cast.li)
        assert ShowcaseComment.objects.get().state == state


def test_what_is_shown_is_read_by_all_and_asked_of_the_unit(cast, showcase):
    comment = in_state(cast, showcase, CommentState.SHOWN)
    assert ShowcaseComment.objects.visible_to(cast.zhang).get() == comment
    assert list(queries.awaiting_answer(cast.zhang)) == [comment]
    told = Notice.objects.filter(key=f"{voices.KIND}:{comment.pk}:shown").values_list("recipient", flat=True)
    assert set(told) == {cast.zhang.pk, cast.chen.pk}


def test_hiding_needs_a_reason(cast, showcase):
    comment, _ = left(showcase)
    with pytest.raises(Incomplete):
        voices.hide(comment, reason=" ", by=cast.li, at=AT)


@pytest.mark.parametrize("who", ["wang", "zhang", "sun", "zhou", "zhao"])
def test_only_the_staff_moderate(cast, showcase, who):
    comment, _ = left(showcase)
    for verb in (
        lambda by: voices.show(comment, by=by, at=AT),
        lambda by: voices.hide(comment, reason="x", by=by, at=AT),
    ):
        with pytest.raises(PermissionDenied):
            verb(getattr(cast, who))


def test_the_unit_answers_once_what_is_shown(cast, showcase):
    comment = in_state(cast, showcase, CommentState.SHOWN)
    with pytest.raises(Incomplete):
        voices.answer(comment, answer=" ", by=cast.zhang, at=AT)
    with pytest.raises(Incomplete):
        voices.answer(comment, answer="请打 0735-1234567", by=cast.zhang, at=AT)
    voices.answer(comment, answer="谢谢，下月再加一趟。", by=cast.zhang, at=AT)
    assert not queries.awaiting_answer(cast.zhang).exists()
    with pytest.raises(WrongState):
        voices.answer(comment, answer="再答一次。", by=cast.chen, at=AT)


@pytest.mark.parametrize("state", [CommentState.WAITING, CommentState.HIDDEN])
def test_what_is_not_shown_is_not_answered(cast, showcase, state):
    with pytest.raises(WrongState):
        voices.answer(in_state(cast, showcase, state), answer="谢谢您的意见。", by=cast.zhang, at=AT)


@pytest.mark.parametrize("who", ["li", "wang", "sun", "zhao"])
def test_nobody_but_the_unit_answers(cast, showcase, who):
    comment = in_state(cast, showcase, CommentState.SHOWN)
    with pytest.raises(PermissionDenied):
        voices.answer(comment, answer="谢谢您的意见。", by=getattr(cast, who), at=AT)


# --- beside the case of the unit ---------------------------------------------------------------------------------


def test_the_unit_sees_beside_its_case_what_people_say(cast, showcase):
    comment = in_state(cast, showcase, CommentState.SHOWN)
    found = queries.for_unit(cast.zhang, showcase.proposal)
    assert (found.url, found.unanswered) == (showcase.get_absolute_url(), [comment])
    assert queries.for_unit(cast.wang, showcase.proposal) is None
    assert queries.for_unit(cast.zhang, None) is None
    services.close_showcase(showcase, by=cast.li, at=AT)
    assert queries.for_unit(cast.zhang, showcase.proposal) is None
