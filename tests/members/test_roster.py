"""The roster: what is read from a file, what is refused and in which words, what is written, and out again."""

import csv
import datetime
import io

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from config.audit.models import AuditEntry
from config.documents.sheet import csv_lines
from config.refusals import Incomplete, WrongState
from config.uploads.models import Attachment
from members.auth import NameOrPhoneBackend, OneTimeHasher
from members.models import ChangeKind, Member, Membership, RosterImport, User
from members.roster import export, sheets, waiting, write
from members.roster.columns import EXAMPLE_MARK, Column
from members.roster.load import load
from members.states import RosterState
from tests.factories import members as make
from tests.factories import people

pytestmark = pytest.mark.django_db
AT = datetime.datetime(2026, 11, 21, 10, tzinfo=timezone.get_default_timezone())
YESTERDAY = datetime.date(2026, 11, 20)


@pytest.fixture
def roll(cast):
    """The committee's sectors and special committees, and one member with a phone."""
    make.sector(cast.committee)
    make.sector(cast.committee, "教育界")
    people.special(cast.committee)
    people.special(cast.committee, "经济科技委员会")
    User.objects.filter(pk=cast.wang.pk).update(phone="13800000001")
    return cast


def words(plan):
    return [(fault.row, str(fault.column), fault.words) for fault in plan.all_faults]


def only(plan):
    """The one thing that is wrong."""
    (fault,) = plan.all_faults
    return fault


def upload(content, name="花名册.xlsx"):
    return SimpleUploadedFile(name, content)


# --- files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_a_csv_is_read_in_the_usual_encodings(roll, encoding):
    plan = people.plan(roll, people.text(people.row("甲新"), encoding=encoding), "花名册.csv")
    assert [outcome.name for outcome in plan.of("created")] == ["甲新"]
    assert plan.is_loadable


def test_columns_stand_in_any_order_and_under_other_names(roll):
    header = ["序号", "所属界别", "联系电话", "委员姓名", "政治面貌", "是否常务委员", "备注"]
    plan = people.plan(roll, people.book([1, "经济界", 13900000001, "甲新", "民盟", "√", "无"], header=header))
    (outcome,) = plan.of("created")
    assert (outcome.name, outcome.values[Column.PHONE], outcome.values[Column.PARTY]) == ("甲新", "13900000001", "cdl")
    assert outcome.values[Column.STANDING] is True
    assert plan.notes == ["“备注”一列不认识，没有读取。"]


def test_a_title_above_the_header_is_passed_over(roll):
    def title(sheet, book):
        sheet.insert_rows(1)
        sheet["A1"] = "政协嘉禾县委员会委员花名册"
        sheet.merge_cells("A1:E1")

    plan = people.plan(roll, people.book(people.row(), change=title))
    assert [outcome.row for outcome in plan.of("created")] == [3]
    assert plan.is_loadable


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"no zip", "a.xlsx", "无法作为 Excel 工作簿打开"),
        ("姓名\0手机号".encode(), "a.csv", "认不出文件的文字编码"),
        (b"a,b\n1,2", "a.csv", "没有找到表头"),
        ("姓名,手机号\n".encode(), "a.csv", "没有一位委员"),
        ("姓名,姓名,手机号\n甲,乙,1".encode(), "a.csv", "“姓名”有两列"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_whole(content, name, said):
    assert said in sheets.read(content, name).faults[0].words


def test_formula_cells_are_named_whatever_they_would_show(roll):
    plan = people.plan(roll, people.book(people.row(单位及职务="=A1&B1")))
    assert words(plan) == [(2, "单位及职务", "这一格是公式，请复制后“选择性粘贴”为数值。")]
    plan = people.plan(roll, people.text(people.row(专长="=1+1")), "a.csv")
    assert only(plan).column == "专长"


def test_hidden_sheets_rows_and_columns_are_named(roll):
    def hide(sheet, book):
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["H"].hidden = True
        second = book.create_sheet("去年")
        second.append(["姓名", "手机号"])
        second.sheet_state = "hidden"
        book.create_sheet("码表").sheet_state = "veryHidden"

    plan = people.plan(roll, people.book(people.row(), people.row("乙新", "13900000002"), change=hide))
    assert words(plan) == [
        (None, "", "工作表“去年”是隐藏的，里面也有花名册。请取消隐藏并核对，或删除这张表。"),
        (None, "党派", "“党派”一列是隐藏的，请取消隐藏并核对。"),
        (3, "", "这一行是隐藏的，请取消隐藏并核对，或删除这一行。"),
    ]
    assert plan.notes == ["隐藏的工作表“码表”没有读取。"]
    assert plan.counts == {"rows": 2, "created": 1, "updated": 0, "skipped": 0, "refused": 1}


def test_merged_headers_and_cells_are_named(roll):
    def merge(sheet, book):
        sheet.merge_cells("G1:H1")
        sheet.merge_cells("C2:C3")

    plan = people.plan(roll, people.book(people.row(), people.row("乙新", "13900000002"), change=merge))
    said = [fault.words for fault in plan.all_faults]
    assert said[0] == "表头里有合并单元格 G1:H1，请取消合并，让每一列有自己的表头。"
    assert [fault.row for fault in plan.all_faults if "C2:C3" in fault.words] == [2, 3]


def test_two_sheets_that_look_like_rosters_are_too_many(roll):
    def double(sheet, book):
        book.create_sheet("另一张").append(["姓名", "手机号"])

    assert "“花名册”、“另一张”" in only(people.plan(roll, people.book(people.row(), change=double))).words


# --- what is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "column", "said"),
    [
        ({"name": ""}, "姓名", "缺姓名。"),
        ({"phone": ""}, "手机号", "本届名单里没有这个人，新增委员要填手机号。"),
        ({"sector": ""}, "界别", "本届名单里没有这个人，新增委员要填界别。"),
        ({"sector": "教育届"}, "界别", "本会没有界别“教育届”，是不是“教育界”？"),
        ({"所在乡镇": "珠泉"}, "所在乡镇", "辖区里没有“珠泉”，是不是“珠泉镇”？"),
        ({"专委会": "提案委员会、经科委"}, "专委会", "本会没有专委会“经科委”"),
        ({"党派": "民进党"}, "党派", "“民进党”不是可用的党派"),
        ({"是否常委": "可能"}, "是否常委", "“可能”看不出是或否"),
        ({"届次": "第十二届"}, "届次", "本会现为第 11 届，文件里是第 12 届。换届请用“换届”，不用导入。"),
        ({"任职起": "21-12-25"}, "任职起", "年份只有两位"),
        ({"单位及职务": "长" * 65}, "单位及职务", "超过 64 个字，请缩短。"),
        ({"name": "王委员二", "phone": "13800000001"}, "姓名", "这个手机号是委员王委员的，文件里写的是王委员二。"),
    ],
)
def test_a_row_is_refused_with_its_column_and_a_sentence(roll, given, column, said):
    fault = only(people.plan(roll, people.book(people.row(**given))))
    assert (fault.row, str(fault.column)) == (2, column)
    assert said in fault.words


def test_everything_wrong_is_told_at_once_and_nothing_is_written(roll):
    plan = people.plan(
        roll,
        people.book(people.row("", "12", "天文界"), people.row("好人", "13900000002"), people.row("", "13900000003")),
    )
    assert [(row, column) for row, column, _ in words(plan)] == [(2, "手机号"), (2, "姓名"), (2, "界别"), (4, "姓名")]
    assert plan.counts == {"rows": 3, "created": 1, "updated": 0, "skipped": 0, "refused": 2}
    before = User.objects.count(), Member.objects.count()
    with pytest.raises(Incomplete):
        load(plan, by=roll.li, at=AT)
    assert (User.objects.count(), Member.objects.count()) == before


def test_a_phone_twice_in_the_file_is_refused(roll):
    plan = people.plan(roll, people.book(people.row("甲新"), people.row("乙新")))
    assert words(plan) == [(3, "手机号", "与第 2 行的手机号相同。")]


def test_one_member_in_two_rows_is_refused(roll):
    Member.objects.filter(pk=roll.wang_member.pk).update(number="007")
    rows = people.row("王委员", "13800000001"), people.row("王委员", "", 委员证号="007")
    assert words(people.plan(roll, people.book(*rows))) == [(3, "姓名", "与第 2 行是同一位委员。")]


def test_the_phone_of_another_account_is_refused_and_does_not_say_whose(roll):
    User.objects.filter(pk=roll.qian.pk).update(phone="13900000001")
    fault = only(people.plan(roll, people.book(people.row("甲新"))))
    assert fault.words.startswith("这个手机号已登记在另一个账号上")
    assert "钱" not in fault.words
    User.objects.filter(pk=roll.zhang.pk).update(phone="13900000002")
    fault = only(people.plan(roll, people.book(people.row("甲新", "13900000002"))))
    assert fault.words == "这个手机号已登记在张科长的账号上，请核对。"
    make.user("13900000003", "某人")
    fault = only(people.plan(roll, people.book(people.row("甲新", "13900000003"))))
    assert "另一个账号的用户名" in fault.words


def test_the_phone_of_a_person_of_two_counties_is_not_this_office_s_to_change(roll):
    make.member(roll.wang, roll.other_committee)
    Member.objects.filter(pk=roll.wang_member.pk).update(number="007")
    fault = only(people.plan(roll, people.book(people.row("王委员", "13900000009", 委员证号="007"))))
    assert fault.words == "王委员同时在其他政协任职，手机号由系统管理员修改。"


def test_a_name_that_two_bear_in_a_sector_needs_a_phone(roll):
    for number in (1, 2):
        make.member(make.user(f"twin{number}", "李一"), roll.committee)
    assert (
        "有 2 位李一，请填手机号或委员证号"
        in people.plan(roll, people.book(people.row("李一", ""))).all_faults[0].words
    )


def test_who_left_in_this_term_does_not_come_back_by_a_file(roll):
    Member.objects.filter(pk=roll.wang_member.pk).update(until=YESTERDAY)
    fault = only(people.plan(roll, people.book(people.row("王委员", "13800000001"))))
    assert fault.words == "王委员本届任职已于 2026-11-20 结束，不能再次新增。"


# --- who it is ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [("13800000001", "教育界", ""), ("13800000009", "教育界", "007"), ("", "经济界", "")])
def test_a_member_is_known_by_phone_else_by_number_else_by_name_and_sector(roll, given):
    Member.objects.filter(pk=roll.wang_member.pk).update(number="007")
    phone, sector, number = given
    plan = people.plan(roll, people.book(people.row("王委员", phone, sector, 委员证号=number, 单位及职务="县一中")))
    (outcome,) = plan.of("updated")
    assert outcome.member == roll.wang_member
    assert {"单位及职务"} <= {str(change.column) for change in outcome.changes}


def test_an_update_names_each_field_from_old_to_new_and_leaves_blanks_alone(roll):
    Member.objects.filter(pk=roll.wang_member.pk).update(specialties="教育", work_post="县一中教师")
    people.seat(roll.wang_member, people.special(roll.committee))
    row = people.row(
        "王委员", "13800000001", "教育界", 是否常委="是", 单位及职务="县一中校长", 党派="民进", 所在乡镇="塘村镇",
        专委会="经济科技委员会", 任职起="2021-12-25",
    )  # fmt: skip
    (outcome,) = people.plan(roll, people.book(row)).of("updated")
    assert [(str(change.column), change.before, change.after) for change in outcome.changes] == [
        ("界别", "经济界", "教育界"),
        ("是否常委", "否", "是"),
        ("单位及职务", "县一中教师", "县一中校长"),
        ("党派", "", "民进"),
        ("所在乡镇", "", "塘村镇"),
        ("任职起", "2020-01-01", "2021-12-25"),
        ("专委会", "提案委员会", "经济科技委员会"),
    ]


def test_the_file_s_own_numbers_add_up(roll):
    rows = [
        people.row("王委员", "13800000001"),
        people.row("甲新"),
        people.row("乙新", "13900000002", "天文界"),
        people.row(f"{EXAMPLE_MARK}（这一行不会导入）", "13800000000"),
    ]
    counts = people.plan(roll, people.book(*rows)).counts
    assert counts == {"rows": 3, "created": 1, "updated": 0, "skipped": 1, "refused": 1}
    assert counts["rows"] == sum(counts[verb] for verb in ("created", "updated", "skipped", "refused"))


def test_the_dry_run_asks_as_often_for_three_rows_as_for_one(roll, django_assert_max_num_queries):
    for size in (1, 3):
        rows = [people.row(f"新{n}", f"1390000000{n}", 专委会="提案委员会", 所在乡镇="珠泉镇") for n in range(size)]
        with django_assert_max_num_queries(10):
            people.plan(roll, people.book(*rows))


# --- loading -----------------------------------------------------------------------------------------------------


def test_loading_makes_accounts_members_posts_search_entries_and_a_trail(roll):
    row = people.row("甲新", 专委会="提案委员会、经济科技委员会", 任职起="2026-11-01", 委员证号="8", 专长="水利")
    (slip,) = load(people.plan(roll, people.book(row)), by=roll.li, at=AT)
    member = Member.objects.get(user__phone="13900000001")
    assert (member.user.name, member.number, member.since) == ("甲新", "8", datetime.date(2026, 11, 1))
    assert member.user.must_change_password
    assert member.user.username == slip.username == "jiahe-0001"
    assert sorted(post.body.name for post in member.posts.all()) == ["提案委员会", "经济科技委员会"]
    assert list(Member.objects.matching("水利")) == [member]
    verbs = AuditEntry.objects.filter(verb__in=["people.import", "member.join"]).order_by("pk")
    assert [entry.verb for entry in verbs] == ["people.import", "member.join"]
    assert verbs[0].data == {"rows": 1, "created": 1, "updated": 0, "skipped": 0, "refused": 0}
    assert not any(slip.password in str(entry.data) for entry in AuditEntry.objects.all())


def test_a_one_time_password_signs_in_once_it_is_typed_and_then_has_a_slow_hash(roll):
    (slip,) = load(people.plan(roll, people.book(people.row())), by=roll.li, at=AT)
    stored, sign_in = User.objects.get(username=slip.username), NameOrPhoneBackend().authenticate
    assert stored.password.startswith("one_time$")
    assert slip.password not in stored.password
    assert sign_in(None, slip.phone, "wrong") is None
    assert sign_in(None, slip.phone, slip.password) == stored
    stored.refresh_from_db()
    assert not stored.password.startswith("one_time$")
    assert stored.must_change_password


def test_two_equal_passwords_have_different_hashes():
    hasher = OneTimeHasher()
    assert hasher.encode("abcd", hasher.salt()) != hasher.encode("abcd", hasher.salt())


def test_user_names_go_on_after_the_highest(roll):
    make.user("jiahe-0041")
    slips = load(people.plan(roll, people.book(people.row(), people.row("乙新", "13900000002"))), by=roll.li, at=AT)
    assert [slip.username for slip in slips] == ["jiahe-0042", "jiahe-0043"]


def test_a_person_of_the_last_term_goes_on_with_the_old_account(roll):
    old = make.user("old", "老委员", phone="13900000001")
    make.member(old, roll.committee, term=10, until=datetime.date(2021, 12, 1))
    plan = people.plan(roll, people.book(people.row("老委员")))
    assert load(plan, by=roll.li, at=AT) == []
    assert Member.objects.get(user=old, term=11).committee == roll.committee


def test_an_update_moves_phone_sector_and_posts_and_keeps_history(roll):
    post = people.seat(roll.wang_member, people.special(roll.committee))
    Member.objects.filter(pk=roll.wang_member.pk).update(number="007")
    row = people.row("王委员", "13900000009", "教育界", 委员证号="007", 专委会="经济科技委员会", 专长="水利")
    load(people.plan(roll, people.book(row)), by=roll.li, at=AT)
    member = Member.objects.get(pk=roll.wang_member.pk)
    assert (member.user.phone, member.sector.name) == ("13900000009", "教育界")
    post.refresh_from_db()
    assert post.until == YESTERDAY
    assert [seat.body.name for seat in Membership.objects.in_force(AT.date()).filter(member=member)] == [
        "经济科技委员会"
    ]
    change = member.changes.get()
    assert (change.kind, change.before, change.after) == (ChangeKind.SECTOR, "经济界", "教育界")
    assert list(Member.objects.matching("水利")) == [member]
    told = AuditEntry.objects.get(verb="member.change").data["changes"]
    assert told["手机号"] == ["138****0001", "139****0009"]


def test_the_party_is_not_written_into_the_trail(roll):
    load(people.plan(roll, people.book(people.row("王委员", "13800000001", 党派="民盟"))), by=roll.li, at=AT)
    assert "民盟" not in str(AuditEntry.objects.get(verb="member.change").data)


@pytest.mark.parametrize("who", ["zhao", "sun", "wang", "zhou"])
def test_others_load_and_export_nothing(roll, who):
    plan = people.plan(roll, people.book(people.row()))
    by = getattr(roll, who)
    with pytest.raises(PermissionDenied):
        load(plan, by=by, at=AT)
    with pytest.raises(PermissionDenied):
        export.export(roll.committee, kind="csv", by=by, at=AT)
    with pytest.raises(PermissionDenied):
        waiting.look(roll.committee, upload(people.book(people.row())), by=by, at=AT)


# --- waiting for the word ----------------------------------------------------------------------------------------


def handed_in(roll, *rows):
    handed = people.handed_in(roll, *rows)
    return handed, waiting.look_again(handed, at=AT)


def test_a_checked_roster_waits_and_is_loaded_once(roll):
    handed, plan = handed_in(roll, people.row())
    assert Attachment.objects.count() == 1
    (slip,) = waiting.confirm(handed, plan.digest, by=roll.li, at=AT)
    assert slip.name == "甲新"
    handed.refresh_from_db()
    assert handed.state == RosterState.LOADED
    assert Attachment.objects.count() == 0
    with pytest.raises(WrongState, match="不能再导入"):
        waiting.confirm(handed, plan.digest, by=roll.li, at=AT)
    assert Member.objects.filter(user__phone="13900000001").count() == 1


def test_what_changed_since_the_dry_run_is_looked_at_again(roll):
    handed, plan = handed_in(roll, people.row("王委员", "13800000001", 单位及职务="县一中"))
    Member.objects.filter(pk=roll.wang_member.pk).update(work_post="县二中")
    with pytest.raises(WrongState, match="再看一遍"):
        waiting.confirm(handed, plan.digest, by=roll.li, at=AT)
    handed.refresh_from_db()
    assert handed.state == RosterState.WAITING
    assert Member.objects.get(pk=roll.wang_member.pk).work_post == "县二中"


def test_a_new_file_takes_the_place_of_the_one_that_waits(roll):
    first, _ = handed_in(roll, people.row())
    second, _ = handed_in(roll, people.row("乙新"))
    first.refresh_from_db()
    assert (first.state, second.state) == (RosterState.DROPPED, RosterState.WAITING)
    assert Attachment.objects.get().target_id == str(second.pk)


# --- out again ---------------------------------------------------------------------------------------------------


def whole(rows) -> bytes:
    with write.to_book(rows) as file:
        return file.read()


def filled(roll):
    """Members with everything that a roster holds, and some of what makes trouble."""
    row = people.row(
        "甲新", "13900000001", "教育界", 委员证号="0008", 是否常委="是", 单位及职务="=HYPERLINK(1)", 党派="九三",
        专长="-水利、@教育", 所在乡镇="塘村镇", 专委会="提案委员会、经济科技委员会", 任职起="2021-12-25",
    )  # fmt: skip
    row[HEADER.index("单位及职务")] = "县水利局"
    load(people.plan(roll, people.book(row)), by=roll.li, at=AT)
    Member.objects.filter(user__phone="13900000001").update(work_post="=HYPERLINK(1)")


HEADER = people.HEADER


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_what_goes_out_comes_back_without_a_change(roll, kind):
    filled(roll)
    rows = export.export(roll.committee, kind=kind, by=roll.li, at=AT)
    content = whole(rows) if kind == "xlsx" else b"".join(csv_lines(Column, rows))
    plan = people.plan(roll, content, f"花名册.{kind}")
    assert words(plan) == []
    assert plan.counts == {"rows": 2, "created": 0, "updated": 0, "skipped": 2, "refused": 0}
    assert AuditEntry.objects.get(verb="people.export").data == {"kind": kind, "rows": 2}


def test_no_cell_of_an_export_is_a_formula(roll):
    filled(roll)
    rows = list(export.export(roll.committee, kind="xlsx", by=roll.li, at=AT))
    book = load_workbook(io.BytesIO(whole(rows)))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert "=HYPERLINK(1)" in [cell.value for cell in cells]
    assert not [cell for cell in cells if cell.data_type == "f"]
    lines = list(csv.reader(io.StringIO(b"".join(csv_lines(Column, rows)).decode("utf-8-sig"))))
    assert not [cell for line in lines for cell in line if cell.startswith(("=", "+", "-", "@"))]


def test_the_template_is_read_as_a_roster_of_nobody_and_offers_what_is_allowed(roll):
    content = write.template(roll.committee, today=people.TODAY)
    assert only(people.plan(roll, content)).words.startswith("表头下面没有一位委员")
    book = load_workbook(io.BytesIO(content))
    assert book["花名册"].data_validations.count == 5
    allowed = {
        column[0].value: [cell.value for cell in column[1:] if cell.value] for column in book["可填内容"].columns
    }
    assert allowed["界别"] == ["经济界", "教育界"]
    assert allowed["所在乡镇"] == sorted(["珠泉镇", "塘村镇"])


def test_a_filled_template_is_loaded(roll):
    book = load_workbook(io.BytesIO(write.template(roll.committee, today=people.TODAY)))
    book["花名册"].append(people.row())
    buffer = io.BytesIO()
    book.save(buffer)
    assert people.plan(roll, buffer.getvalue()).counts["created"] == 1


def test_a_sheet_with_a_million_empty_rows_is_told_so(roll):
    book = Workbook()
    book.active.append(["姓名", "手机号"])
    book.active.cell(20_001, 1, " ")
    buffer = io.BytesIO()
    book.save(buffer)
    assert "有 20001 行" in only(people.plan(roll, buffer.getvalue())).words
    assert RosterImport.objects.count() == 0
