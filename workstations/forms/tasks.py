from django import forms

from config.uploads.forms import DocumentField, MultiplePhotosField
from workstations.models import DutyTask, TaskGrade
from workstations.services.tasks import MOST_PHOTOS


class HandInForm(forms.Form):
    """What is handed in for one task: words, the number where the rule asks for one, photos and a file."""

    words = forms.CharField(label="内容", max_length=5000, widget=forms.Textarea(attrs={"rows": 8}))
    number = forms.IntegerField(label="数量", min_value=0, max_value=1_000_000, required=False)
    photos = MultiplePhotosField(limit=MOST_PHOTOS, required=False)
    file = DocumentField(label="附件", required=False, help_text="一份，如 Word、PDF 或表格")

    def __init__(self, *args, task: DutyTask, **kwargs):
        super().__init__(*args, **kwargs)
        rule = task.rule
        if rule.shortest > 1:
            self.fields["words"].help_text = f"至少 {rule.shortest} 个字"
        if rule.asks_number:
            self.fields["number"].label, self.fields["number"].required = rule.asks_number, True
        else:
            del self.fields["number"]
        self.initial |= {"words": task.words, "number": task.number}

    def given(self) -> dict:
        """What the service takes."""
        data = self.cleaned_data
        files = [data["file"]] if data.get("file") else []
        return {"words": data["words"], "number": data.get("number"), "photos": data["photos"], "files": files}


class ReadForm(forms.Form):
    """批阅: a grade where the rule asks for one, and a remark."""

    grade = forms.ChoiceField(label="评等", choices=TaskGrade.choices, widget=forms.RadioSelect)
    remark = forms.CharField(label="批语", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, task: DutyTask, **kwargs):
        super().__init__(*args, **kwargs)
        if not task.rule.is_graded:
            del self.fields["grade"]


class ReasonForm(forms.Form):
    """Why something is sent back or excused."""

    reason = forms.CharField(label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
