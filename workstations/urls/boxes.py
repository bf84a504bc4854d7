from django.urls import path

from workstations.views import box_office as office
from workstations.views import boxes as views

urlpatterns = [
    path("box/<slug:code>/", views.box, name="box"),
    path("box/<slug:code>/progress/", views.box_progress, name="box-progress"),
    path("c/<slug:slug>/boxes/", views.box_list, name="box-list"),
    path("office/boxes/", office.office_boxes, name="office-boxes"),
    path("office/boxes/new/", office.box_new, name="box-new"),
    path("office/boxes/<int:pk>/", office.box_office, name="box-office"),
    path("office/boxes/<int:pk>/edit/", office.box_edit, name="box-edit"),
    path("office/boxes/<int:pk>/close/", office.box_close, name="box-close"),
    path("office/boxes/<int:pk>/reopen/", office.box_reopen, name="box-reopen"),
    path("office/boxes/<int:pk>/poster/", office.box_poster, name="box-poster"),
]
