from uuid import uuid4

from django import forms
from django.core.validators import MaxValueValidator

from config.uploads.forms import DocumentField, MultiplePhotosField, TableField
from members.facts import DETAILS, Share
from members.forms.appraisal import date_input
from members.forms.claim_rows import read_rows
from members.models import Committee, DutyClaim, Member
from members.roles import Permission
from members.services.claims import CLAIMABLE, LEVELS, Told

MOST_AT_ONCE = 100  # pieces or half-days in one claim
DEED = ("member", "on", "fact", "title", "detail", "mark", "share", "sharers", "quantity", "words")


class Evidence(forms.Form):
    """At least one file; the service says so when there is none. `key` makes the same form sent twice one claim."""

    photos = MultiplePhotosField(label="佐证照片", required=False)
    document = DocumentField(
        label="佐证文件", required=False, help_text="PDF、Word、Excel、OFD 或文本，不超过 20 MB。照片和文件至少有一份"
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    needed_to_submit = ("photos", "document")

    @property
    def evidence(self) -> list:
        """What was handed in and passed the checks."""
        given = self.cleaned_data
        return [*given["photos"], *([given["document"]] if given["document"] else [])]


class ClaimForm(Evidence, forms.ModelForm):
    """One deed: for oneself, or by the staff for a member."""

    field_order = ["member", "fact", "on", "title", "photos", "document", "detail", "share", "sharers", "mark",
                   "quantity", "words", "key"]  # fmt: skip

    class Meta:
        model = DutyClaim
        fields = DEED
        widgets = {"on": date_input(), "words": forms.Textarea(attrs={"rows": 3})}
        labels = {"detail": "级别", "mark": "到会情况", "sharers": "其他署名人数"}
        help_texts = {
            "title": "写清是哪一件，如：关于改善城区停车的提案",
            "mark": "只有会议要填",
            "detail": "采用、批示、表彰的级别",
        }

    def __init__(self, *args, members, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = members.select_related("user").order_by("user__name")
        self.fields["member"].label_from_instance = lambda member: f"{member}（{member.work_post}）"
        if len(members) == 1:
            self.fields["member"].widget = forms.HiddenInput()
            self.initial["member"] = members[0].pk
        self.fields["fact"] = forms.ChoiceField(
            label="事项", choices=[("", "请选择"), *((fact, fact.label) for fact in CLAIMABLE)],
            help_text="活动、考勤、微建议、任务等由系统自动记录，不在这里申报",
        )  # fmt: skip
        self.fields["detail"] = forms.ChoiceField(
            label="级别", required=False, choices=[("", "不分级别"), *((level, DETAILS[level]) for level in LEVELS)],
            help_text="采用、批示、表彰的级别",
        )  # fmt: skip
        self.fields["share"].choices = Share.choices
        self.fields["quantity"].validators.append(MaxValueValidator(MOST_AT_ONCE))
        self.order_fields(self.field_order)

    @property
    def told(self) -> Told:
        return Told(**{name: self.cleaned_data[name] for name in DEED})


class BatchForm(Evidence):
    """Many deeds with the same evidence: rows pasted or from a table."""

    committee = forms.ModelChoiceField(label="政协", queryset=Committee.objects.none())
    rows = forms.CharField(
        label="名单", required=False, widget=forms.Textarea(attrs={"rows": 8}),
        help_text="每行一件：姓名、日期、事项、内容，会议再加到会情况，其他可加级别。用逗号或制表符隔开，可以从表格里直接粘贴",
    )  # fmt: skip
    table = TableField(label="或上传 Excel 表", required=False, help_text="各列与上面相同，第一行可以是表头")
    field_order = ["committee", "rows", "table", "document", "photos", "key"]
    needed_to_submit = ("rows", "document", "photos")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        committees = Committee.objects.manageable_by(user, Permission.DUTY_MANAGE)
        self.fields["committee"].queryset = committees
        if len(committees) == 1:
            self.fields["committee"].widget = forms.HiddenInput()
            self.initial["committee"] = committees[0].pk

    def clean(self):
        data = super().clean()
        if not self.errors and data.get("committee"):
            members = Member.objects.filter(committee=data["committee"]).in_force().select_related("user")
            data["told"], problems = read_rows(data["rows"], data["table"], members)
            for problem in problems:
                self.add_error("table" if data["table"] else "rows", problem)
        return data


class AnswerForm(forms.Form):
    answer = forms.CharField(label="复核意见", max_length=200, required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
