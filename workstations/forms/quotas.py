from django import forms

from members.forms.facts import FactFilterForm
from workstations.forms.lines import LineMixin
from workstations.models import Quota, QuotaLine

MOST_LINES, SPARE = 12, 2


class QuotaForm(forms.ModelForm):
    class Meta:
        model = Quota
        fields = ["name", "subject", "body_kind", "station_kind", "is_active"]
        help_texts = {
            "name": "如：六个一、四个一",
            "body_kind": "按机构定额时选择；不选就是全部机构",
            "station_kind": "按站点定额时选择；不选就是全部开放的站点",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("body_kind", "station_kind"):
            self.fields[name].choices = [("", "不限"), *self.fields[name].choices[1:]]


class LineForm(LineMixin, FactFilterForm):
    """One line of a quota; without a name it is left out."""

    class Meta:
        model = QuotaLine
        fields = ["name", "at_least", "span", "facts", "details", "marks", "shares"]
        help_texts = {"name": "如：反映一条社情民意信息；清空名称就删去这一项"}


class Lines:
    """The lines of a quota as numbered forms: those there are, and some spare ones."""

    def __init__(self, data, lines: list[QuotaLine]):
        count = min(MOST_LINES, len(lines) + SPARE)
        if data is not None:
            given = data.get("lines", "")
            count = min(MOST_LINES, int(given)) if given.isascii() and given.isdigit() else count
        padded = [*lines, *[QuotaLine() for _ in range(count - len(lines))]][:count]
        self.forms = [LineForm(data, instance=line, prefix=f"line{n}") for n, line in enumerate(padded, start=1)]
        self.count = count

    def is_valid(self) -> bool:
        return all([form.is_valid() for form in self.forms])

    def lines(self) -> list[QuotaLine]:
        return [form.instance for form in self.forms if not form.empty]

    def __iter__(self):
        return iter(self.forms)
