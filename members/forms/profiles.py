from django import forms
from django.core import signing

QUICKEST, OLDEST = 3, 24 * 60 * 60  # seconds between showing the form and sending it
SALT = "member-question"


class AskForm(forms.Form):
    """What a visitor asks. `website` is a trap that people do not see; `shown` tells when the form was drawn."""

    words = forms.CharField(
        label="问题", max_length=500, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="什么事、在哪里、希望怎样解决。先由工作人员审看，答复后和问题一起公开。",
    )  # fmt: skip
    place = forms.CharField(label="您在哪里", max_length=32, required=False, help_text="如：珠泉镇；不用写姓名和电话")
    website = forms.CharField(
        label="请不要填写", required=False, template_name="members/question_trap.html",
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )  # fmt: skip
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["shown"] = signing.dumps("", salt=SALT)

    def clean(self):
        data = super().clean()
        if data.get("website"):
            raise forms.ValidationError("没有提交成功。请不要填写看不见的栏目，刷新后重新填写。")
        try:
            signing.loads(data.get("shown", ""), salt=SALT, max_age=OLDEST)
        except signing.SignatureExpired:
            self._again("这一页打开太久了，内容还在，请再点一次提交。")
        except signing.BadSignature:
            self._again("没有提交成功，内容还在，请再点一次提交。")
        else:
            if self._is_hasty(data["shown"]):
                raise forms.ValidationError("提交得太快了，请看一看内容，过几秒再点提交。")
        return data

    def _is_hasty(self, shown):
        try:
            signing.loads(shown, salt=SALT, max_age=QUICKEST)
        except signing.SignatureExpired:
            return False
        return True

    def _again(self, words):
        """Refuse, and let the next try carry a fresh stamp."""
        self.data = self.data.copy()
        self.data["shown"] = self.initial["shown"]
        raise forms.ValidationError(words)


class ReceiptForm(forms.Form):
    code = forms.CharField(label="查询码", max_length=20, help_text="提问后给您的 12 位查询码，如 abcd-efgh-jkmn")


class RefuseForm(forms.Form):
    reason = forms.CharField(
        label="不公开的原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="提问人凭查询码看到；已转给委员的，委员也会收到。",
    )  # fmt: skip


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label="答复", max_length=1000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="提交后公开在您的主页上。请不要写电话和邮箱。",
    )  # fmt: skip


class ProfileForm(forms.Form):
    introduction = forms.CharField(
        label="履职简介", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="做过哪些事、能帮群众做什么。请不要写电话和邮箱。",
    )  # fmt: skip
    specialties = forms.CharField(label="专长", max_length=128, required=False, help_text="几项之间用顿号隔开")
    is_public = forms.BooleanField(
        label="公开展示", required=False, help_text="群众可以找到这位委员并提问；联系方式从不公开"
    )
