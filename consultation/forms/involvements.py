from django import forms

from consultation.forms.pieces import area
from consultation.models import ConsultationInvolvement, Topic
from consultation.states import SUITED
from members.models import Organisation


class InvolvementForm(forms.ModelForm):
    """One organisation in one part."""

    class Meta:
        model = ConsultationInvolvement
        fields = ["organisation", "part"]

    def __init__(self, *args, committee, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.of(committee)
        self.fields["organisation"].empty_label = "请选择"

    def _post_clean(self):
        """The service checks and writes."""


class WeighForm(forms.ModelForm):
    class Meta:
        model = Topic
        fields = ["size", "urgency"]

    def _post_clean(self):
        """The service checks and writes."""


class ProcedureAdminForm(forms.ModelForm):
    suits = forms.MultipleChoiceField(
        label="适合的议题", choices=SUITED.items(), required=False, widget=forms.CheckboxSelectMultiple,
        help_text="启动协商时，按议题的大小缓急预选适合的规程",
    )  # fmt: skip

    class Meta:
        widgets = {"description": area(2)}
