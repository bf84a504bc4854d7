"""Duty records and score lines can only grow: the database itself refuses to change or remove one.

SQLite rebuilds a table when a later migration alters it, and its triggers go with the old one: such a migration has
to protect the table again.
"""

from importlib import import_module

from django.db import migrations

trail = import_module("config.audit.migrations.0002_append_only")
TABLES = ("members_dutyrecord", "members_scoreline")


def protect(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(trail.POSTGRESQL, params=None)
        for table in TABLES:
            schema_editor.execute(trail.POSTGRESQL_TABLE.format(table=table))
    else:
        for table in TABLES:
            for deed in ("UPDATE", "DELETE"):
                schema_editor.execute(trail.SQLITE.format(table=table, deed=deed))


def unprotect(apps, schema_editor):
    for table in TABLES:
        if schema_editor.connection.vendor == "postgresql":
            for part in ("rows", "whole"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{part} ON {table}")
        else:
            for deed in ("UPDATE", "DELETE"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{deed}")


class Migration(migrations.Migration):
    dependencies = [("members", "0002_duty"), ("audit", "0002_append_only")]

    operations = [migrations.RunPython(protect, unprotect)]
