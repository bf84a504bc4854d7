from django.urls import path, reverse

from proposals import offers, rules
from proposals.offers import Action
from proposals.states import FILED
from proposals.views import bulletins, instructions
from proposals.views import information as views
from proposals.views import information_desk as desk

urlpatterns = [
    path("information/", views.information_list, name="information-list"),
    path("information/new/", views.information_new, name="information-new"),
    path("information/<uuid:key>/", views.information, name="information"),
    path("information/<uuid:key>/edit/", views.information_edit, name="information-edit"),
    path("information/<uuid:key>/check/", views.information_check, name="information-check"),
    path("information/<uuid:key>/submit/", views.information_submit, name="information-submit"),
    path("information/<uuid:key>/withdraw/", views.information_withdraw, name="information-withdraw"),
    path(
        "information/<uuid:key>/photos/<uuid:photo>/remove/",
        views.information_photo_remove,
        name="information-photo-remove",
    ),
    path("information/<uuid:key>/register/", desk.information_register, name="information-register"),
    path("information/<uuid:key>/return/", desk.information_return, name="information-return"),
    path("information/<uuid:key>/shelve/", desk.information_shelve, name="information-shelve"),
    path("information/<uuid:key>/take-up/", desk.information_take_up, name="information-take-up"),
    path("information/<uuid:key>/same/", desk.information_same, name="information-same"),
    path("information/<uuid:key>/apart/", desk.information_apart, name="information-apart"),
    path("information/<uuid:key>/put-in/", desk.information_put_in, name="information-put-in"),
    path("office/information/", desk.information_desk, name="information-desk"),
    path("office/information/table.xlsx", desk.information_table, name="information-table"),
    path("office/information/figures/", desk.information_figures, name="information-figures"),
    path("office/information/circular/", desk.information_circular, name="information-circular"),
    path("office/information/circular.xlsx", desk.information_circular_table, name="information-circular-table"),
    path("office/information/topics/", desk.information_topics, name="information-topics"),
    path("office/bulletins/", bulletins.bulletin_list, name="bulletin-list"),
    path("office/bulletins/new/", bulletins.bulletin_new, name="bulletin-new"),
    path("bulletins/<int:pk>/", bulletins.bulletin, name="bulletin"),
    path("bulletins/<int:pk>/edit/", bulletins.bulletin_edit, name="bulletin-edit"),
    path("bulletins/<int:pk>/reports/<uuid:key>/out/", bulletins.bulletin_take_out, name="bulletin-take-out"),
    path("bulletins/<int:pk>/drop/", bulletins.bulletin_drop, name="bulletin-drop"),
    path("bulletins/<int:pk>/forward/", bulletins.bulletin_put_forward, name="bulletin-put-forward"),
    path("bulletins/<int:pk>/back/", bulletins.bulletin_send_back, name="bulletin-send-back"),
    path("bulletins/<int:pk>/sign/", bulletins.bulletin_sign, name="bulletin-sign"),
    path("bulletins/<int:pk>/sheet.docx", bulletins.bulletin_sheet, name="bulletin-sheet"),
    path("bulletins/<int:pk>/deliver/", bulletins.bulletin_deliver, name="bulletin-deliver"),
    path("deliveries/<int:pk>/adopt/", bulletins.delivery_adopt, name="delivery-adopt"),
    path("deliveries/<int:pk>/unadopt/", bulletins.delivery_unadopt, name="delivery-unadopt"),
    path("deliveries/<int:pk>/strike/", bulletins.delivery_strike, name="delivery-strike"),
    path("office/instructions/", instructions.instruction_list, name="instruction-list"),
    path("office/instructions/new/", instructions.instruction_new, name="instruction-new"),
    path("instructions/<int:pk>/", instructions.instruction, name="instruction"),
    path("instructions/<int:pk>/edit/", instructions.instruction_edit, name="instruction-edit"),
    path("instructions/<int:pk>/follow/", instructions.instruction_follow, name="instruction-follow"),
    path("instructions/<int:pk>/strike/", instructions.instruction_strike, name="instruction-strike"),
    path("c/<slug:slug>/voices/", views.information_voices, name="information-voices"),
]


@offers.register
def offer_instruction(user, proposal):
    """What a leader wrote on a filed proposal is noted down from its page."""
    if proposal.state not in FILED or not rules.may("keep_instruction", user, proposal):
        return None
    query = f"committee={proposal.committee_id}&proposal={proposal.key}"
    return Action("登记批示", f"{reverse('instruction-new')}?{query}")
