"""Towns and villages of a committee by code and by what people write: 金庄村, 陈家镇金庄村, 金庄村民委员会."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from difflib import get_close_matches

from members.models import Committee, Region, RegionLevel
from members.models.regions import CODE_LENGTH, DIGITS
from workstations.gridbook.columns import plain

SUFFIX = re.compile(r"(村民委员会|居民委员会|居民委会|村委会|居委会|办事处)$")
PARTED = re.compile(r"[/／·>、,，\-—]")
OFFERED = 3


def short(name: str) -> str:
    """金庄村民委员会 → 金庄村; 富强楼社区居委会 → 富强楼社区."""
    base = SUFFIX.sub("", name)
    if name.endswith(("村民委员会", "村委会")) and not base.endswith(("村", "社区")):
        base += "村"
    return base or name


def _ways(name: str) -> set[str]:
    return {name, short(name), SUFFIX.sub("", name) or name}


def key(words: str) -> str:
    return plain(PARTED.sub("", words))


@dataclass
class Places:
    """Divisions in force inside a committee's region; `names` holds the name of every one, by code."""

    committee: Committee
    names: dict[str, str] = field(default_factory=dict)
    levels: dict[str, int] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, committee: Committee) -> "Places":
        """One query, however large the region."""
        found = cls(committee)
        levels = [RegionLevel.COUNTY, RegionLevel.TOWN, RegionLevel.VILLAGE]
        rows = Region.objects.within(committee.region).filter(level__in=levels).in_force().order_by("code")
        for code, name, level in rows.values_list("code", "name", "level"):
            found.names[code], found.levels[code] = name, level
        for code, level in found.levels.items():
            if level != RegionLevel.COUNTY:
                found._learn(code, level)
        return found

    def _learn(self, code, level):
        county, town = self.above(code)
        before = {""}
        if level == RegionLevel.VILLAGE and town:
            before |= {one + way for one in ("", county) for way in _ways(town)}
        elif county:
            before.add(county)
        for way in _ways(self.names[code]):
            for one in before:
                self.words[key(one + way)].append(code)

    def above(self, code: str) -> tuple[str, str]:
        """Names of the county and the town that a village (or grid) lies in; empty where there is none."""
        county = code[: DIGITS[RegionLevel.COUNTY]].ljust(CODE_LENGTH, "0")
        town = code[: DIGITS[RegionLevel.TOWN]].ljust(CODE_LENGTH, "0")
        return self.names.get(county, ""), self.names.get(town, "") if town != code else ""

    def whole(self, code: str) -> str:
        """陈家镇金庄村: the name that is understood without more; with the county where towns alone would not do."""
        if self.levels.get(code) != RegionLevel.VILLAGE:
            return self.names.get(code, code)
        county, town = self.above(code)
        words = town + short(self.names[code])
        return words if len(self.words[key(words)]) == 1 or not county else county + words

    def find(self, words: str, *, code: str = "") -> str:
        """The code of the village or town that `words` mean, as a code or a name; ValueError says what is wrong.

        Where several have the name, that one is meant in which the grid `code` lies.
        """
        if re.fullmatch(r"[\d.]+[eE]\+?\d+", words):
            raise ValueError(f"“{words}”是科学计数法，代码已不完整，请把这一列设为文本格式后重新填写。")
        if words.isascii() and words.isdigit():
            return self._by_code(words)
        found = self.words.get(key(words), [])
        if code[:CODE_LENGTH] in found:
            return code[:CODE_LENGTH]
        if len(found) == 1:
            return found[0]
        if found:
            whole = "、".join(self.whole(one) for one in found[:OFFERED])
            raise ValueError(f"有 {len(found)} 个“{words}”，请写全，如：{whole}；或填 12 位代码。")
        raise ValueError(f"{self.committee.region}辖区里没有“{words}”{self._nearest(words)}")

    def _by_code(self, code):
        if len(code) != CODE_LENGTH:
            raise ValueError(f"村（社区）代码“{code}”应是 {CODE_LENGTH} 位数字。")
        if not self.committee.region.contains(code):
            raise ValueError(f"代码 {code} 不在{self.committee.region}辖区内。")
        if self.levels.get(code, 0) < RegionLevel.TOWN:
            raise ValueError(f"没有代码为 {code} 的村（社区），请先在行政区划里补上。")
        return code

    def _nearest(self, words):
        near = get_close_matches(key(words), self.words, n=1, cutoff=0.75)
        return f"，是不是“{self.whole(self.words[near[0]][0])}”？" if near else "，请核对名称，或填 12 位代码。"
