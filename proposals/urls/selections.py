from django.urls import path

from proposals import offers, rules
from proposals.offers import Action
from proposals.queries.selections import open_to
from proposals.services.selections import ELIGIBLE
from proposals.views import selections

urlpatterns = [
    path("office/selections/", selections.selection_list, name="selection-list"),
    path("office/selections/<int:pk>/", selections.selection, name="selection"),
    path("office/selections/<int:pk>/nominate/", selections.nominate, name="selection-nominate"),
    path("office/selections/<int:pk>/<slug:stage>/done/", selections.step, name="selection-step"),
    path("c/<slug:slug>/excellent/", selections.excellent_list, name="excellent-list"),
]


@offers.register
def offer_nomination(user, proposal):
    """While candidates are collected: to the form, with the number filled in."""
    if proposal.state not in ELIGIBLE or not rules.may("review_proposal", user, proposal):
        return None
    selection = open_to(proposal)
    if selection is None:
        return None
    return Action(f"推荐为{selection.get_kind_display()}", f"{selection.get_absolute_url()}?number={proposal.number}")
