from django import forms
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from config.uploads.forms import MultiplePhotosField
from members.forms import RegionField
from members.models import Organisation, RoleGrant, User
from members.roles import Permission, roles_with
from proposals.models import Assignment, Category, MicroProposal
from proposals.services.assignments import usual_deadline
from proposals.states import MicroKind, Verdict
from workstations.models import Activity

MOST_PHOTOS = 6


def _date(**attrs):
    return forms.DateInput(attrs={"type": "date", **attrs}, format="%Y-%m-%d")


ASKED = [
    (MicroKind.SUGGESTION, "微建议：请单位办理、答复"),
    (MicroKind.CONSULTATION, "微协商：请各方坐下来商量"),
    (MicroKind.SUPERVISION, "微监督：请委员或专委会跟踪监督"),
]


class MicroForm(forms.ModelForm):
    """What the author types; a draft may lack anything, `services.submit` names what is missing."""

    needed_to_submit = ("kind", "title", "body", "category", "region")  # not required here, yet not marked optional

    photos = MultiplePhotosField(
        label="照片", required=False, limit=MOST_PHOTOS, help_text=f"最多 {MOST_PHOTOS} 张，位置信息会自动去除。"
    )

    class Meta:
        model = MicroProposal
        fields = ["kind", "title", "body", "category", "region", "activity"]
        widgets = {
            "kind": forms.RadioSelect, "body": forms.Textarea(attrs={"rows": 8}), "activity": forms.HiddenInput,
        }  # fmt: skip
        help_texts = {
            "kind": "三种都先经三办联审，结果和进度在同一页看。",
            "title": "一句话说清是什么事，如：建议在西街路口增设信号灯",
            "body": "在哪里、什么情况、建议怎么办。一事一议，具体可行。",
        }

    def __init__(self, *args, committee, user, home=None, **kwargs):
        super().__init__(*args, **kwargs)
        seen = Activity.objects.visible_to(user).filter(committee=committee).values("pk")
        self.fields["activity"].queryset = Activity.objects.filter(Q(pk__in=seen) | Q(pk=self.instance.activity_id))
        self.fields["category"].queryset = Category.objects.offered_by(committee).fields()
        self.fields["region"] = RegionField(label="地点", root=committee.region, first=home, required=False)
        self.fields["body"].widget.attrs["data-soft"] = committee.parameter("micro.soft_length")
        self.fields["kind"].choices = ASKED
        for name in ("kind", "title", "category"):
            self.fields[name].required = False
        self.fields["body"].required = False
        self.order_fields(["title", "body", "category", "region", "kind", "photos", "activity"])

    def clean_kind(self):
        return self.cleaned_data["kind"] or MicroKind.SUGGESTION


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
