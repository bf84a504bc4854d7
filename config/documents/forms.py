"""Rows that come in as a table or are pasted."""

from typing import ClassVar

from django import forms
from django.core.exceptions import ValidationError

from config.documents import tables


class RowsForm(forms.Form):
    """`file` or `text` (the fields are the subclass's), one of the two; the cleaned data have the rows as `lines`."""

    shape: ClassVar[tables.Shape]
    noun: ClassVar[str]  # what people call that which they paste

    def clean(self):
        data = super().clean()
        file, text = data.get("file"), (data.get("text") or "").strip("\n")
        if self.has_error("file"):
            return data
        if bool(file) == bool(text.strip()):
            raise ValidationError({"text": f"请上传表格或粘贴{self.noun}，只用一种。"})
        table = tables.read(file.read(), file.name, self.shape) if file else tables.pasted(text, self.shape)
        data["lines"] = table.lines
        for problem in table.problems:
            self.add_error("file" if file else "text", problem)
        return data
