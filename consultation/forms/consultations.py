"""Steps, consultations and their sessions."""

import re

from django import forms

from config.filters import storable
from config.uploads.checks import clean_document, clean_image
from config.uploads.forms import SeveralFiles
from consultation.forms.pieces import OnceForm, area, day, moment
from consultation.models import AgendaItem, Consultation, Session, Topic
from consultation.states import Category, GateVerdict, TopicState
from consultation.steps import ON_FILE, Evidence
from members.models import Organisation
from workstations.models import Workstation

MOST_FILES, MOST_PEOPLE = 9, 200


class EvidenceField(forms.FileField):
    """Several files, each checked; what it returns goes straight to `services.add_evidence`."""

    widget = SeveralFiles
    check = staticmethod(clean_document)

    def clean(self, data, initial=None):
        files = [file for file in data or [] if file]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(f"最多上传 {MOST_FILES} 个文件，您选了 {len(files)} 个。")
        return [self.check(file) for file in files]


class StepForm(forms.Form):
    """What finishes the step in hand: its evidence, a gate's verdict and date, words."""

    needed_to_submit = ("files",)  # unless they were uploaded before

    verdict = forms.ChoiceField(label="结论", choices=GateVerdict.choices, widget=forms.RadioSelect)
    held_on = forms.DateField(label="审定日期", widget=day())
    words = forms.CharField(label="说明", max_length=500, required=False, widget=area(2))
    files = EvidenceField(required=False)

    def __init__(self, *args, step, only_upload=False, **kwargs):
        super().__init__(*args, **kwargs)
        if not step.is_gate or only_upload:
            del self.fields["verdict"], self.fields["held_on"]
        elif step.consultation_id:
            self.fields["verdict"].choices = [(GateVerdict.PASSED.value, GateVerdict.PASSED.label)]
            self.initial["verdict"] = GateVerdict.PASSED
        if step.evidence in ON_FILE:
            self.fields["files"].check = clean_image if step.evidence == Evidence.PHOTO else clean_document
            self.fields["files"].label = Evidence(step.evidence).label
            self.fields["files"].help_text = f"最多 {MOST_FILES} 个，先上传后完成；上传的文件会保留。"
        else:
            del self.fields["files"]


class ConsultationEditForm(OnceForm, forms.ModelForm):
    class Meta:
        model = Consultation
        fields = [
            "title", "form", "topic", "channel", "place", "workstation", "conveners", "summary", "is_public",
        ]  # fmt: skip
        widgets = {"summary": area(5)}
        help_texts = {
            "summary": "为什么商量、商量什么；公开后群众看得到。",
            "is_public": "启动后，公开页显示进度、议程和成果去向。",
        }

    def __init__(self, *args, committee, **kwargs):
        super().__init__(*args, **kwargs)
        topics = Topic.objects.filter(committee=committee).exclude(state=TopicState.DECLINED)
        self.fields["topic"].queryset = topics
        self.fields["topic"].empty_label = "不选"
        self.fields["workstation"].queryset = Workstation.objects.open().filter(committee=committee).order_by("name")
        self.fields["workstation"].empty_label = "不在工作室"
        if self.instance.plan_item_id:
            del self.fields["topic"]


class SessionForm(forms.ModelForm):
    class Meta:
        model = Session
        fields = ["starts_at", "ends_at", "place", "remote_link", "live_link"]
        widgets = {"starts_at": moment(), "ends_at": moment()}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("starts_at", "ends_at"):
            self.fields[name].validators.append(storable)


class AgendaPointForm(forms.ModelForm):
    class Meta:
        model = AgendaItem
        fields = ["kind", "title", "speaker"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["title"].required = False
        self.fields["kind"].choices = self.fields["kind"].choices[1:]


class AgendaFormSet(forms.BaseFormSet):
    """The whole agenda on one page; a row without a title is no point."""

    def points(self) -> list[dict]:
        kept = [form for form in self.ordered_forms if form.cleaned_data.get("title")]
        return [{name: form.cleaned_data[name] for name in ("kind", "title", "speaker")} for form in kept]


AgendaForms = forms.formset_factory(
    AgendaPointForm, formset=AgendaFormSet, extra=2, can_order=True, can_delete=True, max_num=30, validate_max=True
)


class InviteForm(forms.Form):
    category = forms.ChoiceField(label="类别", choices=Category.choices)
    people = forms.CharField(
        label="名单",
        max_length=10_000,
        widget=area(5),
        help_text="每行一位：姓名，空一格写单位职务。本会委员会自动对上。",
    )
    organisation = forms.ModelChoiceField(
        label="单位", queryset=Organisation.objects.none(), required=False, empty_label="不选"
    )

    def __init__(self, *args, committee, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.of(committee)

    def clean_people(self):
        people, wrong = [], []
        for number, line in enumerate(self.cleaned_data["people"].splitlines(), start=1):
            name, _, role = " ".join(re.split(r"[\s,\uff0c、]+", line.strip())).partition(" ")
            if len(name) > 32 or len(role) > 64:
                wrong.append(f"第 {number} 行太长：姓名最多 32 字，单位职务最多 64 字。")
            elif name:
                people.append((name, role))
        if len(people) > MOST_PEOPLE:
            wrong.append(f"一次最多添加 {MOST_PEOPLE} 位，您填了 {len(people)} 位。")
        if wrong:
            raise forms.ValidationError(wrong)
        return people


class MinutesForm(forms.ModelForm):
    needed_to_submit = ("minutes",)

    publish = forms.BooleanField(label="公开纪要", required=False, help_text="勾选后群众可以在公开页看到。")
    seen = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Session
        fields = ["minutes"]
        widgets = {"minutes": area(14)}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial |= {
            "seen": self.instance.minutes_version,
            "publish": self.instance.minutes_published_at is not None,
        }

    def _post_clean(self):
        """The service checks and writes; the row in hand stays what it is."""
