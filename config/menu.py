"""The main menu: which pages a person may want, by what the person may do."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from members.roles import Permission

OFFICE_DESK = (Permission.OFFICE_WORK, Permission.MICRO_REVIEW, Permission.PLAN_ISSUE)
UNIT_DESK = (Permission.MATTER_HANDLE, Permission.MATTER_SIGN)


@dataclass(frozen=True)
class Entry:
    label: str
    url: str
    current: bool = False


def may(user, *permissions: Permission) -> bool:
    """Whether `user` holds one of these anywhere."""
    return user.is_authenticated and any(
        user.committees_with(permission) or user.organisations_with(permission) for permission in permissions
    )


def faces(user) -> list[str]:
    """The homes a person has, the most pressing first."""
    if not user.is_authenticated:
        return ["visitor"]
    held = {
        "unit": may(user, *UNIT_DESK),
        "office": may(user, *OFFICE_DESK),
        "member": bool(user.member_ids),
    }
    return [face for face, holds in held.items() if holds] or ["visitor"]


def entries(user, committee, path: str) -> list[Entry]:
    """The menu of `user` at `path`; public pages are those of `committee`."""
    mine = user.is_authenticated and bool(user.member_ids)
    wanted = [
        ("首页", "home", True),
        ("写微建议", "micro-new", mine),
        ("微建议", "micro-list", mine or may(user, Permission.MICRO_VIEW)),
        ("三办联审", "review-desk", may(user, Permission.MICRO_REVIEW)),
        ("交办", "assign-desk", may(user, Permission.MATTER_ASSIGN)),
        ("交办件", "assignment-list", may(user, *UNIT_DESK, Permission.MATTER_VIEW)),
        ("协商计划", "plan-list", True),
        ("协商活动", "consultation-list", True),
        ("委员工作室", "station-list", True),
        ("提醒台账", "reminders", may(user, Permission.REMINDER_VIEW)),
        ("工作后台", "admin:index", user.is_authenticated and user.is_staff),
    ]
    found = [(label, address(name, committee)) for label, name, shown in wanted if shown]
    here = max((url for _, url in found if path.startswith(url)), key=len, default="")
    return [Entry(label, url, url == here and (url != "/" or path == "/")) for label, url in found if url]


def address(name: str, committee=None) -> str:
    """The page of that name: the site's own, or the committee's; empty when there is neither."""
    for args in ([], [committee.slug] if committee else []):
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            continue
    return ""
