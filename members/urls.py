from django.urls import path

from members import views

urlpatterns = [
    path("regions/<slug:code>/children/", views.region_children, name="regions-children"),
]
