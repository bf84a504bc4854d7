from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from config.uploads.checks import clean_document
from config.uploads.forms import SeveralFiles, TableField
from members import sharing
from members.models import Committee, Practice, Regulation, RegulationState

MOST_FILES = 5


def _day():
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Several(forms.FileField):
    """Several documents, each checked; what it returns goes straight to the service."""

    widget = SeveralFiles

    def clean(self, data, initial=None):
        files = [file for file in data or [] if file]
        if len(files) > MOST_FILES:
            raise ValidationError(f"最多上传 {MOST_FILES} 个文件，您选了 {len(files)} 个。")
        return [clean_document(file) for file in files]


class RegulationForm(forms.ModelForm):
    files = Several(label="文件", required=False, help_text="印发的文件，PDF、DOCX、OFD 等")

    class Meta:
        model = Regulation
        fields = ["title", "issuer", "number", "issued_on", "state", "tags", "text", "is_public"]
        widgets = {"issued_on": _day(), "text": forms.Textarea(attrs={"rows": 14})}
        help_texts = {"text": "一段一行；公开页按文件的样子排，可以打印"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [c for c in RegulationState.choices if c[0] != RegulationState.REPEALED]
        self.order_fields(["title", "issuer", "number", "issued_on", "state", "tags", "text", "files", "is_public"])

    @property
    def changed_fields(self) -> list[str]:
        return [name for name in self.changed_data if name in self._meta.fields]


class RepealForm(forms.Form):
    on = forms.DateField(label="废止日期", widget=_day(), initial=timezone.localdate)
    reason = forms.CharField(
        label="依据或原因", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class RegulationImportForm(forms.Form):
    file = TableField(label="文件", help_text="Excel 工作簿（.xlsx）或 CSV，一行一件；有一行不对，就一件也不登记")


class PracticeForm(forms.ModelForm):
    """A practice, and one of the own procedures, schemes, rules … to attach as it is now."""

    attach = forms.ChoiceField(
        label="附上可以复制的内容", required=False, help_text="附上现在的样子；别的政协采用时得到一份草稿，不影响本会"
    )

    class Meta:
        model = Practice
        fields = ["kind", "title", "summary", "text", "effect", "is_shared"]
        widgets = {"text": forms.Textarea(attrs={"rows": 10}), "effect": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"is_shared": "平台上各级政协的人都能看到、可以采用"}

    def __init__(self, *args, committee: Committee, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows, choices = {}, []
        for name, kind in sharing.kinds().items():
            offered = {f"{name}:{row.pk}": row for row in kind.offered(committee)}
            self.rows |= offered
            if offered:
                choices.append((kind.label, [(value, str(row)) for value, row in offered.items()]))
        kept = f"不改（{self.instance.payload_title}）" if self.instance.payload_kind else "不附"
        self.fields["attach"].choices = [("", kept), *choices]
        if self.instance.pk:
            del self.fields["is_shared"]  # shared and withdrawn by their own buttons
        self.order_fields(["kind", "title", "summary", "text", "effect", "attach", "is_shared"])

    @property
    def changed_fields(self) -> list[str]:
        return [name for name in self.changed_data if name in self._meta.fields]

    @property
    def attached(self):
        """(kind, row) of what was chosen, or None."""
        chosen = self.cleaned_data.get("attach")
        return (chosen.partition(":")[0], self.rows[chosen]) if chosen else None
