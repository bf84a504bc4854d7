import datetime
import threading

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.audit.models import AuditEntry
from proposals.models import Assignment, Category, MicroProposal, Reply
from proposals.states import AssignmentState, MicroState, ReplyState
from tests.factories import members as members_make
from tests.factories import proposals as make

MICROS, ASSIGNMENTS = "/api/v1/micro-proposals/", "/api/v1/assignments/"
TEXT = "路口车多人多，早晚高峰学生过街危险，建议增设信号灯和斑马线。"


def written(**fields):
    given = {"title": "西街路口增设信号灯", "body": TEXT, "category": make.category().pk, "region": "431024100001"}
    return {**given, **fields}


def post(client, address, body=None, key="a-fresh-key"):
    return client.post(address, body or {}, content_type="application/json", HTTP_IDEMPOTENCY_KEY=key)


def keys(answer):
    assert answer.status_code == 200, answer.content
    return [row["key"] for row in answer.json()["results"]]


# --- writing a micro-proposal ------------------------------------------------------------------------------------


def test_a_member_writes_and_submits_in_one_request(cast, as_):
    answer = post(as_(cast.wang), MICROS, written())
    assert answer.status_code == 201, answer.content
    micro = MicroProposal.objects.get()
    said = answer.json()
    assert (said["key"], said["state"], said["number"], said["author"]) == (str(micro.key), "reviewing", 1, "王委员")
    assert answer.headers["Location"] == f"http://testserver{MICROS}{micro.key}/"
    assert as_(cast.wang).get(answer.headers["Location"]).json() == said


def test_the_same_key_is_the_same_answer_and_one_micro_proposal(cast, as_):
    told = [post(as_(cast.wang), MICROS, written()) for _ in range(3)]
    assert [answer.status_code for answer in told] == [201] * 3
    assert told[0].json() == told[1].json() == told[2].json()
    assert MicroProposal.objects.count() == 1
    assert AuditEntry.objects.filter(verb="microproposal.submit").count() == 1
    other = members_make.user("sun-member", "孙委员")
    members_make.member(other, cast.committee)
    assert post(as_(other), MICROS, written()).json()["author"] == "孙委员"
    assert MicroProposal.objects.count() == 2


def test_the_same_key_with_other_words_is_refused(cast, as_):
    post(as_(cast.wang), MICROS, written())
    told = post(as_(cast.wang), MICROS, written(title="东街路口增设信号灯"))
    assert (told.status_code, told.json()["title"]) == (422, "前后不一")
    assert MicroProposal.objects.get().title == "西街路口增设信号灯"


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_ten_twins_at_once_are_one_micro_proposal(cast):
    body, told = written(), []

    def send():
        client = Client()
        client.force_login(cast.wang, backend="members.auth.NameOrPhoneBackend")
        told.append(post(client, MICROS, body))
        connection.close()

    twins = [threading.Thread(target=send) for _ in range(10)]
    [twin.start() for twin in twins]
    [twin.join() for twin in twins]
    assert [answer.status_code for answer in told] == [201] * 10
    assert len({answer.content for answer in told}) == 1
    assert MicroProposal.objects.count() == 1


@pytest.mark.parametrize("key", ["", "short", "x" * 129])
def test_without_a_proper_key_nothing_is_written(cast, as_, key):
    told = post(as_(cast.wang), MICROS, written(), key=key)
    assert (told.status_code, list(told.json()["errors"])) == (400, ["Idempotency-Key"])
    assert MicroProposal.objects.count() == 0


def test_what_is_missing_is_named_and_nothing_is_kept(cast, as_):
    told = post(as_(cast.wang), MICROS, {"title": "信号灯"})
    assert (told.status_code, sorted(told.json()["errors"])) == (400, ["body", "category", "region"])
    assert told.json()["errors"]["region"] == ["请选地点。"]
    assert MicroProposal.objects.count() == 0
    assert post(as_(cast.wang), MICROS, {"title": "信号灯", "submit": False}).json()["state"] == "draft"


def test_too_long_is_refused(cast, as_):
    told = post(as_(cast.wang), MICROS, written(title="长" * 51, body="长" * 3001))
    assert (told.status_code, sorted(told.json()["errors"])) == (400, ["body", "title"])


def test_what_belongs_to_another_committee_is_refused_and_nothing_changes(cast, as_):
    foreign = Category.objects.create(committee=cast.other_committee, name="外县类别")
    for field, value in {
        "region": "431023100001",
        "category": foreign.pk,
        "author": cast.qian_member.pk,
        "state": "closed",
        "unit": cast.other_unit.pk,
        "number": 7,
    }.items():
        told = post(as_(cast.wang), MICROS, written(**{field: value}))
        assert (told.status_code, list(told.json()["errors"])) == (400, [field])
    assert post(as_(cast.wang), MICROS, written(committee="yongxing")).status_code == 403
    missing = post(as_(cast.wang), MICROS, written(category=99_999)).json()["errors"]["category"][0]
    other = post(as_(cast.wang), MICROS, written(category=foreign.pk)).json()["errors"]["category"][0]
    assert other == missing.replace("99999", str(foreign.pk))
    assert MicroProposal.objects.count() == 0


def test_only_members_write(cast, as_):
    for user in (cast.li, cast.zhang, cast.zhao):
        told = post(as_(user), MICROS, written())
        assert (told.status_code, told.json()["detail"]) == (403, "只有在任委员可以提交微建议。")
    assert post(as_(None), MICROS, written()).status_code == 401
    assert MicroProposal.objects.count() == 0


# --- reading and moving micro-proposals --------------------------------------------------------------------------


def test_everybody_reads_what_the_pages_show(cast, as_):
    draft = make.micro(cast, title="草稿")
    reviewing = make.micro(cast, MicroState.REVIEWING, title="联审中")
    assert keys(as_(cast.wang).get(MICROS)) == [str(reviewing.key), str(draft.key)]
    assert keys(as_(cast.li).get(MICROS)) == [str(reviewing.key)]
    assert keys(as_(cast.reviewers[0]).get(MICROS)) == [str(reviewing.key)]
    for stranger in (cast.zhang, cast.zhao, cast.qian):
        assert keys(as_(stranger).get(MICROS)) == []
        for verb in ("", "submit/", "withdraw/", "verdict/"):
            address = f"{MICROS}{reviewing.key}/{verb}"
            answer = post(as_(stranger), address, {"verdict": "agree"}) if verb else as_(stranger).get(address)
            assert answer.status_code == 404


def test_a_published_summary_is_all_that_outsiders_read(cast, as_):
    micro = make.micro(cast, MicroState.CLOSED)
    MicroProposal.objects.filter(pk=micro.pk).update(publication="summary", body="长" * 200)
    address = f"{MICROS}{micro.key}/"
    assert as_(cast.zhao).get(address).json()["body"] == "长" * 77 + "..."
    assert as_(cast.zhao).get(address).json()["assignment"] is None
    inside = as_(cast.li).get(address).json()
    assert (inside["body"], inside["assignment"]) == ("长" * 200, Assignment.objects.get().pk)


def test_the_author_submits_and_withdraws(cast, as_):
    micro = make.micro(cast)
    address = f"{MICROS}{micro.key}/"
    assert post(as_(cast.wang), f"{address}submit/").json()["state"] == "reviewing"
    told = post(as_(cast.wang), f"{address}submit/")
    assert (told.status_code, told.json()["title"]) == (409, "状态已变")
    assert told.json()["detail"].startswith("“联审中”的微建议不能提交。")
    assert post(as_(cast.li), f"{address}withdraw/").status_code == 403
    assert post(as_(cast.wang), f"{address}withdraw/").json()["state"] == "withdrawn"


def test_the_offices_give_their_verdicts(cast, as_):
    micro = make.micro(cast, MicroState.REVIEWING)
    address = f"{MICROS}{micro.key}/verdict/"
    told = post(as_(cast.reviewers[0]), address, {"verdict": "disagree"})
    assert (told.status_code, list(told.json()["errors"])) == (400, ["words"])
    told = post(as_(cast.reviewers[0]), address, {"verdict": "perhaps"})
    assert (told.status_code, list(told.json()["errors"])) == (400, ["verdict"])
    assert post(as_(cast.li), address, {"verdict": "agree"}).status_code == 403
    states = [post(as_(reviewer), address, {"verdict": "agree"}).json()["state"] for reviewer in cast.reviewers]
    assert states == ["reviewing", "reviewing", "agreed"]
    assert post(as_(cast.reviewers[0]), address, {"verdict": "agree"}).status_code == 409


def test_lists_are_filtered(cast, as_):
    micro = make.micro(cast, MicroState.REVIEWING)
    make.micro(cast, title="县城北路增设公交站")
    wang = as_(cast.wang)
    for query in ({"q": "西街"}, {"state": "reviewing"}, {"q": "西街", "within": "431024100", "committee": "jiahe"}):
        assert keys(wang.get(MICROS, query)) == [str(micro.key)]
    assert keys(wang.get(MICROS, {"within": "431024101"})) == []
    assert wang.get(MICROS, {"category": "x"}).status_code == 400


def test_the_categories_are_the_national_ones_and_the_own(cast, as_):
    make.category()
    Category.objects.create(committee=cast.committee, name="乡村振兴")
    Category.objects.create(committee=cast.other_committee, name="外县类别")
    names = {row["name"] for row in as_(cast.wang).get("/api/v1/categories/").json()["results"]}
    assert names == {"交通出行", "乡村振兴"}


# --- assignments -------------------------------------------------------------------------------------------------


def test_a_unit_takes_on_answers_and_is_rated(cast, as_):
    made = make.assignment(cast)
    zhang, chen, wang = as_(cast.zhang), as_(cast.chen), as_(cast.wang)
    address = f"{ASSIGNMENTS}{made.pk}/"
    assert post(zhang, f"{address}accept/").json()["state"] == "handling"
    assert post(zhang, f"{address}reply/forward/").status_code == 404
    drafted = post(zhang, f"{address}reply/", {"text": "已会同交警勘察。", "grade": "B"})
    assert drafted.json()["rounds"][0]["reply"]["state"] == "draft"
    told = post(zhang, f"{address}reply/forward/")
    assert (told.status_code, sorted(told.json()["errors"])) == (400, ["promise", "promised_on"])
    later = (timezone.localdate() + datetime.timedelta(days=60)).isoformat()
    post(zhang, f"{address}reply/", {"text": "年内安装。", "grade": "B", "promise": "安装信号灯", "promised_on": later})
    assert post(zhang, f"{address}reply/forward/").status_code == 200
    assert post(zhang, f"{address}reply/send/").status_code == 403
    assert post(chen, f"{address}reply/send/").json()["state"] == "replied"
    assert post(zhang, f"{address}rate/", {"satisfaction": "satisfied"}).status_code == 403
    told = post(wang, f"{address}rate/", {"satisfaction": "unsatisfied"})
    assert (told.status_code, list(told.json()["errors"])) == (400, ["words"])
    rated = post(wang, f"{address}rate/", {"satisfaction": "basic", "words": "请抓紧"}).json()
    assert rated["state"] == "following"
    assert rated["rounds"][0]["reply"]["ratings"][0]["words"] == "请抓紧"
    assert post(wang, f"{address}rate/", {"satisfaction": "basic"}).status_code == 409


def test_a_wrong_assignment_is_given_back_with_the_reason(cast, as_):
    made = make.assignment(cast, at=timezone.now())
    address = f"{ASSIGNMENTS}{made.pk}/return/"
    assert post(as_(cast.zhang), address).json()["errors"] == {"reason": ["该字段是必填项。"]}
    assert post(as_(cast.zhang), address, {"reason": "不属于本单位职责"}).json()["state"] == "returned"


def test_a_draft_reply_is_the_units_alone(cast, as_):
    made = make.assignment(cast, AssignmentState.HANDLING)
    make.reply(cast, made)
    seen = {
        user.username: as_(user).get(f"{ASSIGNMENTS}{made.pk}/").json()["rounds"][0]["reply"] is not None
        for user in (cast.zhang, cast.chen, cast.wang, cast.li, cast.reviewers[0])
    }
    assert seen == {"zhang": True, "chen": True, "wang": False, "li": False, "dang": False}


def test_nobody_else_finds_or_touches_an_assignment(cast, as_):
    made = make.assignment(cast)
    before = Assignment.objects.values().get()
    bodies = {"accept/": {}, "return/": {"reason": "x"}, "reply/": {"text": "x", "grade": "A"}, "reply/send/": {},
              "rate/": {"satisfaction": "satisfied"}}  # fmt: skip
    for stranger in (cast.zhao, cast.qian):
        assert as_(stranger).get(ASSIGNMENTS).json()["results"] == []
        for verb, body in bodies.items():
            for sent in (body, {"nonsense": 1}):
                assert post(as_(stranger), f"{ASSIGNMENTS}{made.pk}/{verb}", sent).status_code == 404
    told = post(as_(cast.zhang), f"{ASSIGNMENTS}{made.pk}/reply/", {"text": "x", "grade": "A", "state": "sent"})
    assert (told.status_code, list(told.json()["errors"])) == (400, ["state"])
    assert Assignment.objects.values().get() == before
    assert Reply.objects.filter(state=ReplyState.SENT).count() == 0


def test_assignments_by_state_unit_and_date(cast, as_):
    make.assignment(cast)
    late = make.assignment(cast, AssignmentState.HANDLING, title="县城北路增设公交站")
    Assignment.objects.filter(pk=late.pk).update(due_on="2020-01-01")
    li = as_(cast.li)

    def titles(**query):
        answer = li.get(ASSIGNMENTS, query)
        assert answer.status_code == 200, answer.content
        return [row["title"] for row in answer.json()["results"]]

    assert titles(overdue="true") == titles(state="handling") == ["县城北路增设公交站"]
    assert titles(unit=cast.unit.pk) == ["县城北路增设公交站", "西街路口增设信号灯"]
    assert li.get(ASSIGNMENTS, {"unit": cast.other_unit.pk}).status_code == 400


def test_every_move_is_a_change_to_those_who_follow(cast, as_):
    made = make.assignment(cast, at=make.AT)
    Assignment.objects.update(updated_at="2026-01-01T00:00:00Z")
    MicroProposal.objects.update(updated_at="2026-01-01T00:00:00Z")
    make.to_state(cast, made, AssignmentState.CLOSED, at=make.AT)
    for address in (MICROS, ASSIGNMENTS):
        answer = as_(cast.li).get(address, {"updated_since": "2026-11-20T00:00:00Z"})
        assert len(answer.json()["results"]) == 1


def test_lists_need_as_many_queries_for_three_rows_as_for_one(cast, as_):
    li, counts = as_(cast.li), {}
    li.get(MICROS)  # the first request of a session writes it
    for number in (1, 3):
        while Assignment.objects.count() < number:
            make.assignment(cast, title=f"第{Assignment.objects.count()}件")
            Category.objects.create(committee=cast.committee, name=f"类别{Category.objects.count()}")
        for address in (MICROS, ASSIGNMENTS, "/api/v1/categories/"):
            with CaptureQueriesContext(connection) as asked:
                assert len(li.get(address).json()["results"]) >= number
            assert counts.setdefault(address, len(asked)) == len(asked)
