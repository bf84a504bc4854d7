import django_filters as filters
from django.db.models import Case, F, Value, When
from django.db.models.functions import Coalesce
from rest_framework import serializers

from config.filters import SearchFilter
from config.rest import views as rest
from config.rest.filters import Asked, UpdatedSince
from config.rest.permissions import ReadPublic
from config.rest.rows import Of, Row, grouped
from members.filters import OfCommittee, Within
from workstations.filters.lists import CHOICES, SHOWN, STARTED
from workstations.models import Demand, DemandKind, Project, ProjectEffect, ProjectStep, Resource
from workstations.states import ProjectState


def _named(path):
    """The name of the member at `path` where visitors find the member, else nothing."""
    name = When(**{f"{path}__is_public": True}, then=F(f"{path}__user__name"))
    return Case(name, default=Value(""))


# --- resources ---------------------------------------------------------------------------------------------------


class ResourceRow(Row):
    committee = Of("slug", label="政协")
    giver = serializers.CharField(source="giver_name", label="谁提供")

    class Meta:
        model = Resource
        fields = ["id", "committee", "title", "field", "words", "giver", "at"]


class ResourceFilter(Asked):
    q = SearchFilter()
    committee = OfCommittee()
    field = filters.ChoiceFilter(label="领域", choices=CHOICES)


class Resources(rest.Resource):
    model = Resource
    noun = "资源清单"
    about = "现在能提供的服务和资源：委员、机构和单位的。"
    permission_classes = [ReadPublic]
    row = ResourceRow
    filterset_class = ResourceFilter

    def get_queryset(self):
        giver = Coalesce("member__user__name", "body__name", "organisation__name")
        return Resource.objects.public().annotate(giver_name=giver)


# --- needs -------------------------------------------------------------------------------------------------------


class DemandRow(Row):
    """What everybody may read: for whom it is and who raised it are not told."""

    committee = Of("slug", label="政协")
    place = serializers.CharField(source="region.name", label="所在地名称")
    station = Of("name", allow_null=True, label="站点")
    claimant = serializers.CharField(label="认领委员")

    class Meta:
        model = Demand
        fields = ["id", "committee", "kind", "title", "field", "words", "region", "place", "station", "state",
                  "claimant", "raised_at", "settled_at", "result", "thanks"]  # fmt: skip


class DemandFilter(Asked):
    q = SearchFilter()
    committee = OfCommittee()
    kind = filters.ChoiceFilter(label="类别", choices=DemandKind.choices)
    state = filters.ChoiceFilter(label="状态", choices=SHOWN)
    field = filters.ChoiceFilter(label="领域", choices=CHOICES)
    within = Within(field_name="region")


class Demands(rest.Resource):
    model = Demand
    noun = "需求清单"
    about = "核实公开的基层需求、微心愿、民生微实事、企业难题。为谁、由谁登记不在其中。"
    permission_classes = [ReadPublic]
    row = DemandRow
    filterset_class = DemandFilter

    def get_queryset(self):
        return Demand.objects.public().annotate(claimant=_named("claimed_by"))


# --- projects ----------------------------------------------------------------------------------------------------


class ProjectRow(Row):
    committee = Of("slug", label="政协")
    kind = serializers.CharField(source="demand.kind", label="需求的类别")
    place = serializers.CharField(source="demand.region.name", label="所在地名称")
    leader = serializers.CharField(source="led_by", label="领办委员")

    class Meta:
        model = Project
        fields = ["id", "committee", "title", "demand", "kind", "place", "leader", "state", "result", "created_at",
                  "settled_at", "updated_at"]  # fmt: skip

    @classmethod
    def complete(cls, rows, user):
        """What a leader reports is told when another person has confirmed it."""
        for row in rows:
            row["result"] = row["result"] if row["state"] == ProjectState.DONE else ""


class StepRow(serializers.ModelSerializer):
    class Meta:
        model = ProjectStep
        fields = ["name", "due_on", "done_on", "words"]


class ProjectEffectRow(serializers.ModelSerializer):
    class Meta:
        model = ProjectEffect
        fields = ["kind", "number", "source"]


class ProjectWhole(ProjectRow):
    added = ("steps", "effects")
    steps = StepRow(many=True, label="步骤")
    effects = ProjectEffectRow(many=True, label="成效数字")

    class Meta(ProjectRow.Meta):
        fields = [*ProjectRow.Meta.fields, "steps", "effects"]

    @classmethod
    def complete(cls, rows, user):
        super().complete(rows, user)
        keys = [row["id"] for row in rows]
        steps = ProjectStep.objects.filter(project__in=keys).order_by("position", "pk")
        steps = grouped(steps.values("project", *StepRow.Meta.fields), by="project")
        effects = ProjectEffect.objects.filter(project__in=keys).order_by("pk")
        effects = grouped(effects.values("project", *ProjectEffectRow.Meta.fields), by="project")
        for row in rows:
            done = row["state"] == ProjectState.DONE
            row["steps"], row["effects"] = steps[row["id"]], effects[row["id"]] if done else []


class ProjectFilter(Asked):
    q = SearchFilter()
    committee = OfCommittee()
    state = filters.ChoiceFilter(label="状态", choices=STARTED)
    updated_since = UpdatedSince()


class Projects(rest.Resource):
    model = Project
    noun = "项目清单"
    about = "实施中和已完成的项目。单独一项里还有步骤、成效数字和数据来源。"
    permission_classes = [ReadPublic]
    row, whole = ProjectRow, ProjectWhole
    filterset_class = ProjectFilter

    def get_queryset(self):
        return Project.objects.exclude(state=ProjectState.DROPPED).annotate(led_by=_named("leader"))
