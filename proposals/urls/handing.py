from django.urls import path, reverse

from proposals import offers, rules
from proposals.states import ProposalState
from proposals.views import handing, returns

urlpatterns = [
    path("office/handing/", handing.meeting_list, name="handing-meetings"),
    path("office/handing/new/", handing.meeting_new, name="handing-meeting-new"),
    path("office/handing/<int:pk>/", handing.meeting, name="handing-meeting"),
    path("office/handing/<int:pk>/edit/", handing.meeting_edit, name="handing-meeting-edit"),
    path("office/handing/<int:pk>/hand-over/", handing.hand_over, name="handing-hand-over"),
    path("office/handing/<int:pk>/proposals/<uuid:key>/", handing.meeting_proposal, name="handing-proposal"),
    path("office/handing/<int:pk>/lines/<int:line>/drop/", handing.line_drop, name="handing-line-drop"),
    path("office/handing/<int:pk>/units/<int:unit>/notice.docx", handing.meeting_notice, name="handing-notice"),
    path("office/proposals/<uuid:key>/assign/", handing.proposal_assign, name="proposal-assign"),
    path("office/returns/", returns.return_desk, name="return-desk"),
    path("assignments/<int:pk>/return-request/", returns.return_ask, name="return-ask"),
    path("assignments/<int:pk>/return-request/<int:asked>/", returns.return_decide, name="return-decide"),
    path("assignments/<int:pk>/take-on/", returns.take_on, name="assignment-take-on"),
    path("assignments/<int:pk>/change-unit/", returns.unit_change, name="unit-change"),
    path("assignments/<int:pk>/coordination/", returns.coordination_new, name="coordination-new"),
    path("assignments/<int:pk>/pause/", returns.assignment_pause, name="assignment-pause"),
    path("assignments/<int:pk>/resume/", returns.assignment_resume, name="assignment-resume"),
]


@offers.register
def offer_handing(user, proposal):
    """One by itself, outside a meeting: as after a return, or to bring in one more unit."""
    if proposal.state not in (ProposalState.FILED, ProposalState.ASSIGNED):
        return None
    if not rules.may("assign_proposal", user, proposal):
        return None
    url = reverse("proposal-assign", args=[proposal.key])
    if proposal.state == ProposalState.ASSIGNED:
        return offers.Action("再交一个单位", url)
    if proposal.is_imported:  # handled elsewhere, years ago
        return offers.Action("重新交办", url)
    why = "已立案，还没有承办单位。在这里单独交办，或者列入交办会一并交办。"
    return offers.Action("交办", url, main=True, why=why)
