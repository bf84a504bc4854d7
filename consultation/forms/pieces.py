"""Pieces that several forms are made of."""

import uuid

from django import forms


def area(rows=3, **attrs):
    return forms.Textarea(attrs={"rows": rows, **attrs})


def day(**attrs):
    return forms.DateInput(attrs={"type": "date", **attrs}, format="%Y-%m-%d")


def moment():
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class OnceForm(forms.Form):
    """Carries the key that makes a second click the same row."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid.uuid4())


class WordsForm(forms.Form):
    """One field of words, named by what they are for."""

    words = forms.CharField(max_length=500, widget=area())

    def __init__(self, *args, label="说明", help_text="", required=True, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["words"]
        field.label, field.help_text, field.required = label, help_text, required
