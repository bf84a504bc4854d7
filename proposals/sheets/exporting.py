"""导出: proposals as a table, in the columns of the import and what came of them; batch by batch, however many."""

from collections import defaultdict
from collections.abc import Iterator
from tempfile import TemporaryFile

from django.db.models import QuerySet
from django.utils import timezone

from config.documents.sheet import Sheet, csv_lines, save
from members.models import Body, Organisation
from proposals.models import Assignment, Category, Plenary, Proposal, Signature
from proposals.sheets.columns import Column
from proposals.states import (
    AssignmentRole,
    AssignmentState,
    ProposalState,
    ProposerKind,
    PublicationLevel,
    Satisfaction,
    SignatureRole,
    SignatureState,
    Timing,
)

BATCH = 1000
MORE = ["状态", "提出时间", "提交日期", "交办日期", "答复期限", "办理轮次", "重点提案", "优秀提案", "并入"]
HEADER = [*(column.value for column in Column), *MORE]
FIELDS = (
    "pk", "plenary", "number", "title", "kind", "organisation", "body", "sphere", "situation", "analysis", "points",
    "unit", "co_units", "filed_at", "closed_at", "grade", "satisfaction", "publication", "state", "timing",
    "submitted_at", "is_key", "is_excellent", "lead__number",
)  # fmt: skip


def as_book(rows: QuerySet):
    """An open temporary file with a workbook; whoever sends it closes it."""
    file = TemporaryFile()  # noqa: SIM115 (the answer closes it)
    save(file, Sheet("提案", HEADER, lines(rows)))
    file.seek(0)
    return file


def as_csv(rows: QuerySet) -> Iterator[bytes]:
    return csv_lines(HEADER, lines(rows))


def lines(rows: QuerySet) -> Iterator[list]:
    """One line for each of `rows`, newest first; a fixed number of statements for each batch."""
    shared = _Shared()
    rows, before = rows.order_by("-pk"), None
    while batch := list((rows if before is None else rows.filter(pk__lt=before)).values(*FIELDS)[:BATCH]):
        before = batch[-1]["pk"]
        met = _Met([row["pk"] for row in batch])
        yield from (_line(row, shared, met) for row in batch)


class _Shared:
    """The short lists that rows point to, each asked for once."""

    def __init__(self):
        self.plenaries = Plenary.objects.in_bulk()
        self.units = {
            pk: short or name for pk, name, short in Organisation.objects.values_list("pk", "name", "short_name")
        }
        self.names = dict(Organisation.objects.values_list("pk", "name"))
        self.bodies = dict(Body.objects.values_list("pk", "name"))
        self.categories = dict(Category.objects.values_list("pk", "name"))


class _Met:
    """Signers, units and fields of life of one batch."""

    def __init__(self, pks: list[int]):
        within = {"proposal__gte": min(pks), "proposal__lte": max(pks)}
        wanted = set(pks)
        self.signers, self.co, self.fields, self.lead = (defaultdict(list) for _ in range(4))
        signatures = Signature.objects.filter(**within, state=SignatureState.SIGNED).exclude(role=SignatureRole.WRITER)
        people = signatures.order_by("proposal", "position", "pk").values_list("proposal", "name", "member__user__name")
        for pk, name, member in people:
            self.signers[pk].append(name or member)
        handed = Assignment.objects.filter(**within).exclude(state=AssignmentState.RETURNED).order_by("pk")
        for pk, role, unit, at, due_on, number in handed.values_list(
            "proposal", "role", "unit", "assigned_at", "due_on", "round"
        ):
            (self.co if role == AssignmentRole.CO else self.lead)[pk].append((unit, at, due_on, number))
        marked = Proposal.fields.through.objects.filter(**within).order_by("proposal", "category")
        for pk, category in marked.values_list("proposal", "category"):
            if pk in wanted:
                self.fields[pk].append(category)


def _line(row: dict, shared: _Shared, met: _Met) -> list:
    pk, plenary = row["pk"], shared.plenaries.get(row["plenary"])
    signers = met.signers[pk]
    whose = shared.names.get(row["organisation"]) or shared.bodies.get(row["body"])
    if whose and whose not in signers:
        signers = [whose, *signers]
    co = "、".join(shared.units[unit] for unit, *_ in met.co[pk]) or row["co_units"]
    _, assigned_at, due_on, number = met.lead[pk][0] if met.lead[pk] else (None, None, None, None)
    return [
        plenary and plenary.term, plenary and plenary.number, row["number"], row["title"],
        ProposerKind(row["kind"]).label, "、".join(signers), shared.categories.get(row["sphere"], ""),
        "、".join(shared.categories[category] for category in met.fields[pk]), row["situation"], row["analysis"],
        "\n".join(row["points"]), shared.units.get(row["unit"], ""), co, _day(row["filed_at"]), _day(row["closed_at"]),
        row["grade"], _label(Satisfaction, row["satisfaction"]), PublicationLevel(row["publication"]).label,
        ProposalState(row["state"]).label, _label(Timing, row["timing"]), _day(row["submitted_at"]), _day(assigned_at),
        due_on, number, "是" if row["is_key"] else "", "是" if row["is_excellent"] else "",
        f"第{row['lead__number']}号" if row["lead__number"] else "",
    ]  # fmt: skip


def _day(moment):
    return timezone.localdate(moment) if moment else None


def _label(choices, value) -> str:
    return str(choices(value).label) if value else ""
