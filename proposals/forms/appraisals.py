"""What is filled in for an appraisal: the year, its indicators, a score by hand."""

from django import forms

from proposals.models import Appraised, Measure
from proposals.presets_appraisal import OFFERED
from proposals.services.appraisals import FIRST_YEAR, MOST, MOST_LEAST, Line

SPARE = 2


class LeastForm(forms.Form):
    least = forms.IntegerField(
        label="参与排名最少件数", min_value=1, max_value=MOST_LEAST, initial=3,
        help_text="件数最多的一项指标也不到这么多的，单列，不排名，退回的不算；乡镇按站点或来信数",
    )  # fmt: skip


class AppraisalForm(LeastForm):
    field_order = ("year", "of", "least")

    year = forms.IntegerField(label="年度", min_value=FIRST_YEAR, max_value=2100)
    of = forms.ChoiceField(label="考核对象", choices=Appraised.choices, widget=forms.RadioSelect)


class IndicatorForm(forms.Form):
    """One line; without a name it is left out."""

    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label="名称", max_length=32, required=False)
    measure = forms.ChoiceField(label="测算", choices=Measure.choices, required=False)
    weight = forms.IntegerField(label="分值", min_value=1, max_value=100, required=False)

    def __init__(self, *args, of, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = [("", "不填"), *((one.value, one.label) for one in OFFERED[of])]

    def clean(self):
        data = super().clean()
        if data.get("name", "").strip():
            for name, words in (("measure", "请选择怎样测算。"), ("weight", "请填写分值。")):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, words)
        return data


class _Lines(forms.BaseFormSet):
    def lines(self) -> list[Line]:
        found = [form.cleaned_data for form in self.forms if form.cleaned_data.get("name", "").strip()]
        return [Line(row["name"], row["measure"], row["weight"], row["pk"]) for row in found]


IndicatorForms = forms.formset_factory(IndicatorForm, formset=_Lines, extra=SPARE, max_num=MOST, validate_max=True)


def indicator_forms(appraisal, data=None):
    rows = [
        {"pk": one.pk, "name": one.name, "measure": one.measure, "weight": one.weight}
        for one in appraisal.indicators.all()
    ]
    return IndicatorForms(data, initial=rows, prefix="lines", form_kwargs={"of": appraisal.of})


class ScoreForm(forms.Form):
    points = forms.DecimalField(label="得分", max_digits=5, decimal_places=2, min_value=0)
    words = forms.CharField(label="依据", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, most: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["points"].help_text = f"满分 {most} 分"
