from django.urls import path

from workstations.views import inspections, standards

urlpatterns = [
    path("c/<slug:slug>/standards/", inspections.standard_standing, name="standard-standing"),
    path("office/inspections/", inspections.office_inspections, name="office-inspections"),
    path("office/standards/", standards.standard_list, name="standard-list"),
    path("office/standards/new/", standards.standard_new, name="standard-new"),
    path("office/standards/<int:pk>/", standards.standard, name="standard"),
    path("office/standards/<int:pk>/edit/", standards.standard_edit, name="standard-edit"),
    path("stations/<int:pk>/inspections/", inspections.station_inspections, name="station-inspections"),
    path("stations/<int:pk>/inspect/", inspections.inspection_begin, name="inspection-begin"),
    path("inspections/<int:pk>/", inspections.inspection, name="inspection"),
    path("inspections/<int:pk>/fill/", inspections.inspection_fill, name="inspection-fill"),
    path("inspections/<int:pk>/finish/", inspections.inspection_finish, name="inspection-finish"),
    path("inspections/<int:pk>/drop/", inspections.inspection_drop, name="inspection-drop"),
    path("inspections/findings/<int:pk>/", inspections.finding, name="finding"),
]
