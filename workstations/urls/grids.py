from django.urls import path

from workstations.views import grid_imports, grid_logs, postings
from workstations.views import grids as views

urlpatterns = [
    path("grids/<slug:code>/", views.grid_public, name="grid-public"),
    path("my/grid/", grid_logs.my_grid, name="my-grid"),
    path("my/grid/<int:pk>/", grid_logs.grid_log, name="grid-log"),
    path("office/grids/", views.grid_list, name="grid-list"),
    path("office/grids/new/", views.grid_new, name="grid-new"),
    path("office/grids/generate/", views.grid_generate, name="grid-generate"),
    path("office/grids/import/", grid_imports.grid_import, name="grid-import"),
    path("office/grids/import/sample/", grid_imports.grid_sample, name="grid-sample"),
    path("office/grids/ledgers/", grid_logs.ledgers, name="grid-ledgers"),
    path("office/grids/ledgers/export/", grid_logs.ledger_export, name="grid-ledger-export"),
    path("office/grids/imports/<int:pk>/", grid_imports.import_check, name="grid-import-check"),
    path("office/grids/imports/<int:pk>/load/", grid_imports.import_load, name="grid-import-load"),
    path("office/grids/imports/<int:pk>/drop/", grid_imports.import_drop, name="grid-import-drop"),
    path("office/grids/<slug:code>/edit/", views.grid_edit, name="grid-edit"),
    path("office/grids/<slug:code>/retire/", views.grid_retire, name="grid-retire"),
    path("office/postings/", postings.posting_list, name="posting-list"),
    path("office/postings/new/", postings.posting_new, name="posting-new"),
    path("office/postings/import/", grid_imports.posting_import, name="posting-import"),
    path("office/postings/import/sample/", grid_imports.posting_sample, name="posting-sample"),
    path("office/postings/<int:pk>/end/", postings.posting_end, name="posting-end"),
    path("office/postings/members/<int:pk>/", postings.posting_member, name="posting-member"),
]
