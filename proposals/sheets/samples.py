"""样表: an empty table to be filled in, with one example that is not read and a sheet that says how."""

from config.documents.sheet import Sheet, workbook
from members.models import Committee, Organisation
from proposals.models import Category
from proposals.sheets.columns import EXAMPLE_MARK, Column
from proposals.states import ProposerKind, PublicationLevel, Satisfaction

READ_ME = (
    "一件提案一行。届、次、编号认出是哪一件：已经导入过的只更新填了的格，没有的新增。",
    "新增的要填届、次、编号、案由、提案者、立案日期；其他各栏可以不填。",
    "提案者写姓名，几位之间用顿号隔开，第一位是第一提案人；集体提案写党派、团体、专委会、界别或小组的名称。"
    "姓名与本会唯一一位委员相同的，记在这位委员名下；认不出的只记姓名。",
    "建议一行一条，或写成 1. 2. 3.；同一格里换行按 Alt+Enter。",
    "主办单位写本会单位的名称或简称；会办单位按原表记名，几个之间用顿号隔开。",
    "填了办理结果、评价的，要填答复日期；有答复日期的记为已办结。摘要公开的先填“不公开”，导入后再改。",
    "系统里没有的届次会自动建立，请随后核对开幕、闭幕日期。",
    "有一行不对，一行也不导入；页面会说明第几行、哪一列、为什么。同一份表再导入一次，什么都不会变。",
)
EXAMPLE = (
    9, 5, 1, f"{EXAMPLE_MARK}：关于优化农村公交线路的提案（这一行不会导入）", ProposerKind.JOINT.label, "赵某、钱某",
    "社会建设", "交通出行", "部分村组公交班次少，群众出行不便。", "线路多年没有调整，车辆不足。",
    "1. 加密早晚班次\n2. 增设停靠点", "县交通局", "县财政局", "2021-01-20", "2021-04-16", "A",
    Satisfaction.SATISFIED.label, PublicationLevel.FULL.label,
)  # fmt: skip


def sample(committee: Committee) -> bytes:
    offered = Category.objects.offered_by(committee)
    units = Organisation.objects.of(committee).that_handle().order_by("kind", "pk")
    choices = {
        Column.KIND: ProposerKind.labels,
        Column.SPHERE: [row.name for row in offered.spheres()],
        Column.UNIT: [str(unit) for unit in units],
        Column.GRADE: ["A", "B", "C", "D"],
        Column.SATISFACTION: Satisfaction.labels,
        Column.PUBLICATION: [PublicationLevel.FULL.label, PublicationLevel.NONE.label],
    }
    sheet = Sheet("提案", [column.value for column in Column], [EXAMPLE], choices=choices, open_to=[Column.UNIT])
    return workbook(sheet, Sheet("填写说明", ["填写说明"], [[words] for words in READ_ME]))
