from django.urls import path

from proposals.views import assignments, micro, ratings, replies

urlpatterns = [
    path("micro/", micro.micro_list, name="micro-list"),
    path("micro/new/", micro.micro_new, name="micro-new"),
    path("micro/<uuid:key>/", micro.micro_detail, name="micro-detail"),
    path("micro/<uuid:key>/edit/", micro.micro_edit, name="micro-edit"),
    path("micro/<uuid:key>/check/", micro.micro_check, name="micro-check"),
    path("micro/<uuid:key>/submit/", micro.micro_submit, name="micro-submit"),
    path("micro/<uuid:key>/withdraw/", micro.micro_withdraw, name="micro-withdraw"),
    path("micro/<uuid:key>/photos/<uuid:photo>/remove/", micro.micro_photo_remove, name="micro-photo-remove"),
    path("micro/<uuid:key>/verdict/", micro.micro_verdict, name="micro-verdict"),
    path("micro/<uuid:key>/assign/", micro.micro_assign, name="micro-assign"),
    path("c/<slug:slug>/micro/", micro.micro_public_list, name="micro-public-list"),
    path("office/review/", micro.review_desk, name="review-desk"),
    path("office/assign/", micro.assign_desk, name="assign-desk"),
    path("assignments/", assignments.assignment_list, name="assignment-list"),
    path("assignments/<int:pk>/", assignments.assignment_detail, name="assignment-detail"),
    path("assignments/<int:pk>/accept/", assignments.assignment_accept, name="assignment-accept"),
    path("assignments/<int:pk>/return/", assignments.assignment_return, name="assignment-return"),
    path("assignments/<int:pk>/reply/", replies.reply_edit, name="reply-edit"),
    path("assignments/<int:pk>/reply/forward/", replies.reply_put_forward, name="reply-put-forward"),
    path("assignments/<int:pk>/reply/back/", replies.reply_send_back, name="reply-send-back"),
    path("assignments/<int:pk>/reply/send/", replies.reply_send, name="reply-send"),
    path("assignments/<int:pk>/extension/", assignments.extension_new, name="extension-new"),
    path("assignments/<int:pk>/extension/<int:extension>/", assignments.extension_decide, name="extension-decide"),
    path("assignments/<int:pk>/rate/", ratings.assignment_rate, name="assignment-rate"),
    path("assignments/<int:pk>/notice.docx", assignments.assignment_notice, name="assignment-notice"),
    path("assignments/<int:pk>/verify/", assignments.assignment_verify, name="assignment-verify"),
]
