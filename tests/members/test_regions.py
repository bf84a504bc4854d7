import json
import lzma
import os
import signal
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from config.audit.models import AuditEntry
from config.search.models import SearchEntry
from members.forms import RegionField
from members.models import Region, RegionLevel
from members.presets import committees as presets
from members.region_import import import_regions, level_of, parent_of
from tests.factories import members as make

HUNAN, CHENZHOU, JIAHE = "430000000000", "431000000000", "431024000000"
HEAD = "code,name,level,parent\n"
GOOD = f"""{HUNAN},湖南省,province,
{CHENZHOU},郴州市,city,{HUNAN}
{JIAHE},嘉禾县,county,{CHENZHOU}
431024100000,珠泉镇,town,{JIAHE}
431024100001,金田居委会,village,431024100000
"""


@pytest.fixture
def write(tmp_path):
    """`write(text)` is a file with a heading and that text; `heading=""` and bytes for worse."""

    def to_file(text, heading=HEAD, name="regions.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else (heading + text).encode())
        return path

    return to_file


def load(path, **options):
    return import_regions(path, at=timezone.now(), **options)


def counts(report):
    return report.created, report.updated, report.unchanged, len(report.refused)


def names(regions):
    return [region.name for region in regions]


# --- the code is the tree -------------------------------------------------------------------------------------------


def test_a_subtree_is_a_range_of_the_primary_key(db):
    make.county("431024", "嘉禾县")
    make.county("431023", "永兴县")
    jiahe = Region.objects.get(code=JIAHE)
    assert names(Region.objects.within(jiahe)) == ["嘉禾县", "珠泉镇", "金田居委会", "塘村镇", "英花村"]
    assert names(Region.objects.within(Region.objects.get(code="431024101000"))) == ["塘村镇", "英花村"]
    assert Region.objects.within(Region.objects.get(code=CHENZHOU)).count() == 11


def test_the_range_is_read_from_the_index(db):
    jiahe = make.county()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # a table of six rows is read from end to end otherwise
    plan = Region.objects.within(jiahe).explain()
    assert "code>? AND code<?" in plan or "Index Cond: (((code)::text >=" in plan


@pytest.mark.parametrize(
    ("code", "level", "span"),
    [
        (HUNAN, RegionLevel.PROVINCE, (HUNAN, "440000000000")),
        (JIAHE, RegionLevel.COUNTY, (JIAHE, "431025000000")),
        ("431099000000", RegionLevel.COUNTY, ("431099000000", "431100000000")),
        ("431024100000", RegionLevel.TOWN, ("431024100000", "431024101000")),
        ("431024100001", RegionLevel.VILLAGE, ("431024100001", "431024100002")),
        ("431024100001007", RegionLevel.GRID, ("431024100001007", "431024100001008")),
    ],
)
def test_the_span_of_a_division(code, level, span):
    region = Region(code=code, level=level)
    assert region.span == span
    assert region.contains(code)
    assert not region.contains(span[1])


def test_a_village_holds_its_grids():
    village = Region(code="431024100001", level=RegionLevel.VILLAGE)
    assert village.contains("431024100001007")
    assert not village.contains("431024100002001")


def test_the_ancestors_stand_in_the_code():
    town, village = Region(code="431024100000", level=4), Region(code="431024100001", level=5)
    assert town.ancestor_codes == [HUNAN, CHENZHOU, JIAHE]
    assert village.ancestor_codes == [HUNAN, CHENZHOU, JIAHE, "431024100000"]
    assert Region(code="441900003000", level=4).ancestor_codes == ["440000000000", "441900000000"]
    assert Region(code=HUNAN, level=1).ancestor_codes == []


@pytest.mark.parametrize(
    ("code", "level", "parent"),
    [
        (HUNAN, RegionLevel.PROVINCE, ""),
        (CHENZHOU, RegionLevel.CITY, HUNAN),
        (JIAHE, RegionLevel.COUNTY, CHENZHOU),
        ("431024100000", RegionLevel.TOWN, JIAHE),
        ("441900003000", RegionLevel.TOWN, "441900000000"),
        ("431024100001", RegionLevel.VILLAGE, "431024100000"),
        ("431024100001007", RegionLevel.GRID, "431024100001"),
        ("431024100001000", None, ""),
        ("000000000000", None, ""),
    ],
)
def test_a_code_tells_its_level_and_its_parent(code, level, parent):
    assert (level_of(code), parent_of(code)) == (level, parent)


def test_retired_divisions_stay_but_are_not_in_force(db):
    region = make.region(JIAHE, "嘉禾县")
    region.valid_to = timezone.datetime(2026, 5, 1).date()
    region.save()
    assert list(Region.objects.in_force()) == []
    assert list(Region.objects.in_force(timezone.datetime(2026, 5, 1).date())) == [region]


# --- files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("compressed", [False, True], ids=["csv", "csv.xz"])
def test_a_file_is_loaded_and_can_be_searched(db, write, compressed):
    text = (HEAD + GOOD).encode()
    path = write(lzma.compress(text), name="r.csv.xz") if compressed else write(text)
    assert counts(load(path)) == (5, 0, 0, 0)
    village = Region.objects.get(code="431024100001")
    assert (village.name, village.level, village.parent.name) == ("金田居委会", RegionLevel.VILLAGE, "珠泉镇")
    assert names(Region.objects.matching("金田")) == ["金田居委会"]
    assert AuditEntry.objects.get(verb="region.import").data["created"] == 5


def test_the_order_of_rows_and_columns_does_not_matter(db, write):
    lines = [",".join(reversed(line.split(","))) for line in reversed(GOOD.splitlines())]
    assert counts(load(write("\n".join(lines), heading="\ufeffparent,level,name,code\n"))) == (5, 0, 0, 0)


def test_a_second_run_changes_nothing(db, write):
    load(write(GOOD))
    assert counts(load(write(GOOD))) == (0, 0, 5, 0)
    assert AuditEntry.objects.filter(verb="region.import").count() == 1


def test_a_newer_file_corrects_and_adds_and_leaves_the_rest(db, write):
    load(write(GOOD))
    newer = f"{JIAHE},嘉禾区,county,{CHENZHOU}\n431024101000,塘村镇,town,{JIAHE}\n{HUNAN},湖南省,province,\n"
    report = load(write(newer))
    assert (counts(report), report.rows) == ((1, 1, 1, 0), 3)
    assert names(Region.objects.matching("嘉禾")) == ["嘉禾区"]
    assert (Region.objects.count(), SearchEntry.objects.count()) == (6, 6)


def test_what_is_there_can_be_kept(db, write):
    load(write(GOOD))
    renamed = GOOD.replace("嘉禾县", "嘉禾区") + f"431024101000,塘村镇,town,{JIAHE}\n"
    assert counts(load(write(renamed), keep_existing=True)) == (1, 0, 5, 0)
    assert Region.objects.get(code=JIAHE).name == "嘉禾县"


BAD = [
    (f"{HUNAN},湖南省,province", "整行", "应有 4 列"),
    (f"{HUNAN},湖南省,province,,", "整行", "应有 4 列"),
    ("43000000000,湖南省,province,", "code", "应是 12 位数字"),
    ("43000000000a,湖南省,province,", "code", "应是 12 位数字"),
    ("43000000000０,湖南省,province,", "code", "应是 12 位数字"),
    (f"{HUNAN}0000,湖南省,province,", "code", "应是 12 位数字"),
    (f"{HUNAN},,province,", "name", "名称为空或含有控制字符"),
    (f"{HUNAN}, \t ,province,", "name", "名称为空或含有控制字符"),
    (f"{HUNAN},湖\x07南省,province,", "name", "名称为空或含有控制字符"),
    (f"{HUNAN},{'长' * 65},province,", "name", "名称有 65 字，最多 64 字"),
    (f"{HUNAN},湖南省,省级,", "level", "应是 province、city、county、town、village、grid 之一"),
    (f"{HUNAN},湖南省,city,", "level", f"代码 {HUNAN} 不是地级的代码"),
    ("000000000000,无处,province,", "level", "代码 000000000000 不是省级的代码"),
    (f"{HUNAN},湖南省,province,{CHENZHOU}", "parent", "省级没有上级"),
    (f"{CHENZHOU},郴州市,city,", "parent", f"应是 {HUNAN}"),
    (f"{CHENZHOU},郴州市,city,440000000000", "parent", f"应是 {HUNAN}"),
    (f"{CHENZHOU},郴州市,city,{HUNAN}", "parent", f"没有代码为 {HUNAN} 的上级"),
]


@pytest.mark.parametrize(("line", "column", "reason"), BAD)
def test_a_bad_row_is_named_and_nothing_is_stored(db, write, line, column, reason):
    report = load(write(f"440000000000,广东省,province,\n\n{line}\n"))
    [refused] = report.refused
    assert (refused.row, refused.column, refused.reason) == (4, column, reason)
    assert (counts(report), report.rows) == ((1, 0, 0, 1), 2)
    assert (Region.objects.count(), SearchEntry.objects.count(), AuditEntry.objects.count()) == (0, 0, 0)


def test_a_code_given_twice_is_refused_the_second_time(db, write):
    [refused] = load(write(GOOD + f"{JIAHE},又一个,county,{CHENZHOU}\n")).refused
    assert str(refused) == "第 7 行 code：与第 4 行重复"


def test_every_child_of_a_missing_parent_is_named_in_the_order_of_the_file(db, write):
    towns = "".join(f"43102410{n}000,镇{n},town,{JIAHE}\n" for n in range(3))
    report = load(write(towns + "431023100000,远镇,town,431023000000\n"))
    assert [(line.row, line.reason) for line in report.refused] == [
        (2, f"没有代码为 {JIAHE} 的上级"),
        (3, f"没有代码为 {JIAHE} 的上级"),
        (4, f"没有代码为 {JIAHE} 的上级"),
        (5, "没有代码为 431023000000 的上级"),
    ]


def test_a_refused_parent_does_not_condemn_its_children(db, write):
    assert len(load(write(GOOD.replace(",郴州市,", ",,"))).refused) == 1


def test_a_parent_that_was_loaded_before_is_known(db, write):
    load(write(GOOD))
    assert counts(load(write(f"431024101000,塘村镇,town,{JIAHE}\n"))) == (1, 0, 0, 0)


UNREADABLE = [
    (b"", "第 1 行应是列名 code,name,level,parent。"),
    (b"code,name\n", "第 1 行应是列名 code,name,level,parent。"),
    ("code,name,level,parent\n430000000000,湖南省,province,\n".encode("gb18030"), "不是 UTF-8 的文字"),
    (HEAD.encode() + b'"' + b"x" * 200_000 + b'"\n', "第 2 行不是 CSV"),
]


@pytest.mark.parametrize(("content", "says"), UNREADABLE)
def test_what_is_no_such_file_is_refused_in_a_sentence(db, write, content, says):
    with pytest.raises(CommandError, match=says):
        call_command("import_regions", write(content), stdout=StringIO(), stderr=StringIO())


def test_a_missing_or_broken_archive_is_refused_in_a_sentence(db, tmp_path, write):
    with pytest.raises(CommandError, match="读不到文件"):
        call_command("import_regions", tmp_path / "nowhere.csv", stderr=StringIO())
    cut = lzma.compress((HEAD + GOOD).encode())[:-20]
    with pytest.raises(CommandError, match=r"r\.csv\.xz 不是完整的 xz 文件"):
        call_command("import_regions", write(cut, name="r.csv.xz"), stderr=StringIO())


def test_the_command_counts_and_a_dry_run_stores_nothing(db, write):
    out = StringIO()
    call_command("import_regions", write(GOOD), dry_run=True, stdout=out, stderr=StringIO())
    assert out.getvalue().splitlines() == [
        "共 5 行：新增 5，更正 0，未变 0，拒绝 0。",
        "试运行，没有存入任何数据。",
    ]
    assert Region.objects.count() == 0
    call_command("import_regions", write(GOOD), stdout=StringIO(), stderr=StringIO())
    assert Region.objects.count() == 5


def test_the_command_fails_with_every_reason(db, write):
    out = StringIO()
    with pytest.raises(CommandError, match="有行被拒绝，没有存入任何数据。"):
        call_command("import_regions", write(GOOD + "1,a,b,c\n2,d,e,f\n"), stdout=out, stderr=StringIO())
    assert out.getvalue().splitlines() == [
        "第 7 行 code：应是 12 位数字",
        "第 8 行 code：应是 12 位数字",
        "共 7 行：新增 5，更正 0，未变 0，拒绝 2。",
    ]


class Killed(BaseException):
    """As the process would end: nothing may catch it."""


def test_a_run_that_is_killed_leaves_nothing_and_the_next_one_is_whole(transactional_db, write, monkeypatch):
    monkeypatch.setattr("members.region_import.CHUNK", 2)

    def die_half_way(stage, done, total):
        if (stage, done) == ("写入", 4):
            raise Killed

    with pytest.raises(Killed):
        load(write(GOOD), progress=die_half_way)
    assert (Region.objects.count(), SearchEntry.objects.count()) == (0, 0)
    assert counts(load(write(GOOD))) == (5, 0, 0, 0)
    assert names(Region.objects.matching("珠泉")) == ["珠泉镇"]


def test_progress_tells_rows_done_and_rows_in_all(db, write, monkeypatch):
    monkeypatch.setattr("members.region_import.CHUNK", 2)
    steps = []
    load(write(GOOD), progress=lambda *step: steps.append(step))
    assert steps == [("检查", 2, 0), ("检查", 4, 0), ("写入", 2, 5), ("写入", 4, 5), ("写入", 5, 5)]


def test_the_bar_is_one_line_for_each_tenth_where_there_is_no_terminal(db, write):
    err = StringIO()
    call_command("import_regions", write(GOOD), stdout=StringIO(), stderr=err)
    assert err.getvalue() == "写入 5 / 5\n"


def test_the_shipped_divisions_hold_the_country_to_its_towns_and_the_demo_villages(db):
    presets.load()
    by_level = {level: Region.objects.filter(level=level).count() for level in RegionLevel}
    assert by_level == {1: 31, 2: 342, 3: 2975, 4: 41351, 5: 7330, 6: 0}
    jiahe = Region.objects.get(code=JIAHE)
    assert [Region.objects.within(jiahe).filter(level=level).count() for level in (4, 5)] == [10, 201]
    assert "珠泉镇" in names(Region.objects.matching("珠泉"))
    assert SearchEntry.objects.filter(kind="members.region").count() == Region.objects.count()


def test_loading_again_asks_only_what_is_there(db, write, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(presets, "REGIONS", write(GOOD))
    presets.load()
    Region.objects.filter(code=JIAHE).update(name="嘉禾区")
    with django_assert_num_queries(1):
        presets.load()
    assert Region.objects.get(code=JIAHE).name == "嘉禾区"


# --- picking one ----------------------------------------------------------------------------------------------------


def test_the_children_are_public_and_cached(db, client):
    make.county()
    address = reverse("regions-children", args=[JIAHE])
    answer = client.get(address)
    assert json.loads(answer.content) == {
        "code": JIAHE,
        "name": "嘉禾县",
        "level": 3,
        "children": [
            {"code": "431024100000", "name": "珠泉镇", "level": 4},
            {"code": "431024101000", "name": "塘村镇", "level": 4},
        ],
    }
    assert answer["Cache-Control"] == "public, max-age=3600"
    assert client.get(address, headers={"if-none-match": answer["ETag"]}).status_code == 304
    make.region("431024102000", "广发镇", RegionLevel.TOWN, Region.objects.get(code=JIAHE))
    assert client.get(address, headers={"if-none-match": answer["ETag"]}).status_code == 200


@pytest.mark.parametrize("code", ["999999999999", "4310240000000000", "43102400000x", "431024"])
def test_children_of_nothing_are_not_found(db, client, code):
    assert client.get(f"/regions/{code}/children/").status_code == 404


def test_children_are_read_only(db, client):
    make.county()
    assert client.post(reverse("regions-children", args=[JIAHE])).status_code == 405


def test_a_county_offers_its_towns_with_their_villages(db, django_assert_num_queries):
    county = make.county()
    field = RegionField(root=county, required=False)
    with django_assert_num_queries(1):
        choices = [choice for choice in field.choices]  # list() would count first
    assert choices == [
        ("", "请选择"),
        ("珠泉镇", [("431024100000", "珠泉镇全域"), ("431024100001", "金田居委会")]),
        ("塘村镇", [("431024101000", "塘村镇全域"), ("431024101001", "英花村")]),
        (JIAHE, "嘉禾县全域"),
    ]


@pytest.mark.parametrize("own", ["431024101000", "431024101001"], ids=["town", "village"])
def test_ones_own_town_comes_first(db, own):
    field = RegionField(root=make.county(), first=Region.objects.get(code=own))
    assert [label for label, _ in field.choices] == ["", "塘村镇", "珠泉镇", JIAHE]


def test_a_city_offers_counties_with_their_towns(db):
    make.county()
    groups = dict(list(RegionField(root=Region.objects.get(code=CHENZHOU)).choices)[1:-1])
    assert groups == {
        "嘉禾县": [(JIAHE, "嘉禾县全域"), ("431024100000", "珠泉镇"), ("431024101000", "塘村镇")],
    }


def test_only_divisions_of_ones_own_place_in_force_are_taken(db):
    county, other = make.county(), make.county("431023", "永兴县")
    field = RegionField(root=county)
    assert field.clean("431024101001").name == "英花村"
    assert field.clean(JIAHE) == county
    Region.objects.filter(code="431024101001").update(valid_to="2026-01-01")
    for foreign in (other.pk, CHENZHOU, "431024101001", "nonsense", "x\x00"):
        with pytest.raises(ValidationError):
            field.clean(foreign)


LOADING = """
import os, signal, sys
from pathlib import Path
import django
django.setup()
from django.core.management import call_command
from django.utils import timezone
from members import region_import
from members.models import Region

def die(stage, done, total):
    if (stage, done) == ("写入", 4):
        os.kill(os.getpid(), signal.SIGKILL)

how, path = sys.argv[1], Path(sys.argv[2])
region_import.CHUNK = 2
if how == "die":
    for app in ("members", "search", "audit"):
        call_command("migrate", app, verbosity=0)
    region_import.import_regions(path, at=timezone.now(), progress=die)
print(Region.objects.count(), region_import.import_regions(path, at=timezone.now()).created)
"""


def test_a_process_that_is_killed_while_loading_leaves_nothing(tmp_path, write):
    own = {"DATABASE_URL": f"sqlite:///{tmp_path / 'own.sqlite3'}", "DATA_DIR": str(tmp_path)}
    own |= {"DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": str(settings.BASE_DIR)}

    def run(how):
        command = [sys.executable, "-c", LOADING, how, str(write(GOOD))]
        return subprocess.run(command, env=os.environ | own, capture_output=True, text=True, check=False)

    assert run("die").returncode == -signal.SIGKILL
    assert run("finish").stdout.split() == ["0", "5"]


def test_a_required_choice_that_is_made_already_offers_no_nameless_line(db):
    county = make.county()
    assert all(label for _, label in RegionField(root=county, initial=county.pk).choices)
