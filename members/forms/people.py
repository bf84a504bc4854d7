"""What the office says about a membership; the roster as a file; who goes on in the next term."""

from django import forms
from django.utils import timezone

from config.filters import in_calendar
from config.uploads.forms import TableField
from members.models import Body, BodyKind, Committee
from members.roles import Permission


def _date(**attrs):
    return forms.DateInput(attrs={"type": "date", **attrs}, format="%Y-%m-%d")


def _reason(example):
    return forms.CharField(
        label="原因或依据", max_length=200, widget=forms.Textarea(attrs={"rows": 2}), help_text=f"如：{example}"
    )


def sectors_of(committee: Committee):
    return Body.objects.filter(committee=committee, kind=BodyKind.SECTOR, is_active=True).order_by("position", "pk")


class TransferForm(forms.Form):
    sector = forms.ModelChoiceField(label="调整到", queryset=Body.objects.none(), empty_label="请选择")
    reason = _reason("工作调动，经主席会议同意")

    def __init__(self, *args, member, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sector"].queryset = sectors_of(member.committee).exclude(pk=member.sector_id)


class StandingForm(forms.Form):
    reason = _reason("十一届五次全会选举结果")


class LeaveForm(forms.Form):
    since = forms.DateField(label="起", widget=_date(), initial=timezone.localdate, validators=[in_calendar])
    until = forms.DateField(label="止", widget=_date(), help_text="含这一天；之后自动恢复", validators=[in_calendar])
    reason = _reason("外出学习半年，已书面请假")


class ReturnForm(forms.Form):
    on = forms.DateField(
        label="从哪一天起恢复履职", widget=_date(), initial=timezone.localdate, validators=[in_calendar]
    )


class EndForm(forms.Form):
    on = forms.DateField(
        label="从哪一天起不再担任", widget=_date(), initial=timezone.localdate, validators=[in_calendar],
        help_text="填今天，提交后立即生效：下一次点击起就进不了委员的页面",
    )  # fmt: skip
    reason = _reason("辞去委员职务，常委会会议通过")


class RosterForm(forms.Form):
    """Whose roster it is needs no choosing when there is only one."""

    committee = forms.ModelChoiceField(label="哪个政协的名单", queryset=Committee.objects.none(), empty_label=None)
    file = TableField(
        noun="花名册", label="花名册", help_text="Excel（.xlsx）或 CSV，每人一行；列的先后不限，一次最多 10000 人"
    )

    def __init__(self, *args, user, committee, **kwargs):
        super().__init__(*args, **kwargs)
        held = Committee.objects.manageable_by(user, Permission.PEOPLE_MANAGE)
        self.fields["committee"].queryset = held
        self.initial["committee"] = committee
        if len(held[:2]) == 1:
            self.fields["committee"].widget = forms.HiddenInput()


class NewTermForm(forms.Form):
    """The first day of the next term, and for each member of this one whether and in which sector to go on.

    Fields of a member: `carry` with the member's id when ticked, `sector-<id>` with the sector's.
    """

    since = forms.DateField(
        label="新一届从哪一天起", widget=_date(), help_text="本届的任职到前一天为止", validators=[in_calendar]
    )

    def __init__(self, *args, members, sectors, everybody=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.members, self.sectors = list(members), list(sectors)
        self._everybody = everybody

    @property
    def rows(self):
        """(member, ticked, id of the sector chosen), as last said."""
        ticked = set(self.data.getlist("carry")) if self.is_bound else None
        for member in self.members:
            chosen = self.data.get(f"sector-{member.pk}", "") if self.is_bound else str(member.sector_id)
            yield member, self._everybody if ticked is None else str(member.pk) in ticked, chosen

    def clean(self):
        data, known = super().clean(), {str(sector.pk): sector for sector in self.sectors}
        data["seats"] = seats = {}
        for member, ticked, chosen in self.rows:
            if ticked and chosen not in known:
                self.add_error(None, f"请给{member}选择新一届的界别。")
            elif ticked:
                seats[member.pk] = known[chosen]
        if not seats and not self.errors:
            self.add_error(None, "还没有勾选连任的委员，请至少勾选一位。")
        return data
