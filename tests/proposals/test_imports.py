"""Tables of earlier years: all or nothing, refusals by row and column, run twice, thousands at once."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config.audit.models import AuditEntry
from config.refusals import WrongState
from config.uploads.models import Attachment
from members.models import BodyKind, OrganisationKind
from members.models.sequences import next_number
from members.roles import Role
from proposals.models import Plenary, Proposal, ProposalImport, Signature
from proposals.services import imports
from proposals.sheets.columns import Column, read
from proposals.states import (
    ImportState,
    ProposalState,
    ProposerKind,
    PublicationLevel,
    SignatureRole,
    SignatureState,
)
from tests.factories import bodies, formal
from tests.factories import members as make
from tests.factories import sheets as table
from tests.factories.formal import AT
from tests.factories.sheets import row, whole


def told(plan) -> list[tuple]:
    return [(fault.row, fault.column, fault.words) for fault in plan.all_faults]


def only(plan):
    """The one thing that is wrong."""
    (fault,) = told(plan)
    return fault


# --- what comes in -----------------------------------------------------------------------------------------------


def test_a_whole_row_becomes_a_closed_proposal_with_signers(cast):
    table.load(cast.committee, cast.li, whole())
    one = Proposal.objects.get()
    assert (str(one.plenary), one.number, one.serial) == ("九届五次会议", 1, "九届五次会议第1号")
    assert (one.state, one.kind, one.is_imported) == (ProposalState.CLOSED, ProposerKind.JOINT, True)
    assert (one.unit, one.co_units, one.grade, one.satisfaction) == (cast.unit, "县财政局、县交通局", "A", "satisfied")
    assert one.points == ["加密早晚班次；", "增设停靠点。"]
    assert (one.sphere.name, sorted(field.name for field in one.fields.all())) == ("社会建设", ["交通出行", "农业农村"])
    assert (timezone.localdate(one.filed_at), timezone.localdate(one.closed_at)) == (
        datetime.date(2021, 1, 20), datetime.date(2021, 4, 16),
    )  # fmt: skip
    assert (one.publication, one.private_reason) == (PublicationLevel.FULL, "")
    first, second = one.signatures.all()
    assert (first.member, first.name, first.role) == (cast.wang_member, "", SignatureRole.FIRST)
    assert (second.member, second.name, second.role) == (None, "赵某", SignatureRole.JOINT)
    assert {first.state, second.state} == {SignatureState.SIGNED}
    entry = AuditEntry.objects.get(verb="proposal.import")
    assert (entry.data["created"], entry.data["updated"], entry.data["skipped"], entry.scope) == (
        1, 0, 0, cast.committee.pk,
    )  # fmt: skip
    assert entry.label == "导入历年提案"


def test_a_row_of_the_least_is_filed_and_kept_private(cast):
    table.load(cast.committee, cast.li, row())
    one = Proposal.objects.get()
    assert (one.state, one.kind, one.publication) == (
        ProposalState.FILED, ProposerKind.MEMBER, PublicationLevel.NONE,
    )  # fmt: skip
    assert one.private_reason
    assert one.closed_at is None
    assert not Proposal.objects.public().exists()


def test_what_came_in_is_found_seen_by_its_signer_and_by_no_other_county(cast):
    table.load(cast.committee, cast.li, row(), row(NUMBER=2, TITLE="关于保护古樟树的提案", SIGNERS="赵某"))
    assert Proposal.objects.matching("古樟树").get().number == 2
    assert [one.number for one in Proposal.objects.visible_to(cast.wang)] == [1]
    assert Proposal.objects.visible_to(cast.li).count() == 2
    assert not Proposal.objects.visible_to(cast.zhao).exists()


def test_numbers_go_on_after_those_of_the_table(cast):
    table.load(cast.committee, cast.li, row(NUMBER=7), row(NUMBER=3))
    assert next_number(cast.committee, "proposal-9", 5) == 8
    table.load(cast.committee, cast.li, row(NUMBER=4))
    assert next_number(cast.committee, "proposal-9", 5) == 9


def test_a_plenary_that_stands_is_taken_and_another_is_made_of_the_first_day(cast):
    stands = formal.plenary(cast.committee)
    plan = table.look(cast.committee, row(TERM=10, SESSION=5), row(NUMBER=2, FILED="2021-02-01"), row())
    assert plan.new_sessions == [(9, 5)]
    table.load(cast.committee, cast.li, row(TERM=10, SESSION=5), row(NUMBER=2, FILED="2021-02-01"), row())
    made = Plenary.objects.get(term=9)
    assert (made.opens_on, made.number, made.committee) == (datetime.date(2021, 1, 20), 5, cast.committee)
    assert Proposal.objects.get(plenary=stands).number == 1
    assert Plenary.objects.collecting(cast.committee, datetime.date(2026, 11, 20)) == stands


def test_names_lead_to_members_only_where_they_are_one_persons(cast):
    for name in ("li-a", "li-b"):
        make.member(make.user(name, "李同名"), cast.committee)
    make.member(make.user("away", "外县钱"), cast.other_committee)
    table.load(cast.committee, cast.li, whole(SIGNERS="李同名、外县钱、王委员"))
    rows = Signature.objects.order_by("position")
    assert [(one.name, one.member) for one in rows] == [("李同名", None), ("外县钱", None), ("", cast.wang_member)]


def test_a_member_of_several_terms_signs_as_of_the_term(cast):
    old = make.member(cast.wang, cast.committee, term=9)
    table.load(cast.committee, cast.li, row())
    assert Signature.objects.get().member == old


def test_a_collective_one_bears_the_name_of_its_body_or_organisation(cast):
    party = make.organisation(cast.committee, "民盟嘉禾县基层委员会", OrganisationKind.PARTY_GROUP, short_name="民盟")
    body = bodies.body(cast.committee, BodyKind.SPECIAL_COMMITTEE, "提案委员会")
    table.load(
        cast.committee, cast.li, row(KIND="党派", SIGNERS="民盟"),
        row(NUMBER=2, KIND="专门委员会", SIGNERS="提案委员会、王委员"),
        row(NUMBER=3, KIND="界别", SIGNERS="没有的界别"),
    )  # fmt: skip
    first, second, third = Proposal.objects.order_by("number")
    assert (first.organisation, second.body, third.body) == (party, body, None)
    assert [one.name for one in second.signatures.all()] == ["提案委员会", ""]


# --- what is refused ---------------------------------------------------------------------------------------------

WRONG = [
    ({"TERM": "无"}, "届", "不是整数"),
    ({"SESSION": None}, "次", "缺次"),
    ({"NUMBER": 0}, "编号", "应在 1 到"),
    ({"TITLE": "长" * 51}, "案由", "最多 50 字"),
    ({"KIND": "群众"}, "提案者类型", "可填：委员个人"),
    ({"KIND": "委员个人", "SIGNERS": "王委员、赵某"}, "提案者类型", "提案者有 2 位"),
    ({"SIGNERS": None}, "提案者", "新增的要填提案者"),
    ({"SIGNERS": "名" * 33}, "提案者", "最多 32 字"),
    ({"SPHERE": "农业"}, "分类", "可填：经济建设"),
    ({"FIELDS": "交通出形"}, "民生领域", "是不是“交通出行”"),
    ({"SITUATION": "长" * 3001}, "情况", "最多 3000 字"),
    ({"UNIT": "县住建厅局"}, "主办单位", "是不是“县住建局”"),
    ({"FILED": None}, "立案日期", "新增的要填立案日期"),
    ({"FILED": "2031-01-01"}, "立案日期", "还没有到"),
    ({"FILED": "二一年"}, "立案日期", "不是日期"),
    ({"REPLIED": "2020-12-31"}, "答复日期", "早于立案日期"),
    ({"GRADE": "A"}, "答复日期", "填了办理结果的要填答复日期"),
    ({"SATISFACTION": "满意"}, "答复日期", "填了评价的要填答复日期"),
    ({"GRADE": "E", "REPLIED": "2021-03-01"}, "办理结果", "请填 A、B、C 或 D"),
    ({"PUBLICATION": "摘要公开"}, "公开方式", "没有摘要一栏"),
    ({"PUBLICATION": "公开", "SITUATION": "请打 13812345678"}, "情况", "不能有电话"),
    ({"PUBLICATION": "公开", "POINTS": "写信到 a@b.cn"}, "建议", "不能有电话"),
]


@pytest.mark.parametrize(("fields", "column", "words"), WRONG)
def test_what_is_wrong_is_told_by_row_and_column_and_nothing_is_loaded(cast, fields, column, words):
    plan = table.look(cast.committee, row(NUMBER=9), row(**fields))
    number, told_column, told_words = only(plan)
    assert (number, told_column) == (3, column)
    assert words in told_words
    assert plan.counts == {"rows": 2, "created": 1, "updated": 0, "skipped": 0, "refused": 1}
    with pytest.raises(WrongState):
        imports.hand_in(plan, table.file(row()), by=cast.li, at=AT)
    assert not Proposal.objects.exists()
    assert not Plenary.objects.exists()


def test_one_number_stands_in_one_row(cast):
    plan = table.look(cast.committee, row(), row(TITLE="另一件"))
    assert only(plan) == (3, "编号", "与第 2 行是同一个编号（9届5次第1号），请只留一行。")


def test_what_was_put_here_is_no_matter_of_a_table(cast):
    made = formal.proposal(cast, ProposalState.FILED)
    plan = table.look(cast.committee, row(TERM=10, SESSION=5, NUMBER=made.number))
    assert "在平台上提交办理的《关于优化农村公交线路的提案》" in only(plan)[2]


def test_what_came_in_and_is_handled_here_since_stays_as_it_is(cast):
    table.load(cast.committee, cast.li, row())
    one = Proposal.objects.get()
    formal.handed(cast, one)
    assert table.look(cast.committee, row()).counts["skipped"] == 1
    assert "已在平台上办理" in only(table.look(cast.committee, row(TITLE="改过的案由")))[2]


def test_a_file_that_is_no_table_is_told_so(cast):
    file = table.file(row())
    hollow = type(file)(b"PK\x03\x04 no book", title="表.xlsx", suffix=".xlsx", content_type=table.XLSX)
    assert "无法作为 Excel 工作簿打开" in imports.look(cast.committee, hollow, by=cast.li, at=AT).faults[0].words
    plan = table.look(cast.committee, {Column.TITLE: "示例：这一行不会导入", Column.TERM: 9})
    assert "没有一件提案" in only(plan)[2]


def test_a_formula_is_not_computed(cast):
    lines = "届,次,编号,案由,提案者,立案日期\n9,5,1,=CMD(),王委员,2021-01-20\n".encode()
    file = type(table.file(row()))(lines, title="表.csv", suffix=".csv", content_type="text/csv")
    assert "公式" in told(imports.look(cast.committee, file, by=cast.li, at=AT))[0][2]


# --- twice, and changes ------------------------------------------------------------------------------------------


def test_the_same_table_a_second_time_changes_nothing(cast):
    rows = [whole(), row(NUMBER=2), row(NUMBER=3, KIND="党派", SIGNERS="民盟支部")]
    table.load(cast.committee, cast.li, *rows)
    before = list(Proposal.objects.order_by("pk").values())
    plan = table.look(cast.committee, *rows)
    assert plan.counts == {"rows": 3, "created": 0, "updated": 0, "skipped": 3, "refused": 0}
    table.load(cast.committee, cast.li, *rows)
    assert list(Proposal.objects.order_by("pk").values()) == before
    assert Signature.objects.count() == 4


def test_only_filled_cells_change(cast):
    table.load(cast.committee, cast.li, whole())
    plan = table.load(
        cast.committee, cast.li,
        row(TITLE="关于优化城乡公交线路的提案", SIGNERS="赵某、王委员", FIELDS="教育", FILED=None, GRADE="B"),
    )  # fmt: skip
    (outcome,) = plan.outcomes
    assert outcome.verb == "updated"
    assert outcome.changes == [
        ("案由", "关于优化农村公交线路的提案", "关于优化城乡公交线路的提案"),
        ("提案者", "王委员、赵某", "赵某、王委员"), ("民生领域", "交通出行、农业农村", "教育"),
        ("办理结果", "A类：已经解决或基本解决", "B类：正在解决或已列入计划逐步解决"),
    ]  # fmt: skip
    one = Proposal.objects.get()
    assert (one.title, one.grade, one.satisfaction, one.points[0]) == (
        "关于优化城乡公交线路的提案", "B", "satisfied", "加密早晚班次；",
    )  # fmt: skip
    assert [str(signature) for signature in one.signatures.all()] == ["赵某", "王委员"]
    assert [field.name for field in one.fields.all()] == ["教育"]
    assert Proposal.objects.matching("城乡公交").exists()
    assert not Proposal.objects.matching("农村公交").exists()


def test_an_answer_that_came_later_closes_it(cast):
    table.load(cast.committee, cast.li, row())
    table.load(cast.committee, cast.li, row(REPLIED="2021-05-06", GRADE="C"))
    one = Proposal.objects.get()
    assert (one.state, one.grade, timezone.localdate(one.closed_at)) == (
        ProposalState.CLOSED, "C", datetime.date(2021, 5, 6),
    )  # fmt: skip


# --- waiting and permissions -------------------------------------------------------------------------------------


def handed_in(cast, *rows):
    given = table.file(*rows)
    plan = table.look(cast.committee, *rows)
    return imports.hand_in(plan, given, by=cast.li, at=AT), plan


def test_a_table_is_loaded_once_and_only_as_it_was_seen(cast):
    cast.lu = make.user("lu", "陆干事", is_staff=True)
    make.grant(cast.lu, Role.PROPOSAL_STAFF, cast.committee)
    handed, plan = handed_in(cast, row())
    table.load(cast.committee, cast.lu, row(TITLE="先到的"))
    with pytest.raises(WrongState, match="情况有了变动"):
        imports.confirm(handed, plan.digest, by=cast.li, at=AT)
    imports.confirm(handed, imports.look_again(handed, at=AT).digest, by=cast.li, at=AT)
    handed.refresh_from_db()
    assert (handed.state, handed.created, handed.updated) == (ImportState.LOADED, 0, 1)
    assert not Attachment.objects.filter(target_id=str(handed.pk), target_type="proposals.proposalimport").exists()
    with pytest.raises(WrongState, match="不能再导入"):
        imports.confirm(handed, plan.digest, by=cast.li, at=AT)
    with pytest.raises(WrongState):
        imports.drop(handed, by=cast.li, at=AT)


def test_a_new_table_of_the_same_clerk_drops_the_one_that_waits(cast):
    first, _ = handed_in(cast, row())
    second, _ = handed_in(cast, row(NUMBER=2))
    first.refresh_from_db()
    assert (first.state, second.state) == (ImportState.DROPPED, ImportState.WAITING)
    imports.drop(second, by=cast.li, at=AT)
    with pytest.raises(WrongState, match="已放弃，请重新上传"):
        imports.look_again(second, at=AT)


@pytest.mark.parametrize("who", ["wang", "zhang", "chen", "sun", "zhou", "zhao", "qian"])
def test_only_the_committees_proposal_office_imports(cast, who):
    user = getattr(cast, who)
    with pytest.raises(PermissionDenied):
        imports.look(cast.committee, table.file(row()), by=user, at=AT)
    handed, plan = handed_in(cast, row())
    for deed in (
        lambda: imports.hand_in(plan, table.file(row()), by=user, at=AT),
        lambda: imports.confirm(handed, plan.digest, by=user, at=AT),
        lambda: imports.drop(handed, by=user, at=AT),
    ):
        with pytest.raises(PermissionDenied):
            deed()
    assert not ProposalImport.objects.visible_to(user).exists()


# --- thousands ---------------------------------------------------------------------------------------------------


def statements(cast, count, first) -> int:
    rows = [whole(NUMBER=first + n, TITLE=f"关于第{first + n}件事的提案") for n in range(count)]
    given = table.file(*rows)
    plan = imports.look(cast.committee, given, by=cast.li, at=AT)
    handed = imports.hand_in(plan, given, by=cast.li, at=AT)
    with CaptureQueriesContext(connection) as asked:
        digest = imports.look_again(handed, at=AT).digest
        imports.confirm(handed, digest, by=cast.li, at=AT)
    return len(asked)


def test_the_number_of_statements_does_not_grow_with_the_rows(cast):
    table.load(cast.committee, cast.li, row(NUMBER=999))
    assert statements(cast, 40, 1) <= statements(cast, 2, 100) + 2


# --- pages -------------------------------------------------------------------------------------------------------


def upload(*rows, name="提案.xlsx"):
    return SimpleUploadedFile(name, table.file(*rows).read())


def test_pages_from_the_file_to_the_loaded_rows(cast, as_):
    client, page = as_(cast.li), reverse("proposal-import")
    table.presets.load()
    assert "还没有导入过" in client.get(page).content.decode()
    answer = client.post(page, {"file": upload(whole(), row(NUMBER=2))})
    handed = ProposalImport.objects.get()
    assert answer.url == handed.get_absolute_url()
    check = client.get(answer.url)
    assert "2 行 = 新增 2 + 更新 0 + 无变化 0 + 要改 0" in check.content.decode()
    assert "系统里还没有九届五次会议" in check.content.decode()
    digest = check.context["plan"].digest
    for _ in range(2):
        client.post(reverse("proposal-import-load", args=[handed.pk]), {"digest": digest})
    assert Proposal.objects.count() == 2
    again = client.post(page, {"file": upload(whole(), row(NUMBER=2))})
    assert again.status_code == 200
    assert "没有要导入的" in again.content.decode()


def test_the_page_tells_what_is_wrong_and_keeps_nothing(cast, as_):
    client, page = as_(cast.li), reverse("proposal-import")
    answer = client.post(page, {"file": upload(row(UNIT="没有的单位"))})
    assert answer.status_code == 400
    assert "第 2 行 · 主办单位" in answer.content.decode()
    assert client.post(page, {"file": SimpleUploadedFile("表.xls", b"x")}).status_code == 400
    assert client.post(page, {}).status_code == 400
    assert not ProposalImport.objects.exists()


def test_the_sample_comes_back_without_a_row(cast, as_):
    table.presets.load()
    answer = as_(cast.li).get(reverse("proposal-import-sample"))
    content = answer.content
    filled = read(content, "样表.xlsx")
    assert [fault.words[:14] for fault in filled.faults] == ["表头下面没有一件提案。请从表"]
    assert not filled.notes


@pytest.mark.parametrize("who", ["wang", "zhang", "sun", "zhou"])
def test_pages_are_for_the_proposal_office(cast, as_, who):
    handed, _ = handed_in(cast, row())
    client = as_(getattr(cast, who))
    assert client.get(reverse("proposal-import")).status_code == 403
    assert client.get(reverse("proposal-import-sample")).status_code == 403
    assert client.get(handed.get_absolute_url()).status_code == 404
    assert as_(cast.zhao).get(handed.get_absolute_url()).status_code == 404
    assert client.post(reverse("proposal-import-load", args=[handed.pk])).status_code == 404
    assert as_(None).get(reverse("proposal-import")).status_code == 302


def test_dropping_a_table(cast, as_):
    handed, _ = handed_in(cast, row())
    as_(cast.li).post(reverse("proposal-import-drop", args=[handed.pk]))
    handed.refresh_from_db()
    assert handed.state == ImportState.DROPPED
    assert as_(cast.li).get(handed.get_absolute_url()).status_code == 302
