"""Proposals at size: `DATABASE_URL=… python tests/benchmarks/proposals.py [--size 10000] [--similar 100000]`.

Loads the invented county (`load_demo --size`) into an empty database of its own, or takes the one that stands there
already, asks for every list, search, board and page of figures as the people who use it, and prints milliseconds (of
these in the database) and SQL statements of each; what is over the bounds is marked. `--keep FILE` writes the
statements down, `--against FILE` marks what needs more of them than it did there, at another size. With `--similar`
the search entries of proposals are copied up to that number, in a transaction that is rolled back, and the nearest
ones are asked for.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
if "DATABASE_URL" not in os.environ:
    os.environ["DATABASE_URL"] = f"sqlite:///{tempfile.mkdtemp()}/proposals.sqlite3"

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from config.search import index, similar  # noqa: E402
from config.search.entries import SearchEntry  # noqa: E402
from members.models import Committee, User  # noqa: E402
from proposals.models import (  # noqa: E402
    Assignment,
    Bulletin,
    Category,
    HandingMeeting,
    Information,
    Instruction,
    LookBack,
    LookBackItem,
    MicroProposal,
    Proposal,
    Selection,
    Showcase,
    Supervision,
    Trace,
    UnitAppraisal,
)

MOST_MS, MOST_STATEMENTS, SIMILAR_MS = 300, 20, 1000
OFFICE, CLERK, CHAIR, SUPERVISOR, VISITOR = "shifan", "shifan-lu", "shifan-zhou", "shifan-sun", ""
PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
SOUGHT = (("常见词", "公交"), ("两个词", "适老化 助餐"), ("一个字", "路"), ("没有的词", "火星探测"))


class Undone(Exception):
    """Takes the copies back."""


@dataclass
class Sample:
    """Rows whose keys stand in addresses."""

    committee: Committee

    def __post_init__(self):
        of = {"committee": self.committee}
        self.handed = Assignment.objects.filter(**of, state="handling", role="lead").order_by("-pk").first()
        self.proposal = self.handed.proposal
        self.unit, self.handler = self.handed.unit, self.handed.handler.username
        mine = Proposal.objects.filter(**of, state="closed", kind="joint").order_by("-pk").first()
        self.closed, self.member = mine, mine.drafter.username
        self.field = Category.objects.fields().get(name="教育")
        self.of = of


def _asked(s: Sample) -> list[tuple]:
    """(who, what, name of the address, its arguments, query) of pages that stand alone."""
    slug, pk = s.committee.slug, s.unit.pk
    narrowed = {
        "按状态": "state=assigned", "按少见状态": "state=returned", "按届次": f"plenary={s.proposal.plenary_id}",
        "按届次和分类": f"plenary={s.proposal.plenary_id}&sphere={s.proposal.sphere_id}", "按提案者": "kind=party",
        "按提出时间": "timing=interim", "按领域": f"field={s.field.pk}", "按主办单位": f"unit={pk}",
        "只看重点": "is_key=on", "翻到旧页": f"before={s.closed.pk // 4}",
        **{f"搜索{what}": f"q={words}" for what, words in SOUGHT},
        "搜索加筛选": f"q=公交&unit={pk}&state=closed",
    }  # fmt: skip
    public = {
        "全部": "", "按届次": f"plenary={s.proposal.plenary_id}", "按领域": f"field={s.field.pk}",
        "按单位": f"unit={pk}", "按结果": "grade=B", "按进展": "state=closed", "只看重点": "key=1",
        **{f"搜索{what}": f"q={words}" for what, words in SOUGHT},
    }  # fmt: skip
    people = (OFFICE, CLERK, CHAIR, SUPERVISOR, s.handler, s.member, VISITOR)
    found = [(who, "首页", "home", [], "") for who in people if who]
    found += [(OFFICE, f"提案：{what}", "proposal-list", [], f"whose=all&{query}") for what, query in narrowed.items()]
    found += [(who, "提案：全部", "proposal-list", [], "whose=all") for who in people if who]
    found += [(s.member, f"提案：{whose}", "proposal-list", [], f"whose={whose}") for whose in ("mine", "sign")]
    found += [(s.member, "提案：我的，搜索", "proposal-list", [], "whose=mine&q=公交")]
    found += [(s.handler, "提案：单位的，搜索", "proposal-list", [], "whose=all&q=公交")]
    found += [(VISITOR, f"公开提案：{what}", "proposal-public-list", [slug], query) for what, query in public.items()]
    found += [
        (VISITOR, "政协主页", "committee-home", [slug], ""), (VISITOR, "优秀提案", "excellent-list", [slug], ""),
        (VISITOR, "公开社情民意", "information-voices", [slug], ""),
        (VISITOR, "公开跟踪链", "trace-public-list", [slug], ""),
        (VISITOR, "公开微建议", "micro-public-list", [slug], ""),
        (CLERK, "提案和办理", "matters-office", [], ""), (SUPERVISOR, "提案和办理", "matters-office", [], ""),
        (CLERK, "审查台", "proposal-review-desk", [], ""), (CLERK, "交办会列表", "handing-meetings", [], ""),
        (CLERK, "退回台", "return-desk", [], ""), (CLERK, "遴选列表", "selection-list", [], ""),
        (CLERK, "全程公开台", "showcase-desk", [], ""), (CLERK, "留言列表", "showcase-comment-list", [], ""),
        (CLERK, "导入页", "proposal-import", [], ""), 
        (OFFICE, "微建议交办台", "assign-desk", [], ""), (OFFICE, "微建议列表", "micro-list", [], ""),
        (s.member, "微建议列表", "micro-list", [], "whose=mine"), (OFFICE, "领办列表", "led-list", [], ""),
        (s.member, "领办列表", "led-list", [], ""),
        (OFFICE, "提醒", "reminders", [], ""), (OFFICE, "社情民意登记台", "information-desk", [], ""),
        (OFFICE, "社情民意统计", "information-figures", [], ""), (OFFICE, "社情民意热点", "information-topics", [], ""),
        (s.member, "我的社情民意", "information-list", [], ""), (OFFICE, "专期列表", "bulletin-list", [], ""),
        (OFFICE, "专期列表：已采用", "bulletin-list", [], "adopted=any"),
        (OFFICE, "专期列表：搜索", "bulletin-list", [], "q=公交"), (OFFICE, "新专期", "bulletin-new", [], ""),
        (OFFICE, "批示列表", "instruction-list", [], ""), (OFFICE, "跟踪链", "trace-list", [], ""),
        (SUPERVISOR, "考核列表", "unit-appraisal-list", [], ""), (s.handler, "考核列表", "unit-appraisal-list", [], ""),
        (SUPERVISOR, "督办看板", "supervision-board", [], ""),
        (SUPERVISOR, "督办看板：单位", "supervision-board", [], f"unit={pk}"),
        (SUPERVISOR, "督办列表", "supervision-list", [], ""),
        (SUPERVISOR, "督办列表：催办", "supervision-list", [], "kind=dunning"),
        (SUPERVISOR, "B 类跟踪", "look-back-b", [], ""),
        (SUPERVISOR, "B 类跟踪：单位", "look-back-b", [], f"unit={pk}"),
        (SUPERVISOR, "回头看列表", "look-back-list", [], ""), (s.handler, "回头看列表", "look-back-list", [], ""),
    ]  # fmt: skip
    registers = ("state=issued", "category=" + str(s.field.pk), "adopted=any", "instructed=on", "q=公交", "kind=member")
    found += [(OFFICE, f"登记台：{query}", "information-desk", [], query) for query in registers]
    cases = {
        "": "",
        "全部": "all=1",
        "逾期": "overdue=on&all=1",
        "状态": "state=following&all=1",
        "搜索": "q=公交&all=1",
    }
    for who in (CLERK, SUPERVISOR, s.handler):
        found += [(who, f"交办件：{what}", "assignment-list", [], query) for what, query in cases.items()]
    for name in ("proposals", "assignments", "micro-proposals", "categories"):
        found += [(who, "接口", f"api-{name}-list", [], "") for who in (OFFICE, s.handler, s.member)]
    found += [(who, "接口：公交", "api-proposals-list", [], "q=公交") for who in (OFFICE, VISITOR)]
    listed = ("proposal", "assignment", "supervision", "lookbackitem", "plenary", "returnrequest", "handingmeeting")
    found += [(OFFICE, "工作后台", f"admin:proposals_{name}_changelist", [], "") for name in listed]
    found += [(OFFICE, "工作后台：搜索", "admin:proposals_proposal_changelist", [], "q=公交")]
    return found


def _of_one(s: Sample) -> list[tuple]:
    """The same of pages of one row; what the county has none of is left out."""
    items = LookBackItem.objects.filter(campaign__committee=s.committee)
    found = [
        (CLERK, "提案办理中", "proposal-detail", [s.proposal.key], ""),
        (s.handler, "提案办理中", "proposal-detail", [s.proposal.key], ""),
        (CLERK, "提案已办结", "proposal-detail", [s.closed.key], ""),
        (s.member, "提案已办结", "proposal-detail", [s.closed.key], ""),
        (CLERK, "交办件", "assignment-detail", [s.handed.pk], ""),
        (s.handler, "交办件", "assignment-detail", [s.handed.pk], ""),
        (SUPERVISOR, "督办", "supervision-new", [s.handed.pk], ""),
    ]
    named = (
        (VISITOR, "公开的提案", "proposal-detail", Proposal.objects.public().filter(**s.of, state="closed"), "key"),
        (CLERK, "审查", "proposal-review", Proposal.objects.filter(**s.of, state="submitted"), "key"),
        (CLERK, "并案", "proposal-merge", Proposal.objects.filter(**s.of, state="filed"), "key"),
        (CLERK, "交办", "proposal-assign", Proposal.objects.filter(**s.of, state="filed"), "key"),
        (CLERK, "交办会", "handing-meeting", HandingMeeting.objects.filter(**s.of), "pk"),
        (CLERK, "遴选", "selection", Selection.objects.filter(**s.of), "pk"),
        (SUPERVISOR, "回头看", "look-back", LookBack.objects.filter(**s.of), "pk"),
        (s.handler, "回头看", "look-back", LookBack.objects.filter(**s.of, items__assignment__unit=s.unit), "pk"),
        (SUPERVISOR, "回头看一件", "look-back-item", items, "pk"),
        (SUPERVISOR, "督办一件", "supervision", Supervision.objects.filter(assignment__committee=s.committee), "pk"),
        (OFFICE, "信息", "information", Information.objects.filter(**s.of, state="registered"), "key"),
        (OFFICE, "专期", "bulletin", Bulletin.objects.filter(**s.of), "pk"),
        (OFFICE, "批示", "instruction", Instruction.objects.filter(**s.of), "pk"),
        (OFFICE, "一条跟踪链", "trace", Trace.objects.filter(**s.of), "pk"),
        (OFFICE, "微建议", "micro-detail", MicroProposal.objects.filter(**s.of, state="assigned"), "key"),
        (SUPERVISOR, "考核表", "unit-appraisal", UnitAppraisal.objects.filter(**s.of), "pk"),
    )  # fmt: skip
    found += [(who, what, name, [key], "") for who, what, name, rows, field in named if (key := _newest(rows, field))]
    if key := _newest(Showcase.objects.public().filter(proposal__committee=s.committee), "proposal__key"):
        found += [(VISITOR, "全程公开", "showcase", [key], ""), (CLERK, "全程公开编辑", "showcase-edit", [key], "")]
    if appraisal := UnitAppraisal.objects.filter(**s.of, of="units").order_by("-pk").first():
        found += [
            (SUPERVISOR, f"考核明细：{line}", "unit-appraisal-cases", [appraisal.pk, line.pk, s.unit.pk], "")
            for line in appraisal.indicators.exclude(measure="by_hand")
        ]
    return found


def _newest(rows, field):
    return rows.order_by("-pk").values_list(field, flat=True).first()


@dataclass(frozen=True)
class Answer:
    """`processor` is what this process and the database's own spent, however busy the machine is with other things."""

    status: int
    ms: float
    processor: float
    in_database: float
    statements: int


def measure(who: str, address: str, tries: int) -> Answer:
    """The quickest of some tries."""
    client, best = Client(), None
    if who:
        client.force_login(User.objects.get(username=who), backend="members.auth.NameOrPhoneBackend")
    for _ in range(tries):
        with CaptureQueriesContext(connection) as asked:
            began, spent = time.perf_counter(), _processor()
            answer = client.get(address)
            ms, spent = (time.perf_counter() - began) * 1000, _processor() - spent
        told = sum(float(query["time"]) for query in asked.captured_queries) * 1000
        now = Answer(answer.status_code, ms, spent, told, len(asked))
        best = now if best is None or now.processor < best.processor else best
    return best


def _processor() -> float:
    """Milliseconds of this process, and of the one that serves its connection where there is one."""
    spent = time.process_time() * 1000
    if connection.vendor == "postgresql" and connection.connection is not None:
        served = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
        spent += int(served.read_text().split()[0]) / 1_000_000 if served.exists() else 0
    return spent


def pages(committee, given, earlier: dict[str, int]) -> tuple[int, dict[str, int]]:
    """How many are over the bounds, and the statements of each."""
    wrong, statements, slowest = 0, {}, 0.0
    sample = Sample(committee)
    for who, what, name, args, query in [*_asked(sample), *_of_one(sample)]:
        address = reverse(name, args=args) + (f"?{query}" if query else "")
        face = {sample.handler: "承办单位", sample.member: "委员", VISITOR: "游客"}.get(who, who)
        label = f"{what}（{face}）{name}"
        if given.only and given.only not in label:
            continue
        got = measure(who, address, given.tries)
        ms = got.processor if given.busy else got.ms
        statements[label] = got.statements
        grown = label in earlier and got.statements > earlier[label]
        over = ms > MOST_MS or got.statements > MOST_STATEMENTS or got.status != 200 or grown
        wrong, slowest = wrong + over, max(slowest, ms)
        told = (
            f"{got.status}, {got.ms:.0f} ms ({got.in_database:.0f} in the database, {got.processor:.0f} of processors)"
        )
        told += f", {got.statements} statements"
        told += f", {earlier[label]} before" if grown else ""
        print(f"  {'!!' if over else 'ok'} {label}: {told}", flush=True)
    print(
        f"{len(statements)} pages, {wrong} over; slowest {slowest:.0f} ms, most {max(statements.values(), default=0)}"
    )
    return wrong, statements


def likeness(committee, given) -> int:
    """The nearest of so many: the entries of proposals are copied under keys of their own, and taken back."""
    kind, wrong = Proposal._meta.label_lower, 0
    texts = list(SearchEntry.objects.filter(kind=kind, scope=committee.pk).values_list("text", flat=True))
    row = Proposal.objects.filter(committee=committee).order_by("-pk").first()
    asked = {
        "of the same words": row.search_document(), "title alone": row.title,
        "of other words": "关于古籍修复人才培养的提案 县图书馆藏有地方志三百余册，虫蛀严重，缺少会修复的人。",
    }  # fmt: skip
    try:
        with transaction.atomic():
            fresh = max(0, given.similar - len(texts))
            _copy(kind, committee.pk, texts, fresh)
            for what, text in asked.items():
                best = float("inf")
                for _ in range(given.tries):
                    began = _processor() if given.busy else time.perf_counter() * 1000
                    found = similar.nearest(Proposal, text, scope=committee.pk, limit=5)
                    best = min(best, (_processor() if given.busy else time.perf_counter() * 1000) - began)
                wrong += best > SIMILAR_MS
                mark = "!!" if best > SIMILAR_MS else "ok"
                number = len(texts) + fresh
                print(f"  {mark} nearest of {number}, {what}: {best:.0f} ms, {len(found)} found", flush=True)
            raise Undone
    except Undone:
        return wrong


def _copy(kind: str, scope: int, texts: list[str], fresh: int) -> None:
    """So many more entries; PostgreSQL copies the tokens along."""
    if connection.vendor != "postgresql":
        index.index_new(kind, ((str(10**9 + n), scope, texts[n % len(texts)]) for n in range(fresh)))
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO search_searchentry (kind, object_id, scope, text, bigrams)"
            " SELECT kind, (1000000000 + row_number() OVER ())::text, scope, text, bigrams"
            " FROM search_searchentry, generate_series(1, %s) WHERE kind = %s AND scope = %s LIMIT %s",
            [fresh // len(texts) + 1, kind, scope, fresh],
        )
        cursor.execute("ANALYZE search_searchentry")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--similar", type=int, default=0)
    parser.add_argument("--only", default="", help="part of a label or of an address's name")
    parser.add_argument("--tries", type=int, default=3)
    parser.add_argument("--busy", action="store_true", help="hold processor time against the bound, not the clock")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--against", type=Path)
    given = parser.parse_args()
    settings.ALLOWED_HOSTS = ["*"]
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": PLAIN}}
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    call_command("load_demo", size=given.size, verbosity=0)
    committee = Committee.objects.get(slug="shifan")
    number = Proposal.objects.filter(committee=committee).count()
    print(f"{number} proposals, {connection.vendor}, there after {time.perf_counter() - began:.0f} s")
    earlier = json.loads(given.against.read_text()) if given.against else {}
    wrong, statements = pages(committee, given, earlier)
    if given.keep:
        given.keep.write_text(json.dumps(statements, ensure_ascii=False, indent=1))
    if given.similar:
        wrong += likeness(committee, given)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
