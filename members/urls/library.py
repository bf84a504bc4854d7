from django.urls import path

from members.views import library_practices as practices
from members.views import library_regulations as regulations

urlpatterns = [
    path("c/<slug:slug>/regulations/", regulations.regulation_list, name="regulation-list"),
    path("regulations/<int:pk>/", regulations.regulation, name="regulation"),
    path("office/regulations/new/", regulations.regulation_new, name="regulation-new"),
    path("office/regulations/import/", regulations.regulation_import, name="regulation-import"),
    path("office/regulations/sample.csv", regulations.regulation_sample, name="regulation-sample"),
    path("office/regulations/<int:pk>/edit/", regulations.regulation_edit, name="regulation-edit"),
    path("office/regulations/<int:pk>/repeal/", regulations.regulation_repeal, name="regulation-repeal"),
    path("practices/", practices.practice_list, name="practice-list"),
    path("practices/new/", practices.practice_new, name="practice-new"),
    path("practices/<int:pk>/", practices.practice, name="practice"),
    path("practices/<int:pk>/edit/", practices.practice_edit, name="practice-edit"),
    path("practices/<int:pk>/share/", practices.practice_share, name="practice-share"),
    path("practices/<int:pk>/withdraw/", practices.practice_withdraw, name="practice-withdraw"),
    path("practices/<int:pk>/adopt/", practices.practice_adopt, name="practice-adopt"),
]
