"""Who could help with a need, and which needs somebody could help with: suggestions with their reasons in words.

Nothing is decided here. Points only order the suggestions; a person reads the reasons and chooses (rows 91, 107).
"""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count

from config.search.words import bigrams, normalise
from members.models import Member, Region
from workstations.models import Demand, GridPosting, Resource, StationPost
from workstations.states import DemandState

MOST = 1000  # rows of one kind that are compared in memory
SHOWN = 10
SAME_FIELD, PER_WORD, MOST_WORDS, SERVES_HERE, SERVES_NEAR, LIVES_NEAR, PER_LOAD = 30, 10, 3, 25, 15, 10, 6
TOWN = 9  # digits of a town in the code of a division
EMPTY_WORDS = {
    "委员", "服务", "工作", "需要", "希望", "帮助", "问题", "群众", "提供", "开展", "我们", "他们", "一个", "一些",
    "进行", "有关", "方面", "困难", "活动", "可以", "能够", "村里", "免费", "解决", "支持",
}  # fmt: skip
"""Two texts that share only these share nothing."""

SIGNS = {
    "医疗健康": ("医", "健康", "护理", "诊"), "教育": ("教", "辅导", "升学"),
    "法律": ("法律", "法治", "律师", "维权", "调解", "合同"),
    "农技": ("农", "种植", "养殖", "果", "茶", "烟"), "就业创业": ("就业", "创业", "招聘"),
    "金融": ("金融", "贷款", "税"),
    "科技": ("科技", "信息", "数字", "软件"), "文化体育": ("文化", "书画", "书法", "音乐", "体育", "摄影", "非遗"),
    "养老助残": ("养老", "助残", "老人"), "妇女儿童": ("妇女", "儿童", "家庭"), "心理": ("心理",),
    "住房基建": ("建筑", "工程", "规划", "住房"), "交通水利": ("交通", "水利", "公路"), "环境卫生": ("环境", "环保"),
    "企业服务": ("企业", "管理", "营销", "电商"),
}  # fmt: skip
"""Signs by which a specialty is taken for one of a field."""


@dataclass
class Match:
    """Somebody (or something) that fits: `resources` are what fits of theirs; `reasons` say why, in words."""

    subject: object
    points: int = 0
    reasons: list[str] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)

    @property
    def why(self) -> str:
        return "；".join(self.reasons)

    def add(self, points: int, reason: str) -> None:
        if reason not in self.reasons:
            self.points += points
            self.reasons.append(reason)


def common_words(one: str, other: str) -> list[str]:
    """The longest runs of at least two characters of `one` that stand in `other` too; words that say little left out.

    >>> common_words("法律咨询、合同审查", "企业合同纠纷要法律咨询")
    ['法律咨询', '合同']
    """
    shared = {pair for pair in bigrams(normalise(other)) if len(pair) == 2}
    runs = []
    for word in normalise(one).split():
        run = ""
        for at in range(len(word)):
            if word[at : at + 2] in shared and len(word[at : at + 2]) == 2:
                run = run + word[at + 1] if run else word[at : at + 2]
            else:
                runs.append(run)
                run = ""
        runs.append(run)
    plain = (run.strip("、，。；：（）“”,.;:()") for run in runs)
    found = [run for run in plain if len(run) >= 2 and run not in EMPTY_WORDS and run.isalpha()]
    return sorted(dict.fromkeys(found), key=len, reverse=True)[:MOST_WORDS]


def field_of(words: str) -> str:
    """The field that `words` most likely belong to, or none: a guess that a person may change."""
    for name, signs in SIGNS.items():
        if any(sign in words for sign in signs):
            return name
    return ""


def helpers(demand: Demand, limit: int = SHOWN) -> list[Match]:
    """Members with what they offer, and resources of bodies and organisations, that fit `demand`, the best first."""
    members = {member.pk: Match(member) for member in _members(demand.committee_id)}
    others = []
    text = f"{demand.title} {demand.words}"
    for resource in _resources(demand.committee_id):
        match = members.get(resource.member_id) if resource.member_id else Match(resource.giver)
        if match is None:
            continue
        if _fits(match, resource, demand, text):
            match.resources.append(resource)
            others += [] if resource.member_id else [match]
    for match in members.values():
        words = common_words(match.subject.specialties, text)
        if words:
            match.add(PER_WORD * len(words), f"专长里有“{'”“'.join(words)}”")
    near = _near(demand, members)
    loads = workloads(demand.committee_id)
    for pk, match in members.items():
        for points, reason in near.get(pk, ()):
            match.add(points, reason)
        if match.points:
            load = loads[pk]
            match.points -= PER_LOAD * load
            match.reasons.append(f"手上正在办 {load} 件" if load else "手上没有在办的")
    found = [match for match in members.values() if match.reasons] + others
    return sorted(found, key=lambda match: (-match.points, str(match.subject)))[:limit]


def _members(committee: int):
    found = Member.objects.in_force().filter(committee=committee).select_related("user", "sector", "region")
    return found.order_by("-pk")[:MOST]


def _resources(committee: int):
    found = Resource.objects.offered().filter(committee=committee)
    return found.select_related("member__user", "body", "organisation").order_by("-pk")[:MOST]


def _fits(match, resource, demand, text) -> bool:
    before = match.points
    if demand.field and resource.field == demand.field:
        match.add(SAME_FIELD, f"同属“{demand.field}”")
    words = common_words(f"{resource.title} {resource.words}", text)
    if words:
        match.add(PER_WORD * len(words), f"能提供的“{resource.title}”与“{'”“'.join(words)}”对得上")
    return match.points > before or bool(demand.field and resource.field == demand.field) or bool(words)


def _near(demand, members) -> dict[int, list[tuple[int, str]]]:
    """Member → how near: serves the very village or grid, serves or lives in the same town, serves its station."""
    found = {}
    town = demand.region_id[:TOWN]
    postings = GridPosting.objects.in_force().filter(committee=demand.committee_id, region__gte=town)
    postings = postings.filter(region__lt=f"{town}~").values_list("member", "region", "region__name", "region__level")
    for member, code, name, level in postings:
        served = Region(code=code, level=level)
        here = served.contains(demand.region_id) or demand.region.contains(code)
        points = SERVES_HERE if here else SERVES_NEAR
        found.setdefault(member, []).append((points, f"在{name}{'' if here else '（同一乡镇）'}进网格"))
    if demand.station_id:
        posts = StationPost.objects.in_force().filter(station=demand.station_id, member__isnull=False)
        for member in posts.values_list("member", flat=True):
            found.setdefault(member, []).append((SERVES_NEAR, "在跟进的站点任职"))
    for pk, match in members.items():
        if match.subject.region_id and match.subject.region_id[:TOWN] == town:
            found.setdefault(pk, []).append((LIVES_NEAR, f"是{match.subject.region}的委员"))
    return {pk: sorted(near, reverse=True)[:2] for pk, near in found.items()}


def workloads(committee: int) -> Counter:
    """Member → needs claimed and not done yet; a project is the claim of its need."""
    claimed = Demand.objects.filter(committee=committee, state=DemandState.CLAIMED)
    counted = claimed.order_by().values("claimed_by").annotate(number=Count("pk"))
    return Counter({row["claimed_by"]: row["number"] for row in counted})


def wanted_of(member: Member, limit: int = SHOWN) -> list[Match]:
    """哪些需求用得上我: open needs that fit what `member` offers or can do, or where the member serves."""
    offered = list(Resource.objects.filter(member=member, is_active=True))
    fields = {resource.field for resource in offered} - {""}
    can = " ".join([member.specialties, *(f"{resource.title} {resource.words}" for resource in offered)])
    served = list(GridPosting.objects.in_force().filter(member=member).values_list("region", "region__name"))
    demands = Demand.objects.filter(committee=member.committee_id, state=DemandState.OPEN)
    found = []
    for demand in demands.select_related("region").order_by("-pk")[:MOST]:
        match = Match(demand)
        if demand.field in fields:
            match.add(SAME_FIELD, f"您能提供“{demand.field}”方面的服务")
        words = common_words(can, f"{demand.title} {demand.words}")
        if words:
            match.add(PER_WORD * len(words), f"与您的专长“{'”“'.join(words)}”对得上")
        for code, name in served:
            if code[:TOWN] == demand.region_id[:TOWN]:
                match.add(SERVES_NEAR, f"就在您进网格的{name}一带")
                break
        if match.points:
            found.append(match)
    return sorted(found, key=lambda match: -match.points)[:limit]
