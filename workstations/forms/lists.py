"""Forms of the three lists, shared by the office, keepers and members."""

from django import forms

from config.documents.forms import RowsForm
from config.uploads.forms import MultiplePhotosField, TableField
from members.forms import RegionField
from members.models import Member, Organisation
from workstations.models import Demand, Resource, Workstation
from workstations.models.lists import FIELDS
from workstations.rules import lists as rules
from workstations.services.lists_import import SHAPE

CHOICES = [("", "请选择"), *((field, field) for field in FIELDS)]


def _field():
    return forms.ChoiceField(label="领域", choices=CHOICES, help_text="用来把能提供的和需要的对上")


class ResourceForm(forms.ModelForm):
    """What somebody can give; the office chooses the giver, a member gives for oneself."""

    class Meta:
        model = Resource
        fields = ["title", "field", "words", "member", "body", "organisation"]
        widgets = {"words": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"title": "如：免费法律咨询、义诊、果树修剪指导", "words": "什么时候、什么范围。会公开，不写电话"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        committee = self.instance.committee
        self.fields["field"] = _field()
        if self.instance.pk or self.instance.member_id:
            for name in ("member", "body", "organisation"):
                del self.fields[name]
            return
        members = Member.objects.in_force().filter(committee=committee).select_related("user")
        self.fields["member"].queryset = members.order_by("sector", "pk")
        self.fields["body"].queryset = rules.givers(committee).order_by("kind", "position", "pk")
        self.fields["organisation"].queryset = Organisation.objects.filter(committee=committee, is_active=True)
        self.fields["member"].help_text = "委员、机构、单位三者选一项"

    def clean(self):
        data = super().clean()
        if "member" in self.fields and sum(bool(data.get(name)) for name in ("member", "body", "organisation")) != 1:
            self.add_error("member", "请选一位委员、一个机构或一个单位，只选一项。")
        return data


class DemandForm(forms.ModelForm):
    """What is needed; for whom stays inside. Who keeps it may say at once that it was looked at."""

    verified = forms.BooleanField(label="已核实，直接公开", required=False)

    class Meta:
        model = Demand
        fields = ["kind", "title", "field", "words", "region", "station", "who"]
        widgets = {"words": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "title": "如：给村小添一套音响。会公开，不写姓名",
            "words": "会公开，不写姓名、电话和身份证号",
            "station": "由这个站点核实和跟进；不选就由政协办跟进",
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        committee = self.instance.committee
        self.fields["field"] = _field()
        first = self.instance.region if self.instance.region_id else None
        self.fields["region"] = RegionField(label="在哪里", root=committee.region, first=first)
        stations = Workstation.objects.open().filter(committee=committee)
        office = rules.is_office(user, committee.pk)
        member = committee.pk in user.member_ids
        if not office and not member:
            stations = stations.kept_by(user)
            self.fields["station"].required = True
        self.fields["station"].queryset = stations.order_by("name")
        keeps = office or Workstation.objects.kept_by(user).filter(committee=committee).exists()
        if self.instance.pk or not keeps:
            del self.fields["verified"]
        self.order_fields(["kind", "title", "field", "words", "region", "who", "station", "verified"])


class SayForm(forms.Form):
    """One sentence with a verb; its name, label and help are the page's."""

    def __init__(self, *args, name, label, help_text="", most=200, rows=3, photos=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[name] = forms.CharField(
            label=label, help_text=help_text, max_length=most, widget=forms.Textarea(attrs={"rows": rows})
        )
        if photos:
            self.fields["photos"] = MultiplePhotosField(required=False)
            self.fields["photos"].help_text += "会公开，请不要拍到人脸、门牌和证件。"


class ImportForm(RowsForm):
    """Needs in a table or pasted."""

    shape, noun = SHAPE, "清单"
    file = TableField(label="表格", required=False, noun="需求清单", help_text="Excel（.xlsx）或 CSV，不超过 1000 项")
    text = forms.CharField(
        label="或粘贴清单", required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "data-uncounted": True}),
        help_text="每行一项，依次是：类别、需要什么、领域、说明、在哪里、跟进站点、为谁；手写的用逗号隔开",
    )  # fmt: skip
    verified = forms.BooleanField(label="名单已核实，直接公开", required=False)
