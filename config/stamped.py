"""Sheets that are sent once and by people: a signed stamp says which one it is and when it was drawn.

A second click sends the same stamp, so it can be known for the same sheet. Visitors without an account are asked to
look again when they are too quick, and get a fresh stamp when the page stood open too long; what they typed stays.
"""

import secrets

from django import forms
from django.core import signing

SALT = "config.stamped"
QUICKEST, OLDEST = 3, 24 * 60 * 60  # seconds between drawing a form and sending it
AGAIN = "没有提交成功，内容还在，请再点一次提交。"


def is_younger(stamp: str, seconds: int, *, salt: str = SALT) -> bool:
    """Whether `stamp`, which is known to be ours, was signed less than so many seconds ago."""
    try:
        signing.loads(stamp, salt=salt, max_age=seconds)
    except signing.SignatureExpired:
        return False
    return True


class StampedForm(forms.Form):
    """`cleaned_data["stamp"]` is the seed of the sheet: the same however often it is sent."""

    stamp = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["stamp"] = signing.dumps(secrets.token_urlsafe(16), salt=SALT)

    def clean_stamp(self) -> str:
        """A stamp that is not ours is replaced, so that the next try carries a good one."""
        try:
            return signing.loads(self.cleaned_data["stamp"], salt=SALT)
        except signing.BadSignature:
            self._restamp(self.initial["stamp"])
            raise forms.ValidationError(AGAIN) from None

    def _restamp(self, stamp):
        self.data = self.data.copy()
        self.data[self.add_prefix("stamp")] = stamp


class VisitorForm(StampedForm):
    """For people without an account: `website` is a trap that people do not see and programs fill in."""

    website = forms.CharField(
        label="请不要填写", required=False, template_name="components/trap.html",
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if name != "website"])

    def clean(self):
        data = super().clean()
        if data.get("website"):
            raise forms.ValidationError("没有提交成功。请不要填写看不见的栏目，刷新后重新填写。")
        seed, stamp = data.get("stamp"), self.data.get(self.add_prefix("stamp"), "")
        if seed and not is_younger(stamp, OLDEST):
            self._restamp(signing.dumps(seed, salt=SALT))
            raise forms.ValidationError("这一页打开太久了，内容还在，请再点一次提交。")
        if seed and is_younger(stamp, QUICKEST):
            raise forms.ValidationError("提交得太快了，请看一看内容，过几秒再点提交。")
        return data
