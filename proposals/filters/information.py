"""What the register, the list of issues and the list of instructions are narrowed by; figures lead here by address."""

from datetime import datetime, time, timedelta

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from config.filters import SearchFilter, in_calendar
from members.models import Member
from proposals.models import Bulletin, Category, Delivery, Information, Instruction, Level
from proposals.states import BulletinState, InformationState

S = InformationState
HANDED_IN = [(value, label) for value, label in S.choices if value not in (S.DRAFT, S.WITHDRAWN)]
KINDS = {
    "word": ("群众反映转来", Q(word__isnull=False)),
    "member": ("委员反映", Q(word__isnull=True, author__isnull=False)),
    "other": ("单位和个人反映", Q(word__isnull=True, author__isnull=True)),
}
"""Who reported: of three kinds, each report is of one."""
ANY = "any"


def adopted(level: str = "") -> Exists:
    """Whether the report's issue was adopted somewhere, or at one level."""
    found = Delivery.objects.filter(bulletin=OuterRef("bulletin"), adopted_on__isnull=False)
    return Exists(found.filter(level=level) if level else found)


def instructed() -> Exists:
    return Exists(Instruction.objects.filter(bulletin=OuterRef("bulletin")))


def moment_of(day):
    """The first moment of a day."""
    return timezone.make_aware(datetime.combine(day, time()))


def _day(label):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return {"label": label, "widget": widget, "validators": [in_calendar]}


class InformationFilter(filters.FilterSet):
    q = SearchFilter()
    state = filters.ChoiceFilter(label="状态", choices=HANDED_IN, empty_label="全部状态")
    kind = filters.ChoiceFilter(
        label="反映人", choices=[(code, label) for code, (label, _) in KINDS.items()], empty_label="全部",
        method="of_kind",
    )  # fmt: skip
    category = filters.ModelChoiceFilter(label="领域", queryset=Category.objects.none(), empty_label="全部领域")
    adopted = filters.ChoiceFilter(
        label="采用", choices=[(ANY, "已被采用"), *Level.choices], empty_label="不限", method="adopted_at"
    )
    instructed = filters.BooleanFilter(label="有批示", method="with_instruction", widget=forms.CheckboxInput)
    since = filters.DateFilter(**_day("报送日期从"), method="from_day")
    until = filters.DateFilter(**_day("到"), method="to_day")
    author = filters.ModelChoiceFilter(queryset=Member.objects.none(), widget=forms.HiddenInput)

    class Meta:
        model = Information
        fields = ["q", "state", "kind", "category", "adopted", "instructed", "since", "until", "author"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["category"].queryset = Category.objects.visible_to(self.request.user).fields()
        self.filters["author"].queryset = Member.objects.filter(committee__in=self.request.user.committee_ids)

    def of_kind(self, queryset, name, value):
        return queryset.filter(KINDS[value][1])

    def adopted_at(self, queryset, name, value):
        return queryset.filter(adopted("" if value == ANY else value))

    def with_instruction(self, queryset, name, value):
        return queryset.filter(instructed()) if value else queryset

    def from_day(self, queryset, name, value):
        return queryset.filter(submitted_at__gte=moment_of(value))

    def to_day(self, queryset, name, value):
        return queryset.filter(submitted_at__lt=moment_of(value + timedelta(days=1)))


class OwnFilter(filters.FilterSet):
    """A member's own reports."""

    q = SearchFilter()
    state = filters.ChoiceFilter(label="状态", choices=S.choices, empty_label="全部状态")

    class Meta:
        model = Information
        fields = ["q", "state"]


class BulletinFilter(filters.FilterSet):
    q = SearchFilter()
    state = filters.ChoiceFilter(label="状态", choices=BulletinState.choices, empty_label="全部状态")
    adopted = filters.ChoiceFilter(
        label="采用", choices=[(ANY, "已被采用"), *Level.choices], empty_label="不限", method="adopted_at"
    )

    class Meta:
        model = Bulletin
        fields = ["q", "state", "adopted"]

    def adopted_at(self, queryset, name, value):
        found = Delivery.objects.filter(bulletin=OuterRef("pk"), adopted_on__isnull=False)
        return queryset.filter(Exists(found if value == ANY else found.filter(level=value)))


class InstructionFilter(filters.FilterSet):
    leader = filters.CharFilter(label="批示领导", field_name="leader_name", lookup_expr="icontains", max_length=32)
    level = filters.ChoiceFilter(label="层级", choices=Level.choices, empty_label="全部层级")
    on = filters.ChoiceFilter(
        label="批在", choices=[("bulletin", "社情民意"), ("proposal", "提案"), ("other", "其他文件")],
        empty_label="全部", method="on_what",
    )  # fmt: skip
    since = filters.DateFilter(**_day("批示日期从"), field_name="on", lookup_expr="gte")
    until = filters.DateFilter(**_day("到"), field_name="on", lookup_expr="lte")

    class Meta:
        model = Instruction
        fields = ["leader", "level", "on", "since", "until"]

    def on_what(self, queryset, name, value):
        by = {
            "bulletin": Q(bulletin__isnull=False), "proposal": Q(proposal__isnull=False),
            "other": Q(bulletin__isnull=True, proposal__isnull=True),
        }  # fmt: skip
        return queryset.filter(by[value])
