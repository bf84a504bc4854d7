from django.urls import path

from members.views import people, roster

urlpatterns = [
    path("office/people/", people.people_list, name="people-list"),
    path("office/people/import/", roster.people_import, name="people-import"),
    path("office/people/import/<int:pk>/", roster.import_check, name="people-import-check"),
    path("office/people/import/<int:pk>/load/", roster.import_load, name="people-import-load"),
    path("office/people/import/<int:pk>/drop/", roster.import_drop, name="people-import-drop"),
    path("office/people/template.xlsx", roster.people_template, name="people-template"),
    path("office/people/export/", roster.people_export, name="people-export"),
    path("office/people/new-term/", people.new_term, name="people-new-term"),
    path("office/people/<int:pk>/", people.people_detail, name="people-detail"),
    path("office/people/<int:pk>/phone/", people.people_phone, name="people-phone"),
    path("office/people/<int:pk>/transfer/", people.people_transfer, name="people-transfer"),
    path("office/people/<int:pk>/standing/", people.people_standing, name="people-standing"),
    path("office/people/<int:pk>/leave/", people.people_leave, name="people-leave"),
    path("office/people/leave/<int:pk>/return/", people.people_return, name="people-return"),
    path("office/people/<int:pk>/end/", people.people_end, name="people-end"),
]
