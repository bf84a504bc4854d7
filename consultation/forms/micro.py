"""A small consultation about a micro-proposal, filled in from it."""

from datetime import datetime, time, timedelta

from django import forms
from django.utils import timezone

from config.filters import storable
from consultation.forms.pieces import OnceForm, area, moment
from consultation.services.micro import Guests
from proposals.models import MicroProposal

GROUPS = {"offices": "三办", "unit": "承办单位", "author": "提交人", "fellows": "部分委员"}
SOON, BEGINS, ENDS = timedelta(days=7), time(9), time(11)


class MicroConsultationForm(OnceForm):
    title = forms.CharField(label="名称", max_length=100)
    summary = forms.CharField(
        label="为什么商量", max_length=2000, widget=area(5), help_text="公开的，启动后群众看得到，请不要写电话。"
    )
    starts_at = forms.DateTimeField(label="开始", widget=moment(), validators=[storable])
    ends_at = forms.DateTimeField(label="结束", widget=moment(), validators=[storable])
    place = forms.CharField(label="地点", max_length=100, help_text="如：西街社区协商议事室，或现场")
    is_public = forms.BooleanField(
        label="向社会公开", required=False, help_text="启动后，公开页显示进度和成果去向；微建议还没有公开的，请慎选。"
    )
    offices = forms.MultipleChoiceField(label=GROUPS["offices"], required=False, widget=forms.CheckboxSelectMultiple)
    unit = forms.MultipleChoiceField(label=GROUPS["unit"], required=False, widget=forms.CheckboxSelectMultiple)
    author = forms.MultipleChoiceField(label=GROUPS["author"], required=False, widget=forms.CheckboxSelectMultiple)
    fellows = forms.MultipleChoiceField(label=GROUPS["fellows"], required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args, micro: MicroProposal, guests: Guests, **kwargs):
        super().__init__(*args, **kwargs)
        self.guests = guests
        day = timezone.localdate() + SOON
        self.initial |= {
            "title": f"关于“{micro.title}”的微协商",
            "summary": f"{micro.serial}：{micro.body}"[:2000],
            "starts_at": timezone.make_aware(datetime.combine(day, BEGINS)),
            "ends_at": timezone.make_aware(datetime.combine(day, ENDS)),
            "place": micro.region.name if micro.region else "",
        }
        for name in GROUPS:
            people = getattr(guests, name)
            if people:
                self.fields[name].choices = [(one.code, _words(one)) for one in people]
                self.initial[name] = [one.code for one in people if one.chosen]
            else:
                del self.fields[name]

    def given(self) -> dict:
        """What the service takes, without the key."""
        data = dict(self.cleaned_data)
        data.pop("key")
        codes = {code for name in GROUPS for code in data.pop(name, [])}
        return {**data, "guests": [one for one in self.guests.every if one.code in codes]}


def _words(guest):
    return f"{guest.name}（{guest.role}）" if guest.role else guest.name
