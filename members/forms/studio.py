from django import forms

from members.forms.profiles import AskForm


class AgainForm(AskForm):
    """追问: the code says whose question it is."""

    words = forms.CharField(
        label="接着问", max_length=500, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="哪里还不明白。先由工作人员审看，答复后和前面的问答一起公开。",
    )  # fmt: skip
    place = None
    code = forms.CharField(max_length=20, widget=forms.HiddenInput)


class ReplyForm(AskForm):
    """What a visitor answers a member who asks."""

    words = forms.CharField(
        label="您的看法", max_length=500, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="不用写姓名和电话。先由工作人员审看，再公开在这一页。",
    )  # fmt: skip


class InquiryForm(forms.Form):
    """What a member asks the public."""

    title = forms.CharField(label="想请教什么", max_length=64, help_text="一句话，如：村里的闲置校舍怎么用好？")
    words = forms.CharField(
        label="说明", max_length=1000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="想了解哪些情况、准备怎么用。提交后就公开，请不要写电话和邮箱。",
    )  # fmt: skip
    until = forms.DateField(label="征求到哪天", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class SummaryForm(forms.Form):
    summary = forms.CharField(
        label="结语", max_length=1000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="谢谢大家，说说听到了什么、准备怎么用。提交后公开，不再收回应。",
    )  # fmt: skip


class ReasonForm(forms.Form):
    reason = forms.CharField(label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
