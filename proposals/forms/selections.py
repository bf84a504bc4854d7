from django import forms
from django.utils import timezone

from proposals.models import Candidate, Plenary, Proposal, Selection
from proposals.services.selections import BY_MEETING, Judgement
from proposals.states import SelectionKind


class OpenForm(forms.Form):
    kind = forms.ChoiceField(label="遴选什么", choices=SelectionKind.choices, widget=forms.RadioSelect)
    plenary = forms.ModelChoiceField(Plenary.objects.none(), label="哪次会议的提案")

    def __init__(self, *args, committee, **kwargs):
        super().__init__(*args, **kwargs)
        plenaries = Plenary.objects.filter(committee=committee)
        self.fields["plenary"].queryset = plenaries
        self.initial.setdefault("plenary", plenaries.first())


class NominateForm(forms.Form):
    """Named by the number of the plenary."""

    number = forms.IntegerField(label="提案编号", min_value=1, max_value=99999, help_text="本次会议的编号，如 12。")
    why = forms.CharField(label="推荐理由", max_length=200)

    def proposal(self, selection: Selection) -> Proposal | None:
        number = self.cleaned_data["number"]
        return Proposal.objects.filter(plenary=selection.plenary_id, number=number).select_related("plenary").first()


class StepForm(forms.Form):
    """The step under way: when, by whom, and of every candidate whether it goes on, in fields `<name>-<pk>`."""

    needed_to_submit = ("meeting",)

    on = forms.DateField(label="日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    meeting = forms.CharField(
        label="会议或机构", required=False, max_length=64, help_text="如：十届县政协第 28 次主席会议"
    )
    words = forms.CharField(label="说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, selection: Selection, candidates: list[Candidate], today=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.candidates = candidates
        self.names_leaders = selection.kind == SelectionKind.KEY and selection.stage == selection.stages[-1]
        self.initial.setdefault("on", today or timezone.localdate())
        self.fields["meeting"].required = selection.stage in BY_MEETING
        for row in candidates:
            self.fields[f"kept-{row.pk}"] = forms.BooleanField(label="留下", required=False, initial=True)
            self.fields[f"words-{row.pk}"] = forms.CharField(label="意见", required=False, max_length=200)
            if self.names_leaders:
                self.fields[f"led_by-{row.pk}"] = forms.CharField(label="领办领导", required=False, max_length=64)
                self.fields[f"supervised_by-{row.pk}"] = forms.CharField(
                    label="督办领导", required=False, max_length=64
                )
        self.needed_to_submit = [name for name in self.fields if name not in ("words", "kept")]

    def head(self):
        return [self["on"], self["meeting"], self["words"]]

    def lines(self):
        """Candidate by candidate, with its fields."""
        names = ["kept", "words", *(["led_by", "supervised_by"] if self.names_leaders else [])]
        return [(row, [self[f"{name}-{row.pk}"] for name in names]) for row in self.candidates]

    def judgements(self) -> dict[int, Judgement]:
        given = self.cleaned_data
        return {
            row.pk: Judgement(
                kept=given[f"kept-{row.pk}"], words=given[f"words-{row.pk}"],
                led_by=given.get(f"led_by-{row.pk}", ""), supervised_by=given.get(f"supervised_by-{row.pk}", ""),
            )
            for row in self.candidates
        }  # fmt: skip
