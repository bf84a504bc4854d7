from django import forms

from config.uploads.forms import DocumentField
from members.models import User
from proposals.models import Assignment, Contact, Extension, Reply
from proposals.services.contacts import stages_of
from proposals.services.replies import LONGEST_ANSWER, grades_of
from proposals.states import ContactWay, Satisfaction


def _date(**attrs):
    return forms.DateInput(attrs={"type": "date", **attrs}, format="%Y-%m-%d")


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label="退回理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="说明为什么不属于本单位职责，建议由谁承办。",
    )


class ReplyForm(forms.ModelForm):
    """Which of promise, date and reason are needed depends on the grade; their help texts say when.

    Of a proposal each of its points has an answer of its own; a co-unit writes an opinion and nothing else.
    """

    needed_to_submit = ("text", "promise", "promised_on", "reason", "private_reason", "public_text")

    class Meta:
        model = Reply
        fields = ["text", "grade", "promise", "promised_on", "reason", "publication", "private_reason", "public_text"]
        widgets = {
            "text": forms.Textarea(attrs={"rows": 8}),
            "promise": forms.Textarea(attrs={"rows": 2}),
            "promised_on": _date(),
            "reason": forms.Textarea(attrs={"rows": 2}),
            "public_text": forms.Textarea(attrs={"rows": 3}),
            "grade": forms.RadioSelect,
        }
        help_texts = {"text": "逐条回应，先说办了什么、结果怎样，再说还有什么计划。"}

    def __init__(self, *args, assignment: Assignment, **kwargs):
        super().__init__(*args, **kwargs)
        self.points = []
        offered = grades_of(assignment.committee)
        self.fields["grade"].choices = [(g, label) for g, label in self.fields["grade"].choices if g in offered]
        self.fields["text"].required = False
        if assignment.is_co:
            self.fields = {"text": self.fields["text"]}
            self.fields["text"].label, self.fields["text"].help_text = (
                "会办意见",
                "写给主办单位，按职责说明情况和建议。",
            )
        elif assignment.proposal_id:
            self._ask_points(assignment.proposal.points)
            self.fields["text"].label, self.fields["text"].help_text = "综合说明", "写在逐条答复之后的说明和结语。"
        else:
            del self.fields["public_text"]

    def _ask_points(self, points):
        given = self.initial.get("answers") or self.instance.answers
        rest = self.fields
        self.fields = {}
        for number, point in enumerate(points):
            name = f"answer_{number}"
            self.points.append(name)
            self.fields[name] = forms.CharField(
                label=f"答复第 {number + 1} 条：{point}", required=False, max_length=LONGEST_ANSWER,
                widget=forms.Textarea(attrs={"rows": 4}), initial=given[number] if number < len(given) else "",
            )  # fmt: skip
        self.fields |= rest
        self.needed_to_submit = (*self.needed_to_submit, *self.points)

    def given(self) -> dict:
        """What the service takes."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in self.points}
        if self.points:
            data["answers"] = [self.cleaned_data.get(name, "").strip() for name in self.points]
        return data

    def _post_clean(self):
        """A draft may be incomplete; the services that hand it in name what is missing."""


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
    attitude = forms.ChoiceField(
        label="您对办理态度", choices=Satisfaction.choices, widget=forms.RadioSelect, required=False
    )
    words = forms.CharField(
        label="意见",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不满意时必填：哪里不满意，希望怎么办。",
    )

    def __init__(self, *args, assignment: Assignment | None = None, **kwargs):
        """Of a proposal the attitude is rated too."""
        super().__init__(*args, **kwargs)
        if assignment is not None and assignment.proposal_id:
            self.fields["attitude"].required = True
        else:
            del self.fields["attitude"]


class PaperForm(RatingForm):
    """What a signer wrote on a 征询意见表, with its scan."""

    signer = forms.ModelChoiceField(label="提案者", queryset=User.objects.none(), empty_label="请选择")
    scan = DocumentField(label="征询意见表扫描件", help_text="有本人签字的 PDF")

    def __init__(self, *args, assignment: Assignment, silent, **kwargs):
        super().__init__(*args, assignment=assignment, **kwargs)
        self.fields["signer"].queryset = User.objects.filter(pk__in=silent).order_by("pk")
        self.fields["satisfaction"].label, self.fields["attitude"].label = "对办理结果", "对办理态度"
        self.order_fields(["signer", "satisfaction", "attitude", "words", "scan"])


class ReasonForm(forms.Form):
    """Why an opinion is waived, or the rating ended."""

    reason = forms.CharField(label="理由", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class WaiveForm(ReasonForm):
    """Past its date an opinion is waived without further words; the service says when one is needed."""

    def __init__(self, *args, late: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False
        self.fields["reason"].help_text = f"不填的，记为“{late}”。" if late else "还没有到期，请写明为什么不必再等。"


class ContactForm(forms.ModelForm):
    class Meta:
        model = Contact
        fields = ["stage", "way", "on", "with_whom", "words"]
        widgets = {"on": _date(), "words": forms.Textarea(attrs={"rows": 3}), "way": forms.RadioSelect}

    def __init__(self, *args, assignment: Assignment, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["stage"].choices = [(stage.value, stage.label) for stage in stages_of(assignment)]
        self.fields["way"].choices = ContactWay.choices
        self.fields["words"].help_text = "谈了什么，对方有什么意见。不写电话和住址。"

    def _post_clean(self):
        """The service checks the day and the state of the case."""


class SignForm(forms.Form):
    number = forms.CharField(label="文号", max_length=40, help_text="如：嘉住建函〔2026〕12号", required=False)


class SendForm(forms.Form):
    scan = DocumentField(label="盖章扫描件", required=False, help_text="可以附上盖章的 PDF")


class VerifyForm(forms.Form):
    kept = forms.ChoiceField(
        label="核实结果", choices=[("yes", "已兑现，可以办结"), ("no", "未兑现，重新办理")], widget=forms.RadioSelect
    )
    words = forms.CharField(
        label="核实情况", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="何时何地，看到了什么。"
    )
