"""Bodies, seats and members for tests, made by the services themselves."""

import datetime

from django.utils import timezone

from members.models import Body, BodyKind, Post
from members.services import bodies as services
from members.services import body_seats
from tests.factories import members as make

AT = datetime.datetime(2026, 11, 20, 10, tzinfo=timezone.get_default_timezone())
TODAY = AT.date()


def body(committee, kind=BodyKind.SPECIAL_COMMITTEE, name="提案委员会", *, organisations=(), by=None, **fields):
    given = Body(committee=committee, kind=kind, name=name, **fields)
    return services.open_body(given, organisations=organisations, by=by, at=AT)


def seat(where, who, post=Post.MEMBER, **fields):
    """`who` is a Member, or the name of somebody else."""
    person = {"person_name": who} if isinstance(who, str) else {"member": who}
    return body_seats.seat(where, post=post, by=None, at=fields.pop("at", AT), **person, **fields)


def members(committee, count, **fields):
    """So many more members of the committee."""
    return [
        make.member(make.user(f"m{committee.pk}-{number}", f"委员{number}"), committee, **fields)
        for number in range(count)
    ]
