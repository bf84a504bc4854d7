"""Topics, plans and their approval. Choices are limited to the own committee; the services check the rest."""

from django import forms
from django.utils import timezone

from config.choices import RowsField
from consultation.forms.pieces import OnceForm, area, day
from consultation.models import AnnualPlan, PlanAdjustment, PlanItem, Procedure, QuotaFormula, Topic
from consultation.states import TopicSource, TopicState
from consultation.steps import ProcedureKind
from members.models import Body, BodyKind, Organisation, OrganisationKind


class TopicForm(OnceForm, forms.ModelForm):
    class Meta:
        model = Topic
        fields = ["title", "reason", "content_kind", "size", "urgency", "source", "suggested_by_name"]
        widgets = {"reason": area(6)}
        help_texts = {
            "title": "想商量什么事，如：推进农村饮水安全",
            "reason": "为什么值得商量：什么情况、影响谁、希望商量出什么。",
            "suggested_by_name": "谁提出的：个人姓名、单位或村组",
        }

    def __init__(self, *args, in_own_name, **kwargs):
        super().__init__(*args, **kwargs)
        if in_own_name:
            del self.fields["source"], self.fields["suggested_by_name"]
        else:
            self.fields["source"].choices = [("", "请选择"), *TopicSource.choices]


class PlanForm(forms.ModelForm):
    formula = forms.ModelChoiceField(
        label="定额公式",
        queryset=QuotaFormula.objects.none(),
        required=False,
        help_text="各类协商一年各几次；列出已完成与计划数。",
    )

    class Meta:
        model = AnnualPlan
        fields = ["year", "title", "foreword"]
        widgets = {"foreword": area(4)}

    def __init__(self, *args, committee, **kwargs):
        super().__init__(*args, **kwargs)
        offered = QuotaFormula.objects.offered_to([committee.pk]).filter(is_active=True)
        self.fields["formula"].queryset = offered
        if self.instance.pk:
            del self.fields["year"]
            self.initial["formula"] = offered.filter(name=self.instance.formula_name).first()
        else:
            year = timezone.localdate().year
            while AnnualPlan.objects.filter(committee=committee, year=year).exists():
                year += 1
            self.initial |= {"year": year, "title": f"{committee.name}{year}年度协商计划"}


class PlanItemForm(forms.ModelForm):
    seen_at = forms.DateTimeField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = PlanItem
        fields = [
            "topic", "title", "form", "month", "planned_on", "lead", "body", "units", "participants", "result_kind",
        ]  # fmt: skip
        field_classes = {"units": RowsField}
        widgets = {"planned_on": day(), "participants": area(2), "units": forms.CheckboxSelectMultiple}
        help_texts = {
            "topic": "从已选定的议题里挑；也可以不选，直接填议题名称。",
            "title": "留空则用所选议题的名称。",
            "planned_on": "已经定下哪一天的才填。",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        plan = self.instance.plan
        topics = Topic.objects.filter(committee=plan.committee_id, state=TopicState.SELECTED)
        mine = Topic.objects.filter(committee=plan.committee_id, pk=self.instance.topic_id)
        self.fields["topic"].queryset = (topics | mine).distinct()
        self.fields["topic"].empty_label = "不选"
        bodies = Body.objects.filter(committee=plan.committee_id, kind=BodyKind.SPECIAL_COMMITTEE, is_active=True)
        self.fields["body"].queryset = bodies
        self.fields["units"].queryset = Organisation.objects.of(plan.committee).exclude(
            kind=OrganisationKind.VILLAGE_COMMITTEE
        )
        self.fields["planned_on"].widget.attrs |= {"min": f"{plan.year}-01-01", "max": f"{plan.year}-12-31"}
        self.fields["title"].required = False
        if self.instance.pk:
            self.initial["seen_at"] = self.instance.updated_at.isoformat()

    def clean(self):
        given = super().clean()
        if not given.get("title"):
            if given.get("topic") is None:
                self.add_error("title", "请填写议题，或从已选定的议题里挑一个。")
            else:
                given["title"] = given["topic"].title
        return given

    def for_service(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen_at"}


class ProcedureForm(forms.Form):
    """Choose the chain of gates, or the steps of a consultation."""

    procedure = forms.ModelChoiceField(label="规程", queryset=Procedure.objects.none(), empty_label=None)

    def __init__(self, *args, committee, kind, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["procedure"]
        field.queryset = Procedure.objects.offered_to([committee.pk]).of_kind(kind)
        field.label = ProcedureKind(kind).label


class IssueForm(forms.Form):
    number = forms.CharField(label="文号", max_length=40, help_text="如：嘉政协办发〔2026〕3号")
    issued_on = forms.DateField(label="印发日期", widget=day())

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("issued_on", timezone.localdate())


class AdjustmentForm(forms.ModelForm):
    class Meta:
        model = PlanAdjustment
        fields = ["reason", "words"]
        widgets = {"words": area(5)}


class DecisionForm(forms.Form):
    meeting = forms.CharField(label="审批会议", max_length=64, help_text="如：县委常委会会议")
    decided_on = forms.DateField(label="审批日期", widget=day())
    words = forms.CharField(label="审批意见", max_length=500, required=False, widget=area(2))
