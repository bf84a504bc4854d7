from django import forms
from django.utils import timezone

from members.models import Committee, Organisation, User
from members.queries import holders
from members.roles import Permission
from proposals.forms.matters import AssignForm
from proposals.models import Assignment, Dispute, HandingMeeting, Plenary
from proposals.services.assignments import usual_deadline
from proposals.services.coordination import OUTCOMES
from proposals.services.handing import CO_DUTY, CO_QUALITY, parameter_of, usual_dates
from proposals.states import AssignmentRole


def _date():
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _words(rows=3):
    return forms.Textarea(attrs={"rows": rows})


class MeetingForm(forms.ModelForm):
    """The service checks the dates against each other."""

    class Meta:
        model = HandingMeeting
        fields = ["plenary", "name", "held_on", "place", "due_on", "opinion_due_on", "duty", "quality"]
        widgets = {
            "held_on": _date(), "due_on": _date(), "opinion_due_on": _date(), "duty": _words(), "quality": _words(),
        }  # fmt: skip
        help_texts = {
            "name": "如：十届五次会议提案交办会",
            "due_on": "主办、分办单位答复提案者的最后一天",
            "opinion_due_on": "会办单位向主办单位报送意见的最后一天",
        }

    def __init__(self, *args, committee: Committee, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["plenary"].queryset = Plenary.objects.filter(committee=committee).order_by("-term", "-number")
        if self.instance.pk is None:
            today = timezone.localdate()
            due_on, opinion_due_on = usual_dates(committee, today)
            self.initial |= {"held_on": today, "due_on": due_on, "opinion_due_on": opinion_due_on}

    def _post_clean(self):
        """Fill the row; the service validates and keeps it."""
        self.instance = forms.models.construct_instance(self, self.instance, self._meta.fields)


class LineForm(forms.Form):
    role = forms.ChoiceField(
        label="分工", choices=AssignmentRole.choices, widget=forms.RadioSelect, initial=AssignmentRole.LEAD,
        help_text="主办一家、统一答复；会办向主办报送意见；分办各办各的、各自答复，至少两家。",
    )  # fmt: skip
    unit = forms.ModelChoiceField(label="承办单位", queryset=Organisation.objects.none(), empty_label="请选择")

    def __init__(self, *args, committee: Committee, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Organisation.objects.of(committee).that_handle()


class ProposalAssignForm(AssignForm):
    """五定 for one proposal, and which part the unit has; usual dates and words follow the part."""

    role = forms.ChoiceField(label="分工", choices=AssignmentRole.choices, widget=forms.RadioSelect)

    def __init__(self, *args, committee: Committee, role: str = AssignmentRole.LEAD, **kwargs):
        usual = usual_deadline(committee, parameter=parameter_of(role), start=timezone.localdate())
        initial = {"role": role, "due_on": usual.due_on}
        if role == AssignmentRole.CO:
            initial |= {"duty": CO_DUTY, "quality": CO_QUALITY}
        else:
            initial |= {name: HandingMeeting._meta.get_field(name).default for name in ("duty", "quality")}
        super().__init__(*args, committee=committee, initial=initial | kwargs.pop("initial", {}), **kwargs)
        self.usual = usual
        self.order_fields(["role", "unit", "leader_name", "leader_post", "handler", "due_on", "duty", "quality"])


class ChangeUnitForm(AssignForm):
    """改办: the same five fixings for another unit, and why."""

    reason = forms.CharField(
        label="改办理由", max_length=500, required=False, widget=_words(2), help_text="原单位和新单位都会看到。"
    )
    needed_to_submit = (*AssignForm.needed_to_submit, "reason")

    def __init__(self, *args, assignment, **kwargs):
        committee = assignment.committee
        parameter = parameter_of(assignment.role) if assignment.proposal_id else "handling.workdays"
        usual = usual_deadline(committee, parameter=parameter, start=timezone.localdate())
        initial = {"due_on": usual.due_on, "duty": assignment.duty, "quality": assignment.quality}
        super().__init__(*args, committee=committee, initial=initial | kwargs.pop("initial", {}), **kwargs)
        self.usual = usual
        self.fields["reason"].required = False
        self.fields["unit"].queryset = self.fields["unit"].queryset.exclude(pk=assignment.unit_id)
        self.order_fields(["reason"])


class ReturnRequestForm(forms.Form):
    reason = forms.CharField(
        label="退回理由", max_length=500, required=False, widget=_words(),
        help_text="说明为什么不属于本单位职责，最好写明依据。",
    )  # fmt: skip
    suggested = forms.ModelChoiceField(
        label="建议承办单位", queryset=Organisation.objects.none(), required=False, empty_label="说不准",
        help_text="只是建议，由交办部门决定；请勿自行转送。",
    )  # fmt: skip
    needed_to_submit = ("reason",)

    def __init__(self, *args, assignment, **kwargs):
        super().__init__(*args, **kwargs)
        units = Organisation.objects.of(assignment.committee).that_handle().exclude(pk=assignment.unit_id)
        self.fields["suggested"].queryset = units


class DecideReturnForm(forms.Form):
    words = forms.CharField(
        label="审批意见", required=False, max_length=500, widget=_words(2),
        help_text="不同意时必填，承办单位会看到。",
    )  # fmt: skip


class CoordinationForm(forms.Form):
    """Of one kind of dispute the outcome is asked too; which kinds there are follows the case."""

    about = forms.ChoiceField(label="事由", choices=Dispute.choices, widget=forms.RadioSelect)
    held_on = forms.DateField(label="日期", widget=_date())
    place = forms.CharField(label="地点", max_length=64, required=False)
    chaired_by = forms.CharField(label="主持人", max_length=64, required=False)
    attended = forms.CharField(
        label="参加人员", max_length=200, required=False, widget=_words(2), help_text="单位和姓名"
    )
    decision = forms.CharField(label="议定结果", max_length=500, required=False, widget=_words())
    outcome = forms.ChoiceField(label="面商结果", choices=OUTCOMES, required=False, widget=forms.RadioSelect)
    needed_to_submit = ("chaired_by", "attended", "decision", "outcome")

    def __init__(self, *args, disputes: list[Dispute], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = [(dispute.value, dispute.label) for dispute in disputes]
        self.fields["held_on"].initial = timezone.localdate
        if len(disputes) == 1:
            self.fields["about"].initial = disputes[0]
        if Dispute.RATING not in disputes:
            del self.fields["outcome"]


class PauseForm(forms.Form):
    reason = forms.CharField(
        label="中止理由", max_length=200, required=False, widget=_words(2),
        help_text="为什么现在办不下去，什么情况下恢复，如：等待上级规划批复。",
    )  # fmt: skip
    needed_to_submit = ("reason",)


class TakeOnForm(forms.ModelForm):
    """Who leads and who handles it in the unit, as the desk set it, to be put right."""

    needed_to_submit = ("leader_name", "leader_post")

    class Meta:
        model = Assignment
        fields = ["leader_name", "leader_post", "handler"]

    def __init__(self, data=None, *, assignment: Assignment):
        initial = {name: getattr(assignment, name) for name in ("leader_name", "leader_post", "handler")}
        super().__init__(data, initial=initial)
        people = holders(Permission.MATTER_HANDLE, assignment.unit) | {assignment.handler_id}
        self.fields["handler"].queryset = User.objects.filter(pk__in=people, is_active=True).order_by("name", "pk")
        for name in ("leader_name", "leader_post"):
            self.fields[name].required = False

    def _post_clean(self):
        """The service checks; the row itself is changed there."""
