from django.apps import AppConfig
from django.db.backends.signals import connection_created

from config.search import words


class SearchConfig(AppConfig):
    name = "config.search"
    label = "search"
    verbose_name = "搜索"

    def ready(self):
        connection_created.connect(teach_sqlite)


def teach_sqlite(connection, **kwargs):
    """Give SQLite's triggers the function that cuts an entry into tokens."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(
            "search_tokens", 3, lambda *entry: " ".join(words.tokens(*entry)), deterministic=True
        )
