"""What is typed of an issue that was sent: to whom, where adopted, what a leader wrote on it and what followed."""

from django import forms
from django.utils import timezone

from config.filters import in_calendar
from proposals.forms.information import words_field
from proposals.models import Delivery, Instruction, InstructionStep, Level


def day_field(label):
    today = timezone.localdate()
    widget = forms.DateInput(attrs={"type": "date", "max": today.isoformat()}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, initial=today, validators=[in_calendar])


class DeliveryForm(forms.ModelForm):
    class Meta:
        model = Delivery
        fields = ["level", "receiver"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = Level.choices
        self.fields["level"].initial = Level.COUNTY
        self.fields["sent_on"] = day_field("报送日期")

    def _post_clean(self):
        """The service validates the row."""


class AdoptForm(forms.Form):
    adopted_as = forms.CharField(
        label="采用情况", max_length=200, required=False, help_text="如：《每日要情》第 31 期；没有刊物的可不写"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["adopted_on"] = day_field("采用日期")
        self.order_fields(["adopted_on", "adopted_as"])


class UndoForm(forms.Form):
    words = words_field("撤销的原因", "记在操作留痕里；已记的履职记录会冲销。", rows=2)


class InstructionForm(forms.ModelForm):
    needed_to_submit = ("about",)

    class Meta:
        model = Instruction
        fields = ["about", "leader_name", "leader_post", "level", "quote"]
        widgets = {"quote": forms.Textarea(attrs={"rows": 5})}
        help_texts = {"quote": "照原文录入，一字不改；只有本会管信息的人能看到。"}

    def __init__(self, *args, on_paper: bool, **kwargs):
        """`on_paper`: the issue or proposal that it is about is known."""
        super().__init__(*args, **kwargs)
        if on_paper:
            del self.fields["about"]
        self.fields["on"] = day_field("批示日期")
        self.order_fields(["about", "leader_name", "leader_post", "level", "on", "quote"])

    def _post_clean(self):
        """The service validates the whole row."""


class FollowForm(forms.ModelForm):
    class Meta:
        model = InstructionStep
        fields = ["who", "words"]
        widgets = {"words": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"words": "做了什么、到什么程度；反映人会看到。"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["on"] = day_field("日期")
        self.order_fields(["on", "who", "words"])

    def _post_clean(self):
        """The service validates the row."""
