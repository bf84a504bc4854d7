from django.urls import path, reverse

from proposals import offers
from proposals.models import Showcase
from proposals.rules import may
from proposals.states import FILED
from proposals.views import public_proposals, showcase, showcase_public

urlpatterns = [
    path("c/<slug:slug>/proposals/", public_proposals.proposal_public_list, name="proposal-public-list"),
    path("c/<slug:slug>/live/receipt/", showcase_public.showcase_receipt, name="showcase-receipt"),
    path("proposals/<uuid:key>/live/", showcase_public.showcase, name="showcase"),
    path("proposals/<uuid:key>/live/vote/", showcase_public.showcase_vote, name="showcase-vote"),
    path("proposals/<uuid:key>/live/comment/", showcase_public.showcase_comment_new, name="showcase-comment-new"),
    path("proposals/<uuid:key>/live/edit/", showcase.showcase_edit, name="showcase-edit"),
    path("proposals/<uuid:key>/live/begin/", showcase.showcase_begin, name="showcase-begin"),
    path("proposals/<uuid:key>/live/switch/", showcase.showcase_switch, name="showcase-switch"),
    path("proposals/<uuid:key>/live/entries/new/", showcase.entry_new, name="showcase-entry-new"),
    path("office/showcases/", showcase.showcase_desk, name="showcase-desk"),
    path("office/showcases/entries/<int:pk>/", showcase.entry_edit, name="showcase-entry"),
    path("office/showcases/entries/<int:pk>/publish/", showcase.entry_publish, name="showcase-entry-publish"),
    path("office/showcases/entries/<int:pk>/remove/", showcase.entry_remove, name="showcase-entry-remove"),
    path("showcases/comments/", showcase.comment_list, name="showcase-comment-list"),
    path("showcases/comments/<int:pk>/", showcase.comment_detail, name="showcase-comment"),
    path("showcases/comments/<int:pk>/show/", showcase.comment_show, name="showcase-comment-show"),
    path("showcases/comments/<int:pk>/hide/", showcase.comment_hide, name="showcase-comment-hide"),
    path("showcases/comments/<int:pk>/answer/", showcase.comment_answer, name="showcase-comment-answer"),
]


@offers.register
def offer_showcase(user, proposal):
    """The staff compose it; everybody else signed in reads it once it is public."""
    if not proposal.is_key or proposal.state not in FILED:
        return None
    if may("keep_showcase", user, proposal):
        return offers.Action("全程公开", reverse("showcase-edit", args=[proposal.key]))
    if Showcase.objects.public().filter(proposal=proposal).exists():
        return offers.Action("看全程公开", reverse("showcase", args=[proposal.key]))
    return None
