from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from config.filters import in_calendar
from config.uploads.forms import TableField
from members.forms import RegionField
from members.models import Region, RegionLevel
from workstations.gridbook import places, seating
from workstations.models import Grid, GridKind, ImportOf
from workstations.services.grids import MOST_PER_VILLAGE

NOUNS = {ImportOf.GRIDS: "网格表", ImportOf.POSTINGS: "派驻表"}


def _date():
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ImportForm(forms.Form):
    def __init__(self, *args, of, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"] = TableField(noun=NOUNS[of], label=NOUNS[of], help_text=".xlsx 或 .csv，最多 20000 行")


class GridForm(forms.ModelForm):
    """What is known of one grid, and its name, which stands with the division."""

    name = forms.CharField(label="网格名称", max_length=64)

    class Meta:
        model = Grid
        fields = ["field", "warden", "households", "residents"]

    field_order = ["place", "kind", "name"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["name"].initial = self.instance.region.name

    @property
    def about(self) -> dict:
        return {name: self.cleaned_data[name] for name in self._meta.fields}


class NewGridForm(GridForm):
    """The same for a grid to be: in which village, and of which kind."""

    kind = forms.ChoiceField(label="类别", choices=GridKind.choices, initial=GridKind.BASIC)
    place = forms.CharField(
        label="所属村（社区）", max_length=64,
        help_text="名称（带乡镇）或 12 位代码；专属网格也可以写乡镇（街道）",
    )  # fmt: skip

    def __init__(self, *args, committee, **kwargs):
        super().__init__(*args, **kwargs)
        self.committee = committee
        self.instance.committee = committee

    def clean_place(self) -> Region:
        try:
            code = places.Places.of(self.committee).find(self.cleaned_data["place"])
        except ValueError as problem:
            raise ValidationError(str(problem)) from problem
        return Region.objects.get(pk=code)

    def _post_clean(self):
        """The row does not exist yet; the service checks it whole."""

    @property
    def about(self) -> dict:
        return {name: self.cleaned_data[name] for name in self._meta.fields}


class RetireForm(forms.Form):
    on = forms.DateField(
        label="停用日期", widget=_date(), validators=[in_calendar], initial=timezone.localdate,
        help_text="到这一天为止，派驻在这里的委员同时结束派驻",
    )  # fmt: skip
    reason = forms.CharField(label="原因", max_length=200, help_text="如：并入第二网格")


class EndForm(forms.Form):
    on = forms.DateField(
        label="结束日期", widget=_date(), validators=[in_calendar], initial=timezone.localdate,
        help_text="最后一天；过了这一天不再公开显示",
    )  # fmt: skip


class GenerateForm(forms.Form):
    """Which villages, and how many grids each; households as lines where they decide."""

    per_village = forms.IntegerField(label="每村几个网格", min_value=1, max_value=MOST_PER_VILLAGE, initial=1)
    each = forms.IntegerField(
        label="每几户一个网格", required=False, min_value=10, max_value=5000,
        help_text="按户数划分时填写，如 300；不填就按上面的个数",
    )  # fmt: skip
    households = forms.CharField(
        label="各村户数", required=False, max_length=500_000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="一村一行：村名（带乡镇）或代码，空格，户数。没有写到的村按“每村几个网格”生成",
    )  # fmt: skip

    field_order = ["within"]

    def __init__(self, *args, committee, **kwargs):
        super().__init__(*args, **kwargs)
        self.committee = committee
        root = committee.region
        self.fields["within"] = RegionField(root=root, label="范围", initial=root.pk)
        self.order_fields(self.field_order)

    def clean(self):
        given = super().clean()
        given["households"] = self._households(given.get("households") or "")
        if given["households"] and not given.get("each"):
            self.add_error("each", "写了户数，请填每几户一个网格。")
        if given.get("each") and not given["households"]:
            self.add_error("households", "要按户数划分，请写各村户数。")
        return given

    def _households(self, words) -> dict[str, int]:
        lines = [line.replace("，", " ").replace(",", " ").split() for line in words.splitlines() if line.strip()]
        known, found, errors = places.Places.of(self.committee) if lines else None, {}, []
        for number, line in enumerate(lines, start=1):
            count = line[-1].removesuffix("户")
            if len(line) < 2 or not (count.isascii() and count.isdigit() and len(count) < 7):
                errors.append(f"第 {number} 行看不懂，请写成：陈家镇金庄村 312。")
                continue
            try:
                code = known.find("".join(line[:-1]))
            except ValueError as problem:
                errors.append(f"第 {number} 行：{problem}")
                continue
            if known.levels[code] != RegionLevel.VILLAGE:
                errors.append(f"第 {number} 行：请写到村（社区）。")
            found[code] = int(count)
        if errors:
            self.add_error("households", errors[:20])
        return found

    @property
    def how(self) -> dict:
        given = self.cleaned_data
        return {"per_village": given["per_village"], "each": given["each"] or 0, "households": given["households"]}


class PostForm(forms.Form):
    """Members by names or numbers, grids and villages by codes or names."""

    members = forms.CharField(
        label="委员", max_length=2000,
        help_text="姓名或委员证号，几位之间用顿号隔开；同名的写成 张伟（经济界）。上级政协的委员也可以派驻",
    )  # fmt: skip
    regions = forms.CharField(
        label="网格或村（社区）", max_length=20_000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="一行一个：网格 15 位代码、村（社区）12 位代码，或村名（带乡镇）",
    )  # fmt: skip
    why = forms.CharField(label="依据", required=False, max_length=100, help_text="如：户籍地、工作地、本人认领")

    def __init__(self, *args, committee, **kwargs):
        super().__init__(*args, **kwargs)
        self.committee = committee

    def clean_members(self):
        found, errors = seating.members_of(self.cleaned_data["members"], self.committee)
        if errors:
            raise ValidationError(errors)
        return found

    def clean_regions(self) -> list[Region]:
        found, errors = seating.regions_of(self.cleaned_data["regions"], self.committee)
        if errors:
            raise ValidationError(errors[:20])
        return found
