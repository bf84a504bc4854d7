import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from members.models import Member
from workstations.models import PlannedPosting, PostingPlan
from workstations.queries import posting_plans as queries

TOLD_APART = re.compile(r"^(?P<name>[^（(]+)[（(](?P<where>[^）)]+)[）)]$")
OFFERED = 6


class PlanForm(forms.ModelForm):
    class Meta:
        model = PostingPlan
        fields = ["name", "target"]
        widgets = {"target": forms.RadioSelect}
        help_texts = {"name": "如：2026年委员进网格方案"}


class CandidateField(forms.CharField):
    """A name → the one member who may stand in the plan; two of one name are told apart by sector or committee."""

    def __init__(self, *, plan: PostingPlan, **options):
        self.plan = plan
        options.setdefault("help_text", "写姓名；同名的写成 张伟（经济界）")
        super().__init__(max_length=64, **options)

    def clean(self, value) -> Member:
        words = super().clean(value).strip()
        apart = TOLD_APART.match(words)
        name = apart["name"].strip() if apart else words
        people = queries.candidates(self.plan.committee, timezone.localdate()).filter(user__name=name)
        found = list(people.select_related("user", "sector", "committee__region", "region").order_by("pk")[:50])
        if apart:
            found = [
                member for member in found if apart["where"].strip() in (member.sector.name, str(member.committee))
            ]
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(
                f"没有叫“{words}”的委员可以列入这个方案：须是在任的本会、下级政协委员，或住在本地的上级委员。"
            )
        same = len({member.sector.name for member in found}) == 1
        choices = "、".join(f"{member}（{member.committee if same else member.sector}）" for member in found[:OFFERED])
        raise ValidationError(f"有几位“{name}”，请写成：{choices}。")


class TargetField(forms.CharField):
    """A code, or the name of a target that occurs once in the plan's region → the division."""

    def __init__(self, *, plan: PostingPlan, **options):
        self.plan = plan
        options.setdefault("help_text", "写名称或区划代码；重名的请写代码")
        super().__init__(max_length=64, **options)

    def clean(self, value):
        words = super().clean(value).strip()
        targets = queries.targets(self.plan).select_related("parent")
        found = list(
            (targets.filter(code=words) if words.isdigit() else targets.filter(name=words)).order_by("code")[:7]
        )
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(f"没有找到“{words}”：请填本方案派驻范围内的{self.plan.get_target_display()}。")
        choices = "、".join(f"{region.parent}{region}（{region.code}）" for region in found[:OFFERED])
        raise ValidationError(f"有几个“{words}”，请改填代码：{choices}。")


class MoveForm(forms.Form):
    """One seat to another member."""

    def __init__(self, *args, seat: PlannedPosting, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["member"] = CandidateField(plan=seat.plan, label="改派哪位委员")
        self.fields["reason"] = forms.CharField(label="理由", max_length=80, required=False, help_text="会写进派驻依据")


class AddForm(forms.Form):
    """One seat more."""

    def __init__(self, *args, plan: PostingPlan, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["region"] = TargetField(plan=plan, label="网格或村")
        self.fields["member"] = CandidateField(plan=plan, label="委员")
        self.fields["reason"] = forms.CharField(label="理由", max_length=80, required=False, help_text="会写进派驻依据")
