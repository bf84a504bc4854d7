from django import forms
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from config.uploads.forms import MultiplePhotosField
from members.forms import RegionField
from members.models import Organisation, RoleGrant, User
from members.roles import Permission, roles_with
from proposals.models import Assignment, Category, Extension, MicroProposal, Reply
from proposals.services.assignments import usual_deadline
from proposals.states import Satisfaction, Verdict
from workstations.models import Activity

MOST_PHOTOS = 6


def _date(**attrs):
    return forms.DateInput(attrs={"type": "date", **attrs}, format="%Y-%m-%d")


class MicroForm(forms.ModelForm):
    """What the author types; a draft may lack anything, `services.submit` names what is missing."""

    needed_to_submit = ("title", "body", "category", "region")  # not required here, yet not marked optional

    photos = MultiplePhotosField(
        label="照片", required=False, limit=MOST_PHOTOS, help_text=f"最多 {MOST_PHOTOS} 张，位置信息会自动去除。"
    )

    class Meta:
        model = MicroProposal
        fields = ["title", "body", "category", "region", "activity"]
        widgets = {"body": forms.Textarea(attrs={"rows": 8}), "activity": forms.HiddenInput}
        help_texts = {
            "title": "一句话说清是什么事，如：建议在西街路口增设信号灯",
            "body": "在哪里、什么情况、建议怎么办。一事一议，具体可行。",
        }

    def __init__(self, *args, committee, user, home=None, **kwargs):
        super().__init__(*args, **kwargs)
        seen = Activity.objects.visible_to(user).filter(committee=committee).values("pk")
        self.fields["activity"].queryset = Activity.objects.filter(Q(pk__in=seen) | Q(pk=self.instance.activity_id))
        self.fields["category"].queryset = Category.objects.offered_by(committee)
        self.fields["region"] = RegionField(label="地点", root=committee.region, first=home, required=False)
        self.fields["body"].widget.attrs["data-soft"] = committee.parameter("micro.soft_length")
        for name in ("title", "category"):
            self.fields[name].required = False
        self.fields["body"].required = False
        self.order_fields(["title", "body", "category", "region", "photos", "activity"])


class VerdictForm(forms.Form):
    verdict = forms.ChoiceField(label="意见", choices=Verdict.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label="说明",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不同意或需补正时必填，提交人会看到。",
    )


class AssignForm(forms.ModelForm):
    """五定: all five before a matter counts as handed over; the service names the one that is missing."""

    needed_to_submit = ("leader_name", "duty", "quality")

    class Meta:
        model = Assignment
        fields = ["unit", "leader_name", "leader_post", "handler", "due_on", "duty", "quality"]
        widgets = {
            "due_on": _date(),
            "duty": forms.Textarea(attrs={"rows": 3}),
            "quality": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "leader_name": "定领导：对办理结果负责的分管领导",
            "handler": "定人员：具体承办人，须是该单位的账号",
            "duty": "定责任：办什么、与谁会同、负什么责",
            "quality": "定质量：办到什么程度、怎样算办好",
        }

    def __init__(self, *args, committee, unit=None, **kwargs):
        today = timezone.localdate()
        usual = usual_deadline(committee, parameter="handling.workdays", start=today)
        self.usual = usual
        initial = {
            "unit": unit,
            "due_on": usual.due_on,
            "duty": "按职责实地了解情况，与提交人沟通后提出办理意见并组织落实。",
            "quality": "按期答复，件件有着落；提交人满意或基本满意。",
        }
        if unit is not None:
            initial |= {
                "leader_name": unit.leader_name,
                "leader_post": unit.leader_post,
                "handler": unit.default_handler,
            }
        kwargs["initial"] = initial | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Organisation.objects.of(committee).that_handle()
        handlers = RoleGrant.objects.in_force().filter(
            committee=committee, role__in=roles_with(Permission.MATTER_HANDLE)
        )
        named = Coalesce(NullIf("organisation__short_name", Value("")), "organisation__name")
        unit_name = handlers.filter(user=OuterRef("pk")).annotate(named=named).values("named")[:1]
        people = User.objects.filter(pk__in=handlers.values("user"), is_active=True)
        self.fields["handler"].queryset = people.annotate(unit_name=Subquery(unit_name)).order_by("unit_name", "name")
        self.fields["handler"].label_from_instance = lambda person: f"{person.unit_name} {person}"
        self.fields["due_on"].widget.attrs["min"] = today.isoformat()
        for name in self.fields:
            self.fields[name].required = name in {"unit", "handler", "due_on"}

    def _post_clean(self):
        """The service checks the whole; a half-made Assignment is not validated here."""


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label="退回理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="说明为什么不属于本单位职责，建议由谁承办。",
    )


class ReplyForm(forms.ModelForm):
    """Which of promise, date and reason are needed depends on the grade; their help texts say when."""

    needed_to_submit = ("text", "promise", "promised_on", "reason", "private_reason")

    class Meta:
        model = Reply
        fields = ["text", "grade", "promise", "promised_on", "reason", "publication", "private_reason"]
        widgets = {
            "text": forms.Textarea(attrs={"rows": 10}),
            "promise": forms.Textarea(attrs={"rows": 2}),
            "promised_on": _date(),
            "reason": forms.Textarea(attrs={"rows": 2}),
            "grade": forms.RadioSelect,
        }
        help_texts = {"text": "逐条回应，先说办了什么、结果怎样，再说还有什么计划。"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["grade"].choices = self.fields["grade"].choices[1:]
        self.fields["text"].required = False

    def _post_clean(self):
        """A draft may be incomplete; `services.put_forward` names what is missing."""


class SendBackForm(forms.Form):
    words = forms.CharField(label="修改意见", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class ExtensionForm(forms.ModelForm):
    class Meta:
        model = Extension
        fields = ["until", "reason"]
        widgets = {"until": _date(), "reason": forms.Textarea(attrs={"rows": 3})}

    def _post_clean(self):
        """The service checks against the due date and the limit."""


class DecideForm(forms.Form):
    words = forms.CharField(
        label="审批意见",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="不同意时必填。",
    )


class RatingForm(forms.Form):
    satisfaction = forms.ChoiceField(label="您对办理结果", choices=Satisfaction.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label="意见",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不满意时必填：哪里不满意，希望怎么办。",
    )


class VerifyForm(forms.Form):
    kept = forms.ChoiceField(
        label="核实结果", choices=[("yes", "已兑现，可以办结"), ("no", "未兑现，重新办理")], widget=forms.RadioSelect
    )
    words = forms.CharField(
        label="核实情况", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="何时何地，看到了什么。"
    )
