from django.urls import path

from workstations.views import posting_plans as views

urlpatterns = [
    path("office/posting-plans/", views.plan_list, name="posting-plan-list"),
    path("office/posting-plans/new/", views.plan_new, name="posting-plan-new"),
    path("office/posting-plans/<int:pk>/", views.plan, name="posting-plan"),
    path("office/posting-plans/<int:pk>/start/", views.plan_start, name="posting-plan-start"),
    path("office/posting-plans/<int:pk>/add/", views.plan_add, name="posting-plan-add"),
    path("office/posting-plans/<int:pk>/enact/", views.plan_enact, name="posting-plan-enact"),
    path("office/posting-plans/<int:pk>/drop/", views.plan_drop, name="posting-plan-drop"),
    path("office/posting-plans/<int:pk>/export/", views.plan_export, name="posting-plan-export"),
    path("office/posting-plans/<int:pk>/seats/<int:seat>/", views.seat_move, name="posting-plan-seat"),
    path("office/posting-plans/<int:pk>/seats/<int:seat>/release/", views.seat_release, name="posting-plan-release"),
]
