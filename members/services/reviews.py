"""专委会述职评议: opened for a year, reported by the leaders, rated by the raters without names, settled (row 16)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.milestones import clock
from config.notices import outbox
from config.refusals import Incomplete, WrongState
from config.transitions import take
from config.uploads import store
from members.models import Body, BodyRating, BodyReview, User
from members.queries import reviews as queries
from members.rules import reviews as rules
from members.states import ReviewState

REPORT, RATING = "review-report", "review-rating"  # kinds of reminders
FEWEST = 3  # with fewer sheets an average would tell who gave what
VERDICTS = ((90, "优秀"), (80, "良好"), (60, "合格"), (0, "不合格"))  # from so many percent of the full marks


@transaction.atomic
def open_year(
    bodies: Iterable[Body], year: int, *, report_by: date, rate_until: date, by: User | None, at: datetime
) -> int:
    """发起述职: one draft for each body that has none of this year; its leaders are told. Returns how many are new."""
    _require_dates(report_by, rate_until, at)
    made = 0
    for body in bodies:
        rules.require("open", by, body)
        review, fresh = BodyReview.objects.get_or_create(
            body=body, year=year,
            defaults={"committee_id": body.committee_id, "report_by": report_by, "rate_until": rate_until},
        )  # fmt: skip
        if not fresh:
            continue
        made += 1
        log.record("bodyreview.open", review, by=by, at=at, scope=review.scope, report_by=report_by)
        clock.plan(review, kind=REPORT, due_on=report_by, round=1, scope=review.scope, at=at)
        day = f"{report_by.month}月{report_by.day}日"
        outbox.send(
            queries.leaders(body), kind="review", title=f"请撰写{body} {year} 年述职报告",
            body=f"{day}前提交，随后由评议人打分。", url=review.get_absolute_url(), key=f"review:{review.pk}:open",
            at=at, scope=review.scope,
        )  # fmt: skip
    return made


@transaction.atomic
def reschedule(review: BodyReview, *, report_by: date, rate_until: date, by: User | None, at: datetime) -> None:
    """调整期限 of the report and of the rating, before it is settled."""
    rules.require("reschedule", by, review)
    _require_dates(report_by, rate_until, at)
    open_reviews = BodyReview.objects.filter(pk=review.pk).exclude(state=ReviewState.SETTLED)
    if not open_reviews.update(report_by=report_by, rate_until=rate_until, updated_at=at):
        raise WrongState("已评定的述职不能再调整期限。")
    review.refresh_from_db()
    kind, due = (REPORT, report_by) if review.state == ReviewState.DRAFT else (RATING, rate_until)
    clock.replan(review, kind=kind, due_on=due, scope=review.scope, reason="期限已调整", at=at)
    log.record("bodyreview.reschedule", review, by=by, at=at, scope=review.scope, report_by=report_by, until=rate_until)


def _require_dates(report_by, rate_until, at):
    if rate_until <= report_by:
        raise Incomplete("评议截止要晚于述职报告截止。", {"rate_until": "评议截止要晚于述职报告截止。"})
    if rate_until < timezone.localdate(at):
        raise Incomplete("评议截止不能早于今天。", {"rate_until": "评议截止不能早于今天。"})


# --- the report --------------------------------------------------------------------------------------------------


@transaction.atomic
def keep_draft(review: BodyReview, *, report: str, files: Sequence = (), by: User, at: datetime) -> None:
    """存草稿: the text and files so far; a draft is not handed in."""
    rules.require("report", by, review)
    drafts = BodyReview.objects.filter(pk=review.pk, state=ReviewState.DRAFT)
    if not drafts.update(report=report, updated_at=at):
        raise WrongState("述职报告已提交，不能再修改。如需更正，请联系政协办。")
    review.report = report
    for file in files:
        try:
            store.attach(review, file, by=by, at=at, purpose="report", kind="document")
        except ValidationError as problem:
            words = "".join(problem.messages)
            raise Incomplete(words, {"file": words}) from None


@transaction.atomic
def submit(review: BodyReview, *, by: User, at: datetime) -> None:
    """提交: the sheet is copied, the raters are asked."""
    rules.require("report", by, review)
    if not review.report.strip() and not store.of(review, "report").exists():
        raise Incomplete("请写述职报告，或上传报告文件。", {"report": "请写述职报告，或上传报告文件。"})
    criteria = queries.criteria_of(review.committee)
    if not criteria:
        raise Incomplete("还没有评议项目，请政协办先在工作后台设置“评议项目”。")
    if review.rate_until < timezone.localdate(at):
        raise WrongState("评议截止日期已过，请联系政协办调整期限后再提交。")
    take(review, "submit", by=by, at=at, criteria=criteria)
    clock.cancel(review, kind=REPORT, reason="述职报告已提交", at=at)
    clock.plan(review, kind=RATING, due_on=review.rate_until, round=1, scope=review.scope, at=at)
    until = f"{review.rate_until.month}月{review.rate_until.day}日"
    outbox.send(
        queries.raters(review), kind="review", title=f"请评议：{review}", body=f"{until}前打分，不记名。",
        url=review.get_absolute_url(), key=f"review:{review.pk}:rate", at=at, scope=review.scope,
    )  # fmt: skip


# --- the sheets --------------------------------------------------------------------------------------------------


@transaction.atomic
def rate(review: BodyReview, *, marks: Sequence[int], words: str = "", by: User, at: datetime) -> BodyRating:
    """评议打分: one sheet a person, which may be changed until the date; the trail alone knows whose it is."""
    rules.require("rate", by, review)
    held = BodyReview.objects.select_for_update().get(pk=review.pk)
    if held.state != ReviewState.SUBMITTED:
        raise WrongState(f"“{held.get_state_display()}”的述职不能打分。")
    if timezone.localdate(at) > held.rate_until:
        raise WrongState("评议已截止，不能再打分或修改。如有疑问，请联系政协办。")
    if len(marks) != len(held.criteria):
        raise Incomplete("每一项都要打分。")
    wrong = {
        f"mark_{place}": f"“{name}”请打 0 到 {most} 分。"
        for place, (mark, (name, most)) in enumerate(zip(marks, held.criteria, strict=True))
        if not 0 <= mark <= most
    }
    if wrong:
        raise Incomplete("有的分数超出了范围。", wrong)
    rating, _ = BodyRating.objects.update_or_create(
        review=review, rater=by,
        defaults={"marks": list(marks), "total": Decimal(sum(marks)), "words": words.strip(), "at": at},
    )  # fmt: skip
    log.record("bodyreview.rate", review, by=by, at=at, scope=review.scope, total=rating.total)
    return rating


@transaction.atomic
def settle(review: BodyReview, *, verdict: str = "", by: User | None, at: datetime) -> None:
    """评定: after the date, or when all have rated; with at least three sheets, so that no mark can be guessed."""
    rules.require("settle", by, review)
    held = BodyReview.objects.select_for_update().get(pk=review.pk)
    totals = list(held.ratings.values_list("total", flat=True))
    if held.state == ReviewState.SUBMITTED:
        open_until = timezone.localdate(at) <= held.rate_until
        if open_until and len(totals) < len(queries.raters(review)):
            raise WrongState(f"评议到 {held.rate_until:%m月%d日} 截止，还有人没有打分，截止后再评定。")
        if len(totals) < FEWEST:
            raise WrongState(
                f"只收到 {len(totals)} 份评议表，少于 {FEWEST} 份不评定，以免看出是谁打的分。请调整期限再请人评议。"
            )
    average = queries.mean(totals)
    full = sum(most for _, most in held.criteria)
    verdict = verdict.strip() or verdict_for(average, full)
    take(review, "settle", by=by, at=at, average=average, raters=len(totals), verdict=verdict)
    clock.cancel(review, kind=RATING, reason="述职已评定", at=at)
    outbox.send(
        queries.leaders(review.body), kind="review", title=f"{review}已评定：{verdict}，{average} 分",
        body=f"{len(totals)} 人评议。", url=review.get_absolute_url(), key=f"review:{review.pk}:settled", at=at,
        scope=review.scope,
    )  # fmt: skip


def verdict_for(average: Decimal, full: int) -> str:
    """The usual word for an average of `full` marks."""
    percent = 100 * average / full if full else Decimal(0)
    return next(word for least, word in VERDICTS if percent >= least)
