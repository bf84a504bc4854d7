"""What of proposals, information and the handling of both waits for somebody, and which desks the person may sit at."""

from datetime import date

from django.urls import reverse

from config.county import number_of
from members.models import User
from members.roles import Permission as P
from proposals.queries import (
    handing,
    information,
    led,
    look_backs,
    matters,
    proposals,
    reviewing,
    showcase,
    supervision,
)

DESK = (P.MATTER_ASSIGN, P.MATTER_SUPERVISE, P.PROPOSAL_VIEW, P.INFORMATION_VIEW, P.MATTER_HANDLE)


def _holds(user: User, permission: P) -> bool:
    return bool(user.committees_with(permission) or user.organisations_with(permission))


def looks_after(user) -> bool:
    """Whether the desk is the person's: the office's, or that of a unit which handles."""
    return user.is_authenticated and any(_holds(user, permission) for permission in DESK)


def waiting(user: User, today: date) -> list[dict]:
    """What waits for `user` at the office, at a unit, or as somebody who is asked to sign; one statement for all."""
    asked = [
        (proposals.to_sign(user), "提案请您签名", "proposal-list", "件"),
        (proposals.to_go_on_with(user), "提案草稿和退回补充的", "proposal-list", "件"),
        (information.awaiting_supplement(user), "社情民意退回请您补充", "information-list", "件"),
        (led.awaiting_result(user), "微建议由您领办", "led-list", "件"),
        (led.awaiting_rating(user), "领办结果等您评价", "led-list", "件"),
        (reviewing.awaiting_review(user), "提案等您审查", "proposal-review-desk", "件"),
        (handing.awaiting_handing(user), "已立案等您交办", "handing-meetings", "件"),
        (handing.awaiting_return(user), "退回申请等您审批", "return-desk", "件"),
        (led.unhappy(user), "领办结果不满意，等您处理", "led-list", "件"),
        (matters.awaiting_contact(user), "提案等您单位联系提案人", "assignment-list", "件"),
        (matters.awaiting_check(user), "答复等您核稿", "assignment-list", "件"),
        (matters.awaiting_sending(user), "签发的答复等您发出", "assignment-list", "件"),
        (matters.awaiting_conclusion(user, today), "有人没有评价的答复等您收尾", "assignment-list", "件"),
        (supervision.awaiting_answer(user), "督办要求等您反馈", "supervision-list", "件"),
        (look_backs.awaiting_check(user), "回头看等您单位自查", "look-back-list", "件"),
        (look_backs.awaiting_end(user), "回头看等您下结论", "look-back-list", "件"),
        (information.awaiting_register(user), "社情民意等您登记", "information-desk", "件"),
        (information.awaiting_editor(user), "社情民意等您改好送签", "bulletin-list", "期"),
        (information.awaiting_signature(user), "社情民意等您签发", "bulletin-list", "期"),
        (showcase.awaiting_moderation(user), "群众留言等您审看", "showcase-comment-list", "条"),
        (showcase.awaiting_answer(user), "群众留言等您单位回应", "showcase-comment-list", "条"),
    ]
    numbers = {f"number_{place}": number_of(rows) for place, (rows, *_) in enumerate(asked)}
    counted = User.objects.annotate(**numbers).get(pk=user.pk)
    return [
        {"title": title, "url": reverse(address), "badge": ("soon", f"{number} {unit}")}
        for name, (_, title, address, unit) in zip(numbers, asked, strict=True)
        if (number := getattr(counted, name))
    ]


GROUPS = [
    ("提案", [
        ("提案", "proposal-list", "全部提案，按届次、分类、单位、结果找", P.PROPOSAL_VIEW),
        ("审查", "proposal-review-desk", "资格、内容、格式，立案、并案、退回、转社情民意", P.PROPOSAL_REVIEW),
        ("交办会", "handing-meetings", "拟定承办单位，一次交办，未能交办的说明原因", P.MATTER_ASSIGN),
        ("退回申请", "return-desk", "单位认为不属于本单位的，审批或协调", P.MATTER_ASSIGN),
        ("遴选", "selection-list", "重点提案、优秀提案，一步一步来", P.PROPOSAL_REVIEW),
        ("全程公开", "showcase-desk", "重点提案的环节、媒体报道、群众评价和留言", P.PROPOSAL_REVIEW),
        ("历年提案导入", "proposal-import", "表格先检查再导入", P.PROPOSAL_REVIEW),
    ]),
    ("微建议", [
        ("三办联审", "micro-list", "全部微建议，看联审到哪一步", P.MICRO_VIEW),
        ("交办和领办", "assign-desk", "联审通过的交给单位，或由专委会、委员领办", P.MATTER_ASSIGN),
        ("领办", "led-list", "由专委会、委员牵头办的，不满意的研究是否收回", P.MATTER_ASSIGN),
    ]),
    ("办理", [
        ("交办件", "assignment-list", "五定三包，谁在办、何时到期", P.MATTER_VIEW),
        ("督办", "supervision-board", "交、督、复一张板，催办函", P.MATTER_VIEW),
        ("回头看", "look-back-list", "B 类答复逐件核实，二次办理", P.MATTER_VIEW),
        ("B 类跟踪", "look-back-b", "承诺了什么、何时做成", P.MATTER_VIEW),
        ("单位考核", "unit-appraisal-list", "按期、沟通、满意、兑现，每个数都能点开", P.MATTER_VIEW),
    ]),
    ("本单位", [
        ("交办件", "assignment-list", "谁在办、何时到期、差哪一步", P.MATTER_HANDLE),
        ("督办要求", "supervision-list", "政协要求反馈的，到什么时候", P.MATTER_HANDLE),
        ("回头看", "look-back-list", "作过的承诺逐件自查", P.MATTER_HANDLE),
        ("单位考核", "unit-appraisal-list", "本单位各项数字，每个都能点开", P.MATTER_HANDLE),
        ("群众留言", "showcase-comment-list", "重点提案下的留言，由承办单位回应", P.MATTER_HANDLE),
    ]),
    ("社情民意", [
        ("登记和采编", "information-desk", "登记、查重、编成一期", P.INFORMATION_VIEW),
        ("《社情民意》", "bulletin-list", "编辑、签发、报送、采用", P.INFORMATION_VIEW),
        ("统计", "information-figures", "数量、采用率、同比", P.INFORMATION_VIEW),
        ("热词和话题", "information-topics", "最近反映得多的是什么", P.INFORMATION_VIEW),
        ("批示", "instruction-list", "原文、日期、落实情况", P.INFORMATION_VIEW),
        ("跟踪链", "trace-list", "发言、批示、调研、专报、措施一条线", P.INFORMATION_VIEW),
    ]),
]  # fmt: skip


def desks(user: User) -> list[dict]:
    """Groups of desks that `user` may sit at, with a line of what each is for."""
    groups = [
        {
            "title": title,
            "desks": [(label, reverse(name), words) for label, name, words, needed in entries if _holds(user, needed)],
        }
        for title, entries in GROUPS
    ]
    return [group for group in groups if group["desks"]]
