from django.urls import path

from proposals.views import contacts, ratings, replies

urlpatterns = [
    path("assignments/<int:pk>/contacts/new/", contacts.contact_new, name="contact-new"),
    path("assignments/<int:pk>/opinion/waive/", contacts.opinion_waive, name="opinion-waive"),
    path("assignments/<int:pk>/reply/check/", replies.reply_check, name="reply-check"),
    path("assignments/<int:pk>/reply/sign/", replies.reply_sign, name="reply-sign"),
    path("assignments/<int:pk>/replies/<int:number>/letter.docx", replies.reply_letter, name="reply-letter"),
    path("assignments/<int:pk>/replies/<int:number>/sheet.docx", replies.reply_sheet, name="reply-sheet"),
    path("assignments/<int:pk>/rate/paper/", ratings.assignment_paper, name="assignment-paper"),
    path("assignments/<int:pk>/rate/conclude/", ratings.assignment_conclude, name="assignment-conclude"),
]
