"""Keeping rows: what is missing or doubled is refused in words, at the field that it concerns."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model

from config.refusals import Incomplete, WrongState

DOUBLED = "同样的内容刚刚已经登记，请刷新后再看。"


@contextmanager
def in_words() -> Iterator[None]:
    """What the validation of a row finds inside becomes Incomplete, with the fields named."""
    try:
        yield
    except ValidationError as problem:
        raise Incomplete("".join(problem.messages), {name: "".join(words) for name, words in problem}) from problem


@contextmanager
def once(doubled: str = DOUBLED) -> Iterator[None]:
    """Where the database refuses what is written inside, somebody was faster: WrongState in the words `doubled`."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as problem:
        raise WrongState(doubled) from problem


def save(row: Model, *, doubled: str = DOUBLED, **options) -> None:
    """Validate and save, `options` as for Model.save; refused as above."""
    with in_words():
        row.full_clean()
    with once(doubled):
        row.save(**options)
