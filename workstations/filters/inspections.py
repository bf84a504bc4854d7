import django_filters as filters

from config.filters import SearchFilter
from workstations.filters.stations import StationFilter
from workstations.models import Standard


class StandingFilter(StationFilter):
    """Stations as in any list, by the standard that they are looked at with (chosen in the view)."""

    q = SearchFilter()
    standard = filters.ModelChoiceFilter(
        label="标准", queryset=Standard.objects.none(), empty_label=None, method="as_chosen"
    )

    class Meta(StationFilter.Meta):
        fields = ["standard", "q", "kind", "place"]

    def __init__(self, *args, standards, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["standard"].queryset = standards

    def as_chosen(self, queryset, name, standard):
        return queryset

    @property
    def chosen(self):
        """The standard asked for; the first one where none or a strange one is asked for."""
        form = self.form
        picked = form.cleaned_data.get("standard") if form.is_bound and form.is_valid() else None
        return picked or self.filters["standard"].queryset.first()
