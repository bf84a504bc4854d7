"""Every address of the site by every role: what a GET and an empty POST answer stands in front_door.csv.

An address that is missing there fails. After a deliberate change write the table anew and read the difference:
`FRONT_DOOR_WRITE=1 python3 manage.py test tests/test_front_door.py`.
"""

import csv
import os
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver

from tests.world import WORLD_ROLES, sample

TABLE = Path(__file__).with_name("front_door.csv")
ADMIN_ONLY_BY_MATRIX = "admin:"  # tests/config/test_admin.py walks these by model


def addresses():
    """(name, parameter names) of every pattern that has a name, from the resolver itself; without one it fails."""
    found = {}

    def walk(patterns, namespace=""):
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                name = pattern.name or str(pattern.pattern)
                found[f"{namespace}{name}"] = sorted(pattern.pattern.regex.groupindex)
            else:
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                walk(pattern.url_patterns, inner)

    walk(get_resolver().url_patterns)
    return {name: found[name] for name in sorted(found) if not name.startswith(ADMIN_ONLY_BY_MATRIX)}


def table():
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row.pop("address"): row for row in csv.DictReader(file)}


def answers(world, name, role):
    """`GET/POST` status of one cell; what the POST did is taken back."""
    client = Client(raise_request_exception=True)
    if world.people[role] is not None:
        client.force_login(world.people[role], backend="members.auth.NameOrPhoneBackend")
    address = sample(world, name)
    body = {"data": {}, "content_type": "application/json"} if name.startswith("api-") else {}
    codes = []
    for deed in (lambda: client.get(address), lambda: client.post(address, **body)):
        with transaction.atomic():
            answer = deed()
            codes.append(str(answer.status_code))
            if answer.streaming:
                b"".join(answer)  # to its end, which closes the file behind it
            transaction.set_rollback(True)
    return "/".join(codes)


@pytest.mark.django_db
def test_every_address_answers_every_role_as_agreed(world):
    found = {name: {role: answers(world, name, role) for role in WORLD_ROLES} for name in addresses()}
    if os.environ.get("FRONT_DOOR_WRITE"):
        with TABLE.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["address", *WORLD_ROLES])
            writer.writerows([name, *row.values()] for name, row in found.items())
    agreed = table()
    assert sorted(set(found) - set(agreed)) == [], "addresses that the table does not know"
    assert sorted(set(agreed) - set(found)) == [], "addresses that are gone"
    wrong = [
        f"{name} {role}: {code}, agreed {agreed[name][role]}"
        for name, row in found.items()
        for role, code in row.items()
        if code != agreed[name][role]
    ]
    assert wrong == []


def test_no_cell_of_the_table_is_a_failure():
    bad = [f"{name} {role}: {cell}" for name, row in table().items() for role, cell in row.items() if "500" in cell]
    assert bad == []


def test_another_county_is_let_into_nothing_that_is_the_first_ones():
    """Strangers get what a visitor of the same page gets, or 404, or a desk of their own without an object in it."""
    with_object = {name for name, converters in addresses().items() if {"pk", "key"} & set(converters)}
    # Reference data, public content whose page asks everybody to sign in, and what committees share with each other.
    own = {"notice", "api-categories-detail", "outcome-detail", "session-detail", "practice"}
    let_in = [
        f"{name} {role}: {row[role]}"
        for name, row in table().items()
        for role in ("stranger_staff", "stranger_member")
        if name in with_object - own and row[role].split("/")[0] == "200" and row["visitor"].split("/")[0] != "200"
    ]
    assert let_in == []


def test_addresses_without_a_name_do_not_exist():
    assert [name for name in addresses() if " " in name or "<" in name or "^" in name] == []


def test_reverse_finds_each_sample(db, world):
    assert all(sample(world, name).startswith("/") for name in addresses())
