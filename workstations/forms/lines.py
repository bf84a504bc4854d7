"""Lines of a form: several small forms below each other, of which the empty ones are left out."""


class LineMixin:
    """One of several lines, for a ModelForm; what has nothing in its field `key` is left out (`empty`)."""

    key = "name"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[self.key].required = False
        self.empty = self.is_bound and not self.data.get(self.add_prefix(self.key), "").strip()

    def full_clean(self):
        """A line that is left out asks nothing, so nothing of it can be wrong."""
        super().full_clean()
        if self.is_bound and self.empty:
            self._errors.clear()
