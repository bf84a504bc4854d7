"""What the year's results say together, and hints from the ledger that no program acts on."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q

from members.facts import Fact, Mark
from members.models import Appraisal, AppraisalResult, DutyRecord, Member

STANDING_A_YEAR, STANDING_A_TERM, PLENARIES_A_TERM = 3, 7, 3
"""Unexcused absences after which 山东省政协's rules advise a member to resign (domain 6.1)."""


@dataclass(frozen=True)
class AbsenceHint:
    """A member who was absent without leave so often that the rules speak of 劝辞; people decide."""

    member: Member
    words: str


def distribution(appraisal: Appraisal) -> list[dict]:
    """How many have which grade, in the scheme's order, with the address of these; then who was not graded."""
    counts = Counter()
    for grade, excused, count in appraisal.results.values_list("grade", "excused").annotate(n=Count("pk")).order_by():
        counts["" if excused else grade] += count
    names = list(appraisal.scheme.bands.order_by("position", "pk").values_list("name", flat=True))
    rows = [{"label": name, "value": counts[name], "url": f"?grade={name}"} for name in dict.fromkeys(names)]
    if counts[""]:
        rows.append({"label": "不参评", "value": counts[""], "url": "?grade=-"})
    return rows


def absence_hints(appraisal: Appraisal) -> list[AbsenceHint]:
    """Who was absent so often, in the year or in the term so far; in one query and one for the members."""
    absent = DutyRecord.objects.standing().filter(
        committee=appraisal.committee_id, mark=Mark.ABSENT, fact__in=(Fact.STANDING, Fact.PLENARY),
        year__lte=appraisal.year,
    )  # fmt: skip
    counts = absent.values_list("member", "fact").annotate(
        term=Count("pk"), year_only=Count("pk", filter=Q(year=appraisal.year))
    )
    told = defaultdict(list)
    for member, fact, term, year in counts.order_by():
        if fact == Fact.PLENARY and term >= PLENARIES_A_TERM:
            told[member].append(f"本届全体会议无故缺席 {term} 次")
        if fact == Fact.STANDING and (year >= STANDING_A_YEAR or term >= STANDING_A_TERM):
            told[member].append(f"常委会会议无故缺席：本年 {year} 次，本届 {term} 次")
    members = Member.objects.filter(pk__in=told).select_related("user", "sector").order_by("pk")
    return [AbsenceHint(member, "；".join(told[member.pk])) for member in members]


def earlier_years(result: AppraisalResult) -> list[AppraisalResult]:
    """The same person's told results of other years, newest first."""
    told = AppraisalResult.objects.told_to(result.member.user)
    return list(told.exclude(pk=result.pk).select_related("appraisal").order_by("-appraisal__year"))
