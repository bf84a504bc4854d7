"""What organisers and members fill in about an activity."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.forms import formset_factory

from config.filters import storable
from config.uploads.checks import clean_document
from config.uploads.forms import PhotosForm, SeveralFiles
from members.forms import RegionField
from members.models import Body, BodyKind, Organisation
from workstations.forms.names import MemberNamesField
from workstations.models import WHOLE_COMMITTEE, Activity, EffectKind, Part
from workstations.rules.activities import hosts
from workstations.services.activities import FIXED_WHEN_HELD, Outcome
from workstations.states import ActivityState

MOMENTS = ("starts_at", "ends_at", "opens_at", "closes_at")
MOST_DOCUMENTS = 9
MOST_HALF_DAYS = 60  # as on the roll
MOST_TOLD = 999  # units or projects in one line: the duty record counts them


def _area(rows):
    return forms.Textarea(attrs={"rows": rows})


class ActivityForm(forms.ModelForm):
    """Everything that is said before an activity; hosts are those that the person may organise for."""

    class Meta:
        model = Activity
        fields = [
            "kind", "title", "body", "station", "starts_at", "ends_at", "place", "region", "summary", "half_days",
            "opens_at", "closes_at", "capacity", "live_link", "sector", "topic", "brand", "campaign", "played",
            "is_public", "is_sensitive",
        ]  # fmt: skip
        widgets = {
            "summary": _area(5),
            **{
                name: forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M") for name in MOMENTS
            },
        }
        help_texts = {
            "half_days": "到场的委员记多少个半天，如：一天记 2",
            "closes_at": "不填时，到活动开始为止",
            "is_public": "群众可以看到活动、照片和材料，看不到委员的考勤",
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        activity, committee = self.instance, self.instance.committee
        own = hosts(user, committee)
        bodies, stations = own.bodies, own.stations
        if activity.pk and not own.is_office:
            bodies = bodies | Body.objects.filter(pk=activity.body_id)
            stations = stations | type(activity)._meta.get_field("station").related_model.objects.filter(
                pk=activity.station_id
            )
        self.fields["body"].queryset = bodies.order_by("kind", "position", "pk")
        self.fields["body"].empty_label = "不选（政协办）" if own.is_office else "不选"
        self.fields["station"].queryset = stations.order_by("name")
        self.fields["station"].empty_label = "不在站点"
        self.needs_host = not own.is_office
        if self.needs_host:
            self._propose_the_only(bodies, stations)
            kinds = [(kind, label) for kind, label in self.fields["kind"].choices if kind not in WHOLE_COMMITTEE]
            self.fields["kind"].choices = kinds
        sectors = Body.objects.filter(committee=committee, kind=BodyKind.SECTOR, is_active=True)
        self.fields["sector"].queryset = sectors.order_by("position", "pk")
        self.fields["region"] = RegionField(label="所在地", root=committee.region, required=False)
        for name in MOMENTS:
            self.fields[name].validators.append(storable)
        self.fields["half_days"].validators.append(MaxValueValidator(MOST_HALF_DAYS))
        if activity.state == ActivityState.HELD:
            for name in FIXED_WHEN_HELD:
                del self.fields[name]

    def _propose_the_only(self, bodies, stations):
        """Who may organise for one body or one station only need not choose it."""
        if self.instance.pk or self.initial.get("body") or self.initial.get("station"):
            return
        found = [("body", body) for body in bodies[:2]] + [("station", station) for station in stations[:2]]
        if len(found) == 1:
            name, host = found[0]
            self.initial[name] = host.pk

    def clean(self):
        cleaned = super().clean()
        chosen = {"body", "station"} & set(self.fields)
        if self.needs_host and chosen and not any(cleaned.get(name) or name in self.errors for name in chosen):
            self.add_error("body", "请选择主办机构或站点。不属于任何机构的活动由政协办筹备。")
        return cleaned

    @property
    def changed_fields(self) -> list[str]:
        return [name for name in self.changed_data if name in self._meta.fields]


class InvolvementForm(forms.Form):
    organisation = forms.ModelChoiceField(label="单位", queryset=Organisation.objects.none(), required=False)
    part = forms.ChoiceField(label="角色", choices=Part.choices, required=False)

    def __init__(self, *args, organisations, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        field.choices = [("", "不选"), *((row.pk, row.name) for row in organisations)]
        field.queryset = Organisation.objects.filter(pk__in=[row.pk for row in organisations])


class _Rows(forms.BaseFormSet):
    def cleaned(self):
        return [form.cleaned_data for form in self.forms if form.cleaned_data]


InvolvementForms = formset_factory(InvolvementForm, formset=_Rows, extra=2, max_num=30, validate_max=True)


def involvement_forms(activity, data=None):
    """The organisations that lead, support, host, take part; one row each, two more to fill in."""
    organisations = list(Organisation.objects.of(activity.committee))
    rows = [
        {"organisation": row.organisation_id, "part": row.part}
        for row in (activity.involvements.all() if activity.pk else ())
    ]
    return InvolvementForms(
        data, initial=rows, prefix="with", form_kwargs={"organisations": organisations}
    )  # fmt: skip


def involved(forms) -> list[tuple[Organisation, str]]:
    return [(row["organisation"], row["part"] or Part.TAKE_PART) for row in forms.cleaned() if row["organisation"]]


class PublishForm(forms.Form):
    """To whom the call goes; empty: everybody of the audience."""

    def __init__(self, *args, activity, **kwargs):
        super().__init__(*args, **kwargs)
        whom = "全部应到人员" if activity.is_meeting else "可报名的委员"
        self.fields["members"] = MemberNamesField(
            committee=activity.committee, label="只请这些委员", required=False,
            help_text=f"不填时，按类别和主办机构通知{whom}。填写后，名单上的都是应到人员。名字之间用空格或顿号隔开。",
        )  # fmt: skip


class LeaveForm(forms.Form):
    reason = forms.CharField(label="请假原因", max_length=200, widget=_area(3))


class LeaveAnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label="答复", widget=forms.RadioSelect,
        choices=[("granted", "准假"), ("official", "准假，属公务请假（不计缺勤）"), ("refused", "不准假")],
    )  # fmt: skip
    words = forms.CharField(label="意见", max_length=200, required=False, widget=_area(2), help_text="不准假时必填")


class CallOffForm(forms.Form):
    reason = forms.CharField(label="取消原因", max_length=200, widget=_area(3), help_text="会通知全部应到和报名的委员")


class PresentForm(forms.Form):
    def __init__(self, *args, activity, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["names"] = MemberNamesField(
            committee=activity.committee, label="补登到场的委员", help_text="没有报名也来了的，写姓名，用空格或顿号隔开"
        )


class EffectForm(forms.Form):
    kind = forms.ChoiceField(label="成效", choices=[("", "不填"), *EffectKind.choices], required=False)
    name = forms.CharField(
        label="名称", max_length=64, required=False, widget=forms.TextInput(attrs={"data-uncounted": True})
    )
    number = forms.IntegerField(label="数量", min_value=1, max_value=100_000_000, required=False, initial=1)

    def clean(self):
        data = super().clean()
        if data.get("kind") and not data.get("name"):
            self.add_error("name", "请写明名称。")
        if data.get("name") and not data.get("kind"):
            self.add_error("kind", "请选择是哪一类成效。")
        if data.get("kind") in (EffectKind.UNIT, EffectKind.PROJECT) and (data.get("number") or 1) > MOST_TOLD:
            self.add_error("number", f"单位和工程会记入履职档案，一行最多 {MOST_TOLD} 个。")
        return data


EffectForms = formset_factory(EffectForm, formset=_Rows, extra=3, max_num=40, validate_max=True)


def effect_forms(activity, data=None):
    rows = [{"kind": row.kind, "name": row.name, "number": row.number} for row in activity.effects.all()]
    return EffectForms(data, initial=rows, prefix="effects")


class OutcomeForm(forms.Form):
    """Words, guests, viewers and sub-venues of an activity that is over."""

    effect = forms.CharField(label="成效", max_length=2000, required=False, widget=_area(5))
    guests = forms.IntegerField(
        label="群众代表到场人数", min_value=0, max_value=1_000_000, required=False,
        help_text="到场的群众代表，不含委员和工作人员；委员按考勤计",
    )  # fmt: skip
    viewers = forms.IntegerField(label="线上观看人次", min_value=0, max_value=2_000_000_000, required=False)
    venues = forms.CharField(
        label="分会场", max_length=2000, required=False, widget=_area(3),
        help_text="一行一个，名称后面空一格写到场人数，如：石桥镇 35",
    )  # fmt: skip

    def clean_venues(self) -> list[tuple[str, int | None]]:
        venues = []
        for line in filter(None, map(str.strip, self.cleaned_data["venues"].splitlines())):
            name, people = re.match(r"^(.*?)(?:\s+([0-9]{1,7})\s*人?)?$", line).groups()
            if len(name) > 64:
                raise ValidationError(f"“{name[:20]}…”太长，名称最多 64 个字。")
            venues.append((name, int(people) if people else None))
        return venues

    def outcome(self, effects) -> Outcome:
        said = self.cleaned_data
        rows = [(row["kind"], row["name"], row["number"] or 1) for row in effects.cleaned() if row.get("kind")]
        return Outcome(said["effect"], said["viewers"], rows, said["venues"], said["guests"])

    @classmethod
    def of(cls, activity, data=None):
        venues = "\n".join(f"{row.name} {row.people or ''}".strip() for row in activity.venues.all())
        told = {"effect": activity.effect, "viewers": activity.viewers, "guests": activity.guests, "venues": venues}
        return cls(data, initial=told)


class DocumentsField(forms.FileField):
    """Several documents, each checked."""

    def __init__(self, **options):
        super().__init__(widget=SeveralFiles(), **options)

    def clean(self, data, initial=None):
        files = [file for file in data or [] if file]
        if len(files) > MOST_DOCUMENTS:
            raise ValidationError(f"最多上传 {MOST_DOCUMENTS} 个文件，您选了 {len(files)} 个。")
        return [clean_document(file) for file in files]


class FilesForm(PhotosForm):
    """Photos and papers of an activity."""

    field_order = ("photos", "materials", "removed")

    materials = DocumentsField(label="材料", required=False, help_text="PDF、Word、Excel、OFD 或 TXT，每个不超过 20 MB")
