from django import forms

from members.models import Body, BodyKind, Member
from workstations.forms.names import MemberNamesField, as_names
from workstations.models import Activity, Story
from workstations.states import ActivityState


class StoryForm(forms.ModelForm):
    """A story with the members it is about, by name."""

    class Meta:
        model = Story
        fields = [
            "kind",
            "title",
            "on",
            "text",
            "effect",
            "sector",
            "activity",
            "media",
            "level",
            "link",
            "is_published",
        ]
        widgets = {
            "text": forms.Textarea(attrs={"rows": 8}),
            "on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {"is_published": "公开后群众看得到；宣传报道和表彰奖励还会记入有关委员的履职档案"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        committee = self.instance.committee
        named = Member.objects.none()
        if self.instance.pk:
            named = self.instance.members.select_related("user", "sector").order_by("pk")
        self.fields["members"] = MemberNamesField(
            committee=committee, label="有关委员", required=False, initial=as_names(named),
            help_text="写姓名，用空格或顿号隔开",
        )  # fmt: skip
        sectors = Body.objects.filter(committee=committee, kind=BodyKind.SECTOR, is_active=True)
        self.fields["sector"].queryset = sectors.order_by("position", "pk")
        held = Activity.objects.filter(committee=committee, state=ActivityState.HELD).order_by("-starts_at")
        self.fields["activity"].queryset = held
        self.order_fields(["kind", "title", "on", "members", *self._meta.fields[3:]])

    def _save_m2m(self):
        """The service writes the members."""
