"""What is filled in for a letter and for what follows it."""

from django import forms
from django.core.exceptions import ValidationError

from config.uploads.checks import clean_document
from config.uploads.forms import SeveralFiles
from members.models import OrganisationKind
from workstations.models import LetterKind
from workstations.services.letters import MOST_FILES, Content


class LetterFilesField(forms.FileField):
    """Up to MOST_FILES documents; each that cannot be used is named with its reason."""

    def __init__(self, **options):
        usual = {
            "label": "附件", "required": False, "widget": SeveralFiles(),
            "help_text": f"最多 {MOST_FILES} 个，PDF、Word、表格、OFD 或文本",
        }  # fmt: skip
        super().__init__(**{**usual, **options})

    def clean(self, data, initial=None):
        files = [file for file in data or [] if file]
        if len(files) > MOST_FILES:
            raise ValidationError(f"最多 {MOST_FILES} 个附件，您选了 {len(files)} 个。")
        checked, errors = [], []
        for file in files:
            try:
                checked.append(clean_document(file))
            except ValidationError as error:
                errors.extend(error.error_list)
        if errors:
            raise ValidationError(errors)
        return checked


class ToField(forms.ModelMultipleChoiceField):
    """Towns first, then villages, in groups."""

    widget = forms.CheckboxSelectMultiple

    def grouped(self):
        groups = {OrganisationKind.TOWN: [], OrganisationKind.VILLAGE_COMMITTEE: []}
        for organisation in self.queryset:
            groups[organisation.kind].append((organisation.pk, str(organisation)))
        return [(OrganisationKind(kind).label, rows) for kind, rows in groups.items() if rows]


class LetterForm(forms.Form):
    """A letter; the office chooses whom it goes to, a town's or village's goes to its committee."""

    needed_to_submit = ("organisations",)

    every_town = forms.BooleanField(label="发给全部乡镇（街道）", required=False)
    organisations = ToField(queryset=None, label="发给", required=False, help_text="可以选多个，每个单位各收到一封")
    kind = forms.ChoiceField(label="类别", choices=LetterKind.choices)
    subject = forms.CharField(label="标题", max_length=64)
    body = forms.CharField(label="内容", max_length=5000, widget=forms.Textarea(attrs={"rows": 8}))
    files = LetterFilesField()
    wants_answer = forms.BooleanField(label="需要回复", required=False, initial=True)

    def __init__(self, *args, offered, workdays: int, **kwargs):
        """`offered` are the organisations to choose from, None when there is nothing to choose."""
        super().__init__(*args, **kwargs)
        self.fields["wants_answer"].help_text = f"对方应在 {workdays} 个工作日内回复，快到期和逾期时自动提醒"
        if offered is None:
            del self.fields["organisations"], self.fields["every_town"]
            return
        self.fields["organisations"].queryset = offered
        self.fields["organisations"].choices = self.fields["organisations"].grouped()

    def clean(self):
        data = super().clean()
        chosen = "organisations" in self.fields and "organisations" not in self.errors
        if chosen and not data.get("organisations") and not data.get("every_town"):
            self.add_error("organisations", "请至少选一个乡镇或村。")
        return data

    def chosen(self) -> list:
        """The organisations that it goes to."""
        data = self.cleaned_data
        chosen = list(data["organisations"])
        if data["every_town"]:
            offered = self.fields["organisations"].queryset
            chosen += offered.filter(kind=OrganisationKind.TOWN).exclude(pk__in=[one.pk for one in chosen])
        return chosen

    def content(self) -> Content:
        data = self.cleaned_data
        return Content(data["kind"], data["subject"], data["body"], data["wants_answer"], tuple(data["files"]))


class ReplyForm(forms.Form):
    """An answer, or something added."""

    body = forms.CharField(label="内容", max_length=3000, widget=forms.Textarea(attrs={"rows": 5}))
    files = LetterFilesField()
