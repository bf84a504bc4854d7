from django.urls import path

from members.views import grouping as views

urlpatterns = [
    path("office/grouping/", views.grouping_list, name="grouping-list"),
    path("office/grouping/new/", views.grouping_new, name="grouping-new"),
    path("office/grouping/<int:pk>/", views.grouping, name="grouping"),
    path("office/grouping/<int:pk>/members/<int:member>/", views.grouping_move, name="grouping-move"),
    path("office/grouping/<int:pk>/members/<int:member>/release/", views.grouping_release, name="grouping-release"),
    path("office/grouping/<int:pk>/replan/", views.grouping_replan, name="grouping-replan"),
    path("office/grouping/<int:pk>/apply/", views.grouping_apply, name="grouping-apply"),
    path("office/grouping/<int:pk>/discard/", views.grouping_discard, name="grouping-discard"),
    path("office/grouping/<int:pk>/export/", views.grouping_export, name="grouping-export"),
]
