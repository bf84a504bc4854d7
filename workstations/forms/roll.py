"""点名: one row of fields for each seat, read back into the lines of the service."""

from django import forms
from django.utils.functional import cached_property

from workstations.models import Seat
from workstations.services.seats import ON_THE_ROLL, Line
from workstations.states import SeatState


class SeatForm(forms.Form):
    """A member's line; `seen` is the state that the page showed, so that a check-in meanwhile is not overwritten."""

    seen = forms.ChoiceField(choices=SeatState.choices, widget=forms.HiddenInput)
    state = forms.ChoiceField(label="考勤", choices=SeatState.choices)
    half_days = forms.DecimalField(label="半天数", min_value=0, max_value=60, decimal_places=1, required=False)
    speech = forms.CharField(label="发言题目", max_length=100, required=False)

    def __init__(self, *args, seat: Seat, **kwargs):
        initial = {"seen": seat.state, "state": seat.state, "half_days": seat.half_days, "speech": seat.speech}
        super().__init__(*args, initial=initial, prefix=f"seat-{seat.pk}", **kwargs)
        self.seat = seat
        seen = self["seen"].value() or seat.state
        offered = [state for state in ON_THE_ROLL if state != seen]
        keep = [(seen, SeatState(seen).label)] if seen in SeatState.values else []
        self.fields["state"].choices = [*keep, *((state.value, state.label) for state in offered)]
        for name in ("state", "half_days", "speech"):
            self.fields[name].widget.attrs["aria-label"] = f"{seat.member}的{self.fields[name].label}"
        self.fields["half_days"].widget.attrs |= {"placeholder": "半天数", "inputmode": "decimal"}
        self.fields["speech"].widget.attrs |= {"placeholder": "发言题目", "data-uncounted": True}

    def line(self) -> Line:
        said = self.cleaned_data
        return Line(self.seat.pk, said["seen"], said["state"], said["half_days"], said["speech"])


class Roll:
    """All seats of an activity as forms; seats that joined after the page was opened are not in `data`."""

    def __init__(self, seats, data=None):
        self.forms = [SeatForm(data if data and f"seat-{seat.pk}-seen" in data else None, seat=seat) for seat in seats]

    @cached_property
    def sent(self):
        return [form for form in self.forms if form.is_bound]

    def is_valid(self) -> bool:
        return all([form.is_valid() for form in self.sent])

    def lines(self) -> list[Line]:
        return [form.line() for form in self.sent]
