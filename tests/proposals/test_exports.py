"""Proposals as a table: what stands in it, who may take it, what a spreadsheet must not compute."""

import csv
from io import BytesIO, StringIO

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from config.audit.models import AuditEntry
from members.models import OrganisationKind
from proposals.models import Category, Proposal
from proposals.services.exports import export
from proposals.sheets import exporting
from proposals.sheets.columns import Column
from proposals.states import AssignmentRole, ProposalState, ProposerKind
from tests.factories import formal
from tests.factories import members as make
from tests.factories import sheets as table
from tests.factories.formal import AT


def told(cast) -> list[dict]:
    rows = Proposal.objects.filter(committee=cast.committee)
    return [dict(zip(exporting.HEADER, line, strict=True)) for line in exporting.lines(rows)]


def as_table(answer) -> list[dict]:
    return list(csv.DictReader(StringIO(b"".join(answer).decode("utf-8-sig"))))


def test_one_line_says_who_what_where_and_how_it_ended(cast):
    finance = make.organisation(cast.committee, "县财政局")
    zhong = make.user("zhong", "钟科员")
    make.grant(zhong, "unit_handler", finance)
    feng = make.member(make.user("feng", "冯委员"), cast.committee)
    made = formal.proposal(cast, ProposalState.FILED, co=[feng])
    made.fields.add(Category.objects.fields().get(name="教育"))
    lead = formal.handed(cast, made)
    formal.handed(cast, made, role=AssignmentRole.CO, lead=lead, unit=finance, handler=zhong)
    (line,) = told(cast)
    assert line | {
        "届": 10, "次": 5, "编号": made.number, "案由": made.title, "提案者类型": "委员联名",
        "提案者": "王委员、冯委员", "民生领域": "教育", "建议": "加密早晚班次\n增设金田村停靠点",
        "主办单位": "县住建局", "会办单位": "县财政局", "状态": "办理中", "提出时间": "平时提案", "公开方式": "不公开",
        "办理轮次": 1,
    } == line  # fmt: skip
    assert f"{line['立案日期']}" == "2026-11-20"
    assert line["答复期限"] == lead.due_on


def test_a_collective_one_is_told_under_its_name_and_a_draft_not_at_all(cast, as_):
    party = make.organisation(cast.committee, "民盟支部", OrganisationKind.PARTY_GROUP)
    formal.proposal(cast, ProposalState.SUBMITTED, kind=ProposerKind.PARTY, organisation=party, title="集体的")
    formal.proposal(cast, ProposalState.DRAFT, title="草稿")
    formal.proposal(cast, ProposalState.WITHDRAWN, title="撤回的")
    (line,) = as_table(as_(cast.zhou).post(reverse("proposal-export"), {"kind": "csv"}))
    assert (line["案由"], line["提案者"].split("、")[0]) == ("集体的", "民盟支部")


def test_what_came_in_goes_out_in_the_same_words(cast):
    table.load(cast.committee, cast.li, table.whole())
    (line,) = told(cast)
    given = {column.value: line[column.value] for column in Column}
    plan = table.look(cast.committee, {Column(name): value for name, value in given.items() if value not in ("", None)})
    assert plan.counts["skipped"] == 1
    assert line["会办单位"] == "县财政局、县交通局"


def test_formulas_stay_texts(cast, as_):
    formal.proposal(cast, ProposalState.FILED, title="=HYPERLINK(1)", situation="@SUM(1)")
    (line,) = as_table(as_(cast.li).post(reverse("proposal-export"), {"kind": "csv"}))
    assert (line["案由"], line["情况"]) == ("'=HYPERLINK(1)", "'@SUM(1)")
    answer = as_(cast.li).post(reverse("proposal-export"))
    sheet = load_workbook(BytesIO(b"".join(answer))).active
    cell = sheet.cell(row=2, column=4)
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=HYPERLINK(1)", "s", True)
    assert "filename*=utf-8''" in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "private, no-store"


def test_the_filters_of_the_list_hold(cast, as_):
    formal.proposal(cast, ProposalState.FILED, title="立了案的")
    formal.proposal(cast, ProposalState.SUBMITTED, title="待审查的")
    rows = as_table(as_(cast.li).post(reverse("proposal-export") + "?state=filed", {"kind": "csv"}))
    assert [row["案由"] for row in rows] == ["立了案的"]
    entry = AuditEntry.objects.get(verb="proposal.export")
    assert (entry.data["rows"], entry.data["kind"], entry.scope, entry.label) == (
        1,
        "csv",
        cast.committee.pk,
        "导出提案",
    )


def test_only_who_reads_all_takes_them_out(cast, as_):
    formal.proposal(cast, ProposalState.FILED)
    for user in (cast.wang, cast.zhang, cast.chen, cast.qian):
        assert as_(user).post(reverse("proposal-export")).status_code == 403
    assert as_(None).post(reverse("proposal-export")).status_code == 302
    assert as_(cast.li).get(reverse("proposal-export")).status_code == 405
    assert as_table(as_(cast.zhao).post(reverse("proposal-export"), {"kind": "csv"})) == []
    rows = Proposal.objects.filter(committee=cast.committee)
    with pytest.raises(PermissionDenied):
        export(cast.committee, rows, kind="csv", by=cast.wang, at=AT)
    assert not AuditEntry.objects.filter(verb="proposal.export", scope=cast.committee.pk).exists()


def statements(cast) -> int:
    with CaptureQueriesContext(connection) as asked:
        told(cast)
    return len(asked)


def test_the_number_of_statements_does_not_grow_with_the_rows(cast, monkeypatch):
    formal.proposal(cast, ProposalState.FILED)
    one = statements(cast)
    for number in range(4):
        formal.proposal(cast, ProposalState.FILED, title=f"第{number}件")
    assert statements(cast) == one
    monkeypatch.setattr(exporting, "BATCH", 2)
    assert [line["案由"] for line in told(cast)] == [
        "第3件", "第2件", "第1件", "第0件", "关于优化农村公交线路的提案",
    ]  # fmt: skip
