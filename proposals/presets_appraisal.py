"""承办单位考核: the indicators that a committee begins with, and what each measure counts, in words."""

from proposals.models import Appraised, Measure

M = Measure

INDICATORS: dict[str, list[tuple[str, str, int]]] = {
    Appraised.UNITS: [
        ("按期答复率", M.ON_TIME, 25), ("答复率", M.REPLIED, 10), ("沟通率", M.CONTACTED, 15),
        ("办理态度满意率", M.ATTITUDE, 10), ("办理结果满意率", M.RESULT, 20), ("B 类兑现率", M.B_KEPT, 15),
        ("不当退回率", M.WRONGLY_RETURNED, 5),
    ],
    Appraised.TOWNS: [
        ("基层协商开展率", M.TALKS, 40), ("互通信息按期回复率", M.LETTERS, 20), ("站点达标率", M.STATION, 20),
        ("工作特色", M.BY_HAND, 20),
    ],
}  # fmt: skip
"""Name, measure and points (100 together) for each kind of those appraised."""

OFFERED = {
    Appraised.UNITS: (M.ON_TIME, M.REPLIED, M.CONTACTED, M.ATTITUDE, M.RESULT, M.B_KEPT, M.WRONGLY_RETURNED, M.BY_HAND),
    Appraised.TOWNS: (M.TALKS, M.LETTERS, M.STATION, M.BY_HAND),
}
"""Which measures make sense for whom."""

MEANINGS: dict[str, tuple[str, str]] = {
    M.ON_TIME: (
        "第一次答复在期限当天或以前送达的件数",
        "本年交办、没有退回，第一次答复已送达或已到期的主办、分办件数，没有到期和中止办理的不算",
    ),
    M.REPLIED: (
        "已送达第一次答复的件数，晚了的也算",
        "本年交办、没有退回，第一次答复已送达或已到期的主办、分办件数，没有到期和中止办理的不算",
    ),
    M.CONTACTED: (
        "在首次联系期限当天或以前联系了提案者的件数",
        "本年交办、没有退回，规定了首次联系期限，已联系或已到期的件数，中止办理的不算",
    ),
    M.ATTITUDE: (
        "第一提案人对办理态度评价“满意”的件数，“基本满意”不计",
        "本年交办、没有退回，第一提案人评价了办理态度的件数，以最近一次评价为准",
    ),
    M.RESULT: (
        "第一提案人对办理结果评价“满意”的件数，“基本满意”不计",
        "本年交办、没有退回，第一提案人评价了办理结果的件数，以最近一次评价为准",
    ),
    M.B_KEPT: ("经核实兑现、没有因此重新办理的件数", "承诺日期在本年并且已到的 B 类答复件数，不论哪一年交办"),
    M.WRONGLY_RETURNED: (
        "申请退回、交办部门没有同意的件数", "本年交办的主办、分办件数，包括后来退回的；比率越低得分越高",
    ),
    M.TALKS: ("本年举办过议事厅、座谈、走访或会客厅活动的开放站点数", "本乡镇（街道）的开放站点数"),
    M.LETTERS: ("在期限当天或以前回复政协来信的件数", "政协本年发出、要求回复，已回复或已到期的来信件数"),
    M.STATION: ("最近一次自查或检查没有缺项的开放站点数", "本乡镇（街道）的开放站点数，没有查过的也算"),
    M.BY_HAND: ("评分人给的分", "这一项的满分"),
}  # fmt: skip
"""Numerator and denominator of each measure; “本年” is the year of the appraisal."""
