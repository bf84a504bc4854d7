from django.urls import path

from members.views import regions as views

urlpatterns = [
    path("regions/<slug:code>/children/", views.region_children, name="regions-children"),
]
