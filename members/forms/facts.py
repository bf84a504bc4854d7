from django import forms

from members.facts import DETAILS, Fact, Mark, Share, fitting


def _boxes(label, choices, **options):
    return forms.MultipleChoiceField(
        label=label, choices=choices, widget=forms.CheckboxSelectMultiple({"class": "boxes"}), **options
    )


class FactFilterForm(forms.ModelForm):
    """Fields of a FactFilter row: which facts count, chosen in words; the lists are stored as they are chosen.

    Offered are the details that the chosen facts can have; one that does not fit is told by name.
    """

    facts = _boxes("记什么", Fact.choices)
    details = _boxes("只计哪些类别", (), required=False, help_text="不选时，各类别都计")
    marks = _boxes("只计哪些考勤", Mark.choices, required=False, help_text="不选时，凡到会（含迟到）的都计")
    shares = _boxes("只计哪些份额", Share.choices, required=False, help_text="不选时，独立和合作的都计")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name = self.add_prefix("facts")
        chosen = self.data.getlist(name) if self.is_bound else self.get_initial_for_field(self.fields["facts"], "facts")
        self.kept = {code: DETAILS.get(code, code) for code in self.instance.details}
        offered = fitting(chosen) | self.kept
        if self.is_bound:  # what was ticked before another fact was chosen is named in the refusal
            ticked = self.data.getlist(self.add_prefix("details"))
            offered |= {code: DETAILS[code] for code in ticked if code in DETAILS}
        self.fields["details"].choices = list(offered.items())

    def clean_details(self):
        chosen, fits = self.cleaned_data["details"], fitting(self.cleaned_data.get("facts")) | self.kept
        wrong = [DETAILS[code] for code in chosen if code not in fits]
        if wrong:
            raise forms.ValidationError(f"所选事项没有这些类别：{'、'.join(wrong)}。请取消勾选。")
        return chosen
