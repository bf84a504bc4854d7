from django.urls import path

from members.views import studio as views

urlpatterns = [
    path("c/<slug:slug>/studio/", views.studio, name="studio"),
    path("c/<slug:slug>/studio/receipt/", views.reply_receipt, name="reply-receipt"),
    path("c/<slug:slug>/questions/again/", views.question_again, name="question-again"),
    path("studio/<int:pk>/", views.inquiry, name="inquiry"),
    path("studio/<int:pk>/sum-up/", views.inquiry_sum_up, name="inquiry-sum-up"),
    path("studio/<int:pk>/take-down/", views.inquiry_take_down, name="inquiry-take-down"),
    path("my/inquiries/", views.my_inquiries, name="inquiry-mine"),
    path("my/questions/turns/<int:pk>/", views.turn_answer, name="turn-answer"),
    path("office/studio/", views.studio_desk, name="studio-desk"),
    path("office/studio/replies/<int:pk>/show/", views.reply_show, name="reply-show"),
    path("office/studio/replies/<int:pk>/hide/", views.reply_hide, name="reply-hide"),
    path("office/questions/turns/<int:pk>/pass/", views.turn_pass, name="turn-pass"),
    path("office/questions/turns/<int:pk>/refuse/", views.turn_refuse, name="turn-refuse"),
]
