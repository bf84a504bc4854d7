from django.urls import path

from workstations.views import stations as views

urlpatterns = [
    path("c/<slug:slug>/stations/", views.station_list, name="station-list"),
    path("c/<slug:slug>/stations/coverage/", views.station_coverage, name="station-coverage"),
    path("stations/<int:pk>/", views.station_detail, name="station-detail"),
    path("stations/<int:pk>/keep/", views.station_keep, name="station-keep"),
    path("my/stations/", views.my_stations, name="my-stations"),
    path("office/stations/", views.office_stations, name="office-stations"),
    path("office/stations/add/<slug:slug>/", views.station_add, name="station-add"),
    path("office/stations/<int:pk>/", views.station_office, name="station-office"),
    path("office/stations/<int:pk>/edit/", views.station_edit, name="station-edit"),
    path("office/stations/<int:pk>/post/", views.station_post, name="station-post"),
    path("office/stations/<int:pk>/close/", views.station_close, name="station-close"),
    path("office/stations/posts/<int:pk>/end/", views.station_end_post, name="station-end-post"),
]
