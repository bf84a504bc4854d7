"""What is typed of a trace: its title, and one link after another."""

from django import forms
from django.db.models import Q

from proposals.forms.deliveries import day_field
from proposals.models import Information, Instruction, Proposal, Trace, TraceStep
from proposals.states import FILED, InformationState

OFFERED = 100  # newest rows of ours that may be linked


class TraceForm(forms.ModelForm):
    class Meta:
        model = Trace
        fields = ["title"]
        help_texts = {"title": "一件事写一条，如：农村客运从停运到公交化"}


class TraceStepForm(forms.ModelForm):
    url = forms.URLField(
        label="链接", required=False, max_length=200, assume_scheme="https",
        help_text="网上的报道或文件，以 https:// 开头",
    )  # fmt: skip

    class Meta:
        model = TraceStep
        fields = ["kind", "title", "who", "words", "information", "proposal", "instruction"]
        widgets = {"words": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "words": "公开后人人能看到；批示原文不会公开，要说的在这里用自己的话写。",
        }

    def __init__(self, *args, committee, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"] = day_field("日期")
        unseen = Q(state__in=[InformationState.DRAFT, InformationState.WITHDRAWN])
        rows = {
            "information": Information.objects.visible_to(user).exclude(unseen),
            "proposal": Proposal.objects.visible_to(user).filter(state__in=FILED),
            "instruction": Instruction.objects.visible_to(user),
        }
        for name, found in rows.items():
            newest = found.filter(committee=committee).order_by("-pk").values_list("pk", flat=True)[:OFFERED]
            field = self.fields[name]
            field.queryset = found.model.objects.filter(pk__in=list(newest)).order_by("-pk")
            field.empty_label, field.label = "不链接", f"链接本会的{field.label}"
        self.order_fields(["kind", "on", "title", "who", "words", "url", *rows])

    def _post_clean(self):
        """The service validates the row."""
