from django.urls import path

from members.views import schemes
from members.views import scoring as views

ROWS = {"group": "groups", "item": "items", "requirement": "requirements", "band": "bands", "ladder": "ladder"}

urlpatterns = [
    path("office/schemes/", schemes.scheme_list, name="score-scheme-list"),
    path("office/schemes/new/", schemes.scheme_new, name="score-scheme-new"),
    path("office/schemes/<int:pk>/", schemes.scheme_detail, name="score-scheme"),
    path("office/schemes/<int:pk>/edit/", schemes.scheme_edit, name="score-scheme-edit"),
    path("office/schemes/<int:pk>/preview/", schemes.scheme_preview, name="score-scheme-preview"),
    path("office/schemes/<int:pk>/enact/", schemes.scheme_enact, name="score-scheme-enact"),
    path("office/schemes/<int:pk>/retire/", schemes.scheme_retire, name="score-scheme-retire"),
    path("office/scores/", views.rank_list, name="score-ranks"),
    path("office/scores/table.xlsx", views.rank_table, name="score-ranks-table"),
    path("office/scores/groups/", views.group_list, name="score-groups"),
    path("office/scores/recompute/", views.recompute, name="score-recompute"),
    path("office/scores/<int:pk>/", views.ledger, name="score-ledger"),
]
for kind, folder in ROWS.items():  # pk: of the scheme (of the group for an item) where a row is new, else of the row
    urlpatterns += [
        path(f"office/schemes/<int:pk>/{folder}/new/", schemes.row_new, {"kind": kind}, name=f"score-{kind}-new"),
        path(f"office/schemes/{folder}/<int:pk>/", schemes.row_edit, {"kind": kind}, name=f"score-{kind}-edit"),
        path(f"office/schemes/{folder}/<int:pk>/drop/", schemes.row_drop, {"kind": kind}, name=f"score-{kind}-drop"),
    ]
