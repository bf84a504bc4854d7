"""Many people from outside into a council or an expert pool at once: read, checked line by line, all or none."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from config.audit import log
from config.documents import tables
from config.documents.cells import day, text
from config.refusals import Incomplete
from config.saving import once
from members.models import APPOINTING, Body, Membership, Standing, User
from members.rules import bodies as rules
from members.services.bodies import hold
from members.services.body_seats import plan_expiry

COLUMNS = {
    "姓名": "person_name", "单位及职务": "person_title", "身份": "standing", "专长": "specialty", "聘期止": "until",
}  # fmt: skip
LONGEST = {"person_name": 32, "person_title": 64, "specialty": 64}
OTHER_WORDS = {
    "村干部": Standing.VILLAGE_CADRE, "社区干部": Standing.VILLAGE_CADRE, "村（社区）干部": Standing.VILLAGE_CADRE,
    "五老": Standing.ELDER, "五老人员": Standing.ELDER, "五老人士": Standing.ELDER, "知名乡贤": Standing.NOTABLE,
    "乡贤人士": Standing.NOTABLE, "企业": Standing.ENTERPRISE, "专家": Standing.EXPERT, "学者": Standing.EXPERT,
    "群众": Standing.PUBLIC, "": "",
}  # fmt: skip
STANDINGS = {**{label: value for value, label in Standing.choices}, **OTHER_WORDS}
SHAPE = tables.Shape(
    key="姓名",
    column_of={label: label for label in COLUMNS}.get,
    most=5_000,
    order=tuple(COLUMNS),
    empty="没有读到人员：每行一人，第一格是姓名。",
)


@transaction.atomic
def import_people(body: Body, lines: list[tables.Line], *, by: User | None, at: datetime) -> int:
    """批量聘任: seat everybody of `lines` from today; one wrong line and nobody is seated. Returns how many."""
    rules.require("import", by, body)
    if body.kind not in APPOINTING:
        raise Incomplete("只有协商议事会和人才库可以批量聘任。", {"text": "这个机构不能批量聘任，请逐人任职。"})
    hold(body)
    today = timezone.localdate(at)
    rows = _rows(body, lines, today)
    with once("其中有人刚刚已经登记，请刷新后再试。"):
        Membership.objects.bulk_create(rows, batch_size=500)
    plan_expiry(body, {row.until for row in rows} - {None}, at=at)
    log.record("body.import", body, by=by, at=at, scope=body.committee_id, people=len(rows))
    return len(rows)


def _rows(body, lines, today):
    held = Membership.objects.in_force(today).filter(body=body, member__isnull=True)
    seen = {pair: "已在名单里" for pair in held.values_list("person_name", "person_title")}
    rows, errors = [], []
    for line in lines:
        values, wrong = _read(line.cells, today)
        pair = values["person_name"], values["person_title"]
        if pair[0] and pair in seen:
            wrong.append(f"{pair[0]}{seen[pair]}")
        seen[pair] = f"与第 {line.row} 行重复"
        errors += [f"第 {line.row} 行：{words}。" for words in wrong]
        rows.append(Membership(body=body, since=today, **values))
    if errors:
        told = "".join(tables.told(errors))
        raise Incomplete(told, {"text": f"一人也没有登记，请改好后重新提交。{told}"})
    return rows


def _read(cells, today):
    """Values of a Membership, and what is wrong with the cells."""
    values = {field: text(cells.get(label, "")) for label, field in COLUMNS.items()}
    wrong = [] if values["person_name"] else ["姓名没有填写"]
    names = {field: label for label, field in COLUMNS.items()}
    wrong += [f"{names[n]}超过 {most} 个字" for n, most in LONGEST.items() if len(values[n]) > most]
    standing = values["standing"].strip('“”"')
    if standing not in STANDINGS and values["standing"] not in STANDINGS:
        wrong.append(f"身份“{values['standing']}”不认识，可填：{'、'.join(Standing.labels)}")
    values["standing"] = STANDINGS.get(values["standing"], STANDINGS.get(standing, ""))
    typed, values["until"] = values["until"], None
    if typed:
        try:
            values["until"] = day(cells["聘期止"])
        except ValueError as problem:
            wrong.append(f"聘期止{problem}".rstrip("。"))
        else:
            wrong += [f"聘期止“{typed}”已经过去"] if values["until"] < today else []
    return values, wrong
