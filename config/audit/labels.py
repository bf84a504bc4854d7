"""What a verb is called on a page; each app registers its own when it is ready."""

_LABELS: dict[str, str] = {}


def register_labels(labels: dict[str, str]) -> None:
    _LABELS.update(labels)


def label(verb: str) -> str:
    """The Chinese name of `verb`; a verb that nobody registered shows as 操作."""
    return _LABELS.get(verb, "操作")
