"""联系制度 rows for tests."""

from members.models import Circle, ContactLink, ContactScheme
from tests.factories import members as make


def scheme(committee, name="常委联系委员", **fields):
    given = {"contacts": Circle.STANDING, "targets": Circle.MEMBERS, "visits_a_year": 2, **fields}
    return ContactScheme.objects.create(committee=committee, name=name, **given)


def link(scheme, contact, target=None, **fields):
    """`target` is a Member; an organisation or people go by keyword."""
    ends = {} if fields.keys() & {"to_organisation", "to_people"} else {"to_member": target}
    return ContactLink.objects.create(scheme=scheme, contact=contact, **{"since": make.SINCE, **ends, **fields})


def members(committee, count, prefix="m", **fields):
    return [
        make.member(make.user(f"{prefix}{number}", f"{prefix}委员{number}"), committee, **fields)
        for number in range(count)
    ]
