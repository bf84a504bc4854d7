from django import forms

from members.models import Body, Organisation
from workstations.forms.stations import MemberOfLevelField
from workstations.models import StationTie


class _NamedByLevel(forms.ModelChoiceField):
    """Bodies or organisations; those of a committee above are named with it."""

    def __init__(self, *, own, **options):
        super().__init__(required=False, **options)
        self.own = own

    def label_from_instance(self, row):
        return str(row) if row.committee_id == self.own else f"{row}（{row.committee}）"


class TieForm(forms.ModelForm):
    """One end of a tie: a member, a body, an organisation, or words."""

    class Meta:
        model = StationTie
        fields = ["role", "member", "body", "organisation", "words", "since"]
        widgets = {"since": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        help_texts = {"words": "选了委员、机构或单位的，可补充一句；都不是的，在这里写明是谁或是什么，如：社区居民"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        committee = self.instance.station.committee
        levels = list(committee.upwards())
        self.fields["member"] = MemberOfLevelField(committee=committee, label="委员", required=False)
        bodies = Body.objects.filter(committee__in=levels, is_active=True, is_sensitive=False)
        self.fields["body"] = _NamedByLevel(
            own=committee.pk, label="机构", help_text="专委会、活动小组、界别、党组织等",
            queryset=bodies.select_related("committee").order_by("-committee__region", "kind", "position", "pk"),
        )  # fmt: skip
        organisations = Organisation.objects.filter(committee__in=levels, is_active=True)
        self.fields["organisation"] = _NamedByLevel(
            own=committee.pk, label="单位", help_text="社区、学校、园区、企业、政府部门等",
            queryset=organisations.select_related("committee").order_by("-committee__region", "name", "pk"),
        )  # fmt: skip


class EndTieForm(forms.Form):
    until = forms.DateField(label="结束日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
