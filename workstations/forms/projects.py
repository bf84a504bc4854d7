"""Forms of projects: starting one, its steps, its end with figures, and templates."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from config.uploads.forms import MultiplePhotosField
from members.models import Body, BodyKind, Member
from workstations.forms.lines import LineMixin
from workstations.models import Project, ProjectEffect, ProjectTemplate, Resource
from workstations.models.projects import MOST_STEPS
from workstations.services.projects import Planned

SPARE_STEPS, EFFECTS = 2, 4
GROUPS = (
    BodyKind.ACTIVITY_GROUP, BodyKind.DUTY_GROUP, BodyKind.SERVICE_TEAM, BodyKind.SPECIAL_COMMITTEE,
    BodyKind.LIAISON_GROUP,
)  # fmt: skip
LINE = re.compile(r"^(?P<name>.+?)(?:[（(]\s*(?P<days>[0-9]{1,4})\s*天内?\s*[）)])?$")


def _date():
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class StartForm(forms.ModelForm):
    """Who leads, with which group and resources, by which template."""

    template = forms.ModelChoiceField(ProjectTemplate.objects.none(), label="步骤模板", required=False)

    class Meta:
        model = Project
        fields = ["title", "leader", "group", "resources"]

    def __init__(self, *args, demand, **kwargs):
        super().__init__(*args, **kwargs)
        committee = demand.committee_id
        self.initial.setdefault("title", demand.title)
        members = Member.objects.in_force().filter(committee=committee).select_related("user")
        self.fields["leader"].queryset = members.order_by("sector", "pk")
        groups = Body.objects.filter(committee=committee, is_active=True, is_sensitive=False, kind__in=GROUPS)
        self.fields["group"].queryset = groups.order_by("kind", "position", "pk")
        offered = Resource.objects.offered().filter(committee=committee)
        self.fields["resources"].queryset = offered.select_related("member__user", "body", "organisation")
        self.fields["resources"].widget = forms.CheckboxSelectMultiple()
        self.fields["template"].queryset = ProjectTemplate.objects.filter(committee=committee, is_active=True)
        self.fields["template"].help_text = "步骤会照抄到项目里，计划日期从今天算起，以后可以改"
        self.order_fields(["title", "leader", "group", "template", "resources"])


class StepForm(forms.Form):
    """One step; without a name it is left out."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1)
    name = forms.CharField(label="步骤", max_length=64, required=False)
    due_on = forms.DateField(label="计划日期", required=False, widget=_date())


class Steps:
    """The steps of a project as numbered forms: those there are, and some spare ones."""

    def __init__(self, data, steps):
        there = [{"pk": step.pk, "name": step.name, "due_on": step.due_on} for step in steps]
        self.done = {step.pk: step for step in steps if step.done_on}
        count = min(MOST_STEPS, len(there) + SPARE_STEPS)
        if data is not None:
            given = data.get("steps", "")
            count = min(MOST_STEPS, int(given)) if given.isascii() and given.isdigit() and len(given) < 4 else count
        padded = [*there, *[{} for _ in range(count - len(there))]][:count]
        self.forms = [StepForm(data, initial=step, prefix=f"step{n}") for n, step in enumerate(padded, start=1)]
        for form, step in zip(self.forms, padded, strict=True):
            form.done = self.done.get(step.get("pk"))
        self.count = count

    def is_valid(self) -> bool:
        return all([form.is_valid() for form in self.forms])

    def planned(self) -> list[Planned]:
        rows = [form.cleaned_data for form in self.forms]
        return [Planned(row["name"], row["due_on"], row["pk"]) for row in rows if row["name"]]

    def __iter__(self):
        return iter(self.forms)


class DoneForm(forms.Form):
    on = forms.DateField(label="完成日期", widget=_date(), initial=timezone.localdate)
    words = forms.CharField(label="情况", max_length=200, required=False, help_text="会公开，不写姓名和电话")


class EffectForm(LineMixin, forms.ModelForm):
    """One figure with its source; without a kind it is left out."""

    key = "kind"

    class Meta:
        model = ProjectEffect
        fields = ["kind", "number", "source"]
        help_texts = {"source": "如：村委会签收单、现场签到表"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "不填"), *self.fields["kind"].choices[1:]]
        self.empty_permitted, self.use_required_attribute = False, False

    def _get_validation_exclusions(self):
        return {*super()._get_validation_exclusions(), "project"}


class EndForm(forms.Form):
    """What came of a project, in words, figures and photos."""

    result = forms.CharField(
        label="成效", max_length=1000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="做了什么、解决了什么。会公开，不写姓名和电话",
    )  # fmt: skip

    def __init__(self, *args, effects=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["photos"] = MultiplePhotosField(required=False)
        self.fields["photos"].help_text += "会公开，请不要拍到人脸、门牌和证件。"
        data = args[0] if args else kwargs.get("data")
        padded = [*effects, *[ProjectEffect() for _ in range(EFFECTS - len(effects))]]
        self.effects = [EffectForm(data, instance=row, prefix=f"effect{n}") for n, row in enumerate(padded, start=1)]

    def is_valid(self):
        return all([super().is_valid(), *[form.is_valid() for form in self.effects]])

    def figures(self) -> list[ProjectEffect]:
        return [form.instance for form in self.effects if not form.empty]


class TemplateForm(forms.ModelForm):
    """A template; its steps one on a line, in how many days after the start in brackets."""

    lines = forms.CharField(
        label="步骤", max_length=3000, widget=forms.Textarea(attrs={"rows": 10, "data-uncounted": True}),
        help_text="每行一步，可在后面写几天内，如：上门了解情况（7天）",
    )  # fmt: skip

    class Meta:
        model = ProjectTemplate
        fields = ["name", "source", "is_active"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["lines"] = "\n".join(
            step["name"] if step.get("days") is None else f"{step['name']}（{step['days']}天）"
            for step in self.instance.steps
        )
        self.order_fields(["name", "lines", "source", "is_active"])

    def clean_lines(self):
        lines = [line.strip() for line in self.cleaned_data["lines"].splitlines() if line.strip()]
        steps = []
        for line in lines:
            match = LINE.match(line)
            name, days = match["name"].strip(), match["days"]
            if len(name) > 64:
                raise ValidationError(f"“{name[:20]}…”超过 64 个字。")
            steps.append({"name": name, "days": int(days) if days else None})
        if len(steps) > MOST_STEPS:
            raise ValidationError(f"最多 {MOST_STEPS} 个步骤。")
        if len({step["name"] for step in steps}) < len(steps):
            raise ValidationError("步骤的名称不能重复。")
        self.instance.steps = steps
        return steps
