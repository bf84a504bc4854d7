"""专委会述职评议: opened, reported, rated without names, settled, published (row 16)."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from config.milestones import clock
from config.milestones.models import Milestone, MilestoneState
from config.notices.models import Notice
from config.refusals import Incomplete, WrongState
from members.models import BodyRating, BodyReview, Parameter, ReviewCriterion
from members.presets import appraisal as presets
from members.queries import reviews as queries
from members.roles import Role
from members.services import reviews
from members.states import REVIEW_MOVES, ReviewState
from tests.factories import appraisal as make_year
from tests.factories import members as make

pytestmark = pytest.mark.django_db
OVER = make_year.OVER
MARKS = [18, 27, 18, 18, 9]


def later(days):
    return OVER + datetime.timedelta(days=days)


def rate(review, people, marks=MARKS):
    for person in people:
        reviews.rate(review, marks=marks, words="工作扎实", by=person, at=later(1))


# --- the course ----------------------------------------------------------------------------------------------------


def test_opened_twice_is_opened_once_and_the_leader_is_told(cast):
    review = make_year.review(cast)
    assert Notice.objects.filter(recipient=cast.wang, kind="review").count() == 1
    given = {"report_by": make_year.REPORT_BY, "rate_until": make_year.RATE_UNTIL, "by": cast.li, "at": OVER}
    assert reviews.open_year([review.body], make_year.YEAR, **given) == 0


def test_the_report_is_handed_in_with_a_copy_of_the_sheet(cast):
    review = make_year.submitted(cast)
    assert review.criteria == [[name, most] for name, most in presets.CRITERIA]
    ReviewCriterion.objects.all().delete()
    review.refresh_from_db()
    assert sum(most for _, most in review.criteria) == 100
    with pytest.raises(WrongState, match="不能再修改"):
        reviews.keep_draft(review, report="改", by=cast.wang, at=OVER)


def test_a_committee_may_have_its_own_sheet(cast):
    review = make_year.review(cast)
    ReviewCriterion.objects.create(committee=cast.committee, position=1, name="调研", most=100)
    assert queries.criteria_of(review.committee) == [["调研", 100]]


def test_an_empty_report_is_refused(cast):
    with pytest.raises(Incomplete) as refusal:
        reviews.submit(make_year.review(cast), by=cast.wang, at=OVER)
    assert "report" in refusal.value.fields


@pytest.mark.parametrize("who", ["li", "zhou", "qian"])
def test_only_the_leader_reports(cast, who):
    review = make_year.review(cast)
    with pytest.raises(PermissionDenied):
        reviews.keep_draft(review, report="代写", by=getattr(cast, who), at=OVER)


def test_raters_are_the_standing_members_and_the_chair_meeting_without_the_leader(cast):
    people = make_year.raters(cast)
    ordinary = make.member(make.user("pu", "普通委员"), cast.committee)
    review = make_year.submitted(cast)
    assert queries.raters(review) == {*(person.pk for person in people), cast.zhou.pk}
    Parameter.objects.create(committee=cast.committee, code="review.raters", value="all")
    review = BodyReview.objects.get()
    assert queries.raters(review) == {*(person.pk for person in people), cast.zhou.pk, ordinary.user_id}
    with pytest.raises(PermissionDenied):
        reviews.rate(review, marks=MARKS, by=cast.wang, at=OVER)


def test_a_sheet_may_be_changed_until_the_date_and_counts_once(cast):
    review, (person, *_) = make_year.submitted(cast), make_year.raters(cast)
    rate(review, [person])
    rate(review, [person], [20, 30, 20, 20, 10])
    assert BodyRating.objects.get().total == 100
    late = later(26)  # 31 January
    with pytest.raises(WrongState, match="已截止"):
        reviews.rate(review, marks=MARKS, by=person, at=late)


@pytest.mark.parametrize("marks", [[21, 0, 0, 0, 0], [-1, 0, 0, 0, 0]])
def test_a_mark_outside_its_line_is_named(cast, marks):
    (person, *_), review = make_year.raters(cast), make_year.submitted(cast)
    with pytest.raises(Incomplete) as refusal:
        reviews.rate(review, marks=marks, by=person, at=OVER)
    assert list(refusal.value.fields) == ["mark_0"]


def test_it_is_settled_with_the_average_and_told(cast):
    people, review = make_year.raters(cast), make_year.submitted(cast)
    rate(review, people[:2])
    rate(review, people[2:], [20, 30, 20, 20, 7])
    reviews.settle(review, by=cast.li, at=later(27))
    assert (review.average, review.raters, review.verdict) == (Decimal("92.33"), 3, "优秀")
    assert queries.means(review)[4].mean == Decimal("8.33")
    assert "优秀" in Notice.objects.filter(recipient=cast.wang, kind="review").latest("pk").title


@pytest.mark.parametrize(
    ("average", "word"), [("90", "优秀"), ("89.99", "良好"), ("60", "合格"), ("59.99", "不合格"), ("0", "不合格")]
)
def test_the_usual_verdicts(average, word):
    assert reviews.verdict_for(Decimal(average), 100) == word


def test_too_few_sheets_or_too_early_is_refused(cast):
    people, review = make_year.raters(cast), make_year.submitted(cast)
    rate(review, people[:2])
    with pytest.raises(WrongState, match="还有人没有打分"):
        reviews.settle(review, by=cast.li, at=later(2))
    with pytest.raises(WrongState, match="少于 3 份"):
        reviews.settle(review, by=cast.li, at=later(27))
    reviews.reschedule(
        review, report_by=make_year.REPORT_BY, rate_until=datetime.date(2026, 2, 13), by=cast.li, at=later(27)
    )
    reviews.rate(review, marks=MARKS, by=people[2], at=later(28))
    reviews.rate(review, marks=MARKS, by=cast.zhou, at=later(28))
    reviews.settle(review, verdict="先进专委会", by=cast.li, at=later(28))  # all have rated
    assert review.verdict == "先进专委会"


@pytest.mark.parametrize("state", ReviewState)
@pytest.mark.parametrize("verb", REVIEW_MOVES)
def test_moves_of_a_review(cast, state, verb):
    people, review = make_year.raters(cast), make_year.submitted(cast)
    rate(review, people)
    BodyReview.objects.update(state=state)
    review.refresh_from_db()

    def move():
        by = cast.wang if verb == "submit" else cast.li
        getattr(reviews, verb)(review, by=by, at=later(2 if verb == "submit" else 27))

    if state in REVIEW_MOVES[verb].sources:
        move()
        assert review.state == REVIEW_MOVES[verb].target
    else:
        with pytest.raises(WrongState):
            move()


def test_only_those_who_have_not_rated_are_reminded(cast):
    people, review = make_year.raters(cast), make_year.submitted(cast)
    rate(review, people[:2])
    clock.sweep(later(24))  # 29 January, a day before
    told = set(Notice.objects.filter(kind="review-due").values_list("recipient", flat=True))
    assert told == {people[2].pk, cast.zhou.pk}
    rate(review, people[2:])
    reviews.settle(review, by=cast.li, at=later(27))
    assert not Milestone.objects.filter(kind=reviews.RATING, state=MilestoneState.PENDING).exists()


def test_the_leader_is_reminded_of_the_report_then_the_office(cast):
    make_year.review(cast)
    clock.sweep(later(5))  # 10 January, after the milestone of seven days before
    assert set(Notice.objects.filter(kind="review-due").values_list("recipient", flat=True)) == {cast.wang.pk}
    clock.sweep(later(12))
    assert cast.li.pk in set(Notice.objects.filter(kind="review-due").values_list("recipient", flat=True))


# --- the pages -----------------------------------------------------------------------------------------------------


@pytest.fixture
def now(monkeypatch):
    """The pages' clock."""

    def at(moment):
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return at


def test_the_office_opens_a_year_by_page(cast, as_):
    make_year.special_committee(cast.committee, leader=cast.wang_member)
    client = as_(cast.li)
    assert "还没有述职" in client.get(reverse("review-list")).content.decode()
    body = cast.committee.bodies.get(name="经济科技委")
    data = {"year": 2026, "bodies": [body.pk], "report_by": "2099-01-01", "rate_until": "2099-02-01"}
    assert "已发起 1 个" in client.post(reverse("review-open"), data, follow=True).content.decode()
    page = client.post(reverse("review-open"), {**data, "rate_until": "2098-01-01"}).content.decode()
    assert "评议截止要晚于述职报告截止" in page


def test_the_leader_writes_autosaves_and_hands_in(cast, as_, now):
    now(OVER)
    review, client = make_year.review(cast), as_(cast.wang)
    url = reverse("review-write", args=[review.pk])
    saved = client.post(url, {"report": "写了一半"}, headers={"X-Autosave": "1"}).json()
    review.refresh_from_db()
    assert saved["saved"]
    assert review.report == "写了一半"
    client.post(url, {"report": "写完了", "file": make_year.upload("报告.txt"), "save": "1"})
    assert "报告.txt" in client.get(url).content.decode()
    client.post(url, {"report": "写完了"})
    review.refresh_from_db()
    assert review.state == ReviewState.SUBMITTED
    late = client.post(url, {"report": "再改"}, headers={"X-Autosave": "1"})
    review.refresh_from_db()
    assert late.status_code == 302
    assert review.report == "写完了"


def test_a_rater_rates_on_the_phone_and_nobody_reads_who_gave_what(cast, as_, now):
    now(OVER)
    people, review = make_year.raters(cast), make_year.submitted(cast)
    client, url = as_(people[0]), reverse("body-review", args=[review.pk])
    bad = {f"mark_{place}": mark for place, mark in enumerate([99, *MARKS[1:]])}
    assert "99" in client.post(url, {**bad, "words": "意见甲"}).content.decode()
    client.post(url, {**bad, "mark_0": 18, "words": "意见甲"})
    assert "您已打分" in client.get(url).content.decode()
    rate(review, people[1:])
    reviews.settle(review, by=cast.li, at=later(27))
    for reader in (cast.li, cast.wang):
        page = as_(reader).get(url).content.decode()
        assert "意见甲" in page
        assert "常委0" not in page
    assert "意见甲" not in client.get(url).content.decode()
    assert as_(cast.wang).get(reverse("review-document", args=[review.pk])).content[:2] == b"PK"


@pytest.mark.parametrize(("who", "draft", "submitted"), [("wang", 200, 200), ("li", 200, 200), ("zhou", 404, 200),
                                                          ("zhao", 404, 404), ("qian", 404, 404)])  # fmt: skip
def test_who_sees_a_report(cast, as_, who, draft, submitted):
    review, client = make_year.review(cast), as_(getattr(cast, who))
    assert client.get(review.get_absolute_url()).status_code == draft
    BodyReview.objects.update(state=ReviewState.SUBMITTED, criteria=[["调研", 100]])
    assert client.get(review.get_absolute_url()).status_code == submitted


def test_settling_and_dates_are_the_offices(cast, as_):
    review = make_year.submitted(cast)
    for name in ("review-settle", "review-dates"):
        assert as_(cast.wang).get(reverse(name, args=[review.pk])).status_code == 403
        assert as_(cast.li).get(reverse(name, args=[review.pk])).status_code == 200
    assert as_(cast.wang).get(reverse("review-document", args=[review.pk])).status_code == 403


def test_pages_ask_a_bounded_number_of_statements(cast, as_, django_assert_max_num_queries):
    people, review = make_year.raters(cast), make_year.submitted(cast)
    client = as_(cast.li)
    client.get(reverse("review-list"))
    with django_assert_max_num_queries(14) as one:
        client.get(reverse("review-list"))
    make.grant(people[0], Role.CHAIR, cast.committee)
    for name in ("文史委", "提案委"):
        make_year.review(cast, body=make_year.special_committee(cast.committee, name))
    with django_assert_max_num_queries(len(one)):
        client.get(reverse("review-list"))
    with django_assert_max_num_queries(14):
        client.get(review.get_absolute_url())
