"""What is printed about members: the archive of all years, the result of a report, the table of a year."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Prefetch
from django.utils import timezone

from config.documents.docx import Heading, Paragraph, Table, chinese_date, official
from config.documents.sheet import Sheet, workbook
from members.facts import DETAILS, Mark
from members.models import Appraisal, AppraisalResult, BodyReview, DutyRecord, Measure, Member, MemberChange
from members.queries import reviews as review_queries
from members.states import MeasureState


def duty_archive(members: list[Member], results: Iterable[AppraisalResult], on: date) -> bytes:
    """履职档案 of one person as .docx: the person, posts, changes, and each year with grade, score and records.

    `members` are the person's memberships that the reader may see, the newest first; the phone number is masked.
    """
    user = members[0].user
    blocks = [Heading(1, "基本情况"), Table(("项目", "内容"), _person(members)), Heading(1, "任职")]
    posts = [(p.body, p.get_post_display(), _span(p)) for member in members for p in member.posts.all()]
    blocks.append(Table(("机构", "职务", "起止"), posts) if posts else Paragraph("没有登记机构任职。"))
    changes = MemberChange.objects.filter(member__in=members).order_by("-since", "-pk")
    rows = [(_span(change), change.get_kind_display(), change.reason) for change in changes]
    blocks += [Heading(1, "变动"), Table(("时间", "变动", "原因"), rows) if rows else Paragraph("没有变动。")]
    blocks += [Heading(1, "历年履职"), *_years(members, results)]
    committee = members[0].committee
    return official(
        mark=[committee.name],
        suffix="",
        title=f"{user.name}同志履职档案",
        blocks=blocks,
        signers=[committee.name],
        on=on,
    )


def _person(members):
    latest = members[0]
    return [
        ("姓名", latest.user.name),
        ("联系电话", latest.user.masked_phone or "未登记"),
        ("工作单位及职务", latest.work_post or "未登记"),
        *(
            (f"第{one.term}届", f"{one.sector}{'，常务委员' if one.is_standing else ''}，{_span(one)}")
            for one in members
        ),
    ]


def _span(row) -> str:
    return f"{chinese_date(row.since)}至{chinese_date(row.until) if row.until else '今'}"


def _years(members, results):
    records = defaultdict(list)
    for record in DutyRecord.objects.standing().filter(member__in=members).order_by("on", "pk"):
        records[record.year].append(record)
    told = {result.appraisal.year: result for result in results}
    for year in sorted({*records, *told}, reverse=True):
        yield Heading(2, f"{year} 年")
        result = told.get(year)
        yield Paragraph(_result_words(result) if result else "本年度没有定格的考评结果。")
        if records[year]:
            rows = [(chinese_date(r.on), r.get_fact_display(), r.title, _more(r)) for r in records[year]]
            yield Table(("日期", "事项", "内容", "说明"), rows)
        else:
            yield Paragraph("本年度没有履职记录。")
    if not records and not told:
        yield Paragraph("还没有履职记录。")


def _result_words(result) -> str:
    if result.excused:
        return f"不参评：{result.excused}。"
    both = f"做了多少 {result.counted} 分，做得怎么样 {result.quality} 分"
    corrected = "（申诉后更正）" if result.before else ""
    return f"等次：{result.grade}{corrected}。得分 {result.points} 分，其中{both}。名次：{result.rank} / {result.of}。"


def _more(record) -> str:
    said = [record.get_mark_display(), DETAILS.get(record.detail, "")]
    if record.share != record._meta.get_field("share").default:
        said.append(record.get_share_display())
    return "，".join(filter(None, said)) if record.mark != Mark.PRESENT or record.detail else record.get_mark_display()


def review_result(review: BodyReview, on: date) -> bytes:
    """述职评议结果 as .docx: the report, the mean of each line, the verdict; no rater is named."""
    rows = [(mean.name, mean.most, mean.mean) for mean in review_queries.means(review)]
    full = sum(most for _, most in review.criteria)
    blocks = [
        Heading(1, "评议结果"),
        Paragraph(f"{review.raters} 人评议，平均 {review.average} 分（满分 {full} 分），评定为{review.verdict}。"),
        Table(("评议项目", "满分", "平均得分"), rows),
        Heading(1, "述职报告"),
        Paragraph(review.report or "见报告文件。"),
    ]
    committee = review.committee
    return official(
        mark=[committee.name], suffix="", title=f"{review.body}{review.year}年度述职评议结果", blocks=blocks,
        signers=[committee.name], on=on,
    )  # fmt: skip


HEADER = (
    "委员", "界别", "常务委员", "名次", "参评人数", "得分", "做了多少", "做得怎么样", "等次", "不参评原因",
    "未完成的必做项", "结果运用", "申诉", "定格日期", "反馈日期",
)  # fmt: skip


def results_table(appraisal: Appraisal) -> bytes:
    """The year's results as .xlsx, the best first."""
    dates = [_local_day(appraisal.frozen_at), _local_day(appraisal.published_at)]
    kept = Measure.objects.exclude(state=MeasureState.WAIVED)
    results = appraisal.results.select_related("member__user", "member__sector", "objection").prefetch_related(
        Prefetch("measures", queryset=kept)
    )
    rows = (_outcome(result, dates) for result in results.defer("lines").order_by("-pk"))
    return workbook(Sheet(str(appraisal), HEADER, rows))


def _outcome(result, dates):
    member, objection = result.member, getattr(result, "objection", None)
    measures = "、".join(f"{one.get_kind_display()}({one.get_state_display()})" for one in result.measures.all())
    return [
        str(member), str(member.sector), "是" if member.is_standing else "", result.rank, result.of, result.points,
        result.counted, result.quality, result.grade, result.excused,
        "、".join(f"{one['name']} {one['done']}/{one['at_least']}" for one in result.lacking), measures,
        objection.get_state_display() if objection else "", *dates,
    ]  # fmt: skip


def _local_day(moment) -> date | None:
    return timezone.localdate(moment) if moment else None
