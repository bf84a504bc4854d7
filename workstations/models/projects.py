from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from config.search.models import Searchable, SearchQuerySet
from members.models import Body, Committee, Member, OwnedQuerySet
from members.roles import Permission
from workstations.models.activities import EffectKind
from workstations.models.lists import Demand, Resource
from workstations.models.stations import Workstation
from workstations.states import PROJECT_MOVES, PROJECT_TONES, ProjectState

MOST_STEPS = 20


class ProjectTemplate(models.Model):
    """项目模板: the usual steps of a kind of project, in the words of the place; copied into each project (row 91).

    `steps` is a list of {"name": what is done, "days": by how many days after the start, or null}.
    """

    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, related_name="project_templates", verbose_name="政协"
    )
    name = models.CharField("名称", max_length=32)
    source = models.CharField("来源", max_length=100, blank=True)
    steps = models.JSONField("步骤", default=list)
    is_active = models.BooleanField("启用", default=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "项目模板"
        ordering = ["committee", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "name"],
                name="project_template_once",
                violation_error_message="本会已有同名的项目模板。",
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("project-template", args=[self.pk])

    def clean(self):
        if not 1 <= len(self.steps) <= MOST_STEPS:
            raise ValidationError({"steps": f"请写 1 到 {MOST_STEPS} 个步骤。"})


class ProjectQuerySet(SearchQuerySet):
    def visible_to(self, user):
        """Under way and done are public; dropped ones for the office and those who take part."""
        public = Q(state__in=[ProjectState.RUNNING, ProjectState.DONE])
        if not user.is_authenticated:
            return self.filter(public)
        return self.filter(public | Q(pk__in=self.model.objects.kept_by(user).values("pk")) | Q(leader__user=user))

    def files_visible_to(self, user):
        """Photos of what was done are public when another person has confirmed it; before, for those who take part."""
        done = Q(state=ProjectState.DONE)
        if not user.is_authenticated:
            return self.filter(done)
        return self.filter(done | Q(pk__in=self.model.objects.kept_by(user).values("pk")) | Q(leader__user=user))

    def kept_by(self, user):
        """Those that `user` looks after: as the office, or as a keeper of the station of the need."""
        managed = Q(committee__in=user.committees_with(Permission.STATION_MANAGE))
        return self.filter(managed | Q(demand__station__in=Workstation.objects.kept_by(user).values("pk")))


class Project(Searchable):
    """项目清单: what can be given and what is needed, put together and done step by step (rows 91, 107)."""

    TRANSITIONS = PROJECT_MOVES

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="projects", verbose_name="政协")
    title = models.CharField("项目", max_length=64)
    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="projects", verbose_name="需求")
    resources = models.ManyToManyField(Resource, blank=True, related_name="projects", verbose_name="资源")
    leader = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="projects", verbose_name="领办委员")
    group = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="projects", verbose_name="专题活动小组"
    )
    why = models.CharField("为何匹配", max_length=200, blank=True, editable=False)
    state = models.CharField("状态", max_length=8, choices=ProjectState, default=ProjectState.RUNNING, editable=False)
    result = models.TextField("成效", blank=True, validators=[MaxLengthValidator(1000)])
    reported_at = models.DateTimeField("申请办结时间", null=True, editable=False)
    created_at = models.DateTimeField("立项时间", editable=False)
    updated_at = models.DateTimeField("更新时间", editable=False)
    settled_at = models.DateTimeField("完成时间", null=True, editable=False)

    objects = ProjectQuerySet.as_manager()
    search_related = ("demand",)

    class Meta:
        verbose_name = verbose_name_plural = "项目清单"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["committee", "state", "-id"], name="project_state"),
            models.Index(fields=["leader", "state"], name="project_leader"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["demand"], condition=Q(state=ProjectState.RUNNING), name="project_running_once"
            ),
            models.CheckConstraint(condition=Q(state__in=ProjectState.values), name="project_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=[ProjectState.DONE, ProjectState.DROPPED]) | ~Q(result=""),
                name="project_settled_says_how",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("project", args=[self.pk])

    def search_document(self):
        return f"{self.title} {self.demand.title} {self.demand.field}"

    @property
    def scope(self):
        return self.committee_id

    @property
    def tone(self):
        return PROJECT_TONES[self.state]


class ProjectStepQuerySet(models.QuerySet):
    def visible_to(self, user):
        """As the project itself."""
        return self.filter(project__in=Project.objects.visible_to(user).values("pk"))

    def late(self, on=None):
        """Not done although the day is past."""
        return self.filter(done_on__isnull=True, due_on__lt=on or timezone.localdate())


class ProjectStep(models.Model):
    """项目步骤: one step, copied from a template or written for this project, done on a day (row 91: 七个一)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="steps", verbose_name="项目")
    position = models.PositiveSmallIntegerField("顺序")
    name = models.CharField("步骤", max_length=64)
    due_on = models.DateField("计划日期", null=True, blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)
    words = models.CharField("情况", max_length=200, blank=True)

    objects = ProjectStepQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "项目步骤"
        ordering = ["project", "position", "pk"]
        indexes = [models.Index(fields=["done_on", "due_on"], name="project_step_due")]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="project_step_once")]

    def __str__(self):
        return f"{self.project}：{self.name}"

    def get_absolute_url(self):
        return self.project.get_absolute_url()

    @property
    def is_late(self) -> bool:
        return bool(self.done_on is None and self.due_on and self.due_on < timezone.localdate())


class ProjectEffect(models.Model):
    """项目成效: a figure that the project came to, with where it is from."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="effects", verbose_name="项目")
    kind = models.CharField("成效", max_length=12, choices=EffectKind)
    number = models.PositiveIntegerField("数量", validators=[MinValueValidator(1)])
    source = models.CharField("数据来源", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "项目成效"
        ordering = ["project", "pk"]

    def __str__(self):
        return f"{self.get_kind_display()} {self.number}"
