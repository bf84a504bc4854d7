from django import forms
from django.db.models import Q
from django.utils import timezone

from config.documents.forms import RowsForm
from config.uploads.forms import TableField
from members.forms.fields import FoldedChoices, RegionField
from members.models import (
    GROUP_POSTS,
    HOSTS,
    KEEPS_TOWNS,
    MEMBERS_ONLY,
    POSTS,
    Body,
    BodyBudget,
    BodyKind,
    Intake,
    Member,
    Membership,
    Organisation,
    OrganisationKind,
    Post,
    Region,
    RegionLevel,
)
from members.services.bodies import OWN_WORDS
from members.services.body_import import SHAPE

LONG = {"introduction": 5, "rules_text": 10}


def _date():
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _long(rows):
    return forms.Textarea(attrs={"rows": rows})


class _Changes(forms.ModelForm):
    @property
    def changed_fields(self) -> list[str]:
        """Names of the model's own fields that differ from what was shown."""
        return [name for name in self.changed_data if name in self._meta.fields]


class DescribeForm(_Changes):
    """What the leaders of a body say of it."""

    class Meta:
        model = Body
        fields = sorted(OWN_WORDS)
        widgets = {name: _long(rows) for name, rows in LONG.items()}


class BodyForm(_Changes):
    """Everything about a body; kind and parent are chosen when it is opened, later moved by its own page."""

    class Meta:
        model = Body
        fields = [
            "kind", "name", "parent", "party_level", "host", "region", "feature", "introduction", "rules_text",
            "organisations", "position", "is_sensitive",
        ]  # fmt: skip
        widgets = {
            **{name: _long(rows) for name, rows in LONG.items()},
            "organisations": FoldedChoices,
        }
        help_texts = {
            "host": "党支部设在哪个专委会；片区、议事会由哪个专委会指导",
            "party_level": "类别是党组织时填写",
            "position": "架构图里从小到大排列",
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        body, committee = self.instance, self.instance.committee
        bodies = Body.objects.visible_to(user).active().filter(committee=committee)
        self.fields["parent"].queryset = bodies.exclude(pk=body.pk).exclude(kind=BodyKind.SECTOR)
        self.fields["host"].queryset = bodies.filter(kind__in=HOSTS)
        self.fields["region"] = RegionField(label="所在地", root=committee.region, required=False)
        units = Organisation.objects.visible_to(user).of(committee)
        held = list(body.organisations.values_list("pk", flat=True)) if body.pk else []
        villages = Q(kind=OrganisationKind.VILLAGE_COMMITTEE) & ~Q(pk__in=held)  # hundreds, and not what is looked at
        self.fields["organisations"].queryset = units.exclude(villages).order_by("kind", "pk")
        for name in ("parent", "host"):
            self.fields[name].empty_label = "没有"
        if body.pk:
            del self.fields["kind"]

    @property
    def picked(self) -> list[Organisation] | None:
        """The organisations, where they were changed."""
        return list(self.cleaned_data["organisations"]) if "organisations" in self.changed_data else None


class CloseBodyForm(forms.Form):
    reason = forms.CharField(
        label="撤销原因", max_length=200, widget=_long(2), help_text="写进操作留痕，如：换届后合并"
    )


class _MemberChoice(forms.ModelChoiceField):
    def label_from_instance(self, member):
        return f"{member}（{member.sector}）"


def _members(user, committee):
    found = Member.objects.visible_to(user).filter(committee=committee).in_force()
    return found.select_related("user", "sector").order_by("sector", "pk")


def towns_of(committee):
    return Region.objects.within(committee.region).in_force().filter(level=RegionLevel.TOWN).order_by("code")


class SeatForm(forms.ModelForm):
    """Who sits in a body; asks only what its kind knows."""

    member = _MemberChoice(Member.objects.none(), label="委员", required=False, empty_label="请选择")

    class Meta:
        model = Membership
        fields = [
            "member", "person_name", "person_title", "standing", "specialty", "post", "bond", "regions", "since",
            "until",
        ]  # fmt: skip
        widgets = {"since": _date(), "until": _date(), "regions": forms.CheckboxSelectMultiple}
        help_texts = {"person_name": "不是委员的人在这里填写姓名", "until": "有聘期的填写；届满前自动提醒"}

    def __init__(self, *args, body, user, **kwargs):
        super().__init__(*args, instance=Membership(body=body), **kwargs)
        self.body = body
        self.fields["member"].queryset = _members(user, body.committee)
        posts = POSTS.get(body.kind, GROUP_POSTS)
        self.fields["post"].choices = [(post.value, post.label) for post in posts]
        self.initial["post"] = Post.MEMBER
        if body.kind in MEMBERS_ONLY:
            self._drop("person_name", "person_title", "standing", "specialty")
            self.fields["member"].required = True
        if not body.is_party:
            self._drop("bond")
        if body.kind in KEEPS_TOWNS:
            self.fields["regions"].queryset = towns_of(body.committee)
        else:
            self._drop("regions")

    def _drop(self, *names):
        for name in names:
            del self.fields[name]

    def _post_clean(self):
        """The service says what is wrong, in one place for page and import."""


class UnseatForm(forms.Form):
    until = forms.DateField(label="卸任日期", widget=_date(), initial=timezone.localdate)


class IntakeForm(forms.Form):
    """Which sectors and regions a special committee takes in; those taken elsewhere are not offered."""

    sectors = forms.ModelMultipleChoiceField(
        Body.objects.none(), label="界别", required=False, widget=forms.CheckboxSelectMultiple
    )
    regions = forms.ModelMultipleChoiceField(
        Region.objects.none(), label="县（市、区）或乡镇", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="按地方划入时选择；界别和地方可以同时使用",
    )  # fmt: skip

    def __init__(self, *args, body, user, **kwargs):
        held = Intake.objects.current().filter(body=body).values_list("sector", "region")
        sectors, regions = zip(*held, strict=True) if held else ((), ())
        kwargs.setdefault("initial", {"sectors": [s for s in sectors if s], "regions": [r for r in regions if r]})
        super().__init__(*args, **kwargs)
        elsewhere = Intake.objects.current().exclude(body=body).filter(sector__isnull=False).values("sector")
        offered = Body.objects.visible_to(user).active().filter(committee=body.committee, kind=BodyKind.SECTOR)
        self.fields["sectors"].queryset = offered.exclude(pk__in=elsewhere).order_by("position", "pk")
        below = Region.objects.within(body.committee.region).in_force()
        self.fields["regions"].queryset = below.filter(level=body.committee.region.level + 1).order_by("code")


class BudgetForm(forms.ModelForm):
    class Meta:
        model = BodyBudget
        fields = ["year", "granted", "spent", "source"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        this = timezone.localdate().year if self.instance.year is None else self.instance.year
        self.fields["year"] = forms.IntegerField(label="年度", min_value=2000, max_value=2100, initial=this)

    def _post_clean(self):
        """The service validates the row."""


class ImportForm(RowsForm):
    """People from outside, pasted or in a table."""

    shape, noun = SHAPE, "名单"
    file = TableField(label="表格", required=False, help_text="Excel（.xlsx）或 CSV，不超过 5000 人")
    text = forms.CharField(
        label="或粘贴名单", required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "data-uncounted": True}),
        help_text="每行一人，依次是：姓名、单位及职务、身份、专长、聘期止；从表格复制的可直接粘贴，手写的用逗号隔开",
    )  # fmt: skip


class MatchForm(forms.Form):
    """Which of the proposed members are seated."""

    members = forms.ModelMultipleChoiceField(Member.objects.none(), label="委员")

    def __init__(self, *args, body, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = _members(user, body.committee)
        self.fields["members"].error_messages["required"] = "请至少勾选一位委员。"


class PartnerForm(_Changes):
    """A partner platform or a think tank."""

    class Meta:
        model = Organisation
        fields = ["kind", "name", "short_name", "region", "leader_name", "leader_post", "is_active"]
        help_texts = {"leader_name": "", "leader_post": ""}
        labels = {"leader_name": "联系人", "leader_post": "联系人职务", "is_active": "仍在合作"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = (OrganisationKind.PARTNER, OrganisationKind.THINK_TANK)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]
        self.fields["region"] = RegionField(label="所在地", root=self.instance.committee.region, required=False)
        if not self.instance.pk:
            del self.fields["is_active"]
