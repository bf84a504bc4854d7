"""Pages of grids: the office's lists and forms, the month on the phone, the public page; the API."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from config.uploads.models import Attachment
from tests.factories import grids as make
from tests.factories.grids import row
from workstations.models import Grid, GridImport, GridLog, GridPosting

JIN = "431024100001"
OFFICE = [
    "/office/grids/", "/office/grids/new/", "/office/grids/generate/", "/office/grids/import/",
    "/office/grids/ledgers/",
    "/office/grids/import/sample/", "/office/postings/", "/office/postings/new/", "/office/postings/import/",
    "/office/postings/import/sample/", "edit", "retire", "end", "member",
]  # fmt: skip


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def grid(cast, now):
    return make.grid(cast.committee, at=now, warden="钱网格员")


@pytest.fixture
def posting(cast, grid, now):
    return make.posting(cast.committee, cast.wang_member, grid, at=now)


def where(address, posting):
    return {
        "edit": f"/office/grids/{posting.region_id}/edit/",
        "retire": f"/office/grids/{posting.region_id}/retire/",
        "end": f"/office/postings/{posting.pk}/end/",
        "member": f"/office/postings/members/{posting.member_id}/",
    }.get(address, address)


def upload(*rows, header=make.GRID_COLUMNS):
    return SimpleUploadedFile("表.xlsx", make.book(*rows, header=header))


# --- the cast ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", OFFICE)
def test_office_pages_are_for_the_office(cast, as_, posting, address):
    address = where(address, posting)
    assert as_(cast.li).get(address).status_code == 200
    for who in (cast.wang, cast.zhang, cast.qian):
        assert as_(who).get(address).status_code in (403, 404)
    assert as_(None).get(address).status_code == 302


@pytest.mark.parametrize("address", ["edit", "retire", "end", "member"])
def test_the_office_of_another_county_finds_nothing(cast, as_, posting, address):
    if address == "end":  # that a member serves is public, who may end it is not
        assert as_(cast.zhao).get(where(address, posting)).status_code == 403
    else:
        assert as_(cast.zhao).get(where(address, posting)).status_code == 404


def test_statements_do_not_grow_with_the_rows(cast, as_, now, django_assert_max_num_queries):
    addresses = [
        "/office/grids/",
        "/office/postings/",
        "/office/grids/ledgers/",
        "member",
        "edit",
        "/my/grid/",
        "public",
    ]
    counts = {}
    grid = make.grid(cast.committee, at=now)
    posting = make.posting(cast.committee, cast.wang_member, grid, at=now)
    make.log(cast.wang_member, timezone.localdate().replace(day=1), regions=[grid], at=now)
    for more in (1, 3):
        for n in range(more):
            extra = make.grid(cast.committee, name=f"又{more}{n}", at=now)
            make.posting(cast.committee, cast.wang_member, extra, at=now)
            other = make.member(cast.committee, f"o{more}{n}", f"同事{n}")
            make.posting(cast.committee, other, extra, at=now)
            make.log(other, timezone.localdate().replace(day=1), regions=[extra], at=now)
        for address in addresses:
            page = f"/grids/{JIN}/" if address == "public" else where(address, posting)
            client = as_(cast.wang if address == "/my/grid/" else cast.li)
            with django_assert_max_num_queries(60) as statements:
                assert client.get(page).status_code == 200
            counts.setdefault(address, []).append(len(statements))
    assert {address: first for address, (first, _) in counts.items()} == {
        address: second for address, (_, second) in counts.items()
    }
    assert max(second for _, second in counts.values()) <= 21, counts


# --- the office --------------------------------------------------------------------------------------------------


def test_the_list_by_place_kind_and_whether_somebody_serves(cast, as_, posting, now):
    make.grid(cast.committee, 101, name="英花网格", at=now)
    make.grid(cast.committee, 101, name="园区", kind="dedicated", field="企业", at=now)
    make.grid(cast.other_committee, name="外县的", at=now)
    client = as_(cast.li)

    def names(**asked):
        return [grid.region.name for grid in client.get("/office/grids/", asked).context["page"]]

    assert names() == ["第一网格", "英花网格", "园区"]
    assert names(place="431024101000") == ["英花网格", "园区"]
    assert names(served="yes") == ["第一网格"]
    assert names(served="no") == ["英花网格", "园区"]
    assert names(kind="dedicated") == names(field="企业") == ["园区"]
    assert names(q="英花") == ["英花网格"]
    assert names(retired="yes") == []
    assert names(after=f"{JIN}001") == ["英花网格", "园区"]


def test_the_empty_list_says_what_to_do(cast, as_):
    assert "还没有网格" in as_(cast.li).get("/office/grids/").content.decode()


def test_a_table_is_shown_then_loaded(cast, as_):
    client = as_(cast.li)
    answer = client.post("/office/grids/import/", {"file": upload(row("甲", JIN), row("乙", "英花村"))})
    handed = GridImport.objects.get()
    assert answer.url == handed.get_absolute_url()
    page = client.get(answer.url)
    assert "文件里 2 行 = 新增 2 + 更新 0 + 无变化 0 + 要改 0" in page.content.decode()
    digest = page.context["plan"].digest
    for _ in range(2):  # a double click
        client.post(reverse("grid-import-load", args=[handed.pk]), {"digest": digest})
    assert Grid.objects.count() == 2
    again = client.post("/office/grids/import/", {"file": upload(row("甲", JIN))})
    assert "没有要导入的" in again.content.decode()


def test_a_wrong_table_is_told_and_not_kept(cast, as_):
    client = as_(cast.li)
    answer = client.post("/office/grids/import/", {"file": upload(row("甲", "没有的村"))})
    assert answer.status_code == 400
    assert "第 2 行 · 所属村（社区）" in answer.content.decode()
    assert client.post("/office/grids/import/", {"file": SimpleUploadedFile("表.xls", b"x")}).status_code == 400
    assert client.post("/office/grids/import/", {}).status_code == 400
    assert not GridImport.objects.exists()
    assert not Attachment.objects.exists()


def test_a_waiting_table_is_the_clerks_own_and_may_be_dropped(cast, as_):
    as_(cast.li).post("/office/grids/import/", {"file": upload(row("甲", JIN))})
    handed = GridImport.objects.get()
    assert as_(cast.zhao).get(handed.get_absolute_url()).status_code == 404
    as_(cast.li).post(reverse("grid-import-drop", args=[handed.pk]))
    assert not Attachment.objects.exists()
    assert as_(cast.li).get(handed.get_absolute_url()).status_code == 302


def test_postings_from_a_table(cast, as_, grid):
    client = as_(cast.li)
    client.post("/office/postings/import/", {"file": upload(["王委员", "", grid.pk, ""], header=make.SEAT_COLUMNS)})
    handed = GridImport.objects.get()
    digest = client.get(handed.get_absolute_url()).context["plan"].digest
    client.post(reverse("grid-import-load", args=[handed.pk]), {"digest": digest})
    assert GridPosting.objects.get().region_id == grid.pk


def test_a_grid_is_added_changed_and_retired(cast, as_, now):
    client = as_(cast.li)
    bad = client.post("/office/grids/new/", {"place": "没有的村", "kind": "basic", "name": "东片"})
    assert bad.status_code == 400
    assert 'value="东片"' in bad.content.decode()
    client.post("/office/grids/new/", {"place": "珠泉镇金田居委会", "kind": "basic", "name": "东片"})
    grid = Grid.objects.get()
    assert client.post(f"/office/grids/{grid.pk}/edit/", {"name": "西片", "households": "-1"}).status_code == 400
    client.post(f"/office/grids/{grid.pk}/edit/", {"name": "西片", "households": "12"})
    grid = Grid.objects.select_related("region").get()
    assert (grid.region.name, grid.households) == ("西片", 12)
    today = timezone.localdate().isoformat()
    assert client.post(f"/office/grids/{grid.pk}/retire/", {"on": today, "reason": ""}).status_code == 400
    client.post(f"/office/grids/{grid.pk}/retire/", {"on": today, "reason": "合并"})
    assert "已停用" in client.get(f"/office/grids/{grid.pk}/edit/").content.decode()
    assert client.post(f"/office/grids/{grid.pk}/edit/", {"name": "又改"}).status_code == 403


def test_generating_shows_the_number_first(cast, as_):
    client, root = as_(cast.li), cast.committee.region_id
    page = client.post("/office/grids/generate/", {"within": root, "per_village": "2"})
    assert "会生成 4 个网格" in page.content.decode()
    assert not Grid.objects.exists()
    for _ in range(2):
        client.post("/office/grids/generate/", {"within": root, "per_village": "2", "expected": "4"})
    assert Grid.objects.count() == 4
    wrong = client.post(
        "/office/grids/generate/",
        {"within": root, "per_village": "1", "each": "300", "households": "没有的村 3\n看不懂"},
    )
    assert wrong.status_code == 400
    assert "第 2 行看不懂" in wrong.content.decode()


def test_members_are_posted_by_names_and_codes(cast, as_, grid):
    client = as_(cast.li)
    page = client.get("/office/postings/new/", {"region": grid.pk, "member": cast.wang_member.pk})
    assert grid.pk in page.content.decode()
    assert "王委员（经济界）" in page.content.decode()
    bad = client.post("/office/postings/new/", {"members": "没有这人", "regions": f"{grid.pk}\n没有的村"})
    assert bad.status_code == 400
    assert "没有这人" in bad.content.decode()
    client.post("/office/postings/new/", {"members": "王委员", "regions": f"{grid.pk}\n塘村镇英花村"})
    assert GridPosting.objects.count() == 2
    posting = GridPosting.objects.first()
    client.post(f"/office/postings/{posting.pk}/end/", {"on": timezone.localdate().isoformat()})
    posting.refresh_from_db()
    assert posting.until == timezone.localdate()


@pytest.mark.parametrize("ledger", ["basic", "work"])
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_ledgers_go_out_as_files(cast, as_, posting, ledger, kind):
    answer = as_(cast.li).post("/office/grids/ledgers/export/", {"ledger": ledger, "kind": kind})
    content = b"".join(answer.streaming_content)
    assert answer["Content-Disposition"].endswith(f".{kind}")
    assert content.startswith(b"PK" if kind == "xlsx" else b"\xef\xbb\xbf")
    assert as_(cast.wang).post("/office/grids/ledgers/export/", {"ledger": ledger}).status_code == 403


# --- the member --------------------------------------------------------------------------------------------------


def test_the_month_is_told_on_the_phone(cast, as_, posting):
    client = as_(cast.wang)
    page = client.get("/my/grid/").content.decode()
    assert "把政策讲到家门口" in page
    bad = client.post("/my/grid/", {"publicist": "2", "words": "写了很多"})
    assert bad.status_code == 400
    assert "写了很多" in bad.content.decode()
    assert "请勾选去过的网格" in bad.content.decode()
    given = {"regions": [posting.region_id], "publicist": "2", "words": "写了很多"}
    answers = [client.post("/my/grid/", given) for _ in range(2)]
    log = GridLog.objects.get()
    assert {answer.url for answer in answers} == {log.get_absolute_url()}
    assert "记下 2 次工作" in client.get(log.get_absolute_url()).content.decode()
    assert "保存更正" in client.get("/my/grid/").content.decode()
    assert as_(cast.li).get(log.get_absolute_url()).status_code == 200
    for who in (cast.zhao, cast.qian, cast.zhang):
        assert as_(who).get(log.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("given", [{"publicist": "-1"}, {"publicist": "很多"}, {"regions": "431024101001"}])
def test_bad_numbers_are_refused_in_words(cast, as_, posting, given):
    answer = as_(cast.wang).post("/my/grid/", {"regions": [posting.region_id], "publicist": "1", **given})
    assert answer.status_code == 400
    assert not GridLog.objects.exists()


def test_without_grids_the_page_says_so(cast, as_):
    assert "还没有联系的网格" in as_(cast.wang).get("/my/grid/").content.decode()
    assert "不是在任委员" in as_(cast.li).get("/my/grid/").content.decode()
    assert as_(cast.wang).get("/my/grid/?month=x").status_code == 404
    assert as_(cast.wang).post("/my/grid/", {}).status_code == 400


# --- everybody ---------------------------------------------------------------------------------------------------


def test_the_public_page_names_members_and_no_warden(cast, as_, posting, now):
    make.log(cast.wang_member, timezone.localdate().replace(day=1), regions=[posting.region], at=now)
    hidden = make.member(cast.committee, "hidden", "不公开的", is_public=False)
    make.posting(cast.committee, hidden, posting.region, at=now)
    for code in (posting.region_id, JIN):
        page = as_(None).get(f"/grids/{code}/")
        words = page.content.decode()
        assert page.status_code == 200
        assert "王委员" in words
        assert "1 份月反馈" in words
        assert not any(name in words for name in ("钱网格员", "不公开的"))
    assert as_(None).get("/grids/431024100000/").status_code == 404
    assert as_(None).get("/grids/999/").status_code == 404


def test_the_api_has_grids_without_wardens_and_public_members(cast, as_, posting, now):
    rows = as_(None).get("/api/v1/grids/", {"within": "431024"}).json()["results"]
    assert [(one["code"], one["name"], one["above"]) for one in rows] == [(posting.region_id, "第一网格", JIN)]
    assert not any("钱网格员" in str(one) for one in rows)
    assert as_(None).get(f"/api/v1/grids/{posting.region_id}/").json()["place"] == "金田居委会"
    served = as_(None).get("/api/v1/grid-postings/").json()["results"]
    assert [(one["member"], one["region"]) for one in served] == [("王委员", posting.region_id)]
    cast.wang_member.is_public = False
    cast.wang_member.save()
    assert as_(None).get("/api/v1/grid-postings/").json()["results"] == []
