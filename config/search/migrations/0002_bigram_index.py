"""The index over the bigrams: GIN on PostgreSQL, FTS5 kept by triggers on SQLite."""

from django.db import migrations

POSTGRESQL = [
    # A short pending list: every search reads it from end to end.
    "CREATE INDEX search_bigrams ON search_searchentry USING gin (bigrams) WITH (gin_pending_list_limit = 256)",
]

# A migration that rebuilds search_searchentry on SQLite loses the triggers and must create them again.
SQLITE = [
    """CREATE VIRTUAL TABLE search_bigrams USING fts5(tokens, content='', detail=none, columnsize=0, tokenize='ascii')""",
    """CREATE TRIGGER search_entry_added AFTER INSERT ON search_searchentry BEGIN
         INSERT INTO search_bigrams(rowid, tokens) VALUES (new.id, search_tokens(new.kind, new.scope, new.text));
       END""",
    """CREATE TRIGGER search_entry_removed AFTER DELETE ON search_searchentry BEGIN
         INSERT INTO search_bigrams(search_bigrams, rowid, tokens)
         VALUES ('delete', old.id, search_tokens(old.kind, old.scope, old.text));
       END""",
    """CREATE TRIGGER search_entry_changed AFTER UPDATE OF scope, text ON search_searchentry BEGIN
         INSERT INTO search_bigrams(search_bigrams, rowid, tokens)
         VALUES ('delete', old.id, search_tokens(old.kind, old.scope, old.text));
         INSERT INTO search_bigrams(rowid, tokens) VALUES (new.id, search_tokens(new.kind, new.scope, new.text));
       END""",
]


def create(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX search_bigrams")
        return
    for trigger in ("added", "removed", "changed"):
        schema_editor.execute(f"DROP TRIGGER search_entry_{trigger}")
    schema_editor.execute("DROP TABLE search_bigrams")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
