"""What is filled in to supervise a matter and to answer, to start a look-back, check, spot-check and end its items."""

from django import forms

from config.filters import in_calendar
from config.uploads.forms import MultiplePhotosField
from proposals.models import Cause, Plenary, SelfCheck
from proposals.services.look_backs import MOST_PHOTOS
from proposals.states import LookBackItemState, SupervisionKind

NO_CAUSE = [("", "不填"), *Cause.choices]
YES_NO = [("yes", "有"), ("no", "没有")]


def _area(rows):
    return forms.Textarea(attrs={"rows": rows})


def _day(label, **options):
    return forms.DateField(
        label=label, validators=[in_calendar], widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        **options,
    )  # fmt: skip


class SupervisionForm(forms.Form):
    """Which of leader, participants and ballots are needed depends on the kind; their help texts say when."""

    needed_to_submit = ("words", "on")

    kind = forms.ChoiceField(label="督办方式", choices=SupervisionKind.choices, widget=forms.RadioSelect)
    on = _day("日期", required=False, help_text="催办函按今天，不用填")
    words = forms.CharField(
        label="督办要求", required=False, max_length=1000, widget=_area(4),
        help_text="要求办什么、怎样办、反馈什么；催办函不填时自动写明逾期几天",
    )  # fmt: skip
    led_by = forms.CharField(
        label="牵头人", required=False, max_length=64, help_text="领导督办必填，如：县政协副主席李某"
    )
    participants = forms.CharField(label="参加人员", required=False, max_length=200, help_text="联合督办必填")
    satisfied = forms.IntegerField(
        label="满意票", required=False, min_value=0, max_value=30_000, help_text="民主评议填写"
    )
    basic = forms.IntegerField(
        label="基本满意票", required=False, min_value=0, max_value=30_000, help_text="民主评议填写"
    )
    unsatisfied = forms.IntegerField(
        label="不满意票", required=False, min_value=0, max_value=30_000, help_text="民主评议填写"
    )


class SupervisionAnswerForm(forms.Form):
    answer = forms.CharField(
        label="办理情况", max_length=1000, widget=_area(5), help_text="办了什么，还差什么，何时办完。"
    )


class LookBackForm(forms.Form):
    name = forms.CharField(label="名称", max_length=64, help_text="如：2026 年提案“回头看”")
    plenary = forms.ModelChoiceField(
        label="届次", queryset=Plenary.objects.none(), required=False, empty_label="全部没有核实兑现的 B 类",
    )  # fmt: skip
    check_due_on = _day("单位自查期限")

    def __init__(self, *args, committee, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["plenary"].queryset = Plenary.objects.filter(committee=committee)


class CheckForm(forms.Form):
    found = forms.ChoiceField(label="自查结果", choices=SelfCheck.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label="自查情况", max_length=500, widget=_area(4), help_text="做了什么，进展到哪一步；没有推进的写明卡在哪里。"
    )
    photos = MultiplePhotosField(
        label="佐证照片", required=False, limit=MOST_PHOTOS, help_text=f"最多 {MOST_PHOTOS} 张，位置信息会自动去除。"
    )


def _yes_no(label):
    return forms.TypedChoiceField(
        label=label, choices=YES_NO, coerce=lambda value: value == "yes", widget=forms.RadioSelect
    )


class SpotForm(forms.Form):
    has_leader = _yes_no("有领导分管")
    has_person = _yes_no("有专人负责")
    in_order = _yes_no("有序推进")
    words = forms.CharField(label="抽查情况", max_length=500, widget=_area(3), help_text="何时何地、看了什么、问了谁。")
    cause = forms.ChoiceField(label="B 类原因", choices=NO_CAUSE, required=False)


class EndForm(forms.Form):
    """The end of one item: seen kept, explained, or handled again."""

    needed_to_submit = ("cause", "promised_on")

    end = forms.ChoiceField(
        label="结论", widget=forms.RadioSelect,
        choices=[
            (LookBackItemState.VERIFIED, "核实兑现：承诺已做到，在跟踪的随之办结"),
            (LookBackItemState.EXPLAINED, "说明情况：还没做到，提案者会收到说明，在跟踪的改期再看"),
            (LookBackItemState.REWORKED, "二次办理：重新办理、重新答复"),
        ],
    )  # fmt: skip
    words = forms.CharField(label="依据", max_length=500, widget=_area(3))
    cause = forms.ChoiceField(label="B 类原因", choices=NO_CAUSE, required=False, help_text="说明情况、二次办理的必填")
    promised_on = _day("新的承诺日期", required=False, help_text="说明情况、仍在跟踪落实的必填")
