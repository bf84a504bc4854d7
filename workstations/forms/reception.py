"""Planning shifts, swapping them, and logging who came."""

from django import forms
from django.utils import timezone

from config.stamped import StampedForm
from members.models import Member
from workstations.models import ReceptionShift, Workstation
from workstations.services.shifts import MOST_WEEKS, residents
from workstations.services.visits import MOST_PEOPLE


def _day(**options):
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


def _clock(**options):
    return forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **options)


class PlanForm(forms.Form):
    first = _day(label="第一次的日期", help_text="以后每周同一天；法定节假日自动跳过")
    weeks = forms.IntegerField(label="共几周", min_value=1, max_value=MOST_WEEKS, initial=8)
    starts = _clock(label="开始", initial="09:00")
    ends = _clock(label="结束", initial="11:30")
    members = forms.ModelMultipleChoiceField(
        label="由谁轮流", queryset=Member.objects.none(), required=False, widget=forms.CheckboxSelectMultiple,
        help_text="不选就是全部驻站委员；今年值班少的先排",
    )  # fmt: skip

    def __init__(self, *args, station: Workstation, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = residents(station).order_by("user__name", "pk")
        self.initial.setdefault("first", timezone.localdate())


class ShiftForm(forms.Form):
    on = _day(label="日期")
    starts = _clock(label="开始")
    ends = _clock(label="结束")
    member = forms.ModelChoiceField(label="值班委员", queryset=Member.objects.none())

    def __init__(self, *args, shift: ReceptionShift, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = residents(shift.station).order_by("user__name", "pk")
        self.initial |= {"on": shift.on, "starts": shift.starts, "ends": shift.ends, "member": shift.member_id}


class CancelForm(forms.Form):
    reason = forms.CharField(
        label="取消的原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}), help_text="值班委员会看到"
    )


class SwapForm(forms.Form):
    asked = forms.ModelChoiceField(label="请谁代班", queryset=Member.objects.none())
    reason = forms.CharField(label="原因", max_length=100, help_text="对方会看到")

    def __init__(self, *args, shift: ReceptionShift, **kwargs):
        super().__init__(*args, **kwargs)
        others = residents(shift.station).exclude(pk=shift.member_id)
        self.fields["asked"].queryset = others.order_by("user__name", "pk")


class VisitForm(StampedForm):
    """One minute on the phone: two fields, and what was said where something was."""

    people = forms.IntegerField(label="来了几个人", min_value=1, max_value=MOST_PEOPLE, initial=1)
    matter = forms.CharField(label="来访事由", max_length=200, help_text="如：问低保怎么办；不写姓名电话")
    on = _day(label="日期", required=False)
    body = forms.CharField(
        label="要反映的事", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="只是坐坐、问问就不填；填了就记为一件群众反映，给查询码",
    )  # fmt: skip
    speaker = forms.CharField(label="反映人", max_length=32, required=False, help_text="可不填；办完后自动清除")
    contact = forms.CharField(label="联系方式", max_length=64, required=False, help_text="可不填；办完后自动清除")

    def __init__(self, *args, may_back_date: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", timezone.localdate())
        if not may_back_date:
            del self.fields["on"]

    def given(self) -> dict:
        """What the service takes."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "stamp"}
        return {**data, "seed": self.cleaned_data["stamp"]}
