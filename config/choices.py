"""Fields for choosing rows."""

from django import forms


class RowsField(forms.ModelMultipleChoiceField):
    """Several rows; a number larger than a database counts is no valid choice, as any other that is nobody's."""

    def clean(self, value):
        for key in value or ():
            if len(str(key)) > 18:
                words = self.error_messages["invalid_choice"]
                raise forms.ValidationError(words, code="invalid_choice", params={"value": str(key)[:20]})
        return super().clean(value)
