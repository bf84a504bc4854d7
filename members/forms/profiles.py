from django import forms

from config.stamped import VisitorForm


class AskForm(VisitorForm):
    """What a visitor asks."""

    words = forms.CharField(
        label="问题", max_length=500, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="什么事、在哪里、希望怎样解决。先由工作人员审看，答复后和问题一起公开。",
    )  # fmt: skip
    place = forms.CharField(label="您在哪里", max_length=32, required=False, help_text="如：珠泉镇；不用写姓名和电话")


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
