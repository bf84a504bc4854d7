"""通报: who reported how much in a span, and what came of it; members by name, the others by who they said they are."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Q

from members.models import Committee
from proposals.filters.information import adopted, instructed
from proposals.models import Level
from proposals.queries.information_figures import Span, address, reported_in
from proposals.states import InformationState

PEOPLE = "群众"
HEADER = ["反映人", "界别", "报送", "编用", *[f"{level.label}采用" for level in Level], "批示"]


@dataclass(frozen=True)
class Line:
    """One member, organisation or person; `levels` as many as there are levels, in their order."""

    name: str
    sector: str
    reported: int
    used: int
    levels: tuple[int, ...]
    instructed: int
    url: str

    @property
    def counts(self) -> list[tuple[str, int]]:
        """The numbers after 报送, each by its head."""
        return list(zip(HEADER[3:], [self.used, *self.levels, self.instructed], strict=True))


def lines_of(committee: Committee, span: Span, *, base: str) -> list[Line]:
    """Whom most was adopted of comes first, then most used, then most reported; two statements."""
    rows = reported_in(committee, span).order_by()
    levels = {f"at_{level}": Count("pk", filter=Q(adopted(level))) for level in Level.values}
    counts = {
        "reported": Count("pk"), "used": Count("pk", filter=Q(state=InformationState.ISSUED)),
        "noticed": Count("pk", filter=Q(instructed())), "anywhere": Count("pk", filter=Q(adopted())), **levels,
    }  # fmt: skip
    named = rows.filter(author__isnull=False).annotate(name=F("author__user__name"), sector=F("author__sector__name"))
    others = rows.filter(author__isnull=True)
    found = [
        *named.values("author", "name", "sector").annotate(**counts),
        *others.values("reporter").annotate(**counts),
    ]
    found.sort(key=lambda row: (-row["anywhere"], -row["used"], -row["reported"], _name(row)))
    return [_line(row, span, base) for row in found]


def _name(row) -> str:
    return row["name"] if "author" in row else row["reporter"] or PEOPLE


def _line(row, span, base):
    return Line(
        name=_name(row), sector=row.get("sector") or "", reported=row["reported"], used=row["used"],
        levels=tuple(row[f"at_{level}"] for level in Level.values), instructed=row["noticed"],
        url=address(base, span, author=row["author"]) if "author" in row else "",
    )  # fmt: skip


def table_of(lines: Iterable[Line]) -> Iterable[list]:
    for line in lines:
        yield [line.name, line.sector, line.reported, line.used, *line.levels, line.instructed]
