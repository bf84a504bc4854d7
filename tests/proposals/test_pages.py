"""The pages: what each of the cast sees, what is refused in words, what stays in the form."""

import datetime
import io
import uuid
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from config.uploads import store
from members.models import Region
from members.roles import Role
from proposals import services
from proposals.documents.matters import assignment_notice
from proposals.models import Assignment, MicroProposal, Reply
from proposals.states import AssignmentState, MicroState, Verdict
from tests.factories import proposals as make
from tests.factories.members import grant, member, user

pytestmark = pytest.mark.django_db


def photo(name="路口.jpg", size=(60, 40)):
    content = io.BytesIO()
    Image.new("RGB", size, "red").save(content, "JPEG")
    return SimpleUploadedFile(name, content.getvalue(), "image/jpeg")


def typed(**fields):
    return {
        "title": "西街路口增设信号灯",
        "body": "早晚高峰学生过街危险，建议增设信号灯。",
        "category": make.category().pk,
        "region": "431024100001",
        **fields,
    }


# --- 写 ----------------------------------------------------------------------------------------------------------


def test_writing_checking_and_submitting(cast, as_):
    browser = as_(cast.wang)
    page = browser.get(reverse("micro-new"), follow=True)
    assert page.status_code == 200
    key = page.context["key"]
    saved = browser.post(reverse("micro-edit", args=[key]), {**typed(), "photos": photo()})
    assert saved.url == reverse("micro-check", args=[key])
    micro = MicroProposal.objects.get(key=key)
    assert (micro.state, micro.author) == (MicroState.DRAFT, cast.wang_member)
    assert store.of(micro, "photo").count() == 1
    assert "西街路口增设信号灯" in browser.get(saved.url).content.decode()
    browser.post(reverse("micro-submit", args=[key]))
    again = browser.post(reverse("micro-submit", args=[key]), follow=True)
    micro.refresh_from_db()
    assert (micro.state, micro.number, micro.reviews.count()) == (MicroState.REVIEWING, 1, 1)
    assert "不能提交" in again.content.decode()


def test_similar_ones_are_shown_before_sending(cast, as_):
    earlier = make.micro(cast, MicroState.REVIEWING, title="建议在西街路口安装红绿灯")
    draft = make.micro(cast)
    page = as_(cast.wang).get(reverse("micro-check", args=[draft.key])).content.decode()
    assert earlier.title in page


def test_another_countys_micro_proposals_are_not_similar(cast, as_):
    make.micro(cast, MicroState.REVIEWING, author=cast.qian)
    draft = make.micro(cast)
    page = as_(cast.wang).get(reverse("micro-check", args=[draft.key])).content.decode()
    assert "没有找到相似的微建议" in page


def test_autosave_keeps_a_draft_and_says_when(cast, as_):
    browser, key = as_(cast.wang), uuid.uuid4()
    for title in ("写了一", "写了一半"):
        saved = browser.post(
            reverse("micro-edit", args=[key]), {"title": title, "body": ""}, headers={"X-Autosave": "1"}
        )
        assert saved.json()["saved"] is True
    assert MicroProposal.objects.get().title == "写了一半"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": "长" * 51}, "50"),
        ({"body": "长" * 3001}, "3000"),
        ({"region": "110101001000"}, "选择一个有效的选项"),
        ({"category": "999999"}, "选择一个有效的选项"),
    ],
)
def test_bad_input_is_said_at_the_field_and_nothing_typed_is_lost(cast, as_, fields, said):
    Region.objects.get_or_create(code="110101001000", defaults={"name": "东华门街道", "level": 4})
    answer = as_(cast.wang).post(reverse("micro-edit", args=[uuid.uuid4()]), typed(**fields))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert said in page
    assert typed()["body"][:12] in page or "长长长" in page
    assert MicroProposal.objects.count() == 0


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("x.jpg", b"MZ\x90\x00" * 100, "image/jpeg"),
        SimpleUploadedFile("x.exe", b"MZ\x90\x00" * 100, "image/jpeg"),
        SimpleUploadedFile("x.jpg", b"\xff\xd8\xff" + b"0" * (10 * 1024 * 1024), "image/jpeg"),
    ],
)
def test_a_file_that_is_no_photo_is_refused_and_nothing_is_stored(cast, as_, file, settings):
    file.seek(0)
    answer = as_(cast.wang).post(reverse("micro-edit", args=[uuid.uuid4()]), {**typed(), "photos": file})
    assert answer.status_code == 400
    assert typed()["body"] in answer.content.decode()
    assert MicroProposal.objects.count() == 0
    assert not [p for p in settings.MEDIA_ROOT.rglob("*") if p.is_file()]


def test_a_seventh_photo_is_refused_and_the_draft_stays_as_it_was(cast, as_):
    browser, draft = as_(cast.wang), make.micro(cast)
    address = reverse("micro-edit", args=[draft.key])
    browser.post(address, {**typed(), "photos": [photo() for _ in range(5)]})
    refused = browser.post(address, {**typed(title="另一个"), "photos": [photo(), photo()]})
    assert "还可以再加 1 张" in refused.content.decode()
    draft.refresh_from_db()
    assert (draft.title, store.of(draft).count()) == (typed()["title"], 5)


def test_script_in_a_text_is_shown_as_text(cast, as_):
    attack = "<script>alert(1)</script>"
    micro = make.micro(cast, MicroState.REVIEWING, title=attack)
    page = as_(cast.li).get(micro.get_absolute_url()).content.decode()
    assert attack not in page
    assert "&lt;script&gt;" in page


def test_a_photo_can_be_taken_out_of_a_draft_only(cast, as_):
    browser, draft = as_(cast.wang), make.micro(cast)
    browser.post(reverse("micro-edit", args=[draft.key]), {**typed(), "photos": photo()})
    kept = store.of(draft).get()
    services.submit(draft, by=cast.wang, at=make.AT)
    refused = browser.post(reverse("micro-photo-remove", args=[draft.key, kept.pk]))
    assert refused.status_code == 403
    assert store.of(draft).count() == 1
    stranger = as_(cast.qian).post(reverse("micro-photo-remove", args=[draft.key, kept.pk]))
    assert stranger.status_code == 404


def test_who_is_no_member_does_not_write(cast, as_):
    assert as_(cast.zhang).get(reverse("micro-new")).status_code == 403
    posted = as_(cast.zhang).post(reverse("micro-edit", args=[uuid.uuid4()]), typed())
    assert posted.status_code == 403
    assert MicroProposal.objects.count() == 0


# --- 看 ----------------------------------------------------------------------------------------------------------

EVERYBODY = ["wang", "li", "zhang", "chen", "sun", "zhou", "zhao", "qian", None]


@pytest.mark.parametrize(
    ("state", "who_sees"),
    [
        (MicroState.DRAFT, {"wang"}),
        (MicroState.REVIEWING, {"wang", "li", "zhou"}),
        (MicroState.ASSIGNED, {"wang", "li", "zhou", "zhang", "chen"}),
        (MicroState.CLOSED, set(EVERYBODY)),
    ],
)
@pytest.mark.parametrize("who", EVERYBODY)
def test_who_sees_a_micro_proposal(cast, as_, state, who_sees, who):
    micro = make.micro(cast, state)
    answer = as_(who and getattr(cast, who)).get(micro.get_absolute_url())
    assert answer.status_code == (200 if who in who_sees else 404)


def test_the_public_page_shows_the_answer_and_not_what_the_offices_said(cast, as_):
    micro = make.micro(cast, MicroState.CLOSED)
    page = as_(None).get(micro.get_absolute_url()).content.decode()
    assert "信号灯本月安装" in page
    assert "联审意见" not in page
    assert "罗一鸣" not in page
    assert cast.zhang.name not in page


def test_what_is_not_to_be_published_is_not_public(cast, as_):
    micro = make.micro(cast, MicroState.ASSIGNED)
    assignment = make.to_state(cast, micro.assignments.get(), AssignmentState.HANDLING)
    reply = make.reply(cast, assignment, publication="none", private_reason="涉及个人")
    services.send(reply, by=cast.chen, at=make.AT)
    assignment.refresh_from_db()
    services.rate(assignment, satisfaction="satisfied", by=cast.wang, at=make.AT)
    assert MicroProposal.objects.get().state == MicroState.CLOSED
    assert as_(None).get(micro.get_absolute_url()).status_code == 404
    assert micro.title not in as_(None).get(reverse("micro-public-list", args=["jiahe"])).content.decode()


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_sees_an_assignment(cast, as_, who):
    assignment = make.assignment(cast)
    sees = {"wang", "li", "zhang", "chen", "sun", "zhou"}
    answer = as_(who and getattr(cast, who)).get(assignment.get_absolute_url())
    assert answer.status_code == (302 if who is None else 200 if who in sees else 404)


def test_a_draft_reply_is_seen_by_the_unit_alone(cast, as_):
    assignment = make.assignment(cast, AssignmentState.HANDLING)
    make.reply(cast, assignment, text="这是草稿里的话")
    seen = {
        who: "这是草稿里的话" in as_(getattr(cast, who)).get(assignment.get_absolute_url()).content.decode()
        for who in ("zhang", "chen", "li", "wang", "zhou")
    }
    assert seen == {"zhang": True, "chen": True, "li": False, "wang": False, "zhou": False}


LISTS = [
    ("micro-list", "li", MicroState.REVIEWING),
    ("micro-list", "wang", MicroState.REVIEWING),
    ("review-desk", 0, MicroState.REVIEWING),
    ("assign-desk", "li", MicroState.AGREED),
    ("assignment-list", "zhang", MicroState.ASSIGNED),
    ("assignment-list", "li", MicroState.ASSIGNED),
]


@pytest.mark.parametrize(("name", "who", "state"), LISTS)
def test_a_list_costs_the_same_with_one_row_and_with_three(cast, as_, name, who, state):
    person = cast.reviewers[who] if isinstance(who, int) else getattr(cast, who)
    make.micro(cast, state, title="第一件")
    browser = as_(person)
    browser.get(reverse(name))
    with CaptureQueriesContext(connection) as one:
        assert "第一件" in browser.get(reverse(name)).content.decode()
    for title in ("第二件", "第三件"):
        make.micro(cast, state, title=title)
    with CaptureQueriesContext(connection) as three:
        page = browser.get(reverse(name)).content.decode()
    assert all(title in page for title in ("第一件", "第二件", "第三件"))
    assert len(three) == len(one)
    assert len(one) <= 14


@pytest.mark.parametrize(("name", "who"), [("micro-list", "wang"), ("review-desk", 0), ("assignment-list", "zhang")])
def test_an_empty_list_says_what_to_do_next(cast, as_, name, who):
    person = cast.reviewers[who] if isinstance(who, int) else getattr(cast, who)
    page = as_(person).get(reverse(name)).content.decode()
    assert 'class="empty"' in page
    assert 'class="button"' in page


def test_searching_finds_two_characters_and_traditional_finds_simplified(cast, as_):
    make.micro(cast, MicroState.REVIEWING, title="增设信号灯")
    make.micro(cast, MicroState.REVIEWING, title="修缮古桥护栏")
    browser = as_(cast.li)
    for words in ("古桥", "古橋", "護欄"):
        page = browser.get(reverse("micro-list"), {"q": words}).content.decode()
        assert "修缮古桥护栏" in page
        assert "增设信号灯" not in page


# --- 办 ----------------------------------------------------------------------------------------------------------


def test_the_whole_way_through_the_pages(cast, as_):
    """Verdicts, assignment, acceptance, draft, signature, rating: each by its own person's page."""
    micro = make.micro(cast, MicroState.REVIEWING)
    for reviewer in cast.reviewers:
        as_(reviewer).post(reverse("micro-verdict", args=[micro.key]), {"verdict": "agree"})
    form = as_(cast.li).get(reverse("micro-assign", args=[micro.key]), {"unit": cast.unit.pk}).content.decode()
    assert "罗一鸣" in form
    five = make.five(cast) | {"unit": cast.unit.pk, "handler": cast.zhang.pk, "due_on": "2099-12-31"}
    assert as_(cast.li).post(reverse("micro-assign", args=[micro.key]), five).status_code == 302
    pk = Assignment.objects.get().pk
    handler, leader = as_(cast.zhang), as_(cast.chen)
    handler.post(reverse("assignment-accept", args=[pk]))
    text = {"text": "已安装完毕", "grade": "A", "publication": "full", "forward": "1"}
    handler.post(reverse("reply-edit", args=[pk]), text)
    leader.post(reverse("reply-send", args=[pk]))
    rated = as_(cast.wang).post(reverse("assignment-rate", args=[pk]), {"satisfaction": "satisfied"}, follow=True)
    assert "已办结" in rated.content.decode()
    assert MicroProposal.objects.get().state == MicroState.CLOSED


def test_a_missing_fixing_is_named_at_its_field_and_the_rest_stays(cast, as_):
    micro = make.micro(cast, MicroState.AGREED)
    five = make.five(cast, quality="") | {"unit": cast.unit.pk, "handler": cast.zhang.pk, "due_on": "2099-12-31"}
    answer = as_(cast.li).post(reverse("micro-assign", args=[micro.key]), five)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "定质量：请写明" in page
    assert "勘察路口" in page
    assert Assignment.objects.count() == 0


@pytest.mark.parametrize("field", ["unit", "handler"])
def test_another_countys_unit_or_person_is_no_valid_choice(cast, as_, field):
    micro = make.micro(cast, MicroState.AGREED)
    own = make.five(cast) | {"unit": cast.unit.pk, "handler": cast.zhang.pk, "due_on": "2099-12-31"}
    foreign = {"unit": cast.other_unit.pk, "handler": cast.zhao.pk}
    answer = as_(cast.li).post(reverse("micro-assign", args=[micro.key]), own | {field: foreign[field]})
    assert answer.status_code == 400
    assert "选择一个有效的选项" in answer.content.decode()
    assert Assignment.objects.count() == 0


def test_an_incomplete_reply_stays_in_the_form(cast, as_):
    assignment = make.assignment(cast, AssignmentState.HANDLING)
    half = {"text": "正在推进，明年完成", "grade": "B", "publication": "full", "forward": "1"}
    answer = as_(cast.zhang).post(reverse("reply-edit", args=[assignment.pk]), half)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "B 类答复要写明将做成什么" in page
    assert "正在推进，明年完成" in page


def test_saving_a_draft_reply_needs_nothing_but_a_grade(cast, as_):
    assignment = make.assignment(cast, AssignmentState.HANDLING)
    as_(cast.zhang).post(
        reverse("reply-edit", args=[assignment.pk]), {"text": "", "grade": "B", "publication": "full", "save": "1"}
    )
    assert Reply.objects.get().state == "draft"


def test_an_overdue_matter_is_red_on_the_board(cast, as_):
    make.assignment(cast, AssignmentState.HANDLING)
    Assignment.objects.update(due_on="2020-01-03")
    page = as_(cast.zhang).get(reverse("assignment-list")).content.decode()
    assert "已逾期" in page
    assert 'section class="light late"' in page


def test_a_second_click_has_one_effect_and_a_stale_page_is_told_who_was_first(cast, as_):
    micro = make.micro(cast, MicroState.REVIEWING)
    first = as_(cast.reviewers[0])
    first.post(reverse("micro-verdict", args=[micro.key]), {"verdict": "agree"})
    again = first.post(reverse("micro-verdict", args=[micro.key]), {"verdict": "disagree", "words": "x"}, follow=True)
    assert "代表县党委办出具“同意”" in again.content.decode()
    assert micro.reviews.get().verdicts.get().verdict == Verdict.AGREE


@pytest.mark.parametrize(
    "name",
    [
        "assignment-accept",
        "assignment-return",
        "reply-put-forward",
        "reply-send",
        "assignment-rate",
        "assignment-verify",
    ],
)
@pytest.mark.parametrize("who", ["zhao", "qian"])
def test_another_county_gets_404_and_changes_nothing(cast, as_, name, who):
    assignment = make.assignment(cast, AssignmentState.HANDLING)
    make.reply(cast, assignment)
    answer = as_(getattr(cast, who)).post(reverse(name, args=[assignment.pk]), {"reason": "x", "words": "x"})
    assert answer.status_code == 404
    assert Assignment.objects.get().state == AssignmentState.HANDLING


@pytest.mark.parametrize(
    ("name", "who"), [("assignment-accept", "wang"), ("reply-send", "zhang"), ("assignment-rate", "li")]
)
def test_who_may_see_but_not_do_is_refused(cast, as_, name, who):
    state = {"assignment-rate": AssignmentState.REPLIED}.get(name, AssignmentState.HANDLING)
    assignment = make.assignment(cast, state)
    if name == "reply-send":
        make.reply(cast, assignment)
    data = {"satisfaction": "satisfied"}
    assert as_(getattr(cast, who)).post(reverse(name, args=[assignment.pk]), data).status_code == 403
    assert Assignment.objects.get().state == state


def test_the_assignment_notice_is_a_document(cast, as_):
    assignment = make.assignment(cast)
    answer = as_(cast.zhang).get(reverse("assignment-notice", args=[assignment.pk]))
    assert answer["Content-Type"].endswith("wordprocessingml.document")
    assert answer.content[:2] == b"PK"
    assert as_(cast.zhao).get(reverse("assignment-notice", args=[assignment.pk])).status_code == 404


@pytest.mark.parametrize("at", ["2026-11-20 07:00+08:00", "2026-11-20 23:30+08:00"])
def test_the_assignment_notice_bears_the_local_date(cast, at):
    assignment = make.assignment(cast, at=datetime.datetime.fromisoformat(at))
    text = ZipFile(io.BytesIO(assignment_notice(assignment))).read("word/document.xml").decode()
    assert "2026年11月20日" in text


def test_what_happened_at_one_moment_is_told_in_its_order_and_the_first_due_date_stays(cast, as_):
    assignment = make.assignment(cast, AssignmentState.HANDLING)
    until = assignment.due_on + datetime.timedelta(days=20)
    asked = services.ask_extension(assignment, until=until, reason="等设备", by=cast.zhang, at=make.AT)
    services.grant_extension(asked, by=cast.sun, at=make.AT)
    assignment.refresh_from_db()
    services.send(make.reply(cast, assignment), by=cast.chen, at=make.AT)
    assignment.refresh_from_db()
    services.rate(assignment, satisfaction="unsatisfied", words="灯还没亮", by=cast.wang, at=make.AT)
    events = as_(cast.wang).get(assignment.micro.get_absolute_url()).context["events"]
    told = [(event.what, event.note) for event in events]
    assert told[:3] == [("同意延期", told[0][1]), ("开始第 2 轮办理", "灯还没亮"), ("评价：不满意", "灯还没亮")]
    assert [note for what, note in told if what.startswith("交")] == ["期限 12月11日"]


def test_a_returned_one_says_on_top_what_is_asked_for(cast, as_):
    micro = make.micro(cast, MicroState.RETURNED)
    page = as_(cast.wang).get(micro.get_absolute_url())
    assert [verdict.words for verdict in page.context["asked_for"]] == ["请补充位置"]
    assert page.context["back"] == ("微建议", reverse("micro-list"))
    assert "asked_for" not in as_(cast.li).get(micro.get_absolute_url()).context


def test_a_member_of_the_chair_meeting_sees_the_whole_county_and_on_request_the_own(cast, as_):
    grant(cast.wang, Role.CHAIR, cast.committee)
    make.micro(cast, MicroState.REVIEWING, title="别人的")
    MicroProposal.objects.update(author=member(user("other"), cast.committee))
    browser = as_(cast.wang)
    lists = [browser.get(reverse("micro-list"), query).context["page"].rows for query in ({}, {"whose": "mine"})]
    assert [[micro.title for micro in rows] for rows in lists] == [["别人的"], []]
