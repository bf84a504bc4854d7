from django import forms

from config.filters import storable
from workstations.models import Room


class RoomForm(forms.ModelForm):
    class Meta:
        model = Room
        fields = ["name", "uses", "seats"]

    @property
    def changed_fields(self) -> list[str]:
        return [name for name in self.changed_data if name in self._meta.fields]


def _moment():
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class BookingForm(forms.Form):
    """From when to when, and what for; the purpose is read by everybody."""

    starts_at = forms.DateTimeField(label="开始", widget=_moment(), validators=[storable])
    ends_at = forms.DateTimeField(label="结束", widget=_moment(), validators=[storable])
    purpose = forms.CharField(label="用途", max_length=64, help_text="会公开，如：读书会；不写电话和群众姓名")
