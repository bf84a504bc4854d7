"""How many statements each page costs each role stands in sql_counts.csv; a page that costs one more says so here.

After a deliberate change write the table anew and read the difference:
`SQL_COUNTS_WRITE=1 python3 manage.py test tests/test_sql_counts.py`.
"""

import csv
import os
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.test_front_door import addresses, table
from tests.world import WORLD_ROLES, sample

TABLE = Path(__file__).with_name("sql_counts.csv")
MOST = 14  # for lists and homes; a whole case with its forms and papers may cost more, and is named here
HEAVIER = {
    "activity-figures": 20,  # a year in eight tables
    "api-proposals-detail": 16,
    "assignment-detail": 20,  # everything of a case on one page
    "body-checks": 15,
    "body-review": 15,
    "committee-home": 16,
    "consultation-detail": 15,
    "consultation-from-micro": 15,
    "grid-ledgers": 15,
    "handing-meeting": 15,
    "handing-proposal": 17,
    "home": 18,
    "member-profile": 16,  # with the questions put to the public
    "micro-detail": 22,  # with everything that may be made of it
    "my-grid": 17,
    "office-inspections": 17,
    "people-import-check": 18,  # reads the file against everything it may meet
    "proposal-assign": 19,
    "proposal-detail": 20,  # a whole case: signers, reviews, units, replies, ratings
    "rights": 17,  # four rights in numbers of every app
    "score-ledger": 15,
    "score-ranks": 15,
    "score-scheme-preview": 16,
    "standard-standing": 17,
    "station-detail": 24,  # what eight topics say of one place
    "station-year": 18,
    "unit-change": 16,
    "word": 24,  # with everything that may be made of it
}


def counted(world, role, names):
    """Statements of the second GET of each address, so that what a process learns once is not counted."""
    client = Client()
    if world.people[role] is not None:
        client.force_login(world.people[role], backend="members.auth.NameOrPhoneBackend")
    found = {}
    for name in names:
        address = sample(world, name)
        _read(client.get(address))
        with CaptureQueriesContext(connection) as captured:
            _read(client.get(address))
        found[name] = len(captured)
    return found


def _read(answer):
    """To its end, which closes the file behind it."""
    if answer.streaming:
        b"".join(answer)


def agreed():
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row.pop("address"): row for row in csv.DictReader(file)}


@pytest.mark.django_db
def test_every_page_costs_as_many_statements_as_agreed(world):
    shown = {name: [role for role in WORLD_ROLES if row[role].startswith("200")] for name, row in table().items()}
    shown = {name: roles for name, roles in shown.items() if roles and name in addresses()}
    found = {name: dict.fromkeys(WORLD_ROLES, "") for name in shown}
    for role in WORLD_ROLES:
        for name, count in counted(world, role, [name for name in shown if role in shown[name]]).items():
            found[name][role] = str(count)
    if os.environ.get("SQL_COUNTS_WRITE"):
        with TABLE.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["address", *WORLD_ROLES])
            writer.writerows([name, *row.values()] for name, row in found.items())
    assert found == agreed()


def test_no_page_costs_more_than_its_limit():
    dear = [
        f"{name} {role}: {count}"
        for name, row in agreed().items()
        for role, count in row.items()
        if count and int(count) > HEAVIER.get(name, MOST)
    ]
    assert dear == []
