from django import forms

from members.facts import DETAILS, Fact, Mark, Share


class FactFilterForm(forms.ModelForm):
    """Fields of a FactFilter row: which facts count, chosen in words; the lists are stored as they are chosen."""

    facts = forms.MultipleChoiceField(label="记什么", choices=Fact.choices, widget=forms.CheckboxSelectMultiple)
    details = forms.MultipleChoiceField(
        label="只计哪些类别", choices=DETAILS.items, required=False, widget=forms.CheckboxSelectMultiple
    )
    marks = forms.MultipleChoiceField(
        label="只计哪些考勤", choices=Mark.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="不选时，凡到会（含迟到）的都计",
    )  # fmt: skip
    shares = forms.MultipleChoiceField(
        label="只计哪些份额", choices=Share.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
