import re

from django import forms

from config.choices import RowsField
from config.uploads.forms import DocumentField, MultiplePhotosField
from members.models import Committee
from proposals.models import Category, Proposal
from proposals.services.draft_text import MOST_POINTS
from workstations.forms.names import MemberNamesField

MOST_PHOTOS, MOST_PAPERS, MOST_SEALS = 6, 5, 2
FIRST_POINTS = 3  # areas that an empty form begins with
LONGEST_POINT = 1000
FIRST_HELP = "一条说一个办法：由谁做，做什么，做到什么程度。承办单位逐条答复。"
POINT = re.compile(r"^point_(\d{1,2})$")


def _area(rows, **attrs):
    return forms.Textarea(attrs={"rows": rows, **attrs})


class DraftForm(forms.ModelForm):
    """What the drafter types; a draft may lack anything, `services.drafting` names what is missing.

    The points are areas of their own, `point_0` …; `cleaned_data["points"]` are those that are filled in, in order.
    """

    needed_to_submit = ("title", "situation", "analysis", "sphere", "point_0")

    photos = MultiplePhotosField(
        label="照片", required=False, limit=MOST_PHOTOS, help_text=f"最多 {MOST_PHOTOS} 张，位置信息会自动去除。"
    )
    paper = DocumentField(
        label="附件", required=False, help_text=f"调研报告、图表等，一次一份，最多 {MOST_PAPERS} 份，存草稿后可以再加。"
    )
    seals = MultiplePhotosField(
        label="盖章页", required=False, limit=MOST_SEALS,
        help_text="党派、人民团体盖章的提案首页，拍照上传。没有也可以提交。",
    )  # fmt: skip

    class Meta:
        model = Proposal
        fields = ["title", "situation", "analysis", "sphere", "fields"]
        field_classes = {"fields": RowsField}
        widgets = {"situation": _area(8), "analysis": _area(6), "fields": forms.CheckboxSelectMultiple}
        help_texts = {
            "title": "关于……的提案，或关于……的建议。一事一案。",
            "situation": "是什么事，在哪里，涉及哪些人，有什么数据。",
            "analysis": "为什么会这样，难在哪里。",
            "fields": "这件提案说的是哪方面的事，可以选几项。",
        }

    def __init__(self, *args, committee: Committee, is_organisation=False, more=0, **kwargs):
        super().__init__(*args, **kwargs)
        offered = Category.objects.offered_by(committee)
        self.fields["sphere"].queryset = offered.spheres()
        self.fields["fields"].queryset = offered.fields()
        for name in ("title", "sphere"):
            self.fields[name].required = False
        soft = committee.parameter("proposal.soft_length")
        for name in ("situation", "analysis"):
            self.fields[name].widget.attrs["data-soft"] = soft
        self._add_points(soft, more)
        if not is_organisation:
            del self.fields["seals"]
        points = list(self.points)
        self.order_fields(["title", "situation", "analysis", *points, "sphere", "fields", "photos", "paper", "seals"])

    def _add_points(self, soft, more):
        """As many areas as there are points, some to begin with, and one more where it was asked for."""
        written = self.initial.get("points") or (self.instance.points if self.instance.pk else [])
        sent = [int(found[1]) + 1 for name in self.data if (found := POINT.match(name))]
        wanted = max([FIRST_POINTS, len(written) + bool(more), *sent])
        self.points = [f"point_{number}" for number in range(min(wanted, MOST_POINTS))]
        for number, name in enumerate(self.points):
            self.fields[name] = forms.CharField(
                label=f"建议之{number + 1}", required=False, max_length=LONGEST_POINT,
                widget=_area(3, **{"data-soft": soft}),
                help_text=FIRST_HELP if number == 0 else "没有可以空着。",
            )  # fmt: skip
            self.initial.setdefault(name, written[number] if number < len(written) else "")

    def clean(self):
        data = super().clean()
        data["points"] = [data[name] for name in self.points if data.get(name, "").strip()]
        return data

    @property
    def may_add(self) -> bool:
        return len(self.points) < MOST_POINTS


class SignersForm(forms.Form):
    """Members by their names; `label` says as what they are asked."""

    def __init__(self, *args, committee: Committee, label: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["members"] = MemberNamesField(
            committee=committee, label=label, widget=_area(2, **{"data-uncounted": True}),
            help_text="写姓名，名字之间用空格或顿号隔开。对方登录后自己确认。",
        )  # fmt: skip


class DeclineForm(forms.Form):
    words = forms.CharField(label="想对起草人说的话", required=False, max_length=200, widget=_area(2))
