from django.urls import path

from proposals.views import look_backs, supervision

urlpatterns = [
    path("office/supervision/", supervision.supervision_board, name="supervision-board"),
    path("office/supervision/all/", supervision.supervision_list, name="supervision-list"),
    path("office/supervision/dun/", supervision.supervision_dun, name="supervision-dun"),
    path("assignments/<int:pk>/supervise/", supervision.supervision_new, name="supervision-new"),
    path("supervisions/<int:pk>/", supervision.supervision, name="supervision"),
    path("supervisions/<int:pk>/letter.docx", supervision.supervision_letter, name="supervision-letter"),
    path("look-back/", look_backs.look_back_list, name="look-back-list"),
    path("office/look-back/new/", look_backs.look_back_new, name="look-back-new"),
    path("office/look-back/b/", look_backs.look_back_b, name="look-back-b"),
    path("look-back/<int:pk>/", look_backs.look_back, name="look-back"),
    path("look-back/<int:pk>/close/", look_backs.look_back_close, name="look-back-close"),
    path("look-back/<int:pk>/items.xlsx", look_backs.look_back_export, name="look-back-export"),
    path("look-back/items/<int:pk>/", look_backs.look_back_item, name="look-back-item"),
    path("look-back/items/<int:pk>/check/", look_backs.look_back_check, name="look-back-check"),
    path("look-back/items/<int:pk>/spot/", look_backs.look_back_spot, name="look-back-spot"),
    path("look-back/items/<int:pk>/end/", look_backs.look_back_end, name="look-back-end"),
]
