from django.urls import path

from members.views import bodies as views
from members.views import body_office as office

urlpatterns = [
    path("bodies/", views.body_list, name="body-list"),
    path("bodies/chart/", views.body_chart, name="body-chart"),
    path("bodies/new/", office.body_new, name="body-new"),
    path("bodies/presets/", office.body_presets, name="body-presets"),
    path("bodies/<int:pk>/", views.body_detail, name="body"),
    path("bodies/<int:pk>/roster/", views.body_roster, name="body-roster"),
    path("bodies/<int:pk>/describe/", views.body_describe, name="body-describe"),
    path("bodies/<int:pk>/edit/", office.body_edit, name="body-edit"),
    path("bodies/<int:pk>/close/", office.body_close, name="body-close"),
    path("bodies/<int:pk>/seat/", office.body_seat, name="body-seat"),
    path("bodies/<int:pk>/intake/", office.body_intake, name="body-intake"),
    path("bodies/<int:pk>/budget/", office.body_budget, name="body-budget"),
    path("bodies/<int:pk>/import/", office.body_import_people, name="body-import"),
    path("bodies/<int:pk>/match/", office.body_match_members, name="body-match"),
    path("bodies/seats/<int:pk>/end/", office.body_unseat, name="body-unseat"),
    path("office/bodies/checks/", office.checks, name="body-checks"),
    path("partners/", views.partner_list, name="partner-list"),
    path("partners/new/", office.partner_new, name="partner-new"),
    path("partners/<int:pk>/edit/", office.partner_edit, name="partner-edit"),
]
