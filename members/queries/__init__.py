"""Reads over several nouns."""

from members.queries.grants import holders, holders_by

__all__ = ["holders", "holders_by"]
