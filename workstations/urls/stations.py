from django.urls import path

from workstations.views import rooms, station_figures, ties
from workstations.views import stations as views

urlpatterns = [
    path("c/<slug:slug>/stations/", views.station_list, name="station-list"),
    path("c/<slug:slug>/stations/coverage/", views.station_coverage, name="station-coverage"),
    path("c/<slug:slug>/stations/matrix/", station_figures.matrix, name="station-matrix"),
    path("c/<slug:slug>/stations/features/", station_figures.features, name="station-features"),
    path("stations/<int:pk>/", views.station_detail, name="station-detail"),
    path("stations/<int:pk>/keep/", views.station_keep, name="station-keep"),
    path("stations/<int:pk>/photos/", views.station_photos, name="station-photos"),
    path("stations/<int:pk>/year/<int:year>/", station_figures.year, name="station-year"),
    path("stations/<int:pk>/rooms/", rooms.station_rooms, name="station-rooms"),
    path("stations/<int:pk>/rooms/new/", rooms.room_new, name="room-new"),
    path("rooms/<int:pk>/", rooms.room, name="room"),
    path("rooms/<int:pk>/book/", rooms.room_book, name="room-book"),
    path("rooms/<int:pk>/edit/", rooms.room_edit, name="room-edit"),
    path("rooms/<int:pk>/switch/", rooms.room_switch, name="room-switch"),
    path("rooms/bookings/<int:pk>/cancel/", rooms.booking_cancel, name="room-cancel"),
    path("my/stations/", views.my_stations, name="my-stations"),
    path("office/stations/", views.office_stations, name="office-stations"),
    path("office/stations/add/<slug:slug>/", views.station_add, name="station-add"),
    path("office/stations/<int:pk>/", views.station_office, name="station-office"),
    path("office/stations/<int:pk>/edit/", views.station_edit, name="station-edit"),
    path("office/stations/<int:pk>/post/", views.station_post, name="station-post"),
    path("office/stations/<int:pk>/close/", views.station_close, name="station-close"),
    path("office/stations/<int:pk>/demonstration/", views.station_demonstration, name="station-demonstration"),
    path("office/stations/<int:pk>/tie/", ties.tie_new, name="station-tie"),
    path("office/stations/ties/<int:pk>/end/", ties.tie_end, name="station-end-tie"),
    path("office/stations/posts/<int:pk>/end/", views.station_end_post, name="station-end-post"),
]
