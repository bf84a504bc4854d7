"""Outcomes: written down, classed, looked at again."""

from django import forms
from django.utils import timezone

from consultation.forms.pieces import OnceForm, area, day
from consultation.models import Outcome
from consultation.services.outcomes import WORDS
from consultation.states import ROUTES, OutcomeClass, OutcomeRoute
from members.models import Organisation, OrganisationKind, RoleGrant, User
from members.roles import Permission, roles_with
from proposals.services.assignments import usual_deadline


class OutcomeForm(OnceForm, forms.ModelForm):
    class Meta:
        model = Outcome
        fields = ["text"]
        widgets = {"text": area(4)}
        help_texts = {"text": "一项成果写一条：议定了什么，由谁来做。"}


def _holders(committee, permission):
    grants = RoleGrant.objects.in_force().filter(committee=committee, role__in=roles_with(permission))
    return User.objects.filter(pk__in=grants.values("user"), is_active=True).order_by("name")


class ClassifyForm(forms.Form):
    """The fields that the chosen class asks for, no others."""

    outcome_class = forms.ChoiceField(choices=OutcomeClass.choices, widget=forms.HiddenInput)
    route = forms.ChoiceField(label="去向", widget=forms.RadioSelect)
    unit = forms.ModelChoiceField(label="承办单位", queryset=Organisation.objects.none())
    leader_name = forms.CharField(
        label="定领导：分管领导", max_length=32, required=False, help_text="留空则用该单位登记的分管领导。"
    )
    leader_post = forms.CharField(label="定领导：职务", max_length=32, required=False)
    handler = forms.ModelChoiceField(
        label="定人员：承办人", queryset=User.objects.none(), required=False, help_text="留空则用该单位的常用承办人。"
    )
    due_on = forms.DateField(label="定时间：办结日期", widget=day())
    duty = forms.CharField(label="定责任", max_length=500, widget=area(2))
    quality = forms.CharField(label="定质量", max_length=500, widget=area(2))
    village = forms.ModelChoiceField(
        label="村（居）“两委”",
        queryset=Organisation.objects.none(),
        required=False,
        help_text="选“交村（居）‘两委’处理”时必填。",
    )
    responsible = forms.ModelChoiceField(label="责任人", queryset=User.objects.none())
    look_again_on = forms.DateField(label="再看日期", widget=day(), help_text="到这一天会提醒责任人再看有没有进展。")
    seen = forms.IntegerField(widget=forms.HiddenInput)

    FIELDS = {
        OutcomeClass.A: ("unit", "leader_name", "leader_post", "handler", "due_on", "duty", "quality"),
        OutcomeClass.B: ("route", "village", "responsible", "look_again_on"),
        OutcomeClass.C: ("responsible", "look_again_on"),
    }

    def __init__(self, *args, outcome, outcome_class, **kwargs):
        super().__init__(*args, **kwargs)
        keep = {"outcome_class", "seen", *self.FIELDS[outcome_class]}
        for name in list(self.fields):
            if name not in keep:
                del self.fields[name]
            elif name in WORDS:
                self.fields[name].error_messages["required"] = WORDS[name]
        committee = outcome.committee
        self._limit(committee)
        self.initial |= {"outcome_class": outcome_class, "seen": outcome.classification}
        if "due_on" in self.fields:
            due = usual_deadline(committee, parameter="outcome.workdays", start=timezone.localdate())
            self.initial |= {"due_on": due.due_on, "quality": "按期办结，参与协商的各方认可。"}

    def _limit(self, committee):
        organisations = Organisation.objects.of(committee)
        limits = {
            "unit": lambda: organisations.that_handle(),
            "village": lambda: organisations.filter(kind=OrganisationKind.VILLAGE_COMMITTEE),
            "handler": lambda: _holders(committee, Permission.MATTER_HANDLE),
            "responsible": lambda: (
                _holders(committee, Permission.OFFICE_WORK) | _holders(committee, Permission.MATTER_HANDLE)
            ),
        }
        for name, rows in limits.items():
            if name in self.fields:
                self.fields[name].queryset = rows()
                self.fields[name].empty_label = "请选择"
        if "route" in self.fields:
            self.fields["route"].choices = [(r, OutcomeRoute(r).label) for r in ROUTES[OutcomeClass.B]]

    def clean(self):
        """What was left blank, the unit's own row knows."""
        given = super().clean()
        if unit := given.get("unit"):
            given["leader_name"] = given.get("leader_name") or unit.leader_name
            given["leader_post"] = given.get("leader_post") or unit.leader_post
            given["handler"] = given.get("handler") or unit.default_handler
        return given


class LookForm(forms.Form):
    words = forms.CharField(label="看到的情况", max_length=500, widget=area(3))
    settled = forms.TypedChoiceField(
        label="是否落实",
        choices=[("yes", "已落实"), ("no", "还没有，下次再看")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    next_on = forms.DateField(label="下次再看", widget=day(), required=False, help_text="还没有落实的必填。")
