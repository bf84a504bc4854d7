from django import forms

from members.models import Body, Committee, Grouping, GroupingKey, Member
from members.queries.grouping import UNITS


class GroupingForm(forms.ModelForm):
    """How all members go into the special committees; every one of them is chosen at first."""

    bodies = forms.ModelMultipleChoiceField(
        label="编入哪些专委会", queryset=Body.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Grouping
        fields = [
            "name", "by_key", "bodies", "fewest", "most", "mixes_parties", "spreads_specialties", "keeps_intakes",
        ]  # fmt: skip
        widgets = {"by_key": forms.RadioSelect}
        help_texts = {"name": "如：第十一届全员入委方案"}

    def __init__(self, *args, committee: Committee, user, **kwargs):
        super().__init__(*args, instance=Grouping(committee=committee), **kwargs)
        bodies = Body.objects.visible_to(user).filter(committee=committee, kind__in=UNITS, is_active=True)
        self.fields["bodies"].queryset = bodies.order_by("kind", "position", "pk")
        self.fields["by_key"].choices = GroupingKey.choices
        if not self.is_bound:
            special = [body.pk for body in self.fields["bodies"].queryset if body.kind == UNITS[0]]
            self.initial.update(bodies=special, name=f"{committee.short_name}全员入委方案")

    def _save_m2m(self):
        """The service saves; what is chosen goes along."""


class MoveForm(forms.Form):
    """One member by hand; where sectors go in as a whole, another committee takes the whole sector along."""

    body = forms.ModelChoiceField(label="专委会", queryset=Body.objects.none(), empty_label=None)
    group = forms.IntegerField(label="第几组", min_value=1, max_value=20)
    whole = forms.BooleanField(label="换专委会时，整个界别（地方）一起调整", required=False)
    reason = forms.CharField(label="理由", max_length=150, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, grouping: Grouping, member: Member, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = grouping.bodies.order_by("position", "pk")
        self.fields["group"].help_text = f"每个专委会至多 {grouping.most} 个组"
        if grouping.by_key == GroupingKey.FREE:
            del self.fields["whole"]
        seat = grouping.seats.filter(member=member).first()
        if seat:
            self.initial.update(body=seat.body_id, group=seat.group)
