"""Reports, issues, deliveries, instructions and traces in any state, reached by the services themselves."""

import datetime
import uuid

from proposals.models import Bulletin, Information
from proposals.services import bulletins, deliveries, information, information_desk, instructions, traces
from proposals.states import BulletinState, InformationState
from tests.factories.proposals import AT, category

__all__ = ["AT", "TODAY", "adopted", "bulletin", "delivery", "information", "instruction", "report", "trace"]

TODAY = AT.date()
S, B = InformationState, BulletinState
PROBLEM = "金田村到县城的班车停开半年，老人就医要走五公里。"
SUGGESTION = "请交通部门恢复早晚班次，试行预约公交。"


def report(cast, state=S.DRAFT, *, title="农村客运停运老人就医不便", by=None, at=AT, whose=None, word=None, **fields):
    """王委员's report in `state`; in an issue or issued it is alone in it."""
    by = by or cast.wang
    given = {
        "problem": PROBLEM,
        "cause": "客流少，企业亏损。",
        "suggestion": SUGGESTION,
        "category": category(),
        **fields,
    }
    made = information.keep_draft(
        uuid.uuid4(), committee=cast.committee, by=by, whose=whose, word=word, title=title, **given
    )
    if state == S.DRAFT:
        return made
    information.submit(made, by=by, at=at)
    if state == S.WITHDRAWN:
        information.withdraw(made, by=by, at=at)
    elif state == S.RETURNED:
        information_desk.return_(made, words="请补充停运的线路", by=cast.li, at=at)
    elif state == S.UNUSED:
        information_desk.shelve(made, words="上月已反映", by=cast.li, at=at)
    elif state != S.SUBMITTED:
        information_desk.register(made, by=cast.li, at=at)
    if state in (S.IN_ISSUE, S.ISSUED):
        bulletin(cast, B.ISSUED if state == S.ISSUED else B.EDITING, reports=[made], at=at)
    return Information.objects.get(pk=made.pk)


def bulletin(cast, state=B.EDITING, *, reports=None, at=AT):
    reports = reports or [report(cast, S.REGISTERED, at=at)]
    made = bulletins.begin(reports, committee=cast.committee, by=cast.li, at=at)
    if state != B.EDITING:
        bulletins.put_forward(made, by=cast.li, at=at)
    if state == B.ISSUED:
        bulletins.sign(made, by=cast.zhou, at=at)
    return Bulletin.objects.get(pk=made.pk)


def delivery(cast, issue=None, *, level="county", receiver="县委办公室", at=AT):
    issue = issue or bulletin(cast, B.ISSUED, at=at)
    return deliveries.send(issue, level=level, receiver=receiver, sent_on=at.date(), by=cast.li, at=at)


def adopted(cast, issue=None, *, level="county", receiver="县委办公室", at=AT):
    sent = delivery(cast, issue, level=level, receiver=receiver, at=at)
    return deliveries.adopt(sent, adopted_on=at.date(), adopted_as="《每日要情》第 31 期", by=cast.li, at=at)


def instruction(cast, issue=None, *, at=AT, **fields):
    given = {
        "leader_name": "李县长", "leader_post": "县长", "level": "county", "on": at.date(),
        "quote": "请交通局一周内拿出方案。", **fields,
    }  # fmt: skip
    if not {"proposal", "about"} & set(fields):
        given["bulletin"] = issue or bulletin(cast, B.ISSUED, at=at)
    return instructions.note(committee=cast.committee, by=cast.li, at=at, **given)


def trace(cast, *, title="农村客运从停运到公交化", steps=2, public=False, at=AT):
    made = traces.begin(committee=cast.committee, title=title, by=cast.li, at=at)
    for number in range(steps):
        kind = ["visit", "speech", "instruction", "measure"][number % 4]
        day = at.date() - datetime.timedelta(days=30 - number)
        traces.add(made, kind=kind, on=day, title=f"第 {number + 1} 环", who="王委员", words="说明", by=cast.li, at=at)
    if public:
        traces.show(made, public=True, by=cast.li, at=at)
    return made
