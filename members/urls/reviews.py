from django.urls import path

from members.views import reviews as views

urlpatterns = [
    path("reviews/", views.review_list, name="review-list"),
    path("office/reviews/open/", views.review_open, name="review-open"),
    path("reviews/<int:pk>/", views.body_review, name="body-review"),
    path("reviews/<int:pk>/write/", views.review_write, name="review-write"),
    path("reviews/<int:pk>/files/<uuid:file>/remove/", views.review_file_remove, name="review-file-remove"),
    path("reviews/<int:pk>/result.docx", views.review_document, name="review-document"),
    path("office/reviews/<int:pk>/settle/", views.review_settle, name="review-settle"),
    path("office/reviews/<int:pk>/dates/", views.review_dates, name="review-dates"),
]
