"""The standard and its items in one form: lines are added, moved and taken away by buttons, also without scripts."""

from django import forms

from workstations.forms.lines import LineMixin
from workstations.models import Standard, StandardItem

MOST_ITEMS, SPARE = 20, 3


class StandardForm(forms.ModelForm):
    class Meta:
        model = Standard
        fields = ["name", "source", "station_kind", "is_active"]
        help_texts = {
            "name": "如：八有",
            "source": "这个标准是哪里来的，会公开",
            "station_kind": "不选就是所有站点",
            "is_active": "启用以后才能用它检查，也才公开",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kind = self.fields["station_kind"]
        kind.choices = [("", "所有站点"), *kind.choices[1:]]


class ItemForm(LineMixin, forms.ModelForm):
    """One item; without a name it is left out."""

    needed_to_submit = ("name",)

    class Meta:
        model = StandardItem
        fields = ["name", "help", "needs_photo"]
        help_texts = {"name": ""}


class Items:
    """The items as numbered forms. A button named `do` says `up-3`, `down-3`, `drop-3` or `add` and saves nothing."""

    def __init__(self, data, items: list[StandardItem]):
        self.moved = False
        if data is None:
            self._build(None, [*items, *(StandardItem() for _ in range(0 if items else SPARE))])
            return
        typed = self._typed(data)
        self.moved = self._move(typed, data.get("do", ""))
        if self.moved:
            self._build(None, [StandardItem(**line) for line in typed])
        else:
            self._build(data, [StandardItem() for _ in typed])

    def _build(self, data, items):
        self.forms = [ItemForm(data, instance=item, prefix=f"item{n}") for n, item in enumerate(items, start=1)]
        self.count = len(self.forms)

    @staticmethod
    def _typed(data) -> list[dict]:
        given = data.get("items", "")
        count = min(MOST_ITEMS, int(given)) if given.isascii() and given.isdigit() and len(given) < 4 else 0
        return [
            {
                "name": data.get(f"item{n}-name", ""),
                "help": data.get(f"item{n}-help", ""),
                "needs_photo": bool(data.get(f"item{n}-needs_photo")),
            }
            for n in range(1, count + 1)
        ]

    @staticmethod
    def _move(typed, asked) -> bool:
        verb, _, number = asked.partition("-")
        place = int(number) - 1 if number.isascii() and number.isdigit() and len(number) < 4 else -1
        if verb == "add" and len(typed) < MOST_ITEMS:
            typed.append({})
            return True
        if not 0 <= place < len(typed):
            return verb in {"add", "up", "down", "drop"}
        if verb == "drop":
            del typed[place]
        elif verb in {"up", "down"}:
            other = place + (1 if verb == "down" else -1)
            if 0 <= other < len(typed):
                typed[place], typed[other] = typed[other], typed[place]
        return verb in {"drop", "up", "down"}

    def is_valid(self) -> bool:
        return not self.moved and all([form.is_valid() for form in self.forms])

    def items(self) -> list[StandardItem]:
        return [form.instance for form in self.forms if not form.empty]

    def __iter__(self):
        return iter(self.forms)
