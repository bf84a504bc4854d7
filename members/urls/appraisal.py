from django.urls import path

from members.views import appraisal as views
from members.views import my_appraisals as mine

urlpatterns = [
    path("office/appraisals/", views.appraisal_list, name="appraisal-list"),
    path("office/appraisals/freeze/<int:pk>/", views.appraisal_freeze, name="appraisal-freeze"),
    path("office/appraisals/<int:pk>/", views.appraisal, name="appraisal"),
    path("office/appraisals/<int:pk>/publish/", views.appraisal_publish, name="appraisal-publish"),
    path("office/appraisals/<int:pk>/propose/", views.appraisal_propose, name="appraisal-propose"),
    path("office/appraisals/<int:pk>/close/", views.appraisal_close, name="appraisal-close"),
    path("office/appraisals/<int:pk>/table.xlsx", views.appraisal_table, name="appraisal-table"),
    path("office/measures/", views.measure_list, name="measure-list"),
    path("office/measures/<int:pk>/", views.measure, name="measure"),
    path("office/objections/<int:pk>/", views.objection, name="objection"),
    path("office/people/<int:pk>/archive.docx", mine.people_archive, name="people-archive"),
    path("my/appraisals/", mine.my_appraisals, name="my-appraisals"),
    path("my/appraisals/<int:pk>/", mine.my_appraisal, name="my-appraisal"),
    path("my/archive.docx", mine.duty_archive, name="duty-archive"),
]
