"""Filters that more than one app uses; the filter sets stand beside, topic by topic."""

from members.filters.shared import OfCommittee, Within

__all__ = ["OfCommittee", "Within"]
