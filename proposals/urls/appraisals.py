from django.urls import path

from proposals.views import appraisals as views

FIGURE = "unit-appraisals/<int:pk>/<int:indicator>/<int:organisation>/"

urlpatterns = [
    path("unit-appraisals/", views.appraisal_list, name="unit-appraisal-list"),
    path("office/unit-appraisals/new/", views.appraisal_new, name="unit-appraisal-new"),
    path("unit-appraisals/<int:pk>/", views.appraisal, name="unit-appraisal"),
    path("unit-appraisals/<int:pk>/table.xlsx", views.appraisal_export, name="unit-appraisal-export"),
    path("unit-appraisals/<int:pk>/publish/", views.appraisal_publish, name="unit-appraisal-publish"),
    path("unit-appraisals/<int:pk>/indicators/", views.appraisal_indicators, name="unit-appraisal-indicators"),
    path(FIGURE, views.appraisal_cases, name="unit-appraisal-cases"),
    path(f"{FIGURE}score/", views.appraisal_score, name="unit-appraisal-score"),
]
