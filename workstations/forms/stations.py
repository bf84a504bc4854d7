from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Case, Q, When
from django.utils import timezone

from config.filters import in_calendar
from members.forms import RegionField
from members.models import Body, BodyKind, Committee, Member, Organisation, Region, RegionLevel, User
from workstations import names
from workstations.models import StationPost, Workstation


def _date(**attrs):
    return forms.DateInput(attrs={"type": "date", **attrs}, format="%Y-%m-%d")


def _areas():
    rows = {"introduction": 6, "duties": 4, "walls": 4}
    return {name: forms.Textarea(attrs={"rows": number}) for name, number in rows.items()}


class _StationFields(forms.ModelForm):
    @property
    def changed_fields(self) -> list[str]:
        """Names of the model's fields that differ from what was shown."""
        return [name for name in self.changed_data if name in self._meta.fields]


class KeeperForm(_StationFields):
    """What the keeper tells visitors."""

    class Meta:
        model = Workstation
        fields = ["address", "opening_hours", "telephone", "feature", "introduction", "duties", "walls"]
        widgets = _areas()


class StationForm(_StationFields):
    """Everything that the office says about a station; where it stands is a place at home or one elsewhere."""

    elsewhere = forms.CharField(
        label="设在本辖区以外",
        required=False,
        max_length=32,
        help_text="填行政区划的名称或 12 位代码，如：东莞市。设在本辖区内的不填",
    )

    class Meta:
        model = Workstation
        fields = [
            "kind", "name", "region", "host", "sector", "member", "address", "opening_hours", "serves",
            "telephone", "feature", "introduction", "duties", "walls", "area", "cost", "plaque_on", "plaque_by",
        ]  # fmt: skip
        widgets = {**_areas(), "plaque_on": _date()}
        help_texts = {"name": "不填时按类别和所在地取名，如：珠泉镇委员工作室"}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        station, committee = self.instance, self.instance.committee
        away = station.region_id and station.is_away
        self.fields["region"] = RegionField(
            label="所在地", root=committee.region, required=False, help_text="设在本辖区内的，在这里选"
        )
        self.fields["name"].required = False
        if away:
            self.initial["region"], self.initial["elsewhere"] = None, station.region_id
        self.fields["host"].queryset = Organisation.objects.visible_to(user).of(committee)
        self.fields["sector"].queryset = Body.objects.visible_to(user).filter(
            committee=committee, kind=BodyKind.SECTOR, is_active=True
        )
        members = Member.objects.visible_to(user).filter(committee=committee).in_force()
        self.fields["member"].queryset = members.select_related("user").order_by("sector", "pk")
        if station.pk is None:
            self.initial.setdefault("opening_hours", names.OPENING_HOURS)
        self.order_fields(["kind", "name", "region", "elsewhere", *self._meta.fields[3:]])

    def clean_elsewhere(self):
        """The one division of that code or name (names of counties and above only: below they repeat too often)."""
        words = self.cleaned_data["elsewhere"].strip()
        if not words:
            return None
        regions = Region.objects.in_force()
        found = (
            regions.filter(code=words) if words.isdigit() else regions.filter(name=words, level__lte=RegionLevel.COUNTY)
        )
        found = list(found.select_related("parent")[:6])
        if not found:
            raise ValidationError("没有找到这个行政区划，请填全称或 12 位代码。")
        if len(found) > 1:
            named = "、".join(f"{region.parent or ''}{region}({region.code})" for region in found)
            raise ValidationError(f"有同名的行政区划，请改填代码：{named}。")
        return found[0]

    def clean(self):
        data = super().clean()
        home, away = data.get("region"), data.get("elsewhere")
        if "elsewhere" not in self.errors and bool(home) == bool(away):
            self.add_error("region", "所在地和“设在本辖区以外”只填一项。" if home else "请选择所在地。")
        data["region"] = away or home
        return data

    def _post_clean(self):
        """An empty name becomes the usual one before the model validates it."""
        named = bool(self.cleaned_data.get("name"))
        if not named and not self.errors:
            draft = Workstation(**{name: self.cleaned_data[name] for name in ("kind", "region", "sector", "member")})
            self.cleaned_data["name"] = names.name_for(draft)
        super()._post_clean()

    @property
    def changed_fields(self):
        moved = {"region"} if {"elsewhere", "region"} & set(self.changed_data) else set()
        return list(dict.fromkeys([*super().changed_fields, *moved]))


class MemberOfLevelField(forms.ModelChoiceField):
    """A member of the committee or of one above it, the own ones first; the others are named with their level."""

    def __init__(self, *, committee: Committee, **options):
        self.committee = committee
        members = Member.objects.in_force().filter(committee__in=list(committee.upwards()))
        members = members.filter(Q(committee=committee) | Q(is_public=True)).select_related("user", "committee")
        own = Case(When(committee=committee, then=0), default=1)
        super().__init__(queryset=members.order_by(own, "committee", "sector", "pk"), **options)

    def label_from_instance(self, member):
        return str(member) if member.committee_id == self.committee.pk else f"{member}（{member.committee}）"


class PostForm(forms.ModelForm):
    """Who serves at the station: a member, a clerk who is none, or somebody without an account."""

    class Meta:
        model = StationPost
        fields = ["post", "member", "user", "person_name", "since"]
        widgets = {"since": _date()}
        help_texts = {
            "user": "不是委员、有本平台账号的工作人员在这里选",
            "person_name": "没有账号的工作人员、观察员，只写姓名，不写电话",
        }

    def __init__(self, *args, station, user, **kwargs):
        super().__init__(*args, instance=StationPost(station=station), **kwargs)
        self.fields["member"] = MemberOfLevelField(
            committee=station.committee, label="委员", required=False, help_text="从本会或上级政协的委员中选一位"
        )
        members = Member.objects.in_force().filter(committee=station.committee)
        clerks = User.objects.visible_to(user).of(station.committee).filter(is_active=True)
        self.fields["user"].queryset = clerks.exclude(pk__in=members.values("user")).order_by("name")


class EndPostForm(forms.Form):
    until = forms.DateField(label="卸任日期", widget=_date(), initial=timezone.localdate)


class CloseForm(forms.Form):
    reason = forms.CharField(
        label="关闭原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="写进操作留痕，如：与县城工作室合并",
    )


class DemonstrationForm(forms.Form):
    since = forms.DateField(label="从哪一天起", widget=_date(), initial=timezone.localdate, validators=[in_calendar])


class EndDemonstrationForm(forms.Form):
    reason = forms.CharField(
        label="取消原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}), help_text="写进操作留痕"
    )
