"""What is said on the spot about each item, and at the end."""

from django import forms

from config.uploads.forms import MultiplePhotosField
from config.uploads.models import Attachment
from workstations.models import Finding, Inspection, InspectionKind, Standard
from workstations.services.inspections import MOST_PHOTOS

ANSWERS = (("yes", "有"), ("no", "没有"))
SAID = {"yes": True, "no": False, "": None}


class BeginForm(forms.Form):
    standard = forms.ModelChoiceField(label="按哪个标准", queryset=Standard.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label="方式", choices=InspectionKind.choices, widget=forms.RadioSelect)

    def __init__(self, *args, standards, kinds, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["standard"].queryset = standards
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]
        self.initial.setdefault("kind", kinds[0].value)
        if len(kinds) == 1:
            self.fields["kind"].widget = forms.HiddenInput()


class FindingForm(forms.Form):
    """One card: 有 or 没有, a note, photos."""

    passed = forms.ChoiceField(label="有没有", choices=ANSWERS, required=False, widget=forms.RadioSelect)
    words = forms.CharField(
        label="说明", required=False, max_length=200, widget=forms.TextInput(attrs={"data-uncounted": ""})
    )
    photos = MultiplePhotosField(label="拍照或选照片", required=False, limit=MOST_PHOTOS, help_text="")
    removed = forms.ModelMultipleChoiceField(
        label="删去的照片", queryset=Attachment.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data=None, files=None, *, finding: Finding, photos: list[Attachment]):
        known = {True: "yes", False: "no", None: ""}
        initial = {"passed": known[finding.passed], "words": finding.words}
        super().__init__(data, files, prefix=f"f{finding.pk}", initial=initial)
        self.finding, self.kept = finding, photos
        self.fields["removed"].queryset = Attachment.objects.filter(pk__in=[photo.pk for photo in photos])

    def said(self) -> dict:
        """What the service is told."""
        data = self.cleaned_data
        return {
            "passed": SAID[data["passed"]],
            "words": data["words"],
            "photos": data["photos"],
            "removed": list(data["removed"]),
        }

    @property
    def is_changed(self) -> bool:
        return self.has_changed()


class FinishForm(forms.ModelForm):
    """At the end of an inspection of the office."""

    stars = forms.TypedChoiceField(
        label="星级",
        choices=[("", "不评星"), *((number, "★" * number) for number in range(1, 6))],
        coerce=int,
        empty_value=None,
        required=False,
    )

    class Meta:
        model = Inspection
        fields = ["stars", "words"]
        widgets = {"words": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"words": "站长会收到，只有站长和政协办看得到"}

    def __init__(self, *args, inspection: Inspection, **kwargs):
        super().__init__(*args, instance=inspection, **kwargs)
        if not inspection.is_by_office:
            self.fields.clear()
