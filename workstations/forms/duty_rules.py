import re

from django import forms
from django.core.exceptions import ValidationError

from config.filters import in_calendar
from members.facts import DETAILS, Fact
from members.models import Body, Committee, Member, Post
from workstations.models import WHOLE_COMMITTEE, ActivityKind, Cycle, DutyRule, Owed
from workstations.models.tasks import bodies_run_by, members_of
from workstations.rules.duty_rules import PLAIN, is_office

TIERS = [Post.DIRECTOR, Post.DEPUTY, Post.LEADER, Post.VICE_LEADER, Post.CORE, Post.MEMBER]


def _date():
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class NamesField(forms.CharField):
    """Members by their names, parted by 、 or space or line; of two with one name also the number: 王强(0123)."""

    def __init__(self, **options):
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=20_000, **options)
        self.members = Member.objects.none()

    def clean(self, value):
        asked = list(dict.fromkeys(filter(None, re.split(r"[\s、，,;；]+", super().clean(value)))))
        if not asked:
            return []
        named = {}
        people = self.members.filter(user__name__in={name.split("(")[0].split("（")[0] for name in asked})
        for member in people.select_related("user"):
            for words in (
                member.user.name,
                f"{member.user.name}({member.number})",
                f"{member.user.name}（{member.number}）",
            ):
                named.setdefault(words, []).append(member)
        unknown = [name for name in asked if name not in named]
        twice = [name for name in asked if len(named.get(name, [])) > 1]
        problems = []
        if unknown:
            problems.append(f"没有找到：{'、'.join(unknown)}。请核对姓名。")
        if twice:
            problems.append(f"有同名的委员：{'、'.join(twice)}。请在姓名后加委员证号，如：{twice[0]}（0123）。")
        if problems:
            raise ValidationError(problems)
        return [named[name][0] for name in asked]


class _Setting(forms.ModelForm):
    """What every form of a rule shares: whose rule it is, and which bodies and members may be asked."""

    bodies = forms.ModelMultipleChoiceField(
        label="指定机构", queryset=Body.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    names = NamesField(label="指定委员", help_text="写姓名，用顿号或空格隔开；不写就是全体")

    def __init__(self, *args, user, committee: Committee, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.committee = committee
        self.is_office = is_office(user, committee)
        for name in {"due_on", "since", "until"} & set(self.fields):
            self.fields[name].validators.append(in_calendar)
        bodies = Body.objects.filter(committee=committee, is_active=True)
        self.fields["names"].members = Member.objects.in_force().filter(committee=committee)
        if not self.is_office:
            bodies = bodies.filter(pk__in=bodies_run_by(user).values("pk"))
            self.fields["bodies"].required = True
            self.fields["names"].members = members_of(bodies)
            run = list(bodies.values_list("pk", flat=True)[:2])
            if not self.instance.pk and len(run) == 1:
                self.initial["bodies"] = run
        self.fields["bodies"].queryset = bodies.order_by("kind", "position", "pk")
        if self.instance.pk:
            self.initial["bodies"] = list(self.instance.bodies.values_list("pk", flat=True))
            names = self.instance.members.values_list("user__name", flat=True)
            self.initial["names"] = "、".join(names)

    def given(self) -> dict:
        """What the services take beside the rule."""
        return {"bodies": self.cleaned_data.get("bodies", []), "members": self.cleaned_data.get("names", [])}

    @property
    def changed_fields(self) -> list[str]:
        names = {"names": "members"}
        return [names.get(name, name) for name in self.changed_data]


class DutyRuleForm(_Setting):
    """A recurring duty: what, how often, due when, from whom."""

    tiers = forms.MultipleChoiceField(
        label="召集哪些职务", choices=[(post.value, post.label) for post in TIERS], required=False,
        widget=forms.CheckboxSelectMultiple, help_text="产生会议时填写；不选就是机构的全体委员",
    )  # fmt: skip

    class Meta:
        model = DutyRule
        fields = [
            "name", "instructions", "cycle", "day", "due_on", "shift", "owed_by", "body_kind", "bodies", "station_kind",
            "names", "asks_number", "shortest", "is_graded", "is_restricted", "fact", "detail", "makes",
            "activity_kind", "tiers", "rotation", "since", "until",
        ]  # fmt: skip
        widgets = {
            "instructions": forms.Textarea(attrs={"rows": 4}), "due_on": _date(), "since": _date(), "until": _date()
        }  # fmt: skip
        help_texts = {
            "body_kind": "由机构或机构的委员完成时选择；另有指定的机构时以指定的为准",
            "station_kind": "由站点完成时选择；不选就是全部开放的站点",
            "rotation": "产生会议时填写：如普委每月一批、分三批，填 3",
            "is_restricted": "内容只有政协办和本人看得到，如思想状况分析",
            "until": "不填就一直办下去",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        details = [(code, words) for code, words in DETAILS.items()]
        self.fields["detail"] = forms.ChoiceField(
            label="类别", choices=[("", "不分类别"), *details], required=False, help_text="记入履职记录的类别"
        )
        for name in ("body_kind", "station_kind", "activity_kind"):
            self.fields[name].choices = [("", "不限"), *self.fields[name].choices[1:]]
        if not self.is_office:
            offered = (Owed.BODY_MEMBERS, Owed.BODIES)
            self.fields["owed_by"].choices = [(owed.value, owed.label) for owed in offered]
            self.fields["fact"].choices = [(fact, Fact(fact).label) for fact in PLAIN]
            kinds = self.fields["activity_kind"].choices
            self.fields["activity_kind"].choices = [choice for choice in kinds if choice[0] not in WHOLE_COMMITTEE]
            for name in ("is_restricted", "body_kind", "station_kind", "names"):
                del self.fields[name]


class HomeworkForm(_Setting):
    """委员作业: set once, to all or to chosen members, handed in, read and graded (rows 19, 109)."""

    class Meta:
        model = DutyRule
        fields = ["name", "instructions", "due_on", "bodies", "names", "shortest", "detail"]
        widgets = {"instructions": forms.Textarea(attrs={"rows": 4}), "due_on": _date()}
        labels = {"name": "题目", "due_on": "交作业的最后一天"}
        help_texts = {"due_on": ""}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["due_on"].required = True
        self.fields["bodies"].label = "只布置给这些机构或界别的委员"
        self.fields["bodies"].help_text = "都不选，就布置给全体委员"
        kinds = [(kind, DETAILS[kind]) for kind in HOMEWORKS]
        self.fields["detail"] = forms.ChoiceField(label="作业类型", choices=[("", "一般作业"), *kinds], required=False)
        if not self.is_office:
            self.fields["bodies"].label, self.fields["bodies"].help_text = "布置给哪些机构的委员", ""
            del self.fields["names"]

    def clean(self):
        data = super().clean()
        if data.get("bodies") and data.get("names"):
            self.add_error("names", "机构和委员请只选一种。")
        return data

    def _post_clean(self):
        """What makes a rule homework."""
        rule = self.instance
        rule.cycle, rule.is_graded, rule.fact = Cycle.ONCE, True, "homework"
        rule.owed_by = Owed.BODY_MEMBERS if self.cleaned_data.get("bodies") else Owed.MEMBERS
        super()._post_clean()


HOMEWORKS = (
    ActivityKind.STUDY, ActivityKind.SURVEY, ActivityKind.PUBLICITY, ActivityKind.CHARITY, ActivityKind.READING,
)  # fmt: skip
"""委员作业、政策宣传、扶贫慈善 (row 109)."""


class EndForm(forms.Form):
    reason = forms.CharField(label="停用的原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    excuse_open = forms.BooleanField(
        label="还没有提交的一并免做", required=False, help_text="不选时，已布置的仍可提交，照常提醒"
    )
