"""What is typed of information: a report by a member or at the register, and what the register does with it."""

from django import forms
from django.core.exceptions import ValidationError

from config.uploads.forms import MultiplePhotosField
from members.forms import RegionField
from proposals.models import Bulletin, Category, Information
from proposals.services.information import PARTS, Whose
from proposals.states import BulletinState
from workstations.forms.names import MemberNamesField, as_names

MOST_PHOTOS = 6


def words_field(label, help_text="", *, rows=3, most=300):
    return forms.CharField(
        label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), help_text=help_text
    )


class InformationForm(forms.ModelForm):
    """A draft may lack anything; `services.information.submit` names what is missing."""

    needed_to_submit = ("title", "problem", "suggestion", "category")

    photos = MultiplePhotosField(
        label="照片", required=False, limit=MOST_PHOTOS, help_text=f"最多 {MOST_PHOTOS} 张，位置信息会自动去除。"
    )

    class Meta:
        model = Information
        fields = ["title", *PARTS, "category", "region"]
        widgets = {part: forms.Textarea(attrs={"rows": 6}) for part in PARTS}
        help_texts = {
            "title": "一句话说清反映什么，如：农村客运班线停运，老人就医不便",
            "problem": "时间、地点、人数、数据写清楚，有根据，不夸大。",
            "cause": "为什么会这样；说不准的可以不写。",
            "suggestion": "建议由谁、怎样解决，具体可行。",
        }

    def __init__(self, *args, committee, home=None, **kwargs):
        super().__init__(*args, **kwargs)
        soft = committee.parameter("information.soft_length")
        self.fields["category"].queryset = Category.objects.offered_by(committee).fields()
        self.fields["region"] = RegionField(label="所在地", root=committee.region, first=home, required=False)
        for part in PARTS:
            self.fields[part].widget.attrs["data-soft"] = soft // len(PARTS)
        self.fields["problem"].help_text += f"三部分合计不超过 {soft} 字。"
        for name in ("title", "category"):
            self.fields[name].required = False
        self.order_fields([*self.extra(), "title", *PARTS, "category", "region", "photos"])

    def extra(self) -> list[str]:
        return []

    def whose(self) -> Whose | None:
        """For whom it is entered; a member reports for no other."""
        return None


class DeskInformationForm(InformationForm):
    """The register enters a report for a member, an organisation or a person without an account."""

    needed_to_submit = (*InformationForm.needed_to_submit, "author", "reporter")

    def __init__(self, *args, committee, **kwargs):
        super().__init__(*args, committee=committee, **kwargs)
        self.fields["author"] = MemberNamesField(
            committee=committee, label="反映委员", required=False, max_length=40, widget=forms.TextInput,
            help_text="委员口头或书面反映的写姓名，计入他的履职记录。",
        )  # fmt: skip
        self.fields["reporter"] = forms.CharField(
            label="反映单位或个人", required=False, max_length=64, help_text="不是委员个人反映的写这里。"
        )
        if self.instance.pk:
            given = as_names([self.instance.author]) if self.instance.author_id else ""
            self.initial |= {"author": given, "reporter": self.instance.reporter}
        self.order_fields([*self.extra(), "title", *PARTS, "category", "region", "photos"])

    def extra(self):
        return ["author", "reporter"]

    def clean_author(self):
        found = self.cleaned_data["author"]
        if len(found) > 1:
            raise ValidationError("写一位委员；几位联合反映的，其余写在“反映单位或个人”里。")
        return found[0] if found else None

    def whose(self):
        data = self.cleaned_data
        return Whose(author=data["author"], reporter=data["reporter"])


class ReturnForm(forms.Form):
    words = words_field("要补充什么", "报送人会看到，改好后再报。")


class ShelveForm(forms.Form):
    words = words_field("不编的原因", "报送人会看到，如：同类情况上月已反映。")


class SameForm(forms.Form):
    of = forms.ModelChoiceField(
        label="与哪一件重复", queryset=Information.objects.none(), empty_label="请选择",
        help_text="只列出相近的；反映同一件事的一起采编，每位反映人的署名都保留。",
    )  # fmt: skip

    def __init__(self, *args, offered, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["of"].queryset = offered
        self.fields["of"].label_from_instance = lambda row: f"{row.serial} {row.title}"


class PutInForm(forms.Form):
    """Into an issue that is being edited."""

    bulletin = forms.ModelChoiceField(
        label="编入", queryset=Bulletin.objects.none(), empty_label="新的一期", required=False
    )

    def __init__(self, *args, committee, **kwargs):
        super().__init__(*args, **kwargs)
        editing = Bulletin.objects.filter(committee=committee, state=BulletinState.EDITING)
        self.fields["bulletin"].queryset = editing.order_by("-pk")


class BulletinForm(forms.ModelForm):
    class Meta:
        model = Bulletin
        fields = ["title", "text", "range"]
        widgets = {"text": forms.Textarea(attrs={"rows": 18})}
        help_texts = {"text": "“一、情况和问题”这样单独一行的是小标题。改这里不影响委员的原件。"}


class SendBackForm(forms.Form):
    words = words_field("要改什么", "采编人会看到。")
