from django import forms

from config.stamped import VisitorForm
from proposals.models import Stage
from proposals.models.showcase import WEB_ADDRESS
from proposals.services.showcase import MOST_LINKS, Report
from proposals.states import Satisfaction


def _area(rows):
    return forms.Textarea(attrs={"rows": rows})


class EntryForm(forms.Form):
    """One stage of the timeline."""

    stage = forms.ChoiceField(label="环节", choices=Stage.choices)
    on = forms.DateField(label="日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    title = forms.CharField(label="标题", max_length=64, help_text="如：主席带队督办农村公交线路优化")
    words = forms.CharField(
        label="内容", max_length=1000, widget=_area(6), help_text="做了什么、进展怎样、下一步什么时候。不写电话。"
    )


class ReportForm(forms.Form):
    """A report of the media; a row without an address is none."""

    outlet = forms.CharField(label="媒体", max_length=32, required=False, help_text="如：县电视台、红网")
    title = forms.CharField(label="报道标题", max_length=64, required=False)
    url = forms.CharField(
        label="网址", max_length=200, required=False, validators=[WEB_ADDRESS],
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )  # fmt: skip

    def clean(self):
        data = super().clean()
        filled = [name for name in ("outlet", "title", "url") if data.get(name)]
        if filled and len(filled) < 3 and not self.errors:
            raise forms.ValidationError("媒体、报道标题、网址要么都填，要么都不填。")
        return data


class ReportSet(forms.BaseFormSet):
    def reports(self) -> list[Report]:
        rows = (form.cleaned_data for form in self.forms)
        return [Report(row["outlet"], row["title"], row["url"]) for row in rows if row.get("url")]


ReportForms = forms.formset_factory(ReportForm, formset=ReportSet, extra=2, max_num=MOST_LINKS, validate_max=True)


class VoteForm(VisitorForm):
    satisfaction = forms.ChoiceField(
        label="您对办理情况", choices=Satisfaction.choices, widget=forms.RadioSelect,
        error_messages={"required": "请选一项。"},
    )  # fmt: skip


class CommentForm(VisitorForm):
    words = forms.CharField(
        label="留言", max_length=500, widget=_area(6),
        help_text="满意在哪里、还要改进什么。先由工作人员审看再公开；请不要写姓名、电话和邮箱。",
    )  # fmt: skip


class ReceiptForm(forms.Form):
    code = forms.CharField(
        label="查询码", max_length=20, help_text="留言后给您的 12 位查询码，如 abcd-efgh-jkmn",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class HideForm(forms.Form):
    reason = forms.CharField(label="不公开的原因", max_length=200, widget=_area(2), help_text="留言人凭查询码看到。")


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label="回应", max_length=500, widget=_area(5), help_text="提交后和留言一起公开。请不要写电话和邮箱。"
    )
