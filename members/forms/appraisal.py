from django import forms
from django.utils import timezone


def date_input():
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _area(rows=4):
    return forms.Textarea(attrs={"rows": rows})


class FreezeForm(forms.Form):
    reason = forms.CharField(
        label="提前定格的原因", max_length=200, required=False, widget=_area(2),
        help_text="年度还没有过完时必填，写进考评和操作留痕",
    )  # fmt: skip
    needed_to_submit = ("reason",)

    def __init__(self, *args, early: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not early:
            del self.fields["reason"]


class ObjectForm(forms.Form):
    words = forms.CharField(
        label="对哪一项有异议，理由是什么", max_length=1000, widget=_area(5),
        help_text="每年可以申诉一次。如：3月12日的调研没有记入，签到册上有我的名字",
    )  # fmt: skip


class CorrectForm(forms.Form):
    """What the result should be: both dimensions, grade and reason."""

    counted = forms.DecimalField(label="做了多少（分）", max_digits=7, decimal_places=2)
    quality = forms.DecimalField(label="做得怎么样（分）", max_digits=7, decimal_places=2)
    grade = forms.ChoiceField(label="等次")
    reason = forms.CharField(label="理由和依据", max_length=500, widget=_area(3))

    def __init__(self, *args, objection, **kwargs):
        result = objection.result
        given = objection.correction or {
            "counted": result.counted, "quality": result.quality, "grade": result.grade
        }  # fmt: skip
        super().__init__(*args, initial=given, **kwargs)
        bands = result.appraisal.scheme.bands.order_by("position", "pk")
        self.fields["grade"].choices = [(band.name, band.name) for band in bands]


class AnswerForm(forms.Form):
    answer = forms.CharField(label="答复", max_length=1000, widget=_area(4), help_text="委员会看到这段话")


class UpholdForm(AnswerForm):
    """The answer, with the correction as it stood on the page."""

    seen = forms.JSONField(widget=forms.HiddenInput)


class TalkForm(forms.Form):
    held_on = forms.DateField(label="日期", widget=date_input(), initial=timezone.localdate)
    speaker = forms.CharField(label="谈话人", help_text="表扬的填经办人", max_length=64)
    note = forms.CharField(label="记录", max_length=2000, widget=_area(5), help_text="委员会看到这段话")


class WaiveForm(forms.Form):
    reason = forms.CharField(label="原因", max_length=500, widget=_area(2))
