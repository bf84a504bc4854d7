"""Fields that more than one app uses; the forms stand beside, topic by topic."""

from members.forms.fields import RegionField

__all__ = ["RegionField"]
