from django.urls import path

from workstations.views import lists as views
from workstations.views import lists_office as office
from workstations.views import projects, resources

urlpatterns = [
    path("c/<slug:slug>/lists/", views.demands, name="lists"),
    path("c/<slug:slug>/lists/resources/", views.resources, name="lists-resources"),
    path("c/<slug:slug>/lists/projects/", views.projects, name="lists-projects"),
    path("c/<slug:slug>/lists/new/", views.demand_new, name="demand-new"),
    path("c/<slug:slug>/lists/offer/", resources.resource_new, name="resource-new"),
    path("lists/demands/<int:pk>/", views.demand, name="demand"),
    path("lists/demands/<int:pk>/edit/", views.demand_edit, name="demand-edit"),
    path("lists/demands/<int:pk>/accept/", views.demand_accept, name="demand-accept"),
    path("lists/demands/<int:pk>/claim/", views.demand_claim, name="demand-claim"),
    path("lists/demands/<int:pk>/match/", projects.demand_match, name="demand-match"),
    path("lists/demands/<int:pk>/project/", projects.project_new, name="project-new"),
    path("lists/demands/<int:pk>/give-back/", views.demand_say, {"verb": "give-back"}, name="demand-give-back"),
    path("lists/demands/<int:pk>/finish/", views.demand_say, {"verb": "finish"}, name="demand-finish"),
    path("lists/demands/<int:pk>/thank/", views.demand_say, {"verb": "thank"}, name="demand-thank"),
    path("lists/demands/<int:pk>/drop/", views.demand_say, {"verb": "drop"}, name="demand-drop"),
    path("lists/resources/<int:pk>/", resources.resource, name="resource"),
    path("lists/resources/<int:pk>/edit/", resources.resource_edit, name="resource-edit"),
    path("lists/resources/<int:pk>/end/", resources.resource_end, name="resource-end"),
    path("lists/projects/<int:pk>/", projects.project, name="project"),
    path("lists/projects/<int:pk>/steps/", projects.project_steps, name="project-steps"),
    path("lists/projects/<int:pk>/end/", projects.project_end, name="project-end"),
    path("lists/projects/<int:pk>/drop/", projects.project_drop, name="project-drop"),
    path("lists/steps/<int:pk>/done/", projects.step_done, name="project-step-done"),
    path("my/lists/", resources.my_lists, name="my-lists"),
    path("my/lists/tap/", resources.resource_tap, name="resource-tap"),
    path("office/lists/", office.demands, name="lists-office"),
    path("office/lists/resources/", office.resources, name="lists-office-resources"),
    path("office/lists/projects/", office.projects, name="lists-office-projects"),
    path("office/lists/import/", office.demand_import, name="demand-import"),
    path("office/lists/import.xlsx", office.import_sample, name="demand-import-sample"),
    path("office/lists/demands.xlsx", office.demand_table, name="demand-table"),
    path("office/lists/resources.xlsx", office.resource_table, name="resource-table"),
    path("office/lists/projects.xlsx", office.project_table, name="project-table"),
    path("office/lists/templates/", projects.template_list, name="project-templates"),
    path("office/lists/templates/new/", projects.template_new, name="project-template-new"),
    path("office/lists/templates/<int:pk>/", projects.template_edit, name="project-template"),
]
