from django.urls import path

from members.views import profiles as views

urlpatterns = [
    path("c/<slug:slug>/members/", views.member_find, name="member-find"),
    path("c/<slug:slug>/members/<int:pk>/", views.member_profile, name="member-profile"),
    path("c/<slug:slug>/members/<int:pk>/ask/", views.question_new, name="question-new"),
    path("c/<slug:slug>/questions/", views.question_receipt, name="question-receipt"),
    path("office/questions/", views.question_desk, name="question-desk"),
    path("office/questions/<int:pk>/pass/", views.question_pass, name="question-pass"),
    path("office/questions/<int:pk>/refuse/", views.question_refuse, name="question-refuse"),
    path("my/questions/", views.question_mine, name="question-mine"),
    path("my/questions/<int:pk>/", views.member_question, name="member-question"),
    path("my/profile/", views.profile_edit, name="profile-edit"),
    path("office/members/<int:pk>/profile/", views.profile_edit, name="profile-edit-of"),
]
