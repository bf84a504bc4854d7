from django import forms
from django.utils import timezone

from config.filters import in_calendar
from config.uploads.forms import DocumentField
from members.forms.appraisal import date_input
from members.models import Body, BodyKind, BodyReview
from members.roles import Permission


class DatesForm(forms.Form):
    report_by = forms.DateField(label="述职报告截止", widget=date_input(), validators=[in_calendar])
    rate_until = forms.DateField(label="评议截止", widget=date_input(), validators=[in_calendar])


class OpenForm(DatesForm):
    """Which bodies report on which year; the special committees to begin with."""

    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100, initial=lambda: timezone.localdate().year)
    bodies = forms.ModelMultipleChoiceField(
        label="由哪些机构述职", queryset=Body.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    field_order = ["year", "bodies", "report_by", "rate_until"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        held = user.committees_with(Permission.DUTY_MANAGE)
        bodies = Body.objects.filter(committee__in=held, kind=BodyKind.SPECIAL_COMMITTEE, is_active=True)
        self.fields["bodies"].queryset = bodies.order_by("committee", "position", "pk")
        self.fields["bodies"].initial = list(bodies.values_list("pk", flat=True))


class ReportForm(forms.ModelForm):
    file = DocumentField(label="报告文件", required=False, help_text="PDF 或 Word，不超过 20 MB")
    needed_to_submit = ("report",)

    class Meta:
        model = BodyReview
        fields = ["report"]
        widgets = {"report": forms.Textarea(attrs={"rows": 14})}
        help_texts = {"report": "一年做了什么、成效如何、问题和打算。边写边自动保存"}


class RateForm(forms.Form):
    """One mark for each line of the sheet, `mark_0`, `mark_1`, …"""

    words = forms.CharField(
        label="意见", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不记名，随评定结果一起给机构负责人看",
    )  # fmt: skip

    def __init__(self, *args, criteria, **kwargs):
        super().__init__(*args, **kwargs)
        for place, (name, most) in enumerate(criteria):
            self.fields[f"mark_{place}"] = forms.IntegerField(
                label=f"{name}（满分 {most}）", min_value=0, max_value=most,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )  # fmt: skip
        self.order_fields([*(f"mark_{place}" for place in range(len(criteria))), "words"])
        self.places = len(criteria)

    @property
    def marks(self) -> list[int]:
        return [self.cleaned_data[f"mark_{place}"] for place in range(self.places)]


class SettleForm(forms.Form):
    verdict = forms.CharField(
        label="评定结果", max_length=100, required=False, help_text="不填时按平均分定：90 优秀、80 良好、60 合格"
    )
