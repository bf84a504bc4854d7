"""Form fields for files; what they return has passed every check and goes straight to `store.attach`."""

from django import forms
from django.core.exceptions import ValidationError

from config.uploads.checks import clean_document, clean_image, clean_table
from config.uploads.models import Attachment


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class MultiplePhotosField(forms.FileField):
    """Up to `limit` photos; every photo that cannot be used is named with its reason."""

    def __init__(self, *, limit=9, **options):
        options.setdefault("label", "照片")
        options.setdefault("help_text", f"最多 {limit} 张，每张不超过 8 MB，支持 JPG、PNG、WebP。")
        accept = {"accept": "image/jpeg,image/png,image/webp"}
        super().__init__(widget=SeveralFiles(attrs=accept), **options)
        self.limit = limit

    def clean(self, data, initial=None):
        files = [file for file in data or [] if file]
        if not files:
            super().clean(None)
            return []
        if len(files) > self.limit:
            raise ValidationError(f"最多上传 {self.limit} 张照片，您选了 {len(files)} 张。")
        photos, errors = [], []
        for file in files:
            try:
                photos.append(clean_image(file))
            except ValidationError as error:
                errors.extend(error.error_list)
        if errors:
            raise ValidationError(errors)
        return photos


class DocumentField(forms.FileField):
    """One document of an allowed kind."""

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        return clean_document(file) if file else None


class TableField(forms.FileField):
    """One .xlsx or .csv; `noun` is what people call such a table."""

    def __init__(self, *, noun="表格", **options):
        super().__init__(widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}), **options)
        self.noun = noun

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        return clean_table(file, noun=self.noun) if file else None


class PhotosForm(forms.Form):
    """Photos that come, and those of `files` that go."""

    photos = MultiplePhotosField(required=False)
    removed = forms.ModelMultipleChoiceField(
        label="删去", queryset=Attachment.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, files, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["removed"].queryset = files
        if not files.exists():
            del self.fields["removed"]
