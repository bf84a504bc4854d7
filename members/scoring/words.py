"""A scheme's rows as the printed table says them."""

from members.facts import DETAILS, Fact, Mark, Share
from members.models.scoring import Applies, ScoreItem, ScoreRequirement
from members.scoring.engine import plain


def of_item(item: ScoreItem) -> str:
    """Conditions and limits of an item in one sentence; empty where its name says it all."""
    parts = [*_taken(item), *_shared(item), *_limited(item)]
    return "；".join(parts)


def of_requirement(row: ScoreRequirement) -> str:
    return "；".join(_taken(row))


def points_of(item: ScoreItem) -> str:
    """+5, −2 分/次, 5 分 × 数量."""
    sign = "+" if item.points > 0 and item.nature == "reward" else ""
    return f"{sign}{plain(item.points)} 分".replace("-", "−") + (" × 数量" if item.by_quantity else "")


def _taken(row) -> list[str]:
    parts = ["、".join(_labels(Fact, row.facts))]
    if row.details:
        parts.append("限" + "、".join(DETAILS.get(code, code) for code in row.details))
    if row.marks:
        parts.append("考勤为" + "、".join(_labels(Mark, row.marks)))
    if row.shares:
        parts.append("份额为" + "、".join(_labels(Share, row.shares)))
    return parts


def _shared(item) -> list[str]:
    parts = [f"第一署名人得 {item.first_percent}%"] if item.first_percent != 100 else []
    if item.rest_is_split:
        parts.append("其余联名人均分剩余部分")
    elif item.joint_percent != 100:
        parts.append(f"其他联名人各得 {item.joint_percent}%" if item.joint_percent else "其他联名人不计")
    if item.writer_percent != 100:
        parts.append(f"主要撰稿人各得 {item.writer_percent}%")
    if item.participant_percent != 100:
        parts.append(f"参与者各得 {item.participant_percent}%" if item.participant_percent else "参与者不计")
    return parts


def _limited(item) -> list[str]:
    parts = [f"只适用于{item.get_applies_to_display()}"] if item.applies_to != Applies.ALL else []
    if item.skip_first:
        parts.append(f"前 {item.skip_first} 次不计")
    if item.count_at_most is not None:
        parts.append(f"最多计 {item.count_at_most} 次")
    if item.floor is not None:
        parts.append(f"不低于 {plain(item.floor)} 分")
    return parts


def _labels(choices, codes) -> list[str]:
    known = dict(choices.choices)
    return [known.get(code, code) for code in codes]
