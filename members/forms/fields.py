from django import forms
from django.db.models import Q
from django.forms.models import ModelChoiceIterator

from members.models import Region


class FoldedChoices(forms.CheckboxSelectMultiple):
    """Tick boxes of a long list, folded behind how many there are and how many are ticked."""

    template_name = "django/forms/widgets/folded_choices.html"


class _Divisions(ModelChoiceIterator):
    """The two levels below the root: one group for each division, the one around `first` before the others."""

    def __iter__(self):
        root, first = self.field.root, self.field.first
        if self.field.empty_label is not None:  # required and already chosen: nothing else to offer
            yield "", self.field.empty_label
        heads, below = [], {}
        for region in self.queryset.filter(Q(parent=root) | Q(parent__parent=root)).order_by("code"):
            if region.parent_id == root.pk:
                heads.append(region)
            else:
                below.setdefault(region.parent_id, []).append((region.pk, region.name))
        if first is not None:
            heads.sort(key=lambda head: not head.contains(first.code))
        for head in heads:
            yield head.name, [(head.pk, f"{head.name}全域"), *below.get(head.pk, [])]
        yield root.pk, f"{root.name}全域"


class RegionField(forms.ModelChoiceField):
    """A division at or below `root`, the part around `first` (one's own town) offered before the others.

    Offers two levels (a county's towns and villages, a city's counties and towns) and accepts any level below.
    """

    iterator = _Divisions

    def __init__(self, *, root: Region, first: Region | None = None, **options):
        self.root, self.first = root, first
        super().__init__(Region.objects.within(root).in_force(), empty_label="请选择", **options)
