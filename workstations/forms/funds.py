"""One amount, with its documents."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from config.filters import in_calendar
from config.uploads.forms import MultiplePhotosField
from workstations.forms.activities import DocumentsField
from workstations.models import Activity, FundLine, Workstation
from workstations.states import ActivityState

NOT_A_NUMBER = "请填数字，单位是元，如：1200 或 1200.50。"
LOOKED_BACK = timedelta(days=400)


class AmountField(forms.DecimalField):
    """Yuan, as people write them: 1,200.50 元."""

    def __init__(self, **options):
        wrong = {
            "invalid": NOT_A_NUMBER, "max_digits": "金额太大，请核对。", "max_whole_digits": "金额太大，请核对。",
            "max_decimal_places": "金额最多到分，两位小数。", "min_value": "金额要大于零。", "required": "请填金额。",
        }  # fmt: skip
        usual = {"min_value": 0.01, "max_digits": 12, "decimal_places": 2, "error_messages": wrong}
        super().__init__(**{**usual, **options})
        self.widget = forms.TextInput(attrs={"inputmode": "decimal", "data-uncounted": ""})

    def to_python(self, value):
        if isinstance(value, str):
            for sign in (",", "，", "元", "￥", "¥", " "):
                value = value.replace(sign, "")
        return super().to_python(value)


class FundForm(forms.ModelForm):
    amount = AmountField(label="金额（元）")
    photos = MultiplePhotosField(label="发票、收据照片", required=False)
    documents = DocumentsField(label="文件", required=False, help_text="PDF、Word、Excel、OFD 或 TXT，每个不超过 20 MB")

    class Meta:
        model = FundLine
        fields = ["kind", "amount", "on", "station", "activity", "source", "purpose"]
        widgets = {"on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        help_texts = {"station": "不选就是全会的", "purpose": "如：议事室标牌制作"}

    def __init__(self, *args, is_office: bool, **kwargs):
        super().__init__(*args, **kwargs)
        line = self.instance
        self.fields["on"].validators.append(in_calendar)
        self.initial["on"] = self.initial.get("on") or timezone.localdate()
        recent = Activity.objects.filter(
            committee=line.committee_id,
            state__in=[ActivityState.OPEN, ActivityState.HELD],
            starts_at__gt=timezone.now() - LOOKED_BACK,
        )
        if is_office:
            stations = Workstation.objects.filter(committee=line.committee_id, is_open=True)
            self.fields["station"].queryset = stations.order_by("name")
            self.fields["station"].empty_label = "全会"
        else:
            recent = recent.filter(station=line.station_id)
            del self.fields["kind"], self.fields["station"]
            self.fields["source"].label, self.fields["source"].help_text = "付给谁", "如：文印店"
        self.fields["activity"].queryset = recent.order_by("-starts_at")
        self.fields["activity"].empty_label = "不是为某一场活动"


class StrikeForm(forms.Form):
    reason = forms.CharField(label="作废原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
