from django import forms

from members.models import Region


class RegionField(forms.ModelChoiceField):
    """A division at or below `root`, the part around `first` (one's own town) offered before the others."""

    def __init__(self, *, root, first=None, **options):
        super().__init__(Region.objects.within(root).in_force(), empty_label="请选择", **options)
