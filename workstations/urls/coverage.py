from django.urls import path

from workstations.views import coverage as views

urlpatterns = [path("c/<slug:slug>/where/", views.where, name="where")]
