"""制度库: rules that bind, public to read, kept by the office (rows 60, 139, 152)."""

import datetime
import io

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from config.refusals import Incomplete, WrongState
from members.models import Regulation, RegulationState
from members.services import library as services
from members.services import library_import
from tests.factories import library as make
from tests.factories.library import AT

pytestmark = pytest.mark.django_db
TODAY = AT.date()


def titles(page):
    return [row.title for row in page.context["page"]]


# --- reading -----------------------------------------------------------------------------------------------------


def test_everybody_reads_the_public_ones_and_the_committee_the_others(cast, as_):
    make.regulation(cast.committee)
    inner = make.regulation(cast.committee, "机关内部制度", is_public=False)
    make.regulation(cast.other_committee, "外县的制度")
    address = reverse("regulation-list", args=["jiahe"])
    both = ["机关内部制度", "委员履职考核办法"]
    seen = {None: both[1:], cast.zhao: both[1:], cast.wang: both, cast.li: both}
    for user, expected in seen.items():
        assert titles(as_(user).get(address)) == expected
    codes = [as_(user).get(inner.get_absolute_url()).status_code for user in (None, cast.zhao, cast.wang)]
    assert codes == [404, 404, 200]


def test_found_by_words_also_traditional_ones_by_tag_and_by_state(cast, as_):
    make.regulation(cast.committee, tags="履职、考核")
    make.regulation(cast.committee, "协商工作规程", tags="协商，履职管理", state=RegulationState.TRIAL)
    address = reverse("regulation-list", args=["jiahe"])

    def found(**query):
        return titles(as_(None).get(address, query))

    assert found(q="協商") == ["协商工作规程"]
    assert found(tag="履职") == ["委员履职考核办法"]
    assert found(tag="履职管理") == ["协商工作规程"]
    assert found(state="trial") == ["协商工作规程"]


def test_one_regulation_is_set_like_a_document(cast, as_):
    row = make.regulation(cast.committee, text="第一条　为了履职。\n\n第二条　按年考核。")
    text = as_(None).get(row.get_absolute_url()).content.decode()
    assert '<article class="document">' in text
    assert "<p>第二条　按年考核。</p>" in text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_and_a_page_need_the_same_statements_for_more_rows(cast, as_, rows, django_assert_max_num_queries):
    for number in range(rows):
        row = make.regulation(cast.committee, f"第{number}号制度")
    visitor = as_(None)
    with django_assert_max_num_queries(3):
        visitor.get(reverse("regulation-list", args=["jiahe"]))
    with django_assert_max_num_queries(3):
        visitor.get(row.get_absolute_url())
    with django_assert_max_num_queries(1):
        visitor.get(reverse("api-regulations-list"))


def test_the_api_gives_the_public_ones(cast, as_):
    row = make.regulation(cast.committee)
    make.regulation(cast.committee, "机关内部制度", is_public=False)
    listed = as_(None).get(reverse("api-regulations-list"), {"committee": "jiahe"}).json()["results"]
    assert [one["title"] for one in listed] == ["委员履职考核办法"]
    assert as_(None).get(reverse("api-regulations-detail", args=[row.pk])).json()["text"] == "第一条　为了履职。"


# --- keeping -----------------------------------------------------------------------------------------------------


def filled(**changed):
    given = {
        "title": "提案办理办法", "issuer": "县委", "number": "", "issued_on": "2025-03-01", "state": "in_force",
        "tags": "提案", "text": "第一条", "is_public": "on",
    }  # fmt: skip
    return {**given, **changed}


def test_the_office_registers_edits_and_repeals(cast, as_):
    office = as_(cast.li)
    file = SimpleUploadedFile("办法.txt", "全文".encode())
    row = Regulation.objects.get(pk=office.post(reverse("regulation-new"), filled(files=file)).url.split("/")[-2])
    assert "办法.txt" in as_(None).get(row.get_absolute_url()).content.decode()
    office.post(reverse("regulation-edit", args=[row.pk]), filled(title="提案办理工作办法"))
    row.refresh_from_db()
    assert row.title == "提案办理工作办法"
    office.post(reverse("regulation-repeal", args=[row.pk]), {"on": "2026-01-01", "reason": "有了新办法"})
    row.refresh_from_db()
    assert (row.state, row.repealed_on) == (RegulationState.REPEALED, datetime.date(2026, 1, 1))
    with pytest.raises(WrongState, match="已经废止"):
        services.repeal(row, on=TODAY, reason="", by=cast.li, at=AT)
    with pytest.raises(WrongState, match="不再修改"):
        services.edit_regulation(row, changed=["title"], by=cast.li, at=AT)
    assert office.get(reverse("regulation-edit", args=[row.pk])).url == row.get_absolute_url()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "长" * 121}, "title"),
        ({"issued_on": "不是日子"}, "issued_on"),
        ({"state": "repealed"}, "state"),
        ({"files": SimpleUploadedFile("病毒.exe", b"MZ")}, "files"),
    ],
)
def test_a_refused_regulation_keeps_what_was_typed(cast, as_, changed, field):
    page = as_(cast.li).post(reverse("regulation-new"), filled(text="这段话不能丢", **changed))
    assert field in page.context["form"].errors
    assert "这段话不能丢" in page.content.decode()
    assert not Regulation.objects.exists()


def test_the_same_one_twice_and_a_repeal_before_its_issue_are_refused(cast, as_):
    row = make.regulation(cast.committee)
    page = as_(cast.li).post(reverse("regulation-new"), filled(title=row.title, issued_on="2024-05-01"))
    assert "已经登记" in page.content.decode()
    page = as_(cast.li).post(reverse("regulation-repeal", args=[row.pk]), {"on": "2020-01-01"})
    assert page.context["form"].errors == {"on": ["废止日期不能早于印发日期。"]}


@pytest.mark.parametrize("name", ["regulation-edit", "regulation-repeal"])
def test_only_the_own_office_keeps_a_regulation(cast, as_, name):
    address = reverse(name, args=[make.regulation(cast.committee).pk])
    people = (None, cast.wang, cast.zhou, cast.zhao, cast.li)
    assert [as_(user).get(address).status_code for user in people] == [302, 403, 403, 403, 200]
    assert [as_(user).get(reverse("regulation-new")).status_code for user in people] == [302, 403, 403, 200, 200]
    with pytest.raises(PermissionDenied):
        services.repeal(Regulation.objects.get(), on=TODAY, reason="", by=cast.zhao, at=AT)


# --- many at once ------------------------------------------------------------------------------------------------


def book(*rows, head=("名称", "制定机关", "文号", "印发日期", "效力", "废止日期", "标签")):
    workbook, content = Workbook(), io.BytesIO()
    for row in (head, *rows):
        workbook.active.append(row)
    workbook.save(content)
    return SimpleUploadedFile("制度.xlsx", content.getvalue())


def test_sixty_titles_come_in_at_once(cast, as_):
    rows = [(f"第{n}项制度", "县政协", "", datetime.date(2024, 1, 1), "", "", "工作") for n in range(64)]
    page = as_(cast.li).post(reverse("regulation-import"), {"file": book(*rows)}, follow=True)
    assert "已登记 64 件制度" in page.content.decode()
    assert Regulation.objects.filter(committee=cast.committee).count() == 64
    assert titles(as_(None).get(reverse("regulation-list", args=["jiahe"]), {"q": "第63项制度"})) == ["第63项制度"]


def test_every_wrong_line_is_named_and_nothing_comes_in(cast, as_):
    make.regulation(cast.committee)
    rows = [
        ("好的制度", "县政协", "", "2024年5月1日", "", "", ""),
        ("", "县政协", "", "2024-05-01", "", "", ""),
        ("坏日期", "县政协", "", "2024-13-45", "", "", ""),
        ("坏效力", "县政协", "", "2024/5/1", "有时有效", "", ""),
        ("废止无日", "县政协", "", "2024.5.1", "已废止", "", ""),
        ("好的制度", "县政协", "", "2024-05-01", "", "", ""),
        ("委员履职考核办法", "县政协", "", "2024-05-01", "", "", ""),
    ]
    page = as_(cast.li).post(reverse("regulation-import"), {"file": book(*rows)})
    said = page.context["form"].errors["file"]
    assert [words.partition("：")[0] for words in said] == [f"第 {n} 行" for n in (3, 4, 5, 6, 7, 8)]
    for words in ("认不出", "应为", "废止日期", "与第 2 行重复", "已经登记"):
        assert words in "".join(said)
    assert Regulation.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "名称,制定机关\n办法,县委\n".encode(), "还缺“印发日期”"),
        ("a.csv", "名称,制定机关,印发日期\n".encode(), "下面没有内容"),
        ("a.csv", b"\xff\xfe\x00\x81", "文字编码"),
        ("a.xlsx", b"not a workbook", "损坏"),
        ("a.doc", b"x", "请上传"),
    ],
)
def test_a_file_that_gives_nothing_is_refused_in_words(cast, as_, name, content, said):
    page = as_(cast.li).post(reverse("regulation-import"), {"file": SimpleUploadedFile(name, content)})
    assert said in page.content.decode()
    assert not Regulation.objects.exists()


def test_a_formula_in_the_table_is_named(cast, as_):
    row = ("=A1", "县政协", "", datetime.date(2024, 1, 1), "", "", "")
    page = as_(cast.li).post(reverse("regulation-import"), {"file": book(row)})
    assert page.context["form"].errors["file"] == ["第 2 行：“名称”这一格是公式，请复制后“选择性粘贴”为数值。"]
    assert not Regulation.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_in_the_usual_encodings_comes_in(cast, encoding):
    content = "名称,制定机关,印发日期,公开\n办法,县委,2024-05-01,否\n".encode(encoding)
    lines = library_import.read(content, "a.csv")
    assert library_import.import_regulations(cast.committee, lines, by=cast.li, at=AT) == 1
    assert not Regulation.objects.get().is_public


def test_the_sample_can_be_filled_in_and_comes_in(cast, as_):
    content = as_(cast.li).get(reverse("regulation-sample")).content
    lines = library_import.read(content, "regulations.csv")
    assert library_import.import_regulations(cast.committee, lines, by=cast.li, at=AT) == 1
    with pytest.raises(Incomplete, match="一件也没有登记"):
        library_import.import_regulations(cast.committee, lines, by=cast.li, at=AT)
    assert as_(cast.wang).get(reverse("regulation-sample")).status_code == 403
