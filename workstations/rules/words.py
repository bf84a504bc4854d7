"""Who may take down what the public says, and who deals with it."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from members.models import Committee, Member
from members.roles import Permission
from workstations.models import Channel, ReceptionShift, StationPost, Word, Workstation

OF_THE_PUBLIC = {Channel.PAGE, Channel.QR}


def is_office(user, committee_id: int) -> bool:
    return user.is_authenticated and committee_id in user.committees_with(Permission.STATION_MANAGE)


def keeps(user, station_id: int | None) -> bool:
    if not user.is_authenticated or station_id is None:
        return False
    return Workstation.objects.kept_by(user).filter(pk=station_id).exists()


def deals_with(user, word: Word) -> bool:
    """The office, and who keeps the station."""
    return is_office(user, word.committee_id) or keeps(user, word.station_id)


def can_answer(user, word: Word) -> bool:
    """Who deals with it, and the member it was handed to."""
    if not user.is_authenticated:
        return False
    is_handed = word.member_id is not None and word.member_id in user.member_ids.values()
    return is_handed or deals_with(user, word)


def is_on_duty(user, station: Workstation) -> bool:
    """Whether `user` receives the public at `station` today."""
    if not user.is_authenticated:
        return False
    today = ReceptionShift.objects.standing().filter(station=station, on=timezone.localdate())
    return today.filter(member__in=user.member_ids.values()).exists()


def may_receive(user, committee: Committee, station: Workstation | None) -> bool:
    """At a desk or on the telephone: the office, who keeps the station, and the member on duty there today."""
    if is_office(user, committee.pk):
        return True
    return station is not None and (keeps(user, station.pk) or is_on_duty(user, station))


def require_take_down(user, committee: Committee, station: Workstation | None, channel: str) -> None:
    """Raise PermissionDenied unless `user` (None is somebody of the public) may take a word down by `channel`."""
    if user is None:
        allowed = channel in OF_THE_PUBLIC
    elif channel == Channel.GRID:
        allowed = committee.pk in user.member_ids or may_receive(user, committee, station)
    else:
        allowed = channel in (Channel.DESK, Channel.PHONE) and may_receive(user, committee, station)
    if not allowed:
        raise PermissionDenied(f"take down {channel}")


def may_be_handed(member: Member, word: Word) -> bool:
    """Who serves at the word's station; where it has none, any member in force of the committee."""
    if word.station_id is None:
        return member.committee_id == word.committee_id and member.is_in_force
    serving = StationPost.objects.in_force().filter(station=word.station_id, member=member)
    return member.is_in_force and serving.exists()


RULES = {"hand": deals_with, "answer": can_answer, "decline": deals_with, "publish": deals_with, "forget": deals_with}


def may(verb: str, user, word: Word) -> bool:
    return user.is_authenticated and RULES[verb](user, word)


def require(verb: str, user, word: Word) -> None:
    """Raise PermissionDenied unless `user` may do `verb`. None is the system itself."""
    if user is not None and not may(verb, user, word):
        raise PermissionDenied(verb)
