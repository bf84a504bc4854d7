from django.urls import path, reverse

from proposals import offers, rules
from proposals.offers import Action
from proposals.states import FILED, UNSENT, ProposalState
from proposals.views import disclosure, proposal_review

urlpatterns = [
    path("office/proposals/review/", proposal_review.review_desk, name="proposal-review-desk"),
    path("proposals/<uuid:key>/review/", proposal_review.review, name="proposal-review"),
    path("proposals/<uuid:key>/merge/", proposal_review.merge, name="proposal-merge"),
    path("proposals/<uuid:key>/unmerge/", proposal_review.unmerge, name="proposal-unmerge"),
    path("proposals/<uuid:key>/disclosure/", disclosure.disclosure, name="proposal-disclosure"),
    path("proposals/<uuid:key>/form.docx", proposal_review.proposal_form, name="proposal-form"),
]


def _action(label, name, proposal, **more):
    return Action(label, reverse(name, args=[proposal.key]), **more)


@offers.register
def offer_review(user, proposal):
    if proposal.state == ProposalState.SUBMITTED and rules.may("review_proposal", user, proposal):
        why = "查资格、内容和格式，作出立案、并案、退回补充、转社情民意或不予立案的结果。"
        return _action("审查", "proposal-review", proposal, main=True, why=why)
    return None


@offers.register
def offer_merge(user, proposal):
    if proposal.state == ProposalState.FILED and rules.may("review_proposal", user, proposal):
        return _action("并案", "proposal-merge", proposal)
    if proposal.state == ProposalState.MERGED and rules.may("review_proposal", user, proposal):
        return _action("撤销并案", "proposal-unmerge", proposal)
    return None


@offers.register
def offer_disclosure(user, proposal):
    if proposal.state in FILED and rules.may("disclose_proposal", user, proposal):
        return _action("公开方式", "proposal-disclosure", proposal)
    return None


@offers.register
def offer_form(user, proposal):
    if proposal.state not in UNSENT and (
        rules.may("review_proposal", user, proposal) or rules.may("follow_proposal", user, proposal)
    ):
        return _action("下载提案表", "proposal-form", proposal)
    return None
