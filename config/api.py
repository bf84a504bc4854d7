"""Every address of the API."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from rest_framework.routers import SimpleRouter

from config.rest import docs
from config.rest.problems import problem
from config.rest.tokens import Tokens
from consultation import api as consultation
from members.api import appraisal, bodies, library, people, profiles, scoring
from members.api import reference as members
from proposals import api as proposals
from workstations.api import activities, coverage, grids, inspections, tasks, words
from workstations.api import lists as three_lists
from workstations.api import stations as workstations

router = SimpleRouter()
for name, resource in {
    "plans": consultation.Plans,
    "plan-items": consultation.PlanItems,
    "topics": consultation.Topics,
    "consultations": consultation.Consultations,
    "outcomes": consultation.Outcomes,
    "committees": members.Committees,
    "regions": members.Regions,
    "bodies": bodies.Bodies,
    "members": people.Members,
    "public-members": profiles.PublicMembers,
    "regulations": library.Regulations,
    "workstations": workstations.Workstations,
    "activities": activities.Activities,
    "grids": grids.Grids,
    "grid-postings": grids.GridPostings,
    "inspections": inspections.Inspections,
    "resources": three_lists.Resources,
    "demands": three_lists.Demands,
    "projects": three_lists.Projects,
    "duty-tasks": tasks.DutyTasks,
    "words": words.Words,
    "appraisals": appraisal.Appraisals,
    "duty-records": scoring.DutyRecords,
    "scores": scoring.Scores,
    "micro-proposals": proposals.Micros,
    "micro-results": proposals.MicroResults,
    "proposals": proposals.Proposals,
    "categories": proposals.Categories,
    "assignments": proposals.Assignments,
}.items():
    router.register(name, resource, basename=f"api-{name}")


plan_table = consultation.Plans.as_view({"get": "table"}, renderer_classes=[consultation.CsvTable])
plan_calendar = consultation.Plans.as_view({"get": "calendar"}, renderer_classes=[consultation.Calendar])


@login_not_required
@csrf_exempt
def nowhere(request):
    return problem(404, "接口里没有这个地址。地址大多以“/”结尾，说明见 /api/v1/docs/。")


urlpatterns = [
    path("v1/schema/", docs.schema, name="api-schema"),
    path("v1/docs/", docs.docs, name="api-docs"),
    path("v1/plans/<int:pk>/items.csv", plan_table, name="api-plan-table"),
    path("v1/plans/<int:pk>/items.ics", plan_calendar, name="api-plan-calendar"),
    path("v1/coverage/", coverage.Coverage.as_view(), name="api-coverage"),
    path("v1/", include(router.urls)),
    path("v1/tokens/", Tokens.as_view(), name="api-tokens"),
    re_path("", nowhere, name="api-nowhere"),
]
