from django import forms

from config.choices import RowsField
from config.refusals import Incomplete
from proposals.models import Proposal, RejectionGround
from proposals.services.disclosure import SUMMARY_LENGTH
from proposals.services.merging import LEADS
from proposals.services.reviewing import Checks
from proposals.states import PublicationLevel, ReviewResult

LEAD_HELP = "填本次会议的编号，如 12；从相近的提案里选了的，不用再填。"


class LeadFields(forms.Form):
    """Which lead case: one of those that are alike, or any other of the same plenary by its number."""

    def __init__(self, *args, proposal, alike=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.proposal = proposal
        leads = [row.proposal for row in alike if row.proposal.state in LEADS and row.proposal.lead_id is None]
        self.fields["lead"].choices = [("", "不选"), *((row.pk, f"{row.serial}《{row}》") for row in leads)]
        if not leads:
            self.fields["lead"].widget = forms.HiddenInput()

    def clean_lead(self):
        pk = self.cleaned_data["lead"]
        return self._candidates().filter(pk=pk).first() if pk else None

    def _candidates(self):
        return Proposal.objects.filter(committee=self.proposal.committee_id).select_related("plenary", "lead")

    def into(self) -> Proposal | None:
        """The lead case that was named, or None; Incomplete names an unknown number."""
        chosen, number = self.cleaned_data.get("lead"), self.cleaned_data.get("lead_number")
        if chosen or not number:
            return chosen
        found = self._candidates().filter(plenary=self.proposal.plenary_id, number=number).first()
        if found is None:
            words = f"没有第{number}号提案，请核对编号。"
            raise Incomplete(words, {"lead_number": words})
        return found


class ProposalReviewForm(LeadFields):
    """One look at one proposal; which of the lower fields are needed follows from the result."""

    needed_to_submit = ("grounds", "lead", "lead_number", "words")

    eligible = forms.BooleanField(label="提案者资格符合", required=False, initial=True)
    content_ok = forms.BooleanField(
        label="内容符合：一事一案，有情况、有分析、有具体建议", required=False, initial=True
    )
    form_ok = forms.BooleanField(label="格式符合", required=False, initial=True)
    result = forms.ChoiceField(label="审查结果", choices=ReviewResult.choices, widget=forms.RadioSelect)
    lead = forms.ChoiceField(label="并入哪一件", required=False, help_text="只列出可以作主案的。")
    lead_number = forms.IntegerField(
        label="主案编号", required=False, min_value=1, max_value=99999, help_text=f"并案时填。{LEAD_HELP}"
    )
    grounds = RowsField(
        RejectionGround.objects.none(), label="不予立案的理由", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="不予立案时至少选一条，提案者会看到。",
    )  # fmt: skip
    words = forms.CharField(
        label="审查意见", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="退回补充时必填：写明要补充什么。提案者会看到。",
    )  # fmt: skip

    def __init__(self, *args, proposal, **kwargs):
        super().__init__(*args, proposal=proposal, **kwargs)
        self.fields["grounds"].queryset = RejectionGround.objects.offered_by(proposal.committee)

    def checks(self) -> Checks:
        return Checks(**{name: self.cleaned_data[name] for name in Checks.LABELS})


class MergeForm(LeadFields):
    """并案 of one that is filed already."""

    needed_to_submit = ("lead", "lead_number")

    lead = forms.ChoiceField(label="并入哪一件", required=False, help_text="内容相近、可以作主案的提案。")
    lead_number = forms.IntegerField(
        label="主案编号", required=False, min_value=1, max_value=99999, help_text=LEAD_HELP
    )
    words = forms.CharField(
        label="说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="提案者会看到。",
    )  # fmt: skip


class UnmergeForm(forms.Form):
    words = forms.CharField(
        label="为什么撤销",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="提案者和承办单位会看到。",
    )


class DisclosureForm(forms.Form):
    """How far a proposal is public."""

    needed_to_submit = ("public_summary", "private_reason")

    publication = forms.ChoiceField(label="公开方式", choices=PublicationLevel.choices, widget=forms.RadioSelect)
    public_summary = forms.CharField(
        label="公开摘要", required=False, max_length=SUMMARY_LENGTH, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="摘要公开时必填，群众看到的就是它。不写电话、邮箱和证件号。",
    )  # fmt: skip
    private_reason = forms.CharField(
        label="不公开的理由", required=False, max_length=200, help_text="不公开时必填，如：涉及个人隐私。"
    )
