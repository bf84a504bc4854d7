"""Claims as the desk and a member look at them."""

import datetime

from members.models import DutyClaim, User
from members.roles import Permission
from members.states import ClaimState


def for_desk(user: User):
    """The claims of the committees where `user` confirms or manages."""
    read = user.committees_with(Permission.DUTY_CONFIRM) | user.committees_with(Permission.DUTY_MANAGE)
    return DutyClaim.objects.filter(committee__in=read)


def waiting_for(user: User) -> int:
    """How many claims `user` could confirm now: neither the own ones nor those about oneself."""
    waiting = DutyClaim.objects.waiting().filter(committee__in=user.committees_with(Permission.DUTY_CONFIRM))
    return waiting.exclude(by=user).exclude(member__user=user).count()


def own(user: User):
    """What is claimed for `user`, and what `user` claimed for others."""
    return DutyClaim.objects.filter(member__user=user) | DutyClaim.objects.filter(by=user)


def of_quarter(user: User, today: datetime.date) -> tuple[int, int]:
    """一季一填报: (number of the quarter, how many deeds of it are claimed for `user`, withdrawn ones left out)."""
    quarter = (today.month - 1) // 3 + 1
    first = today.replace(month=3 * quarter - 2, day=1)
    told = DutyClaim.objects.filter(member__user=user, on__gte=first, on__lte=today)
    return quarter, told.exclude(state=ClaimState.WITHDRAWN).count()
