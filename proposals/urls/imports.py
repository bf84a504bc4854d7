from django.urls import path

from proposals.views import exports, imports

urlpatterns = [
    path("office/proposals/import/", imports.proposal_import, name="proposal-import"),
    path("office/proposals/import/sample/", imports.import_sample, name="proposal-import-sample"),
    path("office/proposals/imports/<int:pk>/", imports.import_check, name="proposal-import-check"),
    path("office/proposals/imports/<int:pk>/load/", imports.import_load, name="proposal-import-load"),
    path("office/proposals/imports/<int:pk>/drop/", imports.import_drop, name="proposal-import-drop"),
    path("office/proposals/export/", exports.proposal_export, name="proposal-export"),
]
