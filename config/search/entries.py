from django.db import models

from config.search import words


class BigramsField(models.Field):
    """The tokens of an entry: a tsvector on PostgreSQL; nothing on SQLite, where triggers feed an FTS5 table."""

    def db_type(self, connection):
        return "tsvector" if connection.vendor == "postgresql" else "text"

    def get_placeholder(self, value, compiler, connection):
        return "array_to_tsvector(%s)" if connection.vendor == "postgresql" else "%s"

    def get_db_prep_value(self, value, connection, prepared=False):
        return value if connection.vendor == "postgresql" else None


class SearchEntry(models.Model):
    """搜索条目: the normalised words of one row of any searchable kind; written by config.search.index alone."""

    kind = models.CharField("类别", max_length=64)
    object_id = models.CharField("对象", max_length=40)
    scope = models.BigIntegerField("范围", null=True)
    text = models.TextField("文字")
    bigrams = BigramsField(null=True, editable=False)

    class Meta:
        app_label = "search"
        verbose_name = verbose_name_plural = "搜索条目"
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="search_entry_once")]
        indexes = [models.Index(fields=["kind", "scope", "object_id"], name="search_scope")]

    def __str__(self):
        return f"{self.kind} {self.object_id}"

    @classmethod
    def of(cls, row):
        kind, scope, text = row._meta.label_lower, row.search_scope, words.document(row.search_document())
        return cls(kind=kind, object_id=str(row.pk), scope=scope, text=text, bigrams=words.tokens(kind, scope, text))
