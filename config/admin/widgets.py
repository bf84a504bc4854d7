"""Fields of the admin's forms that must survive what a form may send."""

from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError


class SearchedSelect(AutocompleteSelect):
    """The search box of a foreign key; shown again after an error, it forgets a value that can be nobody's key."""

    def optgroups(self, name, value, attrs=None):
        return super().optgroups(name, [key for key in value if not key or self._is_key(key)], attrs)

    def _is_key(self, key):
        try:
            self.field.target_field.clean(key, None)
        except ValidationError:
            return False
        return True
