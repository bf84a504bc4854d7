"""Emptying the database after a test that committed: the guard of the audit trail steps aside for it."""

from importlib import import_module

from django.db import connection
from django.test import TransactionTestCase

guard = import_module("config.audit.migrations.0002_append_only")


def lift_guard_while_flushing():
    """Wrap the flush of every test with real transactions; called once, by conftest."""
    flush = TransactionTestCase._fixture_teardown

    def flush_with_guard_lifted(self):
        with connection.schema_editor() as editor:
            guard.unprotect(None, editor)
        try:
            flush(self)
        finally:
            with connection.schema_editor() as editor:
                guard.protect(None, editor)

    TransactionTestCase._fixture_teardown = flush_with_guard_lifted
