from django.urls import path

from workstations.views import activities, check_in, figures, organising, seats

urlpatterns = [
    path("activities/", activities.activity_list, name="activity-list"),
    path("activities/new/", organising.activity_new, name="activity-new"),
    path("activities/<int:pk>/", activities.activity, name="activity"),
    path("activities/<int:pk>/edit/", organising.activity_edit, name="activity-edit"),
    path("activities/<int:pk>/files/", organising.activity_files, name="activity-files"),
    path("activities/<int:pk>/publish/", organising.activity_publish, name="activity-publish"),
    path("activities/<int:pk>/close/", organising.activity_close, name="activity-close"),
    path("activities/<int:pk>/call-off/", organising.activity_call_off, name="activity-call-off"),
    path("activities/<int:pk>/sign-up/", seats.activity_sign_up, name="activity-sign-up"),
    path("activities/<int:pk>/cancel/", seats.activity_cancel, name="activity-cancel"),
    path("activities/<int:pk>/leave/", seats.activity_leave, name="activity-leave"),
    path("activities/<int:pk>/leave/<int:seat>/", seats.activity_leave_answer, name="activity-leave-answer"),
    path("activities/<int:pk>/roll/", seats.activity_roll, name="activity-roll"),
    path("activities/<int:pk>/roll/present/", seats.activity_present, name="activity-present"),
    path("activities/<int:pk>/screen/", check_in.activity_screen, name="activity-screen"),
    path("activities/<int:pk>/check-in/", check_in.activity_check_in, name="activity-check-in"),
    path("c/<slug:slug>/activities/", activities.activity_public_list, name="activity-public-list"),
    path("office/activities/figures/", figures.activity_figures, name="activity-figures"),
]
