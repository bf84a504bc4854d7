from django.urls import path

from workstations.views import roster, visits

urlpatterns = [
    path("stations/<int:pk>/roster/", roster.roster, name="station-roster"),
    path("stations/<int:pk>/roster/plan/", roster.roster_plan, name="roster-plan"),
    path("shifts/<int:pk>/edit/", roster.shift_edit, name="shift-edit"),
    path("shifts/<int:pk>/cancel/", roster.shift_cancel, name="shift-cancel"),
    path("shifts/<int:pk>/mark/", roster.shift_mark, name="shift-mark"),
    path("shifts/<int:pk>/swap/", roster.swap_ask, name="swap-ask"),
    path("swaps/<int:pk>/take/", roster.swap_answer, {"verb": "take"}, name="swap-take"),
    path("swaps/<int:pk>/refuse/", roster.swap_answer, {"verb": "refuse"}, name="swap-refuse"),
    path("swaps/<int:pk>/withdraw/", roster.swap_answer, {"verb": "withdraw"}, name="swap-withdraw"),
    path("my/shifts/", roster.shift_mine, name="shift-mine"),
    path("stations/<int:pk>/visits/", visits.visit_list, name="visit-list"),
    path("stations/<int:pk>/visits/new/", visits.visit_new, name="visit-new"),
]
