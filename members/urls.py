from django.urls import re_path

from members import views

urlpatterns = [
    re_path(r"^regions/(?P<code>[0-9]{12,15})/children/$", views.region_children, name="regions-children"),
]
