"""What the plan looks like outside the site: an official document, a table, a calendar."""

import datetime
from collections.abc import Iterator

from config.documents import ical
from config.documents.docx import Colophon, Heading, Paragraph, Table, official
from config.documents.sheet import csv_lines
from consultation.models import AnnualPlan, PlanItem
from consultation.services.issue import signatures
from consultation.states import ConsultationForm

COLUMNS = ("序号", "议题", "协商形式", "时间", "牵头领导", "承办专委会", "配合单位", "参加人员", "成果形式")


def items_of(plan: AnnualPlan) -> list[PlanItem]:
    """The standing items with what a row shows, in order."""
    return list(plan.items.standing().select_related("body", "topic").prefetch_related("units"))


def plan_document(plan: AnnualPlan) -> bytes:
    """The issued plan as .docx: the three offices on top, the items by form, each with month, lead and units."""
    offices = [str(signature.office.name) for signature in signatures(plan)]
    items = items_of(plan)
    blocks = [Paragraph(plan.foreword)] if plan.foreword else []
    for form in ConsultationForm:
        rows = [item for item in items if item.form == form]
        if rows:
            blocks.append(Heading(1, form.label))
            blocks.append(
                Table(COLUMNS[:2] + COLUMNS[3:8], [_row(n, i)[:2] + _row(n, i)[3:8] for n, i in enumerate(rows, 1)])
            )
    printed_by = str(offices[-1]) if offices else str(plan.committee)
    return official(
        mark=offices,
        number=plan.number,
        title=plan.title,
        to="各乡镇、县直各单位" if plan.committee.region.level == 3 else "各有关单位",
        blocks=blocks,
        signers=offices,
        on=plan.issued_on,
        colophon=Colophon(printed_by=printed_by, printed_on=plan.issued_on),
    )


def _row(number, item):
    units = "、".join(str(unit) for unit in item.units.all())
    body = str(item.body) if item.body else ""
    return (
        number, item.title, item.get_form_display(), _when(item), item.lead, body, units, item.participants,
        item.get_result_kind_display(),
    )  # fmt: skip


def _when(item):
    return f"{item.month}月{item.planned_on.day}日" if item.planned_on else f"{item.month}月"


def plan_table(plan: AnnualPlan) -> Iterator[bytes]:
    """The items as CSV, line by line."""
    return csv_lines(COLUMNS, (_row(number, item) for number, item in enumerate(items_of(plan), start=1)))


def plan_calendar(plan: AnnualPlan, *, host: str) -> bytes:
    """The items as iCalendar (RFC 5545): on their day where one is set, otherwise the whole month."""
    events = []
    for item in items_of(plan):
        begins, ends = _span(plan.year, item)
        about = f"{item.get_form_display()}；牵头：{item.lead}"
        events.append(
            ical.Event(
                uid=f"{item.lineage}@{host}", summary=item.title, begins=begins, ends=ends, stamp=plan.issued_at,
                sequence=plan.version - 1, description=about,
            )
        )  # fmt: skip
    return ical.calendar(plan.title, events, product="annual plan")


def _span(year, item):
    if item.planned_on:
        return item.planned_on, item.planned_on + datetime.timedelta(days=1)
    begins = datetime.date(year, item.month, 1)
    return begins, datetime.date(year + item.month // 12, item.month % 12 + 1, 1)
