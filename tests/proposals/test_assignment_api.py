"""What a unit, the office and the signers do with an assignment by the API: of a proposal and of a micro-proposal."""

import datetime

import pytest
import time_machine

from proposals import services
from proposals.models import Assignment, Contact, Extension, Reply, ReturnRequest
from proposals.states import AssignmentState, ProposalState, ReplyState
from tests.factories import formal
from tests.factories import proposals as make
from tests.factories.proposals import AT
from tests.proposals.test_replies import WHOLE, case, co_unit

TALK = {"stage": "before", "way": "visit", "on": "2026-11-20", "with_whom": "王委员", "words": "同意方案"}
VERBS = {
    "accept": {}, "return": {"reason": "不属于本单位"}, "return-request": {"reason": "不属于本单位"}, "contact": TALK,
    "extension": {"until": "2027-01-10", "reason": "等待批复"}, "opinion/waive": {"reason": "与其职责无关"},
    "reply": {"text": "x", "grade": "A"}, "reply/forward": {}, "reply/check": {}, "reply/back": {"words": "改"},
    "reply/sign": {"number": "1号"}, "reply/send": {}, "rate": {"satisfaction": "satisfied"},
}  # fmt: skip


@pytest.fixture(autouse=True)
def at(db):
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def post(as_):
    """`post(user, assignment, verb, body)`: status and answer, each with a key of its own."""
    sent = []

    def send(user, assignment, verb, body=None):
        sent.append(verb)
        answer = as_(user).post(
            f"/api/v1/assignments/{assignment.pk}/{verb}/", body or {}, content_type="application/json",
            HTTP_IDEMPOTENCY_KEY=f"key-number-{len(sent)}",
        )  # fmt: skip
        return answer.status_code, answer.json()

    return send


def refused(answer):
    status, said = answer
    return status, sorted(said.get("errors", {}))


def test_a_proposal_goes_the_whole_way(cast, post):
    made = formal.handed(cast, formal.proposal(cast, ProposalState.FILED))
    assert post(cast.zhang, made, "accept")[1]["state"] == "handling"
    assert refused(post(cast.zhang, made, "return", {"reason": "不属于本单位"})) == (409, [])
    assert post(cast.zhang, made, "reply", WHOLE)[0] == 200
    status, said = post(cast.zhang, made, "reply/forward")
    assert (status, "还没有登记与提案者的沟通" in said["detail"]) == (409, True)
    assert refused(post(cast.zhang, made, "contact", {**TALK, "on": "2026-11-01"})) == (400, ["on"])
    status, said = post(cast.zhang, made, "contact", TALK)
    assert (status, said["contacts"][0]["words"]) == (200, "同意方案")
    assert post(cast.zhang, made, "reply/forward")[0] == 200
    assert post(cast.zhang, made, "reply/check")[0] == 403  # who drafted does not check
    assert refused(post(cast.chen, made, "reply/back")) == (400, ["words"])
    assert post(cast.chen, made, "reply/back", {"words": "请写明时间"})[0] == 200
    assert Reply.objects.get().state == ReplyState.DRAFT
    post(cast.zhang, made, "reply/forward")
    assert post(cast.chen, made, "reply/check")[0] == 200
    assert post(cast.zhang, made, "reply/sign", {"number": "嘉函1号"})[0] == 403
    assert refused(post(cast.chen, made, "reply/sign")) == (400, ["number"])
    assert post(cast.chen, made, "reply/sign", {"number": "嘉函1号"})[0] == 200
    status, said = post(cast.zhang, made, "reply/send")
    assert (status, said["state"], said["rounds"][0]["reply"]["number"]) == (200, "replied", "嘉函1号")
    assert said["proposal"] == str(made.proposal.key)
    assert post(cast.zhang, made, "rate", {"satisfaction": "satisfied"})[0] == 403
    assert refused(post(cast.wang, made, "rate", {"satisfaction": "unsatisfied"})) == (400, ["words"])
    rating = {"satisfaction": "satisfied", "attitude": "basic"}
    assert post(cast.wang, made, "rate", rating)[1]["state"] == "closed"
    assert post(cast.wang, made, "rate", rating)[0] == 409
    made.proposal.refresh_from_db()
    assert made.proposal.state == ProposalState.CLOSED


def test_a_micro_proposal_goes_the_short_way(cast, post):
    made = make.assignment(cast, AssignmentState.HANDLING)
    assert post(cast.zhang, made, "contact", TALK)[0] == 200
    assert refused(post(cast.zhang, made, "reply", {"text": "x", "grade": "A", "state": "sent"})) == (400, ["state"])
    assert post(cast.zhang, made, "reply", {"text": "已安装。", "grade": "A", "publication": "full"})[0] == 200
    assert post(cast.chen, made, "reply/check")[0] == 409
    assert post(cast.zhang, made, "reply/forward")[0] == 200
    assert post(cast.chen, made, "reply/back", {"words": "请写明时间"})[0] == 200
    post(cast.zhang, made, "reply/forward")
    assert post(cast.zhang, made, "reply/send")[0] == 403
    assert post(cast.chen, made, "reply/send")[1]["state"] == "replied"
    assert post(cast.zhang, made, "contact", TALK)[0] == 409  # what comes before the reply
    assert post(cast.wang, made, "rate", {"satisfaction": "satisfied"})[1]["state"] == "closed"


def test_a_proposal_is_asked_to_be_taken_back_and_names_a_unit_of_the_county(cast, post):
    made = case(cast)
    wrong = {"reason": "属于交通部门", "suggested": cast.other_unit.pk}
    foreign, missing = (post(cast.zhang, made, "return-request", {**wrong, "suggested": pk})
                        for pk in (cast.other_unit.pk, 99_999))  # fmt: skip
    assert foreign == missing
    assert refused(foreign) == (400, ["suggested"])
    assert refused(post(cast.zhang, made, "return-request", {"reason": "x", "suggested": cast.unit.pk})) == (
        400, ["suggested"],
    )  # fmt: skip
    assert post(cast.li, made, "return-request", {"reason": "属于交通部门"})[0] == 403
    assert post(cast.zhang, made, "return-request", {"reason": "属于交通部门"})[0] == 200
    assert post(cast.zhang, made, "return-request", {"reason": "属于交通部门"})[0] == 409
    assert ReturnRequest.objects.get().asked_by == cast.zhang
    micro = make.assignment(cast)
    assert post(cast.zhang, micro, "return-request", {"reason": "不属于本单位"})[0] == 409
    assert post(cast.zhang, micro, "return", {"reason": "不属于本单位"})[1]["state"] == "returned"


def test_after_the_window_nothing_is_given_back(cast, post):
    made, micro = case(cast), make.assignment(cast)
    with time_machine.travel(AT + datetime.timedelta(days=8), tick=False):
        assert post(cast.zhang, made, "return-request", {"reason": "属于交通部门"})[0] == 409
        assert post(cast.zhang, micro, "return", {"reason": "不属于本单位"})[0] == 409
    assert not ReturnRequest.objects.exists()


def test_more_time_is_asked_once_and_inside_the_limit(cast, post):
    made = case(cast)
    assert refused(post(cast.zhang, made, "extension", {"until": "2026-12-01", "reason": "等待批复"})) == (
        400, ["until"],
    )  # fmt: skip
    assert refused(post(cast.zhang, made, "extension", {"until": "2028-12-01", "reason": "等待批复"})) == (
        400, ["until"],
    )  # fmt: skip
    assert post(cast.li, made, "extension", VERBS["extension"])[0] == 403
    assert post(cast.zhang, made, "extension", VERBS["extension"])[0] == 200
    assert post(cast.zhang, made, "extension", VERBS["extension"])[0] == 409
    assert Extension.objects.get().until == datetime.date(2027, 1, 10)


def test_an_opinion_is_waited_for_until_the_supervisors_waive_it(cast, post):
    lead = case(cast)
    joined = co_unit(cast, lead)
    make.talk(cast, lead)
    post(cast.zhang, lead, "reply", WHOLE)
    status, said = post(cast.zhang, lead, "reply/forward")
    assert (status, "县交通局还没有报送会办意见" in said["detail"]) == (409, True)
    assert post(cast.he, joined, "opinion/waive", {"reason": "不必"})[0] == 403
    assert refused(post(cast.sun, joined, "opinion/waive")) == (400, ["reason"])
    assert post(cast.sun, lead, "opinion/waive", {"reason": "不必"})[0] == 409
    assert post(cast.sun, joined, "opinion/waive", {"reason": "与其职责无关"})[1]["waive_reason"] == "与其职责无关"
    assert post(cast.zhang, lead, "reply/forward")[0] == 200


def test_a_co_unit_gives_its_opinion_by_the_same_steps(cast, post):
    joined = co_unit(cast, case(cast))
    post(cast.he, joined, "accept")
    assert refused(post(cast.he, joined, "reply/forward")) == (404, [])
    post(cast.he, joined, "reply", {"text": "同意增设站点。", "grade": "A"})
    assert Reply.objects.get().grade == ""  # an opinion has none
    post(cast.he, joined, "reply/forward")
    post(cast.ding, joined, "reply/check")
    post(cast.ding, joined, "reply/sign", {"number": "嘉交函2号"})
    assert post(cast.he, joined, "reply/send")[1]["state"] == "closed"
    assert post(cast.wang, joined, "rate", {"satisfaction": "satisfied"})[0] == 404


@pytest.mark.parametrize("of", ["proposal", "micro"])
def test_strangers_find_nothing_and_bystanders_do_nothing(cast, post, of):
    made = case(cast) if of == "proposal" else make.assignment(cast, AssignmentState.HANDLING)
    services.draft_reply(made, by=cast.zhang, at=AT, text="草稿", grade="A")
    before = Assignment.objects.values().get(pk=made.pk), Reply.objects.values().get()
    for verb, body in VERBS.items():
        for stranger in (cast.zhao, cast.qian):
            assert post(stranger, made, verb, body)[0] == 404, verb
            assert post(stranger, made, verb, {"nonsense": 1})[0] == 404, verb
        assert post(cast.zhou, made, verb, body)[0] == 403, verb
        if body:
            assert refused(post(cast.zhang, made, verb, {**body, "nonsense": 1})) == (400, ["nonsense"]), verb
    assert (Assignment.objects.values().get(pk=made.pk), Reply.objects.values().get()) == before
    assert not Contact.objects.exists()
