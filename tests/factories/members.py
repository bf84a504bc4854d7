"""Rows of the members app for tests; every function gives a valid row, keyword arguments override."""

import datetime

from members.models import (
    Body,
    BodyKind,
    Committee,
    Member,
    Organisation,
    OrganisationKind,
    Region,
    RegionLevel,
    RoleGrant,
    User,
)
from members.roles import ROLES, Scope

PASSWORD = "shangliang-2026"
SINCE = datetime.date(2020, 1, 1)


def region(code, name="某地", level=RegionLevel.COUNTY, parent=None):
    return Region.objects.get_or_create(code=code, defaults={"name": name, "level": level, "parent": parent})[0]


def county(prefix="431024", name="嘉禾县"):
    """A county with its province and city above, two towns below and one village in each."""
    province = region(f"{prefix[:2]}0000000000", "湖南省", RegionLevel.PROVINCE)
    city = region(f"{prefix[:4]}00000000", "郴州市", RegionLevel.CITY, province)
    place = region(f"{prefix}000000", name, RegionLevel.COUNTY, city)
    for number, (town, village) in enumerate([("珠泉镇", "金田居委会"), ("塘村镇", "英花村")], start=100):
        above = region(f"{prefix}{number}000", town, RegionLevel.TOWN, place)
        region(f"{prefix}{number}001", village, RegionLevel.VILLAGE, above)
    return place


def committee(place=None, **fields):
    place = place or county()
    short = f"{place.name}政协"
    given = {"name": f"政协{place.name}委员会", "short_name": short, "slug": f"c{place.prefix}", "brand": "有事好商量"}
    return Committee.objects.create(region=place, term=11, **{**given, **fields})


def organisation(committee, name="县住建局", kind=OrganisationKind.HANDLING_UNIT, **fields):
    return Organisation.objects.create(committee=committee, name=name, kind=kind, **fields)


def user(username, name=None, **fields):
    """A person who can sign in with PASSWORD (hashed cheaply: see conftest)."""
    return User.objects.create_user(
        username, PASSWORD, name=name or username, **{"must_change_password": False, **fields}
    )


def sector(committee, name="经济界"):
    return Body.objects.get_or_create(committee=committee, kind=BodyKind.SECTOR, name=name)[0]


def member(user, committee, **fields):
    given = {"sector": None, "term": committee.term, "since": SINCE, **fields}
    given["sector"] = given["sector"] or sector(committee)
    return Member.objects.create(user=user, committee=committee, **given)


def grant(user, role, where, **fields):
    """`where` is a Committee or an Organisation, as the role's scope asks."""
    by_organisation = ROLES[role].scope == Scope.ORGANISATION
    return RoleGrant.objects.create(
        user=user,
        role=role,
        committee=where.committee if by_organisation else where,
        organisation=where if by_organisation else None,
        **{"since": SINCE, **fields},
    )
