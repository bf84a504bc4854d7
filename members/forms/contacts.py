from django import forms
from django.utils import timezone

from config.filters import in_calendar
from config.uploads.forms import MultiplePhotosField
from members.models import OF_ORGANISATIONS, Circle, ContactLink, ContactScheme, Member, Way
from members.queries import contacts as queries


def _date():
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class SchemeForm(forms.ModelForm):
    """A scheme of the place's own making, or a copied one that is changed."""

    class Meta:
        model = ContactScheme
        fields = ["name", "contacts", "targets", "visits_a_year", "leads", "description", "is_active"]
        help_texts = {"description": "一句话说明，委员看得到"}


class LinkForm(forms.ModelForm):
    """One link of a scheme; a member links himself with people only."""

    class Meta:
        model = ContactLink
        fields = ["contact", "to_member", "to_organisation", "to_people", "since"]
        widgets = {"since": _date()}

    def __init__(self, *args, scheme: ContactScheme, own: Member | None, **kwargs):
        super().__init__(*args, instance=ContactLink(scheme=scheme, contact=own), **kwargs)
        today, members = timezone.localdate(), Member.objects.filter(committee=scheme.committee).in_force()
        wanted = "to_people" if scheme.targets == Circle.PEOPLE else "to_member"
        wanted = "to_organisation" if scheme.targets in OF_ORGANISATIONS else wanted
        for name in {"to_member", "to_organisation", "to_people"} - {wanted}:
            del self.fields[name]
        self.fields[wanted].required = True
        if own:
            del self.fields["contact"]
        else:
            circle = queries.people_of(scheme.contacts, scheme.committee, today)
            self.fields["contact"].queryset = circle.select_related("user")
        if wanted == "to_member":
            self.fields["to_member"].queryset = members.select_related("user").order_by("sector", "pk")
        if wanted == "to_organisation":
            self.fields["to_organisation"].queryset = queries.organisations_of(scheme.targets, scheme.committee)


class PlanForm(forms.Form):
    on = forms.DateField(label="计划日期", widget=_date(), validators=[in_calendar])
    way = forms.ChoiceField(label="方式", choices=Way.choices, initial=Way.VISIT)


class VisitForm(forms.Form):
    """What was done, written on the phone."""

    held_on = forms.DateField(label="联系日期", widget=_date(), initial=timezone.localdate)
    way = forms.ChoiceField(label="方式", choices=Way.choices, widget=forms.RadioSelect, initial=Way.VISIT)
    words = forms.CharField(
        label="情况和反映的问题", max_length=1000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="不写群众的电话、住址",
    )  # fmt: skip
    photos = MultiplePhotosField(required=False)


class EndForm(forms.Form):
    on = forms.DateField(label="结束日期", widget=_date(), initial=timezone.localdate)


class WithdrawForm(forms.Form):
    reason = forms.CharField(label="撤回原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
