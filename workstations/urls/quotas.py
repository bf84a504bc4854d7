from django.urls import path

from workstations.views import quotas as views

urlpatterns = [
    path("office/quotas/", views.quota_list, name="quota-list"),
    path("office/quotas/new/", views.quota_new, name="quota-new"),
    path("office/quotas/<int:pk>/", views.quota, name="quota"),
    path("office/quotas/<int:pk>/edit/", views.quota_edit, name="quota-edit"),
]
