"""Who plans shifts, swaps them, marks who came, and logs visits."""

from django.core.exceptions import PermissionDenied

from workstations.models import ReceptionShift, ShiftSwap, Workstation
from workstations.rules import stations, words


def can_plan(user, station: Workstation) -> bool:
    """The office, and who keeps the station."""
    return stations.can_edit(user, station)


def is_holder(user, shift: ReceptionShift) -> bool:
    """Whether the shift is this person's own."""
    return user.is_authenticated and shift.member_id in user.member_ids.values()


def is_asked(user, swap: ShiftSwap) -> bool:
    return user.is_authenticated and swap.asked_id in user.member_ids.values()


def is_giver(user, swap: ShiftSwap) -> bool:
    return user.is_authenticated and swap.giver_id in user.member_ids.values()


def can_mark(user, shift: ReceptionShift) -> bool:
    """Who plans marks who came: it becomes a fact of duty, so nobody marks the own shift."""
    return can_plan(user, shift.station) and not is_holder(user, shift)


def can_log(user, station: Workstation) -> bool:
    """The office, who keeps the station, and the member on duty there today."""
    return words.may_receive(user, station.committee, station)


RULES = {
    "plan": can_plan,
    "edit": lambda user, shift: can_plan(user, shift.station),
    "cancel": lambda user, shift: can_plan(user, shift.station),
    "mark": can_mark,
    "ask_swap": is_holder,
    "take": is_asked,
    "refuse": is_asked,
    "withdraw": is_giver,
    "log": can_log,
}


def may(verb: str, user, thing) -> bool:
    return user.is_authenticated and RULES[verb](user, thing)


def require(verb: str, user, thing) -> None:
    """Raise PermissionDenied unless `user` may do `verb`. None is the system itself."""
    if user is not None and not may(verb, user, thing):
        raise PermissionDenied(verb)
