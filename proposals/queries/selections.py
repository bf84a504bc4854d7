"""What a selection looks like in numbers, and what it came to in public."""

from dataclasses import dataclass

from proposals.models import Candidate, Proposal, Selection
from proposals.queries.shown import proposer
from proposals.states import COLLECTIVE, FILED, SelectionKind, SelectionStage


@dataclass(frozen=True)
class Balance:
    """How many remain against what is filed, and how many of them are collective, with what the parameters want."""

    filed: int
    left: int
    collective: int
    percent: int
    collective_percent: int

    @property
    def wanted(self) -> int:
        """About so many; at least one."""
        return max(1, round(self.filed * self.percent / 100))

    @property
    def warnings(self) -> list[str]:
        found = []
        if self.left > self.wanted:
            found.append(f"现有 {self.left} 件，按立案数的 {self.percent}% 应为 {self.wanted} 件左右，多了。")
        elif self.left < self.wanted:
            found.append(f"现有 {self.left} 件，按立案数的 {self.percent}% 应为 {self.wanted} 件左右，少了。")
        if self.left and self.collective * 100 < self.left * self.collective_percent:
            found.append(f"集体提案 {self.collective} 件，占比不到 {self.collective_percent}%。")
        return found


def balance(selection: Selection) -> Balance | None:
    """Of the excellent ones only; one statement for the filed, one for the candidates."""
    if selection.kind != SelectionKind.EXCELLENT:
        return None
    kinds = list(selection.candidates.filter(dropped_at="").values_list("proposal__kind", flat=True))
    committee = selection.committee
    return Balance(
        filed=Proposal.objects.filter(plenary=selection.plenary_id, state__in=FILED).count(),
        left=len(kinds),
        collective=sum(kind in COLLECTIVE for kind in kinds),
        percent=committee.parameter("excellent.percent"),
        collective_percent=committee.parameter("excellent.collective_percent"),
    )


def candidates(selection: Selection) -> list[Candidate]:
    rows = selection.candidates.select_related(
        "proposal__plenary", "proposal__organisation", "proposal__body", "proposal__unit", "proposal__drafter"
    )
    rows = rows.prefetch_related("proposal__signatures__member__user").order_by("proposal__number")
    return list(rows.defer("proposal__situation", "proposal__analysis", "proposal__points"))


def open_to(proposal: Proposal) -> Selection | None:
    """The selection of its plenary into which it can still be put, and is not yet."""
    collecting = Selection.objects.filter(plenary=proposal.plenary_id, stage=SelectionStage.COLLECT)
    return collecting.exclude(candidates__proposal=proposal).order_by("pk").first()


def published(committee) -> list[Selection]:
    """Finished selections of excellent proposals, the newest first."""
    done = Selection.objects.filter(committee=committee, kind=SelectionKind.EXCELLENT, stage="")
    return list(done.select_related("plenary").order_by("-closed_at", "-pk"))


def show(selections: list[Selection]) -> None:
    """Put to each what of it is public (`shown`), and how many are not (`kept_back`)."""
    chosen = Candidate.objects.filter(selection__in=selections, is_chosen=True).select_related(
        "proposal__plenary", "proposal__organisation", "proposal__body", "proposal__drafter"
    )
    chosen = chosen.prefetch_related("proposal__signatures__member__user")
    chosen = chosen.defer("proposal__situation", "proposal__analysis", "proposal__points")
    public = Proposal.objects.public().filter(candidacies__selection__in=selections)
    public = set(public.values_list("pk", flat=True))
    by_selection = {}
    for row in chosen.order_by("proposal__number"):
        by_selection.setdefault(row.selection_id, []).append(row.proposal)
    for selection in selections:
        rows = by_selection.get(selection.pk, [])
        selection.shown = [row for row in rows if row.pk in public]
        for row in selection.shown:
            row.in_name = proposer(row, in_public=True)
        selection.kept_back = len(rows) - len(selection.shown)
