"""The numbers and rules in which places differ, each with its default and source (docs/parameters.md).

Code reads them by `committee.parameter("…")`; a Parameter row overrides the default for one committee.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError


@dataclass(frozen=True)
class Spec:
    label: str
    default: int | str
    unit: str = ""
    options: tuple[tuple[str, str], ...] = ()
    source: str = ""
    at_least: int = 0
    at_most: int = 10_000

    def read(self, raw: str) -> int | str:
        return raw if self.options else int(raw)

    def validate(self, raw: str) -> None:
        if self.options:
            if raw not in dict(self.options):
                raise ValidationError({"value": "可填：" + "、".join(f"{k}({v})" for k, v in self.options)})
        elif not (raw.isascii() and raw.isdigit()) or not self.at_least <= int(raw) <= self.at_most:
            raise ValidationError({"value": f"请填 {self.at_least} 到 {self.at_most} 之间的整数({self.unit})。"})


PARAMETERS: dict[str, Spec] = {
    "micro.min_length": Spec("微建议正文最少字数", 10, "字", source="建议值"),
    "micro.soft_length": Spec("微建议正文提示字数", 500, "字", source="建议值"),
    "review.rule": Spec(
        "三办联审通过规则", "all", options=(("all", "三办都同意"), ("two", "三办中两办同意")), source="第 4 行"
    ),
    "review.workdays": Spec("三办联审时限", 3, "工作日", at_least=1, at_most=30, source="建议值"),
    "handling.workdays": Spec("微建议办理时限", 15, "工作日", at_least=1, at_most=120, source="建议值"),
    "outcome.workdays": Spec("协商成果办理时限", 30, "工作日", at_least=1, at_most=240, source="建议值"),
    "handling.months": Spec("办理最长时限", 3, "个月", at_least=1, at_most=12, source="提案办理通例"),
    "extension.total_months": Spec("延期后最长时限", 6, "个月", at_least=1, at_most=24, source="提案办理通例"),
    "return.workdays": Spec("退回改办时限", 5, "工作日", at_least=1, at_most=30, source="涡阳"),
    "rating.workdays": Spec("委员评价时限", 15, "工作日", at_least=1, at_most=60, source="崇义"),
    "rework.months": Spec("重新办理时限", 1, "个月", at_least=1, at_most=6, source="建议值"),
    "satisfaction.accepts": Spec(
        "包满意的标准",
        "basic",
        options=(("basic", "满意或基本满意"), ("full", "仅满意")),
        source="五定三包各地做法",
    ),
    "explanation.workdays": Spec("宣传解释时限", 10, "工作日", at_least=1, at_most=60, source="建议值"),
    "notice.workdays": Spec("协商前通知", 10, "工作日", at_least=1, at_most=60, source="建议值"),
    "question.workdays": Spec("委员答复群众提问时限", 10, "工作日", at_least=1, at_most=60, source="建议值"),
    "question.daily": Spec("同一来源每天最多提问", 5, "次", at_least=1, at_most=50, source="建议值"),
    "words.workdays": Spec("答复群众反映时限", 10, "工作日", at_least=1, at_most=60, source="建议值"),
    "words.daily": Spec("同一来源每天最多反映", 5, "次", at_least=1, at_most=50, source="建议值"),
    "words.contact_days": Spec("群众反映办完后多久清除联系方式", 30, "天", at_least=0, at_most=365, source="建议值"),
    "objection.workdays": Spec("考评结果申诉期", 10, "工作日", at_least=1, at_most=60, source="建议值"),
    "objection.answer_workdays": Spec("考评申诉答复时限", 10, "工作日", at_least=1, at_most=60, source="建议值"),
    "review.raters": Spec(
        "述职评议由谁评",
        "standing",
        options=(("standing", "常务委员和主席会议成员"), ("all", "全体委员和主席会议成员")),
        source="第 16 行",
    ),
    "check_in.late_minutes": Spec("开始后多久算迟到", 15, "分钟", at_least=0, at_most=120, source="建议值"),
    "contact.gap_months": Spec("多久没有联系就提醒", 6, "个月", at_least=1, at_most=24, source="第 42 行"),
    "grid.remind_day": Spec("网格月反馈每月几日提醒", 25, "日", at_least=1, at_most=28, source="建议值"),
    "grid.log_workdays": Spec("上月网格反馈可补填", 10, "工作日", at_least=1, at_most=20, source="建议值"),
    "grid.silent_days": Spec("多少天没有反馈算沉默", 60, "天", at_least=7, at_most=400, source="建议值"),
    "letter.workdays": Spec("互通信息回复时限", 5, "工作日", at_least=1, at_most=60, source="建议值"),
    "inspection.recheck_days": Spec("建站检查缺项多久补齐", 30, "天", at_least=1, at_most=365, source="建议值"),
    "proposal.soft_length": Spec("提案每部分提示字数", 800, "字", source="提案撰写通例"),
    "proposal.most_signers": Spec("一件提案最多联名人数", 30, "人", at_least=1, at_most=200, source="建议值"),
    "proposal.months": Spec("提案答复时限", 3, "个月", at_least=1, at_most=12, source="提案办理通例"),
    "opinion.months": Spec("会办意见时限", 1, "个月", at_least=1, at_most=3, source="提案办理通例"),
    "contact.workdays": Spec("首次联系提案者时限", 15, "工作日", at_least=1, at_most=60, source="崇义"),
    "reply.grades": Spec(
        "办理结果分几类", "abc", options=(("abc", "A、B、C 三类"), ("abcd", "A、B、C、D 四类")), source="各地做法"
    ),
    "rework.meeting_after": Spec("第几次不满意提请面商", 2, "次", at_least=2, at_most=5, source="四川"),
    "excellent.percent": Spec("优秀提案占立案数", 5, "%", at_least=1, at_most=20, source="道里区"),
    "excellent.collective_percent": Spec(
        "优秀提案中集体提案至少", 20, "%", at_least=0, at_most=100, source="全国年度好提案"
    ),
    "information.soft_length": Spec("社情民意信息提示字数", 1500, "字", source="广州"),
    "instruction.workdays": Spec(
        "批示后几天没有落实情况就提醒", 5, "工作日", at_least=1, at_most=60, source="保定（一周）"
    ),
    "led.workdays": Spec("微建议领办时限", 30, "工作日", at_least=1, at_most=240, source="建议值"),
    "showcase.least_votes": Spec("群众评价达到多少票显示比例", 30, "票", at_least=5, at_most=1000, source="建议值"),
    "showcase.daily": Spec("同一来源每天最多留言", 5, "条", at_least=1, at_most=50, source="建议值"),
    "showcase.votes_daily": Spec("同一来源每天最多评价", 20, "票", at_least=1, at_most=500, source="建议值"),
    "supervision.workdays": Spec("督办反馈时限", 10, "工作日", at_least=1, at_most=60, source="建议值"),
    "minutes.workdays": Spec("协商纪要时限", 7, "工作日", at_least=1, at_most=60, source="某市委政治协商规程"),
    "box.daily": Spec("意见箱每天最多收几封", 300, "封", at_least=10, at_most=2000, source="建议值"),
}

choices = [(code, spec.label) for code, spec in PARAMETERS.items()]
