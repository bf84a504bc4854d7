"""The main menu: which pages a person may want, by what the person may do."""

from dataclasses import dataclass

from django.urls import reverse

from config import duty_desk, matters_desk
from members.roles import Permission as P

OFFICE_DESK = (P.OFFICE_WORK, P.MICRO_REVIEW, P.PLAN_ISSUE, P.DUTY_LOOK_AFTER)
UNIT_DESK = (P.MATTER_HANDLE, P.MATTER_SIGN)
PLAN_DESK = (P.PLAN_MANAGE, P.PLAN_ISSUE)
OF_COMMITTEE = {
    "micro-public-list", "plan-public", "consultation-public-list", "station-list", "member-find",
    "activity-public-list", "words-public", "proposal-public-list", "information-voices",
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    label: str
    url: str
    current: bool = False


def may(user, *permissions: P) -> bool:
    """Whether `user` holds one of these anywhere."""
    return user.is_authenticated and any(
        user.committees_with(permission) or user.organisations_with(permission) or user.bodies_with(permission)
        for permission in permissions
    )


def faces(user) -> list[str]:
    """The homes a person has, the most pressing first."""
    if not user.is_authenticated:
        return ["visitor"]
    held = {
        "unit": may(user, *UNIT_DESK),
        "office": may(user, *OFFICE_DESK),
        "member": bool(user.member_ids),
        "speaker": may(user, P.PROPOSAL_SPEAK),
    }
    return [face for face, holds in held.items() if holds] or ["visitor"]


def entries(user, committee, path: str) -> list[Entry]:
    """The menu of `user` at `path`; public pages are those of `committee`."""
    member = user.is_authenticated and bool(user.member_ids)
    reads_micro = member or may(user, P.MICRO_VIEW)
    reads_proposals = member or may(user, P.PROPOSAL_VIEW, P.PROPOSAL_SPEAK)
    hub = matters_desk.looks_after(user)
    prepares = may(user, P.PLAN_MANAGE)
    plans, consultations = may(user, *PLAN_DESK), may(user, P.CONSULTATION_MANAGE)
    wanted = [
        ("首页", "home", True),
        ("提案和办理", "matters-office", hub),
        ("写微建议", "micro-new", member),
        ("我的履职", "my-duty", member),
        ("提案", "proposal-list" if reads_proposals else "proposal-public-list", True),
        ("微建议", "micro-list" if reads_micro else "micro-public-list", True),
        ("社情民意", "information-list" if member else "information-voices", member or not user.is_authenticated),
        ("三办联审", "review-desk", may(user, P.MICRO_REVIEW)),
        ("交办", "assign-desk", may(user, P.MATTER_ASSIGN)),
        ("交办件", "assignment-list", may(user, *UNIT_DESK, P.MATTER_VIEW)),
        ("议题", "topic-list" if prepares else "topic-mine", prepares or member),
        ("协商计划", "plan-list" if plans else "plan-public", True),
        ("协商活动", "consultation-list" if consultations else "consultation-public-list", True),
        ("协商成果", "outcome-list", consultations),
        ("履职活动", "activity-list" if member else "activity-public-list", member or not user.is_authenticated),
        ("找委员", "member-find", not user.is_authenticated),
        ("履职管理", "duty-office", duty_desk.looks_after(user)),
        ("站点和群众", "places-office", may(user, P.STATION_MANAGE)),
        ("委员工作室", "station-list", not may(user, P.STATION_MANAGE)),
        ("有话要说", "words-public", not user.is_authenticated),
        ("与政协互通", "letter-list", may(user, *UNIT_DESK)),
        ("提醒台账", "reminders", may(user, P.REMINDER_VIEW)),
        ("工作后台", "admin:index", may(user, P.OFFICE_WORK)),
    ]
    found = [(label, _address(name, committee)) for label, name, shown in wanted if shown]
    here = max((url for _, url in found if url and path.startswith(url)), key=len, default="")
    return [Entry(label, url, url == here and (url != "/" or path == "/")) for label, url in found if url]


def _address(name, committee):
    """Public pages are a committee's; while none is chosen there is no such page."""
    if name not in OF_COMMITTEE:
        return reverse(name)
    return reverse(name, args=[committee.slug]) if committee else ""
