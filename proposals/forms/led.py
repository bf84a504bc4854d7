from django import forms
from django.utils import timezone

from config.uploads.forms import MultiplePhotosField
from members.models import Body, Member
from proposals.models import LeadStepKind, MicroProposal, ResultTag
from proposals.rules.led import LEADS
from proposals.services.assignments import usual_deadline
from proposals.services.results import MOST_PHOTOS
from proposals.states import PublicationLevel


def _date(**attrs):
    return forms.DateInput(attrs={"type": "date", **attrs}, format="%Y-%m-%d")


def _area(rows):
    return forms.Textarea(attrs={"rows": rows})


class LeadForm(forms.Form):
    """Who takes it on: a body or a member."""

    needed_to_submit = ("body", "member")  # one of the two

    body = forms.ModelChoiceField(
        label="领办机构", queryset=Body.objects.none(), required=False, empty_label="由委员个人领办",
        help_text="专委会、界别或小组；与领办委员二者选一",
    )  # fmt: skip
    member = forms.ModelChoiceField(
        label="领办委员", queryset=Member.objects.none(), required=False, empty_label="由机构领办"
    )
    team = forms.CharField(label="办理小组", max_length=200, required=False, help_text="一起办的人，如：张三、李四")
    due_on = forms.DateField(label="期限", widget=_date())

    def __init__(self, *args, micro: MicroProposal, **kwargs):
        super().__init__(*args, **kwargs)
        committee = micro.committee
        self.usual = usual_deadline(committee, parameter="led.workdays", start=timezone.localdate())
        self.initial.setdefault("due_on", self.usual.due_on)
        self.fields["body"].queryset = Body.objects.active().filter(committee=committee, kind__in=LEADS)
        members = Member.objects.in_force().filter(committee=committee).exclude(pk=micro.author_id)
        self.fields["member"].queryset = members.select_related("user").order_by("user__name", "pk")


class StepForm(forms.Form):
    kind = forms.ChoiceField(label="方式", choices=LeadStepKind.choices, widget=forms.RadioSelect)
    on = forms.DateField(label="日期", widget=_date())
    words = forms.CharField(
        label="情况", max_length=500, widget=_area(3), help_text="去了哪里、见了谁、说了什么、定了什么。"
    )


class FinishForm(forms.Form):
    needed_to_submit = ("private_reason",)

    result = forms.CharField(
        label="领办结果", max_length=2000, widget=_area(6), help_text="办了什么、结果怎样；公开的，请不要写电话。"
    )
    publication = forms.ChoiceField(
        label="公开方式", choices=PublicationLevel.choices, initial=PublicationLevel.FULL, widget=forms.RadioSelect,
        help_text="提交人评价满意或基本满意、办结以后公开",
    )  # fmt: skip
    private_reason = forms.CharField(label="不公开的理由", max_length=200, required=False, help_text="选“不公开”时必填")


class BackForm(forms.Form):
    reason = forms.CharField(label="收回的原因", max_length=500, widget=_area(2), help_text="领办人和提交人会看到。")


class ResultForm(forms.Form):
    tag = forms.ChoiceField(label="类型", choices=ResultTag.choices, widget=forms.RadioSelect)
    title = forms.CharField(label="做了什么", max_length=64, help_text="如：西街路口装了信号灯")
    before = forms.CharField(label="原来怎样", max_length=200, required=False, widget=_area(2))
    now = forms.CharField(label="现在怎样", max_length=200, required=False, widget=_area(2))
    on = forms.DateField(label="建成或启用日期", widget=_date())
    photos = MultiplePhotosField(
        limit=MOST_PHOTOS, required=False, help_text=f"现在的样子，最多 {MOST_PHOTOS} 张；位置信息会自动去除"
    )
