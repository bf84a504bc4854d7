from django.urls import path

from proposals.views import traces as views

urlpatterns = [
    path("office/traces/", views.trace_list, name="trace-list"),
    path("office/traces/new/", views.trace_new, name="trace-new"),
    path("traces/<int:pk>/", views.trace, name="trace"),
    path("traces/<int:pk>/edit/", views.trace_edit, name="trace-edit"),
    path("traces/<int:pk>/steps/", views.trace_step, name="trace-step"),
    path("traces/<int:pk>/steps/<int:step>/remove/", views.trace_step_remove, name="trace-step-remove"),
    path("traces/<int:pk>/show/", views.trace_show, name="trace-show"),
    path("c/<slug:slug>/traces/", views.trace_public_list, name="trace-public-list"),
]
