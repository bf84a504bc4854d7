"""What the public says, typed by themselves or by who listens; and what is done with it."""

from django import forms

from config.stamped import StampedForm, VisitorForm
from config.uploads.forms import MultiplePhotosField
from members.models import Member, Region, RegionLevel
from workstations.models import Channel, StationPost, Word, Workstation
from workstations.services.words import MOST_PHOTOS

PUBLIC_HELP = "反映人凭查询码能看到；不要写电话和邮箱。"


class PublicWordForm(VisitorForm):
    """网上写, without an account."""

    body = forms.CharField(
        label="您要反映的事", max_length=2000, widget=forms.Textarea(attrs={"rows": 7}),
        help_text="什么事、在哪里、希望怎样解决。",
    )  # fmt: skip
    place = forms.CharField(label="地点", max_length=64, required=False, help_text="如：金田村三组")
    station = forms.ModelChoiceField(
        label="交给哪个站点", queryset=Workstation.objects.none(), required=False, empty_label="不指定，由政协办接收"
    )
    photos = MultiplePhotosField(
        limit=MOST_PHOTOS, required=False, help_text=f"可不传，最多 {MOST_PHOTOS} 张；拍摄地点等信息会去掉"
    )
    speaker = forms.CharField(
        label="怎么称呼您", max_length=32, required=False, help_text="可不填；只有站点和政协办能看到，办完后自动清除"
    )
    contact = forms.CharField(
        label="联系方式", max_length=64, required=False, help_text="可不填；想请人回访的填写，办完后自动清除"
    )

    def __init__(self, *args, stations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["station"].queryset = stations

    def given(self) -> dict:
        """What the service takes."""
        data = self.cleaned_data
        names = ("body", "place", "station", "photos", "speaker", "contact")
        return {**{name: data[name] for name in names}, "seed": data["stamp"]}


class TakeDownForm(StampedForm):
    """At a desk, on the telephone or on a visit: who listens writes it down."""

    channel = forms.ChoiceField(label="怎么反映的", widget=forms.RadioSelect)
    body = forms.CharField(label="反映的事", max_length=2000, widget=forms.Textarea(attrs={"rows": 6}))
    place = forms.CharField(label="地点", max_length=64, required=False, help_text="如：金田村三组")
    region = forms.ModelChoiceField(
        label="哪个乡镇", queryset=Region.objects.none(), required=False, empty_label="不填"
    )
    speaker = forms.CharField(label="反映人", max_length=32, required=False, help_text="可不填；办完后自动清除")
    contact = forms.CharField(label="联系方式", max_length=64, required=False, help_text="可不填；办完后自动清除")
    photos = MultiplePhotosField(limit=MOST_PHOTOS, required=False)

    def __init__(self, *args, committee, channels: list[Channel], asks_town=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = [(channel.value, channel.label) for channel in channels]
        if len(channels) == 1:
            self.fields["channel"].widget = forms.HiddenInput()
        self.initial["channel"] = channels[0].value
        if asks_town:
            towns = Region.objects.within(committee.region).filter(level=RegionLevel.TOWN)
            self.fields["region"].queryset = towns.in_force()
        else:
            del self.fields["region"]

    def given(self) -> dict:
        data = {name: value for name, value in self.cleaned_data.items() if name != "stamp"}
        return {**data, "seed": self.cleaned_data["stamp"]}


class ProgressForm(forms.Form):
    code = forms.CharField(
        label="查询码", max_length=40, help_text="提交后给您的 16 位数字，如 1234 5678 9012 3456",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "data-uncounted": True}),
    )  # fmt: skip


class HandForm(forms.Form):
    member = forms.ModelChoiceField(label="交给哪位委员", queryset=Member.objects.none())

    def __init__(self, *args, word: Word, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = candidates(word)


def candidates(word: Word):
    """Members to whom a word may be handed: who serves at its station; without one, all in force."""
    members = Member.objects.in_force().select_related("user")
    if word.station_id is None:
        return members.filter(committee=word.committee_id).order_by("user__name", "pk")
    serving = StationPost.objects.in_force().filter(station=word.station_id, member__isnull=False)
    return members.filter(pk__in=serving.values("member")).order_by("user__name", "pk")


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label="答复", max_length=2000, widget=forms.Textarea(attrs={"rows": 5}), help_text=PUBLIC_HELP
    )
    publish = forms.BooleanField(
        label="同时公开这件反映和答复", required=False, help_text="反映里的电话会自动遮住；不要公开能认出个人的事"
    )

    def __init__(self, *args, may_publish: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_publish:
            del self.fields["publish"]


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label="不予受理的原因", max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text=PUBLIC_HELP
    )
