from django.urls import path

from members.views import claims as views

urlpatterns = [
    path("my/claims/", views.claim_list, name="claim-list"),
    path("my/claims/new/", views.claim_new, name="claim-new"),
    path("office/claims/", views.claim_desk, name="claim-desk"),
    path("office/claims/batch/", views.claim_batch, name="claim-batch"),
    path("office/claims/confirm/", views.claim_confirm_many, name="claim-confirm-many"),
    path("claims/<int:pk>/", views.duty_claim, name="duty-claim"),
    path("claims/<int:pk>/confirm/", views.claim_confirm, name="duty-claim-confirm"),
    path("claims/<int:pk>/refuse/", views.claim_refuse, name="duty-claim-refuse"),
    path("claims/<int:pk>/withdraw/", views.claim_withdraw, name="duty-claim-withdraw"),
    path("claims/<int:pk>/reverse/", views.claim_reverse, name="duty-claim-reverse"),
]
