"""What many reports speak of: words that recur, and groups of reports that share them (row 142).

No dictionary: words are what recurs as it stands, two to eight characters that stand in several reports, in changing
company, and in nothing longer that recurs as often. Only the newest reports are read, their titles and beginnings.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models.functions import Left

from config.search.words import normalise
from members.models import Committee
from proposals.models import Information
from proposals.states import InformationState

NEWEST = 2000  # reports that are read
READ = 160  # characters of what each says, after its title
LONGEST, SHORTEST = 8, 2  # characters of a word
LEAST = 3  # reports in which a word must stand; of many reports more: one in RARE
RARE = 100
MOST_WORDS, MOST_GROUPS = 40, 12
EXPLAINS = 0.75  # a longer word that stands in this share of a shorter one's reports stands for it
MOST_SHARE = 0.5  # what stands in more than half of all reports tells nothing apart
KEPT = 24 * 60 * 60  # seconds that a result is kept; other reports give it another key

_HAN = re.compile(r"[\u4e00-\u9fff]+")
# What ties words together, and words that stand in every report: no word is cut across them.
_TIES = re.compile(
    "的|了|在|是|和|与|及|或|对|为|等|被|把|从|向|到|于|将|而|但|因|由|让|使|着|这|那|其|之|以|很|也|都|就|还|又|较"
    "|问题|情况|建议|反映|存在|部分|目前|加强|进一步|相关|群众|关于|方面|工作|造成|导致|影响|希望|严重|没有"
)


@dataclass(frozen=True)
class Word:
    """A word that recurs, and in how many reports."""

    text: str
    reports: int


@dataclass(frozen=True)
class Group:
    """Reports that share words; `words` are what made the group, `field` the field of life of most of them."""

    words: tuple[str, ...]
    field: str
    reports: tuple[tuple[str, str], ...]  # key and title, newest first


@dataclass(frozen=True)
class Topics:
    words: tuple[Word, ...]
    groups: tuple[Group, ...]
    read: int


@dataclass(frozen=True)
class Said:
    """One report as it is compared."""

    key: str
    title: str
    field: str
    text: str


def topics_of(committee: Committee) -> Topics:
    """Of the newest handed-in reports; computed once for a set of reports, however often the page is asked for."""
    unseen = [InformationState.DRAFT, InformationState.WITHDRAWN]
    rows = Information.objects.filter(committee=committee).exclude(state__in=unseen).order_by("-pk")
    rows = rows.annotate(begins=Left("problem", READ))
    said = [
        Said(str(key), title, field or "", f"{title} {begins}")
        for key, title, field, begins in rows.values_list("key", "title", "category__name", "begins")[:NEWEST]
    ]
    name = hashlib.blake2b(repr(said).encode(), digest_size=16).hexdigest()
    found = cache.get(f"information-topics:{name}")
    if found is None:
        found = topics(said)
        cache.set(f"information-topics:{name}", found, KEPT)
    return found


def topics(said: Sequence[Said]) -> Topics:
    """Words and groups of these reports, newest first."""
    runs = [_runs(one.text) for one in said]
    where = _where(runs, least=max(LEAST, len(said) // RARE), most=max(LEAST, int(len(said) * MOST_SHARE)))
    chosen = _independent(where, runs)
    words = sorted(chosen, key=lambda word: (-len(chosen[word]) * len(word), word))[:MOST_WORDS]
    groups = _groups({word: chosen[word] for word in words}, said)
    told = sorted((Word(word, len(chosen[word])) for word in words), key=lambda word: (-word.reports, word.text))
    return Topics(tuple(told), tuple(groups), len(said))


def _runs(text: str) -> list[str]:
    """Unbroken stretches of characters that may be words."""
    found = []
    for run in _HAN.findall(normalise(text)):
        found += [part for part in _TIES.split(run) if part and len(part) >= SHORTEST]
    return found


def _where(runs, *, least: int, most: int) -> dict[str, set[int]]:
    """Gram → the reports it stands in, of those that stand in enough and not too many.

    Length by length: a gram is only looked at where both of its parts, one shorter, are frequent.
    """
    where, shorter = {}, None
    for length in range(SHORTEST, LONGEST + 1):
        found = defaultdict(set)
        for report, each in enumerate(runs):
            for run in each:
                for at in range(len(run) - length + 1):
                    gram = run[at : at + length]
                    if shorter is None or (gram[:-1] in shorter and gram[1:] in shorter):
                        found[gram].add(report)
        shorter = {gram: reports for gram, reports in found.items() if len(reports) >= least}
        where |= {gram: reports for gram, reports in shorter.items() if len(reports) <= most}
    return where


def _independent(where, runs) -> dict[str, set[int]]:
    """Without what is only a part of something longer that recurs as often, and without what is cut from a word.

    The longest first: a part of one that was chosen counts only with the reports in which it stands otherwise.
    """
    chosen: dict[str, set[int]] = {}
    covered = defaultdict(set)
    for gram in sorted(where, key=lambda gram: (-len(gram), gram)):
        reports = where[gram]
        if len(covered[gram] & reports) >= EXPLAINS * len(reports) or not _stands_free(gram, reports, runs):
            continue
        chosen[gram] = reports
        for length in range(SHORTEST, len(gram)):
            for at in range(len(gram) - length + 1):
                covered[gram[at : at + length]] |= reports
    return chosen


def _stands_free(gram, reports, runs) -> bool:
    """Whether both ends are ends: at the edge of a stretch somewhere, or beside different characters."""
    left, right = set(), set()
    for report in reports:
        for run in runs[report]:
            at = run.find(gram)
            while at >= 0:
                end = at + len(gram)
                left.add(run[at - 1] if at else f"^{report}")
                right.add(run[end] if end < len(run) else f"${report}")
                at = run.find(gram, at + 1)
        if len(left) > 1 and len(right) > 1:
            return True
    return False


def _groups(chosen, said) -> list[Group]:
    """The word with the most reports makes a group and takes them; words that most of them share explain it too."""
    left, groups = {word: set(reports) for word, reports in chosen.items()}, []
    while left and len(groups) < MOST_GROUPS:
        head = max(left, key=lambda word: (len(left[word]) * len(word), word))
        members = left.pop(head)
        if len(members) < LEAST:
            continue
        also = [word for word in chosen if word != head and 2 * len(chosen[word] & members) > len(members)]
        also.sort(key=lambda word: (-len(chosen[word] & members), word))
        fields = Counter(said[report].field for report in sorted(members) if said[report].field)
        reports = tuple((said[report].key, said[report].title) for report in sorted(members))
        groups.append(Group((head, *also[:4]), fields.most_common(1)[0][0] if fields else "", reports))
        for reports_left in left.values():
            reports_left -= members
    return sorted(groups, key=lambda group: -len(group.reports))
