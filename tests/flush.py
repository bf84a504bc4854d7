"""Emptying the database after a test that committed: the guards of trail and ledger step aside for it."""

from importlib import import_module

from django.db import connection
from django.test import TransactionTestCase

trail = import_module("config.audit.migrations.0002_append_only")
ledger = import_module("members.migrations.0003_protect_ledger")


def lift_guard_while_flushing():
    """Wrap the flush of every test with real transactions; called once, by conftest."""
    flush = TransactionTestCase._fixture_teardown

    def flush_with_guards_lifted(self):
        with connection.schema_editor() as editor:
            ledger.unprotect(None, editor)
            trail.unprotect(None, editor)
        try:
            flush(self)
        finally:
            with connection.schema_editor() as editor:
                trail.protect(None, editor)
                ledger.protect(None, editor)

    TransactionTestCase._fixture_teardown = flush_with_guards_lifted
