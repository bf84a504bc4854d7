"""Forms of schemes and their rows."""

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from members.forms.facts import FactFilterForm
from members.models import GradeBand, LadderStep, ScoreGroup, ScoreItem, ScoreRequirement, ScoreScheme


class _Changed:
    @property
    def changed_fields(self) -> list[str]:
        """Names of the model's fields that differ from what was shown."""
        return [name for name in self.changed_data if name in self._meta.fields]


class SchemeForm(_Changed, forms.ModelForm):
    class Meta:
        model = ScoreScheme
        fields = ["name", "source", "note", "cap", "floor"]
        widgets = {"note": forms.Textarea(attrs={"rows": 5})}
        help_texts = {"cap": "不填则不封顶", "floor": "扣到这里为止"}


class NewSchemeForm(forms.Form):
    """A draft: from a preset, from another year's scheme, or empty."""

    year = forms.IntegerField(label="年度", validators=[MinValueValidator(2000), MaxValueValidator(2100)])
    origin = forms.ModelChoiceField(
        ScoreScheme.objects.none(), label="照着哪个方案", required=False, empty_label="不照着，从空白开始",
        help_text="范本按公开的考核办法整理，复制后可以随意修改",
    )  # fmt: skip
    name = forms.CharField(
        label="名称", max_length=64, required=False, help_text="照着别的方案时可以不填，如：委员履职考评方案"
    )

    def __init__(self, *args, schemes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["origin"].queryset = schemes
        self.fields["origin"].label_from_instance = lambda row: str(row) if row.committee_id else f"范本：{row.name}"

    def clean(self):
        data = super().clean()
        if not data.get("origin") and not data.get("name") and "origin" not in self.errors:
            self.add_error("name", "请给方案起个名称，如：委员履职考评方案。")
        return data


class _Placed(_Changed):
    """A row among others: without a place it is the last."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["position"].required = False
        self.fields["position"].help_text = "第几行；不填排在最后"

    def clean_position(self):
        return self.cleaned_data["position"] or self.instance.position


class GroupForm(_Placed, forms.ModelForm):
    class Meta:
        model = ScoreGroup
        fields = ["name", "base", "cap", "floor", "sum", "position"]
        help_texts = {"base": "什么也没做时就有的分，如基础分 70", "cap": "不填则不封顶", "floor": "不填则不保底"}


class ItemForm(_Placed, FactFilterForm):
    class Meta:
        model = ScoreItem
        fields = [
            "name", "points", "by_quantity", "facts", "details", "marks", "shares", "nature", "dimension", "applies_to",
            "first_percent", "joint_percent", "rest_is_split", "writer_percent", "participant_percent", "skip_first",
            "count_at_most", "cap", "floor", "position",
        ]  # fmt: skip
        help_texts = {"cap": "本项最多得多少分", "floor": "本项最多扣到多少分", "count_at_most": "不填则不限"}


class RequirementForm(_Placed, FactFilterForm):
    class Meta:
        model = ScoreRequirement
        fields = ["name", "at_least", "facts", "details", "marks", "shares", "holds_below", "position"]


class BandForm(_Placed, forms.ModelForm):
    class Meta:
        model = GradeBand
        fields = ["name", "at_least", "best_percent", "tone", "position"]
        help_texts = {
            "at_least": "最后一个等次不填，表示其余的人",
            "best_percent": "按名次评定的填写，如前 20%；和分数线都填时两样都要达到",
        }


class LadderForm(_Placed, forms.ModelForm):
    grades = forms.MultipleChoiceField(
        label="等次", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="评为这些等次的；也可以只填低于多少分",
    )  # fmt: skip

    class Meta:
        model = LadderStep
        fields = ["grades", "below", "years", "measure", "speaker", "position"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        names = list(self.instance.scheme.bands.order_by("position", "pk").values_list("name", flat=True))
        kept = [name for name in self.instance.grades if name not in names]
        self.fields["grades"].choices = [(name, name) for name in [*names, *kept]]

    def clean(self):
        data = super().clean()
        if not data.get("grades") and data.get("below") is None and not self.errors:
            self.add_error("grades", "请选择等次，或填写低于多少分。")
        return data
