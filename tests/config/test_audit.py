"""The audit trail: what a line holds, who reads it, that nobody changes it, and that it shows if somebody did."""

import datetime
import threading
from decimal import Decimal
from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from config.audit import log, sealing, tasks
from config.audit.models import AuditEntry, AuditSeal
from members.models import User
from members.roles import Role
from tests.factories import members as make
from tests.flush import trail

NOW = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.UTC)
LATER = datetime.timedelta(minutes=3)


def write(target, count=1):
    return [log.record("matter.open", target, by=None, at=NOW, scope=1, number=n) for n in range(count)]


@pytest.fixture
def unguarded(db):
    """Somebody with the rights of the database's owner, whom no trigger stops."""
    with connection.cursor() as cursor:
        editor = type("Editor", (), {"connection": connection, "execute": staticmethod(cursor.execute)})
        trail.unprotect(None, editor)


def findings():
    return [(finding.where, finding.what) for finding in log.verify()]


# --- a line ----------------------------------------------------------------------------------------------------------


def test_a_line_holds_copies_of_text(cast):
    entry = log.record(
        "matter.open", cast.wang_member, by=cast.li, at=NOW, scope=cast.committee.pk, before="", after="开"
    )
    entry.refresh_from_db()
    assert (entry.actor_id, entry.actor) == (cast.li.pk, "李主任")
    assert (entry.target_type, entry.target_id) == ("members.member", str(cast.wang_member.pk))
    assert entry.target_text == str(cast.wang_member)
    assert (entry.at, entry.scope, entry.data) == (NOW, cast.committee.pk, {"before": "", "after": "开"})


@pytest.mark.parametrize(("by", "actor"), [(None, "系统"), (AnonymousUser(), "访客")])
def test_the_system_and_visitors_have_a_name(db, by, actor):
    entry = log.record("matter.open", None, by=by, at=NOW, scope=None)
    assert (entry.actor_id, entry.actor, entry.target_type) == (None, actor, "")


def test_whatever_was_recorded_comes_back_with_the_same_digest(db):
    data = {
        "day": datetime.date(2026, 3, 2),
        "moment": datetime.datetime(2026, 3, 2, 17, tzinfo=timezone.get_default_timezone()),
        "ratio": 1e2,
        "money": Decimal("1.50"),
        "role": Role.AUDITOR,
        "ids": {3, 1, 2},
        "nested": [{"a": None, 1: True}, (UUID(int=7),)],
        "hostile": "a\0b\ud800<b>&",
        "label": User._meta.get_field("name").verbose_name,
    }
    log.record("matter.open", None, by=None, at=NOW, scope=None, **data)
    assert AuditEntry.objects.get().data == {
        "day": "2026-03-02",
        "moment": "2026-03-02T09:00:00+00:00",
        "ratio": "100.0",
        "money": "1.50",
        "role": "auditor",
        "ids": [1, 2, 3],
        "nested": [{"a": None, "1": True}, ["00000000-0000-0000-0000-000000000007"]],
        "hostile": "ab?<b>&",
        "label": "姓名",
    }
    assert findings() == []


def test_many_lines_take_one_statement(db, django_assert_num_queries):
    user = make.user("many")
    lines = [log.Line("matter.open", user, None, NOW, None, {"n": n}) for n in range(40)]
    with django_assert_num_queries(1):
        written = log.record_many(lines)
    assert [entry.data["n"] for entry in written] == list(range(40))


def test_no_line_no_deed(db):
    @transaction.atomic
    def deed():
        make.user("deed")
        log.record("matter.open", None, by=None, at=None, scope=None)

    with pytest.raises(IntegrityError):
        deed()
    assert not User.objects.filter(username="deed").exists()


def test_history_is_of_one_target_newest_first(cast):
    first, second = write(cast.wang, 2)
    write(cast.li)
    write(AuditSeal(pk=cast.wang.pk))  # the same number, another kind
    assert list(log.history(cast.wang)) == [second, first]


def test_a_verb_has_a_label():
    log.register_labels({"test.verb": "试一试"})
    assert (log.label("test.verb"), log.label("test.unknown")) == ("试一试", "操作")
    assert str(AuditEntry(actor="李主任", verb="test.verb", target_text="某事")) == "李主任 试一试 某事"


def test_only_auditors_read_the_trail_of_their_committee(cast):
    auditor = make.user("auditor")
    make.grant(auditor, Role.AUDITOR, cast.committee)
    here = log.record("matter.open", cast.wang, by=None, at=NOW, scope=cast.committee.pk)
    there = log.record("matter.open", cast.qian, by=None, at=NOW, scope=cast.other_committee.pk)
    nowhere = log.record("matter.open", None, by=None, at=NOW, scope=None)
    root = User(is_superuser=True)
    assert list(AuditEntry.objects.visible_to(auditor)) == [here]
    assert list(AuditEntry.objects.visible_to(root)) == [nowhere, there, here]
    for user in (cast.wang, cast.li, cast.zhang, cast.zhao, AnonymousUser()):
        assert list(AuditEntry.objects.visible_to(user)) == []


# --- nobody changes it -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda: AuditEntry.objects.update(actor="别人"),
        lambda: AuditEntry.objects.all().delete(),
        lambda: AuditSeal.objects.update(count=0),
        lambda: AuditSeal.objects.all().delete(),
    ],
)
def test_the_database_refuses_to_change_or_remove_a_line(db, change):
    write(make.user("target"))
    sealing.seal(timezone.now() + LATER)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change()
    assert findings() == []


@pytest.mark.postgresql
@pytest.mark.parametrize("table", ["audit_auditentry", "audit_auditseal"])
def test_the_database_refuses_to_empty_the_trail(db, table):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table}")


# --- it shows if somebody did ----------------------------------------------------------------------------------------


def test_seals_are_chained_and_cover_what_is_old_enough(db, monkeypatch):
    monkeypatch.setattr(sealing, "BATCH", 2)
    entries = write(make.user("target"), 5)
    assert sealing.seal(entries[0].recorded_at + datetime.timedelta(minutes=2)) == 0
    assert sealing.seal(timezone.now() + LATER) == 5
    assert sealing.seal(timezone.now() + LATER) == 0
    first, second, third = AuditSeal.objects.order_by("sequence")
    assert [(s.sequence, s.first_id, s.last_id, s.count) for s in (first, second, third)] == [
        (1, entries[0].pk, entries[1].pk, 2),
        (2, entries[2].pk, entries[3].pk, 2),
        (3, entries[4].pk, entries[4].pk, 1),
    ]
    assert (first.previous, second.previous, third.previous) == ("", first.digest, second.digest)
    assert findings() == []


def test_a_young_line_keeps_later_ones_unsealed(db):
    """Numbers are sealed without gaps, or a late one would look smuggled in."""
    old, young, old_again = (AuditEntry(at=NOW, recorded_at=at, digest="") for at in (NOW, NOW + LATER, NOW))
    AuditEntry.objects.bulk_create([old, young, old_again])
    assert sealing.seal(NOW + LATER) == 1


def change_a_byte(entries):
    AuditEntry.objects.filter(pk=entries[2].pk).update(target_text="别的事")
    return [(f"entry {entries[2].pk}", "changed after it was written")]


def change_and_sign_again(entries):
    forged = AuditEntry.objects.get(pk=entries[2].pk)
    forged.data = {"number": 99}
    AuditEntry.objects.filter(pk=forged.pk).update(data=forged.data, digest=sealing.digests.of_entry(forged))
    return [(f"entry {forged.pk}", "not what seal 1 covers")]


def swap_two(entries):
    one, two = AuditEntry.objects.filter(pk__in=[entries[0].pk, entries[3].pk]).order_by("pk")
    for entry, other in ((one, two), (two, one)):
        AuditEntry.objects.filter(pk=entry.pk).update(
            data=other.data, recorded_at=other.recorded_at, digest=other.digest
        )
    return [(f"entry {entry.pk}", "not what seal 1 covers") for entry in (one, two)]


def remove_one(entries):
    pk = entries[1].pk
    AuditEntry.objects.filter(pk=pk).delete()
    return [(f"entry {pk}", "removed after seal 1")]


def smuggle_one(entries):
    twin = AuditEntry(pk=entries[0].pk - 1, at=NOW, recorded_at=NOW, data={})
    twin.digest = sealing.digests.of_entry(twin)
    twin.save(force_insert=True)
    return [(f"entry {twin.pk}", "appeared below seal 1")]


def remove_a_seal(entries):
    write(None, 1)
    write(None, 1)
    sealing.seal(timezone.now() + LATER)
    write(None, 1)
    sealing.seal(timezone.now() + LATER)
    removed = AuditSeal.objects.get(sequence=2)
    removed.delete()
    return [
        ("seal 2", "removed"),
        ("seal 3", "changed after it was written"),
        (f"entry {removed.first_id}", "appeared below seal 3"),
        (f"entry {removed.last_id}", "appeared below seal 3"),
    ]


def forge_a_seal(entries):
    AuditSeal.objects.filter(sequence=1).update(contents=[[entry.pk, entry.digest] for entry in entries[1:]])
    return [("seal 1", "changed after it was written"), (f"entry {entries[0].pk}", "appeared below seal 1")]


@pytest.mark.parametrize(
    "attack",
    [change_a_byte, change_and_sign_again, swap_two, remove_one, smuggle_one, remove_a_seal, forge_a_seal],
)
def test_an_attack_is_named_to_the_row(unguarded, attack):
    entries = write(make.user("target"), 4)
    sealing.seal(timezone.now() + LATER)
    assert findings() == []
    expected = attack(entries)
    assert findings() == expected


def test_a_head_noted_elsewhere_betrays_a_trail_cut_short(unguarded, capsys):
    write(make.user("target"), 2)
    sealing.seal(timezone.now() + LATER)
    call_command("verify_audit", head=(noted := str(sealing.head())))
    assert capsys.readouterr().out == f"The audit trail is whole; head: {noted}\n"
    AuditSeal.objects.all().delete()
    AuditEntry.objects.all().delete()
    assert findings() == []
    with pytest.raises(CommandError, match="damaged in 1 places"):
        call_command("verify_audit", head=noted)
    assert capsys.readouterr().err == f"seal {noted}: noted earlier, and no longer in the trail\n"


def test_the_command_and_the_task_seal(db, capsys):
    call_command("seal_audit")
    assert capsys.readouterr().out == "0 entries sealed; head: none\n"
    AuditEntry.objects.bulk_create([AuditEntry(at=NOW, recorded_at=NOW)])
    call_command("seal_audit")
    assert capsys.readouterr().out == f"1 entries sealed; head: {sealing.head()}\n"
    AuditEntry.objects.bulk_create([AuditEntry(at=NOW, recorded_at=NOW)])
    tasks.seal()
    assert AuditSeal.objects.count() == 2


# --- many hands at once ----------------------------------------------------------------------------------------------


def in_threads(count, work):
    threads = [threading.Thread(target=work, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.postgresql
def test_writers_and_sealers_at_once_leave_a_whole_chain(transactional_db):
    def work(n):
        try:
            for _ in range(20):
                if n < 4:
                    with transaction.atomic():
                        write(None, 3)
                else:
                    sealing.seal(timezone.now() + LATER)
        finally:
            connection.close()

    in_threads(6, work)
    sealing.seal(timezone.now() + LATER)
    assert AuditEntry.objects.count() == 240
    assert sum(AuditSeal.objects.values_list("count", flat=True)) == 240
    assert findings() == []


@pytest.mark.postgresql
def test_nothing_is_sealed_over_a_transaction_that_still_writes(transactional_db):
    """Its lines have low numbers and are not visible yet; two minutes pass, and it is still not done."""
    written, go_on = threading.Event(), threading.Event()

    def slow(_):
        try:
            with transaction.atomic():
                write(None, 1)
                written.set()
                go_on.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow, args=(0,))
    thread.start()
    written.wait(10)
    write(None, 1)
    assert sealing.seal(timezone.now() + LATER) == 0
    go_on.set()
    thread.join()
    assert sealing.seal(timezone.now() + LATER) == 2
    assert findings() == []
