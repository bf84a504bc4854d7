"""What is read and what is written: shapes that know their columns, and shapes that take nothing else."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, partial

from rest_framework import serializers


class Row(serializers.ModelSerializer):
    """A shape of answers read straight by `.values()`: no instance and no field call for a row.

    A field's `source` is its column. The fields in `added` have none: `complete` fills them, in all rows at once.
    """

    added: tuple[str, ...] = ()

    @classmethod
    @cache
    def columns(cls) -> dict[str, str]:
        """Name of the field → path of the column."""
        return {name: _path(field) for name, field in cls().fields.items() if name not in cls.added}

    @classmethod
    def read(cls, records: Iterable[Mapping], user) -> list[dict]:
        """The rows to answer with, from what `.values()` gave."""
        columns = cls.columns().items()
        rows = [{name: record[path] for name, path in columns} for record in records]
        cls.complete(rows, user)
        return rows

    @classmethod
    def complete(cls, rows: list[dict], user) -> None:
        """Fill the `added` fields of `rows`, with a number of queries that does not grow."""


def _path(field):
    path = field.source.replace(".", "__")
    return f"{path}__{field.slug_field}" if isinstance(field, serializers.SlugRelatedField) else path


Of = partial(serializers.SlugRelatedField, read_only=True)
"""What stands for a related row: `Of("name")`."""


def grouped(records: Iterable[dict], *, by: str) -> dict[int, list[dict]]:
    """Records of `.values()` in lists under their column `by`, which they lose."""
    lists = defaultdict(list)
    for record in records:
        lists[record.pop(by)].append(record)
    return lists


class Strict:
    """Takes the fields that are declared and refuses every other: a typo is told, a forged key is not overlooked."""

    def to_internal_value(self, data):
        unknown = set(data) - set(self.fields) if isinstance(data, Mapping) else ()
        if unknown:
            raise serializers.ValidationError({name: ["没有这一项。"] for name in sorted(unknown)})
        return super().to_internal_value(data)


def given(shape: type[serializers.BaseSerializer], request) -> dict:
    """What the request's body says, in that shape; ValidationError where it does not."""
    asked = shape(data=request.data, context={"request": request})
    asked.is_valid(raise_exception=True)
    return asked.validated_data
